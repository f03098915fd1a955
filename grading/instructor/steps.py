"""The steps of an assignment, thin over nbgrader: release, collect, feedback, return."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from traitlets.config import Config

from grading.instructor import exchange
from grading.instructor.here import Here, Refused, bar, causes, plainly

Name = Annotated[str, typer.Argument(help="Assignment: its name, number or slug.")]
Students = Annotated[list[str], typer.Option("--student", help="Only this one; may be repeated.")]


def release(
    assignment: Name,
    to_exchange: Annotated[
        bool,
        typer.Option("--exchange/--no-exchange", help="Hand it out through nbgrader's exchange."),
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace what was handed out.")] = False,
) -> None:
    """Make the student edition of ASSIGNMENT, enter its tests in the gradebook, hand it out."""
    console = Console(soft_wrap=True)
    with plainly():
        here = Here.open()
        name = here.assignment(assignment)
        _require_notebook(here, name)
        if to_exchange:
            exchange.require(here, to_release=True)
        with bar(console, f"release {name}", 1 + to_exchange) as tell:
            result = here.api.generate_assignment(name)
            if not result["success"]:
                raise Refused(f"nbgrader could not make the student edition:\n{causes(result)}")
            tell()
            if to_exchange:
                here.api.update_config(Config({"ExchangeReleaseAssignment": {"force": force}}))
                _hand_out(here, name)
                tell()
        edition = here.folder("release", ".", name).relative_to(here.root)
        console.print(f"The student edition is in {edition}/.", highlight=False)
        if to_exchange:
            where = f"{here.api.exchange_root}, course {here.coursedir.course_id}"
            console.print(f"It is handed out: {where}.", highlight=False)
        else:
            console.print("Hand it out yourself, for example through your LMS.")


def _require_notebook(here: Here, name: str) -> None:
    source = here.folder("source", ".", name)
    if not any(source.glob("*.ipynb")):
        raise Refused(
            f"{source.relative_to(here.root)}/ holds no notebook yet. Run "
            f"`python -m grading build {name}` first."
        )


def _hand_out(here: Here, name: str) -> None:
    result = here.api.release_assignment(name)
    if not result["success"]:
        why = causes(result)
        if "already exists" in why:
            why = (
                f"'{name}' was handed out before; students who have fetched it keep their copy. "
                "Say --force to replace what is in the exchange."
            )
        raise Refused(why)


def collect(assignment: Name) -> None:
    """Fetch what was handed in for ASSIGNMENT from nbgrader's exchange into submitted/."""
    console = Console(soft_wrap=True)
    with plainly():
        here = Here.open()
        name = here.assignment(assignment)
        exchange.require(here)
        students = exchange.handed_in(here, name)
        if not students:
            raise Refused(
                f"There is nothing to collect: nobody has handed in '{name}' of the course "
                f"'{here.coursedir.course_id}' through {here.api.exchange_root}."
            )
        before = {student: _stamp(here, student, name) for student in students}
        failed = []
        with bar(console, f"collect {name}", len(students)) as tell:
            for student in students:
                here.coursedir.student_id = student
                result = here.api.collect(name)
                if not result["success"]:
                    failed.append(f"{student}: {causes(result)}")
                elif "cheating attempt" in result.get("log", ""):
                    failed.append(f"{student}: the files in the exchange belong to somebody else.")
                tell(student)
        fresh = [one for one in students if before[one] is None]
        newer = [one for one in students if before[one] not in (None, _stamp(here, one, name))]
        same = len(students) - len(fresh) - len(newer)
        console.print(
            f"{len(fresh)} collected, {len(newer)} replaced by a newer attempt, {same} as before.",
            highlight=False,
        )
        _report_unknown(console, here, students)
        _end(console, failed)


def _stamp(here: Here, student: str, name: str) -> tuple | None:
    """Say which attempt of a student lies in submitted/, or None."""
    folder = here.folder("submitted", student, name)
    if not folder.is_dir():
        return None
    return (str(here.coursedir.get_existing_timestamp(str(folder))),)


def _report_unknown(console: Console, here: Here, students: Iterable[str]) -> None:
    from grading.instructor.roster import strangers

    for student in strangers(here, students):
        console.print(
            f"[yellow]![/] {escape(student)} is not on the roster: add the student with "
            "`python -m grading roster import`, or remove the folder.",
            highlight=False,
        )


def feedback(assignment: Name, student: Students = []) -> None:  # noqa: B006
    """Write a feedback page for every graded submission of ASSIGNMENT."""
    console = Console(soft_wrap=True)
    with plainly():
        here = Here.open()
        name = here.released(assignment)
        graded = chosen(here, "autograded", name, student, "python -m grading autograde")
        failed = []
        with bar(console, f"feedback {name}", len(graded)) as tell:
            for one in graded:
                result = here.api.generate_feedback(name, one)
                if not result["success"]:
                    failed.append(f"{one}: {causes(result)}")
                tell(one)
        pages = Path(here.coursedir.feedback_directory)
        console.print(
            f"{len(graded) - len(failed)} pages written: {pages}/<student>/{name}/", highlight=False
        )
        _end(console, failed)


def give_back(assignment: Name, student: Students = []) -> None:  # noqa: B006
    """Give the feedback pages of ASSIGNMENT back through nbgrader's exchange."""
    console = Console(soft_wrap=True)
    with plainly():
        here = Here.open()
        name = here.released(assignment)
        exchange.require(here)
        written = chosen(here, "feedback", name, student, "python -m grading feedback")
        # Students fetch by a secret that only a submission through the exchange carries.
        by_exchange = [one for one in written if _has_secret(here, one, name)]
        failed = []
        with bar(console, f"return {name}", len(by_exchange)) as tell:
            for one in by_exchange:
                result = here.api.release_feedback(name, one)
                if not result["success"]:
                    failed.append(f"{one}: {causes(result)}")
                tell(one)
        console.print(f"{len(by_exchange) - len(failed)} pages given back.", highlight=False)
        for one in sorted(set(written) - set(by_exchange)):
            page = here.folder("feedback", one, name).relative_to(here.root)
            console.print(
                f"[yellow]![/] {escape(one)} did not hand in through the exchange: give back "
                f"{escape(str(page))}/ in the way the work came.",
                highlight=False,
            )
        _end(console, failed)


def _has_secret(here: Here, student: str, name: str) -> bool:
    folder = here.folder("feedback", student, name)
    return all((folder / file).is_file() for file in ("submission_secret.txt", "timestamp.txt"))


def chosen(here: Here, step: str, name: str, asked: list[str], before: str) -> list[str]:
    """Return the students at a step, or those of them who were asked for.

    Raises
    ------
    Refused
        If there are none, or one who was asked for is not there.
    """
    there = here.students_at(step, name)
    missing = sorted(set(asked) - set(there))
    if missing or not there:
        who = ", ".join(missing) or "anybody"
        folder = here.folder(step, ".", name).parent.relative_to(here.root)
        raise Refused(
            f"There is nothing of {who} for '{name}' in {folder}/. Run `{before} {name}` first."
        )
    return [one for one in there if one in asked] if asked else there


def _end(console: Console, failed: list[str]) -> None:
    for line in failed:
        console.print(f"[bold red]✗[/] {escape(line)}", highlight=False)
    if failed:
        raise typer.Exit(1)
