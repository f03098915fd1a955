"""``python -m grading.selfcheck LESSON``: the command behind ``make check``."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grading.selfcheck.check import CheckError, check, find, lesson_of, model_answer
from sputnik_moment import progress
from sputnik_moment.results import LOOKS, Report, course_line


def main(arguments: list[str] | None = None) -> int:
    """Check a notebook and show the card; return 0, or 2 where it cannot be checked."""
    options = _parser().parse_args(arguments)
    try:
        notebook = find(options.lesson)
        if options.answer:
            print(model_answer(lesson_of(notebook), options.answer))
            return 0
        report = check(notebook)
    except CheckError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        path = progress.place(notebook, report.lesson)
        so_far = course_line(progress.record(path, report.lesson, report.results))
    except progress.ProgressError as error:
        so_far = str(error)
    if options.json:
        print(report.to_json())
    else:
        show(report, so_far, Console())
    return 0


def show(report: Report, so_far: str, console: Console) -> None:
    """Print a report as a table, and the progress over the course in one line."""
    table = Table("exercise", "state", "what the check says", show_lines=True)
    table.title = f"{escape(report.title)}\n{report.summary}"
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for result in report.results:
        symbol, word, colour = LOOKS[result.state]
        points = f"{result.points:g} of {result.of:g}" if result.of else "gives no points"
        table.add_row(
            result.exercise,
            f"[{colour}]{symbol} {word}[/]\n{points}",
            f"{escape(result.message)}\n[dim]taught in {escape(result.section)}[/]",
        )
    console.print(table)
    for line in filter(None, [*report.notes, so_far]):
        console.print(escape(line), highlight=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m grading.selfcheck", description="Check your own saved notebook."
    )
    parser.add_argument("lesson", help="a lesson (04-market-reaction, or 04), or a notebook's path")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--answer", metavar="EXERCISE", help="print the model answer instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
