"""What the checks of lesson 04 say to answers that go wrong in a way of their own."""

import numpy as np
import pytest

from sputnik_moment import feedback


@pytest.fixture(scope="module")
def check():
    return feedback.lesson("market-reaction")


def swapped(share, benchmark):
    return np.polyfit(share, benchmark, 1)[::-1]


def slope_first(share, benchmark):
    return np.polyfit(benchmark, share, 1)


def through_zero(share, benchmark):
    return 0, (share * benchmark).sum() / (benchmark**2).sum()


def least_squares(share, benchmark):
    return np.polyfit(benchmark, share, 1)[::-1]


SPREADS = {
    "std": lambda y, x, alpha, beta: (y - (alpha + beta * x)).std(),
    "turned round": lambda y, x, alpha, beta: np.sqrt(((alpha + beta * y - x) ** 2).sum() / 3),
    "size": lambda y, x, alpha, beta: (y - (alpha + beta * x)).abs().mean(),
}


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (swapped, "swapped"),
        (slope_first, "alpha-for-beta"),
        (through_zero, "no-intercept"),
        (least_squares, "residual-sd"),
    ],
)
def test_a_line_is_recognised_whatever_the_third_number_is(check, line, mistake, spread):
    def fit(share, benchmark):
        alpha, beta = line(share, benchmark)
        return alpha, beta, SPREADS[spread](share, benchmark, alpha, beta)

    verdict = check.judge("market-model", fit)
    if (line, spread) == (least_squares, "std"):
        mistake = "n-minus-1"  # which has a sentence of its own
    assert verdict.mistake == mistake


@pytest.mark.parametrize("result", [3, (1, 2), "text", [None, None, None], {"alpha": 1}])
def test_what_is_no_line_gets_the_general_answer(check, result):
    verdict = check.judge("market-model", lambda share, benchmark: result)
    assert verdict.state == feedback.KEEP_WORKING and verdict.message


def test_the_untouched_cell_is_not_told_to_write_a_return(check):
    verdict = check.judge("market-model", lambda share, benchmark: (..., ..., ...))
    assert verdict.state == feedback.MISSING and "`...`" in verdict.message
