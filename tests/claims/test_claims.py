"""Every claim is decided by code that runs, or is marked as opinion or open with its reason."""

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from sputnik_moment import claims, data, figures

DECIDED = {claims.HOLDS, claims.ROUNDED, claims.CONTRADICTED}
LEFT_TO_READERS = {claims.OPINION, claims.OPEN}
# Read without the course library: the ledger's own verdicts were written by hand.
LEDGER = {
    row["id"]: row
    for row in csv.DictReader(
        (Path(__file__).parents[2] / "datasets" / "claims.csv").open(encoding="utf-8")
    )
}


@pytest.fixture(scope="module")
def audit():
    return claims.audit()


@pytest.mark.parametrize("claim", sorted(LEDGER))
def test_a_claim_is_decided_by_code_or_says_why_not(audit, claim):
    row = audit.loc[claim]
    assert row["status"] == LEDGER[claim]["status"], row["evidence"]
    assert row["evidence"].strip()
    if LEDGER[claim]["status"] in DECIDED:
        assert row["decided_by"] == "code"
        assert claim in claims.CHECKS
    else:
        assert LEDGER[claim]["status"] in LEFT_TO_READERS
        assert row["decided_by"] == "reader"
        assert LEDGER[claim]["reason"].strip()


def test_no_check_without_a_claim():
    assert set(claims.CHECKS) <= set(LEDGER)


@pytest.mark.parametrize(
    ("printed", "computed", "decimals", "status"),
    [
        (-17, [-16.97], 0, claims.ROUNDED),
        (-17, [-17.51], 0, claims.CONTRADICTED),
        (200, [199.48, 200.16], 0, claims.ROUNDED),
        (200, [199.48], 0, claims.CONTRADICTED),
        (2.1, [20.15], 1, claims.CONTRADICTED),
        (8.7, [8.696], 1, claims.ROUNDED),
        (7, [7.0], 0, claims.HOLDS),
    ],
)
def test_a_printed_figure_is_judged_by_the_digits_printed(printed, computed, decimals, status):
    assert claims.judge(printed, *computed, decimals=decimals) == status


def test_verdicts_that_are_no_dictionary_are_told_so():
    with pytest.raises(TypeError, match="keep the names of the claims"):
        claims.compare(..., {})


def test_a_check_follows_the_data(monkeypatch):
    """With other prices the verdict is another: nothing is written into the checks."""
    load = data.load

    def other(name):
        table = load(name)
        if name == "market_closes":
            day = (table.index == claims.SHOCK) & (table["ticker"] == "NVDA")
            table.loc[day, "close"] = 140.0
        return table

    monkeypatch.setattr(data, "load", other)
    assert claims.CHECKS["nvda-17"]().status == claims.CONTRADICTED
    assert claims.CHECKS["huang-21"]().evidence.startswith("3.4 % of the value lost is 2.2 bn")


def test_the_same_figure_holds_with_one_piece_of_evidence_and_falls_with_another():
    table = claims.printed_and_computed()
    status = [claims.judge(row.printed, row.computed) for row in table.itertuples()]
    rounded, contradicted = claims.ROUNDED, claims.CONTRADICTED
    assert status == [rounded, rounded, contradicted, rounded, contradicted, rounded]


def test_verdicts_stand_between_beliefs_and_the_ledger():
    verdicts = {"huang-2-1": " Contradicted ", "record-loss": ..., "avgo-17": "true"}
    table = claims.compare(verdicts, {"huang-2-1": "holds", "another": "holds"})
    assert table.index.tolist() == list(verdicts)
    assert table["you believed"].tolist() == ["holds", "not recorded", "not recorded"]
    assert table["your verdict"].tolist() == ["contradicted", "no verdict yet", "no verdict yet"]
    shown = [LEDGER["huang-2-1"]["status"], "decide first", "decide first"]
    assert table["the ledger"].tolist() == shown  # no answer before the reader's own


def test_a_verdict_on_an_unknown_claim_is_refused():
    with pytest.raises(KeyError, match="huang-3"):
        claims.compare({"huang-3": claims.HOLDS}, {})


def test_the_chart_has_a_part_for_every_count_and_no_other(monkeypatch):
    shown = {}
    monkeypatch.setattr(figures, "show", lambda fig, alt: shown.update(fig=fig, alt=alt))
    believed = pd.Series(["holds", "holds", "cannot tell"], name="you believed")
    verdicts = pd.Series([claims.CONTRADICTED, claims.HOLDS, "no verdict yet"], name="your verdict")
    claims.chart(pd.crosstab(believed, verdicts), alt="Stacked bars of three verdicts.")
    (axes,) = shown["fig"].axes
    widths = {
        parts.get_label(): [bar.get_width() for bar in parts.patches] for parts in axes.containers
    }
    # Rows in the order of the table: "cannot tell", then "holds"; statuses from holds downwards.
    assert list(widths) == [claims.HOLDS, claims.CONTRADICTED, "no verdict yet"]
    assert list(widths.values()) == [[0, 1], [0, 1], [1, 0]]
    numbers = [text.get_text() for text in axes.texts]
    assert sorted(filter(None, numbers)) == ["1", "1", "1"]
    assert shown["alt"] == "Stacked bars of three verdicts."


def test_a_readable_table_shows_the_digits_that_a_number_needs():
    page = claims.readable(pd.DataFrame({"value": [118.58, 596.0, -16.9]})).to_html()
    assert re.findall(r">(-?[\d.]+)</td>", page) == ["0", "118.58", "1", "596", "2", "-16.9"]


def test_a_readable_table_has_no_empty_heading_and_is_the_same_every_time(audit):
    page = claims.readable(audit[["claim", "status"]].head(3)).to_html()
    headings = re.findall(r"<th[^>]*>(.*?)</th>", page)
    assert headings == ["id", "claim", "status"]
    assert page == claims.readable(audit[["claim", "status"]].head(3)).to_html()
    assert all(claim in page for claim in audit.index[:3])
