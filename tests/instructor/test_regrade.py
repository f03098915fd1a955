"""A corrected test: whose mark would change is shown before anything is written."""

import hashlib
import json
import shutil

import nbformat
import pytest
from small_course import NAME, grade, opened

from grading.course import Course

UNCONFINED = ("--unconfined", "--workers", "1")


def contents(root):
    """A fingerprint of everything in the course, the lock of the grader apart."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "lock" and "__pycache__" not in path.parts
    }


@pytest.fixture
def corrected(graded):
    """Ring heights of a constant are now enough for the second test, which gives 2 points."""
    path = graded / f"solutions/{NAME}/ripples.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (c for c in notebook.cells if c.id == "01-ring-height-test-02")
    old = "assert abs(ring_height(4) - 0.2) < 1e-9"
    assert old in cell.source
    cell.source = cell.source.replace(old, "assert 0 < ring_height(4) <= 1")
    nbformat.write(notebook, path)
    Course(graded).release(NAME)
    return graded


@pytest.fixture
def gainers(pupils):
    """Who answered with a constant, or with the straight line (0.6 at 4), gains 2 points."""
    names = {"constant", "linear"}
    return {one.id for one in pupils if one.answers and one.answers["ring-height"].name in names}


def test_what_would_change_is_shown_and_nothing_is_written(corrected, gainers, run):
    before = contents(corrected)
    code, told = run("autograde", NAME, "--dry-run", "--json", *UNCONFINED)
    assert contents(corrected) == before
    assert code == 0
    changes = json.loads(told)["changes"]
    assert {one["student"] for one in changes} == gainers and gainers
    for one in changes:
        assert one["cell"] == "ring-height-test-02"
        assert (one["old"], one["new"], one["why"]) == (0, 2, "passes")


def test_it_is_what_grading_then_does(corrected, gainers, run):
    _, told = run("autograde", NAME, "--dry-run", *UNCONFINED)
    assert f"the marks of {len(gainers)} of 14 students would change" in told
    assert "Nothing was written." in told
    assert told.count("ring-height-test-02") == len(gainers)

    def scores():
        with opened(corrected).gradebook() as gradebook:
            rows = gradebook.assignment_submissions(NAME)
            return {one.student_id: one.score for one in rows}

    before = scores()
    grade(Course(corrected))
    after = scores()
    assert {one for one in before if before[one] != after[one]} == gainers
    assert all(after[one] == before[one] + 2 for one in gainers)
    _, told = run("autograde", NAME, "--dry-run", *UNCONFINED)
    assert "the marks of 0 of 14 students would change. Nothing was written." in told


def test_a_manual_mark_stays(corrected, gainers, run):
    student = min(gainers)
    with opened(corrected).gradebook() as gradebook:
        mark = gradebook.find_grade("ring-height-test-02", "ripples", NAME, student)
        mark.manual_score = 1.5
        gradebook.db.commit()
    _, told = run("autograde", NAME, "--dry-run", "--json", *UNCONFINED)
    assert {one["student"] for one in json.loads(told)["changes"]} == gainers - {student}


def test_before_the_first_grading_every_mark_is_new(course, graded_once, run):
    shutil.copytree(graded_once / "submitted/student-02", course / "submitted/student-02")
    before = contents(course)
    _, told = run("autograde", NAME, "--dry-run", "--json", *UNCONFINED)
    assert contents(course) == before
    changes = json.loads(told)["changes"]
    assert {one["old"] for one in changes} == {None}
    assert sum(one["new"] or 0 for one in changes) == 6
    assert "student-02" not in opened(course).students()
