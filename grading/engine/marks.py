"""Marks and comments from an executed notebook: nbgrader's rules, with its holes closed.

The rules are those of ``nbgrader.utils.determine_grade``: an answer cell that was not touched gets
0, one that was touched waits for a human; a test cell gets 0 for an error or for text on standard
error, the value of its last expression where that is a number, and otherwise full marks. What
differs from nbgrader is listed in ``grading/README.md``.
"""

from __future__ import annotations

import decimal
import math
import numbers
from dataclasses import asdict, dataclass
from typing import Any

from nbformat.notebooknode import NotebookNode

from grading.engine.assignment import Cell, Notebook
from grading.engine.sanitise import grade_id, has_failed, no_response

EXAMINED = "examined from outside"
IN_KERNEL = "in the student's kernel"
BY_RULE = "by rule"


@dataclass
class Mark:
    """What one cell of the gradebook gets.

    ``auto_score`` is None where only a human can say. ``how`` tells how it was found, ``note`` is
    for the instructor.
    """

    cell: str
    auto_score: float | None = None
    needs_manual: bool = False
    comment: str | None = None
    graded: bool = False
    commented: bool = False
    how: str = BY_RULE
    note: str = ""

    def to_dict(self) -> dict:
        """Return the mark as plain data."""
        return asdict(self)


def partial_credit(value: Any, most: float) -> tuple[float, str]:
    """Turn the last value of a test cell into points.

    Parameters
    ----------
    value
        The value itself, not its text.
    most
        Points of the cell.

    Returns
    -------
    The points, 0 to ``most``, and a note where the value is not one that can be points.
    """
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return most, ""
    if not isinstance(value, numbers.Real | decimal.Decimal):
        return most, ""
    points = float(value)
    if math.isnan(points):
        return 0.0, "partial credit of nan counts as 0"
    if points < 0:
        return 0.0, f"partial credit of {points:g} counts as 0"
    if points > most:
        return most, f"partial credit of {points:g} is more than the {most:g} of the cell"
    return points, ""


def mark_cells(nb: NotebookNode, notebook: Notebook, runs: dict[str, dict]) -> list[Mark]:
    """Return one mark for every cell that the gradebook knows, also for those that are gone.

    Parameters
    ----------
    nb
        The executed notebook.
    notebook
        What the gradebook says about it.
    runs
        For every test cell that was run: ``{"ok": bool, "how": str, "result": value}``, with
        ``result`` only where the cell ended with a value.
    """
    present = {grade_id(cell): cell for cell in nb.cells if grade_id(cell)}
    marks = []
    for name, known in notebook.cells.items():
        if not (known.grade or known.solution or known.task):
            continue
        cell = present.get(name)
        mark = _missing(known) if cell is None else _mark(cell, known, runs.get(name))
        mark.graded = known.grade or known.task
        mark.commented = known.solution or known.task
        marks.append(mark)
    return marks


def _missing(known: Cell) -> Mark:
    note = "The cell is missing from the submission."
    comment = "No response." if known.solution else None
    return Mark(known.name, 0.0, True, comment, note=note)


def _mark(cell: NotebookNode, known: Cell, run: dict | None) -> Mark:
    mark = Mark(known.name)
    if known.solution or known.task:
        untouched = no_response(cell)
        mark.comment = "No response." if untouched and not known.task else None
        if known.grade:
            mark.auto_score = 0.0 if untouched else None
    elif known.grade and known.cell_type == "code":
        mark.auto_score, mark.note = _test_score(cell, known, run)
        mark.how = run["how"] if run else BY_RULE
    mark.needs_manual = (known.grade or known.task) and mark.auto_score is None
    return mark


def _test_score(cell: NotebookNode, known: Cell, run: dict | None) -> tuple[float, str]:
    most = float(known.points or 0.0)
    if run is None:
        # An empty test cell is not run, and stock gives it full marks.
        return (most, "") if not known.source.strip() else (0.0, "The test was not run.")
    if not run["ok"] or has_failed(cell):
        return 0.0, run.get("why", "")
    if "result" in run:
        return partial_credit(run["result"], most)
    return most, ""
