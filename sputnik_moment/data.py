"""The course's datasets as typed pandas frames.

Lessons never read a file by path; they ask for a table by its name:

>>> from sputnik_moment import data
>>> closes = data.load("market_closes")

Names, types, units, sources and known faults of every table stand in one file,
``datapackage.json`` (Data Package standard, version 2), and are read from there.
"""

from __future__ import annotations

import copy
import difflib
import html
import json
import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["Card", "UnknownDataset", "card", "columns", "load", "names", "package"]


class UnknownDataset(LookupError):
    """A table was asked for that does not exist; the message lists those that do."""


def names() -> list[str]:
    """Return the names of all datasets, in the order of the package."""
    return list(_resources())


def load(name: str) -> pd.DataFrame:
    """Return one dataset as a frame whose columns have the types of its schema.

    Parameters
    ----------
    name:
        Name of the dataset; :func:`names` lists them.

    Returns
    -------
    DataFrame, shape (rows, fields). A table with a day-level field ``date`` has it as a sorted
    ``DatetimeIndex`` called ``date``; a day may occur in several rows, one per ticker for
    example. Other tables keep a plain index 0, 1, 2, ... Text is ``str``, a whole number is
    ``int64``, or ``Int64`` where values are missing. The frame is a copy of your own: you may
    change it freely.

    Raises
    ------
    UnknownDataset
        If no dataset has this name.
    """
    _resource(name)  # an unknown name, even an odd one, is refused before the cache sees it
    return _read(name).copy()


def card(name: str) -> Card:
    """Return a short display of what a dataset is, where it is from and what is wrong with it.

    Parameters
    ----------
    name:
        Name of the dataset; :func:`names` lists them.

    Raises
    ------
    UnknownDataset
        If no dataset has this name.
    """
    return Card(copy.deepcopy(_resource(name)), rows=len(_read(name)))


def package() -> dict[str, Any]:
    """Return the whole package descriptor, as a copy: tables, fields, units, sources, licences."""
    return copy.deepcopy(_package())


def columns(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of a resource for reading; a long run of like ones is told as one.

    Parameters
    ----------
    resource:
        One entry of ``package()["resources"]``.

    Returns
    -------
    The field descriptors, except that pixel_00, pixel_01, ... become one field whose name is
    ``pixel_00 ... pixel_77``, with the description of the first.
    """
    runs = [
        list(run)
        for _, run in groupby(
            resource["schema"]["fields"],
            key=lambda field: (field["name"].rstrip("0123456789"), field["type"]),
        )
    ]
    return [
        run[0] if len(run) == 1 else run[0] | {"name": f"{run[0]['name']} ... {run[-1]['name']}"}
        for run in runs
    ]


SHOWN_AT_ONCE = 5
"""As many columns a card describes without a click: what is wrong with the data comes first."""


@dataclass(frozen=True)
class Card:
    """A data card; a notebook shows it as HTML, everything else as text."""

    resource: dict[str, Any]
    rows: int

    def __str__(self) -> str:
        lines = [f"{self.resource['title']} ({self.resource['name']})"]
        for label, texts in self._entries():
            lines.append(f"{label}:")
            lines.extend(f"  - {text}" for text, _ in texts)
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = html.escape(self.resource["title"])
        name = html.escape(self.resource["name"])
        rows = "".join(_card_row(label, texts) for label, texts in self._entries())
        return (
            f'<section class="data-card" aria-label="Data card: {title}">'
            f"<p><strong>{title}</strong> (<code>{name}</code>)</p><table>{rows}</table></section>"
        )

    def _entries(self) -> list[tuple[str, list[tuple[str, str | None]]]]:
        """Return (label, [(text, address or None), ...]) for each part of the card."""
        res = self.resource
        width = len(res["schema"]["fields"])
        return [
            ("What it is", [(res["description"], None)]),
            ("Size", [(f"{self.rows:,} rows, {width} columns", None)]),
            ("Columns", [(_field_line(field), None) for field in columns(res)]),
            ("Where it is from", [(s["title"], s.get("path")) for s in res["sources"]]),
            ("How sure we are", [(res["confidence"], None)]),
            ("What is wrong with it", [(text, None) for text in res["caveats"]]),
            (
                "What you may do with it",
                [(f"{lic['title']}: {lic['allows']}", None) for lic in res["licenses"]],
            ),
        ]


def _field_line(field: dict[str, Any]) -> str:
    unit = f" [{field['unit']}]" if "unit" in field else ""
    return f"{field['name']}{unit}: {field['description']}"


def _card_row(label: str, texts: list[tuple[str, str | None]]) -> str:
    # Styled in place: notebooks set every table cell to the right, in one line.
    style = 'style="text-align:left;vertical-align:top;white-space:normal;padding:.2em .8em"'
    lines = [_linked(text, path) for text, path in texts]
    cell = lines[0] if len(lines) == 1 else "".join(f"<li>{line}</li>" for line in lines)
    cell = cell if len(lines) == 1 else f'<ul style="margin:0;padding-left:1.1em">{cell}</ul>'
    if label == "Columns" and len(lines) > SHOWN_AT_ONCE:
        cell = f"<details><summary>{len(lines)} columns: show them</summary>{cell}</details>"
    return f'<tr><th scope="row" {style}>{html.escape(label)}</th><td {style}>{cell}</td></tr>'


def _linked(text: str, path: str | None) -> str:
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
    if path is None or not path.startswith("https://"):
        return shown
    return f'<a href="{html.escape(path, quote=True)}">{shown}</a>'


@cache
def _folder() -> Path:
    """Return the folder of the datasets: inside the installed package, or beside it in a clone."""
    here = Path(__file__).resolve().parent
    for folder in (here / "datasets", here.parent / "datasets"):
        if (folder / "datapackage.json").is_file():
            return folder
    raise FileNotFoundError(
        f"The folder 'datasets' is missing beside {here}. Install the course again from its "
        "repository: python -m pip install -e ."
    )


@cache
def _package() -> dict[str, Any]:
    return json.loads((_folder() / "datapackage.json").read_text(encoding="utf-8"))


@cache
def _resources() -> dict[str, dict[str, Any]]:
    return {resource["name"]: resource for resource in _package()["resources"]}


def _resource(name: str) -> dict[str, Any]:
    if isinstance(name, str) and name in _resources():
        return _resources()[name]
    near = difflib.get_close_matches(str(name), names(), n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownDataset(
        f"There is no dataset called {name!r}.{hint} The datasets are: {', '.join(names())}."
    )


@cache
def _read(name: str) -> pd.DataFrame:
    resource = _resource(name)
    fields = resource["schema"]["fields"]
    frame = pd.read_csv(
        _folder() / resource["path"],
        encoding="utf-8",
        dtype={f["name"]: _READ_AS[f["type"]] for f in fields},
        # Only an empty cell is missing: "NA" or "None" may be a real value.
        keep_default_na=False,
        na_values=resource["schema"]["missingValues"],
        true_values=["true"],
        false_values=["false"],
    )
    for field in fields:
        frame[field["name"]] = _typed(frame[field["name"]], field["type"])
    if any(f["name"] == "date" and f["type"] == "date" for f in fields):
        frame = frame.set_index("date").sort_index(kind="stable")
    return frame


# How the CSV parser reads each type of the standard; `_typed` finishes the work.
_READ_AS = {
    "string": "str",
    "number": "float64",
    "integer": "Int64",
    "boolean": "boolean",
    "date": "str",
}
_WITHOUT_GAPS = {"integer": "int64", "boolean": "bool"}


def _typed(column: pd.Series, kind: str) -> pd.Series:
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d")
    if kind in _WITHOUT_GAPS and not column.hasnans:
        return column.astype(_WITHOUT_GAPS[kind])
    return column
