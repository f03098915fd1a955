"""How big was a day on the stock market? Returns, market value, and abnormal returns.

Prices come as tables with one row per trading day. Returns are fractions: -0.17 is a fall of
17 per cent. Money is in US dollars. A day on which a share was not traded is NaN; it is never
filled in.

The event-study formulas are those of Campbell, Lo and MacKinlay, "The Econometrics of Financial
Markets" (1997), chapter 4, and of Brown and Warner, "Using Daily Stock Returns" (Journal of
Financial Economics 14, 1985).
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit  # scipy.stats takes a second longer to import

__all__ = [
    "AbnormalReturn",
    "MarketError",
    "MissingReturns",
    "NotATradingDay",
    "RankOfDay",
    "ReturnModel",
    "UnknownTicker",
    "WindowError",
    "abnormal_return",
    "benchmark_for",
    "benchmark_without",
    "cross_section",
    "fit_model",
    "log_return",
    "market_model",
    "market_value",
    "market_value_change",
    "pick",
    "rank_of_day",
    "returns",
    "simple_return",
    "trading_day",
    "wide",
    "window_days",
]

Day: TypeAlias = str | date | pd.Timestamp
Window: TypeAlias = tuple[int, int] | tuple[Day, Day]
ModelName: TypeAlias = Literal["market", "mean", "market-adjusted"]
Prices = TypeVar("Prices", pd.Series, pd.DataFrame)

SHORTEST_WINDOW = 20  # trading days: one month. Fewer say next to nothing about a share's habits.


class MarketError(ValueError):
    """Input from which no answer can be computed; the message says what to do next."""


class UnknownTicker(MarketError):
    """The table has no column for this ticker."""


class NotATradingDay(MarketError):
    """The exchange was closed on this date, or the table does not reach it."""


class WindowError(MarketError):
    """The estimation window is too short, outside the table, or touches the event."""


class MissingReturns(MarketError):
    """A return that is needed is missing."""


# --- Prices and returns -----------------------------------------------------------------------


def wide(closes: pd.DataFrame, column: str = "adj_close") -> pd.DataFrame:
    """Turn the long table of closes into one column per ticker.

    Parameters
    ----------
    closes
        Rows indexed by ``date``, with a column ``ticker`` and price columns.
    column
        ``"adj_close"`` (adjusted for splits and dividends; use it for returns) or ``"close"``
        (adjusted for splits only; use it for money).

    Returns
    -------
    DataFrame
        Shape (days, tickers), sorted by day; NaN where a share was not traded.
    """
    if column not in closes.columns:
        raise MarketError(f"No column {column!r}. Choose one of: {', '.join(closes.columns[1:])}.")
    # By hand: `DataFrame.pivot` gives the same in twice the time, and every chart waits for this.
    row, days = closes.index.factorize(sort=True)
    place, tickers = pd.factorize(closes["ticker"], sort=True)
    if (row < 0).any() or (place < 0).any():
        raise MarketError("A row has no date or no ticker. Leave it out.")
    cell = pd.Index(row * len(tickers) + place)
    if not cell.is_unique:
        twice = cell.duplicated().argmax()
        day, ticker = days[row[twice]], tickers[place[twice]]
        raise MarketError(f"{ticker} has two rows on {_iso(day)}. Keep one of them.")
    prices = np.full((len(days), len(tickers)), np.nan)
    prices[row, place] = closes[column]
    columns = pd.Index(tickers, name="ticker")
    return pd.DataFrame(prices, index=days.rename(closes.index.name), columns=columns)


def simple_return(old: Any, new: Any) -> Any:
    """Return ``new / old - 1``, the change as a fraction of the *old* price.

    Parameters
    ----------
    old, new
        Prices in the same unit: numbers, arrays or Series.
    """
    _check_prices(old, new)
    return new / old - 1


def log_return(old: Any, new: Any) -> Any:
    """Return ``ln(new / old)``. Log returns of successive days add up; simple returns do not.

    Parameters
    ----------
    old, new
        Prices in the same unit: numbers, arrays or Series.
    """
    _check_prices(old, new)
    return np.log(new / old)


def returns(prices: Prices, kind: Literal["simple", "log"] = "simple") -> Prices:
    """Return the change from each trading day to the next; n prices give n - 1 returns.

    Parameters
    ----------
    prices
        One price series, or a table with one column per ticker, sorted by day.
    kind
        ``"simple"`` or ``"log"``.

    Returns
    -------
    Series or DataFrame
        Same columns, first day dropped. NaN beside every missing price: gaps are not filled.
    """
    if kind not in ("simple", "log"):
        raise MarketError(f"No kind of return {kind!r}. Choose 'simple' or 'log'.")
    if not prices.index.is_monotonic_increasing:
        raise MarketError("The prices are not in order of time. Call .sort_index() on them first.")
    if (prices <= 0).to_numpy().any():
        raise MarketError("A price is zero or negative. Remove it: no return can start from it.")
    ratio = prices / prices.shift(1)
    change = ratio - 1 if kind == "simple" else np.log(ratio)
    return change.iloc[1:]


# --- Market value -----------------------------------------------------------------------------


def market_value(close: Any, shares: Any) -> Any:
    """Return the value of all shares, in USD: ``close`` (USD a share) times ``shares``."""
    _check_prices(close)
    if np.any(np.asarray(shares) <= 0):
        raise MarketError("The number of shares must be above zero, counted in single shares.")
    return close * shares


def market_value_change(close_before: Any, close_after: Any, shares: Any) -> Any:
    """Return the change in market value, in USD; a loss is negative.

    Use closes adjusted for splits only: a dividend does leave the firm, so it is part of the
    change in value.

    Parameters
    ----------
    close_before, close_after
        Closing prices, USD a share.
    shares
        Shares outstanding, in single shares, the same on both days.
    """
    return market_value(close_after, shares) - market_value(close_before, shares)


# --- Finding a share, a day, a window ---------------------------------------------------------


def pick(table: pd.DataFrame, ticker: str) -> pd.Series:
    """Return the column of one ticker.

    Raises
    ------
    UnknownTicker
        The message lists the known tickers and the nearest one.
    """
    if ticker in table.columns:
        return table[ticker]
    known = [str(name) for name in table.columns]
    near = difflib.get_close_matches(str(ticker).upper(), known, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownTicker(f"No ticker {ticker!r}.{hint} Known: {', '.join(known)}.")


def trading_day(index: pd.DatetimeIndex, day: Day) -> pd.Timestamp:
    """Return `day` as a timestamp after making sure that it is in `index`.

    Raises
    ------
    NotATradingDay
        The message names the nearest trading days.
    """
    stamp = _stamp(day)
    if stamp in index:
        return stamp
    position = index.searchsorted(stamp)
    nearest = [_iso(index[i]) for i in (position - 1, position) if 0 <= i < len(index)]
    advice = f"Nearest: {' and '.join(nearest)}." if nearest else "The table is empty."
    raise NotATradingDay(
        f"{_iso(stamp)}, a {stamp.day_name()}, is not a trading day of this table. {advice}"
    )


def window_days(
    index: pd.DatetimeIndex, window: Window, event: Day | None = None
) -> pd.DatetimeIndex:
    """Return the trading days of an estimation window, which must lie before the event.

    Parameters
    ----------
    index
        All trading days, sorted.
    window
        Either two dates, or two offsets in trading days relative to the event: ``(-250, -21)``
        runs from 250 to 21 trading days before it. Both ends are included.
    event
        The day of the event; needed for offsets.

    Raises
    ------
    WindowError
        The window is empty, leaves the table, or reaches the event.
    """
    first, last = window
    if isinstance(first, int | np.integer) and isinstance(last, int | np.integer):
        days = _days_by_offset(index, int(first), int(last), event)
    else:
        days = index[(index >= _stamp(first)) & (index <= _stamp(last))]
    if len(days) == 0:
        raise WindowError(
            f"No trading day between {first} and {last}. The table runs from {_iso(index[0])} to "
            f"{_iso(index[-1])}; put the earlier date first."
        )
    if event is not None and days[-1] >= trading_day(index, event):
        raise WindowError(
            f"The estimation window ends on {_iso(days[-1])}, so it contains the event itself "
            "and would call it normal. End the window before the event."
        )
    return days


def _days_by_offset(
    index: pd.DatetimeIndex, first: int, last: int, event: Day | None
) -> pd.DatetimeIndex:
    if event is None:
        raise WindowError("A window of offsets is counted from an event. Pass event=..., too.")
    position = index.get_loc(trading_day(index, event))
    if last >= 0 or first > last:
        raise WindowError(
            f"The window ({first}, {last}) does not run towards the event. Give two negative "
            "numbers, the farther one first, for example (-250, -21)."
        )
    if position + first < 0:
        raise WindowError(
            f"The window starts {-first} trading days before the event, but the table has only "
            f"{position}. Start at {-position} or later."
        )
    return index[position + first : position + last + 1]


# --- What return was to be expected? ----------------------------------------------------------


@dataclass(frozen=True)
class ReturnModel:
    """A share's usual behaviour: expected return = alpha + beta x benchmark return.

    Attributes
    ----------
    kind
        ``"market"`` (alpha and beta estimated), ``"mean"`` (alpha estimated, beta 0) or
        ``"market-adjusted"`` (alpha 0, beta 1, nothing estimated).
    alpha, beta
        The intercept, a fraction a day, and the slope.
    residual_sd
        Standard deviation of the residuals, with n minus the number of estimated coefficients
        in the denominator.
    r2
        Share of the variance explained, in the estimation window.
    n
        Days in the estimation window.
    df
        Degrees of freedom: n minus the number of estimated coefficients.
    benchmark_mean, benchmark_ss
        Mean of the benchmark return and sum of its squared deviations, in the window.
    first, last
        First and last day of the window.
    """

    kind: ModelName
    alpha: float
    beta: float
    residual_sd: float
    r2: float
    n: int
    df: int
    benchmark_mean: float
    benchmark_ss: float
    first: pd.Timestamp
    last: pd.Timestamp

    def expected(self, benchmark_return: Any) -> Any:
        """Return the expected return on a day with this benchmark return."""
        return self.alpha + self.beta * benchmark_return

    def forecast_error(self, benchmark_return: Any) -> Any:
        """Return the standard error of the forecast for a day outside the window.

        ``residual_sd * sqrt(1 + 1/n + (Rm - mean)**2 / Sxx)``: the day's own noise, plus the
        uncertainty of the level, plus that of the slope. The last two fall away for a model
        that does not estimate them.
        """
        estimated = self.n - self.df
        distance = (benchmark_return - self.benchmark_mean) ** 2 / self.benchmark_ss
        spread = 1 + (estimated >= 1) / self.n + (estimated == 2) * distance
        return self.residual_sd * np.sqrt(spread)

    def abnormal(self, actual: float, benchmark_return: float) -> "AbnormalReturn":
        """Compare one day's actual return with the expected one."""
        expected = self.expected(benchmark_return)
        error = self.forecast_error(benchmark_return)
        if error < 1e-12:  # zero up to rounding
            raise MarketError(
                "The residuals are all zero: the share is its own benchmark. Choose another one."
            )
        t = (actual - expected) / error
        return AbnormalReturn(
            actual=float(actual),
            expected=float(expected),
            abnormal=float(actual - expected),
            forecast_error=float(error),
            t=float(t),
            p=float(2 * stdtr(self.df, -abs(t))),
            df=self.df,
        )


@dataclass(frozen=True)
class AbnormalReturn:
    """What happened on a day, against what was to be expected.

    Attributes
    ----------
    actual, expected, abnormal
        Returns as fractions; abnormal = actual - expected.
    forecast_error
        Standard error of the forecast.
    t, p, df
        Abnormal return over its forecast error, the two-sided p-value from Student's t, and the
        degrees of freedom.
    """

    actual: float
    expected: float
    abnormal: float
    forecast_error: float
    t: float
    p: float
    df: int

    def band(self, level: float = 0.95) -> tuple[float, float]:
        """Return the forecast band: where the return falls on `level` of ordinary days."""
        half = stdtrit(self.df, (1 + level) / 2) * self.forecast_error
        return float(self.expected - half), float(self.expected + half)


def fit_model(
    share: pd.Series,
    benchmark: pd.Series | None,
    window: Window,
    event: Day | None = None,
    kind: ModelName = "market",
) -> ReturnModel:
    """Learn a share's usual behaviour from an estimation window.

    Parameters
    ----------
    share, benchmark
        Returns as fractions, with one row per trading day. The model ``"mean"`` needs no
        benchmark: None will do.
    window, event
        As in `window_days`.
    kind
        ``"market"``: least squares of the share on the benchmark. ``"mean"``: the share's mean
        return. ``"market-adjusted"``: the benchmark's return itself.

    Raises
    ------
    WindowError
        The window is too short, leaves the table, or reaches the event.
    MissingReturns
        A return inside the window is missing.
    """
    y, x, days = _estimation_sample(share, benchmark_for(kind, benchmark, share), window, event)
    ss = float(np.sum((x - x.mean()) ** 2))
    if ss == 0:
        raise MarketError("The benchmark does not move in the window. Choose another benchmark.")
    if kind == "market":
        beta = float(np.sum((x - x.mean()) * (y - y.mean())) / ss)
        alpha, estimated = float(y.mean() - beta * x.mean()), 2
    elif kind == "mean":
        alpha, beta, estimated = float(y.mean()), 0.0, 1
    elif kind == "market-adjusted":
        alpha, beta, estimated = 0.0, 1.0, 0
    else:
        raise MarketError(f"No model {kind!r}. Choose 'market', 'mean' or 'market-adjusted'.")
    residual_ss = float(np.sum((y - alpha - beta * x) ** 2))
    total_ss = float(np.sum((y - y.mean()) ** 2))
    df = len(y) - estimated
    return ReturnModel(
        kind=kind,
        alpha=alpha,
        beta=beta,
        residual_sd=float(np.sqrt(residual_ss / df)),
        r2=1 - residual_ss / total_ss if total_ss > 0 else float("nan"),
        n=len(y),
        df=df,
        benchmark_mean=float(x.mean()),
        benchmark_ss=ss,
        first=days[0],
        last=days[-1],
    )


def market_model(
    share: pd.Series, benchmark: pd.Series, window: Window, event: Day | None = None
) -> ReturnModel:
    """Regress a share's returns on a benchmark's (`fit_model` with ``kind="market"``)."""
    return fit_model(share, benchmark, window, event, kind="market")


def abnormal_return(
    share: pd.Series,
    benchmark: pd.Series | None,
    event: Day,
    window: Window = (-250, -21),
    kind: ModelName = "market",
) -> AbnormalReturn:
    """Fit a model before the event and compare the event day with its forecast.

    Parameters
    ----------
    share, benchmark
        Returns as fractions, with one row per trading day; no benchmark for ``"mean"``.
    event
        A trading day.
    window, kind
        As in `fit_model`.
    """
    _check_one_series(share)
    day = trading_day(share.index, event)
    benchmark = benchmark_for(kind, benchmark, share)
    model = fit_model(share, benchmark, window, day, kind)
    if np.isnan(share[day]) or np.isnan(benchmark[day]):
        raise MissingReturns(f"No return on {_iso(day)}. Choose another day, share or benchmark.")
    return model.abnormal(share[day], benchmark[day])


def benchmark_without(benchmark_return: Any, share_return: Any, weight: Any) -> Any:
    """Take one firm out of a benchmark that contains it.

    An index that holds the firm falls with it, and so hides part of the fall. Because
    ``index = weight x firm + (1 - weight) x rest``, the rest can be solved for.

    Parameters
    ----------
    benchmark_return, share_return
        Returns of the index and of the firm on the same days, as fractions.
    weight
        The firm's share of the index at the close before, a fraction from 0 to below 1.
    """
    if np.any(np.asarray(weight) < 0) or np.any(np.asarray(weight) >= 1):
        raise MarketError(f"The weight is a fraction from 0 to below 1, not {weight}.")
    return (benchmark_return - weight * share_return) / (1 - weight)


# --- How unusual, and who else? ---------------------------------------------------------------


@dataclass(frozen=True)
class RankOfDay:
    """One day among all days of a share's history.

    Attributes
    ----------
    day, value
        The day and its return.
    rank
        1 for the worst day; days with equal returns share the better number.
    days
        Days with a return.
    share_as_bad
        Days as bad or worse, this one included, as a fraction of all days.
    last_time
        The last earlier day as bad or worse; None when there was none.
    """

    day: pd.Timestamp
    value: float
    rank: int
    days: int
    share_as_bad: float
    last_time: pd.Timestamp | None


def rank_of_day(series: pd.Series, day: Day) -> RankOfDay:
    """Say how unusual a day was against the whole series, later days included.

    Parameters
    ----------
    series
        Returns as fractions, with one row per trading day; missing days are left out.
    day
        A trading day with a return.
    """
    known = series.dropna()
    stamp = trading_day(known.index, day)
    value = known[stamp]
    as_bad = known[known <= value]
    earlier = as_bad.index[as_bad.index < stamp]
    return RankOfDay(
        day=stamp,
        value=float(value),
        rank=int((known < value).sum()) + 1,
        days=len(known),
        share_as_bad=len(as_bad) / len(known),
        last_time=earlier[-1] if len(earlier) else None,
    )


def cross_section(returns_on_day: pd.Series, groups: pd.Series | Mapping[str, str]) -> pd.DataFrame:
    """Summarise one day's returns by group, the group that fell most first.

    Parameters
    ----------
    returns_on_day
        Ticker to return, a fraction; missing returns are counted and left out.
    groups
        Ticker to group.

    Returns
    -------
    DataFrame
        Indexed by ``group``: ``n`` (firms with a return), ``missing``, ``mean`` and ``median``
        (fractions), ``worst`` (ticker) and ``worst_return``. Sorted by mean.
    """
    day = pd.DataFrame({"value": returns_on_day})
    day["group"] = day.index.map(dict(groups))
    if day["group"].isna().any():
        homeless = ", ".join(day.index[day["group"].isna()])
        raise MarketError(f"No group for {homeless}. Add it to the groups or leave it out.")
    by_group = day.dropna().groupby("group")["value"]
    table = pd.DataFrame(
        {
            "n": by_group.count(),
            "missing": day["value"].isna().groupby(day["group"]).sum(),
            "mean": by_group.mean(),
            "median": by_group.median(),
            "worst": by_group.idxmin(),
            "worst_return": by_group.min(),
        }
    )
    table["n"] = table["n"].fillna(0).astype(int)
    return table.sort_values("mean").rename_axis("group")


def benchmark_for(kind: ModelName, benchmark: pd.Series | None, share: pd.Series) -> pd.Series:
    """Return the benchmark; for the model ``"mean"``, which looks at none, the share will do."""
    if benchmark is None and kind != "mean":
        raise MarketError(f"The model {kind!r} needs a benchmark. Pass one, or choose 'mean'.")
    return share if benchmark is None else benchmark


# --- Checks -----------------------------------------------------------------------------------


def _estimation_sample(
    share: pd.Series, benchmark: pd.Series, window: Window, event: Day | None
) -> tuple[np.ndarray, np.ndarray, pd.DatetimeIndex]:
    if not share.index.equals(benchmark.index):
        raise MarketError("Share and benchmark cover different days. Take both from one table.")
    days = window_days(share.index, window, event)
    y, x = share[days].to_numpy(float), benchmark[days].to_numpy(float)
    missing = np.isnan(y) | np.isnan(x)
    if missing.any():
        raise MissingReturns(
            f"{missing.sum()} of the {len(days)} days of the estimation window have no return, "
            f"the last of them {_iso(days[missing][-1])}. Start the window after it, or choose a "
            "share that was listed all the time."
        )
    if len(days) < SHORTEST_WINDOW:
        raise WindowError(
            f"The estimation window has {len(days)} trading days; at least {SHORTEST_WINDOW} are "
            "needed, and 100 to 250 are usual. Start it earlier."
        )
    return y, x, days


def _check_one_series(share: Any) -> None:
    """Raise for what a mean over the wrong axis leaves, or no mean at all."""
    if isinstance(share, pd.DataFrame):
        raise MarketError(
            f"One series is asked for; this is a table with {share.shape[1]} columns. Pick one, or "
            "take their mean with .mean(axis=1)."
        )
    if not isinstance(getattr(share, "index", None), pd.DatetimeIndex):
        raise MarketError(
            "The returns must have one row for each trading day, and these have no dates. For the "
            "mean of several columns on each day write .mean(axis=1)."
        )


def _check_prices(*prices: Any) -> None:
    for price in prices:
        values = np.asarray(price, dtype=float)
        if np.isnan(values).any():
            raise MissingReturns("A price is missing (NaN). Choose days on which it was traded.")
        if (values <= 0).any():
            raise MarketError("A price must be above zero. Is a price given as text or a return?")


def _stamp(day: Day) -> pd.Timestamp:
    try:
        stamp = pd.Timestamp(day)
    except (TypeError, ValueError):
        stamp = pd.NaT
    if stamp is pd.NaT:
        raise NotATradingDay(f"{day!r} is not a date. Write it as '2025-01-27'.")
    return stamp.normalize()


def _iso(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m-%d}"
