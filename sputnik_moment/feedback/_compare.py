"""How far an answer is from a value, for every kind of value that an exercise may ask for."""

from __future__ import annotations

import datetime
import math
import types
from collections.abc import Collection, Mapping, Sequence, Set
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

FAR = math.inf
DATES = (datetime.date, np.datetime64)
SPANS = (datetime.timedelta, np.timedelta64)
LONGEST = 60  # characters of an answer that is quoted in a sentence
FACTORS = {
    100: ("per-cent", "100 times too large: is it in per cent, where a fraction is asked?"),
    0.01: ("fraction", "a hundredth of what is asked: is it a fraction, in place of per cent?"),
    1e3: ("unit", "1,000 times too large: is it in another unit?"),
    1e-3: ("unit", "a thousandth of what is asked: is it in another unit?"),
    1e6: ("unit", "a million times too large: is it in another unit?"),
    1e-6: ("unit", "a millionth of what is asked: is it in another unit?"),
    1e9: ("unit", "a billion times too large: is it in another unit?"),
    1e-9: ("unit", "a billionth of what is asked: is it in another unit?"),
}
"""Factors that come from a unit, with the name of the slip and what to say of the answer."""


KINDS = (
    ((bool, np.bool_), "True or False"),
    (str, "a text"),
    (SPANS, "a length of time"),
    (DATES, "a date"),
    (Mapping, "a dictionary"),
    (type(None), "None"),
    (types.FunctionType, "a function: brackets after its name call it"),
)


class _Unlike(Exception):
    """Two values are of a different kind or shape, so that no difference can be taken."""


def is_missing(answer: Any) -> bool:
    """Tell whether an answer is a placeholder: ``...``, None, an empty text, or a tuple of them."""
    if isinstance(answer, tuple) and answer:
        return all(map(is_missing, answer))
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def number(answer: Any) -> float | None:
    """Return a number of any type as a float; None for what is no number.

    Decimals, fractions and arrays without a dimension are numbers. Lengths of time are not, though
    NumPy counts them among its integers, and neither are True, False and complex numbers.
    """
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer[()]
    if isinstance(answer, (bool, np.bool_, np.timedelta64)):
        return None
    if not isinstance(answer, (Real, Decimal)):
        return None
    try:
        return float(answer)
    except OverflowError:
        return math.inf if answer > 0 else -math.inf
    except ValueError:  # a Decimal that stands for no number
        return math.nan
    except Exception:  # a student's own kind of number
        return None


def distance(answer: Any, value: Any) -> float:
    """Return the largest relative difference between an answer and a value.

    Numbers are compared relative to ``value`` (absolutely, where that is zero); texts without
    regard to case and outer spaces; containers and pandas objects element by element, pandas ones
    by label. Returns infinity where the two are of a different kind or shape.
    """
    return max((_gap(*pair) for pair in _like(answer, value)), default=0.0)


def _like(answer: Any, value: Any) -> list[tuple[float, float]]:
    """Return all pairs of numbers of two values; one infinitely distant pair where unlike."""
    try:
        return _pairs(answer, value)
    except Exception:  # students' objects may raise anything when they are compared
        return [(FAR, 0.0)]


def _gap(answer: float, value: float) -> float:
    if math.isnan(answer) or math.isnan(value):
        return 0.0 if math.isnan(answer) and math.isnan(value) else FAR
    if math.isinf(answer) or math.isinf(value):
        return 0.0 if answer == value else FAR
    return abs(answer - value) / (abs(value) or 1.0)


def _pairs(answer: Any, value: Any) -> list[tuple[float, float]]:
    """Return the numbers of an answer, each with the one of ``value`` that it should be.

    What is no number must be the same in both.

    Raises
    ------
    _Unlike
        If the two are of a different kind or shape, or differ in something that is no number.
    """
    if (wanted := number(value)) is not None:
        found = number(answer)
        _demand(found is not None)
        return [(found, wanted)]
    if isinstance(value, (bool, np.bool_)):
        _demand(isinstance(answer, (bool, np.bool_)) and bool(answer) == bool(value))
    elif isinstance(value, str):
        _demand(isinstance(answer, str) and answer.strip().lower() == value.strip().lower())
    elif isinstance(value, DATES):
        _demand(pd.Timestamp(answer) == pd.Timestamp(value))
    elif isinstance(value, pd.DataFrame):
        _demand(isinstance(answer, pd.DataFrame) and set(answer.columns) == set(value.columns))
        return _join((answer[name], value[name]) for name in value.columns)
    elif isinstance(value, pd.Series):
        return _pairs_of_series(answer, value)
    elif isinstance(value, Mapping):
        answer = answer.to_dict() if isinstance(answer, pd.Series) else answer
        _demand(isinstance(answer, Mapping) and set(answer) == set(value))
        return _join((answer[key], value[key]) for key in value)
    elif isinstance(value, Set):
        _demand(isinstance(answer, (Set, list, tuple)) and set(answer) == value)
    elif isinstance(value, (Sequence, np.ndarray, pd.Index)):
        _demand(not isinstance(answer, (str, bytes, Mapping, Set, pd.DataFrame)))
        _demand(len(answer) == len(value))
        return _join(zip(answer, value, strict=True))
    else:
        _demand(type(answer) is type(value) and answer == value)
    return []


def _pairs_of_series(answer: Any, value: pd.Series) -> list[tuple[float, float]]:
    _demand(isinstance(answer, pd.Series) and len(answer) == len(value))
    if answer.index.is_unique and value.index.is_unique:
        _demand(value.index.isin(answer.index).all())
        answer = answer.reindex(value.index)
    return _join(zip(answer.to_numpy(), value.to_numpy(), strict=True))


def _join(two: Any) -> list[tuple[float, float]]:
    return [pair for one, other in two for pair in _pairs(one, other)]


def _demand(condition: bool) -> None:
    if not condition:
        raise _Unlike


def factor(answer: Any, value: Any, tolerance: float) -> float | None:
    """Return the one of :data:`FACTORS` by which every number of an answer is too large, if any."""
    found = [pair for pair in _like(answer, value) if any(pair)]
    if not found:
        return None
    for times in FACTORS:
        if all(_gap(one, times * other) <= tolerance for one, other in found):
            return times
    return None


def rounded(answer: Any, value: Any, digits: int = 2) -> bool:
    """Tell whether an answer is ``value`` with its numbers rounded.

    Either every number keeps as many ``digits`` or more, or all are rounded to the same decimals
    and the largest keeps as many. With one digit a single number must lie within a tenth, and be no
    power of ten: such numbers are guesses as often as roundings.
    """
    found = _like(answer, value)
    if not found or not all(map(_finite_alike, found)):
        return False
    found = [pair for pair in found if math.isfinite(pair[1])]
    if digits == 1 and len(found) == 1:
        ((one, other),) = found
        if _gap(one, other) > 0.1 or not one or math.log10(abs(one)).is_integer():
            return False
    if len(found) == 1:
        return _is_rounding(*found[0], digits) and not _halfway(*found[0])
    if all(_is_rounding(*pair, digits) for pair in found):
        return True
    size = max((_size(other) for _, other in found if other), default=0)
    return any(
        all(_is_rounded_to(*pair, decimals) for pair in found)
        for decimals in range(max(0, digits - 1 - size), 10 - size)
    )


def _finite_alike(pair: tuple[float, float]) -> bool:
    return math.isfinite(pair[0]) or _gap(*pair) == 0


def _is_rounding(answer: float, value: float, digits: int) -> bool:
    """Tell whether a number is another, rounded to some decimals that leave it enough digits."""
    if not value:
        return not answer
    size = _size(value)
    decimals = range(max(0, digits - 1 - size), 10 - size)
    return _gap(answer, value) < 1e-12 or any(
        _is_rounded_to(answer, value, count) for count in decimals
    )


def _is_rounded_to(answer: float, value: float, decimals: int) -> bool:
    return abs(answer - round(value, decimals)) <= 1e-9 * abs(value)


def _halfway(answer: float, value: float) -> bool:
    """Tell whether a number is half a unit of its last digit away: 1.2 need be no rounded 1.25."""
    units = abs(answer - value) * 10.0 ** np.arange(16)
    return bool(np.isclose(units, 0.5, rtol=1e-6).any())


def _size(value: float) -> int:
    return math.floor(math.log10(abs(value)))


def shown(answer: Any) -> str:
    """Return an answer as a student would recognise it, in at most about sixty characters."""
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray, pd.Index)):
        text = _shown_array(answer)
    else:
        text = _shown(answer)
    text = text.encode("utf-8", "backslashreplace").decode()  # half characters cannot be sent
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _shown_array(answer: Any) -> str:
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        return _shown(answer[()])
    if answer.ndim != 1 or not 0 < len(answer) <= 5 or any(number(one) is None for one in answer):
        return kind(answer)
    values = ", ".join(map(_shown, answer))
    return f"a Series with the values {values}" if isinstance(answer, pd.Series) else f"[{values}]"


def _shown(answer: Any) -> str:
    if isinstance(answer, np.bool_):
        return str(bool(answer))
    if (value := number(answer)) is not None:
        whole = isinstance(answer, (int, np.integer)) and abs(value) < 1e9
        return str(int(answer)) if whole else f"{value:.6g}"
    if isinstance(answer, str):
        return f'"{answer}"'
    if isinstance(answer, pd.Timestamp) and not pd.isna(answer) and answer == answer.normalize():
        return f"{answer:%Y-%m-%d}"
    try:
        if type(answer) in (list, tuple, set, dict) and 0 < len(answer) <= LONGEST // 3:
            return _shown_inside(answer)
        return repr(answer)
    except Exception:  # a student's class may have a __repr__ that fails
        return f"an object of the type `{type(answer).__name__}`"


def _shown_inside(answer: Any) -> str:
    if isinstance(answer, dict):
        return f"{{{', '.join(f'{_part(key)}: {_part(one)}' for key, one in answer.items())}}}"
    inside = list(map(_part, answer))
    if isinstance(answer, set):
        return f"{{{', '.join(sorted(inside))}}}"
    if isinstance(answer, list):
        return f"[{', '.join(inside)}]"
    return f"({inside[0]},)" if len(inside) == 1 else f"({', '.join(inside)})"


def _part(answer: Any) -> str:
    # What is nested more deeply need not be quoted number by number, and may contain itself.
    return repr(answer) if isinstance(answer, (list, tuple, set, dict)) else shown(answer)


def misfit(answer: Any, value: Any) -> tuple[str, str] | None:
    """Say in words that an answer is of another kind than ``value``.

    Returns
    -------
    tuple or None
        Message and name of the slip, or None where kind and shape are those of ``value``.
    """
    if number(value) is not None:
        return _no_number(answer)
    if isinstance(value, Set):
        return _no_set(answer)
    if isinstance(value, Mapping):
        return _no_mapping(answer, value)
    if isinstance(value, pd.Series) and not isinstance(answer, pd.Series):
        return f"A pandas Series is asked for; this is {kind(answer)}.", "wrong-type"
    if isinstance(value, pd.DataFrame) and not isinstance(answer, pd.DataFrame):
        return f"A pandas DataFrame is asked for; this is {kind(answer)}.", "wrong-type"
    if isinstance(value, str) and not isinstance(answer, str):
        return f"A text in quotation marks is asked for; this is {kind(answer)}.", "wrong-type"
    if isinstance(value, str) or _length(value) is None:
        return None
    return _not_several(answer, value)


def _not_several(answer: Any, value: Any) -> tuple[str, str] | None:
    """Say that an answer is not as many values as ``value``, or which of them does not fit."""
    if isinstance(answer, (str, bytes)):
        text = f"{len(value)} values are asked for; this is one text. Leave out the quotation marks"
        return f"{text} around the whole.", "wrong-type"
    if isinstance(answer, Mapping):
        text = "Values in brackets are asked for, as in `(1, 2)`; this is a dictionary."
        return text, "wrong-type"
    if _length(answer) is None:
        return f"Several values are asked for; this is {kind(answer)}.", "wrong-type"
    if len(answer) != len(value):
        return f"This has {_entries(answer)}; {len(value)} are asked for.", "wrong-length"
    return _misfit_inside(answer, value)


def _misfit_inside(answer: Any, value: Any) -> tuple[str, str] | None:
    """Say which entry of several is of another kind; labels that differ come first."""
    if isinstance(value, pd.Series):
        missing = value.index[~value.index.isin(answer.index)]
        if len(missing):
            return _wrong_labels(answer, value, missing[0])
        if not answer.index.is_unique:
            return None
        answer = answer.reindex(value.index)
        names = [f"the entry `{label}`" for label in value.index]
        answer, value = list(answer), list(value)
    elif isinstance(value, (list, tuple)):
        if isinstance(answer, (Set, pd.DataFrame)):
            return None
        if all(number(one) is not None for one in value) and (span := _length_of_time(answer)):
            return span
        names = [f"number {k} of {len(value)}" for k in range(1, len(value) + 1)]
    else:
        return None
    return _misfit_entry(names, answer, value)


def _wrong_labels(answer: pd.Series, value: pd.Series, missing: Any) -> tuple[str, str]:
    found, wanted = _kind_of_label(answer.index[0]), _kind_of_label(value.index[0])
    text = "The labels of your Series are"
    if found == wanted:
        return f"{text} {_labels(answer)}; {_shown(missing)} is missing.", "wrong-labels"
    return f"{text} {found}, {_labels(answer)}; {wanted} are asked for.", "other-kind-of-label"


def _kind_of_label(label: Any) -> str:
    if isinstance(label, str):
        return "text"
    if isinstance(label, DATES):
        return "dates"
    return "numbers" if number(label) is not None else f"of the type `{type(label).__name__}`"


def _misfit_entry(names: Sequence, answers: Any, values: Any) -> tuple[str, str] | None:
    for name, one, other in zip(names, answers, values, strict=True):
        problem = misfit(one, other)
        # A gap where a gap belongs is no fault.
        if problem and distance(one, other) == FAR:
            return f"Look at {name}. {problem[0]}", problem[1]
    return None


def _no_mapping(answer: Any, value: Mapping) -> tuple[str, str] | None:
    if isinstance(answer, pd.Series):
        answer = answer.to_dict()
    if not isinstance(answer, Mapping):
        first = shown(next(iter(value), "name"))
        text = f"A dictionary is asked for, as in `{{{first}: ...}}`; this is {kind(answer)}."
        return text, "wrong-type"
    missing = [key for key in value if key not in answer]
    unknown = [key for key in answer if key not in value]
    if missing:
        instead = f", and {shown(unknown[0])} is none of the keys" if unknown else ""
        return f"The key {shown(missing[0])} is missing{instead}.", "wrong-keys"
    if unknown:
        return f"The key {shown(unknown[0])} is one too many.", "wrong-keys"
    names = [f"the entry {shown(key)}" for key in value]
    return _misfit_entry(names, [answer[key] for key in value], value.values())


def _no_set(answer: Any) -> tuple[str, str] | None:
    if isinstance(answer, (Set, list, tuple)):
        return None
    if isinstance(answer, (pd.Series, pd.Index, np.ndarray)):
        text = f"A set is asked for; this is {kind(answer)}. Put the column into `set(...)`."
        return text, "series-instead-of-set"
    text = f"A set is asked for, as in `{{'one', 'another'}}`; this is {kind(answer)}."
    return text, "wrong-type"


def _length(answer: Any) -> int | None:
    try:
        return len(answer)
    except Exception:  # classes and arrays without a dimension have a __len__ that fails
        return None


def _entries(answer: Any) -> str:
    count = "1 entry" if len(answer) == 1 else f"{len(answer)} entries"
    if not isinstance(answer, pd.Series) or answer.index.nlevels > 1 or answer.empty:
        return count
    return f"{count} ({_labels(answer)})"


def _labels(answer: pd.Series) -> str:
    first, last = shown(answer.index[0]), shown(answer.index[-1])
    return first if len(answer) == 1 else f"{first} to {last}"


def _no_number(answer: Any) -> tuple[str, str] | None:
    if span := _length_of_time(answer):
        return span
    if isinstance(answer, (pd.Series, pd.DataFrame)):
        text = f"This is {kind(answer)}. Take the one number out of it, with `.loc` or `.iloc`."
        return text, "series-instead-of-number"
    if isinstance(answer, str):
        text = f"{shown(answer)} is text. Give a number without quotation marks or a % sign."
        return text, "text-instead-of-number"
    if answer is ...:
        return "The dots `...` are still there: put a number in their place.", "unfinished"
    if any(answer is gap for gap in (None, pd.NA, pd.NaT, np.ma.masked)):
        return "This is a missing value; a number is asked for.", "not-a-number"
    if isinstance(answer, (complex, np.complexfloating)):
        text = (
            "This is a complex number: Python makes one of the root or the power of a negative "
            "number. An ordinary number is asked for."
        )
        return text, "complex-number"
    if (value := number(answer)) is None:
        take = (
            " Take the one out of it: `[0]`." if _length(answer) == 1 and _has_first(answer) else ""
        )
        return f"A number is asked for; this is {kind(answer)}.{take}", "wrong-type"
    if math.isnan(value):
        text = (
            "This is NaN, not a number. It comes from a missing value, or from the root or the "
            "logarithm of a negative number."
        )
        return text, "not-a-number"
    return None


def _has_first(answer: Any) -> bool:
    return isinstance(answer, (list, tuple, np.ndarray, pd.Index)) and number(answer[0]) is not None


def _length_of_time(answer: Any) -> tuple[str, str] | None:
    """Say of a length of time, or of an array of them, how the days are taken out of it."""
    spans = isinstance(answer, SPANS) or getattr(getattr(answer, "dtype", None), "kind", "") == "m"
    if not spans or answer is pd.NaT:
        return None
    take = 'Divide it by one day to get the number of days: `/ np.timedelta64(1, "D")`.'
    if isinstance(answer, (datetime.timedelta, pd.Index, pd.Series)):
        days = ".dt.days" if isinstance(answer, pd.Series) else ".days"
        take = f"Take the number of days out of it: `{days}`."
    text = f"This is a length of time. {take}"
    return text, "timedelta-instead-of-days"


def kind(answer: Any) -> str:
    """Say what an answer is, for the end of a sentence that begins with "this is"."""
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer[()]
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray)):
        article = "an" if isinstance(answer, np.ndarray) else "a"
        return f"{article} {type(answer).__name__} of shape {answer.shape}"
    if number(answer) is not None:
        return "a single number"
    for of, name in KINDS:
        if isinstance(answer, of):
            return name
    if isinstance(answer, Collection) and _length(answer) is not None:
        return f"a {type(answer).__name__} of {_entries(answer)}"
    return f"of the type `{type(answer).__name__}`"
