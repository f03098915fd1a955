"""``python -m grading autograde``: the command line of the engine."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from traitlets.config import Config

from grading.engine.assignment import NoAssignment
from grading.engine.classroom import Classroom, NoSubmissions, Options, Row
from grading.engine.journal import Locked
from grading.engine.sandbox import CannotConfine
from grading.names import meant, several

#: Made by ``python -m grading roster import``.
ROSTER = Path(".grading", "roster.json")


def load_course() -> tuple[CourseDirectory, Config]:
    """Return the course of the current folder, as ``nbgrader_config.py`` describes it."""
    # nbgrader calls `alembic` by name when it makes a gradebook.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    app = NbGrader()
    app.load_config_file()
    coursedir = CourseDirectory(parent=app)
    if Path(coursedir.root, ROSTER).is_file():
        # Who has imported a roster wants to hear of students who are not on it.
        app.config.Autograde.create_student = False
    return coursedir, app.config


def autograde(
    assignment: Annotated[str, typer.Argument(help="Assignment: its name, number or slug.")],
    student: Annotated[list[str], typer.Option(help="Only this student; may be repeated.")] = [],  # noqa: B006
    workers: Annotated[int, typer.Option(help="Worker processes; 0 means one per core.")] = 0,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler to use.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what has not changed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show whose mark would change; write nothing.")
    ] = False,
    unconfined: Annotated[
        bool, typer.Option("--unconfined", help="Run student code without a sandbox.")
    ] = False,
    in_kernel: Annotated[
        bool, typer.Option("--in-kernel", help="Run tests in the student's process, as nbgrader.")
    ] = False,
    memory: Annotated[int, typer.Option(help="Memory of one submission, in MB.")] = 1024,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Grade the submissions of ASSIGNMENT in the course of the current folder.

    Exit code 0: everything is graded. 1: something needs a human; the table says what.
    """
    options = Options(
        students=student,
        workers=workers,
        scheduler=scheduler or None,
        force=force,
        dry_run=dry_run,
        confined=not unconfined,
        in_kernel=in_kernel,
        memory=memory * 2**20,
    )
    try:
        coursedir, config = load_course()
        name = _full_name(assignment, coursedir)
        room = Classroom(coursedir, config, name, options)
        rows = run(room, as_json)
    except (NoAssignment, NoSubmissions, Locked, CannotConfine) as error:
        if as_json:
            print(json.dumps({"error": str(error)}))
        else:
            Console(stderr=True).print(f"[bold red]Not graded.[/] {escape(str(error))}")
        raise typer.Exit(1) from None
    if room.unfit or any(row.human for row in rows):
        raise typer.Exit(1)


def _full_name(asked: str, coursedir: CourseDirectory) -> str:
    """Return the assignment that a short name stands for; an unknown name stays as it is."""
    places = (coursedir.source_directory, "."), (coursedir.submitted_directory, "*")
    patterns = [Path(coursedir.format_path(*place, "*")) for place in places]
    folders = {path.name for one in patterns for path in Path("/").glob(f"{one}/"[1:])}
    found = meant(asked, (name for name in folders if not name.startswith((".", "_"))))
    if len(found) > 1:
        raise NoAssignment(several(asked, found))
    return found[0] if found else asked


def run(room: Classroom, as_json: bool = False) -> list[Row]:
    """Grade a class with a progress bar and a table at the end, or with JSON."""
    if as_json:
        rows = room.grade(lambda row, total: None)
        told = {"assignment": room.name, "rows": [row.to_dict() for row in rows]}
        told["unfit"] = room.unfit
        if room.options.dry_run:
            told["changes"] = [change.to_dict() for change in room.changes]
        json.dump(told, sys.stdout)
        print()
        return rows
    console = Console()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=console,
    ) as bar:
        task = bar.add_task(room.name, total=None, failed=0, speed="")
        failed = 0

        def tell(row: Row, total: int) -> None:
            nonlocal failed
            failed += row.state == "failed"
            speed = bar.tasks[task].speed
            rate = f"{speed:.1f} per second" if speed else ""
            bar.update(task, advance=1, total=total, failed=failed, speed=rate)

        rows = room.grade(tell)
    if room.options.dry_run:
        tell_changes(console, room, rows)
    else:
        console.print(table_of(room, rows))
        logs = Path(room.root, ".grading", "logs", room.name)
        console.print(f"Logs, one for each submission: {logs}", style="dim")
    tell_unfit(console, room)
    return rows


def table_of(room: Classroom, rows: list[Row]) -> Table:
    """Return the final table: one line per submission, with what a human has to do."""
    human = sum(row.human for row in rows)
    title = f"{room.name}: {len(rows)} submissions, {human} for a human to look at"
    table = Table(title=title, title_justify="left")
    for name, side in (("student", "left"), ("state", "left"), ("mark", "right"), ("of", "right"),
                       ("seconds", "right"), ("notes", "left")):  # fmt: skip
        table.add_column(name, justify=side, overflow="fold")
    for row in rows:
        style = "bold red" if row.state == "failed" else "yellow" if row.human else ""
        notes = row.notes if row.confined else [*row.notes, "not confined"]
        cells = [row.student, row.state, f"{row.score:g}", f"{row.max_score:g}",
                 f"{row.seconds:.2f}", "\n".join(notes)]  # fmt: skip
        table.add_row(*map(escape, cells), style=style)
    return table


def tell_unfit(console: Console, room: Classroom) -> None:
    """Print which tests refuse the course's own answer, and what to do about it."""
    if not room.unfit:
        return
    console.print(f"Tests that refuse the course's own answer: {len(room.unfit)}", style="bold red")
    table = Table()
    for name, side in (("test", "left"), ("mark", "right"), ("of", "right"), ("why", "left")):
        table.add_column(name, justify=side, overflow="fold")
    for one in room.unfit:
        points = map(_mark, (one["score"], one["max_score"]))
        place = f"{one['notebook']}: {one['cell']}".removesuffix(": ")
        table.add_row(*map(escape, (place, *points, one["why"])))
    console.print(table)
    advice = "Students with the same answer lose these points. Correct the test or the answer"
    if not room.options.in_kernel:
        advice += (", or run the tests in the students' own processes, as nbgrader does, with "
                   "--in-kernel: grading/README.md says which tests need that")  # fmt: skip
    console.print(f"{advice}.")


def tell_changes(console: Console, room: Classroom, rows: list[Row]) -> None:
    """Print whose mark would change, from what to what and why, and the totals."""
    changed = sorted({change.student for change in room.changes})
    title = f"{room.name}: the marks of {len(changed)} of {len(rows)} students would change"
    if not changed:
        console.print(f"{title}. Nothing was written.", highlight=False, soft_wrap=True)
        return
    table = Table(title=title, title_justify="left")
    for name, side in (("student", "left"), ("cell", "left"), ("old", "right"), ("new", "right"),
                       ("why", "left")):  # fmt: skip
        table.add_column(name, justify=side, overflow="fold")
    for student in changed:
        for change in (one for one in room.changes if one.student == student):
            marks = _mark(change.old), _mark(change.new)
            table.add_row(*map(escape, (student, change.cell, *marks, change.why)))
        totals = map(_mark, room.totals[student])
        table.add_row("", "total", *totals, "", style="bold", end_section=True)
    console.print(table)
    console.print("Nothing was written. Without --dry-run these marks are written.")


def _mark(points: float | None) -> str:
    return "none" if points is None else f"{points:g}"
