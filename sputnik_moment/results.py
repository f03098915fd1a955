"""What a check of a whole lesson has found: one result for each exercise, and the card of all."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from sputnik_moment.markup import inline

RIGHT, PARTLY, NOT_YET, NO_ANSWER = "right", "partly", "not yet", "no answer"
STATES = (RIGHT, PARTLY, NOT_YET, NO_ANSWER)

# Word and symbol carry the state; the colour only repeats it (each at least 4.5:1 on white).
LOOKS = {
    RIGHT: ("●", "right", "#00704f"),
    PARTLY: ("◐", "partly", "#00639c"),
    NOT_YET: ("○", "not yet", "#b34700"),
    NO_ANSWER: ("–", "no answer yet", "#595959"),
}


@dataclass(frozen=True)
class Result:
    """One exercise of one notebook.

    ``points`` and ``of`` are what the tests give and what they can give; both are None where only
    the visible check has run. ``section`` is the heading of the section that teaches it.
    """

    exercise: str
    state: str
    message: str
    section: str = ""
    points: float | None = None
    of: float | None = None


@dataclass(frozen=True)
class Report:
    """All results of one notebook.

    ``notes`` are sentences about the notebook as a whole, for example on a cell that is missing.
    """

    lesson: str
    title: str
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()

    @property
    def right(self) -> int:
        """Number of exercises that are right."""
        return sum(result.state == RIGHT for result in self.results)

    @property
    def summary(self) -> str:
        """How many are right, and the points where there are any, in one line."""
        text = f"{self.right} of {len(self.results)} exercises right"
        most = [result.of for result in self.results]
        if None in most or not sum(most):
            return text
        points = sum(result.points for result in self.results)
        return f"{text}, {points:g} of {sum(most):g} points"

    def to_json(self) -> str:
        """Return the report as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read what :meth:`to_json` wrote."""
        tree = json.loads(text)
        results = tuple(Result(**one) for one in tree.pop("results"))
        return cls(**{**tree, "results": results, "notes": tuple(tree["notes"])})

    def to_text(self) -> str:
        """Return the report as lines of text."""
        lines = [f"{self.title}: {self.summary}."]
        for result in self.results:
            symbol, word, _ = LOOKS[result.state]
            lines.append(f"{symbol} {result.exercise} ({word}): {result.message}")
        return "\n".join([*lines, *self.notes])

    def to_html(self) -> str:
        """Return the report as an HTML table with a caption, and the notes under it."""
        head = "".join(f'<th scope="col" style="{_CELL}">{one}</th>' for one in _COLUMNS)
        rows = "".join(map(_row, self.results))
        notes = "".join(f"<p>{inline(note)}</p>" for note in self.notes)
        return (
            f'<div style="overflow-x:auto" tabindex="0"><table style="border-collapse:collapse">'
            f'<caption style="text-align:left">{html.escape(self.summary)}.</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{notes}"
        )


_COLUMNS = ("Exercise", "State", "What the check says", "Taught in")
_CELL = "text-align:left;vertical-align:top;padding:.3em .9em;white-space:normal"


def _row(result: Result) -> str:
    symbol, word, colour = LOOKS[result.state]
    points = "" if not result.of else f"<br>{result.points:g} of {result.of:g}"
    state = (
        f'<span style="color:{colour};white-space:nowrap"><span aria-hidden="true">{symbol}</span>'
        f" {word}</span>{points}"
    )
    return (
        f'<tr><th scope="row" style="{_CELL}">{html.escape(result.exercise)}</th>'
        f'<td style="{_CELL}">{state}</td>'
        f'<td style="{_CELL};max-width:34em">{inline(result.message)}</td>'
        f'<td style="{_CELL}">{_link(result.section)}</td></tr>'
    )


def _link(section: str) -> str:
    """Return a link to a heading of the same page; Jupyter makes its name from its words."""
    if not section:
        return ""
    place = quote(section.replace(" ", "-"))
    return f'<a href="#{place}" style="text-decoration:underline">{html.escape(section)}</a>'


def course_line(lessons: Mapping[str, Any]) -> str:
    """Return the progress over all checked lessons in one line, or an empty text.

    Parameters
    ----------
    lessons
        What :func:`sputnik_moment.progress.read` returns.
    """
    parts = [
        f"{name.partition('-')[0]}: {_right(entry)} of {len(entry['exercises'])}"
        for name, entry in sorted(lessons.items())
    ]
    return f"Right so far, by lesson: {', '.join(parts)}." if parts else ""


def _right(entry: Mapping[str, Any]) -> int:
    return sum(one["state"] == RIGHT for one in entry["exercises"].values())
