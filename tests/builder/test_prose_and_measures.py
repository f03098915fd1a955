"""Figures in words, and the counts that the design aims for."""

import numpy as np
import pandas as pd
import pytest

from grading.builder import measures, prose, rules, source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ fall | percent(2) }}", "-16.97 %"),
        ("{{ fall | percent }}", "-17 %"),
        ("{{ (-fall) | percent(1) }}", "17.0 %"),
        ("{{ 1234567.891 | number(2) }}", "1,234,567.89"),
        ("{{ days | number }}", "1,600"),
        ("{{ 592.74e9 | billions(1) }}", "592.7 billion"),
        ("{{ day | date }}", "27 January 2025"),
        ("$\\frac{P_{t}}{P_{t-1}}$ and {# no comment #} and {% no block %}", None),
    ],
)
def test_placeholders(lesson, text, expected):
    values = {"fall": np.float64(-0.1696815), "days": 1600, "day": pd.Timestamp("2025-01-27")}
    cell = source.Cell("markdown", text, {"lang": "en"}, 1)
    assert prose.fill(lesson, cell, values) == (text if expected is None else expected)


def test_the_small_lesson_keeps_the_rules(lesson):
    assert rules.problems(lesson) == []


def test_words_are_counted_as_a_reader_would():
    text = "Its **share** fell {{ by | percent(2) }} 17 %, `code` and [this](https://a.b/c) $x_t$."
    assert measures.words(source.Cell("markdown", text, {}, 1)) == 5


def test_measures_of_the_small_lesson(lesson):
    measured = {aim.name: aim.of(lesson) for aim in measures.AIMS}
    assert measured["cells"] == 15
    assert measured["exercises"] == 3
    assert measured["automatic points"] == 6
    assert measured["code then prose"] == 100
    assert measured["minutes without a check"] == 12
    assert any("cells 15; the aim is 20 to 40" in warning for warning in measures.warnings(lesson))
