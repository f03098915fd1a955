"""The checks of lesson 02: what each right answer is, and what the usual mistakes look like."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sputnik_moment import costs, data
from sputnik_moment import distillation as dl
from sputnik_moment.feedback import (
    KEEP_WORKING,
    MISSING,
    NEARLY,
    RIGHT,
    Exercise,
    Feedback,
    Mistake,
    outputs,
)
from sputnik_moment.feedback._compare import distance, is_missing, shown
from sputnik_moment.feedback._words import OneWordEach

# Part of an error's text, and what to say about it in functions of tables.
ERRORS = {
    "could not be broadcast": (
        "rows-lost-their-column",
        "A sum or a maximum over `axis=1` has one number per row, but lies flat. "
        "`keepdims=True` keeps it a column that lines up with the table.",
    ),
    "'ln' is not defined": ("ln-is-np-log", "numpy calls the natural logarithm `np.log`."),
    "bitwise_xor": ("caret-for-power", "In Python a power is written `**`, as in `t**2`."),
}


@dataclass(frozen=True)
class TableFunction(Exercise):
    """A function of tables of scores.

    ``extreme`` are calls that it must survive as well; they come last, so that a first version
    is told about its formula and not about overflow. ``half_cures`` are mistakes that only these
    calls show. Without one of them, ``overflow`` is said where the calls give NaN, ``cut_off``
    where they give other numbers, and ``in_place``, if there is any, to a function that changes
    the tables it is given.
    """

    extreme: Sequence[tuple] = ()
    half_cures: Sequence[Mistake] = ()
    overflow: str = ""
    cut_off: str = ""
    in_place: str = ""

    def judge(self, answer: Any) -> Feedback:
        """Judge ordinary calls, then extreme ones; explain errors of shapes and names."""
        with np.errstate(all="ignore"):
            verdict = super().judge(answer)
            if verdict.state == RIGHT:
                return self._judge_further(answer) or verdict
        for fragment, (name, text) in ERRORS.items():
            if verdict.mistake == "error" and fragment in verdict.message:
                return self._say(KEEP_WORKING, f"{verdict.message} {text}", name)
        if verdict.state == KEEP_WORKING and verdict.mistake is None and self._rounded(answer):
            text = "The formula is right, but the result is rounded. Return all the digits."
            return self._say(NEARLY, text, "rounded")
        return verdict

    @functools.cached_property
    def expected(self) -> tuple[Any, list[Any]]:
        """Return what the functions return, overflow included."""
        with np.errstate(all="ignore"):
            return super().expected

    def _judge_value(self, seen: Any, answer: str) -> Feedback:
        return super()._judge_value(seen, _first_row(seen) or answer)

    def _where(self, seen: Any, right: Any, answer: str) -> str:
        row = _first_row(seen)
        return f"You have {row}." if row else super()._where(seen, right, answer)

    def _rounded(self, function: Callable) -> bool:
        """Tell whether a function rounds: to the same two to eight digits in every call."""
        seen, (right, _) = outputs(function, self.calls), self.expected
        return any(
            distance(seen, [np.round(one, digits) for one in right]) <= self.tolerance
            for digits in range(2, 9)
        )

    def _judge_further(self, function: Callable) -> Feedback | None:
        """Say what is still wrong with a function that is right for ordinary calls, if anything."""
        seen, right = outputs(function, self.extreme), outputs(self.right, self.extreme)
        if distance(seen, right) > self.tolerance:
            for mistake in self.half_cures:
                if distance(seen, outputs(mistake.value, self.extreme)) <= self.tolerance:
                    return self._say(NEARLY, mistake.message, mistake.name)
            if np.isnan(np.concatenate([np.ravel(one) for one in seen])).any():
                return self._say(NEARLY, self.overflow, "overflow")
            return self._say(NEARLY, self.cut_off, "cut-off")
        if self.in_place and any(_changes(function, call) for call in self.calls):
            return self._say(NEARLY, self.in_place, "changes-its-input")
        return None


def _first_row(seen: list) -> str:
    """Quote the first row of the table that a function returned; empty if it was no table."""
    table = seen[0]
    if not isinstance(table, np.ndarray) or table.ndim != 2 or not len(table):
        return ""
    return f"{shown(table[0])} in the first row"


def _changes(function: Callable, call: tuple) -> bool:
    given = copy.deepcopy(call)
    function(*given)
    return any(
        isinstance(before, np.ndarray) and not np.array_equal(before, after)
        for before, after in zip(call, given, strict=True)
    )


@dataclass(frozen=True)
class InParts(Exercise):
    """Several variables, judged one after the other: the first that is not right is spoken of."""

    parts: Mapping[str, Exercise] = field(default_factory=dict)

    def judge(self, answer: Any) -> Feedback:
        """Say what is missing, then what is wrong with the first part that is not right."""
        if any(is_missing(one) for one in answer):
            return self._say(MISSING, "Part of the answer is missing. Replace every `...` above.")
        before = ""
        for (name, part), one in zip(self.parts.items(), answer, strict=True):
            verdict = part.judge(one)
            if verdict.state != RIGHT:
                text = f"{before}`{name}`: {verdict.message}"
                return self._say(verdict.state, text, verdict.mistake)
            before += f"`{name}` is right. "
        return self._say(RIGHT, self.praise)


def plain_letter(answer: Any) -> Any:
    """Return the letter of an answer such as ``"c)"``, ``"(C)"`` or ``{"c"}``; others as it is."""
    if isinstance(answer, (set, frozenset, list, tuple)) and len(answer) == 1:
        (answer,) = answer
    return answer.strip(" ().,:").lower() if isinstance(answer, str) else answer


@dataclass(frozen=True)
class _OneLetter(Exercise):
    """A choice by letter; brackets, a full stop or a collection around it do not matter."""

    def judge(self, answer: Any) -> Feedback:
        """Take the letter out of what stands around it, then judge it as any other choice."""
        return super().judge(plain_letter(answer))


def exercises() -> list[Exercise]:
    """Return the nine exercises of the lesson, with the values that the data give."""
    return [
        _softmax_temperature(),
        _distillation_loss(),
        _find_the_bug(),
        _no_labels(),
        _never_saw_a_3(),
        _which_distillation(),
        _read_the_r1_table(),
        _training_cost(),
        _active_parameters(),
    ]


# --- 1. softmax -------------------------------------------------------------------------------
def _softmax_temperature() -> Exercise:
    scores = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
    large = np.array(
        [
            [2000.0, 0.0, 1999.0],
            [-3000.0, -3000.0, -3000.0],
            [0.0, 2000.0, -2000.0],
            [-3000.0, 0.0, 2000.0],
        ]
    )
    # Ten classes: one score of 2,000 at the first place, at the last, and one of -2,000.
    alone = np.zeros((3, 10))
    alone[0, 0], alone[1, 9], alone[2, 4] = 2000.0, 2000.0, -2000.0
    return TableFunction(
        id="softmax-temperature",
        section="1. An answer with doubts",
        right=lambda z, t: dl.softmax(z, t),
        calls=[(scores, 2.0), (scores, 0.5)],
        extreme=[(large, 1.0), (large, 2.0), (alone, 1.0)],
        half_cures=[
            Mistake(
                "mean-subtracted",
                lambda z, t: _after_subtracting(z, z.mean(axis=1, keepdims=True), t),
                "Right for ordinary scores, but not for 2,000. You subtract the *mean* of the row, "
                "and a large score can be far above it: of 2000, 0, 0 the mean is 667, and 1333 "
                "is still too large for `np.exp`. Subtract the row's largest, then none is above "
                "0.",
            ),
            Mistake(
                "first-subtracted",
                lambda z, t: _after_subtracting(z, z[:, :1], t),
                "Right for ordinary scores, but not for 2,000. You subtract the *first* score of "
                "the row; in 0, 2000, -2000 that changes nothing. Subtract the largest, wherever "
                "in the row it is.",
            ),
            Mistake(
                "smallest-subtracted",
                lambda z, t: _after_subtracting(z, z.min(axis=1, keepdims=True), t),
                "Right for ordinary scores, but not for 2,000. You subtract the *smallest* score "
                "of the row, which leaves the largest above 0. Subtract the largest.",
            ),
        ],
        overflow="Right for ordinary scores. At 2,000 or -3,000 it gives NaN, because `np.exp` "
        "leaves the range of the computer. Before `np.exp`, subtract from each row its *own* "
        "largest score, after dividing by T: no probability changes.",
        cut_off="Right for ordinary scores, but not for 2,000: scores that are cut off at a limit "
        "(`np.clip`) lose what is between them. Subtract from each row its *own* largest score "
        "instead: no probability changes.",
        in_place="The probabilities are right, but the table that was passed in has changed: "
        "`-=`, `/=` and `out=` write into it, and whoever called may need it again. Make a new "
        "table first: `scaled = scores / temperature`.",
        mistakes=[
            Mistake(
                "multiplied-by-t",
                lambda z, t: dl.softmax(z * t),
                "Here a higher T makes the answers *sharper*. Scores are divided by T, not "
                "multiplied.",
            ),
            Mistake(
                "no-temperature",
                lambda z, t: dl.softmax(z),
                "T changes nothing in your function. All scores are divided by it, before "
                "`np.exp`. If you subtract something first, that needs brackets: in `a - b / T` "
                "only b is divided, and what is subtracted from a whole row cancels.",
            ),
            Mistake(
                "divided-afterwards",
                lambda z, t: dl.softmax(z) / t,
                "Your rows add up to 1 / T, not to 1. Divide the *scores* by T, not the "
                "probabilities.",
            ),
            Mistake(
                "power-afterwards",
                lambda z, t: dl.softmax(z) ** (1 / t),
                "Right up to a factor: after the power 1 / T a row no longer adds up to 1.",
            ),
            Mistake(
                "t-above-only",
                lambda z, t: np.exp(z / t) / np.exp(z).sum(axis=1, keepdims=True),
                "The scores above the fraction bar are divided by T, those below it are not. "
                "Divide once, before both.",
            ),
            Mistake(
                "whole-table",
                lambda z, t: dl.softmax(np.ravel(z), t).reshape(np.shape(z)),
                "The whole table adds up to 1. Each *row* should: sum over `axis=1` with "
                "`keepdims=True`.",
            ),
            Mistake(
                "columns-not-rows",
                lambda z, t: dl.softmax(z.T, t).T,
                "Each column adds up to 1. A row is an image, so each *row* should: `axis=1`.",
            ),
            Mistake(
                "columns-not-rows",
                lambda z, t: _parts_of(_powers(z, t, axis=1), axis=0),
                "Each column adds up to 1. The largest score is taken from each row, as it should "
                "be; the sum has to follow the rows, too: `axis=1`.",
            ),
            Mistake(
                "largest-of-columns",
                lambda z, t: _parts_of(_powers(z, t, axis=0), axis=1),
                "The rows add up to 1, but `axis=0` takes the largest score of each *column*, so "
                "every score of a row loses something else. Take the largest of each row: "
                "`axis=1`, with `keepdims=True`.",
            ),
            *(
                Mistake(
                    "subtracted-after-exp",
                    value,
                    "You subtract the largest after `np.exp`, and that changes the shares. "
                    "Subtract it from the *scores*, before `np.exp`: there a difference becomes a "
                    "factor, and the factor cancels.",
                )
                for value in (_subtracted_after_exp, _subtracted_above_the_bar)
            ),
            Mistake(
                "minus-sign",
                lambda z, t: dl.softmax(-z, t),
                "The largest score gets the smallest probability: there is a minus too many.",
            ),
            Mistake(
                "largest-only",
                lambda z, t: dl.softmax(z, t).max(axis=1),
                "Only the largest probability of each row comes back. Return the whole table.",
            ),
            Mistake(
                "logarithm",
                lambda z, t: dl.log_softmax(z, t),
                "These are logarithms of probabilities: they are negative. Take `np.exp` of them.",
                nearly=True,
            ),
        ],
        praise="It holds for scores of 2,000, too, where most first versions give NaN.",
        otherwise="Try this row by hand: the scores 2, 1, 0 at T = 2 should give "
        f"{', '.join(f'{p:.2f}' for p in dl.softmax(scores[0], 2.0))}.",
        hints=[
            "The formula above the cell, from the inside out: divide, `np.exp`, divide by a sum. "
            "The sum of what: of a row, or of the whole table?",
            "`z = scores / temperature`, then subtract `z.max(axis=1, keepdims=True)`: `axis=1` "
            "works along each row, `keepdims=True` makes a column that lines up. Subtracting m "
            "divides every power of the row by the same e^m, above and below the bar.",
            "With `powers = np.exp(z)` one step is left: divide `powers` by their own sum over "
            "each row, written the same way as the largest above.",
        ],
    )


def _powers(z: np.ndarray, t: float, axis: int) -> np.ndarray:
    return np.exp((z - z.max(axis=axis, keepdims=True)) / t)


def _after_subtracting(z: np.ndarray, subtracted: np.ndarray, t: float) -> np.ndarray:
    return _parts_of(np.exp((z - subtracted) / t), axis=1)


def _subtracted_after_exp(z: np.ndarray, t: float) -> np.ndarray:
    powers = np.exp(z / t)
    return _parts_of(powers - powers.max(axis=1, keepdims=True), axis=1)


def _subtracted_above_the_bar(z: np.ndarray, t: float) -> np.ndarray:
    powers = np.exp(z / t)
    return (powers - powers.max(axis=1, keepdims=True)) / powers.sum(axis=1, keepdims=True)


def _parts_of(powers: np.ndarray, axis: int) -> np.ndarray:
    return powers / powers.sum(axis=axis, keepdims=True)


# --- 2. loss and gradient ---------------------------------------------------------------------
def _tables() -> list[tuple[np.ndarray, np.ndarray, float]]:
    random = np.random.default_rng(0)
    tables = [random.normal(0, 2, (4, 3)).round(2) for _ in range(4)]
    return [(tables[0], tables[1], 2.0), (tables[2], tables[3], 5.0)]


def _loss(
    student: np.ndarray,
    teacher: np.ndarray,
    t: float,
    *,
    factor: Callable = np.square,
    over: Callable = np.mean,
    student_t: float | None = None,
    teacher_t: float | None = None,
) -> float:
    """Return the loss, or with other arguments the loss with one mistake in it."""
    p, q = dl.softmax(teacher, teacher_t or t), dl.softmax(student, student_t or t)
    return factor(t) * over((p * (np.log(p) - np.log(q))).sum(axis=1))


def _bracket_missing(student: np.ndarray, teacher: np.ndarray, t: float) -> float:
    p, q = dl.softmax(teacher, t), dl.softmax(student, t)
    return t**2 * (p * np.log(p) - np.log(q)).sum(axis=1).mean()


def _distillation_loss() -> Exercise:
    return TableFunction(
        id="distillation-loss",
        section="2. A loss for learning from doubts",
        right=_loss,
        calls=_tables(),
        mistakes=[
            Mistake(
                "no-t-squared",
                lambda s, t, temp: _loss(s, t, temp, factor=lambda _: 1.0),
                "{answer} lacks the factor T squared. Without it a high temperature would make "
                "the loss very small, and the student would learn nothing from it.",
            ),
            Mistake(
                "t-not-squared",
                lambda s, t, temp: _loss(s, t, temp, factor=float),
                "{answer} has the factor T. It should be T *squared*.",
            ),
            Mistake(
                "doubled-not-squared",
                lambda s, t, temp: _loss(s, t, temp, factor=lambda t: 2 * t),
                "Your factor is 2T, which is right for T = 2 only. It should be T *squared*: a "
                "power is written `**`.",
            ),
            Mistake(
                "swapped",
                lambda s, t, temp: _loss(t, s, temp),
                "{answer} is the divergence from student to teacher: the two have changed places. "
                "p, in front of the bracket, is the teacher's.",
            ),
            Mistake(
                "minus-sign",
                lambda s, t, temp: -_loss(s, t, temp),
                "{answer} has the right size, but a loss is never below 0: ln p comes first, then "
                "minus ln q.",
                nearly=True,
            ),
            Mistake(
                "sum-not-mean",
                lambda s, t, temp: _loss(s, t, temp, over=np.sum),
                "{answer} is the sum over the rows; the loss is their mean.",
            ),
            Mistake(
                "sum-without-t",
                lambda s, t, temp: _loss(s, t, temp, factor=lambda _: 1.0, over=np.sum),
                "The logarithms are right. Two things of the formula are missing: the mean over "
                "rows, and the factor in front.",
            ),
            Mistake(
                "one-per-row",
                lambda s, t, temp: _loss(s, t, temp, over=np.asarray),
                "Right for each row. One number is asked for: the mean over the rows.",
                nearly=True,
            ),
            Mistake(
                "mean-of-everything",
                lambda s, t, temp: _loss(s, t, temp) / np.shape(s)[1],
                "{answer} is the mean over all cells. Add up the classes of each row first "
                "(`axis=1`), then take the mean over rows.",
            ),
            Mistake(
                "columns-not-rows",
                lambda s, t, temp: _loss(s, t, temp, over=np.sum) / np.shape(s)[1],
                "{answer} adds up over images and takes the mean over classes. It is the other "
                "way round: add up over `axis=1`, the classes, then take the mean.",
            ),
            Mistake(
                "cross-entropy",
                lambda s, t, temp: (
                    temp**2 * dl.cross_entropy(dl.softmax(t, temp), dl.softmax(s, temp))
                ),
                "{answer} is the cross-entropy: it lacks the teacher's part, `p * log(p)`. The "
                "gradient is the same, but equal models should have a loss of 0.",
            ),
            Mistake(
                "bracket-missing",
                _bracket_missing,
                "p multiplies the whole bracket, both logarithms: `p * (... - ...)`.",
            ),
            Mistake(
                "student-not-softened",
                lambda s, t, temp: _loss(s, t, temp, student_t=1),
                "{answer} compares the teacher at T with the student at 1. Both are softened.",
            ),
            Mistake(
                "teacher-not-softened",
                lambda s, t, temp: _loss(s, t, temp, teacher_t=1),
                "{answer} compares the teacher at 1 with the student at T. Both are softened.",
            ),
            Mistake(
                "nobody-softened",
                lambda s, t, temp: _loss(s, t, temp, student_t=1, teacher_t=1),
                "{answer} compares both at T = 1. Both are softened, by the T that is given.",
            ),
            Mistake(
                "another-logarithm",
                lambda s, t, temp: _loss(s, t, temp) / np.log(2),
                "{answer} is in logarithms to the base 2. ln is the natural one: `np.log`.",
                nearly=True,
            ),
            Mistake(
                "another-logarithm",
                lambda s, t, temp: _loss(s, t, temp) / np.log(10),
                "{answer} is in logarithms to the base 10. ln is the natural one: `np.log`.",
                nearly=True,
            ),
            Mistake(
                "scores-not-probabilities",
                lambda s, t, temp: np.nan,
                "This is NaN: the logarithm of a negative number. p and q are probabilities, so "
                "both tables go through the softmax first.",
            ),
        ],
        praise="It is zero when both agree, and at T = 1 it is the plain divergence.",
        otherwise="Three tests: for a student with the teacher's scores it should be 0; it should "
        "not change when every row comes twice; and the factor should be 1 at T = 1, 16 at T = 4.",
        hints=[
            "Write the formula from the inside out: two logarithms, their difference, times p, "
            "a sum over classes, a mean over rows, the factor.",
            "`p` is the teacher's softmax at T, `q` the student's at the same T. ln is `np.log`; "
            "the sum over classes is `.sum(axis=1)`.",
            "`terms = p * (np.log(p) - np.log(q))` is a table with one row per image. The sum of "
            "each row, the mean of these sums, and T squared are left.",
        ],
    )


def _gradient(
    student: np.ndarray,
    teacher: np.ndarray,
    t: float,
    *,
    factor: Callable = float,
    rows: float | None = None,
    student_t: float | None = None,
) -> np.ndarray:
    """Return the gradient, or with other arguments the gradient with one mistake in it."""
    gap = dl.softmax(student, student_t or t) - dl.softmax(teacher, t)
    return factor(t) * gap / (rows or len(gap))


def _find_the_bug() -> Exercise:
    def upside_down(t: float) -> float:
        return 1 / t

    return TableFunction(
        id="find-the-bug",
        section="2. A loss for learning from doubts",
        right=_gradient,
        calls=_tables(),
        tolerance=1e-5,  # of numbers of 32 bits some digits cancel in the difference
        mistakes=[
            Mistake(
                "as-given",
                lambda s, t, temp: _gradient(t, s, temp, factor=upside_down),
                "Both mistakes are still there. Compare the three lines with the formula, and "
                "with who p and q are.",
            ),
            Mistake(
                "divided-by-t",
                lambda s, t, temp: _gradient(s, t, temp, factor=upside_down),
                "Teacher and student are right now. One mistake is left: in the formula above "
                "the cell, T times (q - p) / n, T stands in another place than here.",
            ),
            Mistake(
                "swapped",
                lambda s, t, temp: _gradient(t, s, temp),
                "The temperature is right now. One mistake is left: from whose scores do p and q "
                "come? As it is, the student would move *away* from the teacher.",
            ),
            Mistake(
                "t-left-out",
                lambda s, t, temp: _gradient(s, t, temp, factor=lambda _: 1.0),
                "Teacher and student are right now. T stood on the wrong side of the fraction; "
                "now it has gone. It belongs above the bar.",
            ),
            Mistake(
                "t-squared-twice",
                lambda s, t, temp: _gradient(s, t, temp, factor=np.square),
                "T squared belongs to the loss. Its slope has T only: one T is used up by the "
                "softmax, which divides by it.",
            ),
            Mistake(
                "not-divided-by-rows",
                lambda s, t, temp: _gradient(s, t, temp, rows=1),
                "The loss is a mean over rows, so its slope in one score is divided by their "
                "number.",
            ),
            Mistake(
                "divided-by-cells",
                lambda s, t, temp: _gradient(s, t, temp, rows=np.size(s)),
                "n is the number of *rows*, `len(...)`. This is divided by the number of cells.",
            ),
            Mistake(
                "student-not-softened",
                lambda s, t, temp: _gradient(s, t, temp, student_t=1),
                "The student's softmax has lost its temperature. Both are softened by the same T.",
            ),
            Mistake(
                "mean-over-rows",
                lambda s, t, temp: _gradient(s, t, temp).sum(axis=0),
                "This adds up the rows. The slope has one number for every score: divide by n, "
                "but keep the table.",
            ),
        ],
        praise="You can find such mistakes without knowing the formula: change one score a little "
        "and see how much the loss moves.",
        otherwise="Compare with the formula in the text: T times (q - p), divided by n.",
        hints=[
            "Two sentences above: which letter is the teacher, which the student? And on which "
            "side of the fraction bar is T?",
            "One mistake is in the two lines with softmax, the other in the line with `return`.",
            "In the classmate's softmax lines something has changed places. In the last line one "
            "sign of arithmetic, in front of `temperature`, has to be another.",
        ],
    )


# --- 3. and 4. what the students reach --------------------------------------------------------
def _no_labels() -> Exercise:
    runs = data.load("distillation_runs").query("experiment == 'sources' and hidden == 16")
    table = 100 * runs.pivot(index="seed", columns="source", values="accuracy")
    soft, few = table["soft answers"], table["few labels"]
    return InParts(
        id="no-labels",
        section="3. A student without labels",
        right=None,
        parts={
            "gain_points": _gain(table, soft - few),
            "gain_error": _gain_error(soft, few),
        },
        praise="A gain many times its standard error: that one may be reported. Below about twice "
        "the error it might be chance.",
        hints=[
            "Two columns of `by_source`. When you subtract one from the other, pandas lines the "
            "seeds up for you.",
            "`differences = 100 * (... - ...)` with those two columns: one number per seed. The "
            "first answer is their mean.",
            "The second answer is `differences.std()` divided by a square root, "
            "`np.sqrt(...)`, of how many differences there are.",
        ],
    )


def _gain(table: pd.DataFrame, difference: pd.Series) -> Exercise:
    few, mean = table["few labels"], float(difference.mean())
    return Exercise(
        id="gain_points",
        right=mean,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "fractions",
                mean / 100,
                "right as a fraction. Percentage points are asked for: times 100, here and in "
                "the error.",
                nearly=True,
            ),
            Mistake(
                "backwards",
                -mean,
                "the size is right; the sign says that soft answers are worse. Subtract few "
                "labels from soft answers.",
                nearly=True,
            ),
            Mistake(
                "rounded-to-the-text",
                round(mean, 1),
                "{answer} is the rounded figure of the text. Compute it from `by_source`, and do "
                "not round.",
                nearly=True,
            ),
            Mistake(
                "against-all-labels",
                float((table["soft answers"] - table["all labels"]).mean()),
                "this compares with *all* labels. Asked is the student with few.",
            ),
            Mistake(
                "hard-answers",
                float((table["hard answers"] - few).mean()),
                "this is the gain of *hard* answers. Take the column of soft answers.",
            ),
            Mistake(
                "one-seed",
                float(difference.iloc[0]),
                "this gain is that of one seed alone. Take the mean over all of them.",
            ),
            Mistake(
                "no-mean-yet",
                difference,
                "these are the differences of all seeds. Store their mean.",
            ),
            Mistake(
                "relative",
                float(100 * (table["soft answers"] / few - 1).mean()),
                "{answer} is the gain in per cent of the other student. Percentage points are a "
                "difference: subtract.",
            ),
        ],
        otherwise="Make a column of differences, one per seed, times 100. Then its mean.",
    )


def _gain_error(soft: pd.Series, few: pd.Series) -> Exercise:
    difference = soft - few
    right, seeds = float(difference.sem()), len(difference)
    return Exercise(
        id="gain_error",
        right=right,
        tolerance=1e-3,
        mistakes=[
            Mistake(
                "error-as-a-fraction",
                right / 100,
                "right as a fraction; percentage points are asked for here, too.",
                nearly=True,
            ),
            Mistake(
                "rounded-to-the-text",
                round(right, 1),
                "{answer} is the rounded figure of the text. Compute it, and do not round.",
                nearly=True,
            ),
            Mistake(
                "sd-not-se",
                float(difference.std()),
                "{answer} is the standard *deviation* of single seeds. Divide it by the square "
                "root of their number.",
            ),
            Mistake(
                "divided-by-n",
                float(difference.std() / seeds),
                "divided by the number of seeds. It should be by the *square root* of it.",
            ),
            Mistake(
                "n-not-n-minus-1",
                float(difference.std(ddof=0) / np.sqrt(seeds)),
                "almost: `np.std` divides by n. Of a sample of seeds take `.std()` of pandas, "
                "which divides by n - 1.",
                nearly=True,
            ),
            Mistake(
                "not-paired",
                float(np.hypot(soft.sem(), few.sem())),
                "this treats the two students as strangers, but each pair shares its shuffle. "
                "Take the difference seed by seed first.",
            ),
            Mistake(
                "difference-of-errors",
                float(soft.sem() - few.sem()),
                "{answer} is a difference of two errors. Take the standard deviation of the "
                "differences.",
            ),
        ],
        otherwise="The standard deviation of the differences, divided by the square root of how "
        "many there are.",
    )


def _never_saw_a_3() -> Exercise:
    return _OneLetter(
        id="never-saw-a-3",
        section="4. The digit it never saw",
        right="c",
        options=tuple("abcd"),
        mistakes=[
            Mistake(
                "by-chance",
                "a",
                "Guessing would give about one 3 in ten, and the other digits would suffer. Here "
                "most 3s are read.",
            ),
            Mistake(
                "left-over",
                "b",
                "Every image whose label is 3 was removed. Besides, the teacher's digits for the "
                "same images teach almost nothing of 3s.",
            ),
            Mistake(
                "more-units",
                "d",
                "The temperature changes what is learned from, not the network: it has 16 hidden "
                "units at every T.",
            ),
        ],
        praise="This is called dark knowledge: present in the answers, hard to see at T = 1.",
        hints=[
            "In the temperature explorer of section 1 choose an 8 or a 5, and look at the bar "
            "of the 3.",
            "Move T from 1 to 4 and watch what happens to the small bars.",
            "The student sees no picture of a 3. What else that has to do with a 3 does it see, "
            "with every 8 and every 5?",
        ],
    )


# --- 5. kinds of distillation -----------------------------------------------------------------
def _which_distillation() -> Exercise:
    right = {
        "digits": "probabilities",
        "sums": "text",
        "R1-Distill-Qwen-7B": "text",
        "R1-Zero": "rewards",
        "Sky-T1": "text",
    }
    return OneWordEach(
        id="which-distillation",
        section="5. Nothing but a teacher's text",
        right=right,
        words=("probabilities", "text", "rewards"),
        about={
            "digits": "Its loss had p and q in it. What did the teacher give for each image?",
            "sums": "It was shown the characters that were written: not how sure the writer was, "
            "and no marks for its own tries.",
            "R1-Distill-Qwen-7B": "What was it that R1 wrote 800,000 times? It got nothing else: "
            "no probabilities, and no rewards.",
            "R1-Zero": "It had no teacher and tried by itself. What told it that an answer was "
            "right?",
            "Sky-T1": "What was it that QwQ wrote 17,000 times?",
        },
        praise="Texts are all that an outsider gets from a service, too.",
        hints=[
            "Ask of each line: did it see how sure a teacher was, what a teacher wrote, or only "
            "whether its own answer was right?",
            "Section 3 calls its source soft answers: what is soft about them? And what did the "
            "networks of section 5 read?",
            "One line has probabilities, three have text, one has rewards.",
        ],
    )


# --- 6. benchmarks ----------------------------------------------------------------------------
def _read_the_r1_table() -> Exercise:
    results = data.load("benchmark_results").query("table == 'r1-table-6'")
    first_try = results.query("metric == 'pass@1'").pivot(
        index="benchmark", columns="model", values="value"
    )
    aime, others = first_try.loc["AIME 2024"], first_try.drop(index="AIME 2024")
    distilled, by_rewards = "DeepSeek-R1-Distill-Qwen-32B", "DeepSeek-R1-Zero-Qwen-32B"
    points = aime[distilled] - aime[by_rewards]
    right = 30 * points / 100
    return Exercise(
        id="read-the-r1-table",
        section="6. What it did for R1's students",
        right=right,
        tolerance=1e-4,
        mistakes=[
            Mistake(
                "points-not-problems",
                points,
                "{answer} is the difference in percentage points. How many of 30 problems is that?",
            ),
            Mistake(
                "fraction",
                points / 100,
                "{answer} is the difference as a fraction of all problems. There are 30.",
            ),
            Mistake(
                "no-hundred",
                30 * points,
                "{answer} of 30 problems cannot be. Per cent are hundredths.",
                nearly=True,
            ),
            Mistake(
                "divided-by-30",
                points / 30,
                "{answer} is divided by 30. A share *of* 30 problems is multiplied.",
            ),
            Mistake(
                "one-model-alone",
                0.3 * aime[distilled],
                "{answer} is what the distilled model solves. Asked is how many *more* than the "
                "other.",
            ),
            Mistake(
                "against-qwq",
                0.3 * (aime[distilled] - aime["QwQ-32B-Preview"]),
                "{answer} compares with QwQ, which was trained otherwise. Take the model that "
                "learned by rewards.",
            ),
            *(
                Mistake(
                    "relative",
                    value,
                    "{answer} is relative to the other model. Asked is a number of problems.",
                )
                for value in (points / aime[by_rewards], aime[distilled] / aime[by_rewards])
            ),
            Mistake(
                "backwards",
                -right,
                "The size is right; *more* was asked, so the distilled model comes first.",
                nearly=True,
            ),
            Mistake(
                "whole-problems",
                float(round(right)),
                "Near. 72.6 % is no whole number of 30 problems, so the table holds means over "
                "several tries: keep the decimals.",
                nearly=True,
            ),
            *(
                Mistake(
                    "wrong-benchmark",
                    0.3 * (row[distilled] - row[by_rewards]),
                    f"{{answer}} comes from the row {name}. AIME 2024 is the first row.",
                )
                for name, row in others.iterrows()
            ),
        ],
        praise="Seven or eight problems of thirty. In the same paper, R1's own lead over OpenAI's "
        "o1 in this contest is a fifth of one problem.",
        otherwise="Take two numbers from the row AIME 2024 of the second table, subtract, and turn "
        "per cent into problems.",
        hints=[
            "The second table: the row AIME 2024, the columns with Distill and with R1-Zero.",
            "Subtract one from the other: that is a number of percentage points. It is not yet a "
            "number of problems.",
            "One per cent of 30 problems is 0.3 problems. How many per cent have you?",
        ],
    )


# --- 7. cost ----------------------------------------------------------------------------------
def _training_cost() -> Exercise:
    return InParts(
        id="training-cost",
        section="7. What does it cost?",
        right=None,
        parts={"v3_cost_usd": _cost(), "left_out": _left_out()},
        praise="5.576 million dollars of assumed rent: the famous six million.",
        hints=[
            "For the cost: two numbers in the text, one multiplication. A million is `1e6`.",
            "For each letter ask: is it paid by renting chips during the final run?",
            "Of the five letters two are stages of the final run, so they are in its hours. The "
            "other three are left out.",
        ],
    )


def _cost() -> Exercise:
    hours = data.load("ai_models").set_index("model").loc["DeepSeek-V3", "training_gpu_hours"]
    stages = data.load("training_stages")
    reported = stages["cost_usd"].sum()
    main = stages.query("stage == 'main training'")["gpu_hours"].iloc[0]
    right = costs.training_cost(hours, 2.0)
    return Exercise(
        id="v3_cost_usd",
        right=right,
        mistakes=[
            Mistake("millions", right / 1e6, "right in millions; dollars are asked for.", True),
            Mistake("thousands", right / 1e3, "right in thousands; dollars are asked for.", True),
            Mistake(
                "divided",
                hours / 2,
                "these are hours *divided* by the price. Each hour costs 2 dollars.",
            ),
            Mistake("no-price", hours, "these are the hours. Each costs 2 dollars."),
            Mistake(
                "main-training-only",
                2 * main,
                "this is the first stage alone. The text counts all stages of the final run.",
            ),
            Mistake(
                "r1-added",
                reported,
                "this holds the stages of R1, too, which were reported later. Asked is V3.",
            ),
            Mistake(
                "six-million",
                6e6,
                "this is the figure of the headlines. Compute it from hours and price.",
                nearly=True,
            ),
        ],
        otherwise="Hours times price: 2.788 million of one, 2 dollars of the other.",
    )


def _left_out() -> Exercise:
    return _Letters(
        id="left_out",
        right={"a", "c", "d"},
        mistakes=[
            Mistake(
                "stages-left-out",
                {"a", "b", "c", "d"},
                "the later stages are *in* the 2.788 million hours: look at the words 'all its "
                "stages included'.",
            ),
            Mistake("no-staff", {"a", "c"}, "one item is missing from the set: who did the work?"),
            Mistake(
                "chips-were-bought",
                {"a", "d"},
                "rent is not a purchase: which item is missing from the set?",
            ),
            Mistake(
                "research-included",
                {"c", "d"},
                "the hours are those of the *final* run. What came before it?",
            ),
            Mistake(
                "upside-down",
                {"b", "e"},
                "these are the two parts that the figure does hold; asked is what it leaves out.",
            ),
        ],
        otherwise="For each letter: is it paid by renting chips during the final run? Then it is "
        "in the figure, and not in the set.",
    )


@dataclass(frozen=True)
class _Letters(Exercise):
    """A set of letters; capitals, spaces and brackets do not matter."""

    def judge(self, answer: Any) -> Feedback:
        """Say how a set of single letters is written, then judge it as any other value."""
        letters = answer if isinstance(answer, (set, frozenset, list, tuple)) else ()
        letters = {str(plain_letter(letter)) for letter in letters}
        if not letters or not letters <= set("abcde"):
            text = 'a set of single letters is asked for, each in quotation marks: `{"a", "b"}`.'
            return self._say(KEEP_WORKING, text, "no-set-of-letters")
        return super().judge(letters)


def _wrapped(product: int) -> int:
    """Return what NumPy's integers of 64 bits make of a product that is too large for them."""
    return (product + 2**63) % 2**64 - 2**63


def _active_parameters() -> Exercise:
    models = data.load("ai_models").set_index("model")
    v3, qwen = models.loc["DeepSeek-V3"], models.loc["Qwen2.5-32B"]
    active, total, tokens = (
        float(v3[name]) for name in ("parameters_active", "parameters_total", "training_tokens")
    )
    return Exercise(
        id="active-parameters",
        section="7. What does it cost?",
        right=costs.training_operations(active, tokens),
        mistakes=[
            Mistake(
                "all-parameters",
                6 * total * tokens,
                "{answer} uses all 671 billion parameters. Only 37 billion of them work on each "
                "token.",
            ),
            Mistake(
                "idle-parameters",
                6 * (total - active) * tokens,
                "{answer} uses the parameters that do *not* work on a token. Take those that do.",
            ),
            Mistake(
                "no-six",
                active * tokens,
                "{answer} lacks the factor 6: two operations per parameter on the way forward, "
                "four on the way back.",
            ),
            Mistake(
                "integers-overflowed",
                _wrapped(6 * int(active) * int(tokens)),
                "{answer} is below 0: NumPy's whole numbers end at 9.2e18, and the product went "
                "round. Write the numbers with a decimal point or an e, such as 37e9.",
                nearly=True,
            ),
            Mistake(
                "no-tokens",
                6 * active,
                "{answer} is the work for one token. How many tokens were there?",
            ),
            Mistake(
                "forward-only",
                2 * active * tokens,
                "{answer} counts the way forward only, as for answering. Training goes back, too.",
            ),
            Mistake(
                "hours-for-tokens",
                6 * active * v3["training_gpu_hours"],
                "{answer} uses the GPU hours. The rule wants tokens.",
            ),
            Mistake(
                "billions-and-trillions",
                6 * active / 1e9 * tokens / 1e12,
                "{answer} has the right digits. A billion is 1e9 and a trillion 1e12: put them "
                "back.",
                nearly=True,
            ),
            *(
                Mistake(
                    "powers-of-ten",
                    6 * active * tokens / power,
                    "{answer} has the right digits, but is too small. A billion is 1e9, a "
                    "trillion 1e12.",
                    nearly=True,
                )
                for power in (1e3, 1e6, 1e9, 1e12)
            ),
            Mistake(
                "added",
                6 * active + tokens,
                "{answer} adds the tokens. Each token needs all those operations: multiply.",
            ),
            Mistake(
                "another-row",
                6 * float(qwen["parameters_active"]) * float(qwen["training_tokens"]),
                "{answer} is Qwen2.5-32B. Take the numbers of DeepSeek-V3.",
            ),
            Mistake(
                "copied-estimate",
                float(v3["training_compute_flop"]),
                "{answer} is Epoch AI's estimate, the last line of the table. Compute your own "
                "from the lines above it, and compare.",
            ),
        ],
        praise="Epoch AI's own estimate, made in another way, is 3.4e24.",
        otherwise="Three factors: 6, the active parameters, the tokens.",
        hints=[
            "The numbers of DeepSeek-V3 in the upper table of section 7, and the sentence above it "
            "on the mixture of experts.",
            "Which of the two lines of parameters counts what works on each token?",
            "One factor is `models.loc['DeepSeek-V3', 'training_tokens']`. Take the parameters "
            "in the same way, and do not forget the 6.",
        ],
    )
