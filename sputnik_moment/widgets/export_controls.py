"""Explorers of lesson 03: the map of a rule, a chip of one's own, and the rules through time."""

from itertools import pairwise

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sputnik_moment import data, figures
from sputnik_moment import export_controls as ec
from sputnik_moment.figures import PALETTE
from sputnik_moment.widgets.base import Explorer

__all__ = ["ControlsTimeline", "DesignAChip", "RuleExplorer"]

TITLES = {
    "October 2022": "october-2022",
    "October 2023": "october-2023",
    "April 2025 (reported)": "april-2025",
    "January 2026": "january-2026",
}

# Each rule is drawn in the plane of the two metrics that decide most under it.
AXES = {
    "october-2022": ("tpp", "link_bandwidth"),
    "october-2023": ("tpp", "performance_density"),
    "april-2025": ("memory_bandwidth", "link_bandwidth"),
    "january-2026": ("tpp", "memory_bandwidth"),
}
RANGES = {
    "tpp": (500, 80_000),
    "performance_density": (1, 50),
    "link_bandwidth": (30, 3_000),
    "memory_bandwidth": (200, 12_000),
}
AXIS_LABELS = {
    "tpp": "Total processing performance (TPP)",
    "performance_density": "Performance density (TPP per mm²)",
    "link_bandwidth": "Link bandwidth (GB/s)",
    "memory_bandwidth": "Memory bandwidth (GB/s)",
}
CONTROL_LABELS = {
    "tpp": "TPP",
    "performance_density": "Density (TPP per mm²)",
    "link_bandwidth": "Link (GB/s)",
    "memory_bandwidth": "Memory (GB/s)",
}
MARKETS = {True: "for data centres", False: "for consumers"}
WIDE = widgets.Layout(width="25em")
# Labels on the axes beside those at the lines of the rule.
ROUND = {
    "tpp": (600, 10_000, 40_000),
    "performance_density": (1, 12, 30),
    "link_bandwidth": (40, 150, 2_400),
    "memory_bandwidth": (250, 700, 3_000, 10_000),
}
# One colour and one hatch for each degree of control.
FREE, HALF, STRICT, OPEN = ("green", ""), ("gold", "..."), ("red", "//"), ("grey", "xx")
LOOKS = {
    "not controlled": FREE,
    "below the reported lines": FREE,
    "not covered": FREE,
    "3A090.b": HALF,
    "case by case": HALF,
    "controlled": STRICT,
    "3A090.a": STRICT,
    "over a reported line": STRICT,
    "presumption of denial": STRICT,
    ec.UNKNOWN: OPEN,
}
LABELLED = ("H100 SXM", "H800 SXM", "H20", "L20", "L4", "A800 (SXM4 80 GB)", "RTX 4090 D", "B200")


def short(name: str) -> str:
    """Return a chip's name without its package, for labels."""
    return name.split(" (")[0].removesuffix(" SXM")


def state(figures: dict[str, float]) -> str:
    """Return a chip's figures in one line, for a readout."""
    words = {
        "tpp": "TPP {:,.8g}",
        "performance_density": "density {:g}",
        "memory_bandwidth": "memory {:,.8g} GB/s",
        "link_bandwidth": "link {:,.8g} GB/s",
    }
    parts = [
        text.format(round(figures[metric], 3))
        if not np.isnan(figures[metric])
        else f"{text.split()[0]} unknown"
        for metric, text in words.items()
    ]
    return ", ".join([*parts, MARKETS[bool(figures["data_centre"])]])


class RuleExplorer(Explorer):
    """The map of one rule, with every chip on it and one chip that can be moved.

    Parameters
    ----------
    rule
        Id of the rule to start with.
    chip
        Name of the chip to start with.
    """

    title = "Rule explorer"

    def __init__(self, rule: str = "october-2023", chip: str = "H20"):
        self._start = rule, chip
        self._loaded = None
        super().__init__()

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Rule, chip, the chip's figures, and its market."""
        rule, chip = self._start
        sliders = {
            metric: widgets.FloatLogSlider(
                description=CONTROL_LABELS[metric],
                base=10,
                min=np.log10(low),
                max=np.log10(high),
                step=0.002,
                readout_format=",.2f" if metric == "performance_density" else ",.0f",
                layout=WIDE,
            )
            for metric, (low, high) in RANGES.items()
        }
        return {
            "rule": widgets.Dropdown(options=TITLES, value=rule, description="Rule"),
            "chip": widgets.Dropdown(options=list(ec.chips()), value=chip, description="Chip"),
            "data_centre": widgets.Checkbox(description="For data centres", indent=False),
            **sliders,
        }

    def draw(self) -> Figure:
        """Regions behind, all chips as small marks, the moved chip as a star."""
        fig, self.ax = figures.new(width=7.6, height=5)
        # Fixed margins: the four maps have labels of different width, and the frame must not jump.
        fig.set_layout_engine(None)
        fig.subplots_adjust(left=0.105, right=0.98, top=0.93, bottom=0.235)
        self.ax.set(xscale="log", yscale="log")
        self.ax.minorticks_off()
        self.ax.grid(visible=False)
        self.regions = [PolyCollection([], linewidths=0) for _ in range(4)]
        for collection in self.regions:
            self.ax.add_collection(collection)
        (self.others,) = self.ax.plot(
            [], [], "o", color=PALETTE["ink"], markersize=5, label="chip for data centres"
        )
        (self.consumer,) = self.ax.plot(
            [], [], "s", color=PALETTE["purple"], markersize=5, label="card for consumers"
        )
        (self.star,) = self.ax.plot(
            [],
            [],
            "*",
            color=PALETTE["blue"],
            markersize=20,
            markeredgecolor="white",
            zorder=5,
            label="your chip",
        )
        self.names = [
            self.ax.annotate("", (1, 1), **_beside(name), textcoords="offset points", fontsize=9)
            for name in LABELLED
        ]
        return fig

    def redraw(self) -> None:
        """Classify the moved chip and paint the map of its rule."""
        rule, name = self.controls["rule"].value, self.controls["chip"].value
        if name != self._loaded:
            self._load(name)
        now = self._figures()
        verdict = ec.classify_figures(now, rule, f"{short(name)} ({state(now)})")
        x, y = AXES[rule]
        self._paint(now, rule, x, y)
        self._place_chips(x, y)
        self.star.set_data([now[x]], [now[y]])
        self.ax.set(xlabel=AXIS_LABELS[x], ylabel=AXIS_LABELS[y], title=f"{verdict.title}")
        missing = np.isnan(now[x]) or np.isnan(now[y])
        text = self._in_words(verdict, now, rule)
        if missing:
            text += " It has no place on the map."
        self.say(
            text,
            alt=f"Map of the rule of {verdict.title}: {ec.METRICS[x]} across, {ec.METRICS[y]} up, "
            f"areas coloured by outcome. {short(name)} lies in the area: {verdict.outcome}.",
            caption=f"The areas hold for chips {MARKETS[bool(now['data_centre'])]} "
            "with your chip's other figures.",
        )

    def _load(self, name: str) -> None:
        """Move the sliders to a chip's published figures; an unpublished one cannot be moved."""
        self._loaded = name
        chip = ec.chip(name)
        was, self._paused = self._paused, True
        try:
            self.controls["data_centre"].value = chip.data_centre
            for metric in RANGES:
                slider, figure = self.controls[metric], chip.figures[metric]
                slider.disabled = bool(np.isnan(figure))
                if not slider.disabled:
                    slider.value = figure
        finally:
            self._paused = was

    def _figures(self) -> dict[str, float]:
        moved = {
            metric: np.nan if self.controls[metric].disabled else self.controls[metric].value
            for metric in RANGES
        }
        market = {"data_centre": float(self.controls["data_centre"].value)}
        return ec.changed(ec.chip(self._loaded).figures, **moved, **market)

    def _in_words(self, verdict: ec.Verdict, now: dict[str, float], rule: str) -> str:
        """Say the verdict; then the exception, or the lines that would catch a free chip.

        How far the chip is from a line is left out: an exercise of the lesson asks for it.
        """
        if verdict.caught is None:
            return verdict.words
        if verdict.caught:
            return f"{verdict.words}{_exception(now, rule)}"
        start = verdict.words
        if verdict.clause == ec.OTHERWISE:
            start = f"{verdict.chip}, {verdict.title}: {verdict.outcome}, no clause applies."
        ways = [f"{ec.METRICS[one.metric]} {one.line:,g}" for one in ec.slacks(now, rule)]
        return f"{start} It would be caught at: {' or '.join(ways) or 'no single line'}."

    def _paint(self, now: dict[str, float], rule: str, x: str, y: str) -> None:
        cells = ec.regions(now, rule, x, y, RANGES[x], RANGES[y])
        outcomes = list(dict.fromkeys(cell.verdict.outcome for cell in cells))
        for collection in self.regions:
            collection.set_verts([])
        for collection, outcome in zip(self.regions, outcomes, strict=False):
            colour, hatch = LOOKS[outcome]
            collection.set_verts([_corners(c) for c in cells if c.verdict.outcome == outcome])
            collection.set(facecolor=to_rgba(PALETTE[colour], 0.16), hatch=hatch)
            collection.set_edgecolor(to_rgba(PALETTE[colour], 0.35))
        keys = [
            Patch(
                facecolor=to_rgba(PALETTE[LOOKS[outcome][0]], 0.16),
                edgecolor=to_rgba(PALETTE[LOOKS[outcome][0]], 0.6),
                hatch=LOOKS[outcome][1],
                label=outcome,
            )
            for outcome in outcomes
        ]
        self.ax.set(xlim=RANGES[x], ylim=RANGES[y])
        self.ax.set_xticks(*_ticks(rule, x))
        self.ax.set_yticks(*_ticks(rule, y))
        self.ax.legend(
            handles=[*keys, self.others, self.consumer, self.star],
            loc="upper center",
            bbox_to_anchor=(0.5, -0.14),
            ncols=3,
        )

    def _place_chips(self, x: str, y: str) -> None:
        for artist, data_centre in ((self.others, True), (self.consumer, False)):
            chips = [c.figures for c in ec.chips().values() if c.data_centre == data_centre]
            artist.set_data([c[x] for c in chips], [c[y] for c in chips])
        for label, (place, names) in zip(self.names, _labels(x, y, self._loaded), strict=False):
            label.xy = place
            label.set_text(names)


def _exception(now: dict[str, float], rule: str) -> str:
    """Say whether licence exception NAC is open; it belongs to the rule of October 2023 alone."""
    if rule != "october-2023":
        return ""
    outcome = ec.classify_figures(now, "exception-nac").outcome
    return f" Licence exception NAC (a notice instead of a licence): {outcome}."


def _beside(name: str) -> dict:
    """Put a label above its mark on the right, or where it has more room."""
    special = {
        "RTX 4090 D": {"xytext": (-3, 6), "ha": "right"},
        "L20": {"xytext": (-5, -13), "ha": "right"},
        "H20": {"xytext": (6, -14)},
    }
    return special.get(name, {"xytext": (6, 5)})


def _labels(x: str, y: str, without: str) -> list[tuple[tuple[float, float], str]]:
    """Return a place and a text for every label; chips that would overlap share one."""
    found: list[tuple[tuple[float, float], str]] = []
    for name in LABELLED:
        place = ec.chip(name).figures[x], ec.chip(name).figures[y]
        text = "" if name == without else short(name)
        near = [i for i, (other, _) in enumerate(found) if np.allclose(place, other, rtol=0.05)]
        if near and text:
            other, names = found[near[0]]
            found[near[0]] = other, f"{names}, {text}".strip(", ")
            place, text = other, ""
        found.append((place, text))
    return found


def _ticks(rule: str, metric: str) -> tuple[list[float], list[str]]:
    """Put the labels of an axis at the lines of the rule, and at some round numbers."""
    low, high = RANGES[metric]
    lines = [line for line in ec.lines(rule, metric) if low < line < high]
    apart = [n for n in ROUND[metric] if all(max(n / line, line / n) > 1.5 for line in lines)]
    ticks = sorted([*lines, *apart])
    return ticks, [f"{tick:,g}" for tick in ticks]


def _corners(cell: ec.Region) -> list[tuple[float, float]]:
    return [
        (cell.left, cell.bottom),
        (cell.right, cell.bottom),
        (cell.right, cell.top),
        (cell.left, cell.top),
    ]


MODEL_PARAMETERS = 70e9
PROMPT_TOKENS = 4096
RIVALS = ("H20", "H100 SXM")


# What has to be kept from the day of a rule on: itself, and what was in force beside it.
TOGETHER = {
    "October 2022": "october-2022",
    "October 2023": "october-2023",
    "October 2023 and April 2025": "april-2025",
    "these two and January 2026": "january-2026",
}


class DesignAChip(Explorer):
    """A chip of one's own, scored by how fast it answers if no rule in force catches it."""

    title = "Design a chip"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Rule, figures of the chip (those of the H20 to begin with), and load."""
        h20 = ec.chip("H20")
        return {
            "rule": widgets.Dropdown(
                options=TOGETHER, value="october-2023", description="Rules to keep"
            ),
            "operations": widgets.IntSlider(
                value=h20.operations[8],
                min=50,
                max=3000,
                description="10¹² operations/s, 8 bits",
                layout=WIDE,
            ),
            "die_area": widgets.IntSlider(
                value=h20.die_area_mm2, min=100, max=1600, description="Die area (mm²)", layout=WIDE
            ),
            "memory_bandwidth": widgets.IntSlider(
                value=h20.memory_bandwidth,
                min=200,
                max=8000,
                step=50,
                description="Memory (GB/s)",
                layout=WIDE,
            ),
            "link_bandwidth": widgets.IntSlider(
                value=h20.link_bandwidth,
                min=0,
                max=1800,
                step=10,
                description="Link (GB/s)",
                layout=WIDE,
            ),
            "conversations": widgets.IntSlider(
                value=1, min=1, max=256, description="Conversations at once", layout=WIDE
            ),
            "data_centre": widgets.Checkbox(
                value=True, description="For data centres", indent=False
            ),
        }

    def draw(self) -> Figure:
        """Two bar charts: answering, which reads memory, and reading a prompt, which computes."""
        fig, self.axes = figures.new(width=7.6, height=3.1, ncols=2)
        names = ["Your chip", *(short(name) for name in RIVALS)]
        self.bars, self.values = [], []
        for ax in self.axes:
            bars = ax.barh(names, [1] * 3, color=PALETTE["grey"], height=0.6)
            ax.invert_yaxis()
            ax.grid(visible=False)
            self.bars.append(bars)
            self.values.append([ax.text(0, y, "", va="center", fontsize=10) for y in range(3)])
        self.axes[1].set_title("Reading a long prompt")
        self.axes[1].set_yticks([])
        for ax in self.axes:
            ax.set_xlabel("tokens per second, at best")
            ax.xaxis.set_major_locator(MaxNLocator(nbins=4, prune="upper"))
            ax.xaxis.set_major_formatter("{x:,.0f}")
        return fig

    def redraw(self) -> None:
        """Classify the design and compare its speed with that of two real chips."""
        chip = self.chip
        verdicts = [ec.classify(chip, law) for law in self.laws]
        caught = any(verdict.caught for verdict in verdicts)
        rivals = [chip, *(ec.chip(name) for name in RIVALS)]
        count = self.controls["conversations"].value
        decode = [_rate(one, count) for one in rivals]
        prefill = [_rate(one, PROMPT_TOKENS) for one in rivals]
        self.axes[0].set_title(f"Answering, {count} at once")
        for ax, bars, texts, rates in zip(
            self.axes, self.bars, self.values, (decode, prefill), strict=True
        ):
            self._grow(ax, bars, texts, rates, caught)
        score = 100 * decode[0] / decode[1]
        self.say(
            self._in_words(chip, verdicts, score),
            alt=f"Two bar charts of tokens per second. Answering: your chip {decode[0]:,.0f}, "
            f"H20 {decode[1]:,.0f}, H100 {decode[2]:,.0f}. Reading a prompt: {prefill[0]:,.0f}, "
            f"{prefill[1]:,.0f}, {prefill[2]:,.0f}.",
            caption="A model of 70 billion parameters with 8-bit weights, by the roofline. "
            "A hatched red bar: a rule catches this chip.",
        )

    @property
    def laws(self) -> list[str]:
        """The rules in force together from the day of the chosen one on."""
        return ec.in_force(ec.rule(self.controls["rule"].value).in_force_from)

    @property
    def chip(self) -> ec.Chip:
        """The design as a chip."""
        c = {name: control.value for name, control in self.controls.items()}
        return ec.Chip(
            name="Your chip",
            operations={8: c["operations"]},
            die_area_mm2=c["die_area"],
            memory_bandwidth=c["memory_bandwidth"],
            link_bandwidth=c["link_bandwidth"],
            data_centre=c["data_centre"],
        )

    def _grow(self, ax, bars, texts, rates, caught) -> None:
        for bar, text, rate in zip(bars, texts, rates, strict=True):
            bar.set_width(rate)
            text.set(position=(rate, text.get_position()[1]), text=f" {rate:,.0f}")
        bars[0].set(facecolor=PALETTE["red" if caught else "green"], hatch="///" if caught else "")
        bars[0].set_edgecolor("white")
        ax.set_xlim(0, 1.3 * max(rates))

    def _in_words(self, chip: ec.Chip, verdicts: list[ec.Verdict], score: float) -> str:
        caught = [verdict for verdict in verdicts if verdict.caught]
        if caught:
            also = ", ".join(verdict.title for verdict in caught[1:])
            also = f" Caught too: {also}." if also else ""
            return f"Score 0 ({state(chip.figures)}). {caught[0].words}{also}"
        bound = ec.ridge_tokens(chip.operations[8], chip.memory_bandwidth)
        limit = "memory" if self.controls["conversations"].value < bound else "computing"
        kept = ", ".join(verdict.title for verdict in verdicts)
        return (
            f"Score {score:.0f} (H20 = 100; {state(chip.figures)}). "
            f"Not caught: {kept}. Answering is limited by {limit}."
        )


def _rate(chip: ec.Chip, tokens: int) -> float:
    return ec.tokens_per_second(chip.operations[8], chip.memory_bandwidth, MODEL_PARAMETERS, tokens)


GROUPS = {
    "Sold worldwide": (
        "A100 (SXM4 80 GB)",
        "H100 SXM",
        "H200 SXM",
        "B200",
        "MI300X",
        "L40S",
        "L4",
        "RTX 4090",
        "RTX 5090",
    ),
    "Made for China": (
        "A800 (SXM4 80 GB)",
        "H800 SXM",
        "H20",
        "L20",
        "L2",
        "MI308X",
        "RTX 4090 D",
        "RTX 5090 D",
        "RTX 5090 D V2",
    ),
}
STATES = {
    ec.NO_LICENCE: ("green", ""),
    ec.NOTICE: ("blue", ".."),
    ec.CASE_BY_CASE: ("gold", "xx"),
    ec.LICENCE: ("red", "//"),
    ec.UNKNOWN: ("grey", "++"),
}
END = pd.Timestamp("2026-06-30")


class ControlsTimeline(Explorer):
    """What the sale of each chip to China asked for, day by day, with the events."""

    title = "Timeline of the controls"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Which chips, and which event to stand at."""
        events = data.load("export_timeline")
        # In the order in which the states change: a rule may be announced days before it holds.
        events["since"] = events["in_force_from"].fillna(events["announced"])
        self.events = events.sort_values("since", kind="stable", ignore_index=True)
        self.years = data.load("chips").set_index("chip")["release_year"]
        days = self.events["since"].dt.strftime("%Y-%m-%d")
        return {
            "chips": widgets.Dropdown(
                options=list(GROUPS), value="Made for China", description="Chips"
            ),
            "event": widgets.SelectionSlider(
                options=[
                    (f"{day}, {id_}", i)
                    for i, (day, id_) in enumerate(zip(days, self.events["id"], strict=True))
                ],
                value=1,
                description="Event",
                layout=widgets.Layout(width="38em"),
            ),
        }

    def draw(self) -> Figure:
        """One row a chip, one colour a state, and a line at the chosen event."""
        fig, self.ax = figures.new(width=7.6, height=4.4)
        self.ax.grid(visible=False)
        self.ax.set_xlim(pd.Timestamp("2020-01-01"), END)
        self.bars = {
            state: self.ax.broken_barh(
                [],
                (0, 0),
                facecolor=to_rgba(PALETTE[colour], 0.35),
                edgecolor=PALETTE[colour],
                hatch=hatch,
                linewidth=0,
                label=state,
            )
            for state, (colour, hatch) in STATES.items()
        }
        self._painted = None
        self.cursor = self.ax.axvline(END, color=PALETTE["ink"], linestyle="-", linewidth=1.5)
        self.ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
        return fig

    def redraw(self) -> None:
        """Paint the chosen chips and move the line to the chosen event."""
        names = GROUPS[self.controls["chips"].value]
        event = self.events.iloc[self.controls["event"].value]
        if names != self._painted:
            self._paint(names)
        day, after = event["announced"], event["since"]
        self.cursor.set_xdata([after, after])
        self.ax.set_title(f"{day.day} {day:%B %Y}: {event['kind']}, {event['citation']}")
        out = [name for name in names if self.years[name] <= after.year]
        states = pd.Series([ec.licence_on(ec.chip(name), after) for name in out], dtype=str)
        counts = ", ".join(f"{n} {state}" for state, n in states.value_counts().items())
        if len(out) < len(names):
            counts += f"; {len(names) - len(out)} came out in a later year"
        self.say(
            f"{day:%Y-%m-%d}: {event['what']} From {after:%Y-%m-%d}: {counts}.",
            alt=f"Timeline, one bar a chip ({self.controls['chips'].value}), 2020 to 2026, "
            f"coloured by what a sale to China needed. From {after:%B %Y}: {counts}.",
            caption="The line above says what the chosen event was. A bar begins with the year in "
            "which the chip came out. It shows what the lines asked for, not whether a licence was "
            "given.",
        )

    def _paint(self, names: tuple[str, ...]) -> None:
        spans = {state: [] for state in STATES}
        for row, name in enumerate(names):
            for start, end, state in periods(name):
                spans[state].append(_rectangle(start, end, row))
        for state, rectangles in spans.items():
            self.bars[state].set_verts(rectangles)
        self.ax.set_yticks(range(len(names)), [short(name) for name in names])
        self.ax.set_ylim(len(names) - 0.4, -0.6)
        self._painted = names


def periods(name: str) -> list[tuple[pd.Timestamp, pd.Timestamp, str]]:
    """Return (first day, last day, state) for a chip from the year it came out."""
    years = data.load("chips").set_index("chip")["release_year"]
    begin = pd.Timestamp(year=int(years[name]), month=1, day=1)
    starts = sorted(ec.rule(id_).in_force_from for id_ in ec.RULES)
    edges = [begin, *(day for day in starts if day > begin), END]
    return [(start, end, ec.licence_on(ec.chip(name), start)) for start, end in pairwise(edges)]


def _rectangle(start: pd.Timestamp, end: pd.Timestamp, row: int) -> list[tuple[float, float]]:
    left, right = date2num(start), date2num(end)
    return [(left, row - 0.35), (right, row - 0.35), (right, row + 0.35), (left, row + 0.35)]
