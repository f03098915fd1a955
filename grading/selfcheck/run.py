"""Runs a learner's notebook with all tests and writes down, line by line, what happens.

The notebook is run as a grader would: the learner's own cells as they are, the lesson's cells and
tests from their source, missing ones put back. The events are JSON objects, one a line; what stands
there when the process ends has happened.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import nbformat

from grading.builder import source
from grading.engine.assignment import names_affected, names_read
from grading.engine.shell import RecordingShell, make_shell
from sputnik_moment.feedback import MIME

SECTION = re.compile(r"^## (?P<heading>.+)$", re.MULTILINE)

DIFFERENCES = (
    (
        re.compile(r"^\[[\d, ]+\]: (.+) \(ACTUAL\), (.+) \(DESIRED\)$", re.MULTILINE),
        "A value that came out is {came}; {expected} was expected.",
    ),
    (
        re.compile(r"^\(shapes (\(.*?\)), (\(.*?\)) mismatch\)$", re.MULTILINE),
        "What came out has the shape {came}; {expected} was expected.",
    ),
    (
        re.compile(
            r"^ACTUAL: (?:array\()?(.+?)\)?\nDESIRED: (?:array\()?(.+?)\)?$", re.DOTALL | re.M
        ),
        "What came out is {came}; {expected} was expected.",
    ),
)
"""What NumPy's assertions say of values that differ, and the same in words."""

LONGEST_SIDE = 120
"""Characters that are shown of each side of a comparison."""


@dataclass(frozen=True)
class Step:
    """One code cell to run: ``cell`` is the lesson's, or None for one that the learner added."""

    text: str
    cell: source.Cell | None = None

    @property
    def part(self) -> str:
        """The cell's part in the lesson; ``own`` for one that the learner added."""
        return self.cell.part if self.cell else "own"

    @property
    def where(self) -> str:
        """The cell in words, for messages."""
        if self.part in ("answer", "test"):
            what = "your answer to" if self.part == "answer" else "the test of"
            return f"{what} `{self.cell.exercise}`"
        first = next((line for line in self.text.splitlines() if line.strip()), "")
        return f"the cell that begins with `{first[:72]}`"


def steps(notebook: nbformat.NotebookNode, lesson: source.Lesson) -> tuple[list[Step], list[str]]:
    """Put a learner's notebook and a lesson's source together.

    Parameters
    ----------
    notebook
        The learner's notebook, in any order and with cells added, changed or removed.
    lesson
        The lesson as written, with its hidden tests.

    Returns
    -------
    list of Step, list of str
        What to run, in the learner's order, and a note on every missing cell that matters.
    """
    known = {cell.id: cell for cell in lesson.cells if cell.kind == "code"}
    locked = {name for name, cell in known.items() if cell.part in ("provided", "test")}
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            name = _name(cell, known)
            text = known[name].source if name in locked else cell.source
            found.append(Step(text, known.get(name)))
    notes = []
    there = [step.cell.id if step.cell else None for step in found]
    after = 0
    for name, cell in known.items():
        if name in there:
            after = there.index(name) + 1
        elif name in locked or cell.part == "answer":
            text = cell.source if name in locked else cell.released
            found.insert(after, Step(text, cell))
            there.insert(after, name)
            after += 1
            notes.append(_put_back(found[after - 1], cell))
    return found, notes


def _put_back(step: Step, cell: source.Cell) -> str:
    if cell.part == "answer":
        return f"The answer cell of `{cell.exercise}` was missing; an empty one was put back."
    return f"{_sentence(step.where)} was missing and was put back."


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _name(cell: nbformat.NotebookNode, known: dict[str, source.Cell]) -> str | None:
    """Return the name by which the lesson knows a cell; editors may drop one of the two marks."""
    named = cell.metadata.get("nbgrader", {}).get("grade_id")
    by_id = cell.get("id", "").partition("-")[2]
    return next((name for name in (named, by_id) if name in known), None)


#: Ways to reach a name that does not stand in the code.
BY_TEXT = frozenset(("eval", "exec", "globals", "locals", "vars", "get_ipython"))


def worth_running(found: list[Step]) -> list[Step]:
    """Leave out the lesson's own figures and widgets, on which no answer and no test depends.

    Where a learner's cell reaches names by text, what depends on what cannot be seen: all are run.
    """
    own = (step for step in found if step.part not in ("provided", "test"))
    if any(names_read(step.text) & BY_TEXT for step in own):
        return found
    needed: set[str] = set()
    kept = []
    for step in reversed(found):
        effects = names_affected(step.text) if step.part == "provided" else None
        if effects is None or effects & needed:
            needed |= names_read(step.text)
            kept.append(step)
    return kept[::-1]


def plan(lesson: source.Lesson) -> dict[str, Any]:
    """Return what there is to earn: every exercise with its section and its tests' points."""
    section, exercises = "", {}
    for cell in lesson.cells:
        if heading := SECTION.search(cell.source if cell.part == "prose" else ""):
            section = heading["heading"].strip()
        if cell.part == "answer":
            exercises[cell.exercise] = {"section": section, "tests": {}}
        elif cell.part == "test":
            exercises[cell.exercise]["tests"][cell.id] = cell.options["points"]
    return {
        "kind": "plan",
        "title": lesson.about["title"],
        "exercises": exercises,
        "written": list(lesson.written_points),
    }


def run(notebook: Path, path: Path, events: TextIO) -> None:
    """Run a notebook and write the events.

    Parameters
    ----------
    notebook
        The learner's notebook.
    path
        The lesson's source in ``solutions/``.
    events
        Where the lines go; each is flushed, because the next cell may end the process.
    """

    def tell(**event: Any) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    lesson = source.read(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a notebook that breaks a rule of the format still runs
        found, notes = steps(nbformat.read(notebook, as_version=4), lesson)
    tell(**plan(lesson))
    for note in notes:
        tell(kind="note", text=note)
    shell = make_shell()
    for count, step in enumerate(worth_running(found), start=1):
        tell(kind="cell", where=step.where)
        passed = shell.run(step.text, count)
        for event in _seen(step, shell, passed):
            tell(**event)
    tell(kind="end")


def _seen(step: Step, shell: RecordingShell, passed: bool) -> Iterator[dict[str, Any]]:
    """Yield what running a cell has shown about an exercise."""
    outputs = shell.recorder.take()
    error = next((_first_line(one) for one in outputs if one["output_type"] == "error"), None)
    if step.part == "test":
        yield {
            "kind": "test",
            "exercise": step.cell.exercise,
            "cell": step.cell.id,
            "passed": passed,
            "error": error,
            "differs": next(filter(None, map(_what_differs, outputs)), ""),
            "said": _said(outputs, step.cell.exercise),
        }
    elif error and step.part == "answer":
        yield {"kind": "stopped", "exercise": step.cell.exercise, "error": error}
    elif error:
        yield {"kind": "note", "text": f"{_sentence(step.where)} stops with {error}."}


def _first_line(error: dict[str, Any]) -> str:
    """Return an error as one line: its type and what it says first."""
    lines = [line.strip() for line in error["evalue"].splitlines() if line.strip()]
    return f"{error['ename']}: {lines[0]}" if lines else error["ename"]


def _what_differs(output: dict[str, Any]) -> str:
    """Return the first useful line of a failed assertion, empty for one that says nothing.

    NumPy's begin with what was compared; of use is the first pair of values that differ, or else
    both sides.
    """
    if output["output_type"] != "error" or output["ename"] != "AssertionError":
        return ""
    lines = [line.strip() for line in output["evalue"].splitlines() if line.strip()]
    text = "\n".join(lines)
    for pattern, words in DIFFERENCES:
        if found := pattern.search(text):
            came, expected = (" ".join(side.split())[:LONGEST_SIDE] for side in found.groups())
            return words.format(came=came, expected=expected)
    return lines[0] if lines else ""


def _said(outputs: list[dict], exercise: str) -> dict[str, str] | None:
    """Return state and message of the last check of an exercise, if there was one."""
    said = None
    for output in outputs:
        verdict = output.get("data", {}).get(MIME)
        if verdict and verdict["exercise"] == exercise:
            message = output["data"]["text/plain"].partition("): ")[2]
            said = {"state": verdict["state"], "message": message}
    return said
