"""How fast is the course, and how much memory does it need? Each function returns numbers.

``python -m grading.bench`` prints them beside their targets.
"""

import importlib
import itertools
import pkgutil
import runpy
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets
import nbformat
import psutil
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from grading import bench_browser, bench_event_study
from grading.answers import fill
from sputnik_moment import data, digits, widgets
from sputnik_moment.widgets.base import Explorer

__all__ = ["Redraw", "RunAll", "one_seed", "run_all", "widget_redraw_times"]

ROOT = Path(__file__).resolve().parents[1]
REDRAW_TARGET_S = 0.150
SEED_TARGET_S = 1.0
RUN_TARGET_S = 20.0
RUN_TARGETS_S = {"02-distillation": 40.0}  # it trains networks
MEMORY_TARGET_MB = 600.0


@dataclass(frozen=True)
class RunAll:
    """What it takes to run a lesson from its first cell to its last, every exercise solved.

    Attributes
    ----------
    lesson
        Folder of the lesson.
    wall_s, cpu_s
        Elapsed and processor time, seconds, the start of the kernel included.
    memory_mb
        Peak memory of the kernel and the processes it starts, MB (resident set).
    """

    lesson: str
    wall_s: float
    cpu_s: float
    memory_mb: float

    @property
    def target_s(self) -> float:
        """Longest time that a student should wait."""
        return RUN_TARGETS_S.get(self.lesson, RUN_TARGET_S)

    @property
    def within_targets(self) -> bool:
        """Whether time and memory are both on target."""
        return self.wall_s <= self.target_s and self.memory_mb <= MEMORY_TARGET_MB


def run_all(path: Path) -> RunAll:
    """Run a lesson's student edition with its model answers in a fresh kernel and measure it.

    Parameters
    ----------
    path
        The notebook in ``lessons/``.

    Raises
    ------
    CellExecutionError
        If a cell stops with an error.
    """
    lesson = path.parent.name
    answers = ROOT / "solutions" / lesson / "answers.py"
    right = runpy.run_path(str(answers))["RIGHT"] if answers.exists() else {}
    notebook = fill(nbformat.read(path, as_version=4), {k: codes[0] for k, codes in right.items()})
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, _ChildWatch() as watch:
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}})
        client.execute(stderr=subprocess.DEVNULL)
    return RunAll(lesson, time.perf_counter() - start, watch.cpu_s, watch.peak_bytes / 1e6)


class _ChildWatch(threading.Thread):
    """Looks at this process's children and theirs, twenty times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._cpu: dict[int, float] = {}
        self._done = threading.Event()

    @property
    def cpu_s(self) -> float:
        """Processor time of all children, seconds."""
        return sum(self._cpu.values())

    def __enter__(self) -> "_ChildWatch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._done.wait(0.05):
            memory = 0
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    memory += child.memory_info().rss
                    self._cpu[child.pid] = sum(child.cpu_times()[:2])
            self.peak_bytes = max(self.peak_bytes, memory)


@dataclass(frozen=True)
class Redraw:
    """Median time of one move of one explorer.

    Attributes
    ----------
    explorer
        Module and class name.
    moves
        Moves measured.
    wall_s, cpu_s
        Median elapsed and processor time, seconds. The two are equal on a quiet machine.
    """

    explorer: str
    moves: int
    wall_s: float
    cpu_s: float


def widget_redraw_times(moves: int = 40) -> list[Redraw]:
    """Move every control of every explorer of the course and time the redraws.

    Parameters
    ----------
    moves
        Moves per explorer, spread over its controls.
    """
    return [_time_moves(kind, moves) for kind in _explorers()]


def one_seed(seeds: int = 5) -> tuple[float, float]:
    """Time one seed of the training lab of lesson 02, its teacher included, on one core.

    Parameters
    ----------
    seeds
        How many seeds to train.

    Returns
    -------
    tuple
        Median elapsed and processor time of one seed, seconds.
    """
    images, labels = digits.images_and_labels(data.load("digits"))
    wall, cpu = [], []
    with threadpool_limits(1):
        for seed in range(seeds):
            start, start_cpu = time.perf_counter(), time.process_time()
            parts = digits.split(images, labels, seed)
            teacher = digits.train_teacher(parts, seed)
            digits.train_student("soft answers", parts, teacher, seed=seed)
            wall.append(time.perf_counter() - start)
            cpu.append(time.process_time() - start_cpu)
    return statistics.median(wall), statistics.median(cpu)


def _explorers() -> list[type[Explorer]]:
    """Return the explorers of all lessons, by module and name."""
    found = []
    for module in pkgutil.iter_modules(widgets.__path__, prefix=f"{widgets.__name__}."):
        members = vars(importlib.import_module(module.name)).values()
        found += [
            kind
            for kind in members
            if isinstance(kind, type)
            and issubclass(kind, Explorer)
            and kind.__module__ == module.name
            and kind is not Explorer
        ]
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def _time_moves(kind: type[Explorer], moves: int) -> Redraw:
    explorer = kind()
    steps = itertools.cycle(
        [(control, _other_values(control)) for control in explorer.controls.values()
         if control.has_trait("value") and _other_values(control)]
    )  # fmt: skip
    wall, cpu = [], []
    for control, values in itertools.islice(steps, moves):
        value = next(v for v in values if v != control.value)
        start, start_cpu = time.perf_counter(), time.process_time()
        control.value = value
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    name = f"{kind.__module__.rsplit('.', 1)[-1]}.{kind.__name__}"
    return Redraw(name, moves, statistics.median(wall), statistics.median(cpu))


def _other_values(control: ipywidgets.Widget) -> list[Any]:
    """Return two values to move between: the first one now, and another one."""
    first = control.value
    if isinstance(first, bool):
        return [first, not first]
    if hasattr(control, "options"):
        values = [value for _, value in control._options_full]
        return [first, *[v for v in values if v != first][:1]]
    if isinstance(first, int | float) and hasattr(control, "min"):
        step = getattr(control, "step", None) or 1
        nearby = first + step if first + step <= control.max else first - step
        return [first, nearby]
    return []  # dates and texts: not every value is a legal one


def _lessons(console: Console) -> bool:
    table = Table("lesson", title="Run All, solved, in a fresh kernel")
    table.columns[0].no_wrap = True
    for column in ("seconds", "of them processor", "target", "peak MB", "target", ""):
        table.add_column(column, justify="right")
    results = []
    for path in sorted((ROOT / "lessons" / "en").glob("*/*.ipynb")):
        with console.status(f"Running {path.parent.name}"):
            result = run_all(path)
        results.append(result.within_targets)
        table.add_row(
            result.lesson,
            f"{result.wall_s:.1f}",
            f"{result.cpu_s:.1f}",
            f"{result.target_s:.0f}",
            f"{result.memory_mb:.0f}",
            f"{MEMORY_TARGET_MB:.0f}",
            _verdict(result.within_targets),
        )
    console.print(table)
    return all(results)


def _widgets(console: Console) -> bool:
    table = Table("explorer", title="One move of an explorer in Python alone, median")
    table.columns[0].no_wrap = True
    for column in ("moves", "ms", "of them processor", "target", ""):
        table.add_column(column, justify="right")
    results = []
    with console.status("Moving the explorers"):
        redraws = widget_redraw_times()
    for redraw in redraws:
        results.append(redraw.wall_s <= REDRAW_TARGET_S)
        table.add_row(
            redraw.explorer,
            str(redraw.moves),
            f"{1000 * redraw.wall_s:.0f}",
            f"{1000 * redraw.cpu_s:.0f}",
            f"{1000 * REDRAW_TARGET_S:.0f}",
            _verdict(results[-1]),
        )
    console.print(table)
    return all(results)


def _one_seed(console: Console) -> bool:
    wall, cpu = one_seed()
    on_target = wall <= SEED_TARGET_S
    console.print(
        f"one seed of training lab, s: {wall:.2f}, of them processor {cpu:.2f}, "
        f"target {SEED_TARGET_S:g}, {_verdict(on_target)}"
    )
    return on_target


def _verdict(on_target: bool) -> str:
    return "[green]ok[/]" if on_target else "[red]over[/]"


def main() -> None:
    """Print every measurement; exit with 1 if a target is missed."""
    console = Console()
    on_target = [_lessons(console), _widgets(console), _one_seed(console)]
    on_target.append(bench_browser.report(console))
    bench_event_study.report()
    if not all(on_target):
        sys.exit("A target is missed. On a busy machine compare the processor time.")


if __name__ == "__main__":
    main()
