"""What lesson 06 says in words, where no placeholder can fill it, must be so in the data."""

import re
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
    assert "Five ahead, by" in TEXT and "and six behind" in TEXT and "Codeforces does" in TEXT
    assert ((lead > 0).sum(), (lead < 0).sum()) == (5, 6)
    assert lead["AIME 2024"].iloc[0] < 100 / 30
    assert lead["Codeforces"].count() == 2


def test_figures_on_jensen_huang():
    reported = data.load("reported_figures").set_index("id")["value"]
    closes = market.wide(data.load("market_closes"), "close")["NVDA"]
    lost = (closes[claims.BEFORE] - closes[claims.SHOCK]) * 24.49
    assert reported["huang-stake"] == 3.4
    assert (reported["huang-bloomberg"], reported["huang-forbes"]) == (20.1, 20.8)
    # "Only the 21 can be meant", "Forbes' ... rounds to 21", "a tenth of what he owned".
    assert "Only the 21 can be meant" in TEXT and "rounds to 21" in TEXT
    assert round(0.034 * lost, 1) == 20.2 and round(reported["huang-forbes"]) == 21
    shares = data.load("share_counts").set_index("id")["shares"]
    assert shares["sh-nvda-1"] == 24.49e9


def test_two_closes_four_billion_apart():
    reported = data.load("reported_figures").set_index("id")["value"]
    closes = market.wide(data.load("market_closes"), "close")["NVDA"]
    printed, vendors = reported["rep-nvda-close-1"], closes[claims.SHOCK]
    assert (printed, vendors) == (118.58, 118.42)
    assert round((printed - vendors) * 24.49) == 4


def test_the_data_end_when_the_lesson_says():
    assert f"when our data end in {data.load('market_closes').index.max():%B %Y}" in TEXT


def test_four_pages_with_one_close():
    reported = data.load("reported_figures")
    printers = " ".join(reported["printed_by"].dropna())
    for page in ("CNBC", "AP", "Investor's Business Daily", "Forbes"):
        assert page in TEXT and page in printers
    by_id = reported.set_index("id")
    assert "118.58" in by_id.at["rep-loss-596", "note"]  # printed with its 596 billion
    since = by_id.at["rep-lowest-close", "statement"]
    assert since == "Said to be the lowest close since 16 March 2020"
    rows = reported.astype(object).apply(lambda row: " ".join(map(str, row)), axis=1)
    related = reported[rows.str.contains("118.58")]
    assert {"CNBC", "AP", "Investor's Business Daily"} <= set(related["printed_by"])
    assert related["printed_by"].str.contains("Forbes").any()


def test_the_two_ways_in_which_200_billion_can_be_meant():
    """Rounded to a billion it holds with one share count only, to a hundred with both."""
    table = claims.printed_and_computed().query("printed == 200")
    assert [claims.judge(200, lost) for lost in table["computed"]] == [
        claims.CONTRADICTED,
        claims.ROUNDED,
    ]
    assert all(round(lost, -2) == 200 for lost in table["computed"])


def test_the_reasons_of_open_claims_say_what_the_tables_say():
    reason = data.load("claims").set_index("id")["reason"]
    spent = data.load("company_capex").query("definition == 'cash' and kind == 'reported'")
    spent = spent[spent["company"].isin(["Alphabet", "Amazon", "Meta"])]
    paid = spent.groupby("period")["capex_usd_bn"].sum()
    words = f"paid {paid['2025']:.0f} billion for infrastructure in 2025 after {paid['2024']:.0f}"
    assert words in reason["shift-to-applications"]
    printed = data.load("reported_figures").set_index("id")["value"]
    for paper in ("forbes", "bloomberg"):
        pair = f"{printed[f'ellison-{paper}']:g} against {printed[f'huang-{paper}']:g}"
        assert pair in reason["huang-second"]


def test_what_the_chart_of_the_audit_is_said_to_show():
    assert "several are contradicted, most of them in article 2; many are open" in TEXT
    audit = claims.audit()
    decided = audit[audit["decided_by"] == "code"]
    holds = decided["status"].isin([claims.HOLDS, claims.ROUNDED])
    contradicted = decided.loc[decided["status"] == claims.CONTRADICTED, "article"]
    assert holds.mean() > 0.5 and (contradicted == "article-2").mean() > 0.5


def test_a_figure_in_the_prose_is_computed_or_compared_here():
    """Digits that stand in the text by hand; a new one needs a placeholder or a test."""
    not_prose = r"\A---.*?\n---|```.*?```|\{\{.*?\}\}|\+\+\+[^\n]*|`[^`\n]*`"
    prose = re.sub(not_prose, " ", TEXT, flags=re.DOTALL)
    printed_by_the_articles = {"17", "589", "200", "8.7", "21", "2.1"}
    examples = {"17.6"}
    known = {"30"}  # problems of AIME
    dates = {"27", "2020", "2000", "2024", "2025", "2026"}
    found = set(re.findall(r"\d+(?:[.,]\d+)*", prose))
    unknown = found - printed_by_the_articles - examples - known - dates
    lessons, sections, points = {f"0{n}" for n in range(7)}, set("123456789"), set("4321")
    assert not unknown - lessons - sections - points
