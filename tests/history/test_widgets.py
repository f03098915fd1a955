"""The explorers of lesson 01: every control moves the picture and the words, at any value."""

import itertools
import statistics
import time

import ipywidgets
import pytest

from sputnik_moment import data, figures, history
from sputnik_moment.widgets import sputnik_moment as explorers


@pytest.fixture(scope="module")
def aligner():
    return explorers.TimelineAligner()


@pytest.fixture
def scorecard():
    return explorers.Scorecard()


def choices(control):
    if isinstance(control, ipywidgets.IntSlider):
        return [control.min, control.max]
    return [value for _, value in control._options_full]


@pytest.mark.parametrize("name", ["series_1957", "event_1957", "series_2025", "event_2025"])
def test_every_choice_of_the_aligner_draws_and_changes_the_readout(aligner, name):
    seen = set()
    aligner.set(series_1957="R&D, share of GDP", series_2025="S&P 500")
    for value in choices(aligner.controls[name]):
        aligner.set(**{name: value, "window": 2.0})
        seen.add(aligner.picture.value)
        assert aligner.readout_text
    assert len(seen) == len(choices(aligner.controls[name]))


def test_no_combination_of_series_window_and_prices_crashes_the_aligner(aligner, monkeypatch):
    monkeypatch.setattr(figures, "png", lambda fig: b"")  # drawing is tested above, and slow
    then, now = (choices(aligner.controls[name]) for name in ("series_1957", "series_2025"))
    for event, window in itertools.product(("1957-10-04", "1961-05-25"), (0.25, 12.0)):
        for first, second in zip(then, itertools.cycle(now), strict=False):
            aligner.set(
                series_1957=first, event_1957=event, series_2025=second, window=window, prices=True
            )


def test_the_aligner_says_what_the_data_say(aligner):
    aligner.set(series_1957="R&D, share of GDP", event_1957="1957-10-04", window=5.0, prices=False)
    assert (
        "R&D, share of GDP (% of GDP): 1.33 to 2.09 before; 2.27 to 2.59 after"
        in aligner.readout_text
    )
    aligner.set(series_1957="NASA's outlays", window=12.0, prices=True)
    assert "(billion USD of 2020, GDP index): no figures before" in aligner.readout_text
    assert "after (highest 37.3)" in aligner.readout_text
    panel = aligner.panels[0]
    assert max(panel[2].get_ydata()) == pytest.approx(37.3, abs=0.05)


def test_a_window_without_figures_is_answered_in_words(aligner):
    aligner.set(series_1957="Dow Jones average", event_1957="1961-05-25", window=1.0)
    assert "no figures in this window, so choose another event" in aligner.readout_text


def test_the_aligner_admits_that_recent_money_cannot_be_deflated(aligner):
    aligner.set(series_2025="Capital spending: Alphabet, Amazon, Meta", prices=True)
    assert "no price index" in aligner.readout_text


def test_a_year_stands_in_its_middle(aligner):
    line = explorers.lines_1957()[0]
    aligned = history.years_from(line.values, "1957-10-04")
    assert aligned.index[aligned.index < 0].max() == pytest.approx(-95 / 365.25)


def test_the_scorecard_agrees_with_the_function(scorecard):
    scorecard.set(dated=0, rival=2, ahead=1, reaction=4, money=0, unknown=1.0)
    codes = scorecard.codes.drop("sputnik")
    weights = {"dated": 0, "rival": 2, "ahead": 1, "reaction": 4, "money": 0}
    row = history.score_claims(codes, weights, 1.0).loc["andreessen"]
    assert f"rank {row['rank']:.0f} of 13, score {row['score']:.2f}" in scorecard.readout_text


def test_weights_move_the_place_of_deepseek_from_first_to_last_places(scorecard):
    scorecard.set(reaction=4, unknown=0.0)
    assert "rank 1 of 13" in scorecard.readout_text
    scorecard.set(dated=0, rival=0, ahead=4, reaction=0, money=0, unknown=1.0)
    assert "rank 9 of 13" in scorecard.readout_text


def test_every_control_of_the_scorecard_matters(scorecard):
    for name, control in scorecard.controls.items():
        seen = set()
        for value in choices(control):
            scorecard.set(**{name: value})
            seen.add(scorecard.picture.value)
        assert len(seen) == len(choices(control)), name


def test_weights_of_nothing_are_answered_in_words(scorecard):
    scorecard.set(**dict.fromkeys(scorecard.codes.columns, 0))
    assert "All weights are 0" in scorecard.readout_text
    scorecard.set(rival=1)
    assert "<img" in scorecard.picture.value


@pytest.mark.parametrize("make", [explorers.TimelineAligner, explorers.Scorecard])
def test_pictures_are_described_and_redrawn_quickly(make):
    explorer = make()
    assert len(explorer.alt) <= 250 and "chart" in explorer.alt
    name = "event_2025" if "event_2025" in explorer.controls else "unknown"
    times = []
    for value in choices(explorer.controls[name]) * 2:
        start = time.process_time()
        explorer.controls[name].value = value
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.3  # of processor time: other work does not count


# The codes behind the scorecard


def test_codes_cover_every_claim_once_per_criterion():
    table = data.load("sputnik_claim_codes")
    claims = set(data.load("sputnik_moment_claims")["id"]) | {"sputnik"}
    assert set(table["claim_id"]) == claims
    assert (table.groupby("claim_id")["criterion"].nunique() == 5).all()
    assert not table.duplicated(["claim_id", "criterion"]).any()


def test_the_two_codes_that_our_own_tables_decide_are_those_of_the_tables():
    codes = data.load("sputnik_claim_codes").set_index(["claim_id", "criterion"])["met"]
    answers = data.load("policy_responses").dropna(subset=["announced"])
    for shock, event, claim in [
        ("sputnik", "1957-10-04", "sputnik"),
        ("deepseek", "2025-01-27", "andreessen"),
    ]:
        mine = answers[answers["shock"] == shock]
        days = history.timing(mine["announced"], event)["days"]
        paid = (mine["kind"] == "federal, with money") & days.between(0, 365).to_numpy()
        assert codes[claim, "money"] == int(paid.any())
