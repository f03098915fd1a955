"""Checks that answer in one of four ways, and predictions that are shown again.

A lesson asks for its checks once and then calls them by exercise:

>>> from sputnik_moment import feedback
>>> check = feedback.lesson("market-reaction")          # doctest: +SKIP
>>> check("simple-return", nvda_return)                 # doctest: +SKIP
○ Keep working (simple-return): -0.204 is what you get when you divide by the *new* price ...

Each lesson declares its exercises in a module of its own beside this file
(``market-reaction`` in ``market_reaction.py``) with a function ``exercises()`` that returns a list
of :class:`Exercise`. An exercise holds the right value and, for each mistake that students are
known to make, the value which that mistake leads to. The check compares the answer with all of
them and reports the nearest. Marks do not come from here: hidden tests decide those.
"""

from __future__ import annotations

import contextlib
import copy
import difflib
import functools
import importlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from IPython import get_ipython
from IPython.display import display

from sputnik_moment.feedback import _guess
from sputnik_moment.feedback._card import card
from sputnik_moment.feedback._compare import (
    FACTORS,
    distance,
    factor,
    is_missing,
    misfit,
    number,
    rounded,
    shown,
)
from sputnik_moment.feedback._errors import advice, first_line
from sputnik_moment.feedback._where import nothing_for, wrong_call, wrong_entry

MISSING = "missing"
KEEP_WORKING = "keep working"
NEARLY = "nearly there"
RIGHT = "right"

MIME = "application/vnd.sputnik.feedback+json"
"""Media type under which a check writes its verdict for programs (reports, tests)."""

HINT_STEPS = ("where to look", "how to start", "almost the answer")

EARLIER = (
    " (The cell that you ran last stopped with an error. If it was your answer, this is about the "
    "one before.)"
)
"""What a check adds after a cell that failed: such a cell stores nothing."""

FORMULA_LETTER = re.compile(r"(?:[b-z]|ln)\b")
"""Beginning of a message that stands for something in a formula; a single "a" is the article."""


@dataclass(frozen=True)
class Feedback:
    """What a check has to say about one answer.

    ``state`` is one of :data:`MISSING`, :data:`KEEP_WORKING`, :data:`NEARLY`, :data:`RIGHT`;
    ``mistake`` names the misconception that was recognised, or is None.
    """

    exercise: str
    state: str
    message: str
    mistake: str | None = None

    def __str__(self) -> str:
        return card(self.state, self.exercise, self.message)["text/plain"]

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        verdict = {"exercise": self.exercise, "state": self.state, "mistake": self.mistake}
        return card(self.state, self.exercise, self.message) | {MIME: verdict}


@dataclass(frozen=True)
class Mistake:
    """A known way to go wrong.

    Parameters
    ----------
    name
        Identifies the misconception in reports, for example ``"divided-by-new-price"``.
    value
        What an answer with this mistake looks like: a value, or a function where a function is
        asked for.
    message
        What to tell the student; ``{answer}`` is replaced by their value.
    nearly
        True where the idea is right and only the form is not (a unit, a sign, rounding).
    """

    name: str
    value: Any
    message: str
    nearly: bool = False


@dataclass(frozen=True)
class Exercise:
    """One exercise: its right answer, its known mistakes and its hints.

    Parameters
    ----------
    id
        The exercise's name in the lesson, for example ``"simple-return"``.
    right
        The right value: number, text, date, container, pandas object, or a function.
    mistakes
        The mistakes that get a message of their own.
    praise
        What to say to a right answer: one sentence that adds something.
    hints
        Three texts: where to look, how to start, almost the answer.
    section
        Heading of the section that teaches it.
    calls
        For a function: the argument tuples with which the check calls it.
    options
        For a choice: the letters or words to choose from.
    otherwise
        What to say to a wrong answer that resembles no known mistake, after it has been shown;
        without it, where the hints are.
    tolerance
        Largest relative difference from ``right`` that still counts as right.
    near
        Largest relative difference at which an answer is taken for a rounded form of ``right``
        or of a known mistake.
    names
        Where a set of names is asked for: all names that there are.
    """

    id: str
    right: Any
    mistakes: Sequence[Mistake] = ()
    praise: str = "That is right."
    hints: Sequence[str] = ()
    section: str = ""
    calls: Sequence[tuple] = ()
    options: Sequence[str] = ()
    otherwise: str = ""
    tolerance: float = 1e-6
    near: float = 5e-3
    names: Sequence[str] = ()

    def judge(self, answer: Any) -> Feedback:
        """Say what ``answer`` looks like: missing, wrong (and how), nearly right, or right."""
        if is_missing(answer):
            return self._say(
                MISSING, "There is no answer yet. Replace the `...` in the cell above."
            )
        if self.calls:
            return self._judge_function(answer)
        if self.options and distance(answer, self.right) and not self._is_option(answer):
            return self._judge_other_than_options(answer)
        return self._judge_value(answer, shown(answer))

    @functools.cached_property
    def expected(self) -> tuple[Any, list[Any]]:
        """Return the right value and that of each mistake; of functions, what they return."""
        values = [self.right, *(mistake.value for mistake in self.mistakes)]
        if self.calls:
            values = [outputs(function, self.calls) for function in values]
        return values[0], values[1:]

    def _is_option(self, answer: Any) -> bool:
        return any(distance(answer, option) == 0 for option in self.options)

    def _judge_other_than_options(self, answer: Any) -> Feedback:
        """Judge an answer that is none of the options: a mistake may have a message for it."""
        for mistake in self.mistakes:
            if distance(answer, mistake.value) == 0:
                return self._say(KEEP_WORKING, mistake.message, mistake.name)
        text = _guess.choose_one(self.options, answer)
        one = isinstance(answer, (list, tuple, set)) and len(answer) == 1
        alone = next(iter(answer)) if one else answer
        alone = alone.strip(" ().:").lower() if isinstance(alone, str) else None
        if alone in self.options:
            text = f"Store {shown(alone)} alone: quotation marks, and nothing else around it."
        return self._say(KEEP_WORKING, text)

    def _judge_function(self, answer: Any) -> Feedback:
        if not callable(answer):
            text = (
                f"A function is asked for; this is {shown(answer)}. Keep the `def` line of the "
                "cell, and write under it, indented."
            )
            return self._say(KEEP_WORKING, text, "no-function")
        try:
            seen = outputs(answer, self.calls)
        except Exception as error:
            text = f"Your function stopped with {first_line(error)}."
            reason, name = advice(error)
            return self._say(KEEP_WORKING, f"{text} {reason}".strip(), name)
        if all(is_missing(one) for one in seen):
            return self._say(MISSING, _nothing_yet(seen))
        return self._judge_value(seen, shown(seen[0]))

    def _judge_value(self, seen: Any, answer: str) -> Feedback:
        right, of_mistakes = self.expected
        from_right = distance(seen, right)
        if from_right <= self.tolerance:
            return self._say(RIGHT, self.praise)
        values = list(zip(self.mistakes, of_mistakes, strict=True))
        found = [(distance(seen, value), mistake) for mistake, value in values]
        closest, mistake = min(found, key=lambda pair: pair[0], default=(float("inf"), None))
        # A rounded answer may lie near a mistake too: only an exact match outweighs the right one.
        if closest <= self.tolerance or (closest <= self.near < from_right):
            return self._say_mistake(mistake, answer)
        if rounded(seen, right):
            return self._say_rounded(answer)
        if from_right <= self.near:
            text = (
                f"Very close: {answer} differs from the right value by less than "
                f"{100 * self.near:.2g} %. Do not round before the end, nor type rounded figures."
            )
            return self._say(NEARLY, text, "rounded")
        if times := factor(seen, right, self.tolerance):
            name, text = FACTORS[times]
            return self._say(NEARLY, f"You have {answer}, {text}", name)
        problem = self._of_another_kind(seen, right)
        if problem:
            return self._say(KEEP_WORKING, *problem)
        for mistake, value in () if self.calls else values:
            if rounded(seen, value):
                return self._say_mistake(mistake, answer)
        if rounded(seen, right, 1):
            # With one digit left, a number may be the rounded form of a mistake as well.
            if not any(rounded(seen, value, 1) for _, value in values):
                return self._say_rounded(answer)
            text = (
                f"You have {answer}. With so few digits the check cannot tell the right answer "
                "from others: keep all digits; do not round."
            )
            return self._say(KEEP_WORKING, text, "rounded")
        return self._say(KEEP_WORKING, f"{self._where(seen, right, answer)} {self._way_on()}")

    def _where(self, seen: Any, right: Any, answer: str) -> str:
        """Show what is wrong, and where: in which call, at which entry."""
        if self.calls:
            return wrong_call(self.calls, seen, right, self.tolerance)
        return wrong_entry(seen, right, self.tolerance) or f"You have {answer}."

    def _way_on(self) -> str:
        unknown = "This is not right yet, and the check does not know the mistake."
        return self.otherwise or f'{unknown} `check.hint("{self.id}")` says where to look.'

    def _say_mistake(self, mistake: Mistake, answer: str) -> Feedback:
        state = NEARLY if mistake.nearly else KEEP_WORKING
        return self._say(state, mistake.message.replace("{answer}", answer), mistake.name)

    def _say_rounded(self, answer: str) -> Feedback:
        text = f"Right, but rounded: you have {answer}. Keep all digits; do not round."
        return self._say(NEARLY, text, "rounded")

    def _of_another_kind(self, seen: Any, right: Any) -> tuple[str, str] | None:
        """Return what :func:`misfit` says; of a function, about the first call that it is about."""
        if not self.calls:
            return misfit(seen, right) or self._unknown_name(seen)
        for arguments, one in zip(self.calls, seen, strict=True):
            if one is None:
                return nothing_for(arguments), "missing-return"
        problems = (misfit(one, of) for one, of in zip(seen, right, strict=True))
        text, name = next(filter(None, problems), ("", ""))
        if name in ("wrong-length", "wrong-labels") and isinstance(right[0], pd.Series):
            text += (
                " The check calls your function with data of its own, not with those of the "
                "lesson: everything must follow from the arguments."
            )
        return (text, name) if name else None

    def _unknown_name(self, seen: Any) -> tuple[str, str] | None:
        """Say which entry of a set is none of the names that there are, and which is nearest."""
        for name in seen if self.names else ():
            if not isinstance(name, str) or name not in self.names:
                near = difflib.get_close_matches(shown(name), self.names, 1)
                instead = f" Do you mean {shown(near[0])}?" if near else ""
                return f"{shown(name)} is none of the names in the table.{instead}", "unknown-name"
        return None

    def _say(self, state: str, message: str, mistake: str | None = None) -> Feedback:
        # A letter of a formula stays as the text has it: p is not P in Python.
        if not FORMULA_LETTER.match(message):
            message = message[:1].upper() + message[1:]
        return Feedback(self.id, state, message, mistake)


def _cell_failed() -> bool:
    """Tell whether the cell that the learner ran before the check stopped with an error."""
    if "NBGRADER_EXECUTION" in os.environ:
        return False
    return not getattr(get_ipython(), "last_execution_succeeded", True)


def _nothing_yet(seen: list) -> str:
    """Say of a function that returns placeholders only what is missing."""
    if seen[0] is None:
        return "Your function returns nothing yet: it needs a `return`."
    return "Your function still returns a placeholder: put your result in the place of the `...`."


def outputs(function: Callable, calls: Sequence[tuple]) -> list:
    """Return what a function returns for each of several argument tuples.

    Each call has its own copy: a function that changes its arguments must not spoil the next call.
    """
    return [function(*copy.deepcopy(arguments)) for arguments in calls]


class Lesson:
    """The checks of one lesson; call it with an exercise id and an answer."""

    def __init__(self, slug: str, exercises: Sequence[Exercise]) -> None:
        self.slug = slug
        self.exercises = {exercise.id: exercise for exercise in exercises}
        self.seen: dict[str, Feedback] = {}
        self._hints_opened: dict[str, int] = {}

    def __call__(self, exercise: str, answer: Any) -> None:
        """Show the feedback on an answer.

        Parameters
        ----------
        exercise
            The exercise's id, as printed in the lesson.
        answer
            The student's value or function.

        Raises
        ------
        KeyError
            If the lesson has no such exercise; the message lists those it has.
        AssertionError
            Under nbgrader's Validate button only, if the answer is not right yet: Validate counts
            an exercise as failed when its test cell raises.
        """
        verdict = self.judge(exercise, answer)
        self.seen[exercise] = verdict
        display(replace(verdict, message=verdict.message + EARLIER) if _cell_failed() else verdict)
        if os.environ.get("NBGRADER_EXECUTION") == "validate" and verdict.state != RIGHT:
            raise AssertionError(str(verdict))

    def judge(self, exercise: str, answer: Any) -> Feedback:
        """Return the feedback on an answer without showing it (see :meth:`__call__`)."""
        found = self._find(exercise)
        try:
            return found.judge(answer)
        except Exception as error:  # an answer can be anything, and a check must not stop with it
            text = (
                f"The check cannot read this answer: it stops with {first_line(error)}. Store "
                "plain numbers, texts, or tables of them."
            )
            return Feedback(exercise, KEEP_WORKING, text, "unreadable")

    def hint(self, exercise: str) -> None:
        """Show the next of three hints: where to look, how to start, almost the answer."""
        if "NBGRADER_EXECUTION" in os.environ:
            return
        if exercise not in self.exercises:
            known = ", ".join(self.exercises)
            text = (
                f"There are hints for: {known}. A written task has none: its text says what counts."
            )
            display(card("hint", "No hints", text), raw=True)
            return
        hints = self.exercises[exercise].hints
        if not hints:
            return
        step = min(self._hints_opened.get(exercise, 0), len(hints) - 1)
        self._hints_opened[exercise] = step + 1
        title = f"Hint {step + 1} of {len(hints)}, {HINT_STEPS[step]}"
        display(card("hint", title, hints[step]), raw=True)

    def report(self) -> None:
        """Show how far you are, with a button that runs all tests on your saved notebook."""
        if "NBGRADER_EXECUTION" not in os.environ:
            from sputnik_moment.feedback import _report

            display(_report.Panel(self))

    def model_answer(self, exercise: str) -> None:
        """Show the model answer beside your own, once yours is right."""
        if "NBGRADER_EXECUTION" not in os.environ:
            from sputnik_moment.feedback import _report

            display(_report.model_answer(self, exercise), raw=True)

    def hints_opened(self, exercise: str) -> int:
        """Return how many hints to an exercise have been opened since the lesson was started."""
        return self._hints_opened.get(exercise, 0)

    def _find(self, exercise: str) -> Exercise:
        if exercise not in self.exercises:
            known = ", ".join(self.exercises)
            raise KeyError(
                f"No exercise {exercise!r} in {self.slug}; there are: {known}. "
                "A written task has no check: a person reads it."
            )
        return self.exercises[exercise]


def lesson(slug: str) -> Lesson:
    """Return the checks of a lesson.

    Parameters
    ----------
    slug
        The lesson's name without its number, for example ``"market-reaction"``.

    Raises
    ------
    ValueError
        If no lesson of that name declares checks.
    """
    name = f"{__name__}.{slug.replace('-', '_')}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ValueError(
            f"There is no lesson {slug!r} with checks. Use the name in the lesson's first cell."
        ) from None
    return Lesson(slug, _exercises(module.__name__))


@functools.cache
def _exercises(module: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson's module; what they expect is computed once."""
    found = tuple(sys.modules[module].exercises())
    for exercise in found:
        # Computed here, and kept. What fails will be heard of in its own exercise.
        with contextlib.suppress(Exception):
            exercise.expected  # noqa: B018
    return found


_predictions: dict[str, tuple[Any, str]] = {}


def predict(key: str, guess: Any, unit: str = "", *, options: Sequence[str] = ()) -> None:
    """Store a prediction, to be shown again next to the result by :func:`compare`.

    Parameters
    ----------
    key
        Name of the prediction.
    guess
        A number or a text; ``...`` stands for "none yet". Where there is a unit, a text is read
        as a number if it can be (``"2,5 %"``).
    unit
        Printed after a number, for example ``"%"``; leave it out if words are asked for.
    options
        The words to choose from, where one of several is asked for.
    """
    _predictions.pop(key, None)
    if is_missing(guess) or number(guess) != number(guess):  # NaN differs from itself
        text = "Nothing stored yet. Replace the `...` with your guess; no mark depends on it."
    else:
        guess, remark = _guess.choose(guess, options) if options else _guess.read(guess, unit)
        text = f"Nothing stored yet. {remark}"
        if guess is not None:
            _predictions[key] = (guess, unit)
            text = f"Stored: {_with_unit(guess, unit)}. You will meet it again beside the result."
            text = f"{text} {remark}".strip()
    display(card("prediction", "Your prediction", text), raw=True)


def compare(
    key: str,
    actual: Any = None,
    unit: str = "",
    *,
    before: str = "You predicted",
    after: str = "The data say",
) -> None:
    """Show a stored prediction next to what the data say.

    Parameters
    ----------
    key
        Name given to :func:`predict`.
    actual
        The result, in the unit of the prediction; left out where the prediction was in words.
    unit
        Unit of a number or of a text that begins with one; that of the prediction if left out.
    before, after
        What stands before the two: a choice, for example, is nothing that was predicted.
    """
    guess, guess_unit = _predictions.get(key, (..., ""))
    text = (
        "You made no prediction here."
        if is_missing(guess)
        else f"{before}: {_with_unit(guess, guess_unit)}."
    )
    if actual is not None:
        text += f" {after}: {_with_unit(actual, unit or guess_unit)}."
        if _of_another_size(guess, actual):
            text += " One is more than 1,000 times the other: was your number in another unit?"
    display(card("prediction", "Prediction and result", text), raw=True)


def _of_another_size(guess: Any, actual: Any) -> bool:
    one, other = number(guess), number(actual)
    return bool(one and other) and not 1e-3 <= abs(one / other) <= 1e3


def _with_unit(value: Any, unit: str) -> str:
    if (plain := number(value)) is not None:
        return f"{plain:,.4g} {unit}".strip()
    text = str(value).strip().rstrip(".")
    in_words = not any(letter.isdigit() for letter in text)
    return text if in_words or unit in text else f"{text} {unit}"


__all__ = [
    "KEEP_WORKING",
    "MIME",
    "MISSING",
    "NEARLY",
    "RIGHT",
    "Exercise",
    "Feedback",
    "Lesson",
    "Mistake",
    "compare",
    "lesson",
    "predict",
]
