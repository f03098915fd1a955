"""Every lesson in a real browser, as a student meets it: run, move, answer, validate."""

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons" / "en").glob("*/*.ipynb"))
FAILED = "The following cell failed"


def answers(lesson: Path) -> SimpleNamespace:
    """Return RIGHT, WRONG and WRITTEN of a lesson; empty for a lesson without exercises."""
    file = ROOT / "solutions" / lesson.parent.name / "answers.py"
    known = runpy.run_path(str(file)) if file.exists() else {}
    return SimpleNamespace(**{name: known.get(name, {}) for name in ("RIGHT", "WRONG", "WRITTEN")})


def told(found: dict[str, list[str]]) -> str:
    """Return how often and where each barrier was found first, for failure messages."""
    return "\n".join(f"{rule}: {len(at)} times, first {at[0]}" for rule, at in found.items())


def checks_of(notebook, exercise: str) -> list[int]:
    return [i for i, name in enumerate(notebook.names()) if name.startswith(f"{exercise}-test")]


def give(notebook, exercise: str, answer: str) -> str:
    """Type an answer, run it and its tests, and return what the tests show."""
    position = notebook.find(exercise)
    notebook.type_into(position, answer)
    notebook.run(position)
    return "\n".join(notebook.run(test) for test in checks_of(notebook, exercise))


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.parent.name)
def lesson(request) -> Path:
    return request.param


@pytest.fixture(scope="module")
def notebook(open_notebook, lesson):
    """The student edition of a lesson, open and run from top to bottom once for all tests."""
    notebook = open_notebook(lesson)
    notebook.run_all()
    return notebook


def test_the_untouched_lesson_runs_without_an_error(notebook, lesson):
    notebook.screenshot(f"{lesson.parent.name}-run")
    assert notebook.errors() == []


def test_every_widget_answers_to_every_control(notebook, lesson):
    for explorer in notebook.explorers():
        start = explorer.readout(), explorer.figure()
        assert explorer.out_of_reach() == []
        for label in explorer.controls():
            explorer.move(label)
        now = explorer.readout(), explorer.figure()
        assert now[0] != start[0], f"the readout never changed: {now[0]}"
        assert now[1] != start[1] or now[1] is None, f"the figure never changed: {now[0]}"
    notebook.screenshot(f"{lesson.parent.name}-moved")
    assert notebook.errors() == []


def test_the_rendered_lesson_has_no_barriers(notebook, find_barriers):
    found = find_barriers(notebook.page, ".jp-NotebookPanel .jp-Notebook")
    assert not found, told(found)


def test_the_exported_page_has_no_barriers(notebook, find_barriers):
    page = notebook.page.context.new_page()
    page.route(re.compile("^https?:"), lambda route: route.abort())  # scripts of nbconvert's
    page.goto(notebook.as_page().as_uri())
    found = find_barriers(page, "html")
    page.close()
    assert not found, told(found)


def test_the_validate_button_names_what_is_not_solved_yet(notebook, lesson):
    said = notebook.validate()
    assert (FAILED in said) == bool(answers(lesson).RIGHT), said


def test_wrong_answers_are_diagnosed_and_right_ones_accepted(notebook, lesson):
    known = answers(lesson)
    for exercise, right in known.RIGHT.items():
        mistake, wrong = next(iter(known.WRONG[exercise].items()))
        said = give(notebook, exercise, wrong if isinstance(wrong, str) else wrong[0])
        assert "Keep working" in said or "Nearly there" in said, (exercise, mistake, said)
        said = give(notebook, exercise, right[0])
        assert "● Right" in said and "Keep working" not in said, (exercise, said)
    for task, samples in known.WRITTEN.items():
        notebook.type_into(notebook.find(task), samples[max(samples)][0])
    notebook.screenshot(f"{lesson.parent.name}-solved")
    assert notebook.errors() == []
    assert FAILED not in notebook.validate()


def test_the_last_cell_checks_the_saved_notebook(notebook, lesson):
    """After the test above: everything is solved."""
    notebook.save()
    said = notebook.check_myself()
    count = len(answers(lesson).RIGHT)
    assert f"{count} of {count} exercises right" in said
    notebook.screenshot(f"{lesson.parent.name}-checked")
    assert notebook.errors() == []


def test_a_planted_barrier_is_found_and_jupyters_own_is_not(browser, find_barriers):
    page = browser.new_page()
    page.set_content(
        "<html lang=en><title>x</title><main><h1>x</h1><img src='data:,'>"
        "<table class=dataframe><tr><th></th><th>a</th></tr><tr><td>1</td><td>2</td></tr></table>"
    )
    found = find_barriers(page, "html")
    page.close()
    assert list(found) == ["image-alt"]
