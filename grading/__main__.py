"""The instructor's command line: ``python -m grading COMMAND``.

The file is a table: each command lives in the module that does the work and is added here with
one line, so that ``--help`` stays quick and nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import sys

import typer
from typer.core import TyperGroup

# jsonschema, which nbformat loads, would build a grammar for international web addresses: two
# seconds at the start of every command, and none needs it.
sys.modules.setdefault("rfc3987_syntax", None)
# Libraries make hundreds of thousands of objects that stay: look through them less often, and not
# once more when the command has ended.
gc.set_threshold(10_000, 50, 100)
atexit.register(gc.freeze)

#: Command name -> ("module:function", one line for ``--help``).
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("grading.builder.cli:build", "Build lessons from their text."),
    "demo": ("grading.classroom:demo", "Grade a simulated class, whose marks are known."),
    "notes": ("grading.instructor.notes:write_notes", "Print a teacher's notes to a lesson."),
    "doctor": ("grading.instructor.doctor:doctor", "Check that everything is in place."),
    "roster": ("grading.instructor.roster:roster", "Enter the students of a CSV file."),
    "release": ("grading.instructor.steps:release", "Hand out an assignment."),
    "import-submissions": (
        "grading.instructor.downloads:import_submissions",
        "Take in a download of Canvas or Moodle.",
    ),
    "collect": ("grading.instructor.steps:collect", "Fetch what was handed in."),
    "autograde": ("grading.engine.cli:autograde", "Grade the submissions of one assignment."),
    "feedback": ("grading.instructor.steps:feedback", "Write the feedback pages."),
    "return": ("grading.instructor.steps:give_back", "Give the feedback pages back."),
    "report": ("grading.instructor.report:report", "Write a page about one assignment."),
    "similarity": (
        "grading.instructor.similarity:similarity",
        "Show answers that are unusually close.",
    ),
    "export": ("grading.instructor.export:export", "Write the grades as CSV for an LMS."),
    "hub": ("grading.jupyterhub.hub:hub", "Start JupyterHub for the course on this machine."),
    "sizing": ("grading.jupyterhub.sizing:sizing", "Say how many cores a class needs."),
}


class _Table(TyperGroup):
    """A command group that imports a command's module when the command is called."""

    def list_commands(self, ctx):
        return list(COMMANDS)

    def format_commands(self, ctx, formatter):
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def get_command(self, ctx, name):
        if name not in COMMANDS:
            return None
        target, help_line = COMMANDS[name]
        module, function = target.split(":")
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name, short_help=help_line)(
            getattr(importlib.import_module(module), function)
        )
        return typer.main.get_command(single)


app = typer.Typer(cls=_Table, add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def main() -> None:
    """Build, release and grade the lessons of the course."""


if __name__ == "__main__":
    app(prog_name="python -m grading")
