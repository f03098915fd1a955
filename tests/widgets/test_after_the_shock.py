"""The explorers of lesson 05: what they say equals what the library computes, at every setting."""

import datetime

import pytest

from sputnik_moment import data, event_study, figures, market
from sputnik_moment.widgets.after_the_shock import (
    FalseAlarmSimulator,
    PlaceboExplorer,
    RecoveryTracker,
)

SHOCK = datetime.date(2025, 1, 27)


@pytest.fixture(scope="module")
def table():
    return market.returns(market.wide(data.load("market_closes")))


@pytest.fixture(scope="module")
def placebo():
    return PlaceboExplorer()


@pytest.fixture(scope="module")
def simulator():
    return FalseAlarmSimulator()


@pytest.fixture(scope="module")
def tracker():
    return RecoveryTracker()


def has_picture(explorer):
    figures.check_alt(explorer.alt)
    return "<img" in explorer.picture.value


@pytest.mark.parametrize(("share", "days"), [("NVDA", 1), ("NVDA", 5), ("VRT", 1), ("VRT", 20)])
def test_the_placebo_explorer_says_what_the_library_computes(placebo, table, share, days):
    placebo.set(share=share, benchmark="^GSPC", days=days, event=SHOCK)
    study = event_study.placebo(table[[share]], table["^GSPC"], (0, days - 1), event=SHOCK)
    t = study.t[share].dropna()
    rank = market.rank_of_day(t, SHOCK)
    assert f"t = {t['2025-01-27']:.1f}." in placebo.readout_text
    as_low = int((t <= t["2025-01-27"]).sum())
    assert f"As low or lower: {as_low:,} of {rank.days:,} dates" in placebo.readout_text
    assert sum(bar.get_height() for bar in placebo.bars) == len(t)
    assert has_picture(placebo)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (
            1,
            "1 of 1,340 dates since 14 January 2021 (the first with 260 days before it), or 0.1 %; "
            "Student's t says one in 3,",
        ),
        (
            5,
            "13 of 1,328 dates since 14 January 2021 (the first with 260 days before it), or "
            "1.0 %; Student's t says 1.1 %",
        ),
    ],
)
def test_the_placebo_explorer_says_what_the_lesson_says(placebo, days, words):
    placebo.set(share="NVDA", benchmark="^GSPC", days=days, event=SHOCK)
    assert words in placebo.readout_text


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ({"share": "GEV"}, "GE Vernova has enough days around it from 11 April 2025"),
        ({"share": "IBM", "event": datetime.date(2024, 6, 3)}, "Choose a day between"),
        ({"event": None}, "not a date"),
        ({"event": datetime.date(2025, 1, 26)}, "2025-01-24 and 2025-01-27"),
    ],
)
def test_a_date_without_enough_days_is_said_in_words(placebo, moves, words):
    placebo.set(**({"share": "NVDA", "days": 1, "event": SHOCK} | moves))
    assert words in placebo.readout_text and not has_picture(placebo)
    placebo.set(share="NVDA", event=SHOCK)
    assert has_picture(placebo)


def test_the_simulator_shows_the_librarys_rates(simulator):
    simulator.set(firms=20, correlation=0.3, volatility=1.0, test="portfolio")
    rates = event_study.false_alarm_rates(20, 0.3, 1.0, panels=simulator.panels, days=60)["rate"]
    assert [dot.get_xdata()[0] for dot in simulator.dots] == list(rates[list(simulator.tests)])
    assert f"portfolio test raises a false alarm in {100 * rates['portfolio']:.1f} %" in (
        simulator.readout_text
    )
    assert "It looks at the firms' mean return" in simulator.readout_text
    filled = [dot.get_markerfacecolor() != "white" for dot in simulator.dots]
    assert filled == [name == "portfolio" for name in simulator.tests]


@pytest.mark.parametrize("firms", [2, 50])
@pytest.mark.parametrize("correlation", [0.0, 0.9])
@pytest.mark.parametrize("volatility", [1.0, 3.0])
def test_extreme_settings_are_simulated(simulator, firms, correlation, volatility):
    simulator.set(firms=firms, correlation=correlation, volatility=volatility, test="Patell")
    assert has_picture(simulator)


def test_the_tracker_finds_the_way_back(tracker):
    tracker.set(share="NVDA", benchmark="^GSPC", view="price", event=SHOCK, days=120)
    assert "day 0 to day 120: 94.31 (-33.9 %) on 4 April 2025" in tracker.readout_text
    assert "back at the old level on 9 June 2025, trading day 92" in tracker.readout_text
    tracker.set(days=91)
    assert "not back by 6 June 2025" in tracker.readout_text and has_picture(tracker)


@pytest.mark.parametrize("share", ["AAPL", "DELL"])
@pytest.mark.parametrize("days", [0, 4, 120])
def test_the_lowest_close_is_that_of_all_days_shown(tracker, share, days):
    tracker.set(share=share, benchmark="^GSPC", view="price", event=SHOCK, days=days)
    closes = market.wide(data.load("market_closes"), "close")[share]
    shown = closes[closes.index >= "2025-01-27"].iloc[: days + 1]
    assert f": {shown.min():.2f} (" in tracker.readout_text
    rose = shown.iloc[0] >= closes["2025-01-24"]
    assert ("it did not close below that on the day" in tracker.readout_text) == rose


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "on day 0: cumulative abnormal return -13.3 %"),
        (1, "95 % band -14.2 % to 0.2 %, which contains zero"),
        (4, "from day 0 to day 4: cumulative abnormal return -13.4 %"),
        (6, "which does not contain zero"),
        (7, "which contains zero"),
    ],
)
def test_the_tracker_counts_days_as_its_slider_and_the_lesson_do(tracker, days, words):
    tracker.set(share="NVDA", benchmark="^GSPC", view="car", event=SHOCK, days=days)
    assert words in tracker.readout_text


def test_the_tracker_draws_the_librarys_car(tracker, table):
    tracker.set(share="NVDA", benchmark="^GSPC", view="car", event=SHOCK, days=20)
    car = event_study.car_path(table["NVDA"], table["^GSPC"], SHOCK, (0, 20))["car"]
    assert list(tracker.line.get_ydata()) == list(100 * car)
    assert f"cumulative abnormal return {100 * car.iloc[-1]:.1f} %" in tracker.readout_text
    assert "which contains zero" in tracker.readout_text


@pytest.mark.parametrize(
    ("view", "named"),
    [
        ("price", ["share", "benchmark", "back at the old level"]),
        ("car", ["sum of abnormal returns so far", "95 % band", "zero: as the model expects"]),
    ],
)
def test_each_view_of_the_tracker_names_what_it_draws(tracker, view, named):
    tracker.set(share="NVDA", benchmark="^GSPC", view=view, event=SHOCK, days=20)
    seen = [one for one in tracker.legends.values() if one.get_visible()]
    assert [text.get_text() for one in seen for text in one.get_texts()] == named


@pytest.mark.parametrize("view", ["price", "car"])
@pytest.mark.parametrize("days", [0, 320])
def test_the_tracker_at_both_ends_of_its_slider(tracker, view, days):
    tracker.set(share="AMD", view=view, event=SHOCK, days=days)
    assert has_picture(tracker)


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ({"event": None}, "not a date"),
        ({"event": datetime.date(2020, 1, 2)}, "not traded|leaves it"),
        ({"share": "GEV", "event": datetime.date(2024, 3, 27)}, "not traded"),
        ({"share": "GEV", "view": "car"}, "no return"),
        ({"share": "IBM", "event": datetime.date(2026, 4, 27), "view": "car"}, "No return"),
    ],
)
def test_what_cannot_be_tracked_is_said_in_words(tracker, moves, words):
    tracker.set(**({"share": "NVDA", "view": "price", "event": SHOCK, "days": 60} | moves))
    assert any(word in tracker.readout_text for word in words.split("|"))
    assert not has_picture(tracker)


def test_the_last_day_of_the_data_shortens_the_way(tracker):
    tracker.set(share="NVDA", view="price", event=datetime.date(2026, 5, 15), days=320)
    assert "Lowest close on day 0" in tracker.readout_text
    tracker.set(view="car")
    assert has_picture(tracker)
