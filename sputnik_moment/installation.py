"""Is everything there that the course needs? In words that a beginner can act on."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from sputnik_moment import data

PACKAGE = "sputnik-moments"
REMEDY = "run `make lab` again in the course folder, or reinstall with `pip install -e .`"


@dataclass(frozen=True)
class Finding:
    """One line of the report: whether a part is fine, what it is, and what to do if it is not."""

    fine: bool
    part: str
    advice: str = ""

    def __str__(self) -> str:
        mark = "[ OK ]" if self.fine else "[ !! ]"
        return f"{mark} {self.part}" + (f": {self.advice}" if self.advice else "")


def findings() -> list[Finding]:
    """Look at Python, at every package that the course needs, and at the datasets."""
    return [_python(), *map(_package, _needed()), _datasets()]


def report() -> None:
    """Print one line for each part, and one at the end that says whether you can start."""
    found = findings()
    for finding in found:
        print(finding)
    wrong = sum(not finding.fine for finding in found)
    print("Everything is ready." if not wrong else f"{wrong} to mend before you start.")


def _python() -> Finding:
    wanted = SpecifierSet(metadata.metadata(PACKAGE)["Requires-Python"])
    version = platform.python_version()
    fine = wanted.contains(version, prereleases=True)
    return Finding(fine, f"Python {version}", "" if fine else f"install Python {wanted}")


def _needed() -> Iterable[Requirement]:
    """Return what a student needs, as `pyproject.toml` lists it: not the extras of other roles."""
    requirements = map(Requirement, metadata.requires(PACKAGE) or [])
    return (one for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""}))


def _package(requirement: Requirement) -> Finding:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return Finding(False, f"{requirement.name} is missing", REMEDY)
    part = f"{requirement.name} {version}"
    if requirement.specifier.contains(version, prereleases=True):
        return Finding(True, part)
    return Finding(False, part, f"{requirement.specifier} is needed; {REMEDY}")


def _datasets() -> Finding:
    try:
        count = len(data.names())
    except (OSError, ValueError) as error:
        return Finding(False, "datasets", str(error))
    return Finding(True, f"{count} datasets")
