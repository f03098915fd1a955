"""The doctor names what is missing, and what to do."""

import importlib.metadata
import os
import shutil
import subprocess
import sys

import pytest

from grading.engine.sandbox import CannotConfine
from grading.instructor import doctor


@pytest.fixture(autouse=True)
def confined(monkeypatch):
    """Leave out the look at the sandbox: it has tests of its own."""
    monkeypatch.setattr(doctor, "require", lambda: None)


def test_a_course_in_order(course, run):
    (course / "class.csv").write_text("id\nada\n")
    run("roster", "import", "class.csv")
    code, told = run("doctor")
    assert code == 0, told
    assert "NO " not in told and told.endswith("Ready to grade.\n")
    assert f"OK   exchange: {course.parent / 'exchange'}" in told
    assert "OK   gradebook: 1 assignments, 1 students" in told


def test_what_a_course_can_do_without_is_a_note(course, run):
    (course.parent / "exchange").rmdir()
    code, told = run("doctor")
    assert code == 0
    assert "note exchange: cannot be used" in told and "sudo mkdir -p" in told
    assert "note roster: none" in told


def test_what_is_missing(course, run, monkeypatch):
    def refuse():
        raise CannotConfine("bubblewrap is not installed: sudo apt install bubblewrap")

    monkeypatch.setattr(doctor, "require", refuse)
    (course / "gradebook.db").unlink()
    (course / "solutions/01-ripples/ripples.ipynb").unlink()
    code, told = run("doctor")
    assert code == 1
    assert "NO   sandbox" in told and "sudo apt install bubblewrap" in told
    assert "NO   gradebook: there is none yet" in told
    assert "NO   assignments: no notebook in 01-ripples" in told
    assert told.endswith("3 to repair.\n")
    assert not (course / "gradebook.db").exists()


def test_a_gradebook_that_does_not_open(course, run):
    (course / "gradebook.db").write_bytes(b"this is no database, and never was one" * 40)
    code, told = run("doctor")
    assert code == 1 and "NO   gradebook" in told


def test_a_missing_package_is_named(course, run, monkeypatch):
    real = importlib.metadata.version

    def version(name):
        if name == "distributed":
            raise importlib.metadata.PackageNotFoundError
        return "0.1" if name == "pandas" else real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    code, told = run("doctor")
    assert code == 1
    assert "distributed is missing, pandas is 0.1, not" in told
    assert ".[instructor]" in told


def test_students_who_are_not_on_the_roster(graded, run):
    (graded / "class.csv").write_text("id\nada\n")
    run("roster", "import", "class.csv")
    shutil.copytree(graded / "submitted/student-01", graded / "submitted/eve")
    code, told = run("doctor")
    assert code == 1 and "1 have handed in without being on it: eve" in told


def test_elsewhere(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    code, told = run("doctor")
    assert code == 1 and "NO   course folder: none here" in told


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")
def test_the_sandbox_starts_from_any_folder(tmp_path):
    """As ``../../.venv/bin/python`` too, through folders that the sandbox does not have."""
    python = os.path.relpath(sys.executable, tmp_path)
    code = "from grading.engine import sandbox; sandbox.require()"
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
