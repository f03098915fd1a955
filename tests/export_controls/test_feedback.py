"""What the checks of lesson 03 say to answers that resemble no known mistake, or nearly a right."""

import numpy as np
import pandas as pd
import pytest

from sputnik_moment import data, feedback
from sputnik_moment import export_controls as ec
from sputnik_moment.feedback import KEEP_WORKING, NEARLY, RIGHT


@pytest.fixture(scope="module")
def check():
    return feedback.lesson("export-controls")


@pytest.fixture(scope="module")
def sheets():
    chips = data.load("chips").set_index("chip")
    sheets = chips[chips["die_area_status"].isin(["published", "unpublished"])]
    return sheets.assign(tpp=[ec.chip(name).tpp for name in sheets.index])


def october_2023(tpp, density, data_centre, note=True, by_density=True, excepted=True):
    """Return the tier, with parts of the rule left out if asked for."""
    if note and not data_centre and tpp < 4800:
        return "not controlled"
    if tpp >= 4800 or (by_density and tpp >= 1600 and density >= 5.92):
        return "3A090.a" if data_centre or not excepted else "3A090.a, NAC"
    if (tpp >= 2400 and density >= 1.6) or (tpp >= 1600 and density >= 3.2):
        return "3A090.b, NAC"
    return "not controlled"


def test_two_mistakes_at_once_are_told_with_the_input_that_shows_them(check):
    verdict = check.judge(
        "october-2023", lambda *given: october_2023(*given, by_density=False, excepted=False)
    )
    assert verdict.state == KEEP_WORKING
    assert '`1940, 6.6, True` your function gives "3A090.b, NAC"' in verdict.message
    verdict = check.judge(
        "october-2023", lambda *given: october_2023(*given, note=False, excepted=False)
    )
    assert '`5285, 8.69, False` your function gives "3A090.a"' in verdict.message
    assert "one of" not in verdict.message, "it is one of the four texts, only the wrong one"


def test_a_text_that_is_none_of_the_four_is_told_so(check):
    verdict = check.judge("october-2023", lambda *given: "free")
    assert 'always be one of "not controlled", "3A090.a"' in verdict.message


def test_a_forgotten_exception_in_b_is_told_with_the_text_that_does_not_exist(check):
    verdict = check.judge(
        "october-2023", lambda *given: october_2023(*given).replace("b, NAC", "b")
    )
    assert (verdict.state, verdict.mistake) == (NEARLY, "exception-in-a-only")
    assert '"3A090.b", which is not one of the four texts' in verdict.message


@pytest.mark.parametrize(
    "function",
    [
        lambda link, tpp: link > 599 and tpp > 4799,
        lambda link, tpp: link >= 600 and tpp > 4799,
        lambda link, tpp: link > 599 and tpp >= 4800,
    ],
)
def test_a_rule_for_whole_numbers_only_is_not_right(check, function):
    verdict = check.judge("october-2022", function)
    assert (verdict.state, verdict.mistake) == (NEARLY, "whole-numbers-only")
    assert "gives True, where False is right" in verdict.message


RULE = """
def rule(tpp, density, data_centre):
    if not data_centre and tpp < 4800:
        return "not controlled"
    if tpp >= 4800 or (tpp >= 1600 and density >= 5.92):
        return "3A090.a" if data_centre else "3A090.a, NAC"
    if (tpp >= 2400 and density >= 1.6) or (tpp >= 1600 and density >= 3.2):
        return "3A090.b, NAC"
    return "not controlled"
"""


@pytest.mark.parametrize(
    ("edge", "in_whole_numbers"),
    [
        ("and tpp < 4800", "and tpp <= 4799"),
        ("if tpp >= 4800", "if tpp > 4799"),
        ("tpp >= 1600 and density >= 5.92", "tpp > 1599 and density >= 5.92"),
        ("density >= 5.92", "density > 5.91"),
        ("tpp >= 2400", "tpp > 2399"),
        ("density >= 3.2", "density > 3.19"),
    ],
)
def test_any_edge_for_whole_numbers_only_is_found(check, edge, in_whole_numbers):
    assert edge in RULE
    names = {}
    exec(RULE.replace(edge, in_whole_numbers), names)
    verdict = check.judge("october-2023", names["rule"])
    assert (verdict.state, verdict.mistake) == (NEARLY, "whole-numbers-only")


def test_an_unpublished_figure_that_stops_the_function_is_explained(check):
    verdict = check.judge("tpp", lambda sheet: max(b * s for b, s in sheet.items()))
    assert verdict.mistake == "unpublished-not-left-out" and "`known`" in verdict.message


def test_an_unknown_performance_that_becomes_0_is_spoken_of_without_a_mark(check):
    verdict = check.judge("tpp", lambda sheet: max(b * (s or 0) for b, s in sheet.items()))
    assert verdict.state == RIGHT and "NaN would say that it is unknown" in verdict.message
    known = check.judge("tpp", ec.total_processing_performance)
    assert known.state == RIGHT and "NaN" not in known.message


@pytest.mark.parametrize(
    ("l4", "words"),
    [(3880, "twice too much"), (970, "half of what"), (2000, "you have 2000")],
)
def test_the_chip_that_is_wrong_is_named(check, l4, words):
    answer = {"H100 SXM": 15_832, "RTX 5090": 6704, "L4": l4}
    message = check.judge("dense-or-sparse", answer).message
    assert "Right so far: H100 SXM, RTX 5090. Not yet: L4; you have" in message and words in message


def test_a_line_that_a_chip_is_over_is_told_so(check):
    answer = {"H20": 1 - 2368 / 2400, "RTX 4090 D": 1 - 4707.2 / 4800, "L20": 1 - 3.1396 / 1.6}
    message = check.judge("just-under", answer).message
    assert "Right so far: H20, RTX 4090 D. Not yet: L20; you have -0.96" in message
    assert "*over* the line" in message


@pytest.mark.parametrize("gap", ["unknown", "n/a", None])
def test_a_word_in_the_place_of_a_missing_density_is_not_called_a_missing_number(
    check, sheets, gap
):
    density = (sheets["tpp"] / sheets["die_area_mm2"]).astype(object)
    density[["L2", "Gaudi 3"]] = gap
    verdict = check.judge("density", density)
    assert (verdict.state, verdict.mistake) == (NEARLY, "word-for-unknown")
    assert "idea is right" in verdict.message and "NaN" in verdict.message


def test_wrong_densities_of_the_right_form_are_told_with_a_number(check, sheets):
    density = sheets["tpp"] / sheets["die_area_mm2"]
    verdict = check.judge("density", density + 1)
    assert "form is right, the numbers are not: the H100 SXM has 20.4" in verdict.message
    verdict = check.judge("density", density.round(1))
    assert (verdict.state, verdict.mistake) == (NEARLY, "rounded")
    assert check.judge("density", density.sort_values()).state == RIGHT
    assert check.judge("density", density.astype("Float64")).state == RIGHT


def test_one_wrong_rule_is_named(check):
    answer = {"october-2022": True, "october-2023": False, "april-2025": False}
    message = check.judge("what-changed-for-h20", answer | {"january-2026": False}).message
    assert "Right so far: october-2023, january-2026. Not yet: october-2022;" in message


@pytest.mark.parametrize("filled", [-1, 999, np.inf, 1.9])
def test_a_number_in_the_place_of_an_unknown_density_is_not_called_a_rounding(
    check, sheets, filled
):
    density = (sheets["tpp"] / sheets["die_area_mm2"]).fillna(filled)
    verdict = check.judge("density", density)
    assert (verdict.state, verdict.mistake) == (KEEP_WORKING, "number-for-unknown")


@pytest.mark.parametrize(
    ("yes", "no", "state", "mistake"),
    [
        (1, 0, RIGHT, None),
        (np.True_, 0.0, RIGHT, None),
        ("yes", "no", NEARLY, "text-instead-of-truth"),
        ("over a reported line", "not covered", NEARLY, "text-instead-of-truth"),
        ("licence", "free", KEEP_WORKING, "wrong-type"),
        (2, 0, KEEP_WORKING, "wrong-type"),
        (..., False, KEEP_WORKING, "unfinished"),
        (0, 1, NEARLY, "upside-down"),
    ],
)
def test_verdicts_in_another_form_are_judged_by_what_they_mean(check, yes, no, state, mistake):
    answer = dict.fromkeys(("october-2022", "october-2023", "january-2026"), no)
    verdict = check.judge("what-changed-for-h20", answer | {"april-2025": yes})
    assert (verdict.state, verdict.mistake) == (state, mistake)


def test_about_twice_as_long_is_no_rounding(check):
    verdict = check.judge("h800-vs-h100", 1.2)
    assert verdict.mistake == "about-twice" and "bandwidths" in verdict.message


@pytest.mark.parametrize("odd", [None, "x", [], np.nan, pd.NA, {"H20": None}, 3 + 1j, len])
def test_odd_answers_get_an_answer(check, odd):
    for name in check.exercises:
        assert check.judge(name, odd).state != RIGHT
