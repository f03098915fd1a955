"""What the builder makes of a good source: both notebooks, the same bytes every time."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from typer.testing import CliRunner

from grading.__main__ import app
from grading.builder import cli, edition, release
from grading.builder.course_map import CourseMap

RELEASED = "lessons/en/01-ripples/ripples.ipynb"
INSTRUCTORS = "solutions/01-ripples/ripples.ipynb"


@pytest.fixture(scope="session")
def student(built):
    return nbformat.read(built.root / RELEASED, as_version=4)


@pytest.fixture(scope="session")
def teacher(built):
    return nbformat.read(built.root / INSTRUCTORS, as_version=4)


def cell(notebook, name):
    (found,) = (cell for cell in notebook.cells if cell.id == name)
    return found


def test_both_notebooks_are_valid_for_jupyter_and_nbgrader(student, teacher):
    for notebook in (student, teacher):
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)


def test_students_get_no_answers_no_tests_and_no_rubrics(built, student):
    text = (built.root / RELEASED).read_text("utf-8")
    for secret in ("2 * SPEED", "SOLUTION", "HIDDEN", "assert", "marker", "reason unclear"):
        assert secret not in text
    assert cell(student, "01-ring-width").source == "ring_width = ...\n# Write your answer here"
    assert cell(student, "01-ring-height").source.endswith("    # Write your answer here")


def test_teachers_get_them_all(teacher):
    text = "\n".join(cell.source for cell in teacher.cells)
    for kept in ("2 * SPEED", "the planted marker", "reason unclear"):
        assert kept in text


def test_nothing_depends_on_a_run(student):
    for cell in student.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert "version" not in json.dumps(student.metadata).lower()


def test_flags_of_every_part(student):
    flags = {
        cell.id: tuple(cell.metadata.nbgrader[flag] for flag in ("grade", "solution", "locked"))
        for cell in student.cells
        if "nbgrader" in cell.metadata
    }
    assert flags["01-provided-01"] == (False, False, True)
    assert flags["01-ring-width"] == (False, True, False)
    assert flags["01-ring-width-test-01"] == (True, False, True)
    assert flags["01-report"] == (True, True, False)
    assert "01-predict-01" not in flags
    assert cell(student, "01-ring-height-test-02").metadata.nbgrader.points == 2
    assert cell(student, "01-ring-width-test-01").metadata.editable is False


def test_prose_carries_language_figures_and_pace(student):
    first, second = (cell(student, f"01-text-en-0{k}") for k in (1, 2))
    assert first.metadata.lang == "en"
    assert "After 10 seconds the first ring is\n5.0 metres wide, 7.8 % of" in first.source
    heading, _, pace, *_ = second.source.splitlines()
    assert heading == "## The width of a ring"
    assert pace == "*About 10 minutes; after this section you are at 10 of 30.*"
    assert r"\frac{w_{t}}{t}" in second.source


def test_a_section_for_later_says_so_and_does_not_count(rewrite):
    course = rewrite(
        ("  minutes: 30", "  minutes: 22"),
        ('"lang": "en", "minutes": 8', '"lang": "en", "at_home": 8'),
    )
    (found,) = release.read(root=course)
    text = "\n".join(cell.source for cell in edition.instructors(found, "en").cells)
    assert "*About 8 minutes more, at home or later: the 22 minutes end here.*" in text
    assert "| 22 + 8 at home |" in str(CourseMap(course, "lessons/en"))


def test_only_the_first_section_for_later_says_where_the_lesson_ends(rewrite):
    course = rewrite(
        ("  minutes: 30", "  minutes: 10"),
        ('"lang": "en", "minutes": 12', '"lang": "en", "at_home": 12'),
        ('"lang": "en", "minutes": 8', '"lang": "en", "at_home": 8'),
    )
    (found,) = release.read(root=course)
    text = "\n".join(cell.source for cell in edition.instructors(found, "en").cells)
    assert "*About 12 minutes more, at home or later: the 10 minutes end here.*" in text
    assert "*About 8 minutes more, at home or later.*" in text


def test_the_prompt_of_a_written_answer_is_kept(student):
    prompt = cell(student, "01-report").source
    assert prompt.startswith("Replace this text: say in two sentences")
    assert "after 10 seconds" in prompt
    assert "<!--" not in prompt


def test_front_matter_reaches_readers(student):
    about = student.metadata.sputnik
    assert about.title == student.metadata.title == "Ripples: how far does a stone reach?"
    assert about.question == "How wide is a ring after ten seconds?"
    assert (about.minutes, about.language, about.lesson) == (30, "en", "01-ripples")
    assert [objective["id"] for objective in about.objectives] == ["speed", "fade", "argue"]


def test_exercises_say_what_they_test(student):
    about = cell(student, "01-ring-height").metadata.sputnik
    assert (about.exercise, about.kind, about.objectives) == ("ring-height", "function", ["fade"])


def test_cell_ids_say_lesson_exercise_and_place(student):
    ids = [cell.id for cell in student.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"01-[a-z0-9-]+", name) for name in ids)


def test_only_the_notebook_is_released(built):
    released = [path.name for path in (built.root / RELEASED).parent.rglob("*")]
    assert released == ["ripples.ipynb"]


def test_a_second_build_changes_no_byte(course, built):
    assert [str(path) for path in release.install(root=course)] == [RELEASED, INSTRUCTORS]
    assert (course / RELEASED).read_bytes() == (built.root / RELEASED).read_bytes()
    assert release.install(root=course) == []
    assert release.differences(root=course) == []


def test_check_names_what_differs(course, built):
    folder = (course / RELEASED).parent
    folder.mkdir(parents=True)
    (folder / "ripples.ipynb").write_bytes((built.root / RELEASED).read_bytes() + b"\n")
    (folder / "left-behind.csv").write_text("1")
    (folder.parent / "00-gone").mkdir()
    stale = [str(path) for path in release.differences(root=course)]
    assert stale == [
        "lessons/en/00-gone",
        f"{folder.relative_to(course)}/left-behind.csv",
        RELEASED,
    ]


def test_the_command_tells_and_fails(course, monkeypatch):
    monkeypatch.setattr(cli, "REPOSITORY", course)
    outcome = CliRunner().invoke(app, ["build", "--check"])
    assert outcome.exit_code == 1
    assert f"{RELEASED} differs" in outcome.output
    assert not (course / RELEASED).exists()


def test_stock_nbgrader_builds_the_same_bytes(course, built):
    """An instructor who runs nbgrader's own command in the repository changes no lesson."""
    release.install(root=course)
    built.write_configuration()
    config = (built.root / "nbgrader_config.py").read_text()
    (course / "nbgrader_config.py").write_text(config)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "01-ripples", "--force"]
    done = subprocess.run(command, cwd=course, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (course / RELEASED).read_bytes() == (built.root / RELEASED).read_bytes()
    assert [path.name for path in (course / RELEASED).parent.iterdir()] == ["ripples.ipynb"]
