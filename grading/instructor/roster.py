"""Who takes the course: students from a CSV file of Canvas, of Moodle, or a plain one."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grading.engine.cli import ROSTER
from grading.instructor.here import Here, Refused, plainly

#: Name of a column (in small letters) -> what it holds. The first three blocks are the exports of
#: Canvas, of Moodle, and nbgrader's own names.
COLUMNS = {
    "student": "full_name",
    "id": "id",
    "sis user id": "sis_id",
    "sis login id": "login",
    "first name": "first_name",
    "surname": "last_name",
    "last name": "last_name",
    "username": "login",
    "id number": "number",
    "email address": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "lms_user_id": "lms_user_id",
    "student_id": "login",
}

#: What names a student, the best first.
IDS = ("login", "id", "number", "sis_id", "email")

#: Names become folders, and nbgrader's exchange separates their parts with "+".
NAME = re.compile(r"[^/\\+*\x00-\x1f.][^/\\+*\x00-\x1f]{0,127}")


@dataclass(frozen=True)
class Student:
    """One line of a roster, with the gradebook's names; an empty text is "unknown"."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


class BadRoster(Refused):
    """A file cannot be taken as a roster."""


def read(path: Path, id_column: str = "") -> list[Student]:
    """Read a roster.

    Parameters
    ----------
    path
        A CSV file with the columns of Canvas's gradebook, of Moodle's participants or grades, or
        plain ones (``id``, ``first_name``, ``last_name``, ``email``, ``lms_user_id``). Comma,
        semicolon and tab separate.
    id_column
        The column that names students, where the usual order (:data:`IDS`) does not fit.

    Raises
    ------
    BadRoster
        With every line that cannot be taken.
    """
    header, rows = _table(path)
    kinds = [COLUMNS.get(name) for name in header]
    is_canvas = "full_name" in kinds
    # Canvas's own ID is a number that no student knows; it is kept for the way back.
    key = _key(header, [None if is_canvas and kind == "id" else kind for kind in kinds], id_column)
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    bad = []
    for line, row in rows:
        cells = dict(zip(header, row, strict=False))
        if is_canvas and _is_no_student(cells):
            continue
        if len(row) > len(header):
            bad.append(f"line {line} has {len(row)} fields, the header {len(header)}.")
            continue
        student = _student(cells, key, is_canvas)
        if not NAME.fullmatch(student.id):
            bad.append(f"line {line}: {_why_no_name(student.id, key)}")
        elif student.id in students:
            bad.append(f"line {line}: '{student.id}' is on line {lines[student.id]} already.")
        else:
            students[student.id], lines[student.id] = student, line
    if not students and not bad:
        bad = ["there is no student in it."]
    if bad:
        listed = "\n".join(f"  {one}" for one in bad)
        raise BadRoster(f"{path} was not imported; nothing has changed.\n{listed}")
    return list(students.values())


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header in small letters, and the lines that are not empty, with their number."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadRoster(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadRoster(f"{path} is not UTF-8. Save it again as 'CSV UTF-8'.") from None
    first = text.partition("\n")[0]
    comma = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    try:
        header = [" ".join(name.lower().split()) for name in next(reader, [])]
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row)]
    except csv.Error as error:
        raise BadRoster(f"{path}, line {reader.line_num}: {error}.") from None
    twice = {name for name in header if name in COLUMNS and header.count(name) > 1}
    if twice:
        raise BadRoster(f"{path} has two columns '{sorted(twice)[0]}'. Remove one.")
    return header, rows


def _key(header: list[str], kinds: list[str | None], asked: str) -> str:
    """Return the column that names students."""
    if asked:
        if asked.lower() not in header:
            raise BadRoster(f"There is no column '{asked}'. There are: {', '.join(header)}.")
        return asked.lower()
    for kind in IDS:
        if kind in kinds:
            return header[kinds.index(kind)]
    raise BadRoster(
        "No column says who a student is. There has to be one of: id, Username, ID number, "
        f"SIS Login ID, SIS User ID, Email address. There are: {', '.join(header) or 'none'}."
    )


def _is_no_student(cells: Mapping[str, str]) -> bool:
    """Say whether a line of Canvas's gradebook is its line of points, or its test student."""
    name = cells.get("student", "")
    return name in ("Points Possible", "Student, Test") or not (name or cells.get("id"))


def _student(cells: Mapping[str, str], key: str, is_canvas: bool) -> Student:
    found = {kind: cells[name] for name, kind in COLUMNS.items() if cells.get(name)}
    if is_canvas:
        last, _, first = found.get("full_name", "").partition(",")
        found |= {"last_name": last.strip(), "first_name": first.strip()}
        found["lms_user_id"] = found.get("id", "")
        login = found.get("login", "")
        found.setdefault("email", login if "@" in login else "")
    values = {field.name: found.get(field.name, "") for field in fields(Student)}
    return Student(**values | {"id": cells.get(key, "")})


def _why_no_name(name: str, key: str) -> str:
    if not name:
        return f"the column '{key}' is empty."
    return (
        f"'{name}' cannot name a student: names become folders, so they do not begin with a dot, "
        "hold no / \\ + * and have at most 128 letters."
    )


@dataclass(frozen=True)
class Change:
    """What an import did: names of students by what became of them."""

    new: list[str]
    changed: list[str]
    same: list[str]
    absent: list[str]


def write(here: Here, students: Iterable[Student]) -> Change:
    """Enter students into the gradebook; nobody is removed from it.

    Parameters
    ----------
    here
        The course.
    students
        The roster. An empty field leaves what the gradebook has.
    """
    change = Change([], [], [], [])
    students = list(students)
    with here.gradebook() as gradebook:
        known = {one.id: one for one in gradebook.students}
        for student in students:
            row = known.get(student.id)
            facts = {field.name: getattr(student, field.name) for field in fields(Student)}
            given = {name: value for name, value in facts.items() if value}
            if row is None:
                change.new.append(student.id)
            elif any(getattr(row, name) != value for name, value in given.items()):
                change.changed.append(student.id)
            else:
                change.same.append(student.id)
                continue
            gradebook.update_or_create_student(given.pop("id"), **given)
        change.absent.extend(sorted(set(known) - {student.id for student in students}))
    path = here.root / ROSTER
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([astuple(student) for student in students], indent=0), "utf-8")
    return change


def has_roster(root: Path) -> bool:
    """Say whether a roster was imported: from then on, graders create no students themselves."""
    return (root / ROSTER).is_file()


def strangers(here: Here, students: Iterable[str]) -> list[str]:
    """Return those of the students who are not on the roster; none where there is no roster."""
    return sorted(set(students) - set(here.students())) if has_roster(here.root) else []


class Action(StrEnum):
    """What to do with the roster."""

    IMPORT = "import"
    CHECK = "check"


def roster(
    action: Annotated[Action, typer.Argument(help="import a file, or check the submissions.")],
    file: Annotated[Path | None, typer.Argument(help="CSV file, for import.")] = None,
    id_column: Annotated[
        str, typer.Option(help="Column whose values name the students, if not the usual one.")
    ] = "",
) -> None:
    """Enter the students of a CSV file (Canvas, Moodle or plain), or look for unknown ones."""
    console = Console(soft_wrap=True)
    with plainly():
        here = Here.open()
        if action is Action.IMPORT:
            if file is None:
                raise Refused("Name the file: `python -m grading roster import FILE.csv`.")
            _import(console, here, read(file, id_column))
        elif not has_roster(here.root):
            raise Refused("There is no roster yet: `python -m grading roster import FILE.csv`.")
        unknown = _unknown_submissions(here)
    for student, assignments in unknown.items():
        console.print(
            f"[yellow]![/] {escape(student)} is not on the roster, but there is a submission to "
            f"{', '.join(assignments)}.",
            highlight=False,
        )
    if action is Action.CHECK:
        if unknown:
            raise typer.Exit(1)
        console.print("Everybody who has handed in is on the roster.")


def _import(console: Console, here: Here, students: list[Student]) -> None:
    if not here.has_gradebook:
        _make_gradebook(here)
    change = write(here, students)
    console.print(
        f"{len(change.new)} new, {len(change.changed)} changed, {len(change.same)} as before.",
        highlight=False,
    )
    if change.absent:
        console.print(
            f"In the gradebook, but not in the file (nobody was removed): "
            f"{escape(', '.join(change.absent))}.",
            highlight=False,
        )


def _make_gradebook(here: Here) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(here.coursedir.db_url, here.coursedir.course_id):
        pass


def _unknown_submissions(here: Here) -> dict[str, list[str]]:
    unknown: dict[str, list[str]] = {}
    for assignment in here.assignments:
        for student in strangers(here, here.students_at("submitted", assignment)):
            unknown.setdefault(student, []).append(assignment)
    return unknown
