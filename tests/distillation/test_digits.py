"""The experiment with handwritten digits: splits, students, recorded runs and their spread."""

import time

import numpy as np
import pytest

from sputnik_moment import data, digits


def test_the_three_parts_of_a_split_do_not_overlap(images_and_labels):
    images, labels = images_and_labels
    numbered = np.column_stack([np.arange(len(images)), images])
    parts = digits.split(numbered, labels, seed=4)
    used = np.concatenate(
        [parts.teacher_images[:, 0], parts.transfer_images[:, 0], parts.test_images[:, 0]]
    )
    assert len(set(used)) == len(used) == 1797
    for array, names in zip(parts[::2], parts[1::2], strict=True):
        np.testing.assert_array_equal(labels[array[:, 0].astype(int)], names)


def test_leaving_a_digit_out_leaves_the_rest_alone(parts):
    rest = digits.leave_out(parts, 3)
    assert 3 not in rest.transfer_labels
    assert len(rest.transfer_labels) == (parts.transfer_labels != 3).sum()
    np.testing.assert_array_equal(rest.test_labels, parts.test_labels)


def test_a_student_can_know_a_digit_it_never_saw(parts, teacher):
    threes = parts.test_labels == 3
    images, labels = parts.test_images[threes], parts.test_labels[threes]
    rest = digits.leave_out(parts, 3)
    assert digits.train_student("hard answers", rest, teacher).accuracy(images, labels) < 0.05
    assert digits.train_student("soft answers", rest, teacher).accuracy(images, labels) > 0.7


def test_the_recorded_runs_are_those_of_this_code(parts, teacher):
    """Single images may move with the numerical library, so this allows a few of them."""
    runs = data.load("distillation_runs")
    assert len(runs) == 20 * 44 and runs["seed"].nunique() == 20
    recorded = runs.query("experiment == 'sources' and seed == 0 and hidden == 16")
    recorded = recorded.set_index("source")["accuracy"]
    for source in ("few labels", "soft answers"):
        student = digits.train_student(source, parts, teacher)
        accuracy = student.accuracy(parts.test_images, parts.test_labels)
        assert accuracy == pytest.approx(recorded[source], abs=0.01)


def test_a_student_learns_in_under_a_second_and_the_teacher_stays_the_same(parts, teacher):
    before = [part.copy() for part in teacher.parts]
    start = time.perf_counter()
    student = digits.train_student("soft answers", parts, teacher)
    assert time.perf_counter() - start < 5  # 0.3 s when the machine has nothing else to do
    assert student.accuracy(parts.test_images, parts.test_labels) > 0.9
    for old, new in zip(before, teacher.parts, strict=True):
        np.testing.assert_array_equal(old, new)


def test_an_unknown_source_is_refused_with_a_list(parts, teacher):
    with pytest.raises(ValueError, match="few labels"):
        digits.train_student("soft", parts, teacher)


def test_spread():
    values = [0.91, 0.93, 0.95]
    assert digits.spread(values) == pytest.approx((0.93, 0.02, 0.02 / 3**0.5, 3))
    with pytest.raises(ValueError, match="at least two"):
        digits.spread([0.9])
