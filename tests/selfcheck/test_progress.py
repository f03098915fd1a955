"""The file of progress belongs to the learner: it is never damaged, and never read wrongly."""

import os

import pytest

from sputnik_moment import progress
from sputnik_moment.results import NOT_YET, RIGHT, Result, course_line

GOOD = [Result("one", RIGHT, "", points=2, of=2), Result("two", NOT_YET, "", points=0, of=1)]
BAD = [Result("one", NOT_YET, "", points=0, of=2), Result("two", NOT_YET, "", points=0, of=1)]


def test_results_are_kept_by_lesson_and_read_back(tmp_path):
    path = tmp_path / progress.FILE
    assert progress.read(path) == {}
    progress.record(path, "01-a", GOOD)
    lessons = progress.record(path, "02-b", BAD)
    assert progress.read(path) == lessons
    assert course_line(lessons) == "Right so far, by lesson: 01: 1 of 2, 02: 0 of 2."
    assert os.listdir(tmp_path) == [progress.FILE]


def test_what_was_passed_once_stays_passed(tmp_path):
    path = tmp_path / progress.FILE
    progress.record(path, "01-a", GOOD)
    lessons = progress.record(path, "01-a", BAD)
    assert progress.passed(lessons, "01-a", "one") and not progress.passed(lessons, "01-a", "two")
    assert not progress.passed(lessons, "02-b", "one")
    assert course_line(lessons) == "Right so far, by lesson: 01: 0 of 2."


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"lessons": []}',
        '{"lessons": {"a": 1}}',
        '{"lessons": {"a": {"checked": "x", "exercises": {"b": {"state": "perfect"}}}}}',
        b"\xff\xfe",
    ],
)
def test_a_broken_file_is_reported_and_kept(tmp_path, content):
    path = tmp_path / progress.FILE
    content = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(content)
    with pytest.raises(progress.ProgressError, match="Rename it to keep it"):
        progress.record(path, "01-a", GOOD)
    assert path.read_bytes() == content


def test_a_crash_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / progress.FILE
    progress.record(path, "01-a", GOOD)
    before = path.read_bytes()

    def crash(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="full"):
        progress.record(path, "01-a", BAD)
    assert path.read_bytes() == before


def test_the_file_lies_beside_the_folders_of_the_lessons(tmp_path):
    usual = tmp_path / "04-market-reaction" / "market-reaction.ipynb"
    assert progress.place(usual, "04-market-reaction") == tmp_path / progress.FILE
    elsewhere = tmp_path / "desk" / "copy.ipynb"
    assert progress.place(elsewhere, "04-market-reaction") == tmp_path / "desk" / progress.FILE
