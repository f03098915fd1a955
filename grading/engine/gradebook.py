"""The one writer: results into nbgrader's gradebook and onto disk, one submission at a time.

Rows are made and found with nbgrader's own API. Its methods commit as they go; here the commits
are held back, so that a submission is written whole or not at all.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import BaseCell, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from grading.engine.assignment import Assignment
from grading.engine.files import is_plain_path


class UnknownStudent(LookupError):
    """The student is not in the gradebook, and the course says not to create students."""


class Writer:
    """Writes results of one assignment.

    Parameters
    ----------
    coursedir, config
        The course, as nbgrader configures it.
    assignment
        The assignment whose results are written.
    """

    def __init__(self, coursedir: CourseDirectory, config: Config, assignment: Assignment) -> None:
        self.coursedir = coursedir
        self.config = config
        self.assignment = assignment
        self.gradebook = Gradebook(coursedir.db_url, coursedir.course_id)
        self.prepare()
        self.penalties = AssignLatePenalties(config=config)
        self.penalties.init_plugin()
        converter = Autograde(coursedir=coursedir, config=config)
        self.create_student = converter.create_student
        self.permissions = int(str(converter.permissions), 8)

    def prepare(self) -> None:
        """Make the row that nbgrader's preprocessors make: they open it without a course."""
        self.gradebook.check_course("default_course")
        self.gradebook.db.commit()

    def close(self) -> None:
        """Close the gradebook."""
        self.gradebook.close()

    def known(self) -> set[str]:
        """Return the students who have rows for this assignment."""
        rows = self.gradebook.assignment_submissions(self.assignment.name)
        return {row.student_id for row in rows}

    # ------------------------------------------------------------------ rows

    def write(self, student: str, timestamp: str | None, results: dict[str, dict]) -> list[dict]:
        """Write the rows of one submission in one transaction.

        Parameters
        ----------
        student
            The student's id.
        timestamp
            When it was handed in (UTC, ISO), or None if nobody knows.
        results
            Notebook name -> result of :meth:`grading.engine.station.Station.grade`. A notebook
            of the assignment that is not there was not handed in.

        Returns
        -------
        One ``{"notebook", "score", "max_score", "needs_manual"}`` for every notebook.
        """
        with self._transaction() as gb:
            if not self.create_student:
                self._require(student)
            gb.update_or_create_student(student)
            facts = {} if timestamp is None else {"timestamp": dt.datetime.fromisoformat(timestamp)}
            with gb.db.no_autoflush:
                submission = gb.update_or_create_submission(self.assignment.name, student, **facts)
            rows = {row.name: row for row in submission.notebooks}
            for name, row in rows.items():
                result = results.get(name)
                if result is None or "problem" in result:
                    self._write_nothing(row, failed=result is not None)
                else:
                    self._write_marks(row, result["marks"])
            gb.db.flush()
            gb.db.expire_all()
            submission = gb.find_submission(self.assignment.name, student)
            for row in submission.notebooks:
                if row.name in results:
                    self._write_penalty(submission, row)
            return [
                {
                    "notebook": row.name,
                    "score": float(row.score),
                    "max_score": float(row.max_score),
                    "needs_manual": bool(row.needs_manual_grade),
                }
                for row in sorted(submission.notebooks, key=lambda row: row.name)
            ]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Gradebook]:
        session = self.gradebook.db
        commit = session.commit
        session.commit = session.flush
        try:
            yield self.gradebook
            session.commit = commit
            self._finish(session)
        finally:
            session.commit = commit
            session.rollback()  # of what has not been committed
            session.remove()

    def _finish(self, session: Any) -> None:
        """End a transaction in which nothing went wrong."""
        session.commit()

    def _require(self, student: str) -> None:
        try:
            self.gradebook.find_student(student)
        except MissingEntry:
            raise UnknownStudent(
                f"There is no student '{student}' in the gradebook; add one with "
                f"`nbgrader db student add {student}`."
            ) from None

    def _write_marks(self, row: SubmittedNotebook, marks: list[dict]) -> None:
        """Write a complete set of marks: a row that the run says nothing about is reset."""
        cells = self._load_cells(row)  # held until all names are read  # noqa: F841
        by_cell = {mark["cell"]: mark for mark in marks}
        most = {
            name: cell.points or 0.0
            for name, cell in self.assignment.notebooks[row.name].cells.items()
        }
        for grade in row.grades:
            mark = by_cell.get(grade.name)
            score = mark["auto_score"] if mark else 0.0
            if score is not None and not 0 <= score <= most.get(grade.name, 0.0):
                raise ValueError(f"a mark of {score} for '{grade.name}'")
            grade.auto_score = score
            waits = mark is None or mark["needs_manual"] or score is None
            grade.needs_manual_grade = bool(waits or grade.manual_score is not None)
        for comment in row.comments:
            mark = by_cell.get(comment.name)
            comment.auto_comment = mark["comment"] if mark else None

    def _load_cells(self, row: SubmittedNotebook) -> list[BaseCell]:
        """Load the cells that the marks and comments of a notebook are about, at once."""
        numbers = {one.cell_id for one in [*row.grades, *row.comments]}
        return self.gradebook.db.query(BaseCell).filter(BaseCell.id.in_(numbers)).all()

    def _write_nothing(self, row: SubmittedNotebook, failed: bool) -> None:
        """Give 0: the notebook was not handed in, or could not be graded and needs a human."""
        for grade in row.grades:
            grade.auto_score = 0.0
            grade.needs_manual_grade = failed
        if failed:
            row.late_submission_penalty = None
            for comment in row.comments:
                comment.auto_comment = None

    def _write_penalty(self, submission: SubmittedAssignment, row: SubmittedNotebook) -> None:
        """Assign the late penalty with the course's own plugin, as nbgrader does."""
        row.late_submission_penalty = None
        late = submission.total_seconds_late
        if late > 0:
            plugin = self.penalties.plugin_inst
            penalty = plugin.late_submission_penalty(submission.student_id, row.score, late)
            if penalty is not None:
                checked = self.penalties._check_late_penalty(row, penalty)
                row.late_submission_penalty = checked

    # ------------------------------------------------------------------ files

    def folder(self, student: str) -> Path:
        """Return where the autograded submission of a student lies."""
        form = self.coursedir.format_path
        return Path(form(self.coursedir.autograded_directory, student, self.assignment.name))

    def write_files(
        self, student: str, results: dict[str, dict], files: dict[str, bytes], course: dict
    ) -> None:
        """Write the autograded folder anew, beside the old one, and swap the two.

        Parameters
        ----------
        student
            The student's id.
        results
            As for :meth:`write`.
        files
            What was handed in besides the notebooks.
        course
            The course's own files.
        """
        folder = self.folder(student)
        content = {name: data for name, data in files.items() if is_plain_path(name)}
        content.update(course)
        for result in results.values():
            made = result.get("files", {})
            content.update({k: v for k, v in made.items() if not k.endswith(".ipynb")})
        for name, result in results.items():
            if "problem" not in result:
                content[f"{name}.ipynb"] = result["notebook"]
        any_good = any("problem" not in result for result in results.values())
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        old = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        fresh.mkdir()
        try:
            for name, data in content.items():
                _write_new(fresh / name, data)
            self._set_permissions(fresh)
            if folder.is_symlink():
                folder.unlink()
            if folder.exists():
                folder.rename(old)
            if any_good:
                fresh.rename(folder)
        finally:
            for leftover in (fresh, old):
                if leftover.exists():
                    remove_tree(leftover)

    def _set_permissions(self, folder: Path) -> None:
        shared = self.coursedir.groupshared
        for path in folder.rglob("*"):
            if path.is_file():
                path.chmod(self.permissions)
        if shared:
            for path in [folder, *(one for one in folder.rglob("*") if one.is_dir())]:
                with contextlib.suppress(PermissionError):
                    path.chmod((path.stat().st_mode | 0o2770) & 0o2777)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, through no link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
        file.write(data)


def remove_tree(folder: Path) -> None:
    """Remove a folder whose files are read-only."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)


def as_utc(text: Any) -> str | None:
    """Return a time as ISO text, or None."""
    return None if text is None else str(text)
