"""Counts what the design aims for in a lesson: length, pace, prose after code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from grading.builder.source import Cell, Lesson

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_HIDDEN = re.compile(r"!\[[^]]*\]\([^)]*\)|\]\([^)]*\)|`[^`]*`|\$[^$]*\$|<[^>]*>|{{.*?}}")

LONG_CELL = 120
"""Words from which a single Markdown cell is worth a warning."""


@dataclass(frozen=True)
class Aim:
    """One measure of a lesson and the range to aim for."""

    name: str
    of: Callable[[Lesson], float]
    least: float = 0
    most: float = float("inf")
    unit: str = ""

    def met(self, lesson: Lesson) -> bool:
        """Tell whether the lesson is within the range."""
        return self.least <= self.of(lesson) <= self.most

    def __str__(self) -> str:
        most = "" if self.most == float("inf") else f"{self.most:g}"
        low = f"{self.least:g}"
        text = f"{low} to {most}" if most and self.least else f"at most {most}" if most else low
        return f"{text if most else f'at least {low}'}{self.unit}" if self.least or most else ""


def shown(lesson: Lesson, lang: str = "en") -> list[Cell]:
    """Return the cells of the student edition."""
    hidden = ("figures", "rubric")
    return [
        cell
        for cell in lesson.cells
        if cell.part not in hidden and cell.options.get("lang", lang) == lang
    ]


def words(cell: Cell) -> int:
    """Count the words of a Markdown cell; code, formulas, figures and addresses do not count."""
    return len(_WORD.findall(_HIDDEN.sub(" ", cell.source)))


def _prose(lesson: Lesson) -> list[int]:
    return [words(cell) for cell in shown(lesson) if cell.part == "prose"]


def _words_per_cell(lesson: Lesson) -> float:
    counts = _prose(lesson)
    return round(sum(counts) / len(counts)) if counts else 0


def _followed_by_prose(lesson: Lesson) -> float:
    """Per cent of the provided code cells after which prose comes."""
    after = [
        next_.kind == "markdown"
        for cell, next_ in pairwise(shown(lesson))
        if cell.part == "provided"
    ]
    return round(100 * sum(after) / len(after)) if after else 100


def _longest_stretch(lesson: Lesson) -> float:
    """Minutes between two checks, by the minutes of the sections; the last stretch included."""
    longest = stretch = 0
    for cell in shown(lesson):
        if cell.part == "test":
            stretch = 0
        elif cell.part == "prose":
            stretch += cell.options.get("minutes") or 0
            longest = max(longest, stretch)
    return longest


AIMS = (
    Aim("cells", lambda lesson: len(shown(lesson)), 20, 40),
    Aim("words", lambda lesson: sum(_prose(lesson)), 700, 1800),
    Aim("words a Markdown cell", _words_per_cell, 40, 60),
    Aim("code then prose", _followed_by_prose, 80, unit=" %"),
    Aim("minutes without a check", _longest_stretch, most=20),
    Aim("exercises", lambda lesson: len(lesson.points), 6, 9),
    Aim("written", lambda lesson: len(lesson.written_points), 1, 1),
    Aim("automatic points", lambda lesson: sum(lesson.points.values())),
)


def warnings(lesson: Lesson) -> list[str]:
    """Return what a lesson misses of the aims, and its overlong cells, as sentences."""
    missed = [
        f"{lesson.name}: {aim.name} {aim.of(lesson):g}{aim.unit}; the aim is {aim}."
        for aim in AIMS
        if not aim.met(lesson)
    ]
    long = [
        f"{lesson.file}, {cell.where}: {words(cell)} words in one cell."
        for cell in shown(lesson)
        if cell.part == "prose" and words(cell) > LONG_CELL
    ]
    return missed + long
