"""Reads a lesson's text: MyST Markdown, taken apart by jupytext, each cell with its line.

A cell says with ``part`` what it is for:

========  ========  ==========================================================================
part      cell      what the builder makes of it
========  ========  ==========================================================================
(none)    code      code that the lesson provides; locked, so that the grader restores it
predict   code      the student's own, before the result is seen; neither locked nor graded
answer    code      the student's answer; the model answer between the marks is cut out
test      code      locked, earns points; the hidden tests between the marks are cut out
figures   code      runs at build time only; its names fill the ``{{ }}`` in the prose
(none)    Markdown  prose
written   Markdown  an answer in words, marked by a person
rubric    Markdown  how to mark it; in the instructor's edition only
========  ========  ==========================================================================
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jupytext.myst import MystMetadataParsingError, myst_to_notebook

from grading.builder.problems import BuildError, Problem
from grading.names import meant, several

# Written as `### BEGIN SOLUTION`; nbgrader and the rules look for the words alone, so that a
# mark with one `#` too few still cuts.
BEGIN_SOLUTION, END_SOLUTION = "BEGIN SOLUTION", "END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
STUB = "# Write your answer here"

LESSON_NAME = re.compile(r"(?P<number>\d\d)-(?P<slug>[a-z0-9]+(-[a-z0-9]+)*)")


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Attributes
    ----------
    kind
        ``"code"`` or ``"markdown"`` (nbformat's names).
    source
        The cell's text as written.
    options
        What the author set: ``part``, ``exercise``, ``points`` and so on.
    line
        Line of the file on which the cell's text starts, counted from 1.
    id
        The cell's name in every edition and in the gradebook.
    """

    kind: str
    source: str
    options: Mapping[str, Any]
    line: int
    id: str = ""

    @property
    def part(self) -> str:
        """What the cell is for; ``provided`` or ``prose`` where the author names no part."""
        return self.options.get("part") or ("provided" if self.kind == "code" else "prose")

    @property
    def exercise(self) -> str | None:
        """Id of the exercise to which the cell belongs, if any."""
        return self.options.get("exercise")

    @property
    def objectives(self) -> list[str]:
        """Ids of the objectives that the cell's exercise tests."""
        named = self.options.get("objectives") or []
        return [named] if isinstance(named, str) else list(named)

    @property
    def where(self) -> str:
        """The cell in words, for messages."""
        role = {"provided": "code cell", "prose": "Markdown cell"}.get(self.part, self.part)
        of = f" of {self.exercise}" if self.exercise else ""
        return f"line {self.line}, {role}{of}"

    @property
    def released(self) -> str:
        """The text that students get: without model answer and without hidden tests."""
        text = cut(self.source, BEGIN_SOLUTION, END_SOLUTION, STUB)
        return cut(text, BEGIN_HIDDEN, END_HIDDEN)

    @property
    def solved(self) -> str:
        """The code of an answer cell without marks and without what its solution replaces."""
        lines = self.source.splitlines()
        first, last = (
            next(i for i, line in enumerate(lines) if mark in line)
            for mark in (BEGIN_SOLUTION, END_SOLUTION)
        )
        statements = ast.parse(self.source).body
        inside = [node for node in statements if first < node.lineno - 1 < last]
        replaced = set().union(*map(_binds, inside))
        dropped = {first, last}
        before = [node for node in statements if node not in inside]
        before = [node for node in before if _binds(node) and _binds(node) <= replaced]
        dots = [node for node in ast.walk(ast.Module(statements, [])) if _only_dots(node)]
        for node in [*before, *dots]:
            dropped |= set(range(node.lineno - 1, node.end_lineno))
        return "\n".join(line for i, line in enumerate(lines) if i not in dropped).strip("\n")


def _only_dots(node: ast.AST) -> bool:
    """Tell whether a statement gives nothing but placeholders, as in ``a, b = ..., ...``."""
    if not isinstance(node, ast.Assign):
        return False
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    return all(isinstance(one, ast.Constant) and one.value is ... for one in values)


def _binds(statement: ast.stmt) -> set[str]:
    """Return the names that a statement at the top of a cell gives a value."""
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    if not isinstance(statement, ast.Assign):
        return set()
    targets = [node for target in statement.targets for node in ast.walk(target)]
    return {node.id for node in targets if isinstance(node, ast.Name)}


def cut(text: str, begin: str, end: str, instead: str | None = None) -> str:
    """Remove the lines from ``begin`` to ``end``, leaving ``instead`` at the same indent.

    This is what nbgrader does to model answers and hidden tests, for texts whose marks pair up.
    """
    kept, inside = [], False
    for line in text.split("\n"):
        if begin in line:
            inside = True
            if instead is not None:
                kept.append(line[: len(line) - len(line.lstrip())] + instead)
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


@dataclass(frozen=True)
class Lesson:
    """A lesson as its author wrote it."""

    path: Path
    file: str
    front: Mapping[str, Any]
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The lesson's folder, which is also nbgrader's assignment: ``04-market-reaction``."""
        return self.path.parent.name

    @property
    def slug(self) -> str:
        """The lesson's notebook: ``market-reaction``."""
        return self.path.stem

    @property
    def about(self) -> Mapping[str, Any]:
        """The ``lesson`` block of the front matter."""
        about = self.front.get("lesson")
        return about if isinstance(about, Mapping) else {}

    @property
    def objective_ids(self) -> list[str]:
        """Ids of the lesson's objectives, in order."""
        stated = self.about.get("objectives") or []
        return [one["id"] for one in stated if isinstance(one, Mapping) and "id" in one]

    def parts(self, *parts: str) -> Iterator[Cell]:
        """Yield the cells of these parts, in order."""
        return (cell for cell in self.cells if cell.part in parts)

    @cached_property
    def points(self) -> dict[str, float]:
        """Automatic points of every exercise with tests."""
        total: Counter[str] = Counter()
        for cell in self.parts("test"):
            total[cell.exercise] += cell.options["points"]
        return dict(total)

    @cached_property
    def written_points(self) -> dict[str, float]:
        """Points of every exercise that a person marks."""
        return {cell.exercise: cell.options["points"] for cell in self.parts("written")}

    def by_exercise(self, scores: Mapping[str, float | None]) -> dict[str, float]:
        """Add up the automatic points of every exercise.

        Parameters
        ----------
        scores
            Points by graded cell, as the gradebook has them; None counts as nothing.
        """
        total = dict.fromkeys(self.points, 0.0)
        for cell in self.parts("test"):
            total[cell.exercise] += scores.get(cell.id) or 0
        return total

    def problem(self, cell: Cell | None, reason: str, remedy: str) -> Problem:
        """Return a :class:`Problem` of this lesson."""
        return Problem(self.file, cell.where if cell else "", reason, remedy)


def find(root: Path, names: list[str] | None = None) -> list[Path]:
    """Return the sources of these lessons, or of all, in order.

    Parameters
    ----------
    root
        Folder that holds ``solutions/``.
    names
        Lessons by folder (``04-market-reaction``), number (``04``), slug, or the beginning of one.

    Raises
    ------
    BuildError
        If a name is not a lesson, or could be several; the message lists those there are.
    """
    paths = sorted(path for path in (root / "solutions").glob("*/") if _is_lesson(path))
    folders = {path.name: path for path in paths}
    if not names:
        return [_source(path) for path in paths]
    found = {name: meant(name, folders) for name in names}
    remedy = f"Lessons: {', '.join(folders) or 'none yet'}."
    problems = [
        Problem(
            "solutions/", "", several(name, full) if full else f"there is no lesson {name}.", remedy
        )
        for name, full in found.items()
        if len(full) != 1
    ]
    if problems:
        raise BuildError(problems)
    return [_source(folders[full]) for (full,) in found.values()]


def _is_lesson(folder: Path) -> bool:
    return LESSON_NAME.fullmatch(folder.name) is not None


def _source(folder: Path) -> Path:
    return folder / f"{folder.name.partition('-')[2]}.md"


def read(path: Path) -> Lesson:
    """Read one lesson; its rules are checked elsewhere.

    Raises
    ------
    BuildError
        If the file is missing or jupytext cannot take it apart.
    """
    file = f"solutions/{path.parent.name}/{path.name}"
    try:
        notebook = myst_to_notebook(path.read_text("utf-8"), add_source_map=True)
    except FileNotFoundError:
        remedy = f"Write the lesson in it, or rename the folder {path.parent.name}."
        raise BuildError([Problem(file, "", "there is no such file.", remedy)]) from None
    except (MystMetadataParsingError, ValueError) as error:
        remedy = "Correct the front matter, the `:key: value` lines or the `+++ {...}` line."
        raise BuildError([Problem(file, "", f"cannot be read: {error}.", remedy)]) from None
    front = dict(notebook.metadata)
    lines = front.pop("source_map")
    cells = [
        Cell(cell.cell_type, cell.source, dict(cell.metadata), line + 1)
        for cell, line in zip(notebook.cells, lines, strict=True)
    ]
    return Lesson(path, file, front, tuple(_named(cells)))


def _named(cells: list[Cell]) -> Iterator[Cell]:
    """Give every cell an id made of what it is, its exercise and its place among such cells."""
    count: Counter[str] = Counter()
    for cell in cells:
        stem = _stem(cell)
        count[stem] += 1
        numbered = cell.part not in ("answer", "written")
        name = f"{stem}-{count[stem]:02}" if numbered else stem
        yield Cell(cell.kind, cell.source, cell.options, cell.line, name)


def _stem(cell: Cell) -> str:
    if cell.part in ("answer", "written"):
        return str(cell.exercise)
    if cell.part == "prose":
        return f"text-{cell.options.get('lang', 'unknown')}"
    return f"{cell.exercise}-{cell.part}" if cell.exercise else cell.part
