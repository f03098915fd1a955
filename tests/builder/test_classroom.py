"""A simulated class: the same for the same seed, graded exactly as expected, given back."""

import re
from functools import partial

import pytest
from typer.testing import CliRunner

from grading import answers, classroom
from grading.__main__ import app

MARKER = "the planted marker of ring-width"
one_by_one = partial(classroom.engine_grader, workers=1)


@pytest.fixture(scope="module")
def known(lesson):
    return answers.load(lesson)


def test_the_first_does_nothing_and_the_second_all(known):
    idle, best, *_ = classroom.draw(known)
    assert (idle.expected, idle.manual, idle.answers) == (0, 0, {})
    assert (best.expected, best.manual) == (6, 4)


def test_a_seed_draws_one_class(known):
    assert classroom.draw(known, 30, seed=1) == classroom.draw(known, 30, seed=1)
    assert classroom.draw(known, 30, seed=1) != classroom.draw(known, 30, seed=2)
    assert len({student.id for student in classroom.draw(known, 30)}) == 30


def test_a_class_has_right_wrong_and_partly_right_answers(known):
    drawn = [answer for student in classroom.draw(known, 30) for answer in student.answers.values()]
    assert {answer.points for answer in drawn} >= {0, 1, 2, 3}
    assert 0.4 < sum(answer.right for answer in drawn) / len(drawn) < 0.9


def test_a_class_of_one_is_refused(known):
    with pytest.raises(ValueError, match="at least 2"):
        classroom.draw(known, 1)


@pytest.fixture(
    scope="module", params=[one_by_one, classroom.stock_grader], ids=["engine", "stock"]
)
def results(lesson, known, tmp_path_factory, request):
    """Three students, graded by the engine and by stock nbgrader."""
    told, folder = [], tmp_path_factory.mktemp("class")
    results = classroom.run(
        lesson, classroom.draw(known, 3), folder, grader=request.param, tell=told.append
    )
    assert told[:2] == ["graded student-01", "graded student-02"]
    assert len(told) == 6
    return results


def test_marks_are_exactly_those_expected(results):
    assert [result.surprises for result in results] == [[]] * 3
    assert [result.actual for result in results[:2]] == [0, 6]


def test_written_answers_wait_for_a_person(results, lesson):
    course = classroom.Course(results[0].page.parents[3])
    with course.gradebook() as gradebook:
        waiting = {
            student.student.id: gradebook.find_submission(lesson.name, student.student.id)
            for student in results
        }
        assert not waiting["student-01"].needs_manual_grade
        assert all(waiting[f"student-0{k}"].needs_manual_grade for k in (2, 3))


def test_feedback_shows_marks_and_states_but_no_hidden_test(results):
    page = results[1].page.read_text("utf-8")
    assert "6 of 10 points so far" in page
    assert re.search(r'href="#ring-width-test-01">ring-width</a></td>\s*<td[^>]*>2 of 2', page)
    assert "your teacher reads this one" in page
    for page in (result.page.read_text("utf-8") for result in results):
        assert MARKER not in page
        assert "AssertionError" not in page
        assert "Hidden tests ran here." in page


def test_a_wrong_mark_is_named(results):
    student = results[1].student
    wrong = classroom.Result(student, {**results[1].marks, "why-fade": 0.0}, results[1].page)
    assert wrong.surprises == ["student-02, why-fade, right-1: expected 1, got 0"]


def test_the_command_fails_on_a_surprise(monkeypatch, course, tmp_path):
    def mixes_up(made, assignment, students, tell):
        """Grade as ever, but the second student's work with the first one's in its place."""
        first, second = (made.folder("submitted", one, assignment) for one in students)
        (second / "ripples.ipynb").write_bytes((first / "ripples.ipynb").read_bytes())
        one_by_one(made, assignment, students, tell)

    monkeypatch.setattr(classroom, "REPOSITORY", course)
    monkeypatch.setitem(classroom.GRADERS, "mixes-up", mixes_up)
    options = ["--students", "2", "--grader", "mixes-up", "--folder", str(tmp_path / "demo")]
    outcome = CliRunner().invoke(app, ["demo", "01", *options])
    assert outcome.exit_code == 1
    assert "1 of 2 students as expected" in outcome.output
    assert "student-02, ring-width, right-1: expected 2, got 0" in outcome.output
    assert str(tmp_path / "demo/feedback") in outcome.output
    assert (tmp_path / "demo/nbgrader_config.py").exists()


def test_an_unknown_grader_is_refused_before_anything_is_emptied(tmp_path):
    (tmp_path / "gradebook.db").write_text("")
    options = ["--grader", "magic", "--folder", str(tmp_path)]
    outcome = CliRunner().invoke(app, ["demo", "01", *options])
    assert outcome.exit_code == 2
    assert "'magic' is none of" in outcome.output
    assert (tmp_path / "gradebook.db").exists()


def test_a_folder_with_other_things_is_not_emptied(monkeypatch, course, tmp_path):
    monkeypatch.setattr(classroom, "REPOSITORY", course)
    (tmp_path / "thesis.txt").write_text("years of work")
    outcome = CliRunner().invoke(app, ["demo", "01", "--folder", str(tmp_path)])
    assert outcome.exit_code == 1
    assert "is not a course folder" in outcome.output
    assert (tmp_path / "thesis.txt").exists()
