"""Time the course's event study beside a statsmodels loop and the package `eventstudy`.

``python -m grading.bench_event_study`` runs all three on the same events and prints the ratios.
`eventstudy` is in no extra of the project: ``pip install eventstudy`` adds it to the comparison.
"""

import importlib.util
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from sputnik_moment import data, event_study, market

__all__ = ["event_study_times", "report", "simulation_time"]

FIRST = -260  # first and last day of the estimation window, counted from the event
LAST = -11
BENCHMARK = "^GSPC"


def event_study_times(events: int = 300) -> pd.DataFrame:
    """Time one-day market models: all dates and tickers at once, and one after another.

    Parameters
    ----------
    events
        How many of the (date, ticker) pairs the loops are given; the vectorised run does all.

    Returns
    -------
    DataFrame
        Indexed by method: ``fits``, ``seconds`` (processor time), ``ms_per_fit``, ``times_slower``
        than the vectorised run, and ``largest_difference`` of an abnormal return from its.
    """
    returns = market.returns(market.wide(data.load("market_closes"))).loc["2024":]
    benchmark = returns[BENCHMARK]
    start = time.process_time()
    placebo = event_study.placebo(returns, benchmark, window=(FIRST, LAST))
    seconds = time.process_time() - start
    known = placebo.abnormal.stack().dropna().drop(BENCHMARK, level="ticker")
    rows = {"this course, all at once": _row(len(known), seconds, 0.0)}
    chosen = known.sample(events, random_state=1957)
    for name, fit in _loops().items():
        start = time.process_time()
        found = [_fit_one(returns, day, ticker, fit) for day, ticker in chosen.index]
        rows[name] = _row(events, time.process_time() - start, np.abs(found - chosen).max())
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")
    table["times_slower"] = table["ms_per_fit"] / table["ms_per_fit"].iloc[0]
    return table


def simulation_time(panels: int = 1000) -> float:
    """Return the processor time, in seconds, of simulating `panels` panels with all tests."""
    start = time.process_time()
    event_study.false_alarm_rates(panels=panels)
    return time.process_time() - start


def _loops() -> dict[str, Callable[[np.ndarray, np.ndarray], float]]:
    """Return the ways to fit one event, each from returns that end with the event."""
    loops = {"statsmodels, one by one": _by_statsmodels}
    if importlib.util.find_spec("eventstudy"):
        loops["eventstudy, one by one"] = _by_eventstudy
    return loops


def _fit_one(
    returns: pd.DataFrame, day: pd.Timestamp, ticker: str, fit: Callable[..., float]
) -> float:
    at = returns.index.get_loc(day)
    rows = returns.iloc[at + FIRST : at + 1]
    return fit(rows[ticker].to_numpy(), rows[BENCHMARK].to_numpy())


def _by_statsmodels(y: np.ndarray, x: np.ndarray) -> float:
    days = LAST - FIRST + 1
    model = sm.OLS(y[:days], sm.add_constant(x[:days])).fit()
    forecast = model.get_prediction([[1.0, x[-1]]])
    _ = forecast.se_obs  # the forecast error belongs to the work
    return float(y[-1] - forecast.predicted_mean[0])


def _by_eventstudy(y: np.ndarray, x: np.ndarray) -> float:
    import eventstudy

    study = eventstudy.Single(
        eventstudy.models.market_model,
        {"security_returns": y, "market_returns": x},
        event_window=(0, 0),
        estimation_size=LAST - FIRST + 1,
    )
    return float(study.AR[0])


def _row(fits: int, seconds: float, difference: float) -> dict[str, float]:
    return {
        "fits": fits,
        "seconds": seconds,
        "ms_per_fit": 1000 * seconds / fits,
        "largest_difference": difference,
    }


def report() -> None:
    """Print the comparison and the time of the simulation."""
    print(event_study_times().to_string(float_format=lambda value: f"{value:,.4g}"))
    if not importlib.util.find_spec("eventstudy"):
        print("(eventstudy is not installed: pip install eventstudy)")
    print(f"1,000 simulated panels of 20 firms, five tests: {simulation_time():.2f} s of processor")


if __name__ == "__main__":
    report()
