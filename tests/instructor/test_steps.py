"""One assignment from hand to hand: release, collect, grade, feedback, return."""

import getpass
import shutil
import time

import nbformat
from nbgrader.exchange.default import (
    ExchangeFetchAssignment,
    ExchangeFetchFeedback,
    ExchangeSubmit,
)
from small_course import NAME

from grading.answers import fill
from grading.names import meant


def test_one_round_through_the_exchange(course, pupil, run):
    assert run("release", "01") == (
        0,
        f"The student edition is in lessons/en/{NAME}/.\n"
        f"It is handed out: {course.parent / 'exchange'}, course sputnik-moments.\n",
    )
    pupil.does(ExchangeFetchAssignment)
    path = pupil.folder / NAME / "ripples.ipynb"
    edition = nbformat.read(path, as_version=4)
    nbformat.write(fill(edition, {"ring-width": "ring_width = 5.0"}), path)
    pupil.does(ExchangeSubmit)

    code, told = run("collect", "ripples")
    assert (code, told) == (0, "1 collected, 0 replaced by a newer attempt, 0 as before.\n")
    assert run("collect", NAME)[1].endswith("0 replaced by a newer attempt, 1 as before.\n")
    time.sleep(0.01)
    pupil.does(ExchangeSubmit)
    assert "0 collected, 1 replaced" in run("collect", NAME)[1]

    code, told = run("autograde", "01", "--unconfined", "--workers", "1")
    assert code == 0, told
    code, told = run("feedback", NAME)
    assert (code, told) == (0, f"1 pages written: feedback/<student>/{NAME}/\n")
    assert run("return", NAME) == (0, "1 pages given back.\n")
    pupil.does(ExchangeFetchFeedback)
    (page,) = (pupil.folder / NAME).rglob("ripples.html")
    assert "2 of 10 points so far" in page.read_text("utf-8")


def test_what_was_handed_out_is_replaced_only_with_force(course, run):
    assert run("release", "01")[0] == 0
    code, told = run("release", "01")
    assert code == 1 and "handed out before" in told and "--force" in told
    assert run("release", "01", "--force")[0] == 0


def test_a_missing_exchange_is_named_with_what_to_do(course, run):
    (course.parent / "exchange").rmdir()
    for command in ("release", "collect"):
        code, told = run(command, "01")
        assert code == 1
        assert f"There is no exchange at {course.parent / 'exchange'}" in told
        assert "--no-exchange" in told
    code, told = run("release", "01", "--no-exchange")
    assert code == 0 and "through your LMS" in told


def test_an_unknown_assignment_is_answered_with_the_nearest(course, run):
    code, told = run("release", "01-riples")
    assert code == 1
    assert "There is no assignment '01-riples'. Did you mean '01-ripples'?" in told


def test_a_short_name_is_enough_while_it_is_clear(course, run):
    for short in ("01", "ripples", "01-rip", "rip"):
        code, told = run("release", short, "--no-exchange")
        assert code == 0 and f"lessons/en/{NAME}/" in told, told
    shutil.copytree(course / "solutions" / NAME, course / "solutions/01-rings")
    shutil.copytree(course / "solutions" / NAME, course / "solutions/02-ripples-again")
    assert run("release", "ripples", "--no-exchange")[0] == 0
    for command in ("release", "collect", "autograde", "feedback", "return", "report",
                    "similarity", "export"):  # fmt: skip
        code, told = run(command, "01")
        assert code == 1 and "'01' can mean 01-rings, 01-ripples." in told, told
    code, told = run("autograde", "03")
    assert code == 1 and "no assignment '03'" in told


def test_the_best_kind_of_name_counts():
    known = ["01-ring", "02-ring-width", "10-ring", "exam", "exam-2"]
    assert meant("01-ring", known) == ["01-ring"]
    assert meant("02", known) == meant("ring-w", known) == ["02-ring-width"]
    assert meant("ring", known) == ["01-ring", "10-ring"]
    assert meant("exam/", known) == ["exam"]
    assert meant("e", known) == ["exam", "exam-2"]
    assert meant("", known) == meant("width", known) == []


def test_nothing_to_collect(course, run):
    code, told = run("collect", "01")
    assert code == 1 and "has no course 'sputnik-moments' yet" in told
    run("release", "01")
    code, told = run("collect", "01")
    assert code == 1 and "nothing to collect: nobody has handed in '01-ripples'" in told


def test_a_lesson_that_is_not_built_cannot_be_released(course, run):
    (course / "solutions" / NAME / "ripples.ipynb").unlink()
    code, told = run("release", "01")
    assert code == 1 and "python -m grading build 01-ripples" in told


def test_feedback_needs_graded_work(course, run):
    code, told = run("feedback", "01")
    assert code == 1 and "python -m grading autograde 01-ripples" in told


def test_work_from_elsewhere_is_not_given_back_through_the_exchange(course, graded_once, run):
    run("release", "01")
    for step in ("submitted", "autograded"):
        shutil.copytree(graded_once / step, course / step)
    shutil.copy(graded_once / "gradebook.db", course / "gradebook.db")
    assert run("feedback", "01", "--student", "student-02")[0] == 0
    code, told = run("return", "01")
    assert code == 0
    assert "0 pages given back." in told
    assert "student-02 did not hand in through the exchange" in told
    code, told = run("feedback", "01", "--student", "nobody")
    assert code == 1 and "nothing of nobody" in told


def test_outside_a_course_nothing_is_made(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    code, told = run("collect", "01")
    assert code == 1 and "is no course folder" in told
    assert list(tmp_path.iterdir()) == []


def test_the_owner_of_the_machine_is_the_student(course, pupil, run):
    """Unknown students are named when there is a roster, and the grader makes none."""
    run("release", "01")
    pupil.does(ExchangeFetchAssignment)
    pupil.does(ExchangeSubmit)
    (course / "class.csv").write_text("id,first_name\nada,Ada\n")
    assert run("roster", "import", "class.csv")[0] == 0
    code, told = run("collect", "01")
    assert code == 0 and f"{getpass.getuser()} is not on the roster" in told
    code, told = run("autograde", "01-ripples", "--unconfined", "--workers", "1")
    assert code == 1 and "There is no student" in told
