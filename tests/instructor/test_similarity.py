"""Pairs that are closer than the class norm, whatever names and layout they use."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_course import NAME, opened

from grading.instructor import results, similarity
from grading.instructor.similarity import compare, normal_form, runs

ODD = """
def ring_height(time):
    # my own way
    powers = [time ** k for k in range(0)]
    return (1 + sum(powers)) / (time + 1.0 + 0 * time)
"""
RENAMED = '''
def ring_height( t ):
    """Return the height."""
    xs=[t**i for i in range(0)]
    return ((1+sum(xs)) / (t + 1.0 + 0*t))   # copied
'''
OTHER = """
def ring_height(time):
    return 2 / (2 * time + 2)
"""


def test_names_layout_comments_and_docstrings_do_not_matter():
    assert normal_form(ODD) == normal_form(RENAMED)
    assert normal_form(ODD) != normal_form(OTHER)


def test_what_is_called_does_matter():
    assert normal_form("x = np.log(a)") != normal_form("x = np.exp(a)")
    assert normal_form("x = 2 * a") != normal_form("x = 3 * a")
    assert normal_form("x = a - b") != normal_form("x = b - a")


def test_what_is_no_python_is_taken_as_words():
    assert normal_form("def broken(:\n  Return") == ["def", "broken", "return"]


def test_runs():
    assert runs(list("abcde"), 4) == {tuple("abcd"), tuple("bcde")}
    assert runs(["a"], 4) == {("a",)}
    assert runs([], 4) == frozenset()


def test_closeness_by_hand():
    """Six students; a run of all weighs nothing, one of two weighs log 3, of one log 6."""
    a, b, c = (("x", k) for k in "abc")
    alone = [("x", k) for k in "defg"]
    every = ("x", "all")
    groups = [{every, a, b}, {every, a, c}, *({every, one} for one in alone)]
    found = compare({f"s{k}": {"ex": frozenset(g)} for k, g in enumerate(groups)})
    closest = found.pairs[0]
    assert (closest.one, closest.other) == ("s0", "s1")
    shared, own = np.log(6 / 2), np.log(6)
    assert closest.closeness == pytest.approx(shared / (shared + 2 * own))
    assert closest.shared == {"ex": pytest.approx(shared)}
    assert all(pair.closeness == 0 for pair in found.pairs[1:])


def test_what_everybody_has_written_is_no_lead():
    same = {f"s{k}": {"ex": runs(list("abcdef"), 4)} for k in range(8)}
    assert compare(same).unusual == []


def test_too_few_have_no_norm():
    with pytest.raises(ValueError, match="2 students have answered"):
        compare({f"s{k}": {"ex": frozenset({(str(k),)} if k < 2 else ())} for k in range(9)})


@pytest.fixture(scope="module")
def found(graded_once):
    """The simulated class; one has an odd answer, and another one the same in other clothes."""
    plain = results.load(opened(graded_once), NAME)
    shared = {"report": "The stone pushes water aside and so five metres of pond are wet."}
    code = dict(plain.code)
    code |= {("student-03", "ring-height"): ODD, ("student-09", "ring-height"): RENAMED}
    code |= {(who, "report"): shared["report"] for who in ("student-03", "student-09")}
    code |= {(who, "ring-width"): f"ring_width = 2 * {k} * 0.25 * 10 / {k}"
             for k, who in enumerate(("student-03", "student-09"), start=7)}  # fmt: skip
    return replace(plain, code=code)


def test_the_planted_pair_is_the_first(graded_once, found):
    here = opened(graded_once)
    given = similarity._handed_out(here, found)
    comparison = compare(similarity.answers_of(found, given))
    first = comparison.pairs[0]
    assert (first.one, first.other) == ("student-03", "student-09")
    assert first in comparison.unusual
    assert {"ring-height", "report"} <= set(first.shared)
    # Who did nothing has nothing in common with anybody.
    assert not any("student-01" in (pair.one, pair.other) for pair in comparison.pairs)
    page = similarity.page(found, comparison)
    assert "not a verdict" in page and "student-03 and student-09" in page
    assert "<script" not in page and "cheat" not in page.lower()


def test_what_the_lesson_hands_out_does_not_count(graded_once, found):
    given = similarity._handed_out(opened(graded_once), found)
    assert set(given) == {"ring-width", "ring-height", "why-fade", "report"}
    untouched = {(f"s{k}", name): text for k in range(6) for name, text in given.items()}
    answers = similarity.answers_of(replace(found, code=untouched), given)
    assert not any(part for mine in answers.values() for part in mine.values())


def test_the_command(graded, run):
    code, told = run("similarity", "ripples")
    assert code == 0 and "A lead for a talk, not a verdict." in told
    pairs = pd.read_csv(graded / f"reports/{NAME}/similarity.csv")
    assert len(pairs) == 13 * 12 / 2
    assert pairs["closeness"].between(0, 1).all()
    assert (graded / f"reports/{NAME}/similarity.html").exists()


def test_the_command_without_enough_submissions(course, graded_once, run):
    for step in ("submitted", "autograded"):
        shutil.copytree(graded_once / step / "student-02", course / step / "student-02")
    code, told = run("similarity", "ripples")
    assert code == 1 and "a norm needs 5" in told
