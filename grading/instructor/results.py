"""What came out of one assignment: marks, verdicts of the checks, times, and what went wrong.

Read from the gradebook, from the graded notebooks and from the grader's journal; nothing is
written. The report and the comparison of answers start from here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from rich.console import Console

from grading.instructor.here import Here, Refused, bar, plainly
from sputnik_moment.feedback import MIME

GRADED, FAILED, WAITING, ABSENT = "graded", "failed", "not graded yet", "nothing handed in"


@dataclass(frozen=True)
class Exercise:
    """One exercise of an assignment.

    ``answers`` and ``tests`` are names of cells; ``written`` says that a person marks it.
    """

    name: str
    points: float
    written: bool
    answers: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """One assignment of one class.

    Attributes
    ----------
    assignment, title
        Its name, and what the notebook says that it is called.
    exercises
        In the order of the notebook, by name.
    marks
        Points by student (rows) and exercise (columns), of graded submissions. NaN: a person has
        still to mark it.
    verdicts
        One row for each student and exercise whose check spoke: ``student``, ``exercise``,
        ``state``, ``mistake`` (None where no known one was seen), ``message``.
    submissions
        One row for each student, by id: ``state``, ``timestamp`` (UTC), ``late_hours``,
        ``late_penalty``, ``score``, ``max_score``, ``to_do`` (list of sentences for a person).
    due
        When it was due (UTC), or None.
    code
        (student, exercise) -> the text of the answer.
    """

    assignment: str
    title: str
    exercises: Mapping[str, Exercise]
    marks: pd.DataFrame = field(repr=False)
    verdicts: pd.DataFrame = field(repr=False)
    submissions: pd.DataFrame = field(repr=False)
    due: pd.Timestamp | None
    code: Mapping[tuple[str, str], str] = field(repr=False)


@contextmanager
def opened(
    console: Console, command: str, assignment: str, folder: Path | None, work: str
) -> Iterator[tuple[Here, Results, Path]]:
    """Read the results of an assignment for a command that writes something about them.

    Shows a progress bar, and tells refusals in words.

    Parameters
    ----------
    console
        Where to tell it.
    command, work
        What the bar says: the command, and what it does while the caller has the results.
    assignment
        A name, number or slug.
    folder
        Where to write; None means ``reports/ASSIGNMENT``.

    Yields
    ------
    tuple
        The course, the results, and the folder to write to.
    """
    with plainly():
        here = Here.open()
        name = here.released(assignment)
        with bar(console, f"{command} {name}", 2) as tell:
            found = load(here, name)
            tell(work)
            yield here, found, folder or here.root / "reports" / name
            tell()


def load(here: Here, assignment: str) -> Results:
    """Read the results of an assignment.

    Parameters
    ----------
    here
        The course.
    assignment
        Its full name, known to the gradebook.

    Raises
    ------
    Refused
        If the source is not there, or nobody has handed in anything.
    """
    title, exercises = _source(here, assignment)
    by_cell = {cell: one.name for one in exercises.values() for cell in _graded_cells(one)}
    points, rows, due = _gradebook(here, assignment, by_cell)
    handed_in = here.students_at("submitted", assignment)
    if not handed_in and not points:
        raise Refused(
            f"Nobody has handed in '{assignment}' yet. Run `python -m grading collect "
            f"{assignment}`, or `python -m grading import-submissions`."
        )
    verdicts, code = [], {}
    for student in handed_in:
        notebooks = list(_notebooks(here.folder("autograded", student, assignment)))
        facts = rows.setdefault(student, {"state": WAITING, "to_do": []})
        facts["state"] = _state(facts, bool(notebooks), _record(here, assignment, student))
        for notebook in notebooks:
            verdicts += _verdicts(notebook, exercises, student)
            code |= _answers(notebook, exercises, student)
    # A student whom the gradebook knows, but who has handed in nothing, is no row of the marks.
    graded = [one for one, facts in rows.items() if facts["state"] == GRADED]
    marks = pd.DataFrame(
        [points.get(one, {}) for one in graded], index=graded, columns=list(exercises), dtype=float
    )
    return Results(
        assignment=assignment,
        title=title,
        exercises=exercises,
        marks=marks.rename_axis("student"),
        verdicts=pd.DataFrame(
            verdicts, columns=["student", "exercise", "state", "mistake", "message"]
        ),
        submissions=_table(rows),
        due=due,
        code=code,
    )


def _graded_cells(exercise: Exercise) -> tuple[str, ...]:
    return exercise.answers if exercise.written else exercise.tests


# ------------------------------------------------------------------ the exercises


def _source(here: Here, assignment: str) -> tuple[str, dict[str, Exercise]]:
    """Return title and exercises from the instructor's notebook, which no student can change."""
    folder = here.folder("source", ".", assignment)
    notebooks = list(_notebooks(folder))
    if not notebooks:
        raise Refused(
            f"{folder} holds no notebook. Run `python -m grading build {assignment}` first."
        )
    exercises: dict[str, dict[str, Any]] = {}
    for notebook in notebooks:
        last = ""
        for cell in notebook.cells:
            flags = cell.metadata.get("nbgrader", {})
            if not (flags.get("grade") or flags.get("solution")):
                continue
            name = cell.metadata.get("sputnik", {}).get("exercise")
            if name is None:
                # A course of another maker: a test belongs to the answer above it.
                last = flags["grade_id"] if flags.get("solution") else last
                name = last or flags["grade_id"]
            found = exercises.setdefault(
                name, {"points": 0.0, "answers": [], "tests": [], "written": False}
            )
            found["points"] += flags.get("points", 0) if flags.get("grade") else 0
            found["answers" if flags.get("solution") else "tests"].append(flags["grade_id"])
            found["written"] |= bool(flags.get("grade") and flags.get("solution"))
    title = notebooks[0].metadata.get("title") or assignment
    return title, {
        name: Exercise(
            name, one["points"], one["written"], tuple(one["answers"]), tuple(one["tests"])
        )
        for name, one in exercises.items()
        if one["tests"] or one["written"]
    }


def _notebooks(folder: Path) -> Iterator[nbformat.NotebookNode]:
    """Yield the notebooks of a folder that can be read."""
    for path in sorted(folder.glob("*.ipynb")):
        try:
            yield nbformat.read(path, as_version=4)
        except Exception:  # a damaged notebook has no verdicts; its marks are in the gradebook
            continue


# ------------------------------------------------------------------ marks and times


def _gradebook(
    here: Here, assignment: str, by_cell: Mapping[str, str]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, Any]], pd.Timestamp | None]:
    """Return points by student and exercise, facts by student, and the due date."""
    points: dict[str, dict[str, float]] = {}
    rows: dict[str, dict[str, Any]] = {}
    with here.gradebook() as gradebook:
        for student in gradebook.students:
            rows[student.id] = {"state": ABSENT, "to_do": []}
        due = gradebook.find_assignment(assignment).duedate
        for submission in gradebook.assignment_submissions(assignment):
            grades = [grade for one in submission.notebooks for grade in one.grades]
            waiting = sorted({by_cell.get(g.name, g.name) for g in grades if g.needs_manual_grade})
            points[submission.student_id] = _sums(grades, by_cell)
            penalty = float(submission.late_submission_penalty or 0)
            rows[submission.student_id] = {
                "state": GRADED,
                "timestamp": submission.timestamp,
                "late_hours": submission.total_seconds_late / 3600,
                "late_penalty": penalty,
                "score": max(0.0, float(submission.score) - penalty),
                "max_score": float(submission.max_score),
                "to_do": [f"mark {', '.join(waiting)}"] if waiting else [],
            }
    return points, rows, pd.Timestamp(due, tz="UTC") if due else None


def _sums(grades: list, by_cell: Mapping[str, str]) -> dict[str, float]:
    """Add up the points of every exercise; NaN while a person has still to mark a part."""
    total: dict[str, float] = {}
    for grade in grades:
        exercise = by_cell.get(grade.name)
        if exercise is None:
            continue
        known = grade.auto_score is not None or grade.manual_score is not None
        value = float(grade.score) if known else float("nan")
        total[exercise] = total.get(exercise, 0.0) + value
    return total


def _table(rows: Mapping[str, dict[str, Any]]) -> pd.DataFrame:
    columns = ["state", "timestamp", "late_hours", "late_penalty", "score", "max_score", "to_do"]
    table = pd.DataFrame.from_dict(dict(sorted(rows.items())), orient="index", columns=columns)
    table["timestamp"] = pd.to_datetime(table["timestamp"], utc=True)
    return table.rename_axis("student")


# ------------------------------------------------------------------ journal and notebooks


def _record(here: Here, assignment: str, student: str) -> dict[str, Any]:
    """Return what the grading engine noted about a submission; nothing if it did not grade it."""
    path = here.root / ".grading" / "journal" / assignment / f"{student}.json"
    try:
        return json.loads(path.read_text("utf-8"))["row"]
    except (OSError, ValueError, KeyError):
        return {}


def _state(facts: dict[str, Any], has_notebook: bool, record: Mapping[str, Any]) -> str:
    """Say what became of a submission, and add to its ``to_do`` why a person has to look."""
    notes = "; ".join(record.get("notes", []))
    if record.get("state") == FAILED or (facts["state"] == GRADED and not has_notebook):
        facts["to_do"].insert(0, f"could not be graded: {notes or 'see the log of the grader'}")
        return FAILED
    if facts["state"] != GRADED:
        facts["to_do"] = ["grade it: `python -m grading autograde`"]
        return WAITING
    if record.get("human"):
        facts["to_do"].insert(0, f"look at it: {notes}")
    return GRADED


def _verdicts(
    notebook: nbformat.NotebookNode, exercises: Mapping[str, Exercise], student: str
) -> Iterator[dict[str, Any]]:
    """Yield what the checks said, from the outputs of test cells and from no other cell."""
    owner = {cell: one.name for one in exercises.values() for cell in one.tests}
    found: dict[str, dict[str, Any]] = {}
    for cell in notebook.cells:
        exercise = owner.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        for output in cell.get("outputs", []) if exercise else []:
            data = output.get("data", {})
            if isinstance(verdict := data.get(MIME), dict):
                found[exercise] = {
                    "student": student,
                    "exercise": exercise,
                    "state": str(verdict.get("state")),
                    "mistake": verdict.get("mistake"),
                    "message": str(data.get("text/plain", "")),
                }
    yield from found.values()


def _answers(
    notebook: nbformat.NotebookNode, exercises: Mapping[str, Exercise], student: str
) -> dict[tuple[str, str], str]:
    owner = {cell: one.name for one in exercises.values() for cell in one.answers}
    texts: dict[tuple[str, str], str] = {}
    for cell in notebook.cells:
        exercise = owner.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if exercise:
            before = texts.get((student, exercise))
            texts[student, exercise] = f"{before}\n{cell.source}" if before else cell.source
    return texts
