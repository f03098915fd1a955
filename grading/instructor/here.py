"""The course of the current folder, as the instructor's commands see it."""

from __future__ import annotations

import difflib
import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import typer
from nbgrader.api import Assignment, Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from grading.engine.cli import load_course
from grading.names import meant, several

FIRST_RELEASE = "Run `python -m grading release ASSIGNMENT` first."


class Refused(Exception):
    """A command cannot go on; the message says why, and what to do next."""


@contextmanager
def plainly() -> Iterator[None]:
    """Tell a refusal in words, and end with exit code 1."""
    try:
        with warnings.catch_warnings():
            # nbgrader's gradebook is older than SQLAlchemy's advice on how to write it.
            warnings.simplefilter("ignore", SAWarning)
            yield
    except Refused as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Not done.[/] {escape(str(error))}")
        raise typer.Exit(1) from None


@dataclass(frozen=True)
class Here:
    """An nbgrader course.

    Parameters
    ----------
    coursedir, config
        The course, as nbgrader configures it.
    """

    coursedir: CourseDirectory
    config: Config

    @classmethod
    def open(cls) -> Here:
        """Return the course of the current folder.

        Raises
        ------
        Refused
            If the folder holds no course.
        """
        coursedir, config = load_course()
        coursedir.log = _quiet_log()
        source = Path(coursedir.root, coursedir.source_directory)
        if not source.is_dir():
            raise Refused(
                f"{coursedir.root} is no course folder: it has no folder "
                f"{coursedir.source_directory}/. Go to the folder that holds nbgrader_config.py "
                "and run the command again."
            )
        return cls(coursedir, config)

    @property
    def root(self) -> Path:
        """The course's folder."""
        return Path(self.coursedir.root)

    @cached_property
    def api(self) -> NbGraderAPI:
        """Nbgrader's own programming interface; it keeps quiet about what it does."""
        return NbGraderAPI(coursedir=self.coursedir, config=self.config, log=_quiet_log())

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return where nbgrader keeps an assignment.

        Parameters
        ----------
        step
            ``source``, ``release``, ``submitted``, ``autograded`` or ``feedback``.
        student
            A student, or ``"."`` where there is none.
        assignment
            The assignment.
        """
        directory = getattr(self.coursedir, f"{step}_directory")
        return Path(self.coursedir.format_path(directory, student, assignment))

    def students_at(self, step: str, assignment: str) -> list[str]:
        """List the students who have a folder of this assignment at a step, sorted."""
        # Whatever the order of the parts of the path is, the student's is where the star stands.
        pattern = self.folder(step, "*", assignment)
        place = pattern.parts.index("*")
        found = self.root.glob(pattern.relative_to(self.root).as_posix())
        return sorted(
            path.parts[place]
            for path in found
            if path.is_dir() and not path.parts[place].startswith(".")
        )

    @property
    def sources(self) -> list[str]:
        """Names of the assignments that have a source folder."""
        folders = self.folder("source", ".", "*").parent.glob("*/")
        return sorted(path.name for path in folders if not path.name.startswith((".", "_")))

    @property
    def assignments(self) -> list[str]:
        """Names of all assignments: those with a source, and those in the gradebook."""
        names = set(self.sources)
        if self.has_gradebook:
            with self.gradebook() as gradebook:
                names |= {assignment.name for assignment in gradebook.assignments}
        return sorted(names)

    def assignment(self, name: str) -> str:
        """Return the full name of an assignment given by a name, or by a clear part of it.

        Raises
        ------
        Refused
            If there is no such assignment, with the nearest name; or if several could be meant,
            with their names.
        """
        found = meant(name, self.assignments)
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(several(name, found))
        raise Refused(f"There is no assignment '{name}'. {_nearest(name, self.assignments)}")

    def released(self, name: str) -> str:
        """Return the full name of an assignment that the gradebook knows."""
        full = self.assignment(name)
        with self.gradebook() as gradebook:
            if full not in {assignment.name for assignment in gradebook.assignments}:
                raise Refused(
                    f"The gradebook does not know '{full}' yet. "
                    + FIRST_RELEASE.replace("ASSIGNMENT", full)
                )
        return full

    @property
    def has_gradebook(self) -> bool:
        """Whether there is a gradebook; looking does not make one."""
        url = self.coursedir.db_url
        return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook.

        Raises
        ------
        Refused
            If there is none yet.
        """
        if not self.has_gradebook:
            raise Refused(f"There is no gradebook in {self.root} yet. {FIRST_RELEASE}")
        url = self.coursedir.db_url
        try:
            gradebook = Gradebook(url, self.coursedir.course_id)
            gradebook.db.query(Assignment.name).first()
        except Exception as error:
            # Wrong address, no rights, a damaged file, a schema of another version: all end here.
            raise Refused(
                f"The gradebook {url} cannot be opened ({type(error).__name__}: "
                f"{str(error).splitlines()[0]}). If nbgrader was updated, run `nbgrader update .`; "
                "otherwise look at c.CourseDirectory.db_url."
            ) from None
        with gradebook:
            yield gradebook

    def students(self) -> list[str]:
        """List the students whom the gradebook knows."""
        with self.gradebook() as gradebook:
            return sorted(student.id for student in gradebook.students)


def _nearest(name: str, known: Iterable[str]) -> str:
    known = list(known)
    if not known:
        return "The course has no assignments yet: run `python -m grading build` first."
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    return f"{guess}There are: {', '.join(known)}."


def _quiet_log() -> logging.Logger:
    """Return a log that only those who listen to it can hear."""
    log = logging.Logger("grading.nbgrader", logging.INFO)
    log.addHandler(logging.NullHandler())
    return log


def causes(result: dict) -> str:
    """Return what went wrong in a step of nbgrader, from the errors in its log.

    Parameters
    ----------
    result
        What a method of ``NbGraderAPI`` returned.
    """
    lines = [line.strip() for line in result.get("log", "").splitlines()]
    bad = [line for line in lines if line.startswith(("[ERROR]", "[CRITICAL]"))]
    told = [line.partition("] ")[2] for line in bad if "nbgrader quickstart" not in line]
    return "\n".join(told) or result.get("error", "").strip().splitlines()[-1]


@contextmanager
def bar(console: Console, words: str, total: int) -> Iterator:
    """Show a progress bar; the value is called with a word after each piece of work."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    off = not console.is_terminal
    columns += (TimeRemainingColumn(),)
    with Progress(*columns, console=console, transient=True, disable=off) as progress:
        task = progress.add_task(words, total=total)
        yield lambda word="": progress.update(task, advance=1, description=f"{words} {word}")
