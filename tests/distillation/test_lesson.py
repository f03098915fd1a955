"""The lesson gives no answer away before it is asked for, and its figures keep their words."""

import pytest

from grading.builder import release
from sputnik_moment import costs, data

CHIPS = {"H100": "H100 SXM", "H800": "H800 SXM"}


@pytest.fixture(scope="module")
def lesson():
    (lesson,) = release.read(["02-distillation"])
    return lesson


def place(lesson, text=None, exercise=None):
    return max(
        number
        for number, cell in enumerate(lesson.cells)
        if (text is None or text in cell.source) and exercise in (None, cell.exercise)
    )


@pytest.mark.parametrize("exercise", ["training-cost", "active-parameters"])
def test_the_calculator_comes_after_the_exercises_that_it_would_answer(lesson, exercise):
    assert place(lesson, "CostCalculator()") > place(lesson, exercise=exercise)


def test_the_three_words_of_the_evidence_are_explained_before_the_table(lesson):
    positions = set(data.load("distillation_evidence")["position"])
    assert positions == {"shows", "alleges", "denies"}
    words = lesson.cells[place(lesson, "R1 as the **teacher**")].source
    assert all(f"*{position}*" in words for position in positions) and "**open**" in words


def test_the_yardstick_for_v3_is_near_v3():
    """`plausible` in the text: Llama 3.1 405B used about the same share of the peak of 16 bits."""
    models = data.load("ai_models").set_index("model")
    peaks = data.load("chips").set_index("chip")["fp16_dense_tflops"] * 1e12
    v3, llama = (
        costs.utilisation(
            costs.training_operations(row["parameters_active"], row["training_tokens"]),
            row["training_gpu_hours"],
            peaks[chip],
        )
        for row, chip in (
            (models.loc["DeepSeek-V3"], "H800 SXM"),
            (models.loc["Llama 3.1 405B"], "H100 SXM"),
        )
    )
    assert v3 == pytest.approx(llama, abs=0.03)


def test_an_h100_and_an_h800_have_the_same_peaks_and_8_bits_are_twice_as_fast():
    """The text says `twice as fast`; the calculator takes either chip for the reader's own run."""
    chips = data.load("chips").set_index("chip")
    h100, h800 = (
        chips.loc[name, ["fp16_dense_tflops", "fp8_dense_tflops"]] for name in CHIPS.values()
    )
    assert h100.tolist() == h800.tolist()
    assert h800["fp8_dense_tflops"] == pytest.approx(2 * h800["fp16_dense_tflops"], rel=1e-3)


def test_the_last_stage_of_r1_is_what_the_calculator_shows():
    stages = data.load("training_stages").query("model == 'DeepSeek-R1'")
    last = stages.sort_values("stage_order")["gpu_hours"].iloc[-1]
    models = data.load("ai_models").set_index("model")
    assert models.loc["DeepSeek-R1", "training_gpu_hours"] == last == 41_000
    assert stages["cost_usd"].sum() == 294_000
