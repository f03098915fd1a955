"""``python -m grading sizing``: how many cores, and how much memory, a class needs in a given time.

The cost of a notebook is measured by ``python -m grading.engine.bench``. Who measures again, and
changes :data:`MEASURED`, changes the table in README.md beside this file with it; a test compares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console

from grading.instructor.here import Refused, plainly


@dataclass(frozen=True)
class Cost:
    """What grading one notebook costs, as measured.

    Attributes
    ----------
    seconds
        From one result to the next, with one worker.
    efficiency
        What each of several workers does, as a share of what one does alone.
    memory
        Of one worker with its processes, in MB.
    start
        Seconds before the first result.
    """

    seconds: float
    efficiency: float
    memory: float
    start: float


#: Lesson 04 on two quiet cores, walls on, 30 submissions; start and efficiency with two workers,
#: memory with one (on a cluster each worker has a warm process of its own).
MEASURED = Cost(seconds=0.57, efficiency=0.75, memory=245, start=7.4)


@dataclass(frozen=True)
class Need:
    """The workers that grade a class in time; each takes one core.

    ``minutes`` is how long they then take, ``memory`` is theirs in GB.
    """

    workers: int
    minutes: float
    memory: float


def need(submissions: int, hours: float, cost: Cost = MEASURED) -> Need:
    r"""Return the fewest workers that grade a class in time.

    With *n* submissions, *s* seconds each, efficiency *e* and a start of *a* seconds, *k* workers
    take

    .. math:: t(k) = a + \frac{n\,s}{k\,e(k)}, \qquad e(1) = 1,\; e(k > 1) = e

    Parameters
    ----------
    submissions
        How many.
    hours
        In which all of them are to be graded.
    cost
        Of one notebook.

    Raises
    ------
    ValueError
        If a number is not positive, or the time is over before the first result.
    """
    if min(submissions, hours, cost.seconds, cost.memory) <= 0 or not 0 < cost.efficiency <= 1:
        raise ValueError("Submissions, time, seconds and memory must be above 0; efficiency too, "
                         "and at most 1.")  # fmt: skip
    working = 3600 * hours - cost.start
    if working <= 0:
        raise ValueError(f"The first result takes {cost.start:g} s: allow more time.")
    alone = submissions * cost.seconds
    workers = 1 if alone <= working else max(2, math.ceil(alone / cost.efficiency / working))
    efficiency = 1 if workers == 1 else cost.efficiency
    minutes = (cost.start + alone / workers / efficiency) / 60
    return Need(workers, minutes, workers * cost.memory / 1000)


def sizing(
    submissions: Annotated[int, typer.Option(help="How many.")] = 10_000,
    hours: Annotated[float, typer.Option(help="In which they are to be graded.")] = 1,
    seconds: Annotated[
        float, typer.Option(help="From one result to the next, one worker; see the benchmark.")
    ] = MEASURED.seconds,
    efficiency: Annotated[
        float, typer.Option(help="Speed of one of many workers, as a share of one alone.")
    ] = MEASURED.efficiency,
    memory: Annotated[float, typer.Option(help="Of one worker, in MB.")] = MEASURED.memory,
) -> None:
    """Say how many cores and how much memory grading a class in time needs."""
    with plainly():
        try:
            found = need(submissions, hours, Cost(seconds, efficiency, memory, MEASURED.start))
        except ValueError as error:
            raise Refused(str(error)) from None
    Console(soft_wrap=True).print(
        f"{submissions} submissions in {hours:g} h: {found.workers} workers, a core each, and "
        f"{found.memory:.1f} GB of memory; they take {found.minutes:.0f} minutes.",
        highlight=False,
    )
