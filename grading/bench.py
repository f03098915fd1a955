"""How fast is the course? Measurements, each a function that returns numbers.

``python -m grading.bench`` prints them.
"""

import importlib
import itertools
import pkgutil
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ipywidgets

from sputnik_moment import widgets
from sputnik_moment.widgets.base import Explorer

__all__ = ["Redraw", "widget_redraw_times"]

REDRAW_TARGET_S = 0.150


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


def _report() -> Iterator[str]:
    yield "One move of an explorer, median (target: 150 ms)"
    for redraw in widget_redraw_times():
        verdict = "ok" if redraw.wall_s <= REDRAW_TARGET_S else "slow"
        yield (
            f"  {redraw.explorer:45} {1000 * redraw.wall_s:5.0f} ms elapsed, "
            f"{1000 * redraw.cpu_s:5.0f} ms of processor  {verdict}"
        )


if __name__ == "__main__":
    for line in _report():
        print(line, flush=True)
