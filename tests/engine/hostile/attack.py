"""The form of one attack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    ``name`` starts with its row in the list of known attacks, where it has one. ``first`` is put
    into the first answer cell, in front of a wrong answer; ``answers`` replaces whole answer cells;
    ``change`` alters the notebook and may return bytes instead; ``files`` are handed in beside it.
    ``marks`` are the marks of the test cells that are not 0; ``human`` says whether the row must
    ask for a human; ``state`` is the state of the row; ``absent`` must appear nowhere in the
    result; ``present`` must appear in it (the proof that the attack ran at all).
    """

    name: str
    what: str
    first: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    change: Callable | None = None
    files: dict[str, str] = field(default_factory=dict)
    folder: Callable | None = None
    marks: dict[str, float] = field(default_factory=dict)
    human: bool | None = None
    state: str = "graded"
    absent: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
