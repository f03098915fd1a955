"""How far an answer is from a value, for every kind of value that an exercise may ask for."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence, Set
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

FAR = math.inf
DATES = (datetime.date, np.datetime64)


def is_missing(answer: Any) -> bool:
    """Tell whether an answer is a placeholder: ``...``, None, an empty text, or a tuple of them."""
    if isinstance(answer, tuple) and answer:
        return all(map(is_missing, answer))
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def distance(answer: Any, value: Any) -> float:
    """Return the largest relative difference between an answer and a value.

    Numbers are compared relative to ``value`` (absolutely, where that is zero); texts without
    regard to case and outer spaces; containers and pandas objects element by element, pandas ones
    by label. Returns infinity where the two are of a different kind or shape.
    """
    if isinstance(value, (bool, np.bool_)):
        return 0.0 if isinstance(answer, (bool, np.bool_)) and bool(answer) == bool(value) else FAR
    if isinstance(value, Number):
        return _between_numbers(answer, value)
    if isinstance(value, str):
        same = isinstance(answer, str) and answer.strip().lower() == value.strip().lower()
        return 0.0 if same else FAR
    if isinstance(value, DATES):
        return _between_dates(answer, value)
    if isinstance(value, pd.DataFrame):
        return _between_frames(answer, value)
    if isinstance(value, pd.Series):
        return _between_series(answer, value)
    if isinstance(value, Mapping):
        return _between_mappings(answer, value)
    if isinstance(value, Set):
        return 0.0 if isinstance(answer, (Set, list, tuple)) and set(answer) == value else FAR
    if isinstance(value, (Sequence, np.ndarray, pd.Index)):
        return _between_sequences(answer, value)
    return 0.0 if type(answer) is type(value) and answer == value else FAR


def _between_numbers(answer: Any, value: Any) -> float:
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    if not isinstance(answer, Number) or isinstance(answer, (bool, np.bool_)):
        return FAR
    if math.isnan(answer) or math.isnan(value):
        return 0.0 if math.isnan(answer) and math.isnan(value) else FAR
    if math.isinf(answer) or math.isinf(value):
        return 0.0 if answer == value else FAR
    return float(abs(answer - value) / (abs(value) or 1.0))


def _between_dates(answer: Any, value: Any) -> float:
    try:
        return 0.0 if pd.Timestamp(answer) == pd.Timestamp(value) else FAR
    except (TypeError, ValueError):
        return FAR


def _between_frames(answer: Any, value: pd.DataFrame) -> float:
    if not isinstance(answer, pd.DataFrame) or set(answer.columns) != set(value.columns):
        return FAR
    return _largest(_between_series(answer[name], value[name]) for name in value.columns)


def _between_series(answer: Any, value: pd.Series) -> float:
    if not isinstance(answer, pd.Series) or len(answer) != len(value):
        return FAR
    if not answer.index.is_unique or not value.index.is_unique:
        return _between_sequences(answer.to_numpy(), value.to_numpy())
    if not value.index.isin(answer.index).all():
        return FAR
    return _between_sequences(answer.reindex(value.index).to_numpy(), value.to_numpy())


def _between_mappings(answer: Any, value: Mapping) -> float:
    if isinstance(answer, pd.Series):
        answer = answer.to_dict()
    if not isinstance(answer, Mapping) or set(answer) != set(value):
        return FAR
    return _largest(distance(answer[key], value[key]) for key in value)


def _between_sequences(answer: Any, value: Any) -> float:
    if isinstance(answer, (str, bytes)) or not hasattr(answer, "__len__"):
        return FAR
    if isinstance(answer, (Mapping, Set, pd.DataFrame)) or len(answer) != len(value):
        return FAR
    return _largest(distance(one, other) for one, other in zip(answer, value, strict=True))


def _largest(distances: Any) -> float:
    return max(distances, default=0.0)


def scaled(value: Any, factor: float) -> Any:
    """Multiply every number of a value; None where it holds something else, such as a text."""
    if isinstance(value, (list, tuple)):
        parts = [scaled(one, factor) for one in value]
        return None if any(part is None for part in parts) else parts
    if isinstance(value, (pd.Series, pd.DataFrame, np.ndarray)):
        return value * factor if _numeric(value) else None
    if isinstance(value, Number) and not isinstance(value, (bool, np.bool_)):
        return value * factor
    return None


def _numeric(value: Any) -> bool:
    """Tell whether all of an array or pandas object are numbers (True and False are not)."""
    kinds = np.atleast_1d(getattr(value, "dtypes", value.dtype))
    return all(getattr(kind, "kind", "") in "iuf" for kind in kinds)


def rounded(answer: Any, value: Any) -> bool:
    """Tell whether an answer is ``value`` with every number rounded to two digits or more."""
    if isinstance(value, (list, tuple)):
        if isinstance(answer, (str, Mapping, Set)) or distance(answer, value) == FAR:
            return False
        return all(rounded(one, other) for one, other in zip(answer, value, strict=True))
    if isinstance(value, pd.Series) and distance(answer, value) < FAR:
        return rounded(list(answer.reindex(value.index)), list(value))
    if not isinstance(value, Number):
        return distance(answer, value) == 0
    return distance(answer, value) < FAR and float(answer) in _roundings(float(value))


def _roundings(value: float) -> set[float]:
    """Return a number and its roundings that keep two digits or more."""
    if value == 0 or not math.isfinite(value):
        return {value}
    size = math.floor(math.log10(abs(value)))
    return {value} | {round(value, digits) for digits in range(max(0, 1 - size), 10 - size)}


def shown(answer: Any) -> str:
    """Return an answer as a student would recognise it, in at most about sixty characters."""
    if isinstance(answer, (bool, np.bool_)):
        return str(bool(answer))
    if isinstance(answer, Number):
        return f"{answer:.6g}"
    if isinstance(answer, pd.Series) and 0 < len(answer) <= 5 and _numeric(answer):
        return f"a Series with the values {', '.join(map(shown, answer))}"
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray)):
        return _kind(answer)
    if isinstance(answer, tuple) and answer and all(isinstance(one, Number) for one in answer):
        return f"({', '.join(map(shown, answer))})"
    text = f'"{answer}"' if isinstance(answer, str) else repr(answer)
    return text if len(text) <= 60 else f"{text[:57]}..."


def misfit(answer: Any, value: Any) -> tuple[str, str] | None:
    """Say in words that an answer is of another kind than ``value``.

    Returns
    -------
    tuple or None
        Message and name of the slip, or None where kind and shape are those of ``value``.
    """
    if isinstance(value, Number) and not isinstance(value, bool):
        return _no_number(answer)
    if isinstance(value, Set):
        return _no_set(answer)
    if isinstance(value, Mapping):
        return _no_mapping(answer, value)
    if isinstance(value, pd.Series) and not isinstance(answer, pd.Series):
        return f"A pandas Series is asked for; this is {_kind(answer)}.", "wrong-type"
    if isinstance(value, pd.DataFrame) and not isinstance(answer, pd.DataFrame):
        return f"A pandas DataFrame is asked for; this is {_kind(answer)}.", "wrong-type"
    if isinstance(value, str) and not isinstance(answer, str):
        return f"A text in quotation marks is asked for; this is {_kind(answer)}.", "wrong-type"
    if hasattr(value, "__len__") and not hasattr(answer, "__len__"):
        return f"Several values are asked for; this is {_kind(answer)}.", "wrong-type"
    if not hasattr(value, "__len__") or isinstance(value, str):
        return None
    if isinstance(answer, Mapping):
        text = "Values in brackets are asked for, as in `(1, 2)`; this is a dictionary."
        return text, "wrong-type"
    if len(answer) != len(value):
        return f"This has {_entries(answer)}; {len(value)} are asked for.", "wrong-length"
    return _misfit_inside(answer, value)


def _misfit_inside(answer: Any, value: Any) -> tuple[str, str] | None:
    """Say which entry of several is of another kind; labels that differ come first."""
    if isinstance(value, pd.Series):
        missing = value.index[~value.index.isin(answer.index)]
        if len(missing):
            text = f"The labels of your Series are {_labels(answer)}; {missing[0]!r} is missing."
            return text, "wrong-labels"
        if not answer.index.is_unique:
            return None
        answer = answer.reindex(value.index)
        names = [f"the entry `{label}`" for label in value.index]
        answer, value = list(answer), list(value)
    elif isinstance(value, (list, tuple)) and isinstance(answer, (list, tuple, np.ndarray)):
        names = [f"number {k} of {len(value)}" for k in range(1, len(value) + 1)]
    else:
        return None
    return _misfit_entry(names, answer, value)


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
        text = f"A dictionary is asked for, as in `{{{first}: ...}}`; this is {_kind(answer)}."
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
        text = f"A set is asked for; this is {_kind(answer)}. Put the column into `set(...)`."
        return text, "series-instead-of-set"
    text = f"A set is asked for, as in `{{'one', 'another'}}`; this is {_kind(answer)}."
    return text, "wrong-type"


def _entries(answer: Any) -> str:
    count = "1 entry" if len(answer) == 1 else f"{len(answer)} entries"
    if not isinstance(answer, pd.Series) or answer.index.nlevels > 1 or answer.empty:
        return count
    return f"{count} ({_labels(answer)})"


def _labels(answer: pd.Series) -> str:
    first, last = answer.index[0], answer.index[-1]
    return f"{first}" if len(answer) == 1 else f"{first} to {last}"


def _no_number(answer: Any) -> tuple[str, str] | None:
    if isinstance(answer, (pd.Series, pd.DataFrame)):
        text = f"This is {_kind(answer)}. Take the one number out of it, with `.loc` or `.iloc`."
        return text, "series-instead-of-number"
    if isinstance(answer, str):
        text = f"{shown(answer)} is text. Give a number without quotation marks or a % sign."
        return text, "text-instead-of-number"
    if isinstance(answer, (datetime.timedelta, np.timedelta64)):
        text = "This is a length of time. Take the number of days out of it: `.days`."
        return text, "timedelta-instead-of-days"
    if answer is ...:
        return "The dots `...` are still there: put a number in their place.", "unfinished"
    if not isinstance(answer, Number):
        return f"A number is asked for; this is {_kind(answer)}.", "wrong-type"
    if math.isnan(answer):
        text = (
            "This is NaN, not a number. It comes from a missing value, or from the root or the "
            "logarithm of a negative number."
        )
        return text, "not-a-number"
    return None


def _kind(answer: Any) -> str:
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray)):
        article = "an" if isinstance(answer, np.ndarray) else "a"
        return f"{article} {type(answer).__name__} of shape {answer.shape}"
    return f"of the type `{type(answer).__name__}`"
