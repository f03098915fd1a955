"""The instructor's command line: ``python -m grading COMMAND``.

The file is a table: each command lives in the module that does the work and is added here with
one line, so that ``--help`` stays quick and nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import importlib

import typer
from typer.core import TyperGroup

#: Command name -> ("module:function", one line for ``--help``).
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("grading.builder.cli:build", "Build lessons from their text."),
    "demo": ("grading.classroom:demo", "Grade a simulated class, whose marks are known."),
    "autograde": ("grading.engine.cli:autograde", "Grade the submissions of one assignment."),
}


class _Table(TyperGroup):
    """A command group that imports a command's module when the command is called."""

    def list_commands(self, ctx):
        return list(COMMANDS)

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
