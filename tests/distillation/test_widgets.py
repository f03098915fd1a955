"""The explorers of lesson 02: moved like a hand would, their readouts and pictures compared."""

import asyncio
import base64
import re

import numpy as np
import pytest

from sputnik_moment import data, digits
from sputnik_moment import distillation as dl
from sputnik_moment.widgets import distillation as widgets


def picture(explorer):
    return base64.b64decode(re.search(r'base64,([^"]+)"', explorer.picture.value)[1])


@pytest.fixture(scope="module")
def temperature_explorer():
    return widgets.TemperatureExplorer()


def test_a_higher_temperature_flattens_the_bars(temperature_explorer):
    explorer = temperature_explorer
    explorer.set(digit=3, example=1, temperature=1)
    sharp, before = max(bar.get_height() for bar in explorer.bars), picture(explorer)
    explorer.controls["temperature"].value = 8
    assert max(bar.get_height() for bar in explorer.bars) < sharp
    assert picture(explorer) != before
    assert "T = 8" in explorer.readout_text and "T = 8" in explorer.alt


def test_every_digit_has_twenty_examples(temperature_explorer):
    counts = np.bincount(temperature_explorer.labels)
    assert len(counts) == 10 and counts.min() >= 20


def test_the_bars_are_the_teachers_probabilities(temperature_explorer):
    explorer = temperature_explorer
    explorer.set(digit=7, example=2, temperature=4)
    parts, teacher = widgets.classroom()
    second_seven = parts.test_images[np.flatnonzero(parts.test_labels == 7)[1]]
    expected = dl.softmax(teacher.logits(second_seven[None]), 4)[0]
    np.testing.assert_allclose([bar.get_height() for bar in explorer.bars], expected)


@pytest.mark.parametrize(("digit", "temperature"), [(0, 0.5), (1, 2**4.25), (8, 0.5), (9, 1)])
def test_extreme_settings(temperature_explorer, digit, temperature):
    temperature_explorer.set(digit=digit, example=20, temperature=temperature)
    assert f"A written {digit}, example 20" in temperature_explorer.readout_text


def test_students_are_trained_and_their_spread_is_said():
    lab = widgets.TrainingLab()
    assert "press Train" in lab.readout_text and "recorded: few labels" in lab.readout_text
    lab.set(source="hard answers", hidden=4, seeds=2)
    before = picture(lab)
    lab.controls["start"].click()
    parts, teacher = widgets.classroom(1)
    student = digits.train_student("hard answers", parts, teacher, hidden=4, seed=1)
    runs = lab.runs["hard answers, 4 hidden"]
    assert runs[1] == student.accuracy(parts.test_images, parts.test_labels)
    assert f"mean {100 * np.mean(runs):.1f} %" in lab.readout_text and "2 seeds" in lab.readout_text
    assert lab.controls["progress"].value == lab.controls["progress"].max == 2
    assert picture(lab) != before
    assert not lab.controls["start"].disabled and lab.controls["stop"].disabled


def test_a_smaller_student_stands_beside_a_recorded_one_of_the_same_source():
    lab = widgets.TrainingLab()
    for source in digits.SOURCES:
        lab.set(source=source, hidden=4)
        for name in (source, "few labels", "all labels"):
            assert f"recorded: {name}, 16 hidden: mean" in lab.readout_text


def test_a_training_can_be_stopped():
    lab = widgets.TrainingLab()
    lab.set(source="few labels", hidden=4, labelled=20, seeds=10)

    async def start_then_stop():
        lab.controls["start"].click()  # as in a kernel: a loop is running, so this returns at once
        while not lab.controls["progress"].value:
            await asyncio.sleep(0.01)
        lab.controls["start"].click()  # a second click changes nothing
        lab.controls["stop"].click()
        await lab.task

    asyncio.run(start_then_stop())
    assert 1 <= len(lab.runs["few labels, 4 hidden, 20 labels"]) <= 2
    assert not lab.running and not lab.controls["start"].disabled


def test_an_error_in_training_is_not_swallowed(monkeypatch):
    lab = widgets.TrainingLab()

    def fail(*_args, **_settings):
        raise RuntimeError("a fault in training")

    monkeypatch.setattr(digits, "train_student", fail)
    with pytest.raises(RuntimeError, match="a fault"):
        asyncio.run(lab.train())
    assert "RuntimeError: a fault in training" in lab.readout_text
    assert not lab.running


def test_the_calculator_agrees_with_the_report():
    calculator = widgets.CostCalculator()
    assert "2.788 million GPU hours at 2.00 USD: 5.576 M USD of rent" in calculator.readout_text
    assert "6 x 37 bn x 14.8 trillion tokens = 3.29e+24" in calculator.readout_text
    calculator.controls["price"].value = 4
    assert "11.15 M" in calculator.readout_text
    calculator.controls["hours"].value = 0.1
    assert "impossible" in calculator.readout_text


def test_the_calculator_fills_in_published_figures():
    calculator = widgets.CostCalculator()
    models = data.load("ai_models").set_index("model")
    for name in calculator.models.index:
        calculator.controls["model"].value = name
        hours = models.loc[name, "training_gpu_hours"]
        assert calculator.controls["hours"].value == pytest.approx(hours / 1e6)
    calculator.set(model=widgets.OWN, hours=0.0, parameters=0.0, tokens=0.0)
    assert "0 GPU hours" in calculator.readout_text
    assert "fill in both" in calculator.readout_text


def test_the_calculator_names_the_chip_that_a_model_was_trained_on():
    calculator = widgets.CostCalculator()
    assert "33 % of what H800 chips" in calculator.readout_text
    for name, chip in calculator.models["gpu_type"].items():
        calculator.controls["model"].value = name
        other = {"H100": "H800", "H800": "H100"}[chip]
        assert other not in calculator.readout_text
        assert chip in calculator.readout_text or "fill in both" in calculator.readout_text
    calculator.controls["model"].value = "Llama 3.1 405B"
    readout = calculator.readout_text
    assert "35 % of what H100 chips" in readout and "16 bits (17 % if they have 8)" in readout
    calculator.set(model=widgets.OWN, hours=15.0)
    assert "H100 or H800" in calculator.readout_text


def test_the_label_under_the_calculator_is_not_cut_off():
    calculator = widgets.CostCalculator()
    calculator.figure.draw_without_rendering()
    box = calculator.ax.xaxis.label.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= calculator.figure.bbox.x1


def test_the_calculator_answers_to_every_number_even_where_tokens_are_unknown():
    calculator = widgets.CostCalculator()
    calculator.controls["model"].value = "Sky-T1-32B-Preview"
    for name in ("hours", "price", "parameters", "tokens"):
        before = calculator.readout_text
        calculator.controls[name].value += 1
        assert calculator.readout_text != before


def test_the_calculator_names_the_base_that_a_model_started_from():
    calculator = widgets.CostCalculator()
    assert "started from" not in calculator.readout_text
    calculator.controls["model"].value = "s1-32B"
    assert "Qwen2.5-32B that it started from" in calculator.readout_text
    labels = [label.get_text() for label in calculator.ax.get_yticklabels()]
    assert "DeepSeek-R1, last stage (on DeepSeek-V3)" in labels and "DeepSeek-V3" in labels
    assert "earlier stages" not in calculator.readout_text
    calculator.controls["model"].value = "DeepSeek-R1"
    assert "its earlier stages, DeepSeek-V3 that it started from" in calculator.readout_text


def test_the_marks_of_the_calculator_are_hours_times_price():
    calculator = widgets.CostCalculator()
    calculator.set(price=3.0)
    hours = calculator.models["training_gpu_hours"]
    np.testing.assert_allclose(calculator.known.get_xdata(), 3 * hours)
    np.testing.assert_allclose(calculator.own.get_xdata(), [3 * 2_788_000])
