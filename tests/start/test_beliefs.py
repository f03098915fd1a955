"""Beliefs survive between lessons, and a damaged file is never overwritten."""

import json

import pytest

from sputnik_moment import beliefs


def test_a_belief_is_found_from_the_same_folder_and_from_a_later_lesson(tmp_path, monkeypatch):
    first, later = tmp_path / beliefs.HOME, tmp_path / "06-claims-audit"
    first.mkdir()
    later.mkdir()
    monkeypatch.chdir(first)
    beliefs.record("nvda-17", "cannot tell")
    beliefs.record("nvda-17", "holds")
    beliefs.record("loss-589", "does not hold")
    expected = {"loss-589": "does not hold", "nvda-17": "holds"}
    assert beliefs.recall() == expected
    monkeypatch.chdir(later)
    assert beliefs.recall() == expected
    assert json.loads((first / beliefs.FILE).read_text()) == expected
    assert [path.name for path in first.iterdir()] == [beliefs.FILE]


def test_without_lesson_00_there_are_no_beliefs(tmp_path):
    assert beliefs.recall(tmp_path) == {}


def test_an_unknown_belief_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(beliefs.BeliefError, match="Choose one of: holds"):
        beliefs.record("nvda-17", "maybe", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["{", "[]", '{"a": "maybe"}', '{"a": []}'])
def test_a_damaged_file_is_left_alone(tmp_path, text):
    path = tmp_path / beliefs.FILE
    path.write_text(text)
    with pytest.raises(beliefs.BeliefError, match="Rename it"):
        beliefs.record("nvda-17", "holds", tmp_path)
    assert path.read_text() == text
