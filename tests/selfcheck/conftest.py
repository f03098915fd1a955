"""A small course, and a learner's notebook of it that a test may change."""

import copy
import shutil
from pathlib import Path

import nbformat
import pytest

from grading import answers
from grading.builder import release

COURSE = Path(__file__).parents[1] / "builder" / "course"


@pytest.fixture(scope="session")
def lesson():
    (lesson,) = release.read(root=COURSE)
    return lesson


@pytest.fixture(scope="session")
def edition(lesson, tmp_path_factory):
    """The student edition of the small lesson."""
    course = release.build([lesson], tmp_path_factory.mktemp("built"))
    path = course.root / "lessons" / "en" / lesson.name / f"{lesson.slug}.ipynb"
    return nbformat.read(path, as_version=4)


class Learner:
    """Somebody who works alone in a copy of the course."""

    def __init__(self, root, lesson, edition):
        self.root = root
        self.path = root / "lessons" / "en" / lesson.name / f"{lesson.slug}.ipynb"
        self.notebook = copy.deepcopy(edition)
        self.path.parent.mkdir(parents=True)
        self.save()

    def save(self):
        nbformat.write(self.notebook, self.path)

    def answer(self, **texts):
        """Fill in answers, by exercise with `_` for `-`, and save."""
        texts = {name.replace("_", "-"): text for name, text in texts.items()}
        self.notebook = answers.fill(self.notebook, texts)
        self.save()

    def cell(self, name):
        named = (one.metadata.get("nbgrader", {}).get("grade_id") for one in self.notebook.cells)
        return self.notebook.cells[list(named).index(name)]

    def delete(self, *names):
        gone = [self.cell(name) for name in names]
        self.notebook.cells = [cell for cell in self.notebook.cells if cell not in gone]
        self.save()


@pytest.fixture
def learner(tmp_path, lesson, edition):
    shutil.copytree(COURSE, tmp_path / "course")
    return Learner(tmp_path / "course", lesson, edition)
