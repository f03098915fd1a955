"""No answer whatever makes a check end in an error: every judge of every lesson, fed with oddities.

A student can store anything under the name that a check reads. The list below has a specimen of
every kind that came to mind; each is also put where a table's or a tuple's part should be.
"""

import datetime
import decimal
import fractions
import functools
import math
import re
import types
import warnings

import numpy as np
import pandas as pd
import pytest

from sputnik_moment import feedback
from sputnik_moment.feedback import KEEP_WORKING, MISSING, NEARLY, RIGHT, Exercise, Lesson, Mistake

LESSONS = (
    "start-here",
    "sputnik-moment",
    "distillation",
    "export-controls",
    "market-reaction",
    "after-the-shock",
    "claims-audit",
)


class Hostile:
    """Raises whatever is asked of it."""

    def _refuse(self, *_):
        raise RuntimeError("no")

    __eq__ = __ne__ = __lt__ = __repr__ = __str__ = __float__ = __int__ = __bool__ = _refuse
    __len__ = __iter__ = __getitem__ = __contains__ = __hash__ = __format__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __truediv__ = _refuse


class HostileFloat(float):
    """A number that cannot be computed with."""

    def __float__(self):
        raise RuntimeError("no")

    __repr__ = __format__ = __sub__ = __rsub__ = __float__


class SilentError(Exception):
    """An error that cannot be printed."""

    def __str__(self):
        raise RuntimeError("no")


def raises(*_):
    raise SilentError


def endless(*arguments):
    return endless(*arguments)


CYCLE = []
CYCLE.append(CYCLE)

DAY = np.timedelta64(3, "D")
PLAIN = [
    ..., None, "", "  ", "text", "\ud800", b"bytes", "1,5", True, np.True_, 0, -1, 10**400,
    -(10**5000),
    1e308, math.nan, math.inf, -math.inf, np.float16(2), np.longdouble(3), 1 + 2j, np.complex64(1),
    decimal.Decimal("0.1"), decimal.Decimal("NaN"), decimal.Decimal("sNaN"),
    decimal.Decimal("Infinity"), fractions.Fraction(1, 3), datetime.date(2025, 1, 27),
    datetime.datetime(2025, 1, 27), datetime.time(9), datetime.timedelta(days=3), DAY,
    np.timedelta64("NaT"), np.datetime64("2025-01-27"), np.datetime64("NaT"), pd.NaT, pd.NA,
    pd.Timestamp("2025-01-27", tz="UTC"), pd.Timedelta(days=3), pd.Period("2025-01"),
    pd.Interval(0, 1), np.ma.masked, object(), NotImplemented, Hostile(), HostileFloat(1),
    Exception("no"), SilentError(), slice(1, 2), range(3), memoryview(b"ab"),
]  # fmt: skip
SEVERAL = [
    (), [], {}, set(), frozenset({1}), (1,), (1, 2), [1, 2, 3], [[1, 2], [3]], [[1, 2], [3, 4]],
    (..., 1), (None, ...), (math.nan, "a"), ({}, []), {"a": ...}, {1: 2}, {"a": {"b": [1]}}, CYCLE,
    {(1, 2), "a", None}, {"a", 1, 2.5}, [Hostile()], (Hostile(), Hostile()), {"a": Hostile()},
    (decimal.Decimal(1), fractions.Fraction(1, 2)), (DAY, DAY), (pd.NaT, pd.NA), "ab", b"ab",
    np.array(1.5), np.array(DAY), np.array(None), np.array("b"), np.array([]), np.array([1, 2]),
    np.array([[1.0, 2.0]]), np.zeros((2, 3)), np.array([DAY, DAY]),
    np.array([1, "a"], dtype=object),
    np.array([[1], [1, 2]], dtype=object), np.ma.masked_array([1.0, 2.0], [True, False]),
    np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), np.array(["a", "b"]), np.eye(2) * 1j,
    np.random.default_rng(0), pd.Index([1, 2]), pd.to_timedelta([1, 2], "D"),
    pd.MultiIndex.from_product([[1], [2, 3]]),
    pd.Series(dtype=float), pd.Series([1.0, 2.0]), pd.Series([DAY, DAY]), pd.Series(["a", None]),
    pd.Series([decimal.Decimal(1), fractions.Fraction(1, 2)]), pd.Series([1, pd.NA], dtype="Int64"),
    pd.Series([True, pd.NA], dtype="boolean"), pd.Series(["a", "b"], dtype="category"),
    pd.Series([1, 2], index=["a", "a"]), pd.Series([1, 2], index=[(1, 2), "a"]),
    pd.Series([1, 2], index=[[1, 1], [2, 3]]),
    pd.Series([1, 2], index=pd.to_datetime(["2025", "2026"])),
    pd.Series([[1], [2, 3]]), pd.Series([1 + 1j, 2]), pd.Series([Hostile(), 1], dtype=object),
    pd.DataFrame(), pd.DataFrame({"a": [1, 2]}), pd.DataFrame([[1, 2]], columns=["a", "a"]),
    pd.DataFrame({"a": [DAY, DAY]}), pd.DataFrame({"a": ["b", None]}),
    pd.Series([1.0]).groupby([0]),
]  # fmt: skip
CALLABLE = [
    print, len, int, dict, Hostile, type, lambda: 1, lambda *_: None, lambda *_: ..., raises,
    endless, math, types, np, functools.partial(max, 1), (one for one in (1, 2)), iter([1]),
    lambda *arguments: arguments[0], lambda *arguments: arguments[-1], lambda *_: print,
]  # fmt: skip
ODD = [*PLAIN, *SEVERAL, *CALLABLE]


def returning(answer):
    return lambda *_, **__: answer


def variants(exercise):
    """Yield every oddity, and for a function each as its result, for a tuple each as its part."""
    for odd in ODD:
        if parts := getattr(exercise, "parts", None):  # a lesson puts several names into a tuple
            yield (odd,) * len(parts)
            continue
        yield odd
        if exercise.calls:
            yield returning(odd)
        if isinstance(exercise.right, tuple):
            yield (odd, *exercise.right[1:])
            yield [*exercise.right[:-1], odd]
        if isinstance(exercise.right, dict):
            first = next(iter(exercise.right))
            yield exercise.right | {first: odd}
        if isinstance(exercise.right, pd.Series):
            yield pd.Series([odd] * len(exercise.right), index=exercise.right.index, dtype=object)


def described(answer):
    try:
        return repr(answer)
    except Exception:
        return type(answer).__name__


@pytest.mark.parametrize("slug", LESSONS)
def test_every_answer_gets_one_of_the_four_states(slug):
    check = feedback.lesson(slug)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, exercise in check.exercises.items():
            for answer in variants(exercise):
                verdict = check.judge(name, answer)
                assert verdict.state in (MISSING, KEEP_WORKING, NEARLY, RIGHT), described(answer)
                assert verdict.message.encode("utf-8"), (name, described(answer))
                # Only objects that refuse everything, and huge integers, may remain unread.
                if verdict.mistake == "unreadable":
                    assert re.search("RuntimeError: no|int too large", verdict.message), (
                        name,
                        described(answer),
                        verdict.message,
                    )


NUMBER = Exercise(id="number", right=0.25)
PAIR = Exercise(id="pair", right=(1966, 0.0441))
COUNTS = pd.Series([1.0, 2.0, 3.0], index=[2001, 2002, 2003])
SERIES = Exercise(id="series", right=COUNTS)
TABLE = Exercise(id="table", right={"a": 0.25, "b": 3})
NAMES = Exercise(
    id="names", right={"order-14179", "stargate"}, names=("order-14179", "stargate", "x")
)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (NUMBER, decimal.Decimal("0.25")),
        (NUMBER, fractions.Fraction(1, 4)),
        (NUMBER, np.array(fractions.Fraction(1, 4))),
        (PAIR, (decimal.Decimal(1966), fractions.Fraction(441, 10000))),
        (PAIR, np.array([1966, decimal.Decimal("0.0441")], dtype=object)),
        (SERIES, COUNTS.map(lambda one: fractions.Fraction(one))),
        (SERIES, COUNTS.map(lambda one: decimal.Decimal(one))),
        (TABLE, {"a": fractions.Fraction(1, 4), "b": decimal.Decimal(3)}),
    ],
)
def test_a_number_of_any_type_is_judged_like_a_float(exercise, answer):
    assert exercise.judge(answer).state == RIGHT


SPANS = pd.to_datetime(["1958-07-29", "1958-09-02"]) - pd.Timestamp("1957-10-04")


@pytest.mark.parametrize(
    ("exercise", "answer", "said"),
    [
        (NUMBER, DAY, "Divide it by one day"),
        (NUMBER, np.array(DAY), "Divide it by one day"),
        (NUMBER, datetime.timedelta(days=3), "`.days`"),
        (NUMBER, pd.Series(SPANS), "`.dt.days`"),
        (PAIR, SPANS, "`.days`"),
        (PAIR, pd.Series(SPANS), "`.dt.days`"),
        (PAIR, (DAY, DAY), "Look at number 1 of 2. This is a length of time."),
    ],
)
def test_of_a_length_of_time_the_days_are_asked_for(exercise, answer, said):
    verdict = exercise.judge(answer)
    assert verdict.mistake == "timedelta-instead-of-days"
    assert said in verdict.message


@pytest.mark.parametrize(
    ("exercise", "answer", "message"),
    [
        (PAIR, [1965, np.float64(0.05)], "You have [1965, 0.05]."),
        (PAIR, np.array([1966, 0.05]), "You have [1966, 0.05]."),
        (PAIR, {"a": 1, "b": 2}, "this is a dictionary"),
        (PAIR, "1966, 0.0441", "2 values are asked for; this is one text."),
        (PAIR, np.float64(1966), "this is a single number"),
        (PAIR, (1966e9, 0.0441e9), "You have (1.966e+12, 4.41e+07), a billion times too large"),
        (NUMBER, [0.25], "this is a list of 1 entry. Take the one out of it: `[0]`."),
        (SERIES, COUNTS * 100, "You have a Series with the values 100, 200, 300, 100 times"),
        (
            SERIES,
            COUNTS.rename(str),
            'The labels of your Series are text, "2001" to "2003"; numbers are asked for.',
        ),
        (SERIES, COUNTS.rename({2003: 2004}), "2001 to 2004; 2003 is missing."),
        (
            NAMES,
            {"stargate", "order 14179"},
            '"order 14179" is none of the names in the table. Do you mean "order-14179"?',
        ),
        (NAMES, {"x"}, 'You have {"x"}.'),
        (NUMBER, 24_587_001, "You have 24587001."),
        (NUMBER, 2.4587e12, "You have 2.4587e+12."),
    ],
)
def test_an_answer_is_quoted_as_the_student_would_write_it(exercise, answer, message):
    said = exercise.judge(answer).message
    assert message in said
    assert said[0].isupper() or not said[0].isalpha()


SLOPES = Exercise(id="slopes", right=(0.1971, 0.0836))
AMBIGUOUS = Exercise(
    id="ambiguous", right=(0.1971, 0.0836), mistakes=[Mistake("ends", (0.19, 0.12), "Ends only.")]
)
ROUND_ABOUT = Exercise(id="round-about", right=1.25)


@pytest.mark.parametrize(
    ("exercise", "answer", "mistake", "said"),
    [
        (SLOPES, (0.2, 0.1), "rounded", "Right, but rounded"),
        (SLOPES, np.array([0.2, 0.08]), "rounded", "Right, but rounded"),
        (AMBIGUOUS, (0.2, 0.1), "rounded", "the check cannot tell the right answer from others"),
        (AMBIGUOUS, (0.2, 0.08), "rounded", "Right, but rounded"),
        (PAIR, (1966, 0.04), "rounded", "Right, but rounded"),
        (ROUND_ABOUT, 1.2, None, "You have 1.2."),
        (ROUND_ABOUT, 1, None, "You have 1."),
        (ROUND_ABOUT, 1.252, "rounded", "differs from the right value by less than 0.5 %"),
        (Exercise(id="ratio", right=0.96), 1, None, "You have 1."),
        (Exercise(id="part", right=0.0473), 0.05, "rounded", "Right, but rounded"),
    ],
)
def test_right_but_rounded_is_said_where_it_can_be_told_apart(exercise, answer, mistake, said):
    verdict = exercise.judge(answer)
    assert verdict.mistake == mistake
    assert said in verdict.message


def test_a_single_letter_with_brackets_or_in_a_set_is_recognised():
    choice = Exercise(id="choice", right="b", options=("a", "b"))
    for answer in ("b)", "(a)", ["b"], {"a"}, "A."):
        assert "alone: quotation marks, and nothing else" in choice.judge(answer).message
    assert "Choose one of" in choice.judge(["a", "b"]).message


def test_the_net_catches_what_a_judge_cannot_read_and_names_it():
    verdict = Lesson("example", [NUMBER]).judge("number", Hostile())
    assert verdict.state == KEEP_WORKING
    assert verdict.message


def test_a_placeholder_behind_a_return_is_told_from_a_missing_return():
    function = Exercise(id="function", right=lambda x: (x, 1), calls=[(1,), (2,)])
    assert "still returns a placeholder" in function.judge(lambda x: (..., ...)).message
    assert "needs a `return`" in function.judge(lambda x: None).message
