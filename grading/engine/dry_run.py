"""Grading without writing: what would change, before anything does."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry

from grading.engine.gradebook import Writer
from grading.engine.journal import FOLDER, Journal


@dataclass(frozen=True)
class Change:
    """One mark that would be another one; ``old`` or ``new`` is None where there is none."""

    student: str
    notebook: str
    cell: str
    old: float | None
    new: float | None
    why: str = ""

    def to_dict(self) -> dict:
        """Return the change as plain data."""
        return asdict(self)


class DryRun(Writer):
    """Writes like :class:`~grading.engine.gradebook.Writer`, and takes everything back.

    ``changes`` has the marks that would change, ``totals`` the points of every student before
    (None: not graded yet) and after.
    """

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self.changes: list[Change] = []
        self.totals: dict[str, tuple[float | None, float]] = {}

    def prepare(self) -> None:
        """Leave the gradebook as it is."""

    def write(self, student: str, timestamp: str | None, results: dict[str, dict]) -> list[dict]:
        """Note what would change; parameters and result as for a writer."""
        before = self._marks(student)
        old = self._total(student)
        self._student = student
        notebooks = super().write(student, timestamp, results)
        notes = {
            (name, mark["cell"]): mark["note"]
            for name, result in results.items()
            for mark in result.get("marks", [])
        }
        for place, new in self._after.items():
            if before.get(place) != new:
                notebook, cell = place
                why = notes.get(place) or ("passes" if new else "")
                self.changes.append(Change(student, notebook, cell, before.get(place), new, why))
        self.totals[student] = (old, self._total_after)
        return notebooks

    def _finish(self, session: Any) -> None:
        """Read what would be written, and leave it unwritten."""
        session.flush()
        session.expire_all()
        self._after = self._marks(self._student)
        self._total_after = self._total(self._student) or 0.0

    def _marks(self, student: str) -> dict[tuple[str, str], float | None]:
        """Return the points of every cell: a person's where there are some, else automatic."""
        try:
            submission = self.gradebook.find_submission(self.assignment.name, student)
        except MissingEntry:
            return {}
        return {
            (notebook.name, grade.name): _points(grade)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }

    def _total(self, student: str) -> float | None:
        try:
            submission = self.gradebook.find_submission(self.assignment.name, student)
        except MissingEntry:
            return None
        return max(0.0, float(submission.score) - float(submission.late_submission_penalty or 0))

    def write_files(self, *arguments) -> None:
        """Leave the folders as they are."""


def _points(grade) -> float | None:
    return grade.auto_score if grade.manual_score is None else grade.manual_score


class Unwritten(Journal):
    """A journal that is read and never written."""

    def __init__(self, course: Path, assignment: str) -> None:
        self.folder = course / FOLDER / "journal" / assignment
        self.logs = course / FOLDER / "logs" / assignment

    def write(self, student: str, record: dict) -> None:
        """Write nothing."""

    def log(self, student: str, text: str) -> None:
        """Write nothing."""
