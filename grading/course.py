"""A course folder that nbgrader works in: release, submissions, gradebook, feedback.

A thin layer over nbgrader's converters, with the configuration of this repository. The builder,
the tests and the simulated class each make a course in a folder of their own.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

REPOSITORY = Path(__file__).resolve().parents[1]
CONFIGURATION = Path(__file__).with_name("nbgrader_config.py")


class CourseError(Exception):
    """A step of nbgrader failed; the message ends with nbgrader's log."""


class Course:
    """One course folder.

    Parameters
    ----------
    root
        The folder; it holds ``solutions/``, ``lessons/en/``, ``submitted/``, ``autograded/``,
        ``feedback/`` and, unless ``db_url`` says otherwise, ``gradebook.db``.
    db_url
        Address of the gradebook.
    """

    def __init__(self, root: Path, db_url: str | None = None) -> None:
        _put_alembic_on_path()
        self.root = Path(root).resolve()
        self.root.mkdir(parents=True, exist_ok=True)
        self.config = configuration()
        self.config.CourseDirectory.root = str(self.root)
        self.config.CourseDirectory.db_url = db_url or f"sqlite:///{self.root / 'gradebook.db'}"

    def write_configuration(self) -> None:
        """Let nbgrader's own commands and Formgrader work when started in the course folder."""
        load = f"load_subconfig({CONFIGURATION.name!r}, path={str(CONFIGURATION.parent)!r})"
        (self.root / "nbgrader_config.py").write_text(f"{load}\n", "utf-8")

    def directory(self, **traits: Any) -> CourseDirectory:
        """Return the course as nbgrader's own object."""
        return CourseDirectory(config=self.config, **traits)

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return where nbgrader keeps an assignment: step is ``submitted``, ``feedback`` ..."""
        return self.root / step / student / assignment

    def release(self, assignment: str) -> Path:
        """Make the student edition from ``solutions/`` and return its folder."""
        self._run(GenerateAssignment, assignment, ".")
        return self.root / self.config.CourseDirectory.release_directory / assignment

    def submit(self, assignment: str, student: str, notebook: nbformat.NotebookNode) -> Path:
        """Put a student's notebook where ``nbgrader collect`` would; return its path."""
        folder = self.folder("submitted", student, assignment)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{assignment.partition('-')[2]}.ipynb"
        nbformat.write(notebook, path)
        return path

    def autograde(self, assignment: str, student: str) -> None:
        """Grade one submission with stock nbgrader."""
        self._run(Autograde, assignment, student)

    def feedback(self, assignment: str, student: str) -> Path:
        """Write the feedback page of one graded submission; return its path."""
        self._run(GenerateFeedback, assignment, student)
        folder = self.folder("feedback", student, assignment)
        return folder / f"{assignment.partition('-')[2]}.html"

    def autograded(self, assignment: str, student: str) -> nbformat.NotebookNode:
        """Return the graded notebook of a student, outputs included."""
        folder = self.folder("autograded", student, assignment)
        return nbformat.read(folder / f"{assignment.partition('-')[2]}.ipynb", as_version=4)

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook."""
        directory = self.config.CourseDirectory
        with Gradebook(directory.db_url, directory.course_id) as gradebook:
            yield gradebook

    def auto_scores(self, assignment: str, student: str) -> dict[str, float | None]:
        """Return the automatic points of every graded cell by name, None where there are none."""
        with self.gradebook() as gradebook:
            submission = gradebook.find_submission(assignment, student)
            return {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }

    def _run(self, step: type[BaseConverter], assignment: str, student: str) -> None:
        """Run one of nbgrader's converters; keep its log for the error message."""
        log = logging.Logger("grading.nbgrader", logging.INFO)
        log.addHandler(logging.NullHandler())
        coursedir = self.directory(log=log)
        coursedir.assignment_id, coursedir.student_id = assignment, student
        converter = step(coursedir=coursedir, config=self.config, log=log)
        converter.force = True
        with warnings.catch_warnings():
            # nbgrader's gradebook is older than SQLAlchemy's advice on how to write it.
            warnings.simplefilter("ignore", SAWarning)
            result = capture_log(converter)
        if not result["success"]:
            told = result.get("log") or result["error"]
            raise CourseError(f"{step.__name__} of {assignment} ({student}) failed:\n{told}")


def _put_alembic_on_path() -> None:
    """Let nbgrader find the program that makes its gradebook, also without an active venv."""
    if shutil.which("alembic") is None:
        folders = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        os.environ["PATH"] = os.pathsep.join(folders)


def configuration() -> Config:
    """Return this repository's configuration of nbgrader."""
    return PyFileConfigLoader(CONFIGURATION.name, str(CONFIGURATION.parent)).load_config()
