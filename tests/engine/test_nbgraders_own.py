"""nbgrader's own tests of `nbgrader autograde`, taken from its wheel and pointed at the engine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from nbgrader.apps import AutogradeApp
from nbgrader.tests.apps import test_nbgrader_autograde as theirs
from nbgrader.tests.apps.conftest import course_dir, db, temp_cwd  # noqa: F401  (fixtures)

from grading.engine.assignment import NoAssignment
from grading.engine.classroom import Classroom, NoSubmissions, Options
from grading.engine.cluster import close_stations

pytestmark = pytest.mark.skipif(
    "NBGRADER_OWN" not in os.environ, reason="run by hand: NBGRADER_OWN=1"
)

#: Tests that ask for what the engine does differently, or not at all, and why.
DIFFERENT = {
    "test_no_execute": "the engine never trusts saved outputs",
    "test_filter_notebook": "a submission is graded as a whole; there is no --notebook",
    "test_force_single_notebook": "a submission is graded as a whole; there is no --notebook",
    "test_update_newer_single_notebook": "a submission is graded as a whole",
    "test_hidden_tests_single_notebook": "a submission is graded as a whole",
    "test_handle_failure_single_notebook": "a submission is graded as a whole",
    "test_handle_failure": "an odd notebook gets a row; the others of the submission are graded",
    "test_missing_source_kernelspec": "the engine runs Python, whatever the submission says",
    "test_incorrect_source_kernelspec": "the engine runs Python, whatever the submission says",
    "test_missing_files": "a student who handed in nothing gets a row that asks for a human",
    "test_side_effects": "files outside the working folder do not outlive the submission",
}

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
        force=bool(app.config.get("BaseConverter", {}).get("force", False)),
        students=[] if wanted == "*" else [wanted],
    )
    app.coursedir.student_id = "*"
    try:
        room = Classroom(app.coursedir, app.config, name, options)
        code = int(any(row.state == "failed" for row in room.grade(lambda row, total: None)))
    except (NoAssignment, NoSubmissions, ValueError):
        code = 1
    finally:
        AutogradeApp.clear_instance()
    assert code == retcode
    return ""


@pytest.fixture(autouse=True)
def engine(monkeypatch, request):
    name = request.node.originalname
    if name in DIFFERENT:
        pytest.skip(DIFFERENT[name])
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    monkeypatch.setattr(theirs, "run_nbgrader", run_nbgrader)
    yield
    close_stations()


class TestTheirs(theirs.TestNbGraderAutograde):
    """Everything in nbgrader's class, through the engine."""
