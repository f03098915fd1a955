"""What holds of the course's lessons together: objectives, kinds of exercise, pace, references."""

import re

import pytest

from grading.builder import measures, release

LESSONS = {lesson.name: lesson for lesson in release.read()}
NUMBERS = [name.partition("-")[0] for name in LESSONS]
every_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)


@every_lesson
def test_objectives_and_exercises_map_onto_each_other_in_both_directions(lesson):
    promised = {objective["id"] for objective in lesson.about["objectives"]}
    exercises = list(lesson.parts("answer", "written"))
    assert all(cell.objectives for cell in exercises)
    assert {name for cell in exercises for name in cell.objectives} == promised


@every_lesson
def test_no_more_than_20_minutes_pass_without_a_check(lesson):
    (stretch,) = [aim for aim in measures.AIMS if aim.name == "minutes without a check"]
    assert stretch.most == 20
    assert stretch.met(lesson), stretch.of(lesson)


def test_the_course_has_at_least_four_kinds_of_exercise():
    kinds = {cell.options["kind"] for lesson in LESSONS.values() for cell in lesson.parts("answer")}
    assert len(kinds) >= 4


@every_lesson
def test_the_two_articles_have_one_name_each(lesson):
    """As in the ledger: article 1, of the day after the fall, and article 2."""
    text = "\n".join(cell.source for cell in lesson.cells)
    others = r"\b(first|second|other) article|\b[Oo]ne (of (our|the two) articles|article)\b"
    assert not re.findall(others, text)


@every_lesson
def test_what_a_lesson_needs_comes_before_it(lesson):
    before = list(LESSONS)[: list(LESSONS).index(lesson.name)]
    assert set(lesson.about.get("prerequisites", [])) <= set(before)


@every_lesson
def test_a_lesson_names_only_lessons_that_there_are(lesson):
    named = {
        number
        for cell in lesson.parts("prose", "written")
        for number in re.findall(r"\b[Ll]esson (\d\d)\b", cell.source)
    }
    assert named <= set(NUMBERS)
