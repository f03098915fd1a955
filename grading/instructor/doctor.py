"""``python -m grading doctor``: what is in place, and what to do about what is not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer
from jupyter_core.paths import jupyter_config_path
from packaging.requirements import Requirement
from rich.console import Console
from rich.markup import escape

from grading.engine.sandbox import CannotConfine, require
from grading.instructor import exchange
from grading.instructor.here import Here, Refused, plainly
from grading.instructor.roster import has_roster, strangers

PROJECT = "sputnik-moments"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, and what to do (empty if all is well).

    ``needed`` is False for what a course can do without.
    """

    what: str
    found: str
    remedy: str = ""
    needed: bool = True


def installation() -> Iterator[Finding]:
    """Check Python, the instructor's packages and Formgrader."""
    version = ".".join(map(str, sys.version_info[:3]))
    old = "" if sys.version_info >= (3, 11) else "Install Python 3.11 or newer."
    yield Finding("Python", version, old)
    wrong = sorted(_wrong_packages())
    remedy = f"Run `{sys.executable} -m pip install -e '.[instructor]'` in the repository."
    found = f"nbgrader {metadata.version('nbgrader')} and all others"
    yield Finding("packages", ", ".join(wrong) or found, remedy if wrong else "")
    shown = any(Path(folder, "jupyter_server_config.d/nbgrader.json").is_file()
                for folder in jupyter_config_path())  # fmt: skip
    yield Finding(
        "Formgrader",
        "JupyterLab will show it" if shown else "not switched on",
        "" if shown else "Run `jupyter server extension enable --py nbgrader --sys-prefix`.",
        needed=False,
    )


def _wrong_packages() -> Iterator[str]:
    """Name the packages of the instructor's extra that are missing or of another version."""
    try:
        required = metadata.requires(PROJECT) or []
    except metadata.PackageNotFoundError:
        yield f"{PROJECT} is not installed"
        return
    for requirement in map(Requirement, required):
        if requirement.marker and not requirement.marker.evaluate({"extra": "instructor"}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"{requirement.name} is missing"
        else:
            if not requirement.specifier.contains(version, prereleases=True):
                yield f"{requirement.name} is {version}, not {requirement.specifier}"


def confinement() -> Iterator[Finding]:
    """Check bubblewrap, without which student code would run with the teacher's rights."""
    try:
        require()
    except CannotConfine as error:
        yield Finding("sandbox", "student code cannot be confined", str(error))
    else:
        yield Finding("sandbox", f"bubblewrap confines student code on {os.cpu_count()} cores")


def folder(here: Here) -> Iterator[Finding]:
    """Check the course folder and its lessons."""
    own = (here.root / "nbgrader_config.py").is_file()
    remedy = "Go to the course's folder, or write an nbgrader_config.py in this one."
    yield Finding("course folder", str(here.root), "" if own else remedy)
    unbuilt = [
        name for name in here.sources if not any(here.folder("source", ".", name).glob("*.ipynb"))
    ]
    found = ", ".join(here.sources) or "none"
    yield Finding(
        "assignments",
        f"no notebook in {', '.join(unbuilt)}" if unbuilt else found,
        "Run `python -m grading build`." if unbuilt or not here.sources else "",
    )
    free = shutil.disk_usage(here.root).free / 2**30
    yield Finding("disk", f"{free:.0f} GB free", "" if free > 2 else "Make room: 2 GB at least.")


def gradebook(here: Here) -> Iterator[Finding]:
    """Check that the gradebook opens, and who is in it."""
    if not here.has_gradebook:
        first = "Run `python -m grading release ASSIGNMENT`; that makes one."
        yield Finding("gradebook", "there is none yet", first)
        return
    try:
        with here.gradebook() as book:
            counts = len(book.assignments), len(book.students)
    except Refused as error:
        yield Finding("gradebook", "cannot be used", str(error))
        return
    yield Finding("gradebook", f"{counts[0]} assignments, {counts[1]} students")
    if not has_roster(here.root):
        remedy = "Import one: `python -m grading roster import FILE.csv`."
        yield Finding("roster", "none: every submission makes its student", remedy, needed=False)
        return
    unknown = {
        student
        for name in here.assignments
        for student in strangers(here, here.students_at("submitted", name))
    }
    listed = f"{len(unknown)} have handed in without being on it: {', '.join(sorted(unknown))}"
    remedy = "See `python -m grading roster check`."
    yield Finding("roster", listed if unknown else "everybody is on it", remedy if unknown else "")


def exchanged(here: Here) -> Iterator[Finding]:
    """Check nbgrader's exchange, which a course with an LMS does not need."""
    problem = exchange.remedy(here, to_release=True)
    found = here.api.exchange_root if not problem else "cannot be used"
    yield Finding("exchange", found, problem, needed=False)


def doctor() -> None:
    """Check installation, sandbox, course folder, gradebook and exchange; say what to do.

    Exit code 0: nothing is missing that grading needs. 1: something is.
    """
    console = Console(soft_wrap=True)
    with plainly():
        findings = [*installation(), *confinement()]
        for finding in findings:
            _show(console, finding)
        try:
            here = Here.open()
        except Refused as error:
            lost = Finding("course folder", "none here", str(error))
            _show(console, lost)
            raise typer.Exit(1) from None
        checks: list[Callable[[Here], Iterator[Finding]]] = [folder, gradebook, exchanged]
        for check in checks:
            for finding in check(here):
                _show(console, finding)
                findings.append(finding)
    bad = sum(bool(finding.remedy) and finding.needed for finding in findings)
    console.print("Ready to grade." if not bad else f"{bad} to repair.", highlight=False)
    raise typer.Exit(1 if bad else 0)


def _show(console: Console, finding: Finding) -> None:
    sign = "[green]OK[/]  "
    if finding.remedy:
        sign = "[bold red]NO[/]  " if finding.needed else "[yellow]note[/]"
    console.print(f"{sign} {finding.what}: {escape(finding.found)}", highlight=False)
    if finding.remedy:
        console.print(f"     {escape(finding.remedy)}", highlight=False)
