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
    return 0.0 if answer is value else FAR


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


def shown(answer: Any) -> str:
    """Return an answer as a student would recognise it, in at most about sixty characters."""
    if isinstance(answer, (bool, np.bool_)):
        return str(bool(answer))
    if isinstance(answer, Number):
        return f"{answer:.6g}"
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray)):
        return f"a {type(answer).__name__} of shape {answer.shape}"
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
    if isinstance(value, pd.Series) and not isinstance(answer, pd.Series):
        return f"A pandas Series is asked for; this is {_kind(answer)}.", "wrong-type"
    if isinstance(value, pd.DataFrame) and not isinstance(answer, pd.DataFrame):
        return f"A pandas DataFrame is asked for; this is {_kind(answer)}.", "wrong-type"
    if isinstance(value, str) and not isinstance(answer, str):
        return f"A text in quotation marks is asked for; this is {_kind(answer)}.", "wrong-type"
    if hasattr(value, "__len__") and not hasattr(answer, "__len__"):
        return f"Several values are asked for; this is {_kind(answer)}.", "wrong-type"
    if hasattr(value, "__len__") and not isinstance(value, str) and len(answer) != len(value):
        return f"This has {len(answer)} entries; {len(value)} are asked for.", "wrong-length"
    return None


def _no_number(answer: Any) -> tuple[str, str] | None:
    if isinstance(answer, (pd.Series, pd.DataFrame)):
        text = f"This is {_kind(answer)}. Take the one number out of it, with `.loc` or `.iloc`."
        return text, "series-instead-of-number"
    if isinstance(answer, str):
        text = f"{shown(answer)} is text. Give a number without quotation marks or a % sign."
        return text, "text-instead-of-number"
    if not isinstance(answer, Number):
        return f"A number is asked for; this is {_kind(answer)}.", "wrong-type"
    if math.isnan(answer):
        return "This is NaN, not a number: look for a missing price or date.", "not-a-number"
    return None


def _kind(answer: Any) -> str:
    if isinstance(answer, (pd.Series, pd.DataFrame, np.ndarray)):
        return shown(answer)
    return f"of the type `{type(answer).__name__}`"
