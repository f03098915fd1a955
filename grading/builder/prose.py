"""Fills the figures of the prose, so that no number about the data is typed by hand.

The ``part: figures`` cells of a lesson run at build time, one after another in one namespace.
Prose then names what they made: ``Nvidia fell by {{ nvda_fall | percent(2) }}``.
"""

from __future__ import annotations

import math
import re
from numbers import Real
from typing import Any

import jinja2
import pandas as pd

from grading.builder.problems import BuildError
from grading.builder.source import Cell, Lesson


class NotAFigure(ValueError):
    """A placeholder holds something that its filter cannot write."""


def percent(value: Real, digits: int = 0) -> str:
    """Write a fraction as a percentage: ``percent(-0.16968, 2)`` is ``-16.97 %``."""
    return f"{_finite(value) * 100:.{digits}f} %"


def number(value: Real, digits: int = 0) -> str:
    """Write a number with thousands separators: ``number(1234.5, 1)`` is ``1,234.5``."""
    return f"{_finite(value):,.{digits}f}"


def billions(value: Real, digits: int = 1) -> str:
    """Write an amount in billions: ``billions(592.7e9, 1)`` is ``592.7 billion``."""
    return f"{_finite(value) / 1e9:,.{digits}f} billion"


def date(value: Any) -> str:
    """Write a date: ``27 January 2025``."""
    day = pd.Timestamp(_defined(value))
    if pd.isna(day):
        raise NotAFigure(f"{value!r} is no date.")
    return f"{day.day} {day.month_name()} {day.year}"


def _finite(value: Any) -> float:
    value = _defined(value)
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise NotAFigure(f"{value!r} is no finite number.")
    return float(value)


def _defined(value: Any) -> Any:
    """Stop at a name that no cell has made; Jinja itself only would when it prints the name."""
    if isinstance(value, jinja2.Undefined):
        str(value)
    return value


# Only `{{ }}` means something: formulas and tables may hold any other pair of brackets.
_environment = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,
    keep_trailing_newline=True,
    block_start_string="{%%%",
    block_end_string="%%%}",
    comment_start_string="{###",
    comment_end_string="###}",
)
_environment.filters = {"percent": percent, "number": number, "billions": billions, "date": date}
_environment.globals = {}
_HALF_OPEN = re.compile(r"\{[^{}\n]*\|\s*(?:percent|number|billions|date)\b[^\n]*?\}")


def figures(lesson: Lesson) -> dict[str, Any]:
    """Run the lesson's ``figures`` cells and return the names they made.

    Raises
    ------
    BuildError
        If a cell stops with an error.
    """
    namespace: dict[str, Any] = {"__name__": "figures"}
    for cell in lesson.parts("figures"):
        try:
            exec(compile(cell.source, lesson.file, "exec"), namespace)
        except Exception as error:
            reason = f"stops with {type(error).__name__}: {str(error).rstrip('.')}."
            remedy = "Correct the code, or the data that it reads."
            raise BuildError([lesson.problem(cell, reason, remedy)]) from error
    return namespace


def fill(lesson: Lesson, cell: Cell, values: dict[str, Any]) -> str:
    """Return the cell's text with every ``{{ }}`` filled.

    Raises
    ------
    BuildError
        If a placeholder names nothing, names an unknown filter, holds what is no figure, or is
        not closed.
    """
    remedy = "Define the name in a cell with `:part: figures`, or correct the placeholder."
    try:
        text = _environment.from_string(cell.source).render(values)
    except (jinja2.TemplateError, NotAFigure, TypeError, ValueError) as error:
        reason = f"a placeholder cannot be filled: {str(error).rstrip('.')}."
        raise BuildError([lesson.problem(cell, reason, remedy)]) from None
    left = _HALF_OPEN.search(text)
    if left:
        reason = f"a placeholder is left unfilled, because it lacks a bracket: `{left[0]}`."
        raise BuildError([lesson.problem(cell, reason, remedy)])
    return text
