"""Lesson 05's library against independent oracles: statsmodels, scipy, closed forms, simulation."""

import time

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from sputnik_moment import data, event_study, market

SHOCK = "2025-01-27"
WINDOW = (-260, -11)
AI = ["NVDA", "AVGO", "MRVL", "MU", "TSM", "ANET", "VRT", "ETN", "VST", "CEG"]


@pytest.fixture(scope="module")
def table():
    return market.returns(market.wide(data.load("market_closes")))


@pytest.fixture(scope="module")
def placebo(table):
    return event_study.placebo(table, table["^GSPC"], (0, 0), WINDOW)


def by_position(table, share, benchmark, event, span, window):
    """Estimation sample and event days, cut by position and without the library."""
    at = list(table.index.strftime("%Y-%m-%d")).index(event)
    window = slice(at + window[0], at + window[1] + 1)
    span = slice(at + span[0], at + span[1] + 1)
    y, x = table[share].to_numpy(), table[benchmark].to_numpy()
    return y[window], x[window], y[span], x[span]


# --- One event over several days --------------------------------------------------------------


@pytest.mark.parametrize("span", [(0, 0), (0, 1), (0, 4), (-1, 1), (0, 60), (5, 9)])
@pytest.mark.parametrize(("share", "benchmark"), [("NVDA", "^GSPC"), ("VRT", "^SOX")])
def test_car_and_its_error_equal_an_event_dummy_regression(table, share, benchmark, span):
    y, x, y_event, x_event = by_position(table, share, benchmark, SHOCK, span, WINDOW)
    n, k = len(y), len(y_event)
    dummies = np.vstack([np.zeros((n, k)), np.eye(k)])
    design = np.column_stack([np.ones(n + k), np.r_[x, x_event], dummies])
    oracle = sm.OLS(np.r_[y, y_event], design).fit()
    test = oracle.t_test(np.r_[0, 0, np.ones(k)])

    result = event_study.cumulative_abnormal_return(
        table[share], table[benchmark], SHOCK, span, WINDOW
    )
    assert result.abnormal == pytest.approx(test.effect[0], rel=1e-10)
    assert result.forecast_error == pytest.approx(test.sd[0, 0], rel=1e-10)
    assert result.p == pytest.approx(float(test.pvalue), rel=1e-8)
    assert result.df == oracle.df_resid


def test_forecast_covariance_equals_that_of_statsmodels(table):
    y, x, _, x_event = by_position(table, "NVDA", "^GSPC", SHOCK, (0, 9), WINDOW)
    oracle = sm.OLS(y, sm.add_constant(x)).fit()
    at = sm.add_constant(x_event)
    expected = at @ oracle.cov_params() @ at.T + oracle.scale * np.eye(len(x_event))
    model = market.market_model(table["NVDA"], table["^GSPC"], WINDOW, SHOCK)
    covariance = event_study.forecast_covariance(model, x_event)
    np.testing.assert_allclose(covariance, expected, rtol=1e-10)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), model.forecast_error(x_event))


@pytest.mark.parametrize("kind", ["market", "mean", "market-adjusted"])
def test_the_path_starts_with_the_one_day_study_and_adds_up(table, kind):
    path = event_study.car_path(table["NVDA"], table["^GSPC"], SHOCK, (0, 20), WINDOW, kind)
    first = market.abnormal_return(table["NVDA"], table["^GSPC"], SHOCK, WINDOW, kind)
    assert path.loc[0, "car"] == pytest.approx(first.abnormal, rel=1e-12)
    assert path.loc[0, "se"] == pytest.approx(first.forecast_error, rel=1e-12)
    np.testing.assert_allclose(path["car"], path["abnormal"].cumsum())
    for last in (1, 7, 20):
        result = event_study.cumulative_abnormal_return(
            table["NVDA"], table["^GSPC"], SHOCK, (0, last), WINDOW, kind
        )
        assert path.loc[last, "se"] == pytest.approx(result.forecast_error, rel=1e-12)


def test_estimated_lines_make_errors_grow_faster_than_root_k(table):
    """A known fault of published packages: the error of k days as sqrt(k) times that of one."""
    path = event_study.car_path(table["NVDA"], table["^GSPC"], SHOCK, (0, 100), (-60, -11))
    model = market.market_model(table["NVDA"], table["^GSPC"], (-60, -11), SHOCK)
    assert path.loc[100, "se"] > 1.3 * np.sqrt(101) * model.residual_sd


def test_buy_and_hold_compounds(table):
    path = event_study.car_path(table["NVDA"], table["^GSPC"], SHOCK, (0, 20), WINDOW)
    closes = market.wide(data.load("market_closes"))["NVDA"]
    held = closes[path["date"].iloc[-1]] / closes["2025-01-24"] - 1
    expected = np.exp(np.log1p(path["expected"]).sum()) - 1
    bhar = event_study.buy_and_hold_abnormal_return(
        table["NVDA"], table["^GSPC"], SHOCK, (0, 20), WINDOW
    )
    assert bhar == pytest.approx(held - expected, abs=1e-12)


def test_recovery_finds_the_way_back():
    days = pd.bdate_range("2025-01-01", periods=6)
    closes = pd.Series([10.0, 7.0, 6.0, 9.0, 10.0, 5.0], days)
    found = event_study.recovery(closes, days[1])
    assert (found.before, found.lowest, found.lowest_day) == (10.0, 6.0, days[2])
    assert (found.back_day, found.days) == (days[4], 3)
    never = event_study.recovery(closes, days[5])
    assert (never.lowest, never.back_day, never.days) == (5.0, None, None)
    unharmed = event_study.recovery(closes, days[3])
    assert (unharmed.days, unharmed.lowest) == (0, 9.0)


def test_nvidia_was_back_after_92_trading_days():
    closes = market.wide(data.load("market_closes"), "close")["NVDA"]
    found = event_study.recovery(closes, SHOCK)
    since = closes[SHOCK:]
    assert found.back_day == since.index[since >= 142.62][0] == pd.Timestamp("2025-06-09")
    assert since.index.get_loc(found.back_day) == found.days == 92


# --- Many firms -------------------------------------------------------------------------------


def test_a_firm_may_have_two_events(table):
    events = pd.DataFrame(
        {"ticker": ["NVDA", "NVDA", "AVGO"], "date": [SHOCK, "2025-04-03", SHOCK]},
        index=["nvda-shock", "nvda-tariffs", "avgo-shock"],
    )
    panel = event_study.event_panel(table, table["^GSPC"], events, window=WINDOW)
    assert list(panel.table.index) == list(events.index)
    for name, row in panel.table.iterrows():
        alone = market.abnormal_return(table[row["ticker"]], table["^GSPC"], row["date"], WINDOW)
        assert row["abnormal"] == pytest.approx(alone.abnormal, rel=1e-12), name
        assert row["standardised"] == pytest.approx(alone.t, rel=1e-12)
    # Only one of the three pairs shares a date.
    both = panel.residuals[["nvda-shock", "avgo-shock"]].corr().iloc[0, 1]
    assert panel.correlation == pytest.approx(both / 3)


def test_panel_correlation_is_that_of_the_residuals(table):
    events = pd.DataFrame({"ticker": AI, "date": SHOCK})
    panel = event_study.event_panel(table, table["^GSPC"], events, window=WINDOW)
    residuals = panel.residuals.to_numpy()
    assert residuals.shape == (250, 10)
    oracle = np.corrcoef(residuals.T)[np.triu_indices(10, 1)].mean()
    assert panel.correlation == pytest.approx(oracle)
    assert event_study.mean_correlation(residuals) == pytest.approx(oracle)


def test_cross_sectional_tests_equal_scipy():
    values = np.random.default_rng(4).normal(-0.02, 0.05, (3, 12))
    oracle = stats.ttest_1samp(values, 0, axis=1)
    for test in (event_study.cross_sectional_test, event_study.bmp_test):
        result = test(values)
        np.testing.assert_allclose(result.statistic, oracle.statistic)
        np.testing.assert_allclose(result.p, oracle.pvalue)


def test_patell_by_hand():
    standardised, df = np.array([-2.0, -1.0, 0.5]), np.array([98, 48, 98])
    z = -2.5 / np.sqrt(98 / 96 + 48 / 46 + 98 / 96)
    result = event_study.patell_test(standardised, df)
    assert result.statistic == pytest.approx(z)
    assert result.p == pytest.approx(2 * stats.norm.sf(abs(z)))


def test_kolari_pynnonen_by_hand():
    standardised = np.array([-2.0, -1.0, 0.5, -3.0])
    uncorrected = event_study.bmp_test(standardised)
    assert event_study.kolari_pynnonen_test(standardised, 0.0) == uncorrected
    t = uncorrected.statistic * np.sqrt(0.7 / 1.9)
    result = event_study.kolari_pynnonen_test(standardised, 0.3)
    assert result.statistic == pytest.approx(t)
    assert result.p == pytest.approx(2 * stats.t.sf(abs(t), 3))


def test_portfolio_is_the_mean_of_the_firms(table):
    result = event_study.portfolio_test(table, table["^GSPC"], AI, SHOCK, window=WINDOW)
    mean = table[AI].mean(axis=1)
    alone = market.abnormal_return(mean, table["^GSPC"], SHOCK, WINDOW)
    assert result.t == pytest.approx(alone.t, rel=1e-12)
    events = pd.DataFrame({"ticker": AI, "date": SHOCK})
    panel = event_study.event_panel(table, table["^GSPC"], events, window=WINDOW)
    assert result.abnormal == pytest.approx(panel.table["abnormal"].mean())


# --- Placebo dates ----------------------------------------------------------------------------


@pytest.mark.parametrize("span", [(0, 0), (0, 4), (-1, 3)])
def test_placebo_equals_a_statsmodels_loop(table, span):
    placebo = event_study.placebo(table, table["^GSPC"], span, WINDOW)
    rng = np.random.default_rng(1957)
    known = placebo.t["NVDA"].dropna().index
    days = [*rng.choice(known, 12, replace=False), known[0], known[-1]]
    for day in pd.DatetimeIndex(days).strftime("%Y-%m-%d"):
        for share in ("NVDA", "AVGO", "SMCI"):
            y, x, y_event, x_event = by_position(table, share, "^GSPC", day, span, WINDOW)
            model = sm.OLS(y, sm.add_constant(x)).fit()
            at = sm.add_constant(x_event, has_constant="add")
            car = (y_event - at @ model.params).sum()
            ones = at.sum(axis=0)
            error = np.sqrt(ones @ model.cov_params() @ ones + len(at) * model.scale)
            assert placebo.abnormal.loc[day, share] == pytest.approx(car, rel=1e-9, abs=1e-13)
            assert placebo.t.loc[day, share] == pytest.approx(car / error, rel=1e-9, abs=1e-11)


def test_placebo_covers_every_eligible_date_and_no_other(table, placebo):
    assert list(placebo.t.index) == list(table.index[260:])
    listed = table["GEV"].first_valid_index()
    first = table.index.get_loc(listed) + 260
    assert placebo.t["GEV"].first_valid_index() == table.index[first]
    assert placebo.t["GEV"].notna().sum() == len(table) - first


def test_the_shock_was_nvidias_most_abnormal_day(placebo):
    rank = market.rank_of_day(placebo.t["NVDA"], SHOCK)
    assert (rank.rank, rank.days) == (1, 1340)


@pytest.mark.parametrize("span", [(0, 0), (0, 4), (-1, 3), (2, 21)])
def test_placebo_dates_share_no_day_with_the_event(table, span):
    """By brute force: the days of each span against those of the event's."""
    everything = event_study.placebo(table, table["^GSPC"], span, WINDOW)
    without = event_study.placebo(table, table["^GSPC"], span, WINDOW, event=SHOCK)
    taken = set(event_study.span_days(table.index, span, SHOCK))
    kept = [
        day
        for day in everything.t.index
        if day == pd.Timestamp(SHOCK)
        or taken.isdisjoint(event_study.span_days(table.index, span, day))
    ]
    assert list(without.t.index) == kept
    pd.testing.assert_frame_equal(without.t, everything.t.loc[kept])
    pd.testing.assert_frame_equal(without.abnormal, everything.abnormal.loc[kept])


def test_a_week_is_no_placebo_of_itself(table):
    """Eight spans hold days of the shock's week; three of them were as bad."""
    ranks = {}
    for event in (None, SHOCK):
        t = event_study.placebo(table[["NVDA"]], table["^GSPC"], (0, 4), WINDOW, event).t["NVDA"]
        rank = market.rank_of_day(t, SHOCK)
        ranks[event] = rank.rank, rank.days
    assert ranks == {None: (16, 1336), SHOCK: (13, 1328)}


def test_placebo_is_quick(table):
    """About 36 x 550 fits take 0.03 s here; the limit leaves room for a busy machine."""
    start = time.process_time()
    event_study.placebo(table, table["^GSPC"], (0, 0), WINDOW)
    assert time.process_time() - start < 0.5


# --- How often does a test cry wolf? ----------------------------------------------------------


def inside(table, test, rate, panels):
    return abs(table.loc[test, "rate"] - rate) < 3 * np.sqrt(rate * (1 - rate) / panels)


def test_every_test_keeps_its_size_when_firms_are_independent():
    rates = event_study.false_alarm_rates(correlation=0.0, panels=4000, seed=7)
    for test in rates.index:
        # Cross-sectional t of market-model errors is t only nearly; all are within 3 errors.
        assert inside(rates, test, 0.05, 4000), rates


def test_with_correlation_only_two_tests_keep_their_size():
    rates = event_study.false_alarm_rates(correlation=0.3, panels=4000, seed=7)
    naive = 2 * stats.norm.sf(1.96 / np.sqrt(1 + 19 * 0.3))
    assert naive == pytest.approx(0.45, abs=0.005)
    assert inside(rates, "Patell", naive, 4000)
    assert inside(rates, "portfolio", 0.05, 4000)
    assert inside(rates, "Kolari-Pynnonen", 0.05, 4000)
    assert rates.loc[["BMP", "cross-sectional"], "rate"].min() > 0.45


def test_a_wild_day_fools_all_tests_that_know_only_the_past():
    rates = event_study.false_alarm_rates(correlation=0.0, volatility=2.0, panels=4000, seed=7)
    expected = 2 * stats.norm.sf(1.96 / 2)
    assert inside(rates, "Patell", expected, 4000)
    assert inside(rates, "BMP", 0.05, 4000) and inside(rates, "Kolari-Pynnonen", 0.05, 4000)


def test_simulated_fits_equal_the_library(table):
    """The vectorised fits of the simulator give what `event_panel` gives."""
    x, y = event_study._draw(firms=4, correlation=0.3, panels=2, days=60, seed=3)
    days = pd.bdate_range("2024-01-01", periods=61)
    returns = pd.DataFrame(y[1], days, list("ABCD"))
    events = pd.DataFrame({"ticker": list("ABCD"), "date": days[-1]})
    panel = event_study.event_panel(returns, pd.Series(x[1], days), events, window=(-60, -1))
    abnormal, error, residuals, df = event_study._fit_panels(x, y)
    np.testing.assert_allclose(abnormal[1], panel.table["abnormal"], rtol=1e-10)
    np.testing.assert_allclose(error[1], panel.table["forecast_error"], rtol=1e-10)
    assert event_study.mean_correlation(residuals)[1] == pytest.approx(panel.correlation)
    assert df == 58


def test_simulated_residuals_have_the_chosen_correlation():
    _, y = event_study._draw(firms=10, correlation=0.4, panels=200, days=100, seed=5)
    centred = y - y.mean(axis=1, keepdims=True)
    assert event_study.mean_correlation(centred).mean() == pytest.approx(0.4, abs=0.01)


def test_a_seed_gives_the_same_rates_again():
    first = event_study.false_alarm_rates(panels=50, seed=1)
    pd.testing.assert_frame_equal(first, event_study.false_alarm_rates(panels=50, seed=1))


# --- Bad input --------------------------------------------------------------------------------

BAD = {
    "leaves it. Shorten": lambda t: event_study.span_days(t.index, (0, 9999), SHOCK),
    "ends before it starts": lambda t: event_study.span_days(t.index, (5, 0), SHOCK),
    "into the span": lambda t: event_study.car_path(t["NVDA"], t["^GSPC"], SHOCK, (-20, 5), WINDOW),
    "Choose a span without": lambda t: event_study.car_path(
        t["IBM"], t["^GSPC"], "2026-05-01", (0, 5), WINDOW
    ),
    "no close before": lambda t: event_study.recovery(t["NVDA"] + 1, t.index[0]),
    "Two events have one name": lambda t: event_study.event_panel(
        t, t["^GSPC"], pd.DataFrame({"ticker": ["AMD"] * 2, "date": SHOCK}, index=["a", "a"])
    ),
    "Did you mean 'NVDA'": lambda t: event_study.portfolio_test(t, t["^GSPC"], ["NVDIA"], SHOCK),
    "Give two or more": lambda t: event_study.cross_sectional_test([0.1]),
    "Leave it out": lambda t: event_study.bmp_test([0.1, np.nan]),
    "impossible for 3 firms": lambda t: event_study.kolari_pynnonen_test([1, 2, 3], -0.6),
    "different days": lambda t: event_study.placebo(t, t["^GSPC"].iloc[1:]),
    "must end before": lambda t: event_study.placebo(t, t["^GSPC"], (0, 0), (-100, 0)),
    "not a trading day": lambda t: event_study.placebo(t, t["^GSPC"], event="2025-01-26"),
    "too few": lambda t: event_study.placebo(t.iloc[:100], t["^GSPC"].iloc[:100]),
    "from 0 to below 1": lambda t: event_study.false_alarm_rates(correlation=1.0),
    "at least 2 firms": lambda t: event_study.false_alarm_rates(firms=1),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_answered_with_advice(table, message):
    with pytest.raises(market.MarketError, match=message):
        BAD[message](table)
