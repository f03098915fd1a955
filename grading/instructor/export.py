"""Grades for an LMS: the gradebook's totals as CSV for Canvas, for Moodle, or plain."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from nbgrader.api import MissingEntry
from rich.console import Console

from grading.instructor.here import Here, Refused, plainly


class Format(StrEnum):
    """A form of CSV."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"


def grades(here: Here, assignments: list[str]) -> pd.DataFrame:
    """Return the gradebook as a tidy table.

    Parameters
    ----------
    here
        The course.
    assignments
        Names of assignments.

    Returns
    -------
    DataFrame
        One row for every assignment and student: ``assignment``, ``student_id``, ``first_name``,
        ``last_name``, ``email``, ``lms_user_id``, ``handed_in`` (bool), ``timestamp`` (UTC),
        ``raw_score``, ``late_penalty``, ``score``, ``max_score`` (points), ``waits`` (a person
        still has to mark a part of it). The score is what nbgrader's own export states: raw
        score less penalty, never below 0, and 0 where nothing was handed in.
    """
    rows = []
    with here.gradebook() as gradebook:
        students = sorted(gradebook.students, key=lambda one: one.id)
        for name in assignments:
            most = gradebook.find_assignment(name).max_score
            for student in students:
                facts = {
                    "assignment": name,
                    "student_id": student.id,
                    **{
                        field: getattr(student, field) or ""
                        for field in ("first_name", "last_name", "email", "lms_user_id")
                    },
                }
                try:
                    submission = gradebook.find_submission(name, student.id)
                except MissingEntry:
                    facts |= _nothing()
                else:
                    facts |= _marks(submission)
                rows.append(facts | {"max_score": float(most)})
    table = pd.DataFrame(rows)
    if rows:
        table["timestamp"] = pd.to_datetime(table["timestamp"], utc=True)
    return table


def _nothing() -> dict:
    scores = dict.fromkeys(("raw_score", "late_penalty", "score"), 0.0)
    return {"handed_in": False, "timestamp": None, **scores, "waits": False}


def _marks(submission) -> dict:
    raw, penalty = float(submission.score), float(submission.late_submission_penalty or 0)
    return {
        "handed_in": True,
        "timestamp": submission.timestamp,
        "raw_score": raw,
        "late_penalty": penalty,
        "score": max(0.0, raw - penalty),
        "waits": bool(submission.needs_manual_grade),
    }


def canvas(table: pd.DataFrame, zero: bool = False) -> pd.DataFrame:
    """Return grades in the form that Canvas's gradebook imports.

    Parameters
    ----------
    table
        From :func:`grades`.
    zero
        Give 0 to those who have handed in nothing; otherwise their field is empty, and Canvas
        leaves what it has.
    """
    people = _people(table)
    names = people["last_name"] + ", " + people["first_name"]
    result = pd.DataFrame(
        {
            "Student": names.where(names != ", ", people["student_id"]),
            "ID": people["lms_user_id"],
            "SIS User ID": "",
            "SIS Login ID": people["student_id"],
            "Section": "",
        }
    )
    most = {"Student": "Points Possible"}
    for name, part in table.groupby("assignment"):
        result[name] = _scores(part, people, zero)
        most[name] = part["max_score"].iloc[0]
    return pd.concat([pd.DataFrame([most]), result], ignore_index=True).reindex(
        columns=result.columns
    )


def moodle(table: pd.DataFrame, zero: bool = False) -> pd.DataFrame:
    """Return grades in the form that Moodle imports; parameters as for :func:`canvas`.

    In Moodle's import, map ``Username`` or ``Email address`` to the user, and each other column
    to its grade item.
    """
    people = _people(table)
    result = pd.DataFrame(
        {
            "First name": people["first_name"],
            "Last name": people["last_name"],
            "Username": people["student_id"],
            "Email address": people["email"],
        }
    )
    for name, part in table.groupby("assignment"):
        result[name] = _scores(part, people, zero)
    return result


def _people(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop_duplicates("student_id").reset_index(drop=True)


def _scores(part: pd.DataFrame, people: pd.DataFrame, zero: bool) -> list[float | None]:
    scores = part.set_index("student_id")
    kept = scores["score"] if zero else scores["score"].where(scores["handed_in"])
    return kept.reindex(people["student_id"]).tolist()


FORMS = {Format.CSV: lambda table, zero: table, Format.CANVAS: canvas, Format.MOODLE: moodle}

# A spreadsheet would take such a text for a formula, and students choose their own names.
_formula = re.compile(r"^[=+\-@\t\r]")


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before every text that a spreadsheet would run as a formula."""

    def clean(value):
        return f"'{value}" if isinstance(value, str) and _formula.match(value) else value

    return table.map(clean)


def export(
    assignment: Annotated[str, typer.Argument(help="Assignment: name, number or slug.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All assignments.")] = False,
    form: Annotated[Format, typer.Option("--format", help="Who is to read it.")] = Format.CSV,
    to: Annotated[
        Path | None, typer.Option(help="File to write; exports/NAME.csv if left out.")
    ] = (None),
    zero: Annotated[
        bool, typer.Option("--zero", help="0 for those who have handed in nothing (LMS formats).")
    ] = False,
) -> None:
    """Write the grades of ASSIGNMENT, or of all, as CSV for Canvas, for Moodle, or plain."""
    console = Console(soft_wrap=True)
    with plainly():
        here = Here.open()
        names = _names(here, assignment, everything)
        table = grades(here, names)
        if table.empty:
            raise Refused("The gradebook has no students yet: import a roster, or grade first.")
        path = to or here.root / "exports" / f"{assignment_label(names, everything)}-{form}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        harmless(FORMS[form](table, zero)).to_csv(path, index=False)
    handed_in, waits = int(table["handed_in"].sum()), int(table["waits"].sum())
    console.print(f"{path}: {handed_in} submissions, {table['student_id'].nunique()} students.")
    if waits:
        console.print(
            f"[yellow]![/] {waits} of them wait for a person to mark a part: their totals will "
            "still change. `python -m grading report` lists them.",
            highlight=False,
        )
    missing = form is Format.CANVAS and (_people(table)["lms_user_id"] == "").any()
    if missing:
        console.print(
            "[yellow]![/] Some students have no Canvas ID: Canvas finds them by SIS Login ID. "
            "Import Canvas's own gradebook export as roster to have the ID.",
            highlight=False,
        )


def assignment_label(names: list[str], everything: bool) -> str:
    """Return how the file of an export is called."""
    return "all" if everything else names[0]


def _names(here: Here, assignment: str, everything: bool) -> list[str]:
    if bool(assignment) == everything:
        raise Refused("Name one assignment, or say --all.")
    if not everything:
        return [here.released(assignment)]
    with here.gradebook() as gradebook:
        names = sorted(assignment.name for assignment in gradebook.assignments)
    if not names:
        raise Refused("The gradebook has no assignments yet: release one first.")
    return names
