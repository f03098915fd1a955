"""The card at the end of a lesson: how far a learner is, and all tests at the press of a button.

The card first shows what the checks have said since the lesson was started. The button has the
saved notebook run with all tests, by the program ``python -m grading.selfcheck``, which needs the
repository with its ``solutions/``; in a class, where the teacher keeps them, it says so.
"""

from __future__ import annotations

import html
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from IPython import get_ipython

from sputnik_moment import progress
from sputnik_moment.feedback import _card
from sputnik_moment.results import NO_ANSWER, NOT_YET, PARTLY, RIGHT, Report, Result, course_line

if TYPE_CHECKING:
    from sputnik_moment.feedback import Lesson

STATES = {"right": RIGHT, "nearly there": PARTLY, "keep working": NOT_YET, "missing": NO_ANSWER}
WAITING = "All tests are running on the notebook as it was last saved. This takes some seconds."
INVITATION = "Save the notebook (Ctrl+S), then let all tests run on it:"


class NotChecked(RuntimeError):
    """The saved notebook cannot be checked; the message says what to do next."""


class Panel(widgets.Box):
    """A card of results with a button under it.

    Attributes
    ----------
    report
        What the card shows.
    button
        Runs all tests on the saved notebook.
    status
        One line on what happens or went wrong, announced by screen readers.
    """

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._notebook = find_notebook(lesson.slug)
        self.card = widgets.HTML()
        self.status = widgets.HTML()
        self.button = widgets.Button(
            description="Check my saved notebook",
            tooltip="Run all tests of this lesson on the notebook as it was last saved",
            layout=widgets.Layout(width="max-content"),
        )
        self.button.on_click(lambda _: self.check())
        self._show(so_far(lesson), INVITATION)
        layout = widgets.Layout(display="flex", flex_flow="column", align_items="flex-start")
        super().__init__([self.card, self.status, self.button], layout=layout)

    def check(self) -> None:
        """Run all tests on the saved notebook and show what they say."""
        self.button.disabled = True
        self._say(WAITING)
        try:
            report, line = run_all_tests(self._notebook)
            self._show(report, f"All tests have run. {line}".strip())
        except NotChecked as problem:
            self._say(str(problem))
        finally:
            self.button.disabled = False

    def _show(self, report: Report, line: str) -> None:
        self.report = report
        self.card.value = report.to_html()
        self._say(line)

    def _say(self, line: str) -> None:
        self.status_text = line
        self.status.value = f'<p role="status" aria-live="polite">{html.escape(line)}</p>'

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Add the card as it is, for a page or a printout without a kernel."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = self.report.to_text()
            bundle["text/html"] = self.report.to_html()
        return bundle


def so_far(lesson: Lesson) -> Report:
    """Return what the checks have said since the lesson was started; the tests have not run."""
    results = [_result(lesson, exercise) for exercise in lesson.exercises]
    return Report(lesson.slug, "So far, by the checks that you ran", tuple(results))


def _result(lesson: Lesson, exercise: str) -> Result:
    verdict = lesson.seen.get(exercise)
    state = STATES[verdict.state] if verdict else NO_ANSWER
    message = verdict.message if verdict else "The check has not run yet."
    opened = lesson.hints_opened(exercise)
    if opened:
        message += f" Hints opened: {opened}."
    return Result(exercise, state, message, lesson.exercises[exercise].section)


def find_notebook(slug: str) -> Path | None:
    """Return the file of the notebook that is running, or None where nobody says which it is.

    Parameters
    ----------
    slug
        The lesson's name without its number; its file lies in the kernel's folder.
    """
    shell = get_ipython()
    named = [
        os.environ.get("JPY_SESSION_NAME"),  # Jupyter's server
        shell.user_ns.get("__vsc_ipynb_file__") if shell else None,  # VS Code
        f"{slug}.ipynb",
    ]
    paths = (Path(name).resolve() for name in named if name)
    return next((path for path in paths if path.suffix == ".ipynb" and path.is_file()), None)


def run_all_tests(notebook: Path | None) -> tuple[Report, str]:
    """Have a saved notebook checked; return the report, and the course's progress in one line.

    Raises
    ------
    NotChecked
        If there is no such file, or the program has a reason not to check it.
    """
    if notebook is None:
        raise NotChecked(
            "The file of this notebook was not found. Save it in its lesson's folder, or run "
            "`make check` in a terminal."
        )
    report = Report.from_json(_program(str(notebook), "--json"))
    try:
        return report, course_line(progress.read(progress.place(notebook, report.lesson)))
    except progress.ProgressError as error:
        return report, str(error)


def model_answer(lesson: Lesson, exercise: str) -> dict[str, str]:
    """Return a learner's answer and the model answer side by side, as a MIME bundle.

    Where the exercise is not solved yet, or there is no model answer here, a card says so.
    """
    if exercise not in lesson.exercises:
        known = ", ".join(lesson.exercises)
        return _card.card("hint", "No model answer", f"There are model answers to: {known}.")
    notebook = find_notebook(lesson.slug)
    try:
        if not _solved(lesson, exercise, notebook):
            text = (
                "It opens when your answer is right. Run the check once more, or ask for a hint: "
                f'`check.hint("{exercise}")`.'
            )
            return _card.card("hint", f"No model answer to {exercise} yet", text)
        if notebook is None:
            raise NotChecked("The file of this notebook was not found; save it first.")
        model = _program(str(notebook), "--answer", exercise).strip("\n")
    except (NotChecked, progress.ProgressError) as problem:
        return _card.card("hint", "No model answer", str(problem))
    return _side_by_side(_own_answer(notebook, exercise), model)


def _solved(lesson: Lesson, exercise: str, notebook: Path | None) -> bool:
    verdict = lesson.seen.get(exercise)
    if verdict and verdict.state == "right":
        return True
    if notebook is None:
        return False
    name = _tree(notebook).get("metadata", {}).get("sputnik", {}).get("lesson", "")
    return progress.passed(progress.read(progress.place(notebook, name)), name, exercise)


def _own_answer(notebook: Path, exercise: str) -> str:
    for cell in _tree(notebook).get("cells", []):
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == exercise:
            return "".join(cell["source"])
    return "(no answer in the saved notebook)"


def _tree(notebook: Path) -> dict[str, Any]:
    try:
        return json.loads(notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotChecked(f"The saved notebook cannot be read: {error}. Save it again.") from None


def _side_by_side(own: str, model: str) -> dict[str, str]:
    columns = "".join(
        f'<figure style="flex:1 1 20em;margin:0;min-width:0"><figcaption>{title}</figcaption>'
        f'<pre tabindex="0" style="overflow-x:auto"><code>{html.escape(code)}</code></pre></figure>'
        for title, code in (("Your answer, as saved", own), ("The model answer", model))
    )
    return {
        "text/plain": f"Your answer, as saved:\n{own}\n\nThe model answer:\n{model}",
        "text/html": f'<div style="display:flex;flex-wrap:wrap;gap:1em">{columns}</div>',
    }


def _program(*arguments: str) -> str:
    """Run ``python -m grading.selfcheck`` and return what it prints.

    It is started as a program: the library knows nothing of the grader.
    """
    if importlib.util.find_spec("grading") is None:
        raise NotChecked("The tests are not installed here. To work alone, take the repository.")
    command = [sys.executable, "-P", "-m", "grading.selfcheck", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise NotChecked(done.stderr.strip().rpartition("\n")[2] or "The check stopped.")
    return done.stdout
