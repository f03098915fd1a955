"""What lesson 06 says in words, where no placeholder can fill it, must be so in the data."""

from pathlib import Path

import pandas as pd

from sputnik_moment import claims, data, market

LESSON = Path(__file__).parents[2] / "solutions" / "06-claims-audit" / "claims-audit.md"
TEXT = LESSON.read_text(encoding="utf-8")


def test_three_of_the_days_set_a_record_and_the_shock_was_more_than_twice_the_old_one():
    days = ["2022-02-03", "2024-09-03", "2025-01-27", "2025-04-03", "2026-01-29"]
    assert str(days).replace("'", '"') in TEXT
    losses = data.load("largest_losses_reported")["loss_usd_bn"]
    before = {day: losses[losses.index < day].max() for day in days}
    records = [day for day in days if losses[pd.Timestamp(day)].max() > before[day]]
    assert "Three of these days set a record" in TEXT and len(records) == 3
    assert losses[claims.SHOCK].max() > 2 * before["2025-01-27"]


def test_five_ahead_six_behind_and_less_than_one_problem():
    table = data.load("benchmark_results").query("table == 'r1-table-4'")
    wide = table.pivot(index=["benchmark", "metric"], columns="model", values="value")
    lead = wide["DeepSeek-R1"] - wide["OpenAI-o1-1217"]
    assert "Five ahead, six behind" in TEXT
    assert ((lead > 0).sum(), (lead < 0).sum()) == (5, 6)
    assert lead["AIME 2024"].iloc[0] < 100 / 30
    assert lead["Codeforces"].count() == 2


def test_figures_on_jensen_huang():
    reported = data.load("reported_figures").set_index("id")["value"]
    closes = market.wide(data.load("market_closes"), "close")["NVDA"]
    lost = (closes[claims.BEFORE] - closes[claims.SHOCK]) * 24.49
    assert reported["huang-stake"] == 3.4
    assert (reported["huang-bloomberg"], reported["huang-forbes"]) == (20.1, 20.8)
    assert f"gives {0.034 * lost:.1f}, Bloomberg printed 20.1, and Forbes' 20.8" in TEXT
    shares = data.load("share_counts").set_index("id")["shares"]
    assert shares["sh-nvda-1"] == 24.49e9


def test_two_closes_four_billion_apart():
    reported = data.load("reported_figures").set_index("id")["value"]
    closes = market.wide(data.load("market_closes"), "close")["NVDA"]
    printed, vendors = reported["rep-nvda-close-1"], closes[claims.SHOCK]
    assert (printed, vendors) == (118.58, 118.42)
    assert round((printed - vendors) * 24.49) == 4


def test_lesson_00_half_of_the_shares():
    start = (LESSON.parents[1] / "00-start-here" / "start-here.md").read_text(encoding="utf-8")
    shares = data.load("share_counts").set_index("id")["shares"]["sh-nvda-1"]
    assert f"{shares / 2e9:g}, half of the real number" in start
