"""Explorers of lesson 01: 1957 and 2025 on one time axis, and the scorecard of all claims."""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sputnik_moment import data, figures, history
from sputnik_moment.widgets.base import Explorer
from sputnik_moment.widgets.parts import row_names

__all__ = ["Line", "Scorecard", "TimelineAligner", "lines_1957", "lines_2025"]

MOST_MARKERS = 60  # more points than this are daily values, and markers would run together
EVENTS_1957 = {
    "Sputnik 1, 4 October 1957": "1957-10-04",
    "Gagarin in orbit, 12 April 1961": "1961-04-12",
    "Kennedy's Moon speech, 25 May 1961": "1961-05-25",
}
EVENTS_2025 = {
    "Markets fall, 27 January 2025": "2025-01-27",
    "R1 released, 20 January 2025": "2025-01-20",
    "Stargate announced, 21 January 2025": "2025-01-21",
}
WINDOWS = {"3 months": 0.25, "1 year": 1.0, "2 years": 2.0, "5 years": 5.0, "12 years": 12.0}


@dataclass(frozen=True)
class Line:
    """One series of the aligner.

    Attributes
    ----------
    name, unit
        What is measured, and in what; ``unit`` is the axis label.
    values
        Values by date. A value of a whole year stands in the middle of that year.
    real
        The same in the prices of one year, or None where nothing is to be deflated.
    real_unit
        Unit of ``real``.
    money
        True for amounts of money, which prices matter to.
    """

    name: str
    unit: str
    values: pd.Series
    real: pd.Series | None = None
    real_unit: str = ""
    money: bool = False

    def shown(self, constant_prices: bool) -> tuple[pd.Series, str, str]:
        """Return values, unit and a remark, in constant prices where there are any."""
        if not constant_prices or not self.money:
            return self.values, self.unit, ""
        if self.real is None:
            return self.values, self.unit, "; current prices: no price index for these years"
        return self.real, self.real_unit, ""


class TimelineAligner(Explorer):
    """A series around an event of 1957 to 1961 above one around an event of 2025.

    Each keeps its own unit and scale; only the time axis, years from the event, is shared. The
    dashed line continues the trend of the years before the event that the window shows.
    """

    title = "Timeline aligner: two events on one time axis"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Return series and event for both times, prices, and the window."""
        self.lines = [{one.name: one for one in make()} for make in (lines_1957, lines_2025)]
        wide = widgets.Layout(width="28em", max_width="100%")
        first, second = (list(lines) for lines in self.lines)
        return {
            "series_1957": widgets.Dropdown(options=first, description="1957: series", layout=wide),
            "event_1957": widgets.Dropdown(
                options=EVENTS_1957, description="1957: event", layout=wide
            ),
            "series_2025": widgets.Dropdown(
                options=second, description="2025: series", layout=wide
            ),
            "event_2025": widgets.Dropdown(
                options=EVENTS_2025, description="2025: event", layout=wide
            ),
            "window": widgets.SelectionSlider(
                options=WINDOWS, value=5.0, description="Window on each side", layout=wide
            ),
            "prices": widgets.ToggleButtons(
                options={"current": False, "constant": True},
                description="Prices",
                style={"button_width": "6em"},
            ),
        }

    def draw(self) -> Figure:
        """Make two panels with a shared time axis."""
        fig, axes = figures.new(7.4, 5.4, nrows=2, sharex=True)
        colours = figures.PALETTE
        self.panels = []
        for axis, colour in zip(axes, ("blue", "red"), strict=True):
            (before,) = axis.plot([], [], color=colours["grey"], ls="-", ms=5)
            (after,) = axis.plot([], [], color=colours[colour], ls="-", ms=5)
            (trend,) = axis.plot([], [], color=colours["ink"], ls="--", lw=1.3)
            axis.axvline(0, color=colours["ink"], lw=1)
            self.panels.append((axis, before, after, trend))
        fig.get_layout_engine().set(rect=(0.02, 0, 0.98, 1))  # room for longer tick labels
        axes[1].set_xlabel("Years from the event (dashed: the trend before it, continued)")
        return fig

    def redraw(self) -> None:
        """Align both series at their events and describe what each does before and after."""
        value = {name: control.value for name, control in self.controls.items()}
        told = [
            self._panel(
                panel,
                lines[value[f"series_{when}"]],
                value[f"event_{when}"],
                value["window"],
                value["prices"],
            )
            for panel, lines, when in zip(self.panels, self.lines, ("1957", "2025"), strict=True)
        ]
        names = [value["series_1957"], value["series_2025"]]
        self.panels[0][0].set_xlim(-value["window"] * 1.04, value["window"] * 1.04)
        self.say(
            " | ".join(told),
            alt=f"Two line charts with one time axis, years from the event: {names[0]} above, "
            f"{names[1]} below. Dashed: the trend before the event, continued.",
        )

    def _panel(self, panel: tuple, line: Line, event: str, window: float, constant: bool) -> str:
        axis, *artists = panel
        values, unit, remark = line.shown(constant)
        near = history.years_from(values.dropna(), event).loc[-window:window]
        sides = near[near.index < 0], near[near.index >= 0]
        trend = _trend_line(near)
        daily = len(near) > MOST_MARKERS
        markers = ("", "", "") if daily else ("o", "s", "")
        for artist, points, marker in zip(artists, (*sides, trend), markers, strict=True):
            artist.set_data(points.index, points)
            artist.set_marker(marker)
        # The unit stands in the title: the frame is laid out once, and labels vary in width.
        axis.set_title(f"{line.name} ({unit})", fontsize=11)
        _fit_height(axis, near, trend)
        if near.empty:
            return f"{line.name}: no figures in this window, so choose another event or series."
        told = f"{_span(sides[0], 'before', daily)}; {_span(sides[1], 'after', daily)}"
        return f"{line.name} ({unit}{remark}): {told}."


def _trend_line(near: pd.Series) -> pd.Series:
    """Continue the line of the points before the event; empty where there are fewer than 3."""
    before = near[near.index < 0]
    if len(before) < 3:
        return pd.Series(dtype=float)
    return pd.Series(history.trend(before).at(near.index), index=near.index)


def _fit_height(axis: Axes, near: pd.Series, trend: pd.Series) -> None:
    """Show all points; the continued trend may leave the picture, or it would squeeze them."""
    if near.empty:
        return
    low, high = near.min(), near.max()
    if len(trend):
        low, high = min(low, trend.iloc[0]), max(high, trend.iloc[0])
    room = 0.12 * (high - low) or 0.1 * abs(high) or 1
    axis.set_ylim(low - room, high + room)


def _span(points: pd.Series, side: str, daily: bool) -> str:
    """Say where points begin and end, and how high they rise between (daily values always do)."""
    if points.empty:
        return f"no figures {side}"
    first, last, highest = points.iloc[0], points.iloc[-1], points.max()
    if len(points) == 1:
        return f"{_short(first)} {side}"
    peak = "" if daily or highest <= max(first, last) else f" (highest {_short(highest)})"
    return f"{_short(first)} to {_short(last)} {side}{peak}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


# Scorecard --------------------------------------------------------------------------------------

YARDSTICK = "sputnik"
SPOTLIGHT = "andreessen"


class Scorecard(Explorer):
    """All "Sputnik moment" claims, scored by the same criteria, under weights of your choice."""

    title = "Scorecard: how far does the ranking depend on the weights?"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Return one weight per criterion and the treatment of unknown codes."""
        table = data.load("sputnik_claim_codes")
        self.labels = table.drop_duplicates("claim_id").set_index("claim_id")["label"]
        codes = table.pivot(index="claim_id", columns="criterion", values="met").astype(float)
        criteria = list(dict.fromkeys(table["criterion"]))
        self.codes = codes[criteria]
        sliders = {
            name: widgets.IntSlider(
                value=1,
                min=0,
                max=4,
                description=f"Weight of {name}",
                layout=widgets.Layout(width="24em", max_width="100%"),
            )
            for name in criteria
        }
        unknown = widgets.ToggleButtons(
            options={"as no": 0.0, "as half": 0.5, "as yes": 1.0},
            value=0.5,
            description="Unknown counts",
            style={"button_width": "5em"},
        )
        return {**sliders, "unknown": unknown}

    def draw(self) -> Figure:
        """Make one row per claim: a dot for the score, a bar for what the unknowns leave open."""
        fig, self.axis = figures.new(7.4, 5.2)
        rows = np.arange(len(self.codes))
        colour = figures.PALETTE
        self.bars = self.axis.hlines(rows, 0, 1, color=colour["grey"], lw=5, alpha=0.35)
        (self.dots,) = self.axis.plot(rows * 0, rows, ls="", marker="o", color=colour["blue"])
        (self.spot,) = self.axis.plot([0], [0], ls="", marker="D", ms=9, color=colour["red"])
        (self.yard,) = self.axis.plot([0], [0], ls="", marker="s", ms=8, color=colour["green"])
        self.axis.set(xlim=(-0.03, 1.03), ylim=(len(rows) - 0.4, -0.6))
        self.names = row_names(self.axis, len(rows))
        self.axis.set_xlabel("Weighted share of the criteria met")
        self.axis.grid(axis="y", visible=False)
        return fig

    def redraw(self) -> None:
        """Score, sort and rank the claims; the original stands on top, without a rank."""
        weights = {name: self.controls[name].value for name in self.codes.columns}
        if not any(weights.values()):
            return self.say_problem("All weights are 0. Raise one to get a ranking.")
        unknown = self.controls["unknown"].value
        table = history.score_claims(self.codes, weights, unknown)
        later = history.score_claims(self.codes.drop(YARDSTICK), weights, unknown)
        later = later.sort_values(["rank", "high"], ascending=[True, False], kind="stable")
        order = [YARDSTICK, *later.index]
        self._place(table.loc[order])
        ranked = [f"{self.labels[i]}  {later['rank'][i]}" for i in later.index]
        for name, text in zip(self.names, ["Sputnik 1 itself", *ranked], strict=True):
            name.set_text(text)
        spot = later.loc[SPOTLIGHT]
        first = later.index[later["rank"] == 1]
        leaders = self.labels[first[0]] if len(first) == 1 else f"{len(first)} claims together"
        return self.say(
            f"First: {leaders}, score {later['score'].max():.2f}. DeepSeek: rank "
            f"{spot['rank']:.0f} of {len(later)}, score {spot['score']:.2f}.",
            alt=f"Dot chart of {len(order)} claims sorted by score. DeepSeek has rank "
            f"{spot['rank']:.0f} of {len(later)}. Bars show how far unknown codes could move a "
            "score; for most claims they are long.",
            caption="Beside each name: its rank; equal scores share one. Diamond: DeepSeek; "
            "square: Sputnik 1, the yardstick, without a rank. Grey bar: where the score could lie "
            "once the unknowns are known.",
        )

    def _place(self, table: pd.DataFrame) -> None:
        rows = np.arange(len(table))
        ends = zip(table["low"], table["high"], rows, strict=True)
        self.bars.set_segments([[(low, row), (high, row)] for low, high, row in ends])
        self.dots.set_data(table["score"], rows)
        for artist, claim in ((self.spot, SPOTLIGHT), (self.yard, YARDSTICK)):
            artist.set_data([table["score"][claim]], [table.index.get_loc(claim)])


# Series of the aligner --------------------------------------------------------------------------


def lines_1957() -> list[Line]:
    """Return the series around 1957 to 1961: research, NASA, degrees, launches, the Dow."""
    rd = _research()
    nasa = data.load("nasa_outlays").query("basis == 'actual'").set_index("fiscal_year")
    outlays, prices = nasa["outlays_usd_m"], nasa["gdp_price_index"]
    log = data.load("launches")
    launched = history.yearly_counts(log.index, log["country"])
    return [
        Line("R&D, share of GDP", "% of GDP", _mid_year(rd["rd_share"])),
        Line(
            "R&D spending",
            "billion USD",
            _mid_year(rd["rd_nominal"]),
            _mid_year(rd["rd_real"]),
            "billion USD of 2017",
            money=True,
        ),
        Line(
            "NASA's share of federal outlays",
            "% of outlays",
            _mid_fiscal(100 * history.share(outlays, nasa["federal_outlays_usd_m"])),
        ),
        Line(
            "NASA's outlays",
            "billion USD",
            _mid_fiscal(outlays / 1000),
            _mid_fiscal(history.real_terms(outlays, prices, 2020) / 1000),
            "billion USD of 2020, GDP index",
            money=True,
        ),
        Line("Engineering degrees (bachelor)", "degrees", _mid_year(_engineers())),
        Line("Launches of the United States", "launches", _mid_year(launched["USA"])),
        Line("Launches of the Soviet Union", "launches", _mid_year(launched["USSR"])),
        Line("Dow Jones average", "points", data.load("dow_sp_1955_1958")["dow_close"]),
    ]


def lines_2025() -> list[Line]:
    """Return the series around 2025: company spending, launches, NASA's budget, the market."""
    counts = data.load("launch_counts").pivot(index="year", columns="group", values="attempts")
    nasa = data.load("nasa_outlays").set_index("fiscal_year")["budget_authority_usd_m"]
    return [
        Line("S&P 500", "points", _closes("^GSPC")),
        Line("Nvidia's share", "USD", _closes("NVDA")),
        Line("Capital spending: Alphabet, Amazon, Meta", "billion USD", _spending(), money=True),
        Line(
            "NASA's budget (enacted)",
            "billion USD",
            _mid_fiscal(nasa.loc[2021:] / 1000),
            money=True,
        ),
        Line("Launches of the United States", "launches", _mid_year(counts["USA"].loc[2015:])),
        Line("Launches of China", "launches", _mid_year(counts["China"].loc[2015:])),
    ]


def _research() -> pd.DataFrame:
    table = data.load("rd_spending").query("country == 'USA'")
    return table.pivot(index="year", columns="series", values="value")


def _engineers() -> pd.Series:
    table = data.load("degrees").query("field == 'engineering' and level == 'bachelor'")
    return table.set_index("year")["degrees"]


def _closes(ticker: str) -> pd.Series:
    table = data.load("market_closes")
    return table.loc[table["ticker"] == ticker, "close"]


def _spending() -> pd.Series:
    """Add up the three firms whose years are calendar years, by the same cash definition."""
    table = data.load("company_capex").query(
        "kind == 'reported' and definition == 'cash' and period_type == 'calendar year'"
    )
    by_firm = table.assign(year=table["period_end"].dt.year).pivot(
        index="year", columns="company", values="capex_usd_bn"
    )
    return _mid_year(by_firm.dropna().sum(axis=1))


def _mid_year(series: pd.Series) -> pd.Series:
    """Date the value of a calendar year by the middle of the year."""
    return _dated(series, "-07-01")


def _mid_fiscal(series: pd.Series) -> pd.Series:
    """Date the value of a fiscal year by its middle: 1 January until 1976, then 1 April."""
    days = ["-01-01" if year <= 1976 else "-04-01" for year in series.index]
    return _dated(series, days)


def _dated(series: pd.Series, day: str | list[str]) -> pd.Series:
    years = pd.Index(series.index.astype(int).astype(str))
    dates = pd.to_datetime(years + day if isinstance(day, str) else years + pd.Index(day))
    return pd.Series(series.to_numpy(dtype=float), index=dates).dropna()
