"""A course with an exchange, and a graded class whose marks are known."""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from grading import answers, classroom
from grading.__main__ import app
from grading.builder import release
from grading.course import Course

# pytest's importlib mode needs to be told where helpers are.
sys.path.insert(0, str(Path(__file__).parent))

from small_course import NAME, SIZE, SOURCE, Pupil, grade


@pytest.fixture(scope="session")
def lesson():
    (lesson,) = release.read(root=SOURCE)
    return lesson


@pytest.fixture(scope="session")
def pupils(lesson):
    """The simulated class: who answers what is known."""
    return classroom.draw(answers.load(lesson), SIZE, seed=1957)


@pytest.fixture(scope="session")
def built(lesson, tmp_path_factory):
    """A course that is released, but has no exchange and no submissions; do not change it."""
    course = release.build([lesson], tmp_path_factory.mktemp("built") / "course")
    course.write_configuration()
    return course.root


@pytest.fixture(scope="session")
def graded_once(built, lesson, pupils, tmp_path_factory):
    """The class has handed in and is graded; do not change it."""
    root = shutil.copytree(built, tmp_path_factory.mktemp("graded") / "course")
    course = Course(root)
    edition = nbformat.read(root / f"lessons/en/{NAME}/ripples.ipynb", as_version=4)
    for day, student in enumerate(pupils, start=1):
        path = course.submit(NAME, student.id, student.notebook(edition))
        path.with_name("timestamp.txt").write_text(f"2026-03-{day:02} 12:00:00 UTC")
    grade(course)
    return root


@pytest.fixture
def course(built, tmp_path, monkeypatch):
    """A copy of the released course, with an exchange of its own; the current folder."""
    root = shutil.copytree(built, tmp_path / "course")
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    settings = root / "nbgrader_config.py"
    settings.write_text(
        settings.read_text()
        + f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n"
        + f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n"
    )
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def graded(graded_once, tmp_path, monkeypatch):
    """A copy of the graded course; the current folder."""
    root = shutil.copytree(graded_once, tmp_path / "graded", copy_function=shutil.copy2)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(monkeypatch):
    """Run a command; return its exit code and what it printed, unwrapped."""
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*arguments):
        outcome = CliRunner().invoke(app, [str(one) for one in arguments])
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome
        return outcome.exit_code, outcome.output

    return invoke


@pytest.fixture
def pupil(course, tmp_path):
    return Pupil(tmp_path / "pupil", tmp_path / "exchange", tmp_path / "cache")
