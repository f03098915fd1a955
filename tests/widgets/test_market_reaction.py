"""The explorers of lesson 04: what they say equals what the library computes, at every setting."""

import datetime

import pandas as pd
import pytest

from sputnik_moment import data, figures, market
from sputnik_moment.widgets import market_reaction
from sputnik_moment.widgets.market_reaction import (
    EventStudyExplorer,
    MarketValueCalculator,
    WhoFell,
)


@pytest.fixture(scope="module")
def table():
    return market.returns(market.wide(data.load("market_closes")))


@pytest.fixture(scope="module")
def study():
    return EventStudyExplorer()


@pytest.fixture(scope="module")
def who():
    return WhoFell()


@pytest.fixture(scope="module")
def value():
    return MarketValueCalculator()


def has_picture(explorer):
    figures.check_alt(explorer.alt)
    return "<img" in explorer.picture.value


# --- Event study ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["market", "mean", "market-adjusted"])
@pytest.mark.parametrize(("share", "benchmark"), [("NVDA", "^GSPC"), ("VRT", "^SOX")])
def test_the_event_study_says_what_the_library_computes(study, table, kind, share, benchmark):
    study.set(
        share=share, benchmark=benchmark, model=kind, length=120, gap=20,
        event=datetime.date(2025, 1, 27),
    )  # fmt: skip
    result = market.abnormal_return(table[share], table[benchmark], "2025-01-27", (-140, -21), kind)
    for number in (result.actual, result.expected, result.abnormal, *result.band()):
        assert f"{100 * number:.2f} %" in study.readout_text
    assert f"t = {result.t:.2f}" in study.readout_text and "120 days" in study.readout_text
    assert study.actual.get_ydata()[0] == result.actual
    assert study.expected.get_ydata()[0] == result.expected
    assert len(study.days.get_xdata()) == 120
    assert has_picture(study)


def test_the_band_is_drawn_where_the_library_puts_it(study, table):
    study.set(share="NVDA", benchmark="^GSPC", model="market", length=120, gap=20)
    x_event = study.actual.get_xdata()[0]
    low, high = market.abnormal_return(
        table["NVDA"], table["^GSPC"], "2025-01-27", (-140, -21)
    ).band()
    corners = pd.DataFrame(study.band.get_xy(), columns=["x", "y"])
    near = corners[(corners["x"] - x_event).abs() < 0.002]["y"]
    assert near.min() == pytest.approx(low, abs=0.01)
    assert near.max() == pytest.approx(high, abs=0.01)


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ({"event": datetime.date(2025, 1, 26)}, "2025-01-24 and 2025-01-27"),
        ({"event": datetime.date(1957, 10, 7)}, "not a trading day"),
        ({"event": None}, "not a date"),
        ({"length": 5}, "at least 20"),
        ({"share": "GEV", "length": 500}, "A shorter estimation window starts later"),
        ({"event": datetime.date(2020, 1, 6)}, "the table has only"),
    ],
)
def test_an_impossible_event_study_is_answered_in_words(study, moves, words):
    start = {name: control.value for name, control in study.controls.items()}
    study.set(**moves)
    assert words in study.readout_text and not has_picture(study)
    study.set(**start)
    assert has_picture(study)


def test_every_share_against_every_benchmark_at_the_extremes(study, monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "png", lambda fig: drawn.append(fig) or b"")
    for name, _, extremes in [("length", 120, (5, 500)), ("gap", 20, (0, 100))]:
        for value in extremes:
            study.set(**{name: value})
        study.set(length=120, gap=20)
    for _, share in study.controls["share"].options:
        study.set(share=share)
    study.set(share="NVDA")
    for _, benchmark in study.controls["benchmark"].options:
        study.set(benchmark=benchmark)
    assert len(drawn) > 30


def test_the_volatility_index_is_no_benchmark(study):
    assert "^VIX" not in dict(study.controls["benchmark"].options).values()


def test_ticks_are_called_what_they_are(study, who):
    """Ticks at steps of 2.5 % were once called -8, -5, -2, 0, 3 %."""
    study.set(share="NVDA", benchmark="^SOX", model="market", length=250, gap=10)
    who.set(date=datetime.date(2025, 1, 21))
    for axis in (study.ax.xaxis, study.ax.yaxis, who.ax.xaxis):
        places = axis.get_majorticklocs()
        for place in places:
            name = axis.get_major_formatter()(place)
            assert float(name.removesuffix(" %")) == pytest.approx(100 * place), name
    who.set(date=datetime.date(2025, 1, 27))


# --- Who fell ---------------------------------------------------------------------------------


def shown(explorer):
    """Tickers of the visible bars, from top to bottom."""
    bars = {t: bar for t, bar in explorer.bars.items() if bar.get_visible()}
    return sorted(bars, key=lambda ticker: bars[ticker].get_y())


def test_bars_are_the_returns_of_the_day(who, table):
    who.set(date=datetime.date(2025, 1, 27), order="together")
    expected = table.loc["2025-01-27", list(who.bars)].sort_values()
    assert shown(who) == list(expected.index) and len(expected) == 29
    assert [who.bars[t].get_width() for t in expected.index] == list(expected)
    assert "23 of 29 shares fell" in who.readout_text
    assert "Lowest: Vertiv -29.88 %; highest: Salesforce 3.96 %" in who.readout_text
    assert has_picture(who)


def test_group_order_starts_with_the_lowest_median(who):
    who.set(date=datetime.date(2025, 1, 27), order="groups")
    assert shown(who)[:5] == ["VRT", "VST", "GEV", "CEG", "ETN"]
    assert "power and cooling -21.52 %" in who.readout_text


def test_groups_differ_by_more_than_colour(who):
    hatches = {bar.get_hatch() for bar in who.bars.values()}
    colours = {bar.get_facecolor() for bar in who.bars.values()}
    assert len(hatches) == len(colours) == len(who.groups) == 7
    assert [t.get_text() for t in who.figure.legends[0].get_texts()] == who.groups


def test_groups_can_be_switched_off_and_on(who):
    who.set(chips=False, cloud=False)
    assert len(shown(who)) == 14 and "NVDA" not in shown(who)
    who.set(chips=True, cloud=True)
    assert len(shown(who)) == 29


def test_no_group_a_closed_exchange_and_missing_shares_are_said_in_words(who):
    day = {"date": datetime.date(2025, 1, 27)}
    who.set(**dict.fromkeys(who.groups, False))
    assert who.readout_text == "No group is chosen. Tick at least one group."
    who.set(**dict.fromkeys(who.groups, True), date=datetime.date(2025, 1, 26))
    assert "2025-01-24 and 2025-01-27" in who.readout_text
    who.set(date=None)
    assert "not a date" in who.readout_text
    who.set(date=datetime.date(2024, 1, 3))
    assert "No return: GE Vernova." in who.readout_text and has_picture(who)
    who.set(date=datetime.date(2020, 3, 16))
    assert "Lowest: Super Micro Computer -24.17 %" in who.readout_text
    assert who.readout_text.endswith("No return: 24 shares.") and len(shown(who)) == 5
    who.set(**dict.fromkeys(who.groups, False) | {"China": True})
    assert "None of these shares" in who.readout_text
    who.set(**dict.fromkeys(who.groups, True) | day)
    assert len(shown(who)) == 29


# --- Market value -----------------------------------------------------------------------------


def test_two_closes_give_the_two_printed_figures(value):
    value.set(close=118.42)
    assert "lost 592.7 billion" in value.readout_text
    assert value.readout_text.endswith("the press printed, equal after rounding: 593, 592.7.")
    value.set(close=118.58)
    assert "lost 588.7 billion" in value.readout_text
    assert value.readout_text.endswith("equal after rounding: 589.")
    filled = [m.get_markerfacecolor() != "white" for m in value.marks]
    assert sum(filled) == 1 and has_picture(value)


def test_every_published_count_brings_its_own_uncertainty(value):
    value.set(close=118.42)
    for _, count in value.controls["shares"].options[:-1]:
        value.set(shares=count)
        low, high = value.bar.get_xdata()
        half = (142.62 - 118.42) * count * value.count_uncertainty[count] / 100
        assert (high - low) / 2 == pytest.approx(half)
    value.set(shares=24.49)


def test_own_values_are_used_only_when_chosen(value):
    value.set(close=118.42, shares=24.49, own_close=100.0, own_shares=10.0)
    assert "592.7" in value.readout_text and value.controls["own_close"].disabled
    value.set(close="own", shares="own", uncertainty=5.0)
    assert not value.controls["own_close"].disabled
    assert "lost 426.2 billion USD (404.9 to 447.5)" in value.readout_text
    value.set(close="own", own_close=160.0)
    assert "gained 173.8 billion" in value.readout_text
    assert value.readout_text.endswith("rounding: none.")


def test_sums_that_are_equal_and_sums_that_only_lie_in_the_range_are_told_apart(value):
    value.set(close=118.42, shares=24.477)
    assert "plus or minus 1 %" in value.readout_text and "(586.4 to 598.3)" in value.readout_text
    assert value.readout_text.endswith("none; within the range only: 596, 593, 592.7, 589.")
    value.set(shares=24.49)


def test_an_own_count_is_exact_until_the_learner_makes_it_uncertain(value):
    value.set(close=118.42, shares="own", own_shares=12.245, uncertainty=0)
    assert "12.245 bn shares: Nvidia lost 296.3 billion USD. Of the sums" in value.readout_text
    value.set(shares=24.49)


@pytest.mark.parametrize("close", [0.01, 142.62, 1000.0])
@pytest.mark.parametrize("shares", [0.001, 100.0])
@pytest.mark.parametrize("uncertainty", [0.0, 5.0])
def test_extreme_values_are_drawn(value, close, shares, uncertainty):
    value.set(
        close="own", own_close=close, shares="own", own_shares=shares, uncertainty=uncertainty
    )
    assert has_picture(value)


def test_every_control_has_a_label():
    for explorer in market_reaction.__all__:
        for control in getattr(market_reaction, explorer)().controls.values():
            assert control.description
