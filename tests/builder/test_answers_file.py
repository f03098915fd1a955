"""The file of answers: what it must hold, and how its answers share submissions."""

import runpy
from collections import Counter

import nbformat
import pytest

from grading import answers
from grading.builder import BuildError, release

RIGHT = '"ring-width": ["ring_width = 5.0", "ring_width = 2 * SPEED * 10"],'

BAD = {
    "no right answers": (
        (RIGHT, ""),
        ("RIGHT", "nothing for the exercise 'ring-width'"),
    ),
    "one right answer twice": (
        (RIGHT, '"ring-width": ["ring_width = 5.0", "ring_width = 5.0"],'),
        ("RIGHT", "'ring-width' has 1 right answers", "at least 2 different"),
    ),
    "too few mistakes": (
        ('"radius": "ring_width = SPEED * 10",', ""),
        ("WRONG", "'ring-width' has 2 wrong answers", "at least 3"),
    ),
    "unknown exercise": (
        ('RIGHT = {\n    "ring-width"', 'RIGHT = {\n    "ring-depth": [],\n    "ring-width"'),
        ("RIGHT", "'ring-depth' is no exercise", "ring-width, ring-height, why-fade"),
    ),
    "wrong answer for full marks": (
        ("return 1 - time / 10\", 1)", 'return 1 - time / 10", 3)'),
        ("WRONG", "'ring-height'/'linear' earns 3 of 3", "must lose"),
    ),
    "level above the points": (
        ("        4: [", "        5: ["),
        ("WRITTEN", "a level 5; it is worth 4", "0 to the points"),
    ),
    "one sample of a level": (
        ('["Rings grow.", "It is a ring."]', '["Rings grow."]'),
        ("WRITTEN", "1 samples of level 1", "Give 2"),
    ),
    "a file that stops": (
        ("RIGHT = {", "import nonexistent\nRIGHT = {"),
        ("ModuleNotFoundError", "Correct the file"),
    ),
}  # fmt: skip


@pytest.fixture
def loaded(lesson):
    return answers.load(lesson)


@pytest.mark.parametrize(("change", "expected"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused(course, change, expected):
    path = course / "solutions/01-ripples/answers.py"
    text = path.read_text("utf-8")
    assert text.count(change[0]) == 1
    path.write_text(text.replace(*change), "utf-8")
    (lesson,) = release.read(root=course)
    with pytest.raises(BuildError) as stopped:
        answers.load(lesson)
    message = str(stopped.value)
    assert message.startswith("solutions/01-ripples/answers.py")
    for words in expected:
        assert words in message


def test_a_missing_file_is_asked_for(course):
    (course / "solutions/01-ripples/answers.py").unlink()
    (lesson,) = release.read(root=course)
    with pytest.raises(BuildError, match="no such file"):
        answers.load(lesson)


def test_answers_carry_what_they_must_get(loaded):
    found = {(answer.exercise, answer.name): answer for answer in loaded}
    assert len(found) == 6 + 9
    assert found["ring-width", "right-2"].points == 2
    assert found["ring-height", "linear"].points == 1
    assert found["ring-height", "linear"].mistake == "linear"
    assert found["why-fade", "a"].points == 0


def test_packs_hold_every_answer_and_one_per_exercise(loaded):
    packs = loaded.packs()
    assert len(packs) == 5
    assert {answer for pack in packs for answer in pack.values()} == set(loaded)
    assert all(set(pack) == {"ring-width", "ring-height", "why-fade"} for pack in packs)


def test_fill_replaces_answers_and_nothing_else(built):
    edition = nbformat.read(built.root / "lessons/en/01-ripples/ripples.ipynb", as_version=4)
    before = nbformat.writes(edition)
    filled = answers.fill(edition, {"ring-width": "ring_width = 5.0", "report": "It is wide."})
    changed = [
        cell.id for cell, old in zip(filled.cells, edition.cells, strict=True) if cell != old
    ]
    assert changed == ["01-ring-width", "01-report"]
    assert nbformat.writes(edition) == before


def test_exercises_of_the_small_lesson_stand_alone(lesson, loaded):
    assert answers.borrowings(lesson, loaded) == []


def test_an_exercise_that_needs_another_is_found(rewrite):
    root = rewrite(("return 1 / (1 + time)\n", "return ring_width / (5 + 5 * time)\n"))
    (lesson,) = release.read(root=root)
    (found,) = answers.borrowings(lesson, answers.load(lesson))
    assert (found.exercise, found.name, found.owner) == ("ring-height", "ring_width", "ring-width")
    assert "Give 'ring-height' its own value" in str(found)


def test_the_file_is_plain_data(lesson):
    tables = runpy.run_path(str(lesson.path.with_name("answers.py")))
    assert Counter(map(type, (tables[name] for name in ("RIGHT", "WRONG", "WRITTEN"))))[dict] == 3
