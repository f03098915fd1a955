"""The explorers of lesson 02: soft answers, training students, and what training costs."""

import asyncio
from functools import cache

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from sputnik_moment import costs, data, digits, figures
from sputnik_moment import distillation as dl
from sputnik_moment.widgets.base import Explorer

__all__ = ["CostCalculator", "TemperatureExplorer", "TrainingLab"]

SLOWEST_ROW = 7  # rows of runs that the training lab keeps in view
RECORDED_HIDDEN = 16  # hidden units of the recorded students beside which it shows one's own


@cache
def classroom(seed: int = 0) -> tuple[digits.Split, dl.Network]:
    """Return one split of the digits with its teacher, trained once and then kept."""
    parts = digits.split(*digits.images_and_labels(data.load("digits")), seed)
    return parts, digits.train_teacher(parts, seed)


class TemperatureExplorer(Explorer):
    """One handwritten digit, and how sure the teacher is of each of the ten answers.

    Controls: `digit`, `example` (which image of that digit) and `temperature`.
    """

    title = "Temperature explorer"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer the ten digits, twenty images of each, and temperatures from 0.5 to 20."""
        parts, teacher = classroom()
        # Images that the teacher was not trained on: those it knows by heart hide its doubts.
        self.images, self.labels = parts.test_images, parts.test_labels
        self.logits = teacher.logits(self.images)
        return {
            "digit": widgets.Dropdown(options=range(10), value=3, description="Digit written"),
            "example": widgets.IntSlider(value=1, min=1, max=20, description="Example"),
            "temperature": widgets.FloatLogSlider(
                value=1, base=2, min=-1, max=4.25, step=0.25, description="Temperature T"
            ),
        }

    def draw(self) -> Figure:
        """Draw the image on the left, ten bars on the right."""
        colour = figures.PALETTE
        fig, (self.image_ax, self.ax) = figures.new(7, 3.6, ncols=2, width_ratios=[1, 2.2])
        self.image = self.image_ax.imshow(np.zeros((8, 8)), cmap="Greys", vmin=0, vmax=1)
        self.image_ax.set_axis_off()
        self.bars = self.ax.bar(range(10), np.zeros(10), color=colour["blue"])
        self.notes = [self.ax.text(d, 0, "", ha="center", va="bottom", size=8) for d in range(10)]
        self.ax.set(
            xticks=range(10),
            xlabel="the teacher's answer (above the bars: per cent)",
            ylim=(0, 1.12),
        )
        self.ax.grid(False, axis="x")
        self.ax.yaxis.set_major_formatter(PercentFormatter(1))
        self.ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
        return fig

    def redraw(self) -> None:
        """Soften the teacher's scores for the chosen image."""
        digit, example, t = (self.controls[name].value for name in self.controls)
        row = np.flatnonzero(self.labels == digit)[example - 1]
        probabilities = dl.softmax(self.logits[row], t)
        self.image.set_data(self.images[row].reshape(8, 8))
        self.image_ax.set_title(f"written: {digit}", loc="center")
        best = np.argsort(-probabilities)
        for d, (bar, note, p) in enumerate(zip(self.bars, self.notes, probabilities, strict=True)):
            bar.set_height(p)
            bar.set_color(figures.PALETTE["red" if d == digit else "blue"])
            bar.set_hatch("///" if d == digit else "")
            bar.set_edgecolor("white")
            note.set_position((d, p + 0.01))
            # Without the sign, or ten small shares would run into one another.
            note.set_text(_percent(p).removesuffix(" %"))
        self.ax.set_title(f"T = {t:.2g}")
        first, second, third = best[:3]
        self.say(
            f"A written {digit}, example {example}, at T = {t:.2g}: the teacher says {first} with "
            f"{_percent(probabilities[first])}, then {second} with "
            f"{_percent(probabilities[second])} and {third} with "
            f"{_percent(probabilities[third])}. All wrong answers together: "
            f"{_percent(1 - probabilities[digit])}.",
            alt=f"A handwritten {digit} beside a bar chart of the teacher's ten probabilities at "
            f"T = {t:.2g}. Highest: {first} with {_percent(probabilities[first])}, then {second} "
            f"with {_percent(probabilities[second])}.",
        )


class TrainingLab(Explorer):
    """Train students with several seeds and see the spread beside recorded runs.

    Controls: `source` (of the answers), `hidden`, `temperature`, `labelled`, `seeds`, the buttons
    `start` and `stop`, and the bar `progress`. A run stops after the student in training.
    """

    title = "Training lab"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer sources, sizes, T, labels, seeds; two buttons and a progress bar."""
        self.stopping = False
        self.running = False
        self.runs: dict[str, list[float]] = {}
        self.all_recorded = _recorded_runs()
        start = widgets.Button(description="Train", icon="play", button_style="primary")
        stop = widgets.Button(description="Stop", icon="stop", disabled=True)
        start.on_click(self._start)
        stop.on_click(self._stop)
        return {
            "source": widgets.Dropdown(
                options=list(digits.SOURCES), value="soft answers", description="Learns from"
            ),
            "hidden": widgets.SelectionSlider(
                options=(4, 8, 16, 32, 64), value=16, description="Hidden units"
            ),
            "temperature": widgets.SelectionSlider(
                options=(1, 2, 4, 8, 16), value=4, description="Temperature T"
            ),
            "labelled": widgets.SelectionSlider(
                options=(20, 50, 100, 200, 400), value=100, description="Labels (few)"
            ),
            "seeds": widgets.IntSlider(value=3, min=2, max=10, description="Seeds"),
            "start": start,
            "stop": stop,
            "progress": widgets.IntProgress(value=0, min=0, max=3, description="Progress"),
        }

    def draw(self) -> Figure:
        """Draw one row per kind of student: dots for seeds, a line from mean - sd to mean + sd."""
        fig, self.ax = figures.new(7, 4.2)
        rows = range(SLOWEST_ROW)
        empty = ([], [])
        self.dots = [self.ax.plot(*empty, "o", ms=5, alpha=0.6, zorder=3)[0] for _ in rows]
        self.bars = [self.ax.plot(*empty, "-", lw=6, alpha=0.35)[0] for _ in rows]
        self.means = [self.ax.plot(*empty, "|", ms=16, mew=2.5)[0] for _ in rows]
        self.ax.set(ylim=(SLOWEST_ROW - 0.4, -0.6), xlim=(0.6, 1.0))
        self.ax.set_xlabel("share of test images read correctly (bar: one sd either side)")
        self.ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))  # whole per cents
        self.ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        self.ax.grid(False, axis="y")
        return fig

    def redraw(self) -> None:
        """Show recorded and own runs, and say what is chosen or what came out."""
        self.controls["labelled"].disabled = self.controls["source"].value != "few labels"
        soft = self.controls["source"].value in ("soft answers", "mixture")
        self.controls["temperature"].disabled = not soft
        same = self.controls["source"].value
        self.recorded = {
            f"recorded: {source}, {RECORDED_HIDDEN} hidden": self.all_recorded[source]
            for source in dict.fromkeys([same, "few labels", "all labels"])
        }
        rows = self._rows()
        for place in range(SLOWEST_ROW):
            name, values = rows[place] if place < len(rows) else ("", [])
            self._place(place, values, own=name in self.runs)
        self.ax.set_yticks(range(len(rows)), [_two_lines(name) for name, _ in rows])
        self.ax.set_ylim(max(len(rows), 3) - 0.4, -0.6)
        lowest = min(min(values) for _, values in rows)
        self.ax.set_xlim(np.floor(20 * lowest) / 20 - 0.01, 1.0)
        name, runs = self._name(), self.runs.get(self._name(), [])
        result = _spread_in_words(runs) if runs else "press Train"
        if self.running:
            done, goal = self.controls["progress"].value, self.controls["progress"].max
            result = f"{done} of {goal} trained, {result if runs else 'wait'}"
        known = "; ".join(f"{name}: {_spread_in_words(v)}" for name, v in self.recorded.items())
        self.say(
            f"Chosen: {name}; seeds to train: {self.controls['seeds'].value}. Result: {result}. "
            f"To compare, {known}.",
            alt=f"Dot plot of students' accuracy, one row per kind of student, {len(rows)} rows. "
            f"{name}: {result}.",
        )

    async def train(self) -> None:
        """Train one student per seed; between two of them the buttons are heard."""
        name, settings = self._name(), self._settings()
        goal = self.controls["seeds"].value
        self._set_busy(True, goal)
        self.runs[name] = []
        try:
            for seed in range(goal):
                parts, teacher = classroom(seed)
                student = digits.train_student(parts=parts, teacher=teacher, seed=seed, **settings)
                self.runs[name].append(student.accuracy(parts.test_images, parts.test_labels))
                self.controls["progress"].value = seed + 1  # moves the bar and redraws
                await asyncio.sleep(0.02)
                if self.stopping:
                    break
        except Exception as error:
            self._set_busy(False, goal)
            # A button's errors go to a log that no student reads.
            self.say_problem(f"Training stopped with {type(error).__name__}: {error}")
            raise
        self._set_busy(False, goal)
        self.redraw()

    def _start(self, _button: widgets.Button) -> None:
        if self.running:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel, as in a script: train to the end, then go on
            asyncio.run(self.train())
        else:
            self.task = loop.create_task(self.train())
            # Without this an error would be kept in the task, and nobody would see it.
            self.task.add_done_callback(lambda task: task.result())

    def _stop(self, _button: widgets.Button) -> None:
        self.stopping = True

    def _set_busy(self, busy: bool, goal: int) -> None:
        self.running, self.stopping = busy, False
        self.controls["start"].disabled = busy
        self.controls["stop"].disabled = not busy
        if busy:
            self.controls["progress"].max = goal
            self.controls["progress"].value = 0

    def _settings(self) -> dict:
        return {name: self.controls[name].value for name in ("source", "hidden", "temperature",
                                                              "labelled")}  # fmt: skip

    def _name(self) -> str:
        """Name the chosen kind of student, with the settings that matter to it."""
        chosen = self._settings()
        text = f"{chosen['source']}, {chosen['hidden']} hidden"
        if chosen["source"] == "few labels":
            return text + f", {chosen['labelled']} labels"
        if chosen["source"] in ("soft answers", "mixture"):
            return text + f", T = {chosen['temperature']}"
        return text

    def _rows(self) -> list[tuple[str, list[float]]]:
        room = SLOWEST_ROW - len(self.recorded)
        own = [(name, values) for name, values in self.runs.items() if values]
        return [*self.recorded.items(), *own[-room:]]

    def _place(self, place: int, values: list[float], own: bool) -> None:
        colour = figures.PALETTE["blue" if own else "grey"]
        self.dots[place].set_data(values, [place] * len(values))
        mean = [float(np.mean(values))] if values else []
        half = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        self.means[place].set_data(mean, [place] * len(mean))
        self.bars[place].set_data(
            [mean[0] - half, mean[0] + half] if mean else [], [place] * 2 if mean else []
        )
        for artist in (self.dots[place], self.means[place], self.bars[place]):
            artist.set_color(colour)
            artist.set_marker("" if artist is self.bars[place] else artist.get_marker())


def _recorded_runs() -> dict[str, list[float]]:
    runs = data.load("distillation_runs").query("experiment == 'sources'")
    runs = runs[runs["hidden"] == RECORDED_HIDDEN]
    return {source: rows["accuracy"].tolist() for source, rows in runs.groupby("source")}


class CostCalculator(Explorer):
    """What a training run costs in chip rent, and how many operations it takes.

    Controls: `model` (fills in the published figures), `hours` (millions of GPU hours), `price`
    (USD per hour), `parameters` (active, billions) and `tokens` (trillions).
    """

    title = "Cost calculator"
    NOT_COUNTED = "research, failed runs, data, staff, buying the chips"

    def build_controls(self) -> dict[str, widgets.Widget]:
        """Offer the models with published hours, and every input for one's own figures."""
        models = data.load("ai_models").set_index("model")
        self.models = models[models["training_gpu_hours"].notna()]
        self.peaks = 1e12 * data.load("chips").set_index("chip")[list(FORMATS)]
        v3 = self.models.loc["DeepSeek-V3"]
        model = widgets.Dropdown(
            options=[*self.models.index, OWN], value="DeepSeek-V3", description="Fill in"
        )
        model.observe(self._fill_in, names="value")  # before the redraw that the base adds
        return {
            "model": model,
            "hours": _number(v3["training_gpu_hours"] / 1e6, 1000, "GPU hours (million)"),
            "price": widgets.FloatSlider(
                value=2, min=0.5, max=10, step=0.1, description="USD per GPU hour"
            ),
            "parameters": _number(v3["parameters_active"] / 1e9, 1e5, "Active parameters (bn)"),
            "tokens": _number(v3["training_tokens"] / 1e12, 1000, "Tokens (trillion)"),
        }

    def draw(self) -> Figure:
        """Draw one mark per model on a logarithmic scale, the reader's own run on top."""
        fig, self.ax = figures.new(7, 4)
        self.ax.set_xscale("log")
        # Marks, not bars: a logarithmic scale has no zero from which a bar could start.
        self.own = self.ax.plot(1, 0, "D", ms=9, color=figures.PALETTE["blue"])[0]
        rows = range(1, len(self.models) + 1)
        self.known = self.ax.plot([1] * len(rows), rows, "o", color=figures.PALETTE["grey"])[0]
        self.notes = [self.ax.text(1, row, "", va="center", size=9) for row in (0, *rows)]
        names = [
            _with_base(PARTS.get(name, name), base)
            for name, base in self.models["base_model"].items()
        ]
        self.ax.set_yticks([0, *rows], ["this run", *names])
        self.ax.set(xlim=(5, 3e9), xlabel="chip rent, USD (each step is ten times more)")
        self.ax.set_ylim(len(names) + 0.6, -0.6)
        self.ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _money(x)))
        self.ax.minorticks_off()  # they took a quarter of the time of a redraw
        return fig

    def redraw(self) -> None:
        """Multiply hours by price, and compare the operations with the chips' peak."""
        price, hours = self.controls["price"].value, self.controls["hours"].value * 1e6
        cost = costs.training_cost(hours, price)
        rents = [cost, *(self.models["training_gpu_hours"] * price)]
        self.own.set_xdata([max(cost, 5)])
        self.known.set_xdata(rents[1:])
        for note, rent in zip(self.notes, rents, strict=True):
            note.set_x(max(rent, 5) * 1.7)
            note.set_text(_money(rent))
        self.say(
            f"{_hours(hours)} GPU hours at {price:.2f} USD: {_money(cost)} USD of rent. "
            f"{self._arithmetic(hours)}. Not counted: {self._not_counted()}.",
            alt=f"Dot plot, logarithmic scale: chip rent at {price:.2f} USD per hour for this "
            f"run, {_money(cost)} USD, beside {len(self.models)} models with published hours, "
            f"from {_money(min(rents[1:]))} to {_money(max(rents[1:]))} USD.",
        )

    def _arithmetic(self, hours: float) -> str:
        """Count the operations, and say which share of the chips' peak speed they take."""
        parameters, tokens = self.controls["parameters"].value, self.controls["tokens"].value
        operations = costs.training_operations(parameters * 1e9, tokens * 1e12)
        text = f"6 x {parameters:g} bn x {tokens:g} trillion tokens"
        if not operations:
            return f"{text}: fill in both to count the operations"
        text += f" = {operations:.3g} operations"
        if not hours:
            return text
        chip, peaks = self._peaks()
        at_16, at_8 = (costs.utilisation(operations, hours, peaks[name]) for name in FORMATS)
        text += (
            f", that is {100 * at_16:.0f} % of what {chip} chips can do in these hours at peak "
            f"speed, if numbers have 16 bits ({100 * at_8:.0f} % if they have 8)"
        )
        if at_8 > 1:
            return f"{text}, which is impossible: check the figures"
        return text + (", too much for 16 bits" if at_16 > 1 else "")

    def _peaks(self) -> tuple[str, pd.Series]:
        """Return the name of the model's own chip, and its peak speeds (operations a second)."""
        model = self.controls["model"].value
        kind = "H100" if model == OWN else self.models.loc[model, "gpu_type"]
        # An H100 and an H800 differ in their links, not in their peaks: a test holds them to that.
        return "H100 or H800" if model == OWN else kind, self.peaks.loc[f"{kind} SXM"]

    def _not_counted(self) -> str:
        model = self.controls["model"].value
        base = self.models["base_model"].get(model)
        stages = ", its earlier stages" if model in PARTS else ""
        return (
            self.NOT_COUNTED + stages + (f", {base} that it started from" if _known(base) else "")
        )

    def _fill_in(self, change: dict) -> None:
        """Put the published figures of a model into the number fields; unknown ones become 0."""
        if change["new"] == OWN:
            return
        known = self.models.loc[change["new"]].fillna({"training_tokens": 0})
        before, self._paused = self._paused, True
        self.controls["hours"].value = known["training_gpu_hours"] / 1e6
        self.controls["parameters"].value = known["parameters_active"] / 1e9
        self.controls["tokens"].value = known["training_tokens"] / 1e12
        self._paused = before


FORMATS = ("fp16_dense_tflops", "fp8_dense_tflops")
"""Columns of the chips' table: peak speed for numbers of 16 bits, and of 8."""

OWN = "my own figures"
PARTS = {"DeepSeek-R1": "DeepSeek-R1, last stage"}
"""Models of whose stages the published hours count one; R1-Zero has a row of its own."""


def _known(base: object) -> bool:
    return isinstance(base, str)  # a model that was trained from nothing has no base


def _with_base(name: str, base: object) -> str:
    return f"{name} (on {base})" if _known(base) else name


def _number(value: float, largest: float, label: str) -> widgets.BoundedFloatText:
    return widgets.BoundedFloatText(value=value, min=0, max=largest, description=label)


def _percent(share: float) -> str:
    """Print small shares with the digits that matter, since they are the point here."""
    if share >= 0.995:
        return f"{100 * share:.1f} %" if share < 0.9995 else f"{100 * share:.2f} %"
    if share >= 0.01:
        return f"{100 * share:.0f} %"
    return f"{100 * share:.2g} %" if share >= 1e-4 else "<0.01 %"


def _spread_in_words(values: list[float]) -> str:
    if len(values) < 2:
        return f"mean {100 * values[0]:.1f} %, one seed, no spread yet" if values else "no run yet"
    mean, deviation, _, runs = digits.spread(values)
    return f"mean {100 * mean:.1f} %, sd {100 * deviation:.1f} points, {runs} seeds"


def _two_lines(name: str) -> str:
    return name.replace(", ", ",\n", 1)


def _hours(hours: float) -> str:
    return f"{hours / 1e6:g} million" if hours >= 1e5 else f"{hours:,.0f}"


def _money(dollars: float) -> str:
    for size, word in ((1e9, " bn"), (1e6, " M"), (1e3, "k")):
        if dollars >= 0.9995 * size:
            return f"{dollars / size:.4g}{word}"
    return f"{dollars:.0f}"
