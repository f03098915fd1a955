"""No attack of the corpus gets a mark, reads what it should not, or stops the class."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from engine_courses import tables
from hostile import vault
from hostile.corpus import ATTACKS, everything_of, hand_in
from traitlets.config import Config

from grading.engine.classroom import Classroom, Options

HONEST = ("0-honest", "z-honest")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The whole corpus between two honest students, graded in one run."""
    from nbgrader.coursedir import CourseDirectory

    course = vault.build(tmp_path_factory.mktemp("vault") / "course")
    listener = socket.create_server(("127.0.0.1", 0))
    for student in HONEST:
        course.submit(student, vault.RIGHT)
    for attack in ATTACKS:
        hand_in(course, attack, listener.getsockname()[1])
    os.environ["GRADER_TEST_SECRET"] = "s3cr3t"
    config = Config({"Execute": {"timeout": 2}})
    coursedir = CourseDirectory(config=config, root=str(course.root), course_id="test")
    options = Options(workers=1, memory=400 * 2**20, notebook_seconds=25)
    room = Classroom(coursedir, config, "ps", options)
    rows = {row.student: row for row in room.grade(lambda row, total: None)}
    del os.environ["GRADER_TEST_SECRET"]
    listener.close()
    grades = {}
    for _, student, _, cell, auto, manual, extra, needs in tables(course.root / "gradebook.db")[
        "grades"
    ]:
        grades.setdefault(student, {})[cell] = (auto, manual, extra, bool(needs))
    return course, rows, grades


def test_the_corpus_is_large_and_its_names_are_unique():
    names = [attack.name for attack in ATTACKS]
    assert len(names) >= 60 and len(set(names)) == len(names)


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_before_and_after_keep_their_marks(graded, student):
    _, rows, grades = graded
    assert {name: grades[student][name][0] for name in vault.TESTS} == dict.fromkeys(vault.TESTS, 2)
    assert rows[student].state == "graded" and not rows[student].human


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
class TestAttack:
    def test_gets_no_mark(self, graded, attack):
        _, _, grades = graded
        got = {name: grades[attack.name][name][0] for name in vault.TESTS}
        assert got == {**dict.fromkeys(vault.TESTS, 0.0), **attack.marks}
        assert all(extra is None for _, _, extra, _ in grades[attack.name].values())
        for name in ("essay-code", "essay"):
            auto, _, _, needs = grades[attack.name][name]
            assert (auto is None and needs) or auto == 0.0

    def test_is_reported(self, graded, attack):
        _, rows, _ = graded
        row = rows[attack.name]
        assert row.state == attack.state, row.notes
        if attack.human is not None:
            assert row.human == attack.human, row.notes
        assert all(note.isprintable() for note in row.notes)

    def test_reads_nothing_it_should_not(self, graded, attack):
        course, _, _ = graded
        text = everything_of(course, attack.name)
        assert vault.MARKER not in text
        for secret in attack.absent:
            assert secret not in text
        for proof in attack.present:
            assert proof in text


def test_nothing_was_touched_and_nothing_is_left(graded):
    course, _, grades = graded
    assert (course.root / "solutions.txt").read_text() == vault.SECRET
    assert not list(course.root.rglob("evil*"))
    assert not any(Path(p).exists() for p in ("/tmp/pickle-was-opened", "/tmp/evil.py"))
    assert set(grades) == {*HONEST, *(attack.name for attack in ATTACKS)}
    for folder in (course.root / "autograded").iterdir():
        assert not any(path.is_symlink() for path in folder.rglob("*"))


def test_no_process_of_a_submission_is_left(graded):
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            assert b"31337" not in line
