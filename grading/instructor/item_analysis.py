"""Item analysis: how hard each exercise was, and whether it told students apart.

Classical test theory, with the names and definitions of Moodle's quiz statistics
(https://docs.moodle.org/dev/Quiz_statistics_calculations) and of the R package performance
(https://easystats.github.io/performance/reference/item_difficulty.html and
https://rdrr.io/cran/performance/man/item_discrimination.html).
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def difficulty(marks: pd.DataFrame, most: pd.Series) -> pd.Series:
    r"""Return the difficulty (p value) of every exercise: mean points as a share of the most.

    .. math:: p_j = \bar{x}_j / m_j

    A high value is an easy exercise; Moodle calls it the facility index.

    Parameters
    ----------
    marks
        Points, shape (students, exercises); NaN is "not marked yet" and does not count.
    most
        The most points of every exercise.

    Returns
    -------
    Series
        From 0 (nobody got a point) to 1, by exercise; NaN where nothing is marked, or where the
        exercise gives no points.
    """
    most = most.reindex(marks.columns)
    return marks.mean() / most.where(most > 0)


def discrimination(marks: pd.DataFrame) -> pd.Series:
    r"""Return the corrected item-total correlation of every exercise.

    .. math:: r_j = \operatorname{corr}\bigl(x_j, \textstyle\sum_{k \ne j} x_k\bigr)

    Pearson's correlation of the points in an exercise with the points in all *other* exercises:
    the exercise itself is taken out of the total, with which it would otherwise correlate for no
    reason but being part of it.

    Parameters
    ----------
    marks
        Points, shape (students, exercises). An exercise with a NaN takes no part in the totals of
        the others; its own correlation is over the students who have a mark in it.

    Returns
    -------
    Series
        From -1 to 1 by exercise; NaN where the points in the exercise, or in the rest, are all the
        same, or fewer than three students have a mark.
    """
    complete = marks.loc[:, marks.notna().all()]
    found = {}
    for name in marks.columns:
        rest = complete.drop(columns=name, errors="ignore").sum(axis=1)
        own = marks[name].dropna()
        found[name] = _correlation(own, rest.loc[own.index])
    return pd.Series(found, dtype=float)


def _correlation(one: pd.Series, other: pd.Series) -> float:
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
