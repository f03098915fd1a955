"""The functions of lesson 01 against independent ways to the same numbers."""

from datetime import date
from itertools import product
from math import comb

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from sputnik_moment import history

RNG = np.random.default_rng(1957)
NOISY = pd.Series(
    np.r_[np.arange(8) * 0.3, 2.1 + np.arange(9) * 0.1] + RNG.normal(0, 0.05, 17),
    index=range(1950, 1967),
)


# Counting


def test_yearly_counts_equal_a_plain_loop_and_fill_the_gaps():
    dates = pd.to_datetime(["1957-10-04", "1957-11-03", "1957-12-06", "1960-01-01"])
    counts = history.yearly_counts(dates, ["SU", "SU", "US", "US"])
    assert counts.loc[1957].to_dict() == {"SU": 2, "US": 1}
    assert list(counts.index) == [1957, 1958, 1959, 1960]
    assert counts.loc[[1958, 1959]].to_numpy().sum() == 0
    assert counts.loc[1960, "US"] == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dates(date(1950, 1, 1), date(1979, 12, 31)), min_size=1, max_size=40))
def test_yearly_counts_lose_nothing(days):
    counts = history.yearly_counts(pd.to_datetime(pd.Series(days)))
    assert counts["all"].sum() == len(days)
    assert all(counts.loc[y, "all"] == sum(d.year == y for d in days) for y in counts.index)


def test_yearly_counts_can_be_asked_for_years_outside_the_log():
    counts = history.yearly_counts(pd.to_datetime(["1957-10-04"]), years=range(1955, 1959))
    assert counts["all"].tolist() == [0, 0, 1, 0]


def test_yearly_counts_refuse_bad_logs():
    with pytest.raises(ValueError, match="no rows"):
        history.yearly_counts(pd.DatetimeIndex([]))
    with pytest.raises(ValueError, match="1 dates are missing"):
        history.yearly_counts(pd.to_datetime(["1957-10-04", None]))
    with pytest.raises(ValueError, match="one group per date"):
        history.yearly_counts(pd.to_datetime(["1957-10-04"]), ["US", "SU"])


# Money


def test_share_lines_up_by_year():
    part = pd.Series({1966: 5933.5, 1965: 5092.4})
    total = pd.Series({1965: 118228.0, 1966: 134532.0})
    assert history.share(part, total)[1966] == pytest.approx(5933.5 / 134532)
    with pytest.raises(ValueError, match="zero or negative"):
        history.share(1.0, 0.0)


def test_real_terms_do_not_depend_on_the_scale_of_the_index():
    nominal = pd.Series({1966: 100.0, 2020: 100.0})
    index = pd.Series({1966: 0.2, 2020: 1.1})
    real = history.real_terms(nominal, index, 2020)
    assert real[2020] == 100 and real[1966] == pytest.approx(550)
    pd.testing.assert_series_equal(real, history.real_terms(nominal, index * 7.3, 2020))
    back = history.real_terms(real, 1 / index, 2020)
    pd.testing.assert_series_equal(back, nominal, check_exact=False)


def test_real_terms_say_what_is_missing():
    nominal = pd.Series({1966: 1.0, 1967: 1.0})
    with pytest.raises(ValueError, match="no value for 2020"):
        history.real_terms(nominal, pd.Series({1966: 1.0}), 2020)
    with pytest.raises(ValueError, match=r"\[1967\]"):
        history.real_terms(nominal, pd.Series({1966: 1.0}), 1966)
    with pytest.raises(ValueError, match="not a price index"):
        history.real_terms(nominal, pd.Series({1966: 1.0, 1967: -1.0}), 1966)


# Trends


def test_trend_equals_statsmodels():
    fit = sm.OLS(NOISY.to_numpy(), sm.add_constant(NOISY.index.to_numpy(float))).fit()
    line = history.trend(NOISY)
    np.testing.assert_allclose(
        [line.intercept, line.slope, line.standard_error],
        [*fit.params, fit.bse[1]],
        rtol=1e-8,
    )
    assert line.observations == 17
    assert line.at(1960) == pytest.approx(fit.predict([[1, 1960]])[0])


def test_trend_leaves_out_missing_values_and_needs_two():
    gap = NOISY.copy()
    gap[1955] = np.nan
    assert history.trend(gap) == history.trend(NOISY.drop(1955))
    assert np.isnan(history.trend(NOISY.iloc[:2]).standard_error)
    with pytest.raises(ValueError, match="two values"):
        history.trend(NOISY.iloc[:1])


def test_break_test_equals_the_dummy_regression_of_statsmodels():
    x = NOISY.index.to_numpy(float) - 1957
    late = (NOISY.index > 1957).astype(float)
    design = np.column_stack([np.ones_like(x), x, late, late * x])
    fit = sm.OLS(NOISY.to_numpy(), design).fit()
    oracle = fit.f_test(np.eye(4)[2:])
    found = history.break_test(NOISY, 1957)
    assert found.f_statistic == pytest.approx(float(oracle.fvalue), rel=1e-8)
    assert found.p_value == pytest.approx(float(oracle.pvalue), rel=1e-6)
    assert found.before.slope == pytest.approx(fit.params[1])
    assert found.after.slope == pytest.approx(fit.params[1] + fit.params[3])


def test_break_test_holds_its_level_on_straight_lines():
    rng = np.random.default_rng(0)
    years = range(1950, 1966)
    rejected = [
        history.break_test(
            pd.Series(np.arange(16) + rng.normal(size=16), index=years), 1957
        ).p_value
        < 0.05
        for _ in range(400)
    ]
    assert 0.02 < np.mean(rejected) < 0.08


def test_break_test_needs_points_on_both_sides():
    with pytest.raises(ValueError, match="three on each side"):
        history.break_test(NOISY, 1965)


def test_continue_trend_uses_the_time_before_only():
    changed = NOISY.copy()
    changed[changed.index > 1957] = 99.0
    expected = np.polyval(np.polyfit(range(1950, 1958), NOISY[:8], 1), NOISY.index)
    np.testing.assert_allclose(history.continue_trend(changed, 1957), expected, rtol=1e-6)


def test_cohort_change_waits_for_the_degree():
    degrees = pd.Series(100.0, index=range(1950, 1971))
    degrees.loc[1962:] = 150.0
    assert history.cohort_change(degrees, 1957) == pytest.approx(0.5)
    assert history.cohort_change(degrees, 1957, years_to_degree=6, classes=2) == pytest.approx(0.0)
    with pytest.raises(ValueError, match="1971"):
        history.cohort_change(degrees, 1965)


# Event time


def test_align_moves_a_closed_day_to_the_next_session():
    days = pd.to_datetime(["1957-10-02", "1957-10-03", "1957-10-04", "1957-10-07", "1957-10-08"])
    closes = pd.Series([5.0, 4.0, 3.0, 2.0, 1.0], index=days)
    assert history.align(closes, "1957-10-05").loc[0] == 2.0
    assert history.align(closes, "1957-10-07").loc[0] == 2.0
    assert history.align(closes, "1957-10-04").loc[-1] == 4.0


def test_align_equals_subtraction_on_whole_years():
    aligned = history.align(NOISY, 1957)
    np.testing.assert_array_equal(aligned.index, NOISY.index - 1957)
    np.testing.assert_array_equal(aligned, NOISY)


def test_align_refuses_what_it_cannot_place():
    with pytest.raises(ValueError, match="outside"):
        history.align(NOISY, 2025)
    with pytest.raises(ValueError, match="Sort"):
        history.align(NOISY[::-1], 1957)


def test_event_window_counts_steps():
    cut = history.event_window(NOISY, 1957, 2, 3)
    assert list(cut.index) == [-2, -1, 0, 1, 2, 3]
    assert cut[-2] == NOISY[1955]
    assert len(history.event_window(NOISY, 1957, 100, 0)) == 8
    with pytest.raises(ValueError, match="0 or more"):
        history.event_window(NOISY, 1957, -1, 2)


def test_years_from_count_in_both_directions():
    dates = pd.to_datetime(["1956-10-04", "1957-10-04", "1961-10-04"])
    aligned = history.years_from(pd.Series([1.0, 2.0, 3.0], index=dates), "1957-10-04")
    np.testing.assert_allclose(aligned.index, [-365 / 365.25, 0, 4])
    assert aligned.tolist() == [1.0, 2.0, 3.0]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_days_between_equal_the_calendar(start, end):
    assert history.days_between(str(start), str(end)) == end.toordinal() - start.toordinal()


def test_timing_tells_before_from_after_and_keeps_unknown_dates():
    dates = pd.Series(
        pd.to_datetime(["2025-01-21", "2025-01-27", "2025-07-23", None]), index=list("abcd")
    )
    placed = history.timing(dates, "2025-01-27")
    assert placed["days"].tolist()[:3] == [-6, 0, 177]
    assert placed["order"].tolist()[:3] == ["before", "same day", "after"]
    assert placed.loc["d"].isna().all()


# Suspicious prices


def test_stale_needs_a_repeat_here_and_a_move_there():
    close = pd.Series([1.0, 1.0, 2.0, 2.0, 3.0, 3.0])
    other = pd.Series([1.0, 1.1, 2.0, 2.0, 3.0, np.nan])
    assert history.unchanged(close).tolist() == [False, True, False, True, False, True]
    assert history.stale_closes(close, other).tolist() == [False, True, False, False, False, False]
    with pytest.raises(ValueError, match="different days"):
        history.stale_closes(close, other.iloc[1:])


# Scorecard

CODES = pd.DataFrame(
    {"dated": [1, 1, 0], "rival": [1, 0, 1], "money": [1, np.nan, 0]}, index=["a", "b", "c"]
)
EQUAL = {"dated": 1, "rival": 1, "money": 1}


def test_scores_by_hand():
    table = history.score_claims(CODES, EQUAL)
    np.testing.assert_allclose(table["score"], [1, 0.5, 1 / 3])
    np.testing.assert_allclose(table["low"], [1, 1 / 3, 1 / 3])
    np.testing.assert_allclose(table["high"], [1, 2 / 3, 1 / 3])
    assert table["rank"].tolist() == [1, 2, 3]


def test_only_proportions_of_weights_count_and_order_does_not():
    doubled = {"money": 2, "rival": 2, "dated": 2}
    pd.testing.assert_frame_equal(
        history.score_claims(CODES, EQUAL), history.score_claims(CODES, doubled)
    )


def test_bad_codes_and_weights_are_refused():
    with pytest.raises(ValueError, match="1 \\(met\\)"):
        history.score_claims(CODES.replace(0, 2), EQUAL)
    with pytest.raises(ValueError, match="one weight for each"):
        history.score_claims(CODES, {"dated": 1})
    with pytest.raises(ValueError, match="one of them above 0"):
        history.score_claims(CODES, dict.fromkeys(CODES, 0))
    with pytest.raises(ValueError, match="between 0"):
        history.score_claims(CODES, EQUAL, unknown=2)


@pytest.mark.parametrize(("n", "steps"), [(1, 5), (2, 4), (3, 10), (5, 6)])
def test_weight_grid_is_every_composition_once(n, steps):
    grid = history.weight_grid([f"c{i}" for i in range(n)], steps)
    oracle = {p for p in product(range(steps + 1), repeat=n) if sum(p) == steps}
    found = {tuple(row) for row in (grid * steps).round().astype(int).to_numpy()}
    assert found == oracle and len(grid) == comb(steps + n - 1, n - 1)


def test_rank_sensitivity_equals_ranking_one_set_of_weights_at_a_time():
    grid = history.weight_grid(CODES.columns, 6)
    ranks = np.array(
        [rankdata(-(CODES.fillna(0.5) @ w).round(12), method="min") for w in grid.to_numpy()]
    )
    table = history.rank_sensitivity(CODES, 6)
    np.testing.assert_array_equal(table["best"], ranks.min(axis=0))
    np.testing.assert_array_equal(table["worst"], ranks.max(axis=0))
    np.testing.assert_allclose(table["first"], (ranks == 1).mean(axis=0))
    for weights in grid.to_numpy()[::7]:
        one = history.score_claims(CODES, dict(zip(CODES, weights, strict=True)))["rank"]
        assert (one >= table["best"]).all() and (one <= table["worst"]).all()
