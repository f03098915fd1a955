"""What the builder says when a lesson cannot be built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a source file, and what to do about it.

    ``where`` names the cell in words, for example ``"line 42, test of simple-return"``.
    """

    file: str
    where: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: {self.reason} {self.remedy}"


class BuildError(Exception):
    """A source cannot be built; ``problems`` lists everything that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
