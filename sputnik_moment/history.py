"""Reading history with data: counts, shares, real terms, trends, event time and scorecards.

Plain functions for lesson 01. Each takes and gives pandas objects, changes none of its
arguments, and refuses bad input with a message that says what to do next. Shares and changes are
fractions (0.0441 is 4.41 %), slopes are in units of the series per step of its index.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import fdtrc  # scipy.stats would add a second to every start

__all__ = [
    "Break",
    "Trend",
    "align",
    "break_test",
    "cohort_change",
    "continue_trend",
    "days_between",
    "event_window",
    "rank_sensitivity",
    "real_terms",
    "score_claims",
    "share",
    "stale_closes",
    "timing",
    "trend",
    "unchanged",
    "weight_grid",
    "yearly_counts",
    "years_from",
]


DAYS_PER_YEAR = 365.25

# Counting ---------------------------------------------------------------------------------------


def yearly_counts(
    dates: pd.Series | pd.DatetimeIndex,
    groups: pd.Series | np.ndarray | None = None,
    years: range | None = None,
) -> pd.DataFrame:
    """Count the rows of a log by calendar year and group, with a zero where nothing happened.

    Parameters
    ----------
    dates
        One date per row of the log, shape (n,).
    groups
        The group of each row (a country, say), shape (n,); None counts all rows as "all".
    years
        The years of the result; by default from the first to the last year of the log.

    Returns
    -------
    A frame of integers, one row per year (index ``year``), one column per group.

    Raises
    ------
    ValueError
        When there is no row, a date is missing, or the lengths differ.
    """
    if len(dates) == 0:
        raise ValueError("The log has no rows: check the filter that made it.")
    year = pd.DatetimeIndex(dates).year
    if year.isna().any():
        raise ValueError(f"{int(year.isna().sum())} dates are missing: drop or date those rows.")
    labels = np.full(len(year), "all", dtype=object) if groups is None else np.asarray(groups)
    if len(labels) != len(year):
        raise ValueError(f"{len(year)} dates but {len(labels)} groups: pass one group per date.")
    counts = pd.crosstab(pd.Index(year, name="year"), pd.Series(labels, name="group").to_numpy())
    counts.columns.name = "group"
    every_year = range(int(year.min()), int(year.max()) + 1) if years is None else years
    return counts.reindex(pd.Index(every_year, name="year"), fill_value=0)


# Money ------------------------------------------------------------------------------------------


def share(part: pd.Series | float, total: pd.Series | float) -> pd.Series | float:
    """Give a part as a fraction of its total (0.0441 is 4.41 %).

    Parameters
    ----------
    part
        The amount in question, in any unit of money.
    total
        The whole, in the same unit; pandas lines the two up by their index.

    Raises
    ------
    ValueError
        When a total is zero or negative, because a share of it means nothing.
    """
    if np.any(np.asarray(total, dtype=float) <= 0):
        raise ValueError("A total is zero or negative: check that part and total are not swapped.")
    return part / total


def real_terms(nominal: pd.Series, price_index: pd.Series, base: int) -> pd.Series:
    """Restate money of each year in the prices of one base year.

    ``nominal * index[base] / index``: the usual formula of national accounts. The base to which
    the index itself is scaled drops out.

    Parameters
    ----------
    nominal
        Money of each year, indexed by year.
    price_index
        Price level of each year, indexed by year, any scale.
    base
        The year whose prices the result is in.

    Raises
    ------
    ValueError
        When the base year is not in the index, or a year of ``nominal`` has no price.
    """
    if base not in price_index.index or pd.isna(price_index[base]):
        raise ValueError(f"The price index has no value for {base}: choose another base year.")
    prices = price_index.reindex(nominal.index)
    missing = list(nominal.index[prices.isna() & nominal.notna()])
    if missing:
        raise ValueError(f"No price level for {missing}: shorten the series or extend the index.")
    if (prices <= 0).any():
        raise ValueError("A price level is zero or negative: this is not a price index.")
    return nominal * price_index[base] / prices


# Trends -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trend:
    """A straight line through a series, by ordinary least squares.

    ``slope`` and ``standard_error`` are in units of the series per step of its index (per year);
    ``intercept`` is the value of the line at index 0; ``observations`` counts the points used.
    """

    slope: float
    intercept: float
    standard_error: float
    observations: int

    def at(self, x: np.ndarray | pd.Index | float) -> np.ndarray | float:
        """Give the height of the line at ``x``."""
        return self.intercept + self.slope * np.asarray(x, dtype=float)


@dataclass(frozen=True)
class Break:
    """Two trends, before and after a date, and Chow's test that they are one and the same line."""

    before: Trend
    after: Trend
    f_statistic: float
    p_value: float


def trend(series: pd.Series) -> Trend:
    """Fit a straight line to a series, index (years) against values, by least squares.

    Missing values are left out. Two points give a line without a standard error (NaN).

    Raises
    ------
    ValueError
        When fewer than two values are left.
    """
    known = series.dropna()
    if len(known) < 2:
        raise ValueError(f"A trend needs two values or more, and there are {len(known)}: widen it.")
    x, y = known.index.to_numpy(dtype=float), known.to_numpy(dtype=float)
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / spread)
    intercept = float(y.mean() - slope * x.mean())
    squares = float(((y - intercept - slope * x) ** 2).sum())
    error = (squares / (len(x) - 2) / spread) ** 0.5 if len(x) > 2 else float("nan")
    return Trend(slope, intercept, error, len(x))


def _squared_residuals(series: pd.Series, line: Trend) -> float:
    return float(((series - line.at(series.index)) ** 2).sum())


def break_test(series: pd.Series, last_before: int) -> Break:
    """Test whether one straight line is enough, or the line changes after a given year.

    Chow (1960): F = ((S - S1 - S2) / 2) / ((S1 + S2) / (n - 4)), with S, S1 and S2 the sums of
    squared residuals of the line through all points, those before and those after. It assumes
    independent errors of equal size, which yearly series rarely have: read a small p-value as a
    reason to look, and remember that it says nothing about what caused the change.

    Parameters
    ----------
    series
        Values indexed by year.
    last_before
        The last year that belongs to the time before the event.

    Raises
    ------
    ValueError
        When one side has fewer than three values.
    """
    known = series.dropna()
    before, after = known[known.index <= last_before], known[known.index > last_before]
    if min(len(before), len(after)) < 3:
        raise ValueError(
            f"{len(before)} values up to {last_before} and {len(after)} later: "
            "the test needs three on each side, so widen the window."
        )
    pooled, first, second = trend(known), trend(before), trend(after)
    apart = _squared_residuals(before, first) + _squared_residuals(after, second)
    together = _squared_residuals(known, pooled)
    freedom = len(known) - 4
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.divide((together - apart) / 2, apart / freedom)
    return Break(first, second, float(f), float(fdtrc(2, freedom, f)))


def continue_trend(series: pd.Series, last_before: int) -> pd.Series:
    """Draw the line of the years up to an event on through the years after it.

    It answers "what if nothing had changed?", and is only as good as the guess that the old line
    would have gone on.

    Parameters
    ----------
    series
        Values indexed by year.
    last_before
        The last year that the line is fitted to.

    Returns
    -------
    The height of the line in every year of the series, fitted years included.
    """
    line = trend(series[series.index <= last_before])
    return pd.Series(line.at(series.index), index=series.index, name="trend_continued")


def cohort_change(
    degrees: pd.Series, event_year: int, years_to_degree: int = 4, classes: int = 4
) -> float:
    """Compare the first classes that enrolled after an event with the last ones before it.

    A class that enters in the autumn of year y graduates in y + ``years_to_degree``. Students who
    entered in the event year itself had chosen before an event of October, so the first class
    that could respond entered a year later.

    Parameters
    ----------
    degrees
        Degrees awarded, indexed by the year of graduation.
    event_year
        Year of the event, which falls after the start of the academic year.
    years_to_degree
        Years from entry to degree.
    classes
        How many graduating classes to average on each side.

    Returns
    -------
    The change of the average class as a fraction (-0.05 is 5 % fewer).

    Raises
    ------
    ValueError
        When a class that is needed is not in the series.
    """
    last = event_year + years_to_degree
    needed = range(last - classes + 1, last + classes + 1)
    missing = [year for year in needed if year not in degrees.index or pd.isna(degrees[year])]
    if missing:
        raise ValueError(f"No degrees for the classes of {missing}: use fewer classes.")
    before = degrees.loc[last - classes + 1 : last].mean()
    after = degrees.loc[last + 1 : last + classes].mean()
    return float(after / before - 1)


# Event time -------------------------------------------------------------------------------------


def align(series: pd.Series, event: str | pd.Timestamp | int) -> pd.Series:
    """Renumber a series so that its first observation on or after an event is number 0.

    Parameters
    ----------
    series
        Values with a sorted index of dates (event is then a date) or of whole years
        (event is then a year).
    event
        When it happened. A day without trading moves on to the next trading day.

    Returns
    -------
    The same values with an integer index ``event_time`` (-1 is the last one before).

    Raises
    ------
    ValueError
        When the index is not sorted or the event lies outside the series.
    """
    if not series.index.is_monotonic_increasing or not series.index.is_unique:
        raise ValueError("Sort the series by its index, one value a date, before aligning it.")
    moment = pd.Timestamp(event) if isinstance(series.index, pd.DatetimeIndex) else event
    first, last = series.index[0], series.index[-1]
    if not first <= moment <= last:
        raise ValueError(f"The event {event} lies outside the series, {first} to {last}.")
    position = int(series.index.searchsorted(moment))
    numbers = pd.RangeIndex(-position, len(series) - position, name="event_time")
    return pd.Series(series.to_numpy(), index=numbers, name=series.name)


def event_window(
    series: pd.Series, event: str | pd.Timestamp | int, before: int, after: int
) -> pd.Series:
    """Cut out the observations from ``before`` steps before an event to ``after`` steps after it.

    Near the ends of the data the window is shorter than asked; look at its index.

    Raises
    ------
    ValueError
        When a length is negative, or as ``align`` does.
    """
    if before < 0 or after < 0:
        raise ValueError("Window lengths count steps on each side of the event: use 0 or more.")
    return align(series, event).loc[-before:after]


def years_from(series: pd.Series, event: str | pd.Timestamp) -> pd.Series:
    """Replace the dates of a series by years from an event, negative before it.

    Parameters
    ----------
    series
        Values indexed by date.
    event
        When it happened. A year counts 365.25 days.
    """
    days = (series.index - pd.Timestamp(event)).days
    return pd.Series(series.to_numpy(), index=pd.Index(days / DAYS_PER_YEAR, name="years"))


def days_between(start: str | pd.Timestamp, end: str | pd.Timestamp) -> int:
    """Count the days from one date to another: 1 from a day to the next, negative backwards."""
    return (pd.Timestamp(end).normalize() - pd.Timestamp(start).normalize()).days


def timing(dates: pd.Series, event: str | pd.Timestamp) -> pd.DataFrame:
    """Place dated measures in time: days from an event, and before, same day or after.

    "After" is a statement about the calendar. Whether the event caused the measure is another
    question, and dates alone cannot answer it; "before" does rule it out.

    Parameters
    ----------
    dates
        One date per measure, with the measures as index; a missing date stays missing.
    event
        Date of the event.

    Returns
    -------
    A frame with the index of ``dates`` and the columns ``days`` (nullable integer) and
    ``order`` ("before", "same day", "after" or missing).
    """
    days = (pd.to_datetime(dates) - pd.Timestamp(event)).dt.days.astype("Int64")
    words = {-1: "before", 0: "same day", 1: "after"}
    order = days.map(lambda d: pd.NA if pd.isna(d) else words[int(np.sign(d))])
    return pd.DataFrame({"days": days, "order": order})


# Suspicious prices ------------------------------------------------------------------------------


def unchanged(close: pd.Series) -> pd.Series:
    """Mark the days whose close equals that of the trading day before (the first is never one)."""
    return close.diff().eq(0)


def stale_closes(close: pd.Series, reference: pd.Series) -> pd.Series:
    """Mark the days on which one source repeats its close while another source moves.

    A close may honestly stay the same, so a repeat alone is no fault; a second source decides.

    Parameters
    ----------
    close
        Closes of the source under test, indexed by trading day.
    reference
        Closes of the other source on the same days.

    Returns
    -------
    True or False for each day.

    Raises
    ------
    ValueError
        When the two series have different days.
    """
    if not close.index.equals(reference.index):
        raise ValueError("The two sources have different days: keep the days that both have.")
    moved = reference.diff().ne(0) & reference.diff().notna()
    return unchanged(close) & moved


# Scorecard --------------------------------------------------------------------------------------


def _check_codes(codes: pd.DataFrame) -> None:
    known = codes.to_numpy(dtype=float)
    if not np.isin(known[~np.isnan(known)], [0, 1]).all():
        raise ValueError("A code must be 1 (met), 0 (not met) or NaN (not known).")


def _normalised(weights: pd.Series, criteria: pd.Index) -> pd.Series:
    weights = pd.Series(weights, dtype=float)
    if set(weights.index) != set(criteria):
        raise ValueError(f"Give one weight for each of {list(criteria)}.")
    if (weights < 0).any() or weights.sum() == 0:
        raise ValueError("Weights must be 0 or more, and one of them above 0.")
    return weights.reindex(criteria) / weights.sum()


def score_claims(
    codes: pd.DataFrame, weights: pd.Series | dict[str, float], unknown: float = 0.5
) -> pd.DataFrame:
    """Score each claim as the weighted share of the criteria that it meets.

    Parameters
    ----------
    codes
        One row per claim, one column per criterion: 1 met, 0 not met, NaN not known.
    weights
        One weight per criterion, 0 or more; only their proportions matter.
    unknown
        What an unknown code counts in ``score``, from 0 (as not met) to 1 (as met).

    Returns
    -------
    A frame indexed as ``codes``: ``score``; ``low`` and ``high``, the score when every unknown
    turns out not met or met; ``rank``, 1 for the best score, equal scores share the best rank.

    Raises
    ------
    ValueError
        For codes other than 0, 1 and NaN, missing or negative weights.
    """
    _check_codes(codes)
    if not 0 <= unknown <= 1:
        raise ValueError("An unknown code counts between 0 (not met) and 1 (met).")
    part = _normalised(weights, codes.columns)
    # Rounded, so that two equal scores stay equal whatever the order of the additions.
    scores = {
        name: (codes.fillna(value) @ part).round(12)
        for name, value in (("score", unknown), ("low", 0.0), ("high", 1.0))
    }
    table = pd.DataFrame(scores)
    table["rank"] = table["score"].rank(ascending=False, method="min").astype(int)
    return table


def weight_grid(criteria: list[str] | pd.Index, steps: int = 10) -> pd.DataFrame:
    """List every way to share a weight of 1 among criteria in equal steps (1/10 by default).

    These are the compositions of ``steps`` into ``len(criteria)`` parts ("stars and bars"): an
    even net over all possible opinions about the weights, without random numbers.

    Returns
    -------
    One row per set of weights, one column per criterion; each row sums to 1.

    Raises
    ------
    ValueError
        When there is no criterion or no step.
    """
    n = len(criteria)
    if n < 1 or steps < 1:
        raise ValueError("The grid needs at least one criterion and one step.")
    bars = np.array(list(combinations(range(steps + n - 1), n - 1)), dtype=int, ndmin=2)
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), steps + n - 1)])
    return pd.DataFrame((np.diff(edges) - 1) / steps, columns=list(criteria))


def rank_sensitivity(codes: pd.DataFrame, steps: int = 10, unknown: float = 0.5) -> pd.DataFrame:
    """Rank the claims under every set of weights of ``weight_grid`` and say how much ranks move.

    Parameters
    ----------
    codes
        As in ``score_claims``.
    steps
        Fineness of the grid of weights.
    unknown
        What an unknown code counts, from 0 to 1.

    Returns
    -------
    A frame indexed as ``codes``: ``best`` and ``worst`` rank, and ``first``, the share of the
    sets of weights under which the claim has rank 1 (shared first ranks count for each).
    """
    _check_codes(codes)
    grid = weight_grid(codes.columns, steps)
    scores = (codes.fillna(unknown).to_numpy(float) @ grid.to_numpy().T).round(12)
    # rank = 1 + how many claims score higher, for every set of weights (a column) at once
    ranks = 1 + (scores[None, :, :] > scores[:, None, :]).sum(axis=1)
    return pd.DataFrame(
        {"best": ranks.min(axis=1), "worst": ranks.max(axis=1), "first": (ranks == 1).mean(axis=1)},
        index=codes.index,
    )
