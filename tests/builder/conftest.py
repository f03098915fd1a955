"""A course of one small lesson, `01-ripples`, and ways to break it."""

import shutil
from pathlib import Path

import pytest

from grading.builder import release

COURSE = Path(__file__).with_name("course")
SOURCE = Path("solutions", "01-ripples", "ripples.md")


@pytest.fixture
def course(tmp_path):
    """A writable copy of the course's folder, with nothing built yet."""
    return shutil.copytree(COURSE, tmp_path / "course")


@pytest.fixture
def rewrite(course):
    """Replace texts in the lesson's source, each of which must be there exactly once."""

    def replace(*pairs):
        path = course / SOURCE
        text = path.read_text("utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        return course

    return replace


@pytest.fixture(scope="session")
def lesson():
    (lesson,) = release.read(root=COURSE)
    return lesson


@pytest.fixture(scope="session")
def built(lesson, tmp_path_factory):
    """The course built with nbgrader, once for all tests; do not change it."""
    return release.build([lesson], tmp_path_factory.mktemp("built"))
