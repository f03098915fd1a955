"""What a student believed before the course began, kept in a file that lesson 06 reads back.

The file is `beliefs.json`, beside the notebook of lesson 00. It belongs to the student: plain
text, one entry a claim, nothing else in it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

CHOICES = ("holds", "does not hold", "cannot tell")
FILE = "beliefs.json"
HOME = "00-start-here"
"""Folder of the lesson that records the beliefs; the other lessons lie beside it."""

TEN_CLAIMS = (
    "avgo-17",
    "right-after",
    "record-loss",
    "whole-industry",
    "huang-2-1",
    "o1-parity",
    "no-fast-chips",
    "distilled-others",
    "stargate-after",
    "demand-rises",
)
"""Ids of the claims that lesson 00 asks about, of every kind: figures, dates, forecasts."""


class BeliefError(ValueError):
    """A belief that cannot be stored or read; the message says what to do next."""


def record(claim: str, belief: str, folder: str | Path = ".") -> None:
    """Store one belief; an earlier one about the same claim is replaced.

    Parameters
    ----------
    claim
        Id of the claim, as in the dataset `claims`.
    belief
        One of :data:`CHOICES`.
    folder
        Where the file lies: the folder of the notebook, by default.

    Raises
    ------
    BeliefError
        If ``belief`` is none of the choices, or an existing file cannot be read.
    """
    if belief not in CHOICES:
        raise BeliefError(f"{belief!r} is no choice. Choose one of: {', '.join(CHOICES)}.")
    path = Path(folder) / FILE
    _write(path, _read(path) | {claim: belief})


def forget(claim: str, folder: str | Path = ".") -> None:
    """Take a stored belief back; nothing happens where there is none."""
    path = Path(folder) / FILE
    kept = _read(path)
    if kept.pop(claim, None):
        _write(path, kept)


def recall(folder: str | Path | None = None) -> dict[str, str]:
    """Return the stored beliefs by claim id; empty if lesson 00 was left out.

    Parameters
    ----------
    folder
        Where to look. By default this folder, then that of lesson 00 beside it.

    Raises
    ------
    BeliefError
        If the file is there and cannot be read.
    """
    folders = [Path(folder)] if folder else [Path(), Path("..") / HOME]
    for place in folders:
        if (place / FILE).exists():
            return _read(place / FILE)
    return {}


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        beliefs = json.loads(path.read_text(encoding="utf-8"))
        fine = isinstance(beliefs, dict) and set(beliefs.values()) <= set(CHOICES)
    except (ValueError, TypeError):
        fine = False
    if not fine:
        raise BeliefError(
            f"{path} is not a list of beliefs. Rename it to keep it, then record yours again."
        )
    return beliefs


def _write(path: Path, beliefs: dict[str, str]) -> None:
    # Written beside and renamed, so that a crash in between leaves the old file whole.
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(beliefs, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(draft, path)
