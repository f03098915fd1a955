"""Every claim is decided by code that runs, or is marked as opinion or open with its reason."""

import csv
from pathlib import Path

import pytest

from sputnik_moment import claims, data

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
