"""From data sheets to the figures of the rules, and from these to what a chip can do."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sputnik_moment import export_controls as ec

positive = st.floats(0.01, 1e5)


def test_the_worked_examples_of_the_rule():
    """Technical Note: 600 tera operations at 8 bits, or 300 tera FLOPS at 16 bits, make 4800."""
    assert ec.total_processing_performance({8: 600}) == 4800
    assert ec.total_processing_performance({16: 300}) == 4800


def test_the_largest_format_counts_and_unpublished_ones_do_not():
    assert ec.total_processing_performance({16: 989.4, 8: 1979}) == 15_832
    assert ec.total_processing_performance({16: None, 8: math.nan, 4: 1187.5}) == 4750
    assert math.isnan(ec.total_processing_performance({16: None}))
    assert math.isnan(ec.total_processing_performance({}))


@pytest.mark.parametrize("operations", [{0: 100}, {-8: 100}, {8: -1}])
def test_impossible_data_sheets_are_refused(operations):
    with pytest.raises(ValueError, match="bit length"):
        ec.total_processing_performance(operations)


def test_dense_from_sparse():
    assert ec.dense_from_sparse(3958) == 1979
    assert ec.dense_from_sparse(3352) * 4 == 6704
    with pytest.raises(ValueError, match="negative"):
        ec.dense_from_sparse(-1)
    with pytest.raises(ValueError, match="slow"):
        ec.dense_from_sparse(100, speed_up=0.5)


def test_density_of_an_unpublished_area_is_unknown_and_of_no_area_an_error():
    assert math.isnan(ec.performance_density(29_360, None))
    assert math.isnan(ec.performance_density(math.nan, 800))
    with pytest.raises(ValueError, match="cannot be"):
        ec.performance_density(100, 0)


def test_a_chip_may_lack_figures_but_not_have_negative_ones():
    bare = ec.Chip("Bare", {8: 100})
    assert math.isnan(bare.figures["link_bandwidth"])
    assert ec.classify(bare, "october-2022").outcome == "not controlled"
    with pytest.raises(ValueError, match="negative"):
        ec.Chip("Odd", {8: 100}, link_bandwidth=-1)


# --- Roofline ---------------------------------------------------------------------------------


def test_decoding_one_token_reads_the_model_once():
    """70 billion bytes at 3,350 GB/s: 47.9 tokens a second, however fast the chip computes."""
    assert ec.tokens_per_second(1979, 3350, 70e9, tokens=1) == pytest.approx(3350 / 70)


def test_long_prompts_are_limited_by_computing():
    rate = ec.tokens_per_second(1979, 3350, 70e9, tokens=4096)
    assert rate == pytest.approx(1979e12 / (2 * 70e9))


@given(tera=positive, bandwidth=positive, tokens=positive, size=st.floats(1e6, 1e12))
def test_a_step_is_as_slow_as_its_slower_half(tera, bandwidth, tokens, size):
    seconds = ec.step_seconds(tera, bandwidth, size, tokens)
    computing, reading = 2 * size * tokens / tera / 1e12, size / bandwidth / 1e9
    assert seconds >= computing * (1 - 1e-12)
    assert seconds >= reading * (1 - 1e-12)
    assert min(abs(seconds / computing - 1), abs(seconds / reading - 1)) < 1e-12


@given(tera=positive, bandwidth=positive, bytes_=st.sampled_from([0.5, 1.0, 2.0]))
def test_at_the_ridge_both_halves_take_equally_long(tera, bandwidth, bytes_):
    tokens = ec.ridge_tokens(tera, bandwidth, bytes_)
    below = ec.tokens_per_second(tera, bandwidth, 1e9, tokens * 0.5, bytes_)
    above = ec.tokens_per_second(tera, bandwidth, 1e9, tokens * 2, bytes_)
    at = ec.tokens_per_second(tera, bandwidth, 1e9, tokens, bytes_)
    assert below == pytest.approx(at / 2)
    assert above == pytest.approx(at)


def test_impossible_chips_are_refused():
    with pytest.raises(ValueError, match="above zero"):
        ec.step_seconds(0, 3350, 70e9, 1)


def test_a_slower_link_slows_only_the_exchange():
    assert ec.slowdown_by_link(400, 900, exchange_share=0.1) == pytest.approx(0.9 + 0.225)
    assert ec.slowdown_by_link(400, 900, exchange_share=0) == 1
    assert ec.slowdown_by_link(400, 900, exchange_share=1) == 2.25
    with pytest.raises(ValueError, match="share"):
        ec.slowdown_by_link(400, 900, exchange_share=1.2)
