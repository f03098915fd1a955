"""A learner's saved notebook gets the marks that it deserves, and words that help."""

import json
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from grading.selfcheck import __main__ as command
from grading.selfcheck import check as selfcheck
from grading.selfcheck.check import OTHER_DATA, CheckError, check, find, model_answer
from grading.selfcheck.check import _verdict as verdict
from grading.selfcheck.run import Step, worth_running
from grading.selfcheck.run import _what_differs as what_differs
from sputnik_moment import progress
from sputnik_moment.results import NO_ANSWER, NOT_YET, PARTLY, RIGHT

RIGHT_ANSWERS = {
    "ring_width": "ring_width = 2 * SPEED * 10",
    "ring_height": "def ring_height(time):\n    return 1 / (1 + time)",
    "why_fade": 'why_fade = "b"',
}


def states(report):
    return {result.exercise: (result.state, result.points) for result in report.results}


def messages(report):
    return {result.exercise: result.message for result in report.results}


def test_right_answers_are_right_and_missing_cells_are_put_back(learner):
    learner.answer(**RIGHT_ANSWERS)
    own = nbformat.v4.new_code_cell("assert ring_width == 5\nprint(SPEED)")
    learner.notebook.cells.append(own)
    learner.delete("ring-height-test-02", "provided-01")
    before = learner.path.read_bytes()
    report = check(learner.path, learner.root)
    assert states(report) == {
        "ring-width": (RIGHT, 2),
        "ring-height": (RIGHT, 3),
        "why-fade": (RIGHT, 1),
    }
    assert report.summary == "3 of 3 exercises right, 6 of 6 points"
    assert report.notes[:-1] == (
        "The cell that begins with `from sputnik_moment.feedback import Exercise, Lesson, Mistake`"
        " was missing and was put back.",
        "The test of `ring-height` was missing and was put back.",
    )
    assert "`report`" in report.notes[-1]
    assert [result.section for result in report.results] == [
        "The width of a ring",
        "The height of a ring",
        "Why it fades",
    ]
    assert learner.path.read_bytes() == before


def test_wrong_answers_are_diagnosed_also_after_somebody_changed_the_tests(learner):
    learner.answer(
        ring_width="ring_width = SPEED * 10",
        ring_height="def ring_height(time):\n    return {0: 1, 1: 0.5, 3: 0.25}[time]",
        why_fade="why_fade = B",
    )
    learner.cell("ring-width-test-01").source = "assert True"
    learner.save()
    report = check(learner.path, learner.root)
    assert states(report) == {
        "ring-width": (NOT_YET, 0),
        "ring-height": (PARTLY, 1),
        "why-fade": (NOT_YET, 0),
    }
    said = messages(report)
    assert said["ring-width"] == "2.5 is the radius."
    assert said["ring-height"] == (
        "Your answer passes the lesson's check, but not the test with other data. It stops with "
        "KeyError: 4."
    )
    assert said["why-fade"].startswith(
        "The cell with your answer stops with NameError: name 'B' is not defined. The check runs "
        "the saved notebook from top to bottom in a fresh kernel"
    )


def assertion(text):
    return {"output_type": "error", "ename": "AssertionError", "evalue": text, "traceback": []}


@pytest.mark.parametrize(
    ("came", "expected", "words"),
    [
        ([1, 2, 3], [1, 5, 3], "A value that came out is 2; 5 was expected."),
        ([1, 2], [1, 2, 3], "What came out has the shape (2,); (3,) was expected."),
        (1.5, 2.0, "What came out is 1.5; 2. was expected."),
        ([np.nan, 1], [1.0, 1], "What came out is [nan,  1.]; [1., 1.] was expected."),
    ],
)
def test_numpys_assertions_are_told_in_words(came, expected, words):
    for compare in (np.testing.assert_array_equal, np.testing.assert_allclose):
        with pytest.raises(AssertionError) as caught:
            compare(np.array(came), np.array(expected))
        assert what_differs(assertion(str(caught.value))) == " ".join(words.split())


@pytest.mark.parametrize(
    ("differs", "message"),
    [
        ("", OTHER_DATA),
        ("an H100", f"{OTHER_DATA} It failed at: an H100."),
        (
            "A value is 2; 5 was expected.",
            f"{OTHER_DATA} A value is 2; 5 was expected.",
        ),
    ],
)
def test_no_bare_assertion_is_shown(differs, message):
    assert what_differs(assertion(differs)) == differs
    test = {"passed": False, "error": "AssertionError", "differs": differs}
    said = {"state": "right", "message": "Yes."}
    assert verdict([{**test, "said": said}], 0, 2, None) == (PARTLY, message)
    assert "AssertionError" not in verdict([{**test, "said": None}], 0, 2, None)[1]


def test_a_check_that_objects_to_what_passes_all_tests_is_quoted_as_such():
    said = {"state": "nearly there", "message": "Keep all digits."}
    test = {"passed": True, "error": None, "differs": "", "said": said}
    assert verdict([test], 2, 2, None) == (
        RIGHT,
        "All tests are passed. The lesson's check adds: Keep all digits.",
    )


@pytest.mark.parametrize(
    ("answer", "left_out"), [("width = 5", True), ('width = 20 * globals()["speed"]', False)]
)
def test_a_cell_that_nobody_names_runs_only_where_names_are_reached_by_text(answer, left_out):
    chart = Step("speed = 0.25", SimpleNamespace(part="provided"))
    own = Step(answer, SimpleNamespace(part="answer"))
    test = Step("assert width == 5", SimpleNamespace(part="test"))
    assert worth_running([chart, own, test]) == [chart, own, test][left_out:]


def test_an_untouched_notebook_has_no_answers(learner):
    report = check(learner.path, learner.root)
    assert set(states(report).values()) == {(NO_ANSWER, 0)}
    assert report.notes == (
        "The written task `report` is for a person to read; no test judges it.",
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("while True: pass", "more than 2 seconds"), ("import os; os._exit(7)", "Python ended (7)")],
)
def test_what_was_tested_before_an_early_end_keeps_its_points(learner, cell, reason):
    learner.answer(**RIGHT_ANSWERS | {"ring_height": cell})
    report = check(learner.path, learner.root, cell_seconds=2)
    assert states(report) == {
        "ring-width": (RIGHT, 2),
        "ring-height": (NOT_YET, 0),
        "why-fade": (NOT_YET, 0),
    }
    assert "in your answer to `ring-height`" in report.notes[0] and reason in report.notes[0]
    said = messages(report)
    assert "ended in the cell with your answer" in said["ring-height"]
    assert reason in said["ring-height"]
    assert said["why-fade"] == "Not reached: the run ended before this exercise."


def test_an_answer_cell_that_was_deleted_comes_back_empty(learner):
    learner.answer(**RIGHT_ANSWERS)
    learner.delete("ring-width")
    report = check(learner.path, learner.root)
    assert report.notes[0] == (
        "The answer cell of `ring-width` was missing; an empty one was put back."
    )
    assert states(report)["ring-width"] == (NO_ANSWER, 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot be read as a notebook"),
        ("[]", "names no lesson"),
        ('{"metadata": {"sputnik": {"lesson": "../../etc"}}}', "names no lesson"),
        ('{"metadata": {"sputnik": {"lesson": "07-unknown"}}}', "kept by the teacher"),
        ('{"metadata": {"sputnik": {"lesson": "01-ripples"}}, "cells": 3}', "could not begin"),
    ],
)
def test_what_cannot_be_checked_is_said_in_words(learner, content, words):
    learner.path.write_text(content)
    with pytest.raises(CheckError, match=words):
        check(learner.path, learner.root)


def test_a_lesson_is_found_by_folder_number_or_name(learner):
    for name in ("01-ripples", "01", "ripples", "01-ripples/"):
        assert find(name, learner.root) == learner.path
    assert find(str(learner.path)) == learner.path
    with pytest.raises(CheckError, match=r"no lesson 9\. Lessons: 01-ripples"):
        find("9", learner.root)
    with pytest.raises(CheckError, match="no file nowhere"):
        find("nowhere.ipynb", learner.root)
    learner.path.unlink()
    with pytest.raises(CheckError, match="git checkout"):
        find("01", learner.root)


def test_the_model_answer_is_code_without_marks(learner):
    text = model_answer("01-ripples", "ring-height", learner.root)
    assert "return 1 / (1 + time)" in text and "SOLUTION" not in text
    assert "..." not in model_answer("01-ripples", "ring-width", learner.root)
    with pytest.raises(CheckError, match="no exercise 'report'"):
        model_answer("01-ripples", "report", learner.root)


@pytest.fixture
def at_home(learner, monkeypatch):
    """The command, in the learner's copy of the course and with results that need no run."""
    report = check(learner.path, learner.root)
    monkeypatch.setattr(command, "check", lambda notebook: report)
    return learner


def test_the_command_shows_a_table_and_keeps_the_progress(at_home, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert command.main([str(at_home.path)]) == 0
    shown = capsys.readouterr().out
    assert "0 of 3 exercises right, 0 of 6 points" in shown
    assert "ring-height" in shown and "– no answer yet" in shown and "taught in Why it" in shown
    assert shown.rstrip().endswith("Right so far, by lesson: 01: 0 of 3.")
    path = at_home.root / "lessons" / "en" / progress.FILE
    assert set(json.loads(path.read_text())["lessons"]) == {"01-ripples"}


def test_a_broken_file_of_progress_is_reported_and_kept(at_home, capsys):
    path = at_home.root / "lessons" / "en" / progress.FILE
    path.write_text("{ my notes")
    assert command.main([str(at_home.path)]) == 0
    assert "left as it is" in " ".join(capsys.readouterr().out.split())
    assert path.read_text() == "{ my notes"


def test_the_command_says_what_cannot_be_checked(capsys):
    assert command.main(["no-such-lesson"]) == 2
    assert "Lessons: 00-start-here, 01" in capsys.readouterr().err


def test_the_root_is_the_repository():
    assert (selfcheck.ROOT / "pyproject.toml").is_file()


def test_a_check_loads_neither_a_server_nor_a_database(learner):
    """Each of them would make a learner wait another second for every check."""
    heavy = "{'jupyter_server', 'nbgrader', 'sqlalchemy'}"
    own = nbformat.v4.new_code_cell(f"import sys\nassert not {heavy} & set(sys.modules)")
    learner.notebook.cells.append(own)
    learner.save()
    assert not any("stops with" in note for note in check(learner.path, learner.root).notes)


@pytest.mark.parametrize(
    ("lesson", "exercise", "begins", "once"),
    [
        ("00-start-here", "first-check", "days_apart = (", "days_apart = "),
        ("01-sputnik-moment", "real-dollars", "index = nasa[", "nasa_1966 = "),
        ("01-sputnik-moment", "degree-trap", "def response(", "def response("),
        ("04-market-reaction", "market-model", "def fit_market_model(", "residual_sd = "),
    ],
)
def test_a_model_answer_does_not_show_what_it_replaces(lesson, exercise, begins, once):
    text = model_answer(lesson, exercise)
    assert text.startswith(begins) and text.count(once) == 1
    assert "..." not in text
    compile(text, exercise, "exec")
