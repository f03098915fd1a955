"""The card at the end of a lesson: what it shows, and what its button does."""

import re

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from sputnik_moment import feedback, progress
from sputnik_moment.feedback import Exercise, Lesson, Mistake, _report
from sputnik_moment.results import NOT_YET, PARTLY, RIGHT, Report, Result

CHECKED = Report(
    "99-pond",
    "The pond",
    (
        Result("width", RIGHT, "That is right.", "1. How wide?", 2, 2),
        Result("depth", PARTLY, "Use `max` for <deep> ponds.", "2. How deep?", 1, 3),
    ),
    ("A note.",),
)


@pytest.fixture(autouse=True)
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def lesson():
    mistake = Mistake("radius", 2.5, "{answer} is the radius.")
    hints = ("look", "start", "almost")
    return Lesson(
        "pond",
        [
            Exercise("width", 5.0, [mistake], hints=hints, section="1. How wide?"),
            Exercise("depth", 3.0, hints=hints, section="2. How deep?"),
        ],
    )


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A saved notebook in the kernel's folder."""
    folder = tmp_path / "99-pond"
    folder.mkdir()
    cell = nbformat.v4.new_code_cell("width = 4 + 1")
    cell.metadata["nbgrader"] = {"grade_id": "width"}
    about = {"sputnik": {"lesson": "99-pond"}}
    path = folder / "pond.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=about), path)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return path


@pytest.fixture
def program(monkeypatch):
    """The program answers at once; returns the list of what it was asked."""
    asked = []

    def answer(*arguments):
        asked.append(arguments)
        return CHECKED.to_json() if "--json" in arguments else "width = 5.0\n"

    monkeypatch.setattr(_report, "_program", answer)
    return asked


def test_the_card_first_tells_what_the_checks_have_said(lesson, notebook):
    lesson("width", 2.5)
    lesson.hint("width")
    panel = _report.Panel(lesson)
    width, depth = panel.report.results
    assert (width.state, width.message) == (NOT_YET, "2.5 is the radius. Hints opened: 1.")
    assert depth.message == "The check has not run yet."
    assert panel.report.summary == "0 of 2 exercises right"
    lesson("width", 5.0)
    assert _report.so_far(lesson).right == 1


def test_the_button_runs_all_tests_on_the_saved_notebook(lesson, notebook, program):
    progress.record(notebook.parents[1] / progress.FILE, "99-pond", CHECKED.results)
    panel = _report.Panel(lesson)
    panel.button.click()
    assert program == [(str(notebook), "--json")]
    assert panel.report == CHECKED
    assert "1 of 2 exercises right, 3 of 5 points" in panel.card.value
    assert panel.status_text == "All tests have run. Right so far, by lesson: 99: 1 of 2."
    assert 'role="status"' in panel.status.value and not panel.button.disabled


def test_the_button_says_why_it_cannot(lesson, notebook):
    """The real program, on a notebook whose tests are not here, as in a class."""
    panel = _report.Panel(lesson)
    panel.button.click()
    assert "kept by the teacher" in panel.status_text
    notebook.unlink()
    panel = _report.Panel(lesson)
    panel.button.click()
    assert "was not found" in panel.status_text and not panel.button.disabled


def test_a_broken_file_of_progress_is_told_beside_the_results(lesson, notebook, program):
    (notebook.parents[1] / progress.FILE).write_text("{")
    panel = _report.Panel(lesson)
    panel.button.click()
    assert panel.report == CHECKED and "Rename it to keep it" in panel.status_text


def test_jupyter_and_vs_code_say_which_notebook_runs(notebook, monkeypatch, shell):
    copy = notebook.with_name("pond-Copy1.ipynb")
    copy.write_bytes(notebook.read_bytes())
    assert _report.find_notebook("pond") == notebook
    shell.user_ns["__vsc_ipynb_file__"] = str(copy)
    assert _report.find_notebook("pond") == copy
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    assert _report.find_notebook("pond") == notebook
    monkeypatch.setenv("JPY_SESSION_NAME", "renamed-since.ipynb")
    assert _report.find_notebook("pond") == copy


def test_a_model_answer_opens_when_the_exercise_is_right(lesson, notebook, program):
    assert "opens when your answer is right" in text(lesson, "width")
    lesson("width", 2.5)
    assert "opens when your answer is right" in text(lesson, "width")
    assert program == []
    lesson("width", 5.0)
    assert text(lesson, "width") == (
        "Your answer, as saved:\nwidth = 4 + 1\n\nThe model answer:\nwidth = 5.0"
    )
    assert "There are model answers to: width, depth." in text(lesson, "weight")


def test_a_model_answer_stays_open_in_the_next_session(lesson, notebook, program):
    progress.record(notebook.parents[1] / progress.FILE, "99-pond", CHECKED.results)
    assert "The model answer" in text(lesson, "width")
    assert "opens when your answer is right" in text(lesson, "depth")


def test_without_the_sources_a_model_answer_is_explained(lesson, notebook):
    lesson("width", 5.0)
    assert "kept by the teacher" in text(lesson, "width")


def text(lesson, exercise):
    return _report.model_answer(lesson, exercise)["text/plain"]


def test_nothing_of_this_is_in_graded_output(lesson, monkeypatch):
    shown = []
    monkeypatch.setattr(feedback, "display", lambda *args, **_: shown.append(args))
    for run in ("autograde", "validate"):
        monkeypatch.setenv("NBGRADER_EXECUTION", run)
        lesson.report()
        lesson.model_answer("width")
        lesson.hint("width")
    assert shown == [] and lesson.hints_opened("width") == 0


def test_the_table_is_for_everyone():
    markup = CHECKED.to_html()
    assert "<caption" in markup and markup.count('scope="col"') == 4
    assert markup.count('<th scope="row"') == 2
    assert 'href="#2.-How-deep%3F"' in markup and ">2. How deep?</a>" in markup
    assert "Use <code>max</code> for &lt;deep&gt; ponds." in markup
    assert re.search(r'aria-hidden="true">◐</span> partly', markup)
    assert Report.from_json(CHECKED.to_json()) == CHECKED
    assert CHECKED.to_text().splitlines() == [
        "The pond: 1 of 2 exercises right, 3 of 5 points.",
        "● width (right): That is right.",
        "◐ depth (partly): Use `max` for <deep> ponds.",
        "A note.",
    ]
