"""Extending the closes, with a recorded reply and never over the network.

``yahoo_reply.csv`` is a frame as ``yfinance.download`` (version 1.7) returned it for a chart in
Yahoo's format; its values are those of our own table, so the right result is known.
"""

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from grading import datasets

AFTER = date(2026, 5, 16)


def recorded():
    path = Path(__file__).with_name("yahoo_reply.csv")
    return pd.read_csv(path, header=[0, 1], index_col=0, parse_dates=True)


@pytest.fixture
def folder(copy):
    """The datasets as they might have been on 1 May 2026."""
    old = copy("market_closes", "tickers")
    rows = [row for row in old.rows("market_closes") if row["date"] <= "2026-05-01"]
    tickers = old.rows("tickers")
    for row in tickers:
        row["last_date"] = "2026-05-01"
        row["rows"] = str(sum(r["ticker"] == row["ticker"] for r in rows))
    old.write("market_closes", rows)
    old.write("tickers", tickers)
    (old.folder / "README.md").write_text(datasets.dictionary(old.folder), encoding="utf-8")
    return old.folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def extend(folder, reply, today=AFTER):
    asked = []

    def fetch(tickers, start, end):
        asked.append((tickers, start, end))
        return reply

    added = datasets.refresh(folder, fetch, today)
    assert asked[0] == (["AAPL", "NVDA", "^VIX"], date(2026, 4, 17), today)
    return added


def real_rows():
    """The lines of the true table for the three tickers."""
    text = (datasets.FOLDER / "market_closes.csv").read_text(encoding="utf-8").splitlines()
    return [line for line in text[1:] if line.split(",")[1] in ("AAPL", "NVDA", "^VIX")]


def test_a_sound_reply_is_added(folder):
    assert extend(folder, recorded()) == 3 * 10
    lines = (folder / "market_closes.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == real_rows()
    assert datasets.check(folder) == []
    assert (folder / "README.md").read_text(encoding="utf-8") == datasets.dictionary(folder)
    assert [path.name for path in folder.iterdir() if path.suffix == ".tmp"] == []


def test_a_dividend_since_then_changes_no_return(folder):
    reply = recorded()
    reply[("Adj Close", "AAPL")] *= 0.9987
    extend(folder, reply)
    lines = (folder / "market_closes.csv").read_text(encoding="utf-8").splitlines()
    for ours, real in zip(lines[1:], real_rows(), strict=True):
        assert ours.split(",")[:3] == real.split(",")[:3]
        assert float(ours.split(",")[3]) == pytest.approx(float(real.split(",")[3]), abs=1.1e-4)


def test_nothing_new_changes_nothing(folder):
    before = contents(folder)
    assert extend(folder, recorded().loc[:"2026-05-01"]) == 0
    assert contents(folder) == before


def test_today_is_left_out(folder):
    assert extend(folder, recorded(), today=date(2026, 5, 15)) == 3 * 9


def without(reply, price, ticker, day=None):
    if day is None:
        return reply.drop(columns=[(price, ticker)])
    reply.loc[day, (price, ticker)] = float("nan")
    return reply


def times(reply, factor, days, prices=("Close", "Adj Close"), ticker="NVDA"):
    for price in prices:
        reply.loc[days, (price, ticker)] *= factor
    return reply


WRONG = {
    "no rows": lambda r: r.iloc[:0],
    "none": lambda r: None,
    "a ticker is missing": lambda r: without(r, "Close", "NVDA"),
    "a ticker is empty": lambda r: times(r, float("nan"), slice(None)),
    "a column is missing": lambda r: r.drop(columns="Adj Close", level=0),
    "a trading day is missing": lambda r: without(r, "Close", "AAPL", "2026-05-06"),
    "all miss a trading day": lambda r: r.drop(index=pd.Timestamp("2026-05-06")),
    "the last day is missing": lambda r: without(r, "Close", "AAPL", "2026-05-15"),
    "no day in common": lambda r: r.loc["2026-05-04":],
    "a split since then": lambda r: times(r, 0.1, slice(None)),
    "another share under the name": lambda r: times(r, 1.02, slice(None)),
    "a slip of the decimal point": lambda r: times(r, 10, "2026-05-07"),
    "a negative price": lambda r: times(r, -1, "2026-05-07"),
    "an endless price": lambda r: times(r, float("inf"), "2026-05-07"),
    "an adjusted close too high": lambda r: times(r, 1.2, "2026-05-07", ("Adj Close",)),
    "a Saturday": lambda r: r.rename(
        index={pd.Timestamp("2026-05-15"): pd.Timestamp("2026-05-16")}
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_reply_leaves_every_file_as_it_was(folder, name):
    before = contents(folder)
    with pytest.raises(datasets.RefreshRefused):
        extend(folder, WRONG[name](recorded()), today=date(2026, 5, 20))
    assert contents(folder) == before


def test_the_message_says_what_is_wrong(folder):
    with pytest.raises(datasets.RefreshRefused, match=r"NVDA on 2026-04-17: .* split"):
        extend(folder, WRONG["a split since then"](recorded()))
    with pytest.raises(datasets.RefreshRefused, match="2026-05-06 is missing"):
        extend(folder, WRONG["a trading day is missing"](recorded()))


def test_without_yfinance_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(datasets.RefreshRefused, match=r"pip install -e '\.\[refresh\]'"):
        datasets.download(["NVDA"], date(2026, 5, 1), date(2026, 5, 2))


def test_the_command_fails_with_the_reason(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "yfinance", None)
    before = contents(folder)
    with pytest.raises(SystemExit) as stop:
        datasets.app(["refresh", "--folder", str(folder)])
    assert stop.value.code == 1
    assert "Nothing was changed. yfinance is not installed" in capsys.readouterr().out
    assert contents(folder) == before
