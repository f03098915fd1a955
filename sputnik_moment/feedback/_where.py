"""Where an answer of several parts is wrong: the call of a function, the entry of a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sputnik_moment.feedback._compare import DATES, LONGEST, distance, number, shown

PLACES = ("the first", "the second", "the third", "the fourth", "the fifth")


def wrong_call(calls: Sequence[tuple], seen: Sequence, right: Sequence, tolerance: float) -> str:
    """Say what a function gives in the first call that comes out wrong.

    Parameters
    ----------
    calls
        The argument tuples with which the check has called it.
    seen, right
        What the function gave, and what it should have given.
    tolerance
        Largest relative difference that counts as right.
    """
    told = zip(calls, seen, right, strict=True)
    arguments, one, of = next(call for call in told if distance(*call[1:]) > tolerance)
    given = as_typed(arguments)
    if given and _is_plain(of):
        return f"For {given} your function gives {shown(one)}, where {shown(of)} is right."
    return f"Your function gives {shown(one)} for data of the check's own."


def nothing_for(arguments: tuple) -> str:
    """Say for which arguments a function returned nothing."""
    which = as_typed(arguments) or "some of the check's data"
    return f"Your function returns nothing for {which}: a way through it has no `return`."


def as_typed(arguments: tuple) -> str:
    """Return the arguments of a call as one would type them; empty for what fills no line."""
    text = ", ".join(map(shown, arguments))
    return f"`{text}`" if all(map(_is_plain, arguments)) and len(text) <= LONGEST else ""


def wrong_entry(seen: Any, right: Any, tolerance: float) -> str:
    """Say which entries of an answer are right already, and show the first that is not.

    Empty for an answer that has no entries to tell apart, or in which all are wrong.
    """
    pairs = _entries(seen, right)
    fit = [name for name, one, of in pairs if distance(one, of) <= tolerance]
    wrong = [(name, one) for name, one, of in pairs if distance(one, of) > tolerance]
    if not fit or not wrong:
        return ""
    name, value = wrong[0]
    return f"Right so far: {', '.join(fit)}. Not yet: {name}; you have {shown(value)}."


def _is_plain(value: Any) -> bool:
    """Tell whether a value can be shown in a sentence, and typed by who reads it."""
    if isinstance(value, Mapping):
        return all(map(_is_plain, (*value, *value.values())))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, (str, bool, *DATES)) or value is None or number(value) is not None


def _entries(seen: Any, right: Any) -> list[tuple[str, Any, Any]]:
    """Return name, answer and right value of each entry, where both have the same entries."""
    if isinstance(right, Mapping) and isinstance(seen, Mapping) and set(seen) == set(right):
        return [(str(key), seen[key], of) for key, of in right.items()]
    rows = isinstance(right, list | tuple) and isinstance(seen, list | tuple)
    if rows and len(seen) == len(right) <= len(PLACES):
        return list(zip(PLACES, seen, right, strict=False))
    return []
