"""Validate the datasets, write their dictionary, and extend the closes.

    python -m grading.datasets              check, then write datasets/README.md
    python -m grading.datasets check        check only
    python -m grading.datasets dictionary   write datasets/README.md from datapackage.json
    python -m grading.datasets hash         after a deliberate change: store new sizes and hashes
    python -m grading.datasets refresh      add new trading days to market_closes

Types, ranges, keys, hashes and references are stated in ``datapackage.json`` and checked by
Frictionless. What that standard cannot state stands below, one small function a rule, in ``RULES``.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

import frictionless
import pandas as pd
import typer
from dateutil.relativedelta import MO, TH, TU
from pandas.tseries.holiday import (
    AbstractHolidayCalendar,
    GoodFriday,
    Holiday,
    USLaborDay,
    USMartinLutherKingJr,
    USMemorialDay,
    USPresidentsDay,
    USThanksgivingDay,
    nearest_workday,
    sunday_to_monday,
)
from pandas.tseries.offsets import DateOffset
from rich.console import Console
from rich.progress import track

from sputnik_moment import data

FOLDER = Path(__file__).resolve().parent.parent / "datasets"
PACKAGE = "datapackage.json"
DICTIONARY = "README.md"


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file: which file, which row (1 is the header), and why."""

    file: str
    row: int | None
    reason: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}: {self.reason}"


class Tables:
    """The tables of a folder as frames of plain columns; row ``i`` of a frame is line ``i + 2``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, pd.DataFrame] = {}

    @cached_property
    def package(self) -> frictionless.Package:
        """Return the package as Frictionless sees it."""
        return frictionless.Package(self.folder / PACKAGE)

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the descriptors of the tables by name."""
        return {resource["name"]: resource for resource in read_package(self.folder)["resources"]}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            resource = self.resources[name]
            dates = [f["name"] for f in resource["schema"]["fields"] if f["type"] == "date"]
            self._read[name] = pd.read_csv(
                self.folder / resource["path"],
                keep_default_na=False,
                na_values=[""],
                parse_dates=dates,
            )
        return self._read[name]

    def fault(self, name: str, position: Any, reason: str) -> Fault:
        """Make a fault of a table; ``position`` is a row of its frame, or None for the whole."""
        row = None if position is None else int(position) + 2
        return Fault(self.resources[name]["path"], row, reason)


# What the standard states -----------------------------------------------------------------------


def standard_faults(tables: Tables, name: str) -> list[Fault]:
    """Check one table against its descriptor: types, ranges, keys, references, size and hash."""
    report = tables.package.get_resource(name).validate(limit_errors=20)
    found = []
    for task in report.tasks:
        for error in task.errors:
            row = getattr(error, "row_number", None)
            found.append(Fault(task.place, row, error.message))
    return found


# What it cannot state ---------------------------------------------------------------------------

Rule = Callable[[Tables], Iterator[Fault]]
RULES: list[tuple[tuple[str, ...], Rule]] = []


def rule(*tables: str) -> Callable[[Rule], Rule]:
    """Register a rule and the tables it reads; it is left out while one of them is unsound."""

    def register(function: Rule) -> Rule:
        RULES.append((tables, function))
        return function

    return register


@rule("market_closes")
def every_ticker_has_every_day(tables: Tables) -> Iterator[Fault]:
    """Check that a ticker has a row on each trading day from its first to its last."""
    closes = tables["market_closes"]
    for ticker, rows in closes.groupby("ticker"):
        yield from _day_faults(tables, "market_closes", rows["date"], NYSE_NOW, f"{ticker}: ")


@rule("dow_sp_1955_1958")
def the_fifties_have_every_day(tables: Tables) -> Iterator[Fault]:
    """Check that the old indices have a row on each trading day of 1955 to 1958."""
    days = tables["dow_sp_1955_1958"]["date"]
    yield from _day_faults(tables, "dow_sp_1955_1958", days, NYSE_THEN, "")


@rule("market_closes")
def no_split_is_left_in(tables: Tables) -> Iterator[Fault]:
    """Check that no close jumps as it does at a share split that was not adjusted for.

    The smallest common split, 3 for 2, divides the close by 1.5. The largest honest moves among
    our tickers are -33 % and +48 %. The VIX is no price and may jump.
    """
    closes = tables["market_closes"].query("ticker != '^VIX'").sort_values(["ticker", "date"])
    for column in ("close", "adj_close"):
        before = closes.groupby("ticker")[column].shift()
        ratio = closes[column] / before
        for row in closes[(ratio < 1 / 1.5) | (ratio > 1.5)].itertuples():
            move = ratio[row.Index] - 1
            reason = f"{row.ticker} on {row.date:%Y-%m-%d}: {column} moves by {move:+.0%} in a day"
            yield tables.fault("market_closes", row.Index, f"{reason}, like an unadjusted split.")


@rule("market_closes")
def adjustment_only_lowers(tables: Tables) -> Iterator[Fault]:
    """Check that an adjusted close is at most the close, and equals it for an index."""
    closes = tables["market_closes"]
    gap = closes["adj_close"] - closes["close"]
    index = closes["ticker"].str.startswith("^")
    for row in closes[(gap > 0.001) | (index & (gap.abs() > 0))].itertuples():
        reason = f"{row.ticker}: adj_close {row.adj_close} does not fit close {row.close}."
        yield tables.fault("market_closes", row.Index, reason)


@rule("market_closes", "tickers")
def tickers_describe_the_closes(tables: Tables) -> Iterator[Fault]:
    """Check first day, last day and number of days of each ticker against its closes."""
    found = tables["market_closes"].groupby("ticker")["date"].agg(["min", "max", "size"])
    for row in tables["tickers"].itertuples():
        stated = (row.first_date, row.last_date, row.rows)
        if row.ticker not in found.index:
            yield tables.fault("tickers", row.Index, f"{row.ticker} has no closes.")
        elif stated != tuple(found.loc[row.ticker]):
            first, last, size = found.loc[row.ticker]
            reason = f"{row.ticker} has {size} closes from {first:%Y-%m-%d} to {last:%Y-%m-%d}."
            yield tables.fault("tickers", row.Index, reason)


@rule("market_events", "market_closes")
def reactions_fall_on_trading_days(tables: Tables) -> Iterator[Fault]:
    """Check that a reaction day is a trading day, and not before its event."""
    trading = set(tables["market_closes"]["date"])
    start = min(trading)
    for row in tables["market_events"].dropna(subset="reaction_day").itertuples():
        if row.reaction_day < row.date:
            yield tables.fault("market_events", row.Index, "The reaction comes before the event.")
        elif row.reaction_day > start and row.reaction_day not in trading:
            day = f"{row.reaction_day:%Y-%m-%d}"
            yield tables.fault("market_events", row.Index, f"{day} is no trading day.")


@rule("nvidia_revenue")
def quarters_add_up_to_the_year(tables: Tables) -> Iterator[Fault]:
    """Check that four quarters are the year; within 0.1 % for data centres, partly rounded."""
    revenue = tables["nvidia_revenue"]
    quarters = revenue[revenue["period"] != "year"].groupby("fiscal_year")
    sums = quarters[["revenue_usd_m", "data_centre_revenue_usd_m"]].sum()
    for row in revenue[revenue["period"] == "year"].itertuples():
        total, centres = sums.loc[row.fiscal_year]
        if total != row.revenue_usd_m:
            reason = f"The quarters of {row.fiscal_year} add up to {total}."
            yield tables.fault("nvidia_revenue", row.Index, reason)
        if abs(centres / row.data_centre_revenue_usd_m - 1) > 0.001:
            reason = f"Data-centre quarters of {row.fiscal_year} add up to {centres}."
            yield tables.fault("nvidia_revenue", row.Index, reason)


@rule("largest_losses_computed", "market_closes")
def losses_follow_from_closes(tables: Tables) -> Iterator[Fault]:
    """Check that a loss is the change of the close times the shares, to 0.1 billion."""
    closes = tables["market_closes"].pivot(index="date", columns="ticker", values="close").diff()
    for row in tables["largest_losses_computed"].itertuples():
        change = closes.at[row.date, row.ticker] * row.shares / 1e9
        if not abs(change - row.change_usd_bn) <= 0.1:
            reason = f"{row.ticker}: closes and shares give {change:.1f} billion dollars."
            yield tables.fault("largest_losses_computed", row.Index, reason)


@rule("training_stages", "ai_models")
def stages_add_up_to_the_model(tables: Tables) -> Iterator[Fault]:
    """Check hours times 2 dollars for each stage, and their sums for V3."""
    stages, models = tables["training_stages"], tables["ai_models"].set_index("model")
    for row in stages[stages["gpu_hours"] * 2 != stages["cost_usd"]].itertuples():
        yield tables.fault("training_stages", row.Index, "The cost is not 2 dollars an hour.")
    hours = stages.loc[stages["model"] == "DeepSeek-V3", "gpu_hours"].sum()
    if hours != models.at["DeepSeek-V3", "training_gpu_hours"]:
        yield tables.fault("training_stages", None, f"The stages of V3 add up to {hours:,} hours.")


@rule("launch_counts")
def groups_add_up_to_the_world(tables: Tables) -> Iterator[Fault]:
    """Check that four groups add up to the world, in years that have all four."""
    counts = tables["launch_counts"]
    wide = counts.pivot(index="year", columns="group", values="attempts").dropna()
    sums = wide.drop(columns="world").sum(axis="columns")
    for row in counts[counts["group"] == "world"].itertuples():
        if row.year in sums.index and sums[row.year] != row.attempts:
            reason = f"The groups of {row.year} add up to {sums[row.year]:.0f}."
            yield tables.fault("launch_counts", row.Index, reason)


@rule("launches", "launch_counts")
def log_and_counts_agree(tables: Tables) -> Iterator[Fault]:
    """Check that counting the log of launches gives the yearly counts."""
    log, counts = tables["launches"], tables["launch_counts"]
    groups = {"USA": "USA", "USSR": "USSR or Russia", "China": "China"}
    group = log["country"].map(groups).fillna("others")
    found = log.groupby([log["date"].dt.year, group]).size()
    last = log["date"].dt.year.max()
    for row in counts[(counts["group"] != "world") & (counts["year"] <= last)].itertuples():
        logged = found.get((row.year, row.group), 0)
        if logged != row.attempts:
            reason = f"The log has {logged} launches of {row.group} in {row.year}."
            yield tables.fault("launch_counts", row.Index, reason)


@rule("nasa_outlays")
def fiscal_years_follow_each_other(tables: Tables) -> Iterator[Fault]:
    """Check that no fiscal year is missing, and that a part is smaller than its whole."""
    nasa = tables["nasa_outlays"]
    for row in nasa[nasa["fiscal_year"].diff().fillna(1) != 1].itertuples():
        yield tables.fault("nasa_outlays", row.Index, f"{row.fiscal_year - 1} is missing.")
    for row in nasa[nasa["outlays_usd_m"] >= nasa["federal_outlays_usd_m"]].itertuples():
        yield tables.fault("nasa_outlays", row.Index, "NASA spends more than the government.")


@rule("rd_spending")
def defence_and_civilian_add_up(tables: Tables) -> Iterator[Fault]:
    """Check that defence and the rest are all federal R&D, 1956 to 1977 (one definition)."""
    federal = tables["rd_spending"].query("country == 'USA' and 1956 <= year <= 1977")
    wide = federal.pivot(index="year", columns="series", values="value")
    gap = wide["federal_rd_defence"] + wide["federal_rd_civilian"] - wide["federal_rd"]
    for year in gap[gap.abs() > 1].index:
        reason = f"In {year} defence and civilian R&D differ from the total by {gap[year]:+.1f}."
        yield tables.fault("rd_spending", None, reason)


@rule("export_rules")
def conditions_are_whole(tables: Tables) -> Iterator[Fault]:
    """Check that conditions are whole, and that each rule ends with an "otherwise"."""
    rules = tables["export_rules"]
    filled = rules[["metric", "operator", "value", "unit"]].notna().sum(axis="columns")
    for row in rules[~filled.isin([0, 4])].itertuples():
        yield tables.fault("export_rules", row.Index, "A condition needs all four parts.")
    for name, rows in rules.groupby("rule", sort=False):
        last = rows[rows["clause_order"] == rows["clause_order"].max()]
        if last["metric"].notna().any():
            reason = f"The last clause of {name} has a condition, so some chips get no verdict."
            yield tables.fault("export_rules", last.index[-1], reason)


@rule("claims")
def claims_name_what_exists(tables: Tables) -> Iterator[Fault]:
    """Check that the datasets and functions that claims name exist."""
    for row in tables["claims"].itertuples():
        if pd.notna(row.dataset) and row.dataset not in tables.resources:
            yield tables.fault("claims", row.Index, f"There is no dataset {row.dataset!r}.")
        if pd.notna(row.function) and not _exists(row.function):
            yield tables.fault("claims", row.Index, f"There is no function {row.function!r}.")


def _exists(function: str) -> bool:
    module, _, name = function.partition(".")
    try:
        return hasattr(importlib.import_module(f"sputnik_moment.{module}"), name)
    except ModuleNotFoundError:
        return False


# Trading days -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exchange:
    """Holidays of the New York Stock Exchange in one era, and its unplanned closings."""

    holidays: tuple[Holiday, ...]
    closed: tuple[str, ...]

    @lru_cache(maxsize=64)  # noqa: B019  (there are two exchanges, and they live for ever)
    def trading_days(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
        """Return the trading days from ``first`` to ``last``, both included."""
        calendar = AbstractHolidayCalendar(name="NYSE", rules=list(self.holidays))
        days = pd.bdate_range(first, last)
        return days.difference(calendar.holidays(first, last)).difference(
            pd.DatetimeIndex(self.closed)
        )


NYSE_NOW = Exchange(
    holidays=(
        Holiday("New Year", month=1, day=1, observance=sunday_to_monday),
        USMartinLutherKingJr,
        USPresidentsDay,
        GoodFriday,
        USMemorialDay,
        Holiday("Juneteenth", month=6, day=19, start_date="2022-06-19", observance=nearest_workday),
        Holiday("Independence", month=7, day=4, observance=nearest_workday),
        USLaborDay,
        USThanksgivingDay,
        Holiday("Christmas", month=12, day=25, observance=nearest_workday),
    ),
    closed=("2025-01-09",),
)
NYSE_THEN = Exchange(
    holidays=(
        Holiday("New Year", month=1, day=1, observance=sunday_to_monday),
        Holiday("Washington", month=2, day=22, observance=sunday_to_monday),
        GoodFriday,
        Holiday("Memorial", month=5, day=30, observance=sunday_to_monday),
        Holiday("Independence", month=7, day=4, observance=sunday_to_monday),
        Holiday("Labor", month=9, day=1, offset=DateOffset(weekday=MO(1))),
        Holiday("Election", month=11, day=2, offset=DateOffset(weekday=TU(1))),
        Holiday("Thanksgiving", month=11, day=1, offset=DateOffset(weekday=TH(4))),
        Holiday("Christmas", month=12, day=25, observance=sunday_to_monday),
    ),
    closed=("1956-12-24", "1958-12-26"),
)


def _day_faults(
    tables: Tables, name: str, days: pd.Series, exchange: Exchange, who: str
) -> Iterator[Fault]:
    """Compare the days of one series with the days on which the exchange traded."""
    expected = exchange.trading_days(days.min(), days.max())
    for position, day in days[~days.isin(expected)].items():
        yield tables.fault(name, position, f"{who}{day:%Y-%m-%d} was no trading day.")
    for day in expected.difference(pd.DatetimeIndex(days)):
        # The row where the missing day belongs: the first later one of the series.
        after = days[days > day].index[0]
        yield tables.fault(name, after, f"{who}the trading day {day:%Y-%m-%d} is missing.")
    for position, day in days[days.duplicated()].items():
        yield tables.fault(name, position, f"{who}{day:%Y-%m-%d} occurs twice.")


# The three commands -----------------------------------------------------------------------------


def check(folder: Path = FOLDER, progress: bool = False) -> list[Fault]:
    """Return everything that is wrong with the datasets of a folder, an empty list if nothing.

    Parameters
    ----------
    folder
        A folder with ``datapackage.json`` and the files it names.
    progress
        Show a bar.
    """
    tables = Tables(folder)
    faults: list[Fault] = list(_stray_files(tables))
    unsound = set()
    for name in track(list(tables.resources), "Checking", disable=not progress):
        found = standard_faults(tables, name)
        faults.extend(found)
        # A wrong hash alone leaves the values readable, and their rows worth naming.
        if any(fault.row is not None for fault in found) or not _readable(tables, name):
            unsound.add(name)
    for needed, function in RULES:
        if unsound.isdisjoint(needed) and set(needed) <= set(tables.resources):
            faults.extend(function(tables))
    return faults


def _readable(tables: Tables, name: str) -> bool:
    fields = [field["name"] for field in tables.resources[name]["schema"]["fields"]]
    try:
        return list(tables[name].columns) == fields
    except (OSError, ValueError):
        return False


def _stray_files(tables: Tables) -> Iterator[Fault]:
    """Every CSV file of the folder has its entry in the package."""
    known = {resource["path"] for resource in tables.resources.values()}
    for path in sorted(tables.folder.glob("*.csv")):
        if path.name not in known:
            yield Fault(path.name, None, f"The file has no entry in {PACKAGE}.")


def read_package(folder: Path) -> dict[str, Any]:
    """Read the descriptor of a folder."""
    return json.loads((folder / PACKAGE).read_text(encoding="utf-8"))


def rehash(folder: Path = FOLDER) -> list[str]:
    """Store size and hash of every file in the descriptor; return the names that had changed."""
    package = read_package(folder)
    changed = []
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        now = {"bytes": len(content), "hash": "sha256:" + hashlib.sha256(content).hexdigest()}
        if any(resource.get(key) != value for key, value in now.items()):
            resource.update(now)
            changed.append(resource["name"])
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    _write(folder / PACKAGE, text)
    return changed


def dictionary(folder: Path = FOLDER) -> str:
    """Return the data dictionary in Markdown: every table with its columns, units and sources."""
    package = read_package(folder)
    resources = package["resources"]
    parts = [
        "# Data dictionary",
        "<!-- Made by `make datasets` from datapackage.json. Edit that file, not this one. -->",
        package["description"],
        "A lesson reads a table with `data.load(name)` and shows its card with `data.card(name)`. "
        "An empty cell means: not known. The licence of our own wording and arrangement is "
        f"[{package['licenses'][0]['title']}]({package['licenses'][0]['path']}); what may be done "
        "with the figures stands with each table.",
        _table(
            ["table", "what it is", "rows", "columns"],
            [
                [
                    f"[`{r['name']}`](#{r['name']})",
                    r["title"],
                    f"{_rows(folder / r['path']):,}",
                    str(len(r["schema"]["fields"])),
                ]
                for r in resources
            ],
        ),
    ]
    return "\n\n".join(parts + [_section(resource) for resource in resources]) + "\n"


def _section(resource: dict[str, Any]) -> str:
    fields = [
        [f"`{f['name']}`", f["type"], f.get("unit", ""), f["description"]]
        for f in data.columns(resource)
    ]
    key = resource["schema"]["primaryKey"]
    keys = ", ".join(f"`{name}`" for name in ([key] if isinstance(key, str) else key))
    parts = [
        f"## {resource['name']}",
        f"**{resource['title']}.** {resource['description']}",
        _table(["column", "type", "unit", "meaning"], fields),
        f"One row for each {keys}. Confidence: {resource['confidence']}.",
        _bullets("Sources", [_source(source) for source in resource["sources"]]),
        _bullets("Licence", [_licence(licence) for licence in resource["licenses"]]),
        _bullets("Cross-checked", resource["crossChecks"]),
        _bullets("What is wrong with it", resource["caveats"]),
    ]
    if "extra" in resource:
        parts.append(f"Extra: {resource['extra']}")
    return "\n\n".join(parts)


def _source(source: dict[str, str]) -> str:
    seen = [source[key] for key in ("version", "commit") if key in source]
    title = f"{source['title']} ({', '.join(seen)})" if seen else source["title"]
    return f"{title}: <{source['path']}>" if "path" in source else title


def _licence(licence: dict[str, str]) -> str:
    title = f"[{licence['title']}]({licence['path']})" if "path" in licence else licence["title"]
    return f"{title}. {licence['allows']}"


def _bullets(title: str, items: list[str]) -> str:
    return "\n".join([f"{title}:", "", *(f"- {item}" for item in items)])


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in r) + " |" for r in lines)


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _write(path: Path, text: str) -> None:
    """Write beside and rename, so that a crash in between leaves the old file whole."""
    draft = path.with_suffix(path.suffix + ".tmp")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


# New closes -------------------------------------------------------------------------------------

OVERLAP = timedelta(days=14)
"""How far a reply must reach back into the days that we have, to prove that it fits them."""

TOLERANCE = 0.001
"""By how much a vendor's close may differ from ours on such a day, as a fraction."""


class RefreshRefused(Exception):
    """The reply does not fit the table, which stays as it was; the message says why."""


Fetch = Callable[[list[str], date, date], pd.DataFrame]


def download(tickers: list[str], start: date, end: date) -> pd.DataFrame:
    """Fetch daily closes from Yahoo Finance with yfinance, from ``start`` to before ``end``.

    Returns
    -------
    A frame with one row a day and two levels of columns: Price ("Close", "Adj Close", ...) and
    Ticker.
    """
    try:
        import yfinance
    except ModuleNotFoundError as error:
        raise RefreshRefused(
            "yfinance is not installed. Run: python -m pip install -e '.[refresh]'"
        ) from error
    return yfinance.download(
        tickers,
        start=start.isoformat(),
        end=end.isoformat(),
        auto_adjust=False,
        progress=False,
        group_by="column",
    )


def refresh(folder: Path = FOLDER, fetch: Fetch = download, today: date | None = None) -> int:
    """Add the trading days since the end of ``market_closes``, if everything about them is sound.

    Rows that are there stay as they are. A reply must agree with them on the last days that both
    have. New adjusted closes are scaled to continue the old ones, because a vendor lowers all
    earlier values at every dividend; returns are not touched by that. The new table is checked as
    `check` does, in a copy of the folder, before it takes the place of the old one.

    Parameters
    ----------
    folder
        The folder of the datasets.
    fetch
        Gets the closes; :func:`download` by default.
    today
        Days from this one on are left out, as their prices may not be final.

    Returns
    -------
    The number of rows added.

    Raises
    ------
    RefreshRefused
        If the reply is empty, lacks a ticker, disagrees with known days, or breaks a check. The
        files are then as before.
    """
    today = today or date.today()
    old = Tables(folder)["market_closes"]
    last = old.groupby("ticker")["date"].max()
    start = last.min().date() - OVERLAP
    reply = _tidy(fetch(sorted(last.index), start, today), sorted(last.index))
    reply = reply[reply["date"] < pd.Timestamp(today)]
    new = pd.concat(_continued(old, reply, ticker, last[ticker]) for ticker in last.index)
    if new.empty:
        return 0
    ends = new.groupby("ticker")["date"].max().reindex(last.index)
    early = ends[ends != ends.max()]
    if len(early):
        raise RefreshRefused(f"The reply ends too early for {', '.join(early.index)}.")
    with tempfile.TemporaryDirectory() as place:
        draft = Path(place) / "datasets"
        shutil.copytree(folder, draft)
        _append(draft, new)
        faults = check(draft)
        if faults:
            raise RefreshRefused("The new days are not sound:\n" + "\n".join(map(str, faults)))
        for name in ("market_closes.csv", "tickers.csv", PACKAGE, DICTIONARY):
            _write(folder / name, (draft / name).read_text(encoding="utf-8"))
    return len(new)


def _tidy(reply: pd.DataFrame | None, tickers: list[str]) -> pd.DataFrame:
    """Turn a vendor's wide frame into rows of date, ticker, close and adj_close."""
    if reply is None or reply.empty:
        raise RefreshRefused("The reply has no rows. Is the network there? Try again later.")
    for column in ("Close", "Adj Close"):
        if column not in reply.columns.get_level_values(0):
            raise RefreshRefused(f"The reply has no column {column!r}: its layout has changed.")
        empty = [t for t in tickers if t not in reply[column] or reply[column][t].isna().all()]
        if empty:
            raise RefreshRefused(f"The reply has no {column} for {', '.join(empty)}.")
    long = pd.DataFrame(
        {
            "close": reply["Close"][tickers].stack(),
            "adj_close": reply["Adj Close"][tickers].stack(),
        }
    )
    long.index.names = ["date", "ticker"]
    return long.dropna().reset_index()


def _continued(
    old: pd.DataFrame, reply: pd.DataFrame, ticker: str, last: pd.Timestamp
) -> pd.DataFrame:
    """Return the new rows of one ticker after making sure that the reply fits the old ones."""
    mine = old[old["ticker"] == ticker].set_index("date")
    theirs = reply[reply["ticker"] == ticker].set_index("date")
    both = mine.index.intersection(theirs.index)
    if last not in both:
        raise RefreshRefused(f"The reply has no close of {ticker} on {last:%Y-%m-%d}.")
    ratio = theirs.loc[both, "close"] / mine.loc[both, "close"]
    wrong = ratio[(ratio - 1).abs() > TOLERANCE]
    if len(wrong):
        raise RefreshRefused(
            f"{ticker} on {wrong.index[0]:%Y-%m-%d}: the reply is {wrong.iloc[0]:.4f} times our "
            "close. A share split since then? Then compile the table anew."
        )
    scale = mine.at[last, "adj_close"] / theirs.at[last, "adj_close"]
    new = theirs[theirs.index > last].reset_index()
    return new.assign(close=new["close"].round(4), adj_close=(new["adj_close"] * scale).round(4))


def _append(folder: Path, new: pd.DataFrame) -> None:
    """Write the longer table, the days that `tickers` states, the hashes and the dictionary."""
    # Old lines are kept letter by letter; reading and writing numbers could change them.
    path = folder / "market_closes.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    lines += new.to_csv(index=False, header=False, date_format="%Y-%m-%d").splitlines()
    lines.sort(key=lambda line: line.split(",")[:2])
    _write(path, "\n".join([head, *lines]) + "\n")

    with (folder / "tickers.csv").open(encoding="utf-8", newline="") as file:
        tickers = list(csv.DictReader(file))
    days = new.groupby("ticker")["date"].agg(["max", "size"])
    for row in tickers:
        if row["ticker"] in days.index:
            row["last_date"] = f"{days.at[row['ticker'], 'max']:%Y-%m-%d}"
            row["rows"] = str(int(row["rows"]) + int(days.at[row["ticker"], "size"]))
    with (folder / "tickers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, tickers[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(tickers)
    rehash(folder)
    _write(folder / DICTIONARY, dictionary(folder))


# Command line -----------------------------------------------------------------------------------

app = typer.Typer(add_completion=False, rich_markup_mode=None)
console = Console(highlight=False)
Folder = Annotated[Path, typer.Option(help="Folder of the datasets.")]


@app.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """Validate the datasets and write their dictionary."""
    if context.invoked_subcommand is None:
        check_command()
        dictionary_command()


@app.command("check")
def check_command(folder: Folder = FOLDER) -> None:
    """Check types, ranges, keys, days, splits, sums and hashes."""
    faults = check(folder, progress=True)
    for fault in faults:
        console.print(str(fault), markup=False, soft_wrap=True)
    if faults:
        console.print(
            f"{len(faults)} faults. If the change was meant: python -m grading.datasets hash"
        )
        raise typer.Exit(1)
    console.print(f"{len(read_package(folder)['resources'])} datasets are sound.")


@app.command("dictionary")
def dictionary_command(folder: Folder = FOLDER) -> None:
    """Write the data dictionary from the descriptor."""
    _write(folder / DICTIONARY, dictionary(folder))
    console.print(f"{DICTIONARY} is written.")


@app.command("hash")
def hash_command(folder: Folder = FOLDER) -> None:
    """Store new sizes and hashes after a deliberate change."""
    changed = rehash(folder)
    console.print(f"New hashes: {', '.join(changed) or 'none, nothing has changed'}.")


@app.command("refresh")
def refresh_command(folder: Folder = FOLDER) -> None:
    """Add new trading days to the closes, if they are sound."""
    try:
        added = refresh(folder)
    except RefreshRefused as error:
        console.print(f"Nothing was changed. {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    console.print(f"{added} rows were added to market_closes.")


if __name__ == "__main__":
    app(prog_name="python -m grading.datasets")
