"""The explorers of lesson 05: placebo dates, false alarms, and the way back."""

import datetime

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from scipy.special import stdtr, stdtrit  # scipy.stats takes a second longer to import

from sputnik_moment import data, event_study, figures, market
from sputnik_moment.widgets.base import Explorer
from sputnik_moment.widgets.parts import choice, limits, long_date, percent, slider

__all__ = ["FalseAlarmSimulator", "PlaceboExplorer", "RecoveryTracker"]

SHOCK = datetime.date(2025, 1, 27)
SPANS = [("1 day", 1), ("2 days", 2), ("5 days", 5), ("20 days", 20)]
TESTS = {
    "cross-sectional": "the mean abnormal return, over the spread between the firms on the day",
    "Patell": "the sum of the t values, as if the firms were independent",
    "BMP": "the mean t value, over the spread of the t values on the day",
    "Kolari-Pynnonen": "BMP, corrected for the correlation",
    "portfolio": "the firms' mean return, tested like one share",
}
"""Name of a test to what it looks at, in a few words."""
NOT_A_BENCHMARK = "^VIX"  # expected swings, in per cent a year: not a price, so no return


class PlaceboExplorer(Explorer):
    """One event among all dates on which the same study can be run.

    Controls: `share`, `benchmark`, `days` (length of the span, which starts on the event) and
    `event`.
    """

    title = "Placebo explorer"
    edges = np.arange(-8, 8.01, 0.5)

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer every share, every index or fund, four spans, and the day."""
        self.returns = market.returns(market.wide(data.load("market_closes")))
        self.names = data.load("tickers").set_index("ticker")["name"]
        shares, benchmarks = _tickers()
        return {
            "share": choice("Share", shares, "NVDA"),
            "benchmark": choice("Benchmark", benchmarks, "^GSPC"),
            "days": choice("Span", SPANS, 1),
            "event": widgets.DatePicker(value=SHOCK, description="Event"),
        }

    def draw(self) -> Figure:
        """Draw a histogram of t values, the bell curve of the textbook, and the event."""
        colour = figures.PALETTE
        fig, self.ax = figures.new(7, 4.2)
        centres = (self.edges[:-1] + self.edges[1:]) / 2
        self.bars = self.ax.bar(centres, 0 * centres, width=0.45, color=colour["grey"])
        (self.curve,) = self.ax.plot(centres, 0 * centres, "--", color=colour["blue"])
        (self.stem,) = self.ax.plot([], [], "-", color=colour["red"])
        (self.mark,) = self.ax.plot([], [], "D", ms=9, color=colour["red"])
        self.ax.set(xlim=(-8, 8), xlabel="t value of the abnormal return", ylabel="Number of dates")
        fig.legend(
            [self.bars, self.curve, self.mark],
            [
                "dates (ends of the axis: 8 or more)",
                "if t values followed Student's t",
                "event",
            ],
            loc="outside upper left",
            ncols=3,
            fontsize=9.5,
        )
        return fig

    def redraw(self) -> None:
        """Run the study on all dates of one share that are free of the event, and on the event."""
        share, benchmark = self.controls["share"].value, self.controls["benchmark"].value
        days, event = self.controls["days"].value, self.controls["event"].value
        try:
            day = market.trading_day(self.returns.index, event)
            study = event_study.placebo(
                self.returns[[share]],
                self.returns[benchmark],
                span=(0, days - 1),
                window=event_study.WINDOW,
                event=day,
            )
        except market.MarketError as problem:
            return self.say_problem(str(problem))
        t, car = study.t[share].dropna(), study.abnormal[share].dropna()
        if day not in t.index:
            return self.say_problem(self._out_of_reach(share, t.index))
        rank = market.rank_of_day(t, day)
        df = event_study.WINDOW[1] - event_study.WINDOW[0] - 1
        self._move(t, t[day], df)
        name, as_low = self.names[share], round(rank.share_as_bad * rank.days)
        return self.say(
            f"{name}, {days} day{'s' * (days > 1)} from {long_date(day)}: "
            f"abnormal return {percent(car[day], 1)}, "
            f"t = {t[day]:.1f}. As low or lower: {as_low:,} of {rank.days:,} dates since "
            f"{long_date(t.index[0])} (the first with {-event_study.WINDOW[0]} days before it), or "
            f"{percent(rank.share_as_bad, 1)}; Student's t says {_small(stdtr(df, t[day]))}.",
            alt=f"Histogram of the t values of {name} on {rank.days:,} dates, with the bell curve "
            f"of the textbook. The event, at t = {t[day]:.1f}, has rank {rank.rank} from the left.",
        )

    def _move(self, t: pd.Series, at_event: float, df: int) -> None:
        counts, _ = np.histogram(t.clip(-7.99, 7.99), self.edges)
        for bar, count in zip(self.bars, counts, strict=True):
            bar.set_height(count)
        expected = len(t) * np.diff(stdtr(df, self.edges))
        self.curve.set_ydata(expected)
        top = 1.1 * max(counts.max(), expected.max())
        place = float(np.clip(at_event, -7.9, 7.9))
        self.stem.set_data([place, place], [0, 0.3 * top])
        self.mark.set_data([place], [0.3 * top])
        self.ax.set_ylim(0, top)

    def _out_of_reach(self, share: str, known: pd.DatetimeIndex) -> str:
        if known.empty:
            return f"{self.names[share]} has too short a history. Choose another share."
        return (
            f"{self.names[share]} has enough days around it from {long_date(known[0])} to "
            f"{long_date(known[-1])}. Choose a day between them."
        )


class FalseAlarmSimulator(Explorer):
    """How often each test finds an event where there is none.

    Controls: `firms`, `correlation` of their residuals, `volatility` of the day (1 is usual) and
    `test`, the one to read out.
    """

    title = "False-alarm simulator"
    panels = 400
    tests = tuple(TESTS)

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer the number of firms, their correlation, the day's volatility, and a test."""
        return {
            "firms": slider("Firms", 20, 2, 50),
            "correlation": widgets.FloatSlider(
                value=0.3, min=0, max=0.9, step=0.05, description="Correlation"
            ),
            "volatility": widgets.FloatSlider(
                value=1, min=1, max=3, step=0.25, description="Volatility of the day (times usual)"
            ),
            "test": choice("Test", [(name, name) for name in self.tests], "Patell"),
        }

    def draw(self) -> Figure:
        """Draw one row per test: the rate, its simulation error, and the promised 5 %."""
        colour = figures.PALETTE
        fig, self.ax = figures.new(7, 3.6)
        self.ax.axvline(0.05, color=colour["ink"], ls="--", lw=1.5)
        self.ax.annotate("promised: 5 %", (0.05, -0.62), (5, 0), textcoords="offset points")
        rows = range(len(self.tests))
        self.errors = [self.ax.plot([], [], "-", lw=3, color=colour["blue"])[0] for _ in rows]
        self.dots = [self.ax.plot([], [], "o", ms=9, color=colour["blue"])[0] for _ in rows]
        self.texts = [
            self.ax.annotate("", (0, row), (10, 0), textcoords="offset points", va="center")
            for row in rows
        ]
        self.ax.set_yticks(list(rows), self.tests)
        self.ax.tick_params(axis="y", length=0)
        self.ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        self.ax.set(xlim=(-0.02, 1.08), ylim=(len(rows) - 0.4, -0.95))
        self.ax.set_xlabel(
            "Panels with a false alarm: nothing happened, p below 5 %\n"
            "(filled: chosen test; bars: two simulation errors to each side)"
        )
        return fig

    def redraw(self) -> None:
        """Simulate panels in which nothing happened and count the alarms."""
        firms, test = self.controls["firms"].value, self.controls["test"].value
        correlation = self.controls["correlation"].value
        volatility = self.controls["volatility"].value
        rates = event_study.false_alarm_rates(
            firms, correlation, volatility, panels=self.panels, days=60
        )
        for row, name in enumerate(self.tests):
            rate, error = rates.loc[name]
            self.dots[row].set_data([rate], [row])
            self.dots[row].set_markerfacecolor(
                self.dots[row].get_color() if name == test else "white"
            )
            self.errors[row].set_data([rate - 2 * error, rate + 2 * error], [row, row])
            self.texts[row].xy = (rate + 2 * error, row)
            self.texts[row].set_text(percent(rate, 1))
        others = ", ".join(
            f"{n} {percent(rates.loc[n, 'rate'], 1)}" for n in self.tests if n != test
        )
        return self.say(
            f"{firms} firms, correlation {correlation:.2f}, volatility {volatility:g} times usual: "
            f"the {test} test raises a false alarm in {percent(rates.loc[test, 'rate'], 1)} of "
            f"{self.panels} panels (simulation error "
            f"{percent(rates.loc[test, 'monte_carlo_error'], 1)}). It looks at {TESTS[test]}. "
            f"Others: {others}.",
            alt=f"Dot plot of false-alarm rates of five tests for {firms} firms with correlation "
            f"{correlation:.2f}, beside the promised 5 %: "
            + ", ".join(f"{name} {percent(rates.loc[name, 'rate'], 1)}" for name in self.tests)
            + ".",
        )


class RecoveryTracker(Explorer):
    """The way back after a fall: the price, or the cumulative abnormal return with its band.

    Controls: `share`, `benchmark`, `view`, `event` and `days` (trading days after the event).
    """

    title = "Recovery tracker"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer every share and benchmark, two views, the day and the horizon."""
        long = data.load("market_closes")
        self.closes = market.wide(long, column="close")
        self.returns = market.returns(market.wide(long))
        self.names = data.load("tickers").set_index("ticker")["name"]
        shares, benchmarks = _tickers()
        views = [("Price, 100 = close before", "price"), ("Cumulative abnormal return", "car")]
        return {
            "share": choice("Share", shares, "NVDA"),
            "benchmark": choice("Benchmark", benchmarks, "^GSPC"),
            "view": choice("Show", views, "price"),
            "event": widgets.DatePicker(value=SHOCK, description="Event"),
            "days": slider("Trading days after it", 120, 0, 320),
        }

    def draw(self) -> Figure:
        """Draw the share, the benchmark, the level before the event, and a band."""
        colour = figures.PALETTE
        fig, self.ax = figures.new(7, 4.2)
        (self.band,) = self.ax.fill([0, 0, 0], [0, 0, 0], color=colour["blue"], alpha=0.15, lw=0)
        (self.other,) = self.ax.plot([], [], "--", color=colour["grey"])
        (self.line,) = self.ax.plot([], [], "-", color=colour["blue"])
        (self.back,) = self.ax.plot([], [], "D", ms=9, color=colour["red"])
        self.level = self.ax.axhline(100, color=colour["ink"], lw=1)
        locator = AutoDateLocator(minticks=4, maxticks=8)
        self.ax.xaxis.set_major_locator(locator)
        self.ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        top = {"loc": "outside upper left", "ncols": 3}
        self.legends = {
            "price": fig.legend(
                [self.line, self.other, self.back],
                ["share", "benchmark", "back at the old level"],
                **top,
            ),
            "car": fig.legend(
                [self.line, self.band, self.level],
                ["sum of abnormal returns so far", "95 % band", "zero: as the model expects"],
                **top,
            ),
        }
        return fig

    def redraw(self) -> None:
        """Follow the share from the close before the event."""
        view = self.controls["view"].value
        show = self._show_price if view == "price" else self._show_car
        for name, legend in self.legends.items():
            legend.set_visible(name == view)
        try:
            event = market.trading_day(self.closes.index, self.controls["event"].value)
            after = len(self.closes) - 1 - self.closes.index.get_loc(event)
            days = min(self.controls["days"].value, after)
            return show(event, days)
        except market.MarketError as problem:
            return self.say_problem(str(problem))

    def _show_price(self, event: pd.Timestamp, days: int) -> None:
        share, benchmark = self.controls["share"].value, self.controls["benchmark"].value
        name = self.names[share]
        span = event_study.span_days(self.closes.index, (-1, days), event)
        level = 100 * self.closes.loc[span] / self.closes.loc[span[0]]
        if level[[share, benchmark]].isna().any(axis=None):
            missing = share if level[share].isna().any() else benchmark
            raise market.MissingReturns(
                f"{self.names[missing]} was not traded on all of these days. Choose another day."
            )
        closes = self.closes.loc[span, share]
        way, lowest_day = event_study.recovery(closes, event), closes.iloc[1:].idxmin()
        self.band.set_xy([(self.ax.convert_xunits(span[0]), 100)] * 3)
        self.line.set_data(span, level[share])
        self.other.set_data(span, level[benchmark])
        found = [] if way.back_day is None else [way.back_day]
        self.back.set_data(found, [level.loc[day, share] for day in found])
        self.level.set_ydata([100, 100])
        self.ax.set_ylabel("Price, close before the event = 100")
        self.ax.set(xlim=(span[0], span[-1]), ylim=limits([*level[share], *level[benchmark]]))
        back = _way_back(way, span[-1])
        end = percent(level[share].iloc[-1] / 100 - 1, 1)
        fall = percent(level.loc[lowest_day, share] / 100 - 1, 1)
        self.say(
            f"{name} closed at {way.before:.2f} before {long_date(event)}; {back}. Lowest close "
            f"{_from_event(days)}: {closes[lowest_day]:.2f} ({fall}) on {long_date(lowest_day)}. "
            f"At the end {end}, "
            f"{self.names[benchmark]} {percent(level[benchmark].iloc[-1] / 100 - 1, 1)}.",
            alt=f"Line chart of {name} and {self.names[benchmark]} from the close before "
            f"{long_date(event)}, set to 100, over {days} trading days: lowest {fall}; {back}.",
        )

    def _show_car(self, event: pd.Timestamp, days: int) -> None:
        share, benchmark = self.controls["share"].value, self.controls["benchmark"].value
        path = event_study.car_path(
            self.returns[share], self.returns[benchmark], event, (0, days), event_study.WINDOW
        )
        half = stdtrit(path.attrs["df"], 0.975) * path["se"]
        low, high = path["car"] - half, path["car"] + half
        dates = path["date"].tolist()
        x = self.ax.convert_xunits(dates)
        self.band.set_xy(np.column_stack([[*x, *x[::-1]], [*(100 * low), *(100 * high)[::-1]]]))
        self.line.set_data(dates, 100 * path["car"])
        self.other.set_data([], [])
        self.back.set_data([], [])
        self.level.set_ydata([0, 0])
        self.ax.set_ylabel("Cumulative abnormal return, %")
        end = dates[-1] if days else dates[0] + pd.Timedelta(days=1)
        self.ax.set(xlim=(dates[0], end), ylim=limits([*(100 * low), *(100 * high), 0]))
        car, width = path["car"].iloc[-1], half.iloc[-1]
        verdict = "does not contain" if abs(car) > width else "contains"
        name = self.names[share]
        self.say(
            f"{name}, {long_date(event)}, {_from_event(days)}: cumulative abnormal return "
            f"{percent(car, 1)}, 95 % band {percent(car - width, 1)} to {percent(car + width, 1)}, "
            f"which {verdict} zero. On the first day it was {percent(path['car'].iloc[0], 1)}.",
            alt=f"Line chart of the cumulative abnormal return of {name} against "
            f"{self.names[benchmark]}, {long_date(event)} and {days} days after it, with a 95 % "
            f"band; at the end {percent(car, 1)}, and the band {verdict} zero.",
        )


def _tickers() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return (text, ticker) options for shares and for benchmarks."""
    table = data.load("tickers")
    table = table[table["ticker"] != NOT_A_BENCHMARK]
    options = [(f"{row.name} ({row.ticker})", row.ticker) for row in table.itertuples(index=False)]
    is_share = table["kind"] == "share"
    return (
        [option for option, share in zip(options, is_share, strict=True) if share],
        [option for option, share in zip(options, is_share, strict=True) if not share],
    )


def _from_event(days: int) -> str:
    """Name the days from the event on as the slider does, which counts those after it."""
    return f"from day 0 to day {days}" if days else "on day 0"


def _way_back(way: event_study.Recovery, last: pd.Timestamp) -> str:
    """Say when a share was back at the level before the event."""
    if way.days is None:
        return f"not back by {long_date(last)}"
    if way.days == 0:
        return "it did not close below that on the day"
    return f"back at the old level on {long_date(way.back_day)}, trading day {way.days}"


def _small(p: float) -> str:
    """Write a probability as a percentage, or as one in so many when it is below 0.1 %."""
    return percent(p, 1) if p >= 0.001 else f"one in {float(f'{1 / p:.2g}'):,.0f}"
