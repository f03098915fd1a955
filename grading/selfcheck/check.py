"""Checks a learner's notebook: starts the run, watches it, and makes the results of its events."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.names import meant, several
from sputnik_moment.results import NO_ANSWER, NOT_YET, PARTLY, RIGHT, Report, Result

ROOT = Path(__file__).resolve().parents[2]
CELL_SECONDS = 60.0
"""Longest time for one cell; a lesson's take a second or two."""

START_SECONDS = 180.0
"""Longest time until the first cell runs; a slow disk takes a while to read the libraries."""

FRESH = (
    " The check runs the saved notebook from top to bottom in a fresh kernel: what a deleted, "
    "later or unsaved cell defines is not there. *Kernel > Restart Kernel and Run All Cells* "
    "shows it."
)
"""What to say of a name that exists in the open notebook and not in the check's run."""

OTHER_DATA = "Your answer passes the lesson's check, but not the test with other data."
"""What to say where only a hidden test has found a mistake."""

LESSON_NAME = re.compile(r"\d\d-[a-z0-9-]+")


class CheckError(Exception):
    """A notebook that cannot be checked; the message says what to do next."""


def find(name: str, root: Path = ROOT) -> Path:
    """Return the notebook that a learner means.

    Parameters
    ----------
    name
        A lesson's folder, its number, its name without number, or the beginning of one of these;
        or the path of a notebook.
    root
        Folder that holds ``lessons/``.

    Raises
    ------
    CheckError
        If there is no such lesson or no such file, or more than one lesson could be meant.
    """
    if name.endswith(".ipynb"):
        if not Path(name).is_file():
            raise CheckError(f"There is no file {name}. Check the path, or name a lesson.")
        return Path(name)
    folders = {folder.name: folder for folder in sorted((root / "lessons" / "en").glob("*/"))}
    found = meant(name, folders)
    if len(found) > 1:
        raise CheckError(several(name, found))
    if not found:
        raise CheckError(f"There is no lesson {name}. Lessons: {', '.join(folders) or 'none'}.")
    return _present(folders[found[0]] / f"{found[0].partition('-')[2]}.ipynb")


def _present(notebook: Path) -> Path:
    if not notebook.is_file():
        raise CheckError(
            f"{notebook} is not there. Bring it back with `git checkout -- {notebook}`, "
            "or give the path of your own copy."
        )
    return notebook


def lesson_of(notebook: Path) -> str:
    """Return the lesson to which a notebook belongs, for example ``"04-market-reaction"``.

    Raises
    ------
    CheckError
        If the file cannot be read, or is not one of the course's notebooks.
    """
    try:
        tree = json.loads(notebook.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckError(f"There is no file {notebook}.") from None
    except (OSError, ValueError) as error:
        raise CheckError(
            f"{notebook} cannot be read as a notebook ({error}). Open it in JupyterLab and save it "
            "again; an older state is under File, Revert Notebook to Checkpoint."
        ) from None
    metadata = tree.get("metadata") if isinstance(tree, dict) else None
    about = metadata.get("sputnik") if isinstance(metadata, dict) else None
    name = about.get("lesson") if isinstance(about, dict) else None
    if not isinstance(name, str) or not LESSON_NAME.fullmatch(name):
        raise CheckError(f"{notebook} is not a notebook of this course: it names no lesson.")
    return name


def source_of(lesson: str, root: Path = ROOT) -> Path:
    """Return the source of a lesson, where its tests and its model answers are written.

    Raises
    ------
    CheckError
        If it is not there, as in a class, where the teacher keeps it.
    """
    path = root / "solutions" / lesson / f"{lesson.partition('-')[2]}.md"
    if not path.is_file():
        raise CheckError(
            f"The tests and model answers of {lesson} are not here: they belong to "
            f"solutions/{lesson}, which is kept by the teacher in a class. The checks in the "
            "notebook work without them; to work alone, take the whole repository."
        )
    return path


def check(notebook: Path, root: Path = ROOT, cell_seconds: float = CELL_SECONDS) -> Report:
    """Run a saved notebook with all tests and report on every exercise.

    Parameters
    ----------
    notebook
        The learner's notebook; it is read and run, never written.
    root
        Folder that holds ``solutions/``.
    cell_seconds
        Longest time for one cell, in seconds.

    Raises
    ------
    CheckError
        If the notebook cannot be read, belongs to no lesson, or the tests are not there.
    """
    lesson = lesson_of(notebook)
    path = source_of(lesson, root)
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.jsonl")
        ending = _watch(notebook.resolve(), path.resolve(), events, cell_seconds)
        seen = _read(events)
    if seen.plan is None:
        raise CheckError(f"The check could not begin. {ending}".strip())
    return _report(lesson, seen, ending)


def model_answer(lesson: str, exercise: str, root: Path = ROOT) -> str:
    """Return the model answer to an exercise as code.

    Raises
    ------
    CheckError
        If the lesson's source is not there or has no such exercise.
    """
    from grading.builder import source

    cells = source.read(source_of(lesson, root)).parts("answer")
    for cell in cells:
        if cell.exercise == exercise:
            return cell.solved
    raise CheckError(f"There is no exercise {exercise!r} in {lesson}.")


@dataclass
class _Seen:
    """What the events of one run say."""

    plan: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    where: str = ""
    ended: bool = False


def _watch(notebook: Path, path: Path, events: Path, cell_seconds: float) -> str:
    """Run the notebook in a process of its own; return why it ended early, or an empty text."""
    environment = os.environ | {
        "NBGRADER_EXECUTION": "autograde",  # hints and cards stay silent, as in a grader
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    command = [sys.executable, "-P", "-m", "grading.selfcheck.process", notebook, path, events]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=notebook.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            in_time = _wait(process, events, cell_seconds)
        finally:
            process.kill()
            process.wait()
        if not in_time:
            return f"It took more than {cell_seconds:g} seconds"
        errors.seek(0)
        last = errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        return "" if process.returncode == 0 else last or f"Python ended ({process.returncode})"


def _wait(process: subprocess.Popen, events: Path, cell_seconds: float) -> bool:
    """Wait for the process; return False if nothing has happened for too long."""
    size, since = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(0.05)
        now = events.stat().st_size if events.exists() else 0
        if now != size:
            size, since = now, time.monotonic()
        elif time.monotonic() - since > (cell_seconds if size else START_SECONDS):
            return False
    return True


def _read(events: Path) -> _Seen:
    seen = _Seen()
    lines = events.read_text(encoding="utf-8").splitlines() if events.exists() else []
    for event in map(json.loads, lines):
        match event["kind"]:
            case "plan":
                seen.plan = event
            case "note":
                seen.notes.append(event["text"])
            case "cell":
                seen.where = event["where"]
            case "stopped":
                seen.stopped[event["exercise"]] = event["error"]
            case "test":
                seen.tests[event["cell"]] = event
            case "end":
                seen.ended = True
    return seen


def _report(lesson: str, seen: _Seen, ending: str) -> Report:
    tasks = seen.plan["exercises"].items()
    results = [_result(name, task, seen, ending) for name, task in tasks]
    notes = list(seen.notes)
    if not seen.ended:
        notes.append(
            f"The run ended early, in {seen.where or 'its first cell'}: {ending or 'no reason'}. "
            "What comes after it was not tested."
        )
    for task in seen.plan["written"]:
        notes.append(f"The written task `{task}` is for a person to read; no test judges it.")
    return Report(lesson, seen.plan["title"], tuple(results), tuple(notes))


def _result(name: str, task: Mapping[str, Any], seen: _Seen, ending: str) -> Result:
    tests = [seen.tests[cell] for cell in task["tests"] if cell in seen.tests]
    points = sum(task["tests"][test["cell"]] for test in tests if test["passed"])
    of = sum(task["tests"].values())
    state, message = _verdict(tests, points, of, seen.stopped.get(name))
    if not tests and not seen.ended and seen.where == f"your answer to `{name}`":
        message = f"The run ended in the cell with your answer: {ending or 'no reason is known'}."
    return Result(name, state, message, task["section"], points, of)


def _verdict(
    tests: list[dict[str, Any]], points: float, of: float, stopped: str | None
) -> tuple[str, str]:
    """Return the state of an exercise, and what to tell the learner about it."""
    said = next((test["said"] for test in reversed(tests) if test["said"]), None)
    failed = next((_why(test) for test in tests if not test["passed"]), "")
    some = PARTLY if points else NOT_YET
    # Points alone do not say it: an exercise may give none.
    if tests and points == of and all(test["passed"] for test in tests):
        if said is None or said["state"] == "right":
            return RIGHT, said["message"] if said else "All tests are passed."
        return RIGHT, f"All tests are passed. The lesson's check adds: {said['message']}"
    if stopped:
        fresh = FRESH if stopped.startswith("NameError") else ""
        return some, f"The cell with your answer stops with {stopped}.{fresh}"
    if not tests:
        return NOT_YET, "Not reached: the run ended before this exercise."
    if said is None:
        return some, f"A test of this exercise is not passed. {failed}".strip()
    if said["state"] == "missing" and not points:
        return NO_ANSWER, said["message"]
    if said["state"] == "right":
        return PARTLY, f"{OTHER_DATA} {failed}".strip()
    nearly = said["state"] == "nearly there"
    return PARTLY if points or nearly else NOT_YET, said["message"]


def _why(test: dict[str, Any]) -> str:
    """Say why a test is not passed: what differs, or the error; a bare assertion says nothing."""
    if differs := test["differs"].rstrip("."):
        return f"{differs}." if differs.endswith("expected") else f"It failed at: {differs}."
    error = test["error"] or "AssertionError"
    return "" if error == "AssertionError" else f"It stops with {error.rstrip('.')}."
