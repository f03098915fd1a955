"""Exercises that ask for one word about each of several things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sputnik_moment.feedback import KEEP_WORKING, MISSING, NEARLY, RIGHT, Exercise, Feedback
from sputnik_moment.feedback._compare import distance, is_missing, shown


@dataclass(frozen=True)
class OneWordEach(Exercise):
    """An exercise whose right answer is a dictionary: a word for each of several things.

    Parameters
    ----------
    words
        The words to choose from.
    about
        Name of a thing to what helps somebody who has the wrong word for it; its order is the
        order in which mistakes are told, one at a time. A mistake has the name of its thing.
    """

    words: Sequence[str] = ()
    about: Mapping[str, str] = field(default_factory=dict)

    def judge(self, answer: Any) -> Feedback:
        """Say how many words fit, and which thing to look at again."""
        verdict = super().judge(answer)
        if verdict.state == RIGHT or not isinstance(answer, Mapping):
            return verdict
        return self._say(*self._compared(answer))

    def _is_a_word(self, answer: Any) -> bool:
        return isinstance(answer, str) and answer.strip().lower() in self.words

    def _compared(self, answer: Mapping) -> tuple[str, str, str | None]:
        if set(answer) != set(self.right):
            names = ", ".join(f"`{name}`" for name in self.right)
            text = f"The dictionary needs these {len(self.right)} names and no other: {names}."
            return KEEP_WORKING, text, "wrong-names"
        left = [name for name in self.about if is_missing(answer[name])]
        if len(left) == len(self.right):
            return MISSING, "There is no word yet. Replace every `...` in the cell above.", None
        if left:
            text = f"{len(left)} of {len(self.right)} have no word yet. Next is `{left[0]}`."
            return KEEP_WORKING, text, "unfinished"
        unknown = [name for name in self.about if not self._is_a_word(answer[name])]
        if unknown:
            listed = ", ".join(f'"{word}"' for word in self.words)
            found = ", ".join(f"{shown(answer[name])} (`{name}`)" for name in unknown)
            verb = "is" if len(unknown) == 1 else "are"
            text = f"{found} {verb} none of the words. Choose from {listed}."
            return KEEP_WORKING, text, "unknown-word"
        wrong = [name for name in self.about if distance(answer[name], self.right[name])]
        fit = f"{len(self.right) - len(wrong)} of {len(self.right)} words fit."
        text = f"{fit} Look again at `{wrong[0]}`. {self.about[wrong[0]]}"
        return (NEARLY if len(wrong) == 1 else KEEP_WORKING), text, wrong[0]
