"""How fast is the engine? ``python -m grading.engine.bench`` measures and prints ratios.

Three ways to run the same class, one after another on the same machine: stock ``nbgrader
autograde``, the engine with confinement on, and bare execution (a fork of a warm process that runs
the cells, with no walls, no examiner, no gradebook). The speed of a virtual machine changes from
minute to minute: the engine runs several times, in turn with all workers, with one, and as a whole
command with the start of Python, before stock and after it, and the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import nbformat
import psutil
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade
from traitlets.config import Config

from grading.engine.classroom import Classroom, Options
from grading.engine.cluster import close_stations, cores


@dataclass
class Measured:
    """One way of running the class.

    ``wall`` and ``cpu`` are seconds for the whole class, ``cpu`` over all processes; ``memory`` is
    the largest memory of all processes behind the walls, in MB and divided by the number of
    workers, and ``main`` that of this process. Pages that are shared are counted once (PSS).
    """

    name: str
    notebooks: int
    wall: float
    cpu: float
    memory: float = 0.0
    main: float = 0.0
    slowest: float = 0.0
    start: float = 0.0
    steady: float = 0.0

    def line(self) -> str:
        """Return one line for people."""
        per = self.wall / self.notebooks
        tail = f", memory {self.memory:.0f} MB a worker" if self.memory else ""
        slow = f", slowest 1 % {self.slowest:.3f} s" if self.slowest else ""
        own = f", {self.cpu / self.notebooks:.3f} s of processor time each" if self.cpu else ""
        whole = f"{self.wall:.1f} s for {self.notebooks}{own}"
        return f"{self.name:28} {per:7.3f} s a notebook  ({whole}{tail}{slow})"

    def split(self) -> str:
        """Return a second line: the start apart from the rest."""
        first = f"{self.start:.1f} s to the first result"
        return f"{'':28} {first}, then {self.steady:.3f} s a notebook"


def middle(runs: list[Measured]) -> Measured:
    """Return the median of several runs, figure by figure; of the memory the largest."""
    middles = ("wall", "cpu", "slowest", "start", "steady")
    figures = {name: median(getattr(run, name) for run in runs) for name in middles}
    figures |= {name: max(getattr(run, name) for run in runs) for name in ("memory", "main")}
    return replace(runs[0], name=f"{runs[0].name}, median", **figures)


def cpu_seconds() -> float:
    """Return the processor time of this process and of its ended children, in seconds."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        total += used.ru_utime + used.ru_stime
    return total


class Memory:
    """Samples the memory of this process and, together, of all that it has started."""

    def __init__(self) -> None:
        self.most = self.main = 0.0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.thread.join()

    def _watch(self) -> None:
        # Not more often: to look costs the kernel a fiftieth of a core a second.
        while not self.stop.wait(2):
            here = psutil.Process()
            behind = sum(map(_memory_of, here.children(recursive=True)))
            self.most = max(self.most, behind)
            self.main = max(self.main, _memory_of(here))


def _memory_of(process: psutil.Process) -> float:
    """Return the memory of a process in MB, its share of what it shares; 0 if it has gone."""
    try:
        return process.memory_full_info().pss / 2**20
    except psutil.Error:
        return 0.0


def make_class(root: Path, size: int, lesson: str) -> tuple[CourseDirectory, Config, str]:
    """Make a course folder with ``size`` simulated submissions of a lesson."""
    from grading.answers import load
    from grading.builder import release
    from grading.classroom import _released, draw
    from grading.course import REPOSITORY

    (found,) = release.read([lesson], REPOSITORY)
    made = release.build([found], root)
    made.write_configuration()
    edition = nbformat.read(_released(made, found), as_version=4)
    for student in draw(load(found), size):
        made.submit(found.name, student.id, student.notebook(edition))
    return made.directory(), made.config, found.name


def measure_stock(root: Path, name: str, students: list[str]) -> Measured:
    """Run ``nbgrader autograde`` on some students, the command's own start included."""
    began, cpu = time.perf_counter(), cpu_seconds()
    for student in students:
        subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", name, "--student", student, "--force"],
            cwd=root, check=True, capture_output=True,
        )  # fmt: skip
    wall = time.perf_counter() - began
    return Measured("stock nbgrader", len(students), wall, cpu_seconds() - cpu)


def measure_stock_in_one(root: Path, name: str, count: int) -> Measured:
    """Run one ``nbgrader autograde`` over the whole class."""
    began, cpu = time.perf_counter(), cpu_seconds()
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", name, "--force"],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    return Measured("stock nbgrader", count, time.perf_counter() - began, cpu_seconds() - cpu)


def measure_engine(coursedir: CourseDirectory, config: Config, name: str, workers: int) -> Measured:
    """Run the engine over the whole class; the start of its workers is timed apart."""
    options = Options(workers=workers, force=True)
    room = Classroom(coursedir, config, name, options)
    first: list[float] = []
    seconds: list[float] = []

    def tell(row: object, total: int) -> None:
        first.append(time.perf_counter())
        seconds.append(row.seconds)

    began = time.perf_counter()
    with Memory() as memory:
        rows = room.grade(tell)
        ended = time.perf_counter()
        close_stations()
    label = f"engine, {workers} worker{'s' if workers > 1 else ''}"
    # The processor time of the two confined processes of each submission.
    cpu = sum(row.cpu for row in rows)
    result = Measured(label, len(rows), ended - began, cpu, memory.most / workers, memory.main)
    result.slowest = sorted(seconds)[int(len(seconds) * 0.99) - 1]
    # From the first result to the last: what a large class costs per notebook.
    result.steady = (first[-1] - first[0]) / max(1, len(rows) - workers)
    result.start = first[0] - began
    return result


def measure_command(root: Path, name: str, count: int, workers: int) -> Measured:
    """Run ``python -m grading autograde`` over the class, from its start to its end."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "grading", "autograde", name, "--force", "--json",
         "--workers", str(workers)],
        cwd=root, check=False, capture_output=True, text=True,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    rows = json.loads(done.stdout or "{}").get("rows", [])
    if [row["state"] for row in rows] != ["graded"] * count:
        raise RuntimeError(f"The command failed: {done.stdout[-500:]}{done.stderr[-1000:]}")
    # What its confined processes took is not known here.
    return Measured("the command, start to end", count, seconds, cpu=0.0)


def measure_bare(coursedir: CourseDirectory, config: Config, name: str, size: int) -> Measured:
    """Fork a warm process for each submission and run its cells there, and nothing else."""
    from grading.engine import rehearsal, zygote
    from grading.engine.shell import RecordingShell

    room = Classroom(coursedir, config, name, Options(workers=1))
    students = room.students()[:size]
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        # The warm process, in the environment that the engine's own has.
        from grading.engine import sandbox

        keep = ("HOME", "PATH", "USER", "MPLCONFIGDIR")
        os.environ.update({k: v for k, v in sandbox.environment().items() if k not in keep})
        os.chdir(tempfile.mkdtemp())
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 2)
        zygote.warm_up(room.assignment.modules, room.assignment.statements)
        tops = sorted({name.split(".")[0] for name in room.assignment.modules})
        for notebook in room.assignment.notebooks.values():
            for cells in notebook.rehearsals:
                rehearsal.rehearse(cells, tops)
        jobs = []
        for student in students:
            for notebook, data in room.read(student).notebooks.items():
                cells = room.assignment.notebooks[notebook].cells
                nb = nbformat.reads(data.decode(), as_version=4)
                for cell in nb.cells:
                    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
                    if is_grade(cell) and cells[grade_id].is_test:
                        cell.source = cells[grade_id].source
                jobs.append([c.source for c in nb.cells if c.cell_type == "code" and c.source])
        began, cpu = time.perf_counter(), cpu_seconds()
        for sources in jobs:
            child = os.fork()
            if child == 0:
                shell = RecordingShell.instance()
                for count, source in enumerate(sources, 1):
                    shell.run(source, count)
                    shell.recorder.take()
                os._exit(0)
            os.waitpid(child, 0)
        done = f"{time.perf_counter() - began} {cpu_seconds() - cpu}"
        os.write(write, done.encode())
        os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    wall, cpu = map(float, os.read(read, 200).split())
    os.close(read)
    return Measured("bare execution", len(students), wall, cpu)


def main() -> None:
    """Print the figures beside their targets."""
    parser = argparse.ArgumentParser(prog="python -m grading.engine.bench", description=__doc__)
    parser.add_argument("--submissions", type=int, default=30)
    parser.add_argument("--lesson", default="04-market-reaction")
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--stock", type=int, default=0, help="stock grades only this many")
    parser.add_argument("--no-stock", action="store_true")
    parser.add_argument("--rounds", type=int, default=3, help="runs of the engine")
    parser.add_argument(
        "--against", type=int, help="only the engine: compare the cost with a class of this size"
    )
    chosen = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    try:
        if chosen.against:
            report_growth(root, chosen)
        else:
            coursedir, config, name = make_class(root, chosen.submissions, chosen.lesson)
            report(root, coursedir, config, name, chosen)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def report_growth(root: Path, chosen: argparse.Namespace) -> None:
    """Grade a small class and a large one, and print how the cost of a notebook grows."""
    runs = []
    for size in (chosen.against, chosen.submissions):
        folder = root / str(size)
        folder.mkdir()
        coursedir, config, name = make_class(folder, size, chosen.lesson)
        print(f"{size} submissions of {name}; {cores()} cores; load {os.getloadavg()[0]:.1f}")
        runs.append(measure_engine(coursedir, config, name, chosen.workers))
        print(runs[-1].line(), flush=True)
        print(f"{runs[-1].split()}; memory of the command {runs[-1].main:.0f} MB", flush=True)
    small, large = runs
    steady = large.steady / small.steady - 1
    spent = (large.cpu / large.notebooks) / (small.cpu / small.notebooks) - 1
    print(f"from {small.notebooks} to {large.notebooks}: {steady:+.0%} seconds a notebook, "
          f"{spent:+.0%} processor time   target within 10 %")  # fmt: skip


def report(
    root: Path,
    coursedir: CourseDirectory,
    config: Config,
    name: str,
    chosen: argparse.Namespace,
) -> None:
    """Measure, print every run as it comes, and then the ratios."""
    load = os.getloadavg()[0]
    print(f"{chosen.submissions} submissions of {name}; {cores()} cores; load {load:.1f}")
    bare = measure_bare(coursedir, config, name, min(30, chosen.submissions))
    print(bare.line(), flush=True)
    runs: dict[int, list[Measured]] = {chosen.workers: [], 1: []}
    commands: list[Measured] = []
    stock = None
    for left in reversed(range(chosen.rounds)):
        if left == 0 and not chosen.no_stock:
            stock = _measure_stock(root, name, chosen.stock)
            print(stock.line(), flush=True)
        for workers, measured in runs.items():
            measured.append(measure_engine(coursedir, config, name, workers))
            print(f"{measured[-1].line()}\n{measured[-1].split()}", flush=True)
        commands.append(measure_command(root, name, chosen.submissions, chosen.workers))
        print(commands[-1].line(), flush=True)
    many, one, command = middle(runs[chosen.workers]), middle(runs[1]), middle(commands)
    lines = (many.line(), many.split(), one.line(), one.split(), command.line())
    for run in dict.fromkeys(lines):
        print(run)
    cost = (one.cpu / one.notebooks) / (bare.cpu / bare.notebooks)
    print(f"engine / bare, processor time   {cost:6.2f}   target at most 2.5")
    print(f"engine / bare, steady seconds   {one.steady / (bare.wall / bare.notebooks):6.2f}")
    if chosen.workers > 1:
        gain = one.steady / many.steady / chosen.workers
        print(f"efficiency 1 -> {chosen.workers} workers       {gain:6.0%}   target at least 90 %")
    for run, workers in ((many, chosen.workers), (one, 1)):
        print(f"memory of a worker, {workers} at work    {run.memory:5.0f} MB  target under 400 MB")
    print(f"memory of the command itself     {many.main:5.0f} MB")
    if stock is not None:
        each = stock.wall / stock.notebooks
        speed = each / (command.wall / command.notebooks)
        print(
            f"stock / engine, from the first result  {each / many.steady:6.1f}   target at least 20"
        )
        print(f"stock / engine, whole commands         {speed:6.1f}   target at least 20")


def _measure_stock(root: Path, name: str, some: int) -> Measured:
    students = sorted(path.name for path in (root / "submitted").iterdir())
    if some:
        return measure_stock(root, name, students[:some])
    return measure_stock_in_one(root, name, len(students))


if __name__ == "__main__":
    main()
