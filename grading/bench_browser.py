"""The wait from a move of a widget to the new picture, in the real browser.

Opens every lesson in JupyterLab, runs all cells, and moves the controls of its explorers with
keyboard and mouse. The browser stamps the key or click and the frame that shows the new picture,
so that the time holds everything between them: the way to the kernel, the drawing, the way back,
and the decoding of the picture. :mod:`grading.bench` prints it with its other tables.
"""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser
from rich.console import Console
from rich.table import Table

from grading import browser as driver

__all__ = ["TARGET_S", "Waits", "report", "waits"]

LESSONS = Path(__file__).resolve().parents[1] / "lessons" / "en"
TARGET_S = 0.250
MOVES = 12
PATIENCE_S = 3.0


@dataclass(frozen=True)
class Waits:
    """What a student waits for one explorer.

    Attributes
    ----------
    lesson, explorer
        Folder of the lesson, and the name above the controls.
    seconds
        One time for each move that changed the picture.
    """

    lesson: str
    explorer: str
    seconds: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """The usual wait, seconds."""
        return statistics.median(self.seconds)

    @property
    def within_target(self) -> bool:
        """Whether the usual wait is on target."""
        return self.median_s <= TARGET_S


def waits(path: Path, browser: Browser, server: driver.Server, moves: int = MOVES) -> list[Waits]:
    """Measure all explorers of a lesson whose controls change a picture.

    One that draws when a button is pressed, such as the training lab, is left out: how long it
    trains is measured by :mod:`grading.bench`.

    Parameters
    ----------
    path
        The notebook in ``lessons/``.
    browser, server
        From :func:`grading.browser.chromium` and :func:`grading.browser.jupyterlab`.
    moves
        Moves per explorer that change its picture, spread over its controls.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        notebook = driver.open_copy(context.new_page(), server, path)
        notebook.run_all()
        shown = [explorer for explorer in notebook.explorers() if explorer.figure()]
        measured = [_waits(path.parent.name, explorer, moves) for explorer in shown]
        return [one for one in measured if one.seconds]
    finally:
        context.close()


def _waits(lesson: str, explorer: driver.Explorer, moves: int) -> Waits:
    # In turns; a control that leaves the picture as it is gets no second one.
    labels = deque(explorer.controls())
    seconds: list[float] = []
    while labels and len(seconds) < moves:
        label = labels.popleft()
        if (one := explorer.time_move(label, patience_s=PATIENCE_S)) is not None:
            seconds.append(one)
            labels.append(label)
    return Waits(lesson, explorer.title(), tuple(seconds))


def report(console: Console) -> bool:
    """Print the wait for every explorer; return whether all are on target."""
    table = Table("lesson", "explorer", title="From a move to the new picture, in the browser")
    table.columns[0].no_wrap = True
    for column in ("moves", "median ms", "longest", "target", ""):
        table.add_column(column, justify="right")
    on_target = True
    with driver.chromium() as browser, driver.jupyterlab() as server:
        for path in sorted(LESSONS.glob("*/*.ipynb")):
            with console.status(f"Moving the explorers of {path.parent.name}"):
                found = waits(path, browser, server)
            for one in found:
                on_target &= one.within_target
                table.add_row(
                    one.lesson,
                    one.explorer,
                    str(len(one.seconds)),
                    f"{1000 * one.median_s:.0f}",
                    f"{1000 * max(one.seconds):.0f}",
                    f"{1000 * TARGET_S:.0f}",
                    "[green]ok[/]" if one.within_target else "[red]over[/]",
                )
    console.print(table)
    return on_target


if __name__ == "__main__":
    report(Console())
