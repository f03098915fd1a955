"""The guide names what there is: commands, sections, minutes; and its example builds."""

import re

import nbformat
import pytest

from grading import answers
from grading.__main__ import COMMANDS
from grading.answers import fill
from grading.builder import release
from grading.course import REPOSITORY
from grading.instructor.notes import notes, plan

GUIDE = (REPOSITORY / "grading" / "GUIDE.md").read_text("utf-8")


@pytest.fixture(scope="module")
def lessons():
    return {lesson.name: lesson for lesson in release.read()}


def rows(heading):
    """Return the rows of the last table under a heading, as lists of cells."""
    part = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][2:]


def numbers(cell):
    return [int(one) for one in re.findall(r"\d+", cell)]


def minutes(lesson, sections):
    """Add up the minutes of numbered sections."""
    by_number = {int(heading.split(".")[0]): time for heading, time, _ in plan(lesson)}
    return sum(by_number[section] for section in sections)


def test_every_command_of_the_guide_exists():
    named = set(re.findall(r"python -m grading ([a-z][a-z-]+)", GUIDE))
    assert named <= set(COMMANDS)
    assert {"doctor", "roster", "release", "collect", "import-submissions", "autograde", "report",
            "feedback", "return", "export", "similarity", "notes"} <= named  # fmt: skip


def test_cut_points(lessons):
    table = rows("Teaching a lesson")
    assert [row[0] for row in table] == list(lessons)
    for name, keep, home, exercise in table:
        lesson = lessons[name]
        in_class = [int(heading.split(".")[0]) for heading, _, so_far in plan(lesson) if so_far]
        assert sorted(numbers(keep) + numbers(home)) == in_class, name
        assert minutes(lesson, numbers(keep)) <= 66, name
        assert exercise in lesson.points


def test_plans_fit_into_their_meetings(lessons):
    table = rows("In 1, 3 or 6 meetings")
    for plan_name, _, name, sections in table:
        longest = 105 if plan_name.startswith("6") else 90
        assert minutes(lessons[name], numbers(sections)) <= longest, (plan_name, name)
    for size in (1, 3, 6):
        assert sum(row[0].startswith(f"{size} ") for row in table) == size
    whole = {row[2]: numbers(row[3]) for row in table if row[0].startswith("6")}
    for name, sections in whole.items():
        assert minutes(lessons[name], sections) == lessons[name].about["minutes"]


def test_notes_have_every_exercise_mistake_and_rubric(lessons):
    lesson = lessons["04-market-reaction"]
    text = notes(lesson)
    known = answers.load(lesson)
    for exercise in lesson.points:
        assert f"### {exercise}\n" in text
        for answer in known.wrong[exercise]:
            assert f"- **{answer.name}**" in text
    assert (
        "- **divided-by-new-price**: … is what you get when you divide by the *new* price" in text
    )
    for cell in lesson.parts("rubric"):
        assert cell.source.strip() in text
    for levels in known.written.values():
        for samples in levels.values():
            assert all(" ".join(sample.split()) in text for sample in samples)


def test_notes_on_paper(run, tmp_path):
    code, told = run("notes", "00", "--to", tmp_path / "notes.md")
    assert code == 0 and "Written" in told
    assert (tmp_path / "notes.md").read_text("utf-8").startswith("# 00-start-here")
    code, told = run("notes", "99")
    assert code == 1 and "there is no lesson 99" in told


def test_the_example_builds_and_is_graded(tmp_path):
    text = GUIDE.split("````markdown\n")[1].split("\n````\n")[0]
    code = GUIDE.split("answers.py`:\n\n```python\n")[1].split("\n```\n")[0]
    source = tmp_path / "repository/solutions/07-ripples/ripples.md"
    source.parent.mkdir(parents=True)
    source.write_text(text, "utf-8")
    source.with_name("answers.py").write_text(code, "utf-8")
    (lesson,) = release.read(root=tmp_path / "repository")
    known = answers.load(lesson)
    assert not answers.borrowings(lesson, known)
    course = release.build([lesson], tmp_path / "course")
    edition = nbformat.read(course.root / "lessons/en/07-ripples/ripples.ipynb", as_version=4)
    assert "{{ width | number(1) }}" in text and "5.0 metres wide" in edition.cells[0].source
    right, wrong = known.right["ring-width"][0], known.wrong["ring-width"][0]
    for student, answer in (("ada", right), ("bob", wrong)):
        course.submit(lesson.name, student, fill(edition, {"ring-width": answer.code}))
        course.autograde(lesson.name, student)
        assert sum(course.auto_scores(lesson.name, student).values()) == answer.points


def test_what_students_get_holds_no_hidden_test():
    line = next(line for line in GUIDE.splitlines() if "git archive HEAD" in line)
    paths = line.split("git archive HEAD ")[1].split(" |")[0].split()
    assert not {"solutions", "grading", "tests"} & set(paths)
    for path in paths:
        assert (REPOSITORY / path).exists(), path
    for notebook in (REPOSITORY / "lessons").rglob("*.ipynb"):
        assert "BEGIN HIDDEN TESTS" not in notebook.read_text("utf-8")
