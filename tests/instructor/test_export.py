"""What is exported is what the gradebook says, read back with pandas."""

import pandas as pd
import pytest
from small_course import NAME, opened

from grading.instructor.export import canvas, grades, moodle


@pytest.fixture
def named(graded, run):
    """The graded class with names and Canvas's ids; one of them has handed in nothing."""
    lines = ["id,first_name,last_name,email,lms_user_id"]
    lines += [f"student-{k:02},Ann {k},Müller,s{k}@b.org,90{k:02}" for k in range(1, 15)]
    lines += ["late-comer,=cmd(),Zed,z@b.org,9999"]
    (graded / "class.csv").write_text("\n".join(lines))
    assert run("roster", "import", "class.csv")[0] == 0
    with opened(graded).gradebook() as gradebook:
        submission = gradebook.find_submission(NAME, "student-03")
        submission.notebooks[0].late_submission_penalty = 0.5
        (report,) = (g for n in submission.notebooks for g in n.grades if g.name == "report")
        report.manual_score, report.needs_manual_grade = 2.25, False
        gradebook.db.commit()
    return graded


@pytest.fixture
def truth(named):
    """Totals from the gradebook itself, penalty taken off."""
    with opened(named).gradebook() as gradebook:
        return {
            one.student_id: one.score - one.late_submission_penalty
            for one in gradebook.assignment_submissions(NAME)
        }


def written(run, root, form, *options):
    code, told = run("export", "ripples", "--format", form, *options)
    assert code == 0, told
    return pd.read_csv(root / f"exports/{NAME}-{form}.csv", dtype={"ID": str}), told


def test_plain(named, truth, run, pupils):
    table, told = written(run, named, "csv")
    assert table.set_index("student_id")["score"].drop("late-comer").to_dict() == truth
    # The class is simulated, so its marks are known without the gradebook too.
    known = {one.id: one.expected for one in pupils} | {"student-03": pupils[2].expected + 1.75}
    assert truth == known
    assert set(table["max_score"]) == {10}
    absent = table.set_index("student_id").loc["late-comer"]
    assert not absent["handed_in"] and absent["score"] == 0
    assert absent["first_name"] == "'=cmd()"
    assert "14 submissions, 15 students" in told
    assert "12 of them wait for a person" in told


def test_canvas(named, truth, run):
    table, _ = written(run, named, "canvas")
    points, people = table.iloc[0], table.iloc[1:].set_index("SIS Login ID")
    assert list(table)[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert points["Student"] == "Points Possible" and points[NAME] == 10
    assert people[NAME].dropna().to_dict() == truth
    assert people.loc["student-04", ["Student", "ID"]].tolist() == ["Müller, Ann 4", "9004"]
    with_zero, _ = written(run, named, "canvas", "--zero")
    assert with_zero.set_index("SIS Login ID").loc["late-comer", NAME] == 0


def test_moodle(named, truth, run):
    table, _ = written(run, named, "moodle")
    people = table.set_index("Username")
    assert people[NAME].dropna().to_dict() == truth
    assert people.loc["student-04", "Email address"] == "s4@b.org"
    assert pd.isna(people.loc["late-comer", NAME])


def test_all_assignments(named, truth, run):
    with opened(named).gradebook() as gradebook:
        gradebook.add_assignment("02-waves")
    code, told = run("export", "--all", "--format", "moodle", "--to", named / "all.csv")
    assert code == 0, told
    table = pd.read_csv(named / "all.csv").set_index("Username")
    assert table[NAME].dropna().to_dict() == truth
    assert table["02-waves"].isna().all()


def test_without_names_the_student_stands_for_the_name(graded):
    table = grades(opened(graded), [NAME])
    assert canvas(table)["Student"][1] == "student-01"
    assert list(moodle(table)["Username"])[:2] == ["student-01", "student-02"]


def test_refusals(course, run):
    for arguments in ([], ["01", "--all"]):
        code, told = run("export", *arguments)
        assert code == 1 and "Name one assignment, or say --all" in told
    code, told = run("export", "01")
    assert code == 1 and "no students yet" in told
    code, told = run("export", "01-rippels")
    assert code == 1 and "Did you mean '01-ripples'" in told
