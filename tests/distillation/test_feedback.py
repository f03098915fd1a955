"""What the checks of lesson 02 say where an answer has several parts, or does odd things."""

import numpy as np
import pytest

from sputnik_moment import distillation as dl
from sputnik_moment import feedback
from sputnik_moment.feedback import KEEP_WORKING, MISSING, NEARLY, RIGHT

SORTED = {
    "digits": "probabilities",
    "sums": "text",
    "R1-Distill-Qwen-7B": "text",
    "R1-Zero": "rewards",
    "Sky-T1": "text",
}


@pytest.fixture(scope="module")
def check():
    return feedback.lesson("distillation")


def plain(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def test_a_function_that_changes_its_table_does_not_spoil_the_next_check(check):
    def in_place(scores, temperature):
        scores -= scores.max(axis=1, keepdims=True)
        return plain(scores, temperature)

    verdict = check.judge("softmax-temperature", in_place)
    assert (verdict.state, verdict.mistake) == (NEARLY, "changes-its-input")
    # The plain version overflows; it would pass if the table had been changed for good.
    verdict = check.judge("softmax-temperature", plain)
    assert (verdict.state, verdict.mistake) == (NEARLY, "overflow")


def test_numbers_that_are_wrong_only_for_large_scores_are_not_called_nan(check):
    verdict = check.judge("softmax-temperature", lambda z, t: plain(np.clip(z, -700, 700), t))
    assert (verdict.state, verdict.mistake) == (NEARLY, "cut-off")
    assert "NaN" not in verdict.message


@pytest.mark.parametrize(
    "subtracted",
    [
        lambda z: z.mean(axis=1, keepdims=True),
        lambda z: np.median(z, axis=1, keepdims=True),
        lambda z: z.min(axis=1, keepdims=True),
        lambda z: z[:, :1],
        lambda z: z[:, -1:],
        lambda z: z.max(),
        lambda z: (z.max(axis=1, keepdims=True) + z.min(axis=1, keepdims=True)) / 2,
    ],
)
def test_half_a_cure_for_large_scores_is_not_right(check, subtracted):
    verdict = check.judge("softmax-temperature", lambda z, t: plain(z - subtracted(z), t))
    assert verdict.state == NEARLY and verdict.mistake


def test_an_unknown_mistake_in_a_table_is_told_with_its_first_row(check):
    verdict = check.judge("softmax-temperature", lambda z, t: plain(z, t) + 0.1)
    assert verdict.mistake is None
    assert "You have [0.60648, 0.407196, 0.286324] in the first row" in verdict.message


def test_a_score_that_is_divided_above_the_bar_after_exp_is_named(check):
    def function(scores, temperature):
        powers = np.exp(scores / temperature)
        largest = powers.max(axis=1, keepdims=True)
        return (powers - largest) / powers.sum(axis=1, keepdims=True)

    assert check.judge("softmax-temperature", function).mistake == "subtracted-after-exp"


@pytest.mark.parametrize("answer", ["c", "C", "c)", "(c)", "c.", ["c"], {"c"}, ("c",)])
def test_a_letter_may_stand_in_brackets(check, answer):
    assert check.judge("never-saw-a-3", answer).state == RIGHT


@pytest.mark.parametrize("answer", ["cd", {"c", "d"}, "", 3, ["c", "c"]])
def test_more_or_less_than_a_letter_is_not_right(check, answer):
    assert check.judge("never-saw-a-3", answer).state != RIGHT


def by_hand(scores, temperature, largest, total):
    powers = np.exp((scores - scores.max(axis=largest, keepdims=True)) / temperature)
    return powers / powers.sum(axis=total, keepdims=True)


@pytest.mark.parametrize(
    ("largest", "total", "mistake"),
    [(0, 1, "largest-of-columns"), (1, 0, "columns-not-rows"), (0, 0, "columns-not-rows")],
)
def test_a_mixed_up_axis_is_named(check, largest, total, mistake):
    verdict = check.judge(
        "softmax-temperature", lambda z, t: by_hand(z, t, largest=largest, total=total)
    )
    assert (verdict.state, verdict.mistake) == (KEEP_WORKING, mistake)


def test_a_missing_bracket_is_spoken_of(check):
    verdict = check.judge(
        "softmax-temperature",
        lambda z, t: plain(z - z.max(axis=1, keepdims=True) / t, 1),
    )
    assert verdict.mistake == "no-temperature" and "brackets" in verdict.message


def test_swapped_names_with_a_turned_sign_are_the_right_gradient(check):
    def gradient(student, teacher, t):
        q, p = dl.softmax(teacher, t), dl.softmax(student, t)
        return t * (p - q) / len(student)

    assert check.judge("find-the-bug", gradient).state == RIGHT


def test_a_t_below_the_bar_is_not_sent_to_t_squared(check):
    def gradient(student, teacher, t):
        return (dl.softmax(student, t) - dl.softmax(teacher, t)) / t / len(student)

    verdict = check.judge("find-the-bug", gradient)
    assert verdict.mistake == "divided-by-t" and "squared" not in verdict.message


def test_overflow_does_not_hide_another_mistake(check):
    verdict = check.judge("softmax-temperature", lambda z, t: np.exp(z / t) / np.exp(z / t).sum())
    assert verdict.mistake == "whole-table"


@pytest.mark.parametrize(
    ("answer", "state", "mistake"),
    [
        ((..., ...), MISSING, None),
        ((5_576_000, ...), MISSING, None),
        ((5576, {"b"}), NEARLY, "thousands"),  # the cost comes first
        ((5_576_000, {"b", "e"}), KEEP_WORKING, "upside-down"),
        ((5_576_000, {"a, c, d"}), KEEP_WORKING, "no-set-of-letters"),
        ((5_576_000, {"A", "c ", "D"}), RIGHT, None),
        ((1, {"a", "c", "d"}), KEEP_WORKING, None),
    ],
)
def test_parts_are_judged_one_after_the_other(check, answer, state, mistake):
    verdict = check.judge("training-cost", answer)
    assert (verdict.state, verdict.mistake) == (state, mistake), verdict.message


@pytest.mark.parametrize(
    ("answer", "state", "mistake"),
    [
        (SORTED, RIGHT, None),
        (dict.fromkeys(SORTED, ...), MISSING, None),
        (SORTED | {"sums": ...}, KEEP_WORKING, "unfinished"),
        (SORTED | {"sums": "texts"}, KEEP_WORKING, "unknown-word"),
        (SORTED | {"Sky-T1": "rewards"}, NEARLY, "Sky-T1"),
        (SORTED | {"Sky-T1": "rewards", "R1-Zero": "text"}, KEEP_WORKING, "R1-Zero"),
        ({"digits": "probabilities"}, KEEP_WORKING, "wrong-names"),
    ],
)
def test_sorting_names_the_first_line_that_is_wrong(check, answer, state, mistake):
    verdict = check.judge("which-distillation", answer)
    assert (verdict.state, verdict.mistake) == (state, mistake), verdict.message


def test_no_hint_is_the_model_answer(check):
    """The last hint leaves a step to do; only the sorting and the letters are told in words."""
    wholes = [".sum(axis=1).mean()", "(q - p) / len", "/ 100 * 30", "= differences.std() / np"]
    for exercise in check.exercises.values():
        assert len(exercise.hints) == 3
        assert not any(whole in hint for hint in exercise.hints for whole in wholes)
