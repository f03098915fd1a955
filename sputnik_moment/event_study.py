"""Did it last, and was it luck? Cumulated abnormal returns, tests for many firms, placebo dates.

The one-day study is in `market`. Here one event is followed over several days, many firms are
tested together, and the same method is run on dates on which nothing happened.

Days are counted from the event: day 0 is the event, day -1 the trading day before it. Returns are
fractions. Formulas: Campbell, Lo and MacKinlay (1997), chapter 4, for cumulated returns; Patell
(1976, Journal of Accounting Research 14); Boehmer, Musumeci and Poulsen (1991, Journal of
Financial Economics 30); Kolari and Pynnonen (2010, Review of Financial Studies 23).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtr  # scipy.stats takes a second longer to import

from sputnik_moment import market
from sputnik_moment.market import Day, MarketError, ModelName, Window

__all__ = [
    "Panel",
    "Placebo",
    "Recovery",
    "TestResult",
    "bmp_test",
    "buy_and_hold_abnormal_return",
    "car_path",
    "cross_sectional_test",
    "cumulative_abnormal_return",
    "event_panel",
    "false_alarm_rates",
    "forecast_covariance",
    "kolari_pynnonen_test",
    "mean_correlation",
    "patell_test",
    "placebo",
    "portfolio_test",
    "recovery",
    "span_days",
]

WINDOW = (-260, -11)  # about a year of trading days, ending two weeks before the event


# --- One event over several days --------------------------------------------------------------


def span_days(index: pd.DatetimeIndex, span: tuple[int, int], event: Day) -> pd.DatetimeIndex:
    """Return the trading days from ``span[0]`` to ``span[1]``, both included, around an event.

    Parameters
    ----------
    index
        All trading days, sorted.
    span
        First and last day, counted from the event: ``(0, 4)`` is its first week.
    event
        The day of the event.
    """
    first, last = span
    if first > last:
        raise MarketError(f"The span {span} ends before it starts. Put the earlier day first.")
    position = index.get_loc(market.trading_day(index, event))
    if position + first < 0 or position + last >= len(index):
        raise MarketError(
            f"The table has {position} trading days before the event and "
            f"{len(index) - position - 1} after it; the span {span} leaves it. Shorten the span."
        )
    return index[position + first : position + last + 1]


def forecast_covariance(model: market.ReturnModel, benchmark_returns: Any) -> np.ndarray:
    """Return the covariance matrix of the forecast errors of several days.

    Each day has noise of its own, but all share one estimated line: if alpha is too high today,
    it is too high tomorrow. So the days are not independent, and the error of their sum grows
    faster than the square root of their number.

    Parameters
    ----------
    model
        A model fitted before the event.
    benchmark_returns
        The benchmark's returns on the days of the event, shape (days,).

    Returns
    -------
    ndarray
        Shape (days, days).
    """
    x = np.asarray(benchmark_returns, dtype=float) - model.benchmark_mean
    estimated = model.n - model.df
    shared = (estimated >= 1) / model.n + (estimated == 2) * np.outer(x, x) / model.benchmark_ss
    return model.residual_sd**2 * (np.eye(len(x)) + shared)


def car_path(
    share: pd.Series,
    benchmark: pd.Series | None,
    event: Day,
    span: tuple[int, int] = (0, 20),
    window: Window = WINDOW,
    kind: ModelName = "market",
) -> pd.DataFrame:
    """Cumulate abnormal returns day by day, with their standard errors.

    Parameters
    ----------
    share, benchmark
        Returns as fractions, with one row per trading day; no benchmark for ``"mean"``.
    event, span
        As in `span_days`.
    window, kind
        As in `market.fit_model`.

    Returns
    -------
    DataFrame
        One row per day, indexed by ``day`` (0 is the event): ``date``, ``actual``, ``expected``,
        ``abnormal``, ``car`` (sum of the abnormal returns so far) and ``se``, its standard error.
    """
    benchmark = market.benchmark_for(kind, benchmark, share)
    model = market.fit_model(share, benchmark, window, event, kind)
    days = span_days(share.index, span, event)
    y, x = share[days].to_numpy(float), benchmark[days].to_numpy(float)
    if np.isnan(y).any() or np.isnan(x).any():
        gap = days[np.isnan(y) | np.isnan(x)][0]
        raise market.MissingReturns(f"No return on {gap:%Y-%m-%d}. Choose a span without it.")
    last_in_window = market.window_days(share.index, window, event)[-1]
    if days[0] <= last_in_window:
        raise market.WindowError(
            f"The estimation window runs to {last_in_window:%Y-%m-%d}, into the span. End it "
            "earlier or start the span later."
        )
    expected = model.expected(x)
    # The variance of a sum is the sum of all entries of the covariance matrix up to that day.
    covariance = forecast_covariance(model, x)
    variance = np.diag(covariance.cumsum(axis=0).cumsum(axis=1))
    path = pd.DataFrame(
        {
            "date": days,
            "actual": y,
            "expected": expected,
            "abnormal": y - expected,
            "car": np.cumsum(y - expected),
            "se": np.sqrt(variance),
        },
        index=pd.RangeIndex(span[0], span[1] + 1, name="day"),
    )
    path.attrs["df"] = model.df
    return path


def cumulative_abnormal_return(
    share: pd.Series,
    benchmark: pd.Series | None,
    event: Day,
    span: tuple[int, int] = (0, 4),
    window: Window = WINDOW,
    kind: ModelName = "market",
) -> market.AbnormalReturn:
    """Sum the abnormal returns of a span and test the sum; arguments as in `car_path`."""
    path = car_path(share, benchmark, event, span, window, kind)
    car, error, df = path["car"].iloc[-1], path["se"].iloc[-1], path.attrs["df"]
    return market.AbnormalReturn(
        actual=float(path["actual"].sum()),
        expected=float(path["expected"].sum()),
        abnormal=float(car),
        forecast_error=float(error),
        t=float(car / error),
        p=float(2 * stdtr(df, -abs(car / error))),
        df=df,
    )


def buy_and_hold_abnormal_return(
    share: pd.Series,
    benchmark: pd.Series | None,
    event: Day,
    span: tuple[int, int] = (0, 4),
    window: Window = WINDOW,
    kind: ModelName = "market",
) -> float:
    """Return what a holder gained over a span, less what the model's path would have gained.

    Compounded, not summed: after a fall of 17 % a gain of 17 % does not bring you back.
    Arguments as in `car_path`.
    """
    path = car_path(share, benchmark, event, span, window, kind)
    return float((1 + path["actual"]).prod() - (1 + path["expected"]).prod())


@dataclass(frozen=True)
class Recovery:
    """The way back after a fall.

    Attributes
    ----------
    before
        Last close before the event.
    lowest, lowest_day
        Lowest close from the event until the way back is done, or until the data end.
    back_day, days
        First day that closes at `before` or higher, and its number counted from the event;
        None when it has not happened.
    """

    before: float
    lowest: float
    lowest_day: pd.Timestamp
    back_day: pd.Timestamp | None
    days: int | None


def recovery(closes: pd.Series, event: Day) -> Recovery:
    """Find when a price closed again at or above its last close before an event.

    Parameters
    ----------
    closes
        Closing prices, one row per trading day.
    event
        A trading day that has one before it.
    """
    known = closes.dropna()
    position = known.index.get_loc(market.trading_day(known.index, event))
    if position == 0:
        raise MarketError("There is no close before the event. Choose a later day.")
    before, after = known.iloc[position - 1], known.iloc[position:]
    back = np.flatnonzero(after >= before)
    way = after.iloc[: back[0] + 1] if len(back) else after
    return Recovery(
        before=float(before),
        lowest=float(way.min()),
        lowest_day=way.idxmin(),
        back_day=after.index[back[0]] if len(back) else None,
        days=int(back[0]) if len(back) else None,
    )


# --- Many firms -------------------------------------------------------------------------------


class TestResult(NamedTuple):
    """A test statistic and its two-sided p-value."""

    __test__ = False  # the name is not a test for pytest

    statistic: Any
    p: Any


@dataclass(frozen=True)
class Panel:
    """Abnormal returns of many events, one row each.

    Attributes
    ----------
    table
        Indexed by event: ``ticker``, ``date``, ``abnormal`` (the CAR), ``forecast_error``,
        ``standardised`` (the ratio of the two) and ``df``.
    residuals
        Residuals of the estimation windows, shape (trading days, events), NaN outside.
    """

    table: pd.DataFrame
    residuals: pd.DataFrame

    @property
    def correlation(self) -> float:
        """Mean residual correlation of all pairs; pairs of different dates count as zero."""
        pairs = np.triu_indices(len(self.table), k=1)
        same_date = np.equal.outer(*[self.table["date"].to_numpy()] * 2)
        if not same_date[pairs].any():
            return 0.0
        both = self.residuals.corr().to_numpy()
        return float(np.where(same_date, both, 0.0)[pairs].mean())


def event_panel(
    returns: pd.DataFrame,
    benchmark: pd.Series,
    events: pd.DataFrame,
    span: tuple[int, int] = (0, 0),
    window: tuple[int, int] = WINDOW,
) -> Panel:
    """Run the market model on every event of a list.

    Parameters
    ----------
    returns
        Returns, one column per ticker.
    benchmark
        Returns of the benchmark on the same days.
    events
        One row per event, with ``ticker`` and ``date``. Its index names the events, so one firm
        may have several.
    span, window
        As in `car_path`.
    """
    if events.index.has_duplicates:
        raise MarketError("Two events have one name. Call .reset_index(drop=True) on the list.")
    rows, residuals = {}, {}
    for name, ticker, day in zip(events.index, events["ticker"], events["date"], strict=True):
        share = market.pick(returns, ticker)
        result = cumulative_abnormal_return(share, benchmark, day, span, window)
        model = market.market_model(share, benchmark, window, day)
        days = market.window_days(share.index, window, day)
        residuals[name] = share[days] - model.expected(benchmark[days])
        rows[name] = {
            "ticker": ticker,
            "date": market.trading_day(share.index, day),
            "abnormal": result.abnormal,
            "forecast_error": result.forecast_error,
            "standardised": result.t,
            "df": result.df,
        }
    return Panel(pd.DataFrame.from_dict(rows, orient="index"), pd.DataFrame(residuals))


def cross_sectional_test(abnormal: Any) -> TestResult:
    """Test a mean of zero from the spread between firms (t, n - 1 degrees of freedom).

    Takes the firms for independent. They are not when all share one date.

    Parameters
    ----------
    abnormal
        Abnormal returns, firms along the last axis.
    """
    values = np.asarray(abnormal, dtype=float)
    n = _count(values)
    t = values.mean(axis=-1) / (values.std(axis=-1, ddof=1) / np.sqrt(n))
    return TestResult(t, 2 * stdtr(n - 1, -np.abs(t)))


def patell_test(standardised: Any, df: Any) -> TestResult:
    """Test with standardised abnormal returns (standard normal).

    Takes the firms for independent, and their variance on the day for the usual one.

    Parameters
    ----------
    standardised
        Abnormal returns over their forecast errors, firms along the last axis.
    df
        Degrees of freedom of each firm's market model: one number or one per firm.
    """
    values = np.asarray(standardised, dtype=float)
    _count(values)
    variance = np.broadcast_to(np.asarray(df) / (np.asarray(df) - 2), values.shape)
    z = values.sum(axis=-1) / np.sqrt(variance.sum(axis=-1))
    return TestResult(z, 2 * ndtr(-np.abs(z)))


def bmp_test(standardised: Any) -> TestResult:
    """Boehmer-Musumeci-Poulsen: the cross-sectional test on standardised abnormal returns.

    Allows for a day on which everything swings more; still takes the firms for independent.
    """
    return cross_sectional_test(standardised)


def kolari_pynnonen_test(standardised: Any, correlation: Any) -> TestResult:
    """Correct the BMP test for firms that move together on one date.

    Parameters
    ----------
    standardised
        Abnormal returns over their forecast errors, firms along the last axis.
    correlation
        Mean correlation of the firms' residuals, from the estimation window.
    """
    n = _count(np.asarray(standardised))
    inflation = 1 + (n - 1) * np.asarray(correlation)
    if np.any(inflation <= 0):
        raise MarketError(f"A mean correlation of {correlation} is impossible for {n} firms.")
    t = bmp_test(standardised).statistic * np.sqrt((1 - correlation) / inflation)
    return TestResult(t, 2 * stdtr(n - 1, -np.abs(t)))


def portfolio_test(
    returns: pd.DataFrame,
    benchmark: pd.Series,
    tickers: Sequence[str],
    event: Day,
    span: tuple[int, int] = (0, 0),
    window: Window = WINDOW,
) -> market.AbnormalReturn:
    """Treat all firms as one portfolio in equal parts, and test that one series.

    Whatever the firms have in common is in the portfolio's own past swings, so the test needs no
    assumption about their correlation. Arguments as in `event_panel`.
    """
    portfolio = pd.concat([market.pick(returns, t) for t in tickers], axis=1).mean(
        axis=1, skipna=False
    )
    return cumulative_abnormal_return(portfolio, benchmark, event, span, window)


def mean_correlation(residuals: Any) -> Any:
    """Return the mean correlation of all pairs of columns.

    Parameters
    ----------
    residuals
        Shape (..., days, firms), with mean zero over the days.
    """
    values = np.asarray(residuals, dtype=float)
    n = _count(values)
    scaled = values / np.sqrt((values**2).sum(axis=-2, keepdims=True))
    # The sum over all pairs, each with itself included, is the square of the sum.
    total = (scaled.sum(axis=-1) ** 2).sum(axis=-1)
    return (total - n) / (n * (n - 1))


def _count(values: np.ndarray) -> int:
    """Return the number of firms, at least two."""
    if values.shape[-1] < 2:
        raise MarketError("One firm has no spread between firms. Give two or more.")
    if np.isnan(values).any():
        raise market.MissingReturns("A firm has no abnormal return. Leave it out of the list.")
    return values.shape[-1]


# --- Placebo dates ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Placebo:
    """The same event study on every date that has enough days around it.

    Attributes
    ----------
    abnormal, t
        Cumulated abnormal return and its t value, shape (dates, tickers); NaN where a return
        in the windows is missing. Dates that `placebo` was told to leave out have no row.
    """

    abnormal: pd.DataFrame
    t: pd.DataFrame


def placebo(
    returns: pd.DataFrame,
    benchmark: pd.Series,
    span: tuple[int, int] = (0, 0),
    window: tuple[int, int] = WINDOW,
    event: Day | None = None,
) -> Placebo:
    """Run the market model on all dates and all tickers at once.

    A fit needs five sums over its window. Sums over a moving window are differences of running
    totals, so no window is added up twice.

    A placebo has to be free of what is tested: a span that shares a day with the event's own would
    count the event as its own comparison. Name the event to leave those dates out.

    Parameters
    ----------
    returns
        Returns, one column per ticker.
    benchmark
        Returns of the benchmark on the same days.
    span, window
        Days counted from the event, as in `car_path`.
    event
        The date to be judged; it stays, and dates whose spans share a day with its span go. Without
        it all dates stay. Estimation windows may contain the event.
    """
    if not returns.index.equals(benchmark.index):
        raise MarketError("Shares and benchmark cover different days. Take both from one table.")
    if window[1] >= span[0] or window[0] > window[1] or span[0] > span[1]:
        raise market.WindowError(f"The window {window} must end before the span {span} starts.")
    start, stop = max(0, -window[0]), len(returns) - max(0, span[1])
    if start >= stop:
        raise market.WindowError(
            f"The table has {len(returns)} days, too few for the window {window}. Shorten it."
        )
    # Centring changes no residual and keeps the differences of large totals exact.
    y = returns.to_numpy(float) - np.nanmean(returns.to_numpy(float), axis=0)
    x = np.broadcast_to((benchmark - benchmark.mean()).to_numpy(float)[:, None], y.shape)
    known = ~(np.isnan(y) | np.isnan(x))
    y, x = np.where(known, y, 0.0), np.where(known, x, 0.0)
    n, k = window[1] - window[0] + 1, span[1] - span[0] + 1
    events = np.arange(start, stop)
    if event is not None:
        away = np.abs(events - returns.index.get_loc(market.trading_day(returns.index, event)))
        events = events[(away == 0) | (away >= k)]

    def window_sum(values: np.ndarray, days: tuple[int, int]) -> np.ndarray:
        totals = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
        return totals[events + days[1] + 1] - totals[events + days[0]]

    complete = (window_sum(known, window) == n) & (window_sum(known, span) == k)
    sum_x, sum_y = window_sum(x, window), window_sum(y, window)
    with np.errstate(invalid="ignore", divide="ignore"):
        ss_x = window_sum(x * x, window) - sum_x**2 / n
        ss_y = window_sum(y * y, window) - sum_y**2 / n
        ss_xy = window_sum(x * y, window) - sum_x * sum_y / n
        beta = ss_xy / ss_x
        residual_variance = (ss_y - beta * ss_xy) / (n - 2)
        away = window_sum(x, span) - k * sum_x / n
        car = window_sum(y, span) - k * sum_y / n - beta * away
        t = car / np.sqrt(residual_variance * (k + k**2 / n + away**2 / ss_x))

    def frame(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(
            np.where(complete, values, np.nan), returns.index[events], returns.columns
        )

    return Placebo(abnormal=frame(car), t=frame(t))


# --- How often does a test cry wolf? ----------------------------------------------------------


def false_alarm_rates(
    firms: int = 20,
    correlation: float = 0.3,
    volatility: float = 1.0,
    panels: int = 1000,
    days: int = 100,
    level: float = 0.05,
    seed: int = 1957,
) -> pd.DataFrame:
    """Simulate events on which nothing happened, and count how often each test says otherwise.

    Parameters
    ----------
    firms
        Firms in a panel, all with the same event date.
    correlation
        Correlation of their residuals, from 0 to below 1.
    volatility
        Swing on the event day as a multiple of the usual one.
    panels
        Number of simulated events.
    days
        Days in the estimation window.
    level
        Nominal size of the tests.
    seed
        Seed of the random numbers.

    Returns
    -------
    DataFrame
        Indexed by ``test``: ``rate``, the fraction of panels with p below `level`, and
        ``monte_carlo_error``, the standard error of that fraction.
    """
    if not 0 <= correlation < 1:
        raise MarketError(f"The correlation runs from 0 to below 1, not {correlation}.")
    if firms < 2 or days < market.SHORTEST_WINDOW or panels < 1 or volatility <= 0:
        raise MarketError(
            f"Give at least 2 firms, {market.SHORTEST_WINDOW} days, 1 panel and a volatility "
            "above zero."
        )
    x, noise = _draw(firms, correlation, panels, days, seed)
    noise[:, -1] *= volatility
    tests = _tests_of(x, noise)
    rates = pd.Series({name: float(np.mean(p < level)) for name, p in tests.items()})
    table = pd.DataFrame({"rate": rates})
    table["monte_carlo_error"] = np.sqrt(rates * (1 - rates) / panels)
    return table.rename_axis("test")


def _draw(
    firms: int, correlation: float, panels: int, days: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw benchmark returns (panels, days + 1) and residuals (panels, days + 1, firms).

    Alpha and beta may be zero: a fitted line takes any line away, so they change no residual.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((panels, days + 1))
    shared = rng.standard_normal((panels, days + 1, 1))
    own = rng.standard_normal((panels, days + 1, firms))
    return x, np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own


def _tests_of(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Fit all firms of all panels and return the p-values of every test, shape (panels,)."""
    abnormal, error, residuals, df = _fit_panels(x, y)
    standardised = abnormal / error
    mean, mean_error, _, _ = _fit_panels(x, y.mean(axis=-1, keepdims=True))
    portfolio = (mean / mean_error)[:, 0]
    correlation = mean_correlation(residuals)
    return {
        "cross-sectional": cross_sectional_test(abnormal).p,
        "Patell": patell_test(standardised, df).p,
        "BMP": bmp_test(standardised).p,
        "Kolari-Pynnonen": kolari_pynnonen_test(standardised, correlation).p,
        "portfolio": 2 * stdtr(df, -np.abs(portfolio)),
    }


def _fit_panels(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Fit market models on all days but the last, and forecast the last one.

    Returns abnormal returns and forecast errors (panels, firms), residuals (panels, days, firms)
    and the degrees of freedom.
    """
    n = x.shape[1] - 1
    centred = x - x[:, :n].mean(axis=1, keepdims=True)
    ss = (centred[:, :n] ** 2).sum(axis=1)[:, None]
    deviations = y - y[:, :n].mean(axis=1, keepdims=True)
    beta = np.einsum("pd,pdf->pf", centred[:, :n], deviations[:, :n]) / ss
    residuals = deviations[:, :n] - centred[:, :n, None] * beta[:, None, :]
    variance = np.einsum("pdf,pdf->pf", residuals, residuals) / (n - 2)
    away = centred[:, n, None]
    abnormal = deviations[:, n] - beta * away
    return abnormal, np.sqrt(variance * (1 + 1 / n + away**2 / ss)), residuals, n - 2
