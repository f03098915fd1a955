"""The report of a simulated class says what is known about the class."""

import re
import shutil
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_course import NAME, grade, opened

from grading.course import Course
from grading.instructor import item_analysis, report, results
from grading.instructor.here import Refused
from sputnik_moment.feedback import Exercise, Lesson, Mistake

CHECK = Lesson(
    "ripples",
    [
        Exercise("ring-width", 5.0, [Mistake("radius", 2.5, "{answer} is the radius.")]),
        Exercise("ring-height", lambda t: 1 / (1 + t), calls=[(1,), (3,)]),
        Exercise("why-fade", "b", options="abc"),
    ],
)
VALUES = {"ring-width": "ring_width", "ring-height": "ring_height", "why-fade": "why_fade"}


@pytest.fixture(scope="module")
def found(graded_once):
    return results.load(opened(graded_once), NAME)


@pytest.fixture(scope="module")
def known(pupils, lesson):
    """Automatic points by student and exercise, from the answers that were drawn."""
    return pd.DataFrame(
        {
            exercise: {
                one.id: float(one.answers[exercise].points) if one.answers else 0.0
                for one in pupils
            }
            for exercise in lesson.points
        }
    )


@pytest.fixture(scope="module")
def told(pupils):
    """What the check says to every answer, asked without any notebook."""
    said = {}
    for one in pupils:
        for exercise, name in VALUES.items():
            space = {"SPEED": 0.25, name: ...}
            if one.answers:
                exec(one.answers[exercise].code, space)
            else:
                space[name] = (lambda time: None) if exercise == "ring-height" else ...
            said[one.id, exercise] = CHECK.judge(exercise, space[name])
    return said


# ------------------------------------------------------------------ numbers


def test_marks_are_those_of_the_answers(found, known):
    pd.testing.assert_frame_equal(
        found.marks[list(VALUES)], known, check_names=False, check_like=True
    )
    assert (found.submissions["score"] == known.sum(axis=1)).all()


def test_difficulty_and_discrimination(found, known):
    table = report.by_exercise(found)
    most = {"ring-width": 2, "ring-height": 3, "why-fade": 1}
    for exercise, points in most.items():
        own = known[exercise].to_numpy()
        rest = known.drop(columns=exercise).to_numpy().sum(axis=1)
        assert table.loc[exercise, "difficulty"] == pytest.approx(own.sum() / (len(own) * points))
        # The correlation from its definition, not from numpy's function.
        x, y = own - own.mean(), rest - rest.mean()
        r = (x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum())
        assert table.loc[exercise, "discrimination"] == pytest.approx(r)
    assert table.loc["report", "marked"] == 1  # the one who wrote nothing
    assert table["points"].to_dict() == most | {"report": 4}


def test_states_and_mistakes(found, told):
    states = Counter((exercise, verdict.state) for (_, exercise), verdict in told.items())
    table = report.by_exercise(found)
    for exercise in VALUES:
        for state in report.STATES:
            assert table.loc[exercise, state] == states[exercise, state], (exercise, state)
    named = Counter(
        (exercise, verdict.mistake) for (_, exercise), verdict in told.items() if verdict.mistake
    )
    seen = report.mistakes(found)
    assert dict(zip(zip(seen["exercise"], seen["mistake"], strict=True), seen["students"],
                    strict=True)) == named  # fmt: skip
    assert list(seen["students"]) == sorted(named.values(), reverse=True)
    assert len(named) >= 3


def test_a_mistake_comes_with_what_a_student_wrote_and_was_told(found, pupils, told):
    seen = report.mistakes(found).set_index(["exercise", "mistake"])
    row = seen.loc["ring-width", "radius"]
    assert row["example"] == "ring_width = SPEED * 10"
    assert "is the radius" in row["message"]
    who = [one.id for one in pupils if told[one.id, "ring-width"].mistake == "radius"]
    assert row["who"] == ", ".join(who)
    assert row["share"] == pytest.approx(len(who) / len(pupils))


def test_who_needs_a_person(found, pupils):
    to_do = found.submissions["to_do"].to_dict()
    assert to_do == {one.id: ["mark report"] if one.written else [] for one in pupils}


# ------------------------------------------------------------------ item analysis by hand


def test_difficulty_by_hand():
    marks = pd.DataFrame({"a": [2.0, 1.0, 0.0], "b": [1.0, np.nan, 1.0]})
    share = item_analysis.difficulty(marks, pd.Series({"a": 2.0, "b": 1.0}))
    assert share.to_dict() == {"a": 0.5, "b": 1.0}


def test_an_exercise_without_points_has_no_difficulty():
    marks = pd.DataFrame({"a": [2, 1, 0], "free": [0, 0, 0]})
    share = item_analysis.difficulty(marks, pd.Series({"free": 0, "a": 2}))
    assert share["a"] == 0.5 and np.isnan(share["free"])
    assert np.isnan(item_analysis.discrimination(marks)["free"])


def test_discrimination_leaves_the_exercise_out_of_its_own_total():
    marks = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "c": [0, 0, 1, 1]}, dtype=float)
    found = item_analysis.discrimination(marks)
    # a against b + c = 0, 1, 1, 2
    assert found["a"] == pytest.approx(np.sqrt(0.5))
    assert found["b"] == pytest.approx(0)


def test_discrimination_of_what_is_the_same_for_all_is_no_number():
    marks = pd.DataFrame({"a": [1, 1, 1], "b": [0, 1, 1], "c": [np.nan, np.nan, 1]}, dtype=float)
    assert item_analysis.discrimination(marks).isna().all()


# ------------------------------------------------------------------ page and tables


def test_the_page_stands_alone_and_says_it_all(graded, run, found):
    code, printed = run("report", "ripples")
    assert code == 0, printed
    assert "14 graded, 13 need a person" in printed
    page = (graded / f"reports/{NAME}/report.html").read_text("utf-8")
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    assert "<script" not in page and "@import" not in page
    assert page.count("<img") == 3 and page.count('alt="') == 3
    assert "14 graded" in page and "radius" in page
    assert "the planted marker" not in page  # no hidden test
    tables = {
        name: pd.read_csv(graded / f"reports/{NAME}/{name}.csv", index_col=0)
        for name in ("exercises", "mistakes", "students")
    }
    assert np.allclose(tables["exercises"]["difficulty"], report.by_exercise(found)["difficulty"])
    assert np.allclose(tables["students"]["score"], found.submissions["score"])
    assert tables["mistakes"]["students"].sum() == report.mistakes(found)["students"].sum()


def test_late_and_failed_submissions(graded, run):
    here = opened(graded)
    with here.gradebook() as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-03-10 00:00:00 UTC")
    (graded / "submitted/student-05" / NAME / "ripples.ipynb").write_text("{")
    grade(Course(graded), "student-05")
    found = results.load(here, NAME)
    late = found.submissions[found.submissions["late_hours"] > 0]
    # Handed in at noon, one a day, from 1 March on; due on the 10th at midnight.
    assert late["late_hours"].to_dict() == {
        f"student-{k}": 12 + 24 * (k - 10) for k in range(10, 15)
    }
    assert found.submissions.loc["student-05", "state"] == results.FAILED
    assert "student-05" not in found.marks.index
    assert "could not be graded" in found.submissions.loc["student-05", "to_do"][0]
    page = report.page(found)
    assert "Not graded, because something failed: student-05." in page
    assert "due 10 March 2026 00:00 UTC, 5 late" in page


def test_what_a_student_writes_is_shown_and_not_run(graded, found):
    evil = "<script>alert(1)</script>"
    code = dict.fromkeys(found.code, evil)
    page = report.page(replace(found, code=code))
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_a_manual_mark_counts(graded, pupils):
    here = opened(graded)
    levels = {one.id: float(level) for one in pupils for level, _ in one.written.values()}
    with here.gradebook() as gradebook:
        for student, level in levels.items():
            grade = gradebook.find_grade("report", "ripples", NAME, student)
            grade.manual_score, grade.needs_manual_grade = level, False
        gradebook.db.commit()
    found = results.load(here, NAME)
    assert found.marks["report"].drop("student-01").to_dict() == levels
    table = report.by_exercise(found)
    assert table.loc["report", "difficulty"] == pytest.approx(sum(levels.values()) / (14 * 4))
    assert not found.submissions["to_do"].map(bool).any()
    assert "Nothing: everything is graded." in report.page(found)


def test_before_anybody_has_handed_in(course, run):
    code, printed = run("report", "01")
    assert code == 1 and "Nobody has handed in '01-ripples' yet" in printed
    with pytest.raises(Refused, match="holds no notebook"):
        (course / f"solutions/{NAME}/ripples.ipynb").unlink()
        results.load(opened(course), NAME)


def test_collected_but_not_graded(course, graded_once):
    shutil.copytree(graded_once / "submitted", course / "submitted")
    found = results.load(opened(course), NAME)
    assert set(found.submissions["state"]) == {results.WAITING}
    assert "Nothing is graded yet." in report.page(found)


def test_an_exercise_without_points_is_left_out_of_the_item_analysis(found):
    free = found.exercises | {"why-fade": replace(found.exercises["why-fade"], points=0.0)}
    mixed = replace(found, exercises=free, marks=found.marks.assign(**{"why-fade": 0.0}))
    table = report.by_exercise(mixed)
    assert table.loc["why-fade", ["difficulty", "discrimination"]].isna().all()
    assert table.loc[["ring-width", "ring-height"], "difficulty"].notna().all()
    assert "in 2 exercises" in report.difficulties(table).alt
    assert ">nan<" not in report.page(mixed)


def test_a_lesson_without_points_still_tells_of_mistakes(graded, found):
    free = {name: replace(one, points=0.0) for name, one in found.exercises.items()}
    without = replace(
        found,
        exercises=free,
        marks=found.marks * 0,
        submissions=found.submissions.assign(score=0.0, max_score=0.0),
    )
    page = report.page(without)
    assert "This assignment gives no points." in page and "ring-width: radius" in page
    assert report.by_exercise(without)["difficulty"].isna().all()
