"""Sums written out: the text, the encoding, and that networks learn from it."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sputnik_moment import addition as ad

numbers = st.integers(0, 9999)


def test_the_example_of_the_module():
    assert ad.pose(47, 85, 2) == "7+5,4+8,"
    assert ad.written_solution(47, 85, 2) == "=12,=13,>132."
    assert ad.final_answer(47, 85, 2) == ">132."


@given(numbers, numbers)
def test_a_written_solution_is_right_in_every_column(first, second):
    columns = re.findall(r"(\d)\+(\d),", ad.pose(first, second, 4))
    steps = re.findall(r"=(\d)(\d),", ad.written_solution(first, second, 4))
    carry = 0
    for (upper, lower), (tens, units) in zip(columns, steps, strict=True):
        assert int(upper) + int(lower) + carry == 10 * int(tens) + int(units)
        carry = int(tens)
    answer = ad.answer_of(ad.written_solution(first, second, 4))
    assert int(answer.strip(">.")) == first + second
    assert answer == ad.final_answer(first, second, 4)
    assert ad.window_for(4) == len(ad.pose(first, second, 4)) + 22


def test_sums_are_different_and_repeat_with_the_seed():
    sums = ad.make_sums(500, 2, seed=1)
    assert sums.shape == (500, 2) and sums.min() >= 0 and sums.max() < 100
    assert len({tuple(pair) for pair in sums}) == 500
    np.testing.assert_array_equal(sums, ad.make_sums(500, 2, seed=1))
    with pytest.raises(ValueError, match="10,000"):
        ad.make_sums(10_001, 2, seed=0)
    with pytest.raises(ValueError, match="at most 2 digits"):
        ad.pose(100, 1, 2)


def test_the_newest_character_is_always_in_the_last_place():
    size = len(ad.ALPHABET)
    rows = ad.encode(["12", "9912", ""], window=3).reshape(3, 3, size)
    assert rows[0].sum() == 2 and rows[2].sum() == 0
    assert rows[0, 2, 2] and rows[1, 2, 2] and rows[0, 1, 1] and rows[1, 0, 9]
    with pytest.raises(ValueError, match="outside"):
        ad.encode(["1-2"], window=3)


def test_examples_are_the_text_so_far_and_the_next_character():
    inputs, following = ad.examples(["7+5,"], [">12."], window=8)
    assert [ad.ALPHABET[code] for code in following] == list(">12.")
    np.testing.assert_array_equal(inputs[2], ad.encode(["7+5,>1"], 8)[0])


def test_marks_look_at_the_final_answer_only():
    sums = np.array([[47, 85], [1, 1], [2, 2]])
    texts = ["=99,=99,>132.", ">003.", "004."]
    assert ad.share_right(texts, sums, digits=2) == pytest.approx(1 / 3)
    assert ad.mistakes(texts, sums, digits=2) == [1, 2]


def test_a_network_learns_to_write_sums():
    """One column: 100 different sums, small enough to learn them all in a second."""
    sums = ad.make_sums(100, 1, seed=0)
    prompts = [ad.pose(*pair, 1) for pair in sums]
    texts = [ad.written_solution(*pair, 1) for pair in sums]
    network = ad.learn_to_write(prompts, texts, ad.window_for(1), hidden=64, updates=500)
    assert ad.share_right(ad.write(network, prompts, 12), sums, digits=1) > 0.95
