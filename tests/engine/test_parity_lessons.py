"""Every lesson of the course, through the engine and through stock nbgrader.

Both grade one student of a lesson, who mixes right, wrong and untouched answers, and must write the
same rows and the same notebook. The engine also grades every known answer, and each must get the
mark that is known. Every test run does this with the first lesson. ``PARITY=mixed`` takes the one
student of every lesson, ``PARITY=known`` adds the known answers, and with ``PARITY=full`` both
graders grade all of these, which takes half an hour.
"""

from __future__ import annotations

import os
from itertools import cycle

import nbformat
import pytest
from engine_courses import Course, normal, tables

from grading import answers
from grading.builder import release, source
from grading.course import REPOSITORY
from grading.course import Course as Built

AMOUNT = os.environ.get("PARITY", "")
LESSONS = [path.parent.name for path in source.find(REPOSITORY, [])][: None if AMOUNT else 1]
MIXED = "mixed"
PACK = "known-"


def mixed(known):
    """Right, wrong and untouched answers in turn, as exercise -> code."""
    kinds = cycle((known.right, known.wrong, None))
    pairs = zip(known.right, kinds, strict=False)
    codes = {exercise: kind[exercise][-1].code.strip("\n") for exercise, kind in pairs if kind}
    return codes | {name: max(levels.items())[1][0] for name, levels in known.written.items()}


class Graded:
    """One lesson, graded by both; ``packs`` has the known answers of each further student."""

    def __init__(self, name, folder):
        (self.lesson,) = release.read([name])
        known = answers.load(self.lesson)
        self.stock = release.build([self.lesson], folder / "stock")
        self.stock.write_configuration()
        path = self.stock.root / "lessons" / release.LANGUAGE / name / f"{self.lesson.slug}.ipynb"
        self.edition = nbformat.read(path, as_version=4)
        packs = [] if AMOUNT == "mixed" else known.packs()
        self.packs = {f"{PACK}{k:02}": pack for k, pack in enumerate(packs, 1)}
        self.both = [MIXED, *self.packs] if AMOUNT == "full" else [MIXED]
        self.stock.submit(name, MIXED, answers.fill(self.edition, mixed(known)))
        if len(self.both) > 1:
            self.submit_packs(self.stock)
        twin = Course.__new__(Course)
        twin.root = self.stock.root
        twin = twin.copy_to(folder / "engine")
        self.engine = Built(twin.root)
        self.submit_packs(self.engine)
        self.rows = twin.engine("--workers", "1", assignment=name)
        for student in self.both:
            self.stock.autograde(name, student)

    def submit_packs(self, course):
        for student, pack in self.packs.items():
            codes = {exercise: one.code.strip("\n") for exercise, one in pack.items()}
            course.submit(self.lesson.name, student, answers.fill(self.edition, codes))

    def notebook(self, course, student):
        folder = course.root / "autograded" / student / self.lesson.name
        return normal(nbformat.read(folder / f"{self.lesson.slug}.ipynb", as_version=4))

    def tables(self, course):
        """The gradebook, with the students only that both have graded."""
        others = set(self.packs) - set(self.both)
        found = tables(course.root / "gradebook.db")
        return {name: [row for row in rows if not others & set(row)]
                for name, rows in found.items()}  # fmt: skip


@pytest.fixture(scope="module", params=LESSONS)
def graded(request, tmp_path_factory):
    return Graded(request.param, tmp_path_factory.mktemp("lesson"))


def test_the_gradebooks_are_equal(graded):
    ours, theirs = graded.tables(graded.engine), graded.tables(graded.stock)
    for name in theirs:
        assert ours[name] == theirs[name], name


def test_the_autograded_notebooks_are_equal(graded):
    for student in graded.both:
        ours = graded.notebook(graded.engine, student)
        theirs = graded.notebook(graded.stock, student)
        for one, other in zip(ours["cells"], theirs["cells"], strict=True):
            assert one == other
        assert ours == theirs


def test_every_known_answer_gets_its_mark(graded):
    for student, pack in graded.packs.items():
        marks = graded.lesson.by_exercise(graded.engine.auto_scores(graded.lesson.name, student))
        wanted = {exercise: answer.points for exercise, answer in pack.items()}
        assert {exercise: marks[exercise] for exercise in pack} == wanted, student


def test_honest_work_raises_no_suspicion(graded):
    for row in graded.rows.values():
        assert not row["human"], row["notes"]
        assert not any("locked cell" in note or "claims" in note for note in row["notes"])
