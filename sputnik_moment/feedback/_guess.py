"""What a student typed as a prediction, read as a number where a number is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sputnik_moment.feedback._compare import distance, number, shown

COMMA = "Write decimals with a point (2.5) and thousands without a comma (1600)."
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+")


def read(guess: Any, unit: str) -> tuple[Any, str]:
    """Return a guess, as a number if it can be read as one, and what to say about it.

    Parameters
    ----------
    guess
        What stands in the student's cell: a number, or what people type in place of one.
    unit
        The unit of the number; empty where the prediction is in words.

    Returns
    -------
    tuple
        The guess, None if it cannot be kept, and a sentence on what to change; empty if nothing.
    """
    if not unit:
        return guess, ""
    if (value := number(guess)) is not None:
        return guess, _perhaps_a_fraction(value, unit)
    if isinstance(guess, (tuple, list)):
        return None, f"Python reads a comma as the end of a number: here are {len(guess)}. {COMMA}"
    text = str(guess).strip().removesuffix(unit).strip(" %$").replace("\N{MINUS SIGN}", "-")
    if _THOUSANDS.fullmatch(text):
        return None, f'"{text}" can be read in two ways. {COMMA}'
    if _NUMBER.fullmatch(text):
        comma = " The comma was read as a decimal point." if "," in text else ""
        value = float(text.replace(",", "."))
        return value, f"{comma} {_perhaps_a_fraction(value, unit)}".strip()
    return guess, "These are words; with a number you will see how near you were."


def choose(guess: Any, options: Sequence[str]) -> tuple[Any, str]:
    """Return a guess if it is one of several words, and otherwise None and what to choose from."""
    fits = any(distance(guess, option) == 0 for option in options)
    return (guess, "") if fits else (None, choose_one(options, guess))


def choose_one(options: Sequence[str], answer: Any) -> str:
    """Say which words there are to choose from, to somebody who has another one."""
    listed = ", ".join(f'"{option}"' for option in options)
    return f"Choose one of {listed}; you have {shown(answer)}."


def _perhaps_a_fraction(value: float, unit: str) -> str:
    """Ask about a guess in per cent that looks like a fraction."""
    if unit != "%" or value == 0 or abs(value) >= 1:
        return ""
    return (
        f"That is less than one per cent. If you mean {100 * value:.4g} %, write {100 * value:.4g}."
    )
