"""``python -m grading build``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from grading.builder import release
from grading.builder.measures import AIMS, Aim, warnings
from grading.builder.problems import BuildError
from grading.builder.source import Lesson
from grading.course import REPOSITORY, CourseError


def build(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Folder, number or slug; all if left out.")
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Change nothing; fail if committed lessons differ.")
    ] = False,
    measures: Annotated[
        bool, typer.Option(help="Show length and pace of the lessons, beside the aims.")
    ] = False,
) -> None:
    """Build lessons: text in solutions/ to notebooks in solutions/ and lessons/."""
    names = lessons or []
    console = Console(soft_wrap=True)
    try:
        if measures:
            _show_measures(console, release.read(names, REPOSITORY))
        elif check:
            _report_differences(console, release.differences(names, REPOSITORY))
        else:
            _report_changes(console, release.install(names, REPOSITORY))
    except BuildError as error:
        for problem in error.problems:
            console.print(f"[bold red]✗[/] {_plain(problem)}", highlight=False)
        console.print(f"Nothing was written; {len(error.problems)} to correct.")
        raise typer.Exit(1) from None
    except CourseError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from None


def _report_changes(console: Console, changed: list) -> None:
    for path in changed:
        console.print(f"wrote {path}", highlight=False)
    console.print(f"{len(changed)} files changed." if changed else "All lessons are up to date.")


def _report_differences(console: Console, stale: list) -> None:
    if not stale:
        console.print("All committed lessons are what their sources build.")
        return
    for path in stale:
        console.print(f"[bold red]✗[/] {path} differs from what its source builds", highlight=False)
    console.print("Run `python -m grading build` and commit the result.")
    raise typer.Exit(1)


def _show_measures(console: Console, lessons: list[Lesson]) -> None:
    table = Table("measure", "aim")
    for lesson in lessons:
        table.add_column(lesson.name.partition("-")[0], justify="right", no_wrap=True)
    for aim in AIMS:
        table.add_row(aim.name, str(aim), *(_measured(aim, lesson) for lesson in lessons))
    console.print(table)
    for warning in (line for lesson in lessons for line in warnings(lesson)):
        console.print(f"[yellow]![/] {_plain(warning)}", highlight=False)


def _measured(aim: Aim, lesson: Lesson) -> str:
    text = f"{aim.of(lesson):g}{aim.unit}"
    return text if aim.met(lesson) else f"[yellow]{text} ![/]"


def _plain(text: object) -> str:
    """Keep square brackets from being read as colours."""
    return str(text).replace("[", r"\[")
