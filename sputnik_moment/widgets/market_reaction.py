"""The explorers of lesson 04: one share's event study, who fell, and what the fall was worth."""

import datetime
import functools

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy.special import stdtrit

from sputnik_moment import data, figures, market
from sputnik_moment.widgets.base import Explorer
from sputnik_moment.widgets.parts import (
    choice,
    limits,
    long_date,
    p_value,
    percent,
    percent_ticks,
    row_names,
    slider,
)

__all__ = ["EventStudyExplorer", "MarketValueCalculator", "WhoFell"]

SHOCK = datetime.date(2025, 1, 27)
MODELS = {
    "Market model (alpha and beta)": "market",
    "Mean-adjusted (the share's mean)": "mean",
    "Market-adjusted (the benchmark)": "market-adjusted",
}
# The second half of a firm's name, which a chart can do without.
SECOND_HALF = r" (Technology|Technologies|Networks|Holdings|Platforms|Energy|Computer)$"
NOT_A_BENCHMARK = "^VIX"  # expected swings, in per cent a year: not a price, so no return


class EventStudyExplorer(Explorer):
    """One share on one day: what happened, what was to be expected, and how sure that is.

    Controls: `share`, `benchmark`, `model`, `length` (days in the estimation window), `gap` (days
    between its end and the event) and `event`.
    """

    title = "Event-study explorer"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer every share, every index or fund, three models, and the window."""
        self.returns = _returns()
        tickers = data.load("tickers").set_index("ticker")
        self.names = tickers["name"]
        shares = tickers.index[tickers["kind"] == "share"]
        benchmarks = tickers.index[tickers["kind"] != "share"].drop(NOT_A_BENCHMARK)
        return {
            "share": choice("Share", self._options(shares), "NVDA"),
            "benchmark": choice("Benchmark", self._options(benchmarks), "^GSPC"),
            "model": choice("Model", list(MODELS.items()), "market"),
            "length": slider("Estimation window (days)", 250, 5, 500),
            "gap": slider("Gap before the event (days)", 10, 0, 100),
            "event": widgets.DatePicker(value=SHOCK, description="Event"),
        }

    def draw(self) -> Figure:
        """Draw the estimation window as points, the model as a line with its band."""
        colour = figures.PALETTE
        fig, self.ax = figures.new(7, 4.8)
        (self.band,) = self.ax.fill([0, 0, 0], [0, 0, 0], color=colour["blue"], alpha=0.15, lw=0)
        (self.days,) = self.ax.plot([], [], "o", ms=3.5, color=colour["grey"], alpha=0.7)
        (self.line,) = self.ax.plot([], [], "-", color=colour["blue"])
        (self.distance,) = self.ax.plot([], [], "--", color=colour["red"], lw=1.5)
        (self.expected,) = self.ax.plot([], [], "s", ms=8, color=colour["blue"], mfc="white", mew=2)
        (self.actual,) = self.ax.plot([], [], "D", ms=9, color=colour["red"])
        self.note = self.ax.annotate("", (0, 0), (12, 0), textcoords="offset points", va="center")
        self.note.set_bbox({"facecolor": "white", "alpha": 0.8, "lw": 0, "pad": 2})
        percent_ticks(self.ax.xaxis, self.ax.yaxis)
        fig.legend(
            [self.days, (self.band, self.line), self.expected, self.actual],
            ["estimation window", "model, 95 % band", "expected", "actual"],
            loc="outside upper left",
            ncols=4,
        )
        return fig

    def redraw(self) -> None:
        """Fit the chosen model and compare the event day with its forecast."""
        share, benchmark = self.controls["share"].value, self.controls["benchmark"].value
        gap, length = self.controls["gap"].value, self.controls["length"].value
        window, event = (-gap - length, -gap - 1), self.controls["event"].value
        y, x = self.returns[share], self.returns[benchmark]
        kind = self.controls["model"].value
        try:
            result = market.abnormal_return(y, x, event, window, kind)
            model = market.fit_model(y, x, window, event, kind)
        except market.MissingReturns as problem:
            return self.say_problem(f"{problem} (A shorter estimation window starts later.)")
        except market.MarketError as problem:
            return self.say_problem(str(problem))
        day = market.trading_day(self.returns.index, event)
        sample = market.window_days(self.returns.index, window, event)
        self._move(model, result, x[sample], y[sample], x[day])
        self.ax.set_xlabel(f"{self.names[benchmark]}, return on the day")
        self.ax.set_ylabel(f"{self.names[share]}, return on the day")
        low, high = result.band()
        return self.say(
            f"{self.names[share]} on {long_date(day)}: actual {percent(result.actual)}, "
            f"expected {percent(result.expected)} (95 % band {percent(low)} to "
            f"{percent(high)}), abnormal {percent(result.abnormal)}, t = {result.t:.2f}, "
            f"{p_value(result.p)}. {self.names[benchmark]} {percent(x[day])}; beta "
            f"{model.beta:.2f} from {model.n} days.",
            alt=f"Scatter plot of {self.names[share]} against {self.names[benchmark]} with the "
            f"model's line and 95 % band. The event day lies "
            f"{_where(result.actual, low, high)} the band: actual {percent(result.actual)}, "
            f"expected {percent(result.expected)}.",
        )

    def _options(self, tickers: pd.Index) -> list[tuple[str, str]]:
        return [(f"{self.names[ticker]} ({ticker})", ticker) for ticker in tickers]

    def _move(
        self,
        model: market.ReturnModel,
        result: market.AbnormalReturn,
        x: pd.Series,
        y: pd.Series,
        x_event: float,
    ) -> None:
        """Put every artist in its new place."""
        left, right = limits([*x, x_event])
        grid = np.linspace(left, right, 60)
        centre = model.expected(grid)
        half = stdtrit(model.df, 0.975) * model.forecast_error(grid)
        bottom, top = limits([*y, result.actual, result.expected])
        self.days.set_data(x, y)
        self.line.set_data(grid, centre)
        self.band.set_xy(
            np.column_stack([[*grid, *grid[::-1]], [*centre - half, *(centre + half)[::-1]]])
        )
        self.expected.set_data([x_event], [result.expected])
        self.actual.set_data([x_event], [result.actual])
        self.distance.set_data([x_event] * 2, [result.expected, result.actual])
        self.note.xy = (x_event, (result.actual + result.expected) / 2)
        self.note.set_text(f"abnormal\n{percent(result.abnormal)}")
        in_the_left_half = x_event < (left + right) / 2
        self.note.set_ha("left" if in_the_left_half else "right")
        self.note.xyann = (12 if in_the_left_half else -12, 0)
        self.ax.set(xlim=(left, right), ylim=(bottom, top))


class WhoFell(Explorer):
    """Every share's return on one day, sorted, in groups that can be switched on and off.

    Controls: `date`, `order` (all shares together, or group by group), and one checkbox per
    group, under the group's name.
    """

    title = "Who fell?"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer a day, an order, and every group of shares."""
        self.returns = _returns()
        tickers = data.load("tickers").set_index("ticker")
        self.shares = tickers[tickers["kind"] == "share"]
        short_names = self.shares["name"].str.replace(SECOND_HALF, "", regex=True)
        self.short_names = short_names.to_dict()
        self.groups = list(dict.fromkeys(self.shares["group"]))
        boxes = {
            group: widgets.Checkbox(value=True, description=group, indent=False)
            for group in self.groups
        }
        orders = [("All shares together", "together"), ("Group by group", "groups")]
        return {
            "date": widgets.DatePicker(value=SHOCK, description="Day"),
            "order": choice("Order", orders, "groups"),
            **boxes,
        }

    def draw(self) -> Figure:
        """Draw one bar per share; a group has a colour and a hatch of its own."""
        fig, self.ax = figures.new(7, 8.2)
        self.signs = {
            group: {"facecolor": colour, "hatch": hatch, "edgecolor": "white"}
            for group, colour, hatch in zip(
                self.groups, figures.PALETTE.values(), (*figures.HATCHES, "||"), strict=True
            )
        }
        self.bars = {
            ticker: self.ax.barh([0], [0], height=0.8, **self.signs[group])[0]
            for ticker, group in self.shares["group"].items()
        }
        self.labels = dict(zip(self.bars, row_names(self.ax, len(self.bars)), strict=True))
        self.ax.axvline(0, color=figures.PALETTE["ink"], lw=1)
        percent_ticks(self.ax.xaxis)
        self.ax.set_xlabel("Return on the day")
        patches = [Patch(label=group, **sign) for group, sign in self.signs.items()]
        legend = fig.legend(handles=patches, loc="outside upper left", ncols=4, handlelength=2.2)
        self.unchanging = [legend]
        return fig

    def redraw(self) -> None:
        """Sort the chosen shares by their return on the day."""
        chosen = [group for group in self.groups if self.controls[group].value]
        if not chosen:
            return self.say_problem("No group is chosen. Tick at least one group.")
        try:
            day = market.trading_day(self.returns.index, self.controls["date"].value)
        except market.MarketError as problem:
            return self.say_problem(str(problem))
        members = self.shares["group"][self.shares["group"].isin(chosen)]
        on_day = self.returns.loc[day, members.index]
        if on_day.isna().all():
            return self.say_problem(
                f"None of these shares has a return on {long_date(day)}. Choose a later day, from "
                "January 2024 on, or more groups."
            )
        summary = market.cross_section(on_day, members).sort_values("median")
        self._place(self._in_order(on_day.dropna(), members, summary))
        return self.say(*self._words(day, on_day, summary))

    def _in_order(
        self, on_day: pd.Series, members: pd.Series, summary: pd.DataFrame
    ) -> list[pd.Series]:
        """Return blocks of sorted returns: one block, or one per group."""
        if self.controls["order"].value == "together":
            return [on_day.sort_values()]
        blocks = dict(list(on_day.sort_values().groupby(members)))
        return [blocks[group] for group in summary.index if group in blocks]

    def _place(self, blocks: list[pd.Series]) -> None:
        """Put the bars one under the other, with a gap between blocks."""
        place, row = {}, 0.0
        for block in blocks:
            for ticker in block.index:
                place[ticker], row = row, row + 1
            row += 0.6
        values = pd.concat(blocks).to_dict()
        for ticker, bar in self.bars.items():
            bar.set_visible(ticker in place)
            self.labels[ticker].set_visible(ticker in place)
            if ticker in place:
                bar.set_y(place[ticker] - 0.4)
                bar.set_width(values[ticker])
                self.labels[ticker].set_y(place[ticker])
                name = self.short_names[ticker]
                self.labels[ticker].set_text(f"{name}  {100 * values[ticker]:.1f}")
        self.ax.set(xlim=limits([*values.values(), 0.0]), ylim=(max(place.values()) + 0.7, -0.7))

    def _words(
        self, day: pd.Timestamp, on_day: pd.Series, summary: pd.DataFrame
    ) -> tuple[str, str]:
        known = on_day.dropna()
        names = self.shares["name"]
        lowest, highest = known.idxmin(), known.idxmax()
        medians = "; ".join(
            f"{group} {percent(row['median'])}"
            for group, row in summary[summary["n"] > 0].iterrows()
        )
        missing = on_day.index[on_day.isna()]
        some = ", ".join(names[missing]) if len(missing) < 5 else f"{len(missing)} shares"
        left_out = f" No return: {some}." if len(missing) else ""
        readout = (
            f"{long_date(day)}: {(known < 0).sum()} of {len(known)} shares fell. Lowest: "
            f"{names[lowest]} {percent(known[lowest])}; highest: {names[highest]} "
            f"{percent(known[highest])}. Median by group: {medians}.{left_out}"
        )
        alt = (
            f"Bar chart of the returns of {len(known)} shares on {long_date(day)}, from "
            f"{names[lowest]}, {percent(known[lowest])}, to {names[highest]}, "
            f"{percent(known[highest])}. Lowest group median: {summary.index[0]}."
        )
        return readout, alt


class MarketValueCalculator(Explorer):
    """What Nvidia's fall was worth, from a close and a share count, beside the printed figures.

    Controls: `close` (118.42, 118.58 or ``"own"``) with `own_close`, `shares` (a count from the
    table or ``"own"``, in billions) with `own_shares`, and `uncertainty` (of the count, per cent).
    """

    title = "Market-value calculator: Nvidia, 24 to 27 January 2025"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer the two closes, the published share counts, and values of one's own."""
        self.printed = _printed_losses()
        closes = _nvidia_closes()
        self.before = float(closes["2025-01-24"])
        after = float(closes["2025-01-27"])
        reported = data.load("reported_figures").set_index("id")
        cnbc = float(reported.loc["rep-nvda-close-1", "value"])
        counts = data.load("share_counts").query("ticker == 'NVDA'")
        self.count_uncertainty = dict(
            zip(counts["shares"] / 1e9, 100 * counts["uncertainty_fraction"], strict=True)
        )
        return {
            "close": choice(
                "Close on 27 January",
                [
                    (f"{after:.2f} (price files)", after),
                    (f"{cnbc:.2f} (printed by CNBC)", cnbc),
                    ("My own value", "own"),
                ],
                after,
            ),
            "own_close": widgets.BoundedFloatText(
                value=after, min=0.01, max=1000, step=0.01, description="My close (USD)"
            ),
            "shares": choice(
                "Shares",
                [
                    *(
                        (f"{row.shares / 1e9:.3f} bn ({row.count_type}, {row.as_of:%b %Y})", n)
                        for row, n in zip(counts.itertuples(), self.count_uncertainty, strict=True)
                    ),
                    ("My own count", "own"),
                ],
                next(iter(self.count_uncertainty)),
            ),
            "own_shares": widgets.BoundedFloatText(
                value=24.49, min=0.001, max=100, step=0.01, description="My count (billion)"
            ),
            "uncertainty": widgets.FloatSlider(
                value=0, min=0, max=5, step=0.1, description="My count's uncertainty (%)"
            ),
        }

    def draw(self) -> Figure:
        """Draw the printed figures as rows and the computed one, with its band, on top."""
        colour = figures.PALETTE
        fig, self.ax = figures.new(7, 3.9)
        rows = range(1, len(self.printed) + 1)
        self.column = self.ax.axvspan(0, 1, color=colour["blue"], alpha=0.15, lw=0)
        (self.value,) = self.ax.plot([], [], "D", ms=9, color=colour["blue"])
        (self.bar,) = self.ax.plot([], [], "-", lw=4, color=colour["blue"])
        self.note = self.ax.annotate(
            "", (0, 0), (0, 9), textcoords="offset points", ha="center", weight="bold"
        )
        self.marks = [
            self.ax.plot([value], [row], "o", color=colour["red"], mew=1.8)[0]
            for row, value in zip(rows, self.printed, strict=True)
        ]
        self.ax.set_yticks(
            [0, *rows],
            ["computed here", *(f"{v:g}: {who}" for v, who in self.printed.items())],
        )
        self.ax.set_ylim(len(self.printed) + 0.6, -0.9)
        self.ax.tick_params(axis="y", length=0)
        self.ax.set_xlabel("Market value lost, billion USD (filled: equal after rounding)")
        return fig

    def redraw(self) -> None:
        """Multiply the fall by the count, and see which printed figures are equal or near."""
        close, count, uncertainty = self._inputs()
        change = market.market_value_change(self.before, close, count * 1e9) / 1e9
        lost, half = -change, abs(change) * uncertainty / 100
        low, high = lost - half, lost + half
        equal = [value for value in self.printed if _same_when_rounded(value, lost)]
        near = [value for value in self.printed if low <= value <= high and value not in equal]
        self._move(lost, low, high, equal)
        verb = "lost" if lost >= 0 else "gained"
        first, second = sorted((abs(low), abs(high)))
        unsure = f", plus or minus {uncertainty:g} %" if uncertainty else ""
        span = f" ({first:.1f} to {second:.1f})" if uncertainty else ""
        in_range = f"; within the range only: {_listed(near)}" if near else ""
        return self.say(
            f"From {self.before:.2f} to {close:.2f} USD with {count:.3f} bn shares{unsure}: "
            f"Nvidia {verb} {abs(lost):.1f} billion USD{span}. Of the sums that the press printed, "
            f"equal after rounding: {_listed(equal)}{in_range}.",
            alt=f"Dot plot of the market value Nvidia lost: computed {lost:.1f} billion USD, band "
            f"{low:.1f} to {high:.1f}, beside {len(self.printed)} printed figures from "
            f"{min(self.printed):g} to {max(self.printed):g}. Equal after rounding: "
            f"{_listed(equal)}.",
        )

    def _inputs(self) -> tuple[float, float, float]:
        """Return close (USD), share count (billions) and its uncertainty (per cent)."""
        close, count = self.controls["close"].value, self.controls["shares"].value
        self.controls["own_close"].disabled = close != "own"
        self.controls["own_shares"].disabled = count != "own"
        self.controls["uncertainty"].disabled = count != "own"
        if close == "own":
            close = self.controls["own_close"].value
        if count == "own":
            return close, self.controls["own_shares"].value, self.controls["uncertainty"].value
        return close, count, self.count_uncertainty[count]

    def _move(self, lost: float, low: float, high: float, equal: list[float]) -> None:
        self.value.set_data([lost], [0])
        self.bar.set_data([low, high], [0, 0])
        self.column.set_x(low)
        self.column.set_width(high - low)
        self.note.xy = (lost, 0)
        self.note.set_text(f"{lost:.1f}")
        for mark, value in zip(self.marks, self.printed, strict=True):
            mark.set_markerfacecolor(mark.get_color() if value in equal else "white")
        self.ax.set_xlim(*limits([low, high, *self.printed], margin=0.08))


@functools.cache
def _returns() -> pd.DataFrame:
    """Return the daily returns of all tickers, one column each; not to be changed."""
    return market.returns(market.wide(data.load("market_closes")))


@functools.cache
def _nvidia_closes() -> pd.Series:
    """Return Nvidia's closes (USD, adjusted for splits only) by day; not to be changed."""
    return market.wide(data.load("market_closes"), column="close")["NVDA"]


@functools.cache
def _printed_losses() -> dict[float, str]:
    """Return the printed losses of Nvidia's market value, billion USD, and who printed them.

    Not to be changed.
    """
    table = data.load("reported_figures")
    nvidia = (table["ticker"] == "NVDA") & (table["quantity"] == "market_value_lost")
    rows = table[nvidia & (table["unit"] == "USD billion")].sort_values("value", ascending=False)
    return dict(zip(rows["value"], rows["printed_by"].str.split(",").str[0], strict=True))


def _same_when_rounded(printed: float, computed: float) -> bool:
    """Say whether `computed`, rounded to as many digits as were printed, is `printed`.

    The band is left out on purpose: a count that is uncertain by 1 % would fit nearly every figure.
    """
    return printed == round(computed, 0 if printed == round(printed) else 1)


def _listed(values: list[float]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "none"


def _where(value: float, low: float, high: float) -> str:
    return "below" if value < low else "above" if value > high else "inside"
