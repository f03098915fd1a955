"""Small parts that several explorers use: labelled controls, axis limits, numbers in words."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.text import Text

__all__ = [
    "choice",
    "limits",
    "long_date",
    "p_value",
    "percent",
    "percent_ticks",
    "row_names",
    "slider",
]


def choice(label: str, options: Sequence[tuple[str, Any]], value: Any) -> widgets.Dropdown:
    """Return a list to choose one of, with (text, value) options."""
    return widgets.Dropdown(options=options, value=value, description=label)


def slider(label: str, value: int, low: int, high: int) -> widgets.IntSlider:
    """Return a slider for whole numbers."""
    return widgets.IntSlider(value=value, min=low, max=high, description=label)


def row_names(axis: Axes, count: int) -> list[Text]:
    """Return `count` empty texts left of the axis, for rows at 0, 1, 2 and so on.

    They stand in the place of tick labels, of which thirty take half of the drawing time.
    """
    beside = axis.get_yaxis_transform()
    axis.set_yticks([])
    return [
        axis.text(-0.015, row, "", transform=beside, ha="right", va="center", size=9.5)
        for row in range(count)
    ]


def limits(values: Sequence[float], margin: float = 0.06) -> tuple[float, float]:
    """Return axis limits around `values`, a little apart even when they are all equal."""
    low, high = float(np.min(values)), float(np.max(values))
    space = margin * (high - low) or 0.01
    return low - space, high + space


def percent(value: float, digits: int = 2) -> str:
    """Write a fraction as a percentage: -0.16968 as ``-16.97 %``."""
    return f"{100 * value:.{digits}f} %"


def percent_ticks(*axes: Axis) -> None:
    """Label the ticks of axes of fractions in per cent, with as many digits as each needs.

    A fixed number of digits is wrong on some scale: ticks at 2.5 % would be called 2 %.
    """
    for axis in axes:
        axis.set_major_formatter(lambda value, _: f"{round(100 * value, 6) + 0:g} %")


def p_value(p: float) -> str:
    """Write a p-value: ``p = 0.0213``, or ``p < 0.0001``."""
    return f"p = {p:.4f}" if p >= 0.0001 else "p < 0.0001"


def long_date(day: pd.Timestamp) -> str:
    """Write a date: ``27 January 2025``."""
    return f"{day.day} {day:%B %Y}"
