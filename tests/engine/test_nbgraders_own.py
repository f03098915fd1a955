"""nbgrader's own tests of `nbgrader autograde`, taken from its wheel and pointed at the engine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from nbgrader import api
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.tests.apps import test_nbgrader_autograde as theirs
from nbgrader.tests.apps.conftest import course_dir, db, temp_cwd  # noqa: F401  (fixtures)

from grading.engine.assignment import NoAssignment
from grading.engine.classroom import Classroom, NoSubmissions, Options
from grading.engine.cluster import close_stations

#: Tests that ask for what the engine does differently, or not at all, and why. The table in
#: grading/README.md has the differences.
DIFFERENT = {
    "test_no_execute": "saved outputs are the student's: the engine never marks them",
    "test_filter_notebook": "a submission is graded as a whole: there is no --notebook",
    "test_force_single_notebook": "a submission is graded as a whole: there is no --notebook",
    "test_update_newer_single_notebook": "a submission is graded as a whole",
    "test_handle_failure_single_notebook": "a submission is graded as a whole",
    "test_handle_failure": "an odd notebook gets a row; the others of the submission are graded",
    "test_missing_files": "who handed in an empty folder gets a row that asks for a human",
}
#: Tests that nbgrader itself always skips.
SKIPPED_THERE = ("test_many_students", "test_infinite_loop_with_output")

_original = theirs.run_nbgrader


def run_nbgrader(args, retcode=0, env=None, stdout=False):
    """Run `nbgrader ARGS`, with the engine in the place of `autograde`."""
    if args[0] != "autograde" or "--help-all" in args:
        return _original(args, retcode=retcode, env=env, stdout=stdout)
    app = AutogradeApp()
    app.initialize(list(args[1:]))
    name = app.extra_args[0] if app.extra_args else app.coursedir.assignment_id
    wanted = app.coursedir.student_id
    options = Options(
        workers=1,
        force=Autograde(coursedir=app.coursedir, config=app.config).force,
        students=[] if wanted == "*" else [wanted],
    )
    app.coursedir.student_id = "*"
    try:
        room = Classroom(app.coursedir, app.config, name, options)
        code = int(any(row.human for row in room.grade(lambda row, total: None)))
    except (NoAssignment, NoSubmissions, ValueError):
        code = 1
    finally:
        AutogradeApp.clear_instance()
    assert code == retcode
    return ""


def _path():
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def alembic_version():
    """The version of a gradebook's tables, asked for once: nbgrader starts a program for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", _path())
        return api.get_alembic_version()


@pytest.fixture(autouse=True)
def engine(monkeypatch, alembic_version):
    monkeypatch.setenv("PATH", _path())
    monkeypatch.setattr(theirs, "run_nbgrader", run_nbgrader)
    monkeypatch.setattr(api, "get_alembic_version", lambda: alembic_version)
    yield
    close_stations()


class TestTheirs(theirs.TestNbGraderAutograde):
    """Everything in nbgrader's class, through the engine, apart from the differences."""


for _name in (*DIFFERENT, *SKIPPED_THERE):
    setattr(TestTheirs, _name, None)


def test_every_difference_is_about_a_test_of_theirs():
    for name in (*DIFFERENT, *SKIPPED_THERE):
        assert callable(getattr(theirs.TestNbGraderAutograde, name))
