"""The datasets are sound, and faults planted into a copy are found and named."""

import json

import pytest

from grading import datasets


def test_all_datasets_are_sound():
    assert datasets.check() == []


def test_the_dictionary_is_current():
    written = (datasets.FOLDER / "README.md").read_text(encoding="utf-8")
    assert written == datasets.dictionary(), "run: make datasets"


def only(faults, file, row, *words):
    """Assert that every fault is in this file, and one in this row says these words."""
    assert {fault.file for fault in faults} == {file}
    here = [str(fault) for fault in faults if fault.row == row]
    assert any(all(word in text for word in words) for text in here), [str(f) for f in faults]


def place(rows, **wanted):
    """Return the position of the first row with these values."""
    return next(i for i, row in enumerate(rows) if wanted.items() <= row.items())


def test_an_undamaged_copy_is_sound(copy):
    names = ("market_closes", "tickers", "nvidia_revenue", "degrees", "export_rules")
    assert copy(*names, "nasa_outlays", "launches", "launch_counts").faults() == []


def test_a_word_where_a_number_belongs(copy):
    damaged = copy("market_closes", "tickers")
    rows = damaged.rows("market_closes")
    rows[99]["close"] = "about 140"
    damaged.write("market_closes", rows)
    only(damaged.faults(), "market_closes.csv", 101, "about 140", "close", "number")


def test_a_price_below_zero(copy):
    damaged = copy("market_closes", "tickers")
    rows = damaged.rows("market_closes")
    rows[10]["close"] = "-1"
    damaged.write("market_closes", rows)
    only(damaged.faults(), "market_closes.csv", 12, "exclusiveMinimum")


def test_the_same_day_twice(copy):
    damaged = copy("market_closes", "tickers")
    rows = damaged.rows("market_closes")
    damaged.write("market_closes", [*rows[:21], rows[20], *rows[21:]])
    only(damaged.faults(), "market_closes.csv", 23, "primary key")


def test_a_missing_trading_day(copy):
    damaged = copy("market_closes", "tickers")
    rows = damaged.rows("market_closes")
    gap = place(rows, date="2025-01-27", ticker="NVDA")
    del rows[gap]
    damaged.write("market_closes", rows)
    after = place(rows, date="2025-01-28", ticker="NVDA") + 2
    found = [f for f in damaged.faults() if f.file == "market_closes.csv"]
    only(found, "market_closes.csv", after, "NVDA", "2025-01-27 is missing")


def test_a_day_that_all_tickers_miss(copy):
    damaged = copy("market_closes", "tickers")
    rows = [row for row in damaged.rows("market_closes") if row["date"] != "2024-05-28"]
    damaged.write("market_closes", rows)
    text = " ".join(map(str, damaged.faults()))
    assert all(f"{t}: the trading day 2024-05-28" in text for t in ("NVDA", "AAPL"))


def test_a_day_without_trading(copy):
    damaged = copy("market_closes", "tickers")
    rows = damaged.rows("market_closes")
    position = place(rows, date="2025-01-10", ticker="AAPL")
    rows[position]["date"] = "2025-01-09"  # a day of mourning: the exchange was closed
    damaged.write("market_closes", rows)
    only(damaged.faults(), "market_closes.csv", position + 2, "AAPL", "no trading day")


def test_a_split_that_was_not_adjusted_for(copy):
    damaged = copy("market_closes", "tickers")
    rows = damaged.rows("market_closes")
    for row in rows:
        if row["ticker"] == "NVDA" and row["date"] < "2024-06-10":
            row["close"], row["adj_close"] = (
                str(10 * float(row[name])) for name in ("close", "adj_close")
            )
    damaged.write("market_closes", rows)
    position = place(rows, date="2024-06-10", ticker="NVDA") + 2
    only(damaged.faults(), "market_closes.csv", position, "NVDA", "split")


def test_an_adjusted_close_above_the_close(copy):
    damaged = copy("market_closes", "tickers")
    rows = damaged.rows("market_closes")
    rows[50]["adj_close"] = str(float(rows[50]["close"]) + 0.01)
    damaged.write("market_closes", rows)
    only(damaged.faults(), "market_closes.csv", 52, "adj_close")


def test_an_unknown_ticker(copy):
    damaged = copy("market_closes", "tickers", "share_counts")
    kept = [row for row in damaged.rows("share_counts") if row["ticker"] == "NVDA"]
    kept[1]["ticker"] = "NVDIA"
    damaged.write("share_counts", kept)
    only(damaged.faults(), "share_counts.csv", 3, "foreign key", "NVDIA")


def test_quarters_that_do_not_add_up(copy):
    damaged = copy("nvidia_revenue")
    rows = damaged.rows("nvidia_revenue")
    rows[place(rows, fiscal_year="2025", period="Q4")]["revenue_usd_m"] = "39333"
    damaged.write("nvidia_revenue", rows)
    year = place(rows, fiscal_year="2025", period="year") + 2
    only(damaged.faults(), "nvidia_revenue.csv", year, "2025", "130499")


def test_a_launch_that_is_left_out(copy):
    damaged = copy("launches", "launch_counts")
    damaged.write("launches", damaged.rows("launches")[1:])
    row = place(damaged.rows("launch_counts"), year="1957", group="USSR or Russia") + 2
    only(damaged.faults(), "launch_counts.csv", row, "1 launches of USSR or Russia in 1957")


def test_a_confidence_that_is_no_source(copy):
    damaged = copy("degrees")
    rows = damaged.rows("degrees")
    rows[3]["confidence"] = "memory"
    damaged.write("degrees", rows)
    only(damaged.faults(), "degrees.csv", 5, "memory", "enum")


def test_a_threshold_without_its_unit(copy):
    damaged = copy("export_rules")
    rows = damaged.rows("export_rules")
    rows[0]["unit"] = ""
    damaged.write("export_rules", rows)
    only(damaged.faults(), "export_rules.csv", 2, "four parts")


def test_a_missing_year(copy):
    damaged = copy("nasa_outlays")
    rows = damaged.rows("nasa_outlays")
    damaged.write("nasa_outlays", [row for row in rows if row["fiscal_year"] != "1966"])
    only(damaged.faults(), "nasa_outlays.csv", 10, "1966 is missing")


def test_a_changed_figure_that_looks_right_is_found_by_its_hash(copy):
    damaged = copy("nasa_outlays")
    rows = damaged.rows("nasa_outlays")
    rows[8]["outlays_usd_m"] = "5933.6"
    damaged.write("nasa_outlays", rows, rehash=False)
    only(damaged.faults(), "nasa_outlays.csv", None, "expected hash")


def test_a_table_that_is_gone(copy):
    damaged = copy("nasa_outlays", "degrees")
    (damaged.folder / "degrees.csv").unlink()
    only(damaged.faults(), "degrees.csv", None, "No such file")


def test_a_column_under_another_name(copy):
    damaged = copy("nasa_outlays")
    path = damaged.folder / "nasa_outlays.csv"
    path.write_text(path.read_text().replace("outlays_usd_m", "outlays", 1))
    datasets.rehash(damaged.folder)
    only(damaged.faults(), "nasa_outlays.csv", None, "outlays")


def test_a_file_without_an_entry(copy):
    damaged = copy("nasa_outlays")
    (damaged.folder / "left_over.csv").write_text("a\n1\n")
    only(damaged.faults(), "left_over.csv", None, "no entry")


def test_a_claim_that_names_nothing(copy):
    damaged = copy("claims")  # what its claims name is not in a small copy
    rows = [row | {"dataset": "", "function": ""} for row in damaged.rows("claims")]
    rows[0]["dataset"], rows[1]["function"] = "market_open", "market.guess"
    damaged.write("claims", rows)
    faults = damaged.faults()
    only(faults[:1], "claims.csv", 2, "market_open")
    only(faults[1:], "claims.csv", 3, "market.guess")


def test_the_command_reports_and_fails(copy, capsys):
    damaged = copy("degrees")
    rows = damaged.rows("degrees")
    rows[3]["degrees"] = "0"
    damaged.write("degrees", rows)
    with pytest.raises(SystemExit) as stop:
        datasets.app(["check", "--folder", str(damaged.folder)])
    assert stop.value.code == 1
    assert "degrees.csv, row 5" in capsys.readouterr().out


def test_hash_makes_a_deliberate_change_sound_again(copy):
    changed = copy("degrees")
    rows = changed.rows("degrees")
    rows[3]["degrees"] = "12345"
    changed.write("degrees", rows, rehash=False)
    assert changed.faults() != []
    assert datasets.rehash(changed.folder) == ["degrees"]
    assert changed.faults() == []
    assert datasets.rehash(changed.folder) == []


def test_the_descriptor_keeps_its_layout():
    text = (datasets.FOLDER / "datapackage.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
