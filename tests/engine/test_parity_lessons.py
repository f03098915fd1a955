"""Every lesson of the course, through the engine and through stock nbgrader.

Both grade one student of a lesson, who mixes right, wrong and untouched answers, and must write the
same rows and the same notebook. With ``PARITY=full`` both graders grade every known answer too,
which takes half an hour; that the engine gives each of these its mark is tested with the lessons.
"""

from __future__ import annotations

import os
import shutil
from itertools import cycle

import nbformat
import pytest
from engine_courses import normal, tables

from grading import answers
from grading.builder import release, source
from grading.course import REPOSITORY, Course
from grading.engine.classroom import Classroom, Options

FULL = os.environ.get("PARITY") == "full"
LESSONS = [path.parent.name for path in source.find(REPOSITORY, [])]
MIXED = "mixed"


def mixed(known):
    """Right, wrong and untouched answers in turn, as exercise -> code."""
    kinds = cycle((known.right, known.wrong, None))
    pairs = zip(known.right, kinds, strict=False)
    codes = {exercise: kind[exercise][-1].code.strip("\n") for exercise, kind in pairs if kind}
    return codes | {name: max(levels.items())[1][0] for name, levels in known.written.items()}


class Graded:
    """One lesson, graded by both; each of ``codes`` is what one student answers."""

    def __init__(self, name, folder):
        (self.lesson,) = release.read([name])
        known = answers.load(self.lesson)
        self.codes = {MIXED: mixed(known)}
        for number, pack in enumerate(known.packs() if FULL else [], start=1):
            codes = {exercise: one.code.strip("\n") for exercise, one in pack.items()}
            self.codes[f"known-{number:02}"] = codes
        self.stock = release.build([self.lesson], folder / "stock")
        path = self.stock.root / "lessons" / release.LANGUAGE / name / f"{self.lesson.slug}.ipynb"
        edition = nbformat.read(path, as_version=4)
        for student, codes in self.codes.items():
            self.stock.submit(name, student, answers.fill(edition, codes))
        self.engine = Course(shutil.copytree(self.stock.root, folder / "engine"))
        options = Options(workers=1)
        room = Classroom(self.engine.directory(), self.engine.config, name, options)
        self.rows = room.grade(lambda row, total: None)
        for student in self.codes:
            self.stock.autograde(name, student)

    def notebook(self, course, student):
        folder = course.root / "autograded" / student / self.lesson.name
        return normal(nbformat.read(folder / f"{self.lesson.slug}.ipynb", as_version=4))


@pytest.fixture(scope="module", params=LESSONS)
def graded(request, tmp_path_factory):
    return Graded(request.param, tmp_path_factory.mktemp("lesson"))


def test_the_gradebooks_are_equal(graded):
    ours, theirs = (
        tables(course.root / "gradebook.db") for course in (graded.engine, graded.stock)
    )
    for name in theirs:
        assert ours[name] == theirs[name], name


def test_the_autograded_notebooks_are_equal(graded):
    for student in graded.codes:
        ours = graded.notebook(graded.engine, student)
        theirs = graded.notebook(graded.stock, student)
        for one, other in zip(ours["cells"], theirs["cells"], strict=True):
            assert one == other
        assert ours == theirs


def test_honest_work_raises_no_suspicion(graded):
    for row in graded.rows:
        assert not row.human, row.notes
        assert not any("locked cell" in note or "claims" in note for note in row.notes)
