"""Short names: which lesson or assignment is meant by ``04``, ``04-market`` or ``market``."""

from __future__ import annotations

from collections.abc import Iterable


def meant(asked: str, known: Iterable[str]) -> list[str]:
    """Return the full names that a short one may stand for.

    The full name itself comes before everything else, then the number or the slug, then the
    beginning of the name or of the slug. Only the best of these kinds counts: in a course with
    ``01-ring`` and ``02-ring-width``, ``ring`` is the first.

    Parameters
    ----------
    asked
        What somebody typed: a name, number, slug, or the beginning of one.
    known
        Full names, such as ``04-market-reaction``; names of other forms are taken as they are.

    Returns
    -------
    list of str
        One name if it is clear which is meant, several if it is not, none if nothing fits. Sorted.
    """
    asked, names = asked.strip("/"), sorted(known)
    if not asked:
        return []
    kinds = (
        lambda name: asked == name,
        lambda name: asked in _parts(name),
        lambda name: any(part.startswith(asked) for part in (name, *_parts(name))),
    )
    for fits in kinds:
        if found := [name for name in names if fits(name)]:
            return found
    return []


def several(asked: str, found: list[str]) -> str:
    """Say that a short name may stand for more than one full name."""
    return f"'{asked}' can mean {', '.join(found)}. Write more of the name."


def _parts(name: str) -> tuple[str, ...]:
    """Return number and slug of a name, or nothing if it has no number."""
    number, dash, slug = name.partition("-")
    return (number, slug) if dash and number.isdigit() else ()
