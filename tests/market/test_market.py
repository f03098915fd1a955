"""Lesson 04's library against independent oracles: statsmodels, closed forms, printed numbers."""

import datetime

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from sputnik_moment import data, market

SHOCK = "2025-01-27"
WINDOW = (-250, -21)
EXACT = {"rtol": 1e-12, "atol": 0}


@pytest.fixture(scope="module")
def closes():
    return market.wide(data.load("market_closes"), column="close")


@pytest.fixture(scope="module")
def table():
    return market.returns(market.wide(data.load("market_closes")))


@pytest.fixture(scope="module")
def groups():
    tickers = data.load("tickers")
    return tickers[tickers["kind"] == "share"].set_index("ticker")["group"]


def window_of(table, share, benchmark, window=WINDOW, event=SHOCK):
    """Estimation sample and event returns, cut by position and without the library."""
    position = list(table.index.strftime("%Y-%m-%d")).index(event)
    rows = table.iloc[position + window[0] : position + window[1] + 1]
    return (
        rows[share],
        rows[benchmark],
        table[share].iloc[position],
        table[benchmark].iloc[position],
    )


# --- The numbers of the lesson ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticker", "percent"),
    [("NVDA", -16.97), ("AVGO", -17.40), ("ORCL", -13.79), ("DELL", -8.70), ("SMCI", -12.62)],
)
def test_the_falls_of_27_january_2025(table, ticker, percent):
    assert round(100 * table.loc[SHOCK, ticker], 2) == percent


def test_589_and_593_are_one_fact_from_two_closes(closes):
    before = closes.loc["2025-01-24", "NVDA"]
    assert before == 142.62
    vendors = market.market_value_change(before, closes.loc[SHOCK, "NVDA"], 24.49e9)
    cnbc = market.market_value_change(before, 118.58, 24.49e9)
    assert round(vendors / 1e9, 1) == -592.7
    assert round(cnbc / 1e9, 1) == -588.7


def test_power_and_cooling_fell_more_than_chips(table, groups):
    by_group = market.cross_section(table.loc[SHOCK, groups.index], groups)
    assert by_group.index[0] == "power and cooling"
    assert by_group.loc["power and cooling", "worst"] == "VRT"
    assert by_group.loc["chips", "n"] == 10 and by_group["missing"].sum() == 0


def test_it_was_nvidias_worst_day_since_march_2020(table):
    rank = market.rank_of_day(table["NVDA"], SHOCK)
    assert rank.rank == 2 and rank.days == 1600
    assert rank.last_time == pd.Timestamp("2020-03-16")


# --- Returns ----------------------------------------------------------------------------------

prices = st.floats(min_value=0.01, max_value=1e6)


@given(prices, prices)
def test_returns_are_taken_from_the_old_price(old, new):
    assert market.simple_return(old, new) == pytest.approx((new - old) / old, rel=1e-9, abs=1e-12)
    assert np.exp(market.log_return(old, new)) == pytest.approx(new / old)


@given(prices, prices, prices)
def test_log_returns_add_up(a, b, c):
    total = market.log_return(a, b) + market.log_return(b, c)
    assert total == pytest.approx(market.log_return(a, c), abs=1e-9)


def test_not_divided_by_the_new_price():
    # A known fault of published packages: 142.62 to 118.42 printed as -20.44 %.
    assert market.simple_return(142.62, 118.42) == pytest.approx(-0.169682, abs=1e-6)


def test_returns_agree_with_pandas(closes):
    expected = closes.pct_change(fill_method=None).iloc[1:]
    pd.testing.assert_frame_equal(market.returns(closes), expected, rtol=1e-12)
    log = market.returns(closes["NVDA"], kind="log")
    np.testing.assert_allclose(log, np.diff(np.log(closes["NVDA"])), rtol=1e-10)


def test_gaps_are_not_filled():
    series = pd.Series([10.0, np.nan, 12.0, 15.0], pd.bdate_range("2025-01-01", periods=4))
    assert market.returns(series).isna().tolist() == [True, True, False]


def test_scalars_arrays_and_series_are_all_accepted():
    assert market.simple_return(100, 83) == pytest.approx(-0.17)
    np.testing.assert_allclose(market.simple_return(np.array([1.0, 2.0]), 3), [2, 0.5])
    assert isinstance(market.log_return(pd.Series([1.0]), pd.Series([2.0])), pd.Series)


# --- The market model -------------------------------------------------------------------------


@pytest.mark.parametrize("share", ["NVDA", "AVGO", "VRT", "AAPL"])
@pytest.mark.parametrize("benchmark", ["^GSPC", "^SOX", "SPY"])
@pytest.mark.parametrize("window", [(-250, -21), (-60, -1), (-25, -6)])
def test_market_model_equals_statsmodels(table, share, benchmark, window):
    y, x, actual, on_day = window_of(table, share, benchmark, window)
    oracle = sm.OLS(y.to_numpy(), sm.add_constant(x.to_numpy())).fit()
    model = market.market_model(table[share], table[benchmark], window, SHOCK)

    np.testing.assert_allclose([model.alpha, model.beta], oracle.params, rtol=1e-11)
    np.testing.assert_allclose(model.residual_sd**2, oracle.scale, **EXACT)
    np.testing.assert_allclose(model.r2, oracle.rsquared, **EXACT)
    assert (model.n, model.df) == (len(y), oracle.df_resid)
    assert (model.first, model.last) == (y.index[0], y.index[-1])

    forecast = oracle.get_prediction([[1, on_day]])
    result = market.abnormal_return(table[share], table[benchmark], SHOCK, window)
    np.testing.assert_allclose(result.forecast_error, forecast.se_obs[0], **EXACT)
    np.testing.assert_allclose(result.abnormal, actual - forecast.predicted_mean[0], **EXACT)
    np.testing.assert_allclose(result.band(), forecast.conf_int(obs=True)[0], rtol=1e-11)


def test_t_and_p_equal_those_of_an_event_dummy(table):
    y, x, actual, on_day = window_of(table, "NVDA", "^GSPC")
    regressors = np.column_stack([np.ones(len(y) + 1), [*x, on_day], [0.0] * len(y) + [1.0]])
    oracle = sm.OLS(np.array([*y, actual]), regressors).fit()
    result = market.abnormal_return(table["NVDA"], table["^GSPC"], SHOCK, WINDOW)
    np.testing.assert_allclose(result.abnormal, oracle.params[2], rtol=1e-12)
    np.testing.assert_allclose(result.t, oracle.tvalues[2], rtol=1e-11)
    np.testing.assert_allclose(result.p, oracle.pvalues[2], rtol=1e-9)


def test_mean_model_is_a_regression_on_a_constant(table):
    y, _, actual, _ = window_of(table, "NVDA", "^GSPC")
    forecast = sm.OLS(y.to_numpy(), np.ones(len(y))).fit().get_prediction([[1]])
    result = market.abnormal_return(table["NVDA"], table["^GSPC"], SHOCK, WINDOW, kind="mean")
    np.testing.assert_allclose(result.forecast_error, forecast.se_obs[0], **EXACT)
    np.testing.assert_allclose(result.abnormal, actual - y.mean(), **EXACT)
    assert result.df == len(y) - 1
    assert market.abnormal_return(table["NVDA"], None, SHOCK, WINDOW, kind="mean") == result


def test_market_adjusted_model_estimates_nothing(table):
    y, x, actual, on_day = window_of(table, "NVDA", "^GSPC")
    result = market.abnormal_return(
        table["NVDA"], table["^GSPC"], SHOCK, WINDOW, kind="market-adjusted"
    )
    assert result.abnormal == pytest.approx(actual - on_day, abs=1e-15)
    assert result.forecast_error == pytest.approx(np.sqrt(np.mean((y - x) ** 2)), abs=1e-15)
    assert result.df == len(y)


def test_the_event_does_not_enter_its_own_yardstick(table):
    changed = table.copy()
    changed.loc[SHOCK:, "NVDA"] = 0.5
    before = market.market_model(table["NVDA"], table["^GSPC"], WINDOW, SHOCK)
    assert market.market_model(changed["NVDA"], changed["^GSPC"], WINDOW, SHOCK) == before


def test_offsets_and_dates_give_the_same_window(table):
    by_offset = market.window_days(table.index, (-250, -21), SHOCK)
    by_date = market.window_days(table.index, ("2024-01-26", datetime.date(2024, 12, 23)), SHOCK)
    assert by_offset.equals(by_date) and len(by_offset) == 230


def test_a_forecast_far_from_the_mean_is_less_certain(table):
    model = market.market_model(table["NVDA"], table["^GSPC"], WINDOW, SHOCK)
    near, far = model.forecast_error(model.benchmark_mean), model.forecast_error(-0.10)
    assert near == pytest.approx(model.residual_sd * np.sqrt(1 + 1 / model.n))
    assert far > near > model.residual_sd


def test_size_under_the_null():
    """5 % of ordinary days are called abnormal, up to Monte Carlo error (3 sd of 2,000 draws)."""
    rng = np.random.default_rng(20250127)
    days = pd.bdate_range("2024-01-01", periods=62)
    false_alarms = 0
    for _ in range(2000):
        benchmark = pd.Series(rng.normal(0, 0.01, 62), days)
        share = 0.001 + 1.5 * benchmark + rng.normal(0, 0.02, 62)
        false_alarms += market.abnormal_return(share, benchmark, days[-1], (-60, -1)).p < 0.05
    assert abs(false_alarms / 2000 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 2000)


# --- Benchmarks, ranks, groups ----------------------------------------------------------------


@given(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(0, 0.9))
def test_taking_a_firm_out_of_its_index(firm, rest, weight):
    index = weight * firm + (1 - weight) * rest
    assert market.benchmark_without(index, firm, weight) == pytest.approx(rest, abs=1e-12)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40), st.data())
def test_rank_counts_days(values, draw):
    series = pd.Series(values, pd.bdate_range("2024-01-01", periods=len(values)), dtype=float)
    i = draw.draw(st.integers(0, len(values) - 1))
    rank = market.rank_of_day(series, series.index[i])
    assert rank.rank == sorted(values).index(values[i]) + 1
    assert rank.share_as_bad == sum(v <= values[i] for v in values) / len(values)
    earlier = [j for j in range(i) if values[j] <= values[i]]
    assert rank.last_time == (series.index[earlier[-1]] if earlier else None)


def test_cross_section_counts_what_is_missing():
    on_day = pd.Series({"A": -0.3, "B": -0.1, "C": np.nan, "D": 0.02, "E": np.nan})
    by_group = market.cross_section(on_day, {"A": "x", "B": "x", "C": "x", "D": "y", "E": "z"})
    assert by_group.index.tolist() == ["x", "y", "z"]
    x = by_group.loc["x"]
    assert (x["n"], x["missing"], x["worst"], x["worst_return"]) == (2, 1, "A", -0.3)
    assert x["mean"] == x["median"] == pytest.approx(-0.2)
    assert by_group.loc["z", "n"] == 0 and np.isnan(by_group.loc["z", "mean"])


@pytest.mark.parametrize("column", ["close", "adj_close"])
def test_wide_is_what_pandas_makes_of_the_table_in_any_order(column):
    long = data.load("market_closes")
    expected = long.pivot(columns="ticker", values=column)
    for rows in (long, long.sample(frac=1, random_state=1)):
        wide = market.wide(rows, column)
        pd.testing.assert_frame_equal(wide, expected)


def test_wide_keeps_every_close(closes):
    long = data.load("market_closes")
    assert closes.notna().to_numpy().sum() == len(long)
    assert closes.index.is_monotonic_increasing and closes.columns.is_unique
    assert np.isnan(closes.loc["2024-03-26", "GEV"]) and closes.loc["2024-03-27", "GEV"] > 0


# --- Bad input: every error says what to do next ----------------------------------------------


def fit(table, share="NVDA", benchmark="^GSPC", event=SHOCK, window=WINDOW, kind="market"):
    return market.abnormal_return(table[share], table[benchmark], event, window, kind)


def spoilt(table):
    """The table with a hole, a day without a close, a flat series and nothing else wrong."""
    table = table.assign(hole=table["NVDA"], late=table["NVDA"], flat=0.0)
    table.loc["2024-06-03", "hole"] = np.nan
    table.loc[SHOCK, "late"] = np.nan
    return table


BAD = {
    "Did you mean 'NVDA'": lambda t: market.pick(t, "NVDIA"),
    "Known: AAPL, AMD": lambda t: market.pick(t, "XXXXXX"),
    "a Sunday, is not.*2025-01-24 and 2025-01-27": lambda t: fit(t, event="2025-01-26"),
    "Nearest: 2026-05-15": lambda t: fit(t, event="2030-01-02"),
    "Write it as '2025-01-27'": lambda t: fit(t, event="last Monday"),
    "None is not a date": lambda t: fit(t, event=None),
    "at least 20 are needed": lambda t: fit(t, window=(-30, -20)),
    "has only 1272. Start at -1272": lambda t: fit(t, window=(-1300, -21)),
    "two negative numbers": lambda t: fit(t, window=(-250, 5)),
    "farther one first": lambda t: fit(t, window=(-21, -250)),
    "contains the event": lambda t: fit(t, window=("2024-01-02", SHOCK)),
    "earlier date first": lambda t: fit(t, window=("2024-12-31", "2024-01-02")),
    "Pass event=": lambda t: market.market_model(t["NVDA"], t["^GSPC"], WINDOW),
    "have no dates.*axis=1": lambda t: market.abnormal_return(
        t[["NVDA", "VRT"]].mean(), t["^GSPC"], SHOCK, WINDOW
    ),
    "table with 2 columns.*axis=1": lambda t: market.abnormal_return(
        t[["NVDA", "VRT"]], t["^GSPC"], SHOCK, WINDOW
    ),
    "1 of the 230 days.*2024-06-03": lambda t: fit(t, share="hole"),
    "listed all the time": lambda t: fit(t, share="GEV"),
    "No return on 2025-01-27": lambda t: fit(t, share="late"),
    "Choose another benchmark": lambda t: fit(t, benchmark="flat"),
    "its own benchmark": lambda t: fit(t, benchmark="NVDA"),
    "needs a benchmark": lambda t: market.market_model(t["NVDA"], None, WINDOW, SHOCK),
    "different days": lambda t: market.market_model(t["NVDA"], t["^GSPC"].iloc[1:], WINDOW, SHOCK),
    "Choose 'market', 'mean'": lambda t: fit(t, kind="capm"),
    "Choose 'simple' or 'log'": lambda t: market.returns(t.abs() + 1, kind="percent"),
    "sort_index": lambda t: market.returns(t.iloc[::-1]),
    "zero or negative": lambda t: market.returns(pd.Series([1.0, 0.0, 2.0])),
    "price is missing": lambda t: market.simple_return(np.nan, 1.0),
    "must be above zero": lambda t: market.log_return(1.0, -1.0),
    "counted in single shares": lambda t: market.market_value(118.42, 0),
    "No column 'price'": lambda t: market.wide(data.load("market_closes"), column="price"),
    "two rows on": lambda t: market.wide(pd.concat([data.load("market_closes").iloc[:1]] * 2)),
    "no date or no ticker": lambda t: market.wide(data.load("market_closes").replace("NVDA", None)),
    "fraction from 0": lambda t: market.benchmark_without(-0.01, -0.17, 6.6),
    "No group for NVDA": lambda t: market.cross_section(pd.Series({"NVDA": -0.17}), {}),
    "2025-01-26.*not a trading day": lambda t: market.rank_of_day(t["NVDA"], "2025-01-26"),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_answered_with_advice(table, message):
    with pytest.raises(market.MarketError, match=message):
        BAD[message](spoilt(table))


def test_the_kind_of_error_can_be_told_apart(table):
    for error, call in [
        (market.UnknownTicker, lambda: market.pick(table, "?")),
        (market.NotATradingDay, lambda: market.trading_day(table.index, "2025-01-26")),
        (market.WindowError, lambda: market.window_days(table.index, (-9999, -1), SHOCK)),
        (market.MissingReturns, lambda: market.simple_return(1.0, np.nan)),
    ]:
        assert issubclass(error, market.MarketError) and issubclass(error, ValueError)
        with pytest.raises(error):
            call()
