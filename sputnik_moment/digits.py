"""The experiment with handwritten digits: who learns what from whom, with how many seeds.

The digits are cut in thirds: one trains a teacher, one trains its students, one tests both. The
networks are those of `sputnik_moment.distillation`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sputnik_moment.distillation import Network, new_network, train


class Split(NamedTuple):
    """One shuffle of the digits in three parts of equal size."""

    teacher_images: np.ndarray
    teacher_labels: np.ndarray
    transfer_images: np.ndarray
    transfer_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def images_and_labels(digits: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Take pixels and labels out of the dataset ``digits``.

    Returns
    -------
    tuple
        Images, shape ``(examples, 64)``, brightness from 0 to 1; labels, shape ``(examples,)``.
    """
    pixels = digits.filter(like="pixel").to_numpy(dtype=float)
    return pixels / 16, digits["label"].to_numpy()


def split(images: np.ndarray, labels: np.ndarray, seed: int) -> Split:
    """Shuffle and cut in thirds: for the teacher, for passing knowledge on, and for the test."""
    order = np.random.default_rng(seed).permutation(len(images))
    third = len(images) // 3
    cuts = order[:third], order[third : 2 * third], order[2 * third :]
    return Split(*(array[rows] for rows in cuts for array in (images, labels)))


def leave_out(parts: Split, digit: int) -> Split:
    """Take every image of one digit out of the part that students learn from."""
    keep = parts.transfer_labels != digit
    return parts._replace(
        transfer_images=parts.transfer_images[keep], transfer_labels=parts.transfer_labels[keep]
    )


def train_teacher(parts: Split, seed: int = 0, hidden: int = 256) -> Network:
    """Train the large network on the first third of a split."""
    start = new_network(hidden, seed)
    return train(
        start, parts.teacher_images, parts.teacher_labels, updates=600, rate=0.003, seed=seed
    )


SOURCES: dict[str, str] = {
    "few labels": "a few of the images, each with its label; no teacher",
    "soft answers": "all images, each with the teacher's probabilities; no label",
    "hard answers": "all images, each with the teacher's best digit; no label",
    "mixture": "all images, each with its label and the teacher's probabilities",
    "all labels": "all images, each with its label; no teacher",
}
"""What a student can learn from."""


def train_student(
    source: str,
    parts: Split,
    teacher: Network,
    *,
    hidden: int = 16,
    temperature: float = 4.0,
    labelled: int = 100,
    updates: int = 1000,
    seed: int = 0,
    on_progress: Callable[[int, Network], bool | None] | None = None,
) -> Network:
    """Train a small network on the second third of a split, which the teacher never saw.

    Parameters
    ----------
    source
        Where its answers come from: a key of `SOURCES`.
    parts, teacher
        The split, and the network that was trained on its first third.
    hidden
        Hidden units of the student.
    temperature
        T of the soft loss.
    labelled
        How many images, each with its label, a student with few labels gets.
    updates, seed, on_progress
        As in `train`. The same seed gives every source the same weights to start from.

    Raises
    ------
    ValueError
        If the source is unknown; the message lists those there are.
    """
    if source not in SOURCES:
        raise ValueError(f"unknown source {source!r}; choose one of {', '.join(SOURCES)}")
    images, labels = parts.transfer_images, parts.transfer_labels
    answers = {
        "few labels": (images[:labelled], labels[:labelled], None),
        "soft answers": (images, None, teacher.logits(images)),
        "hard answers": (images, teacher.predict(images), None),
        "mixture": (images, labels, teacher.logits(images)),
        "all labels": (images, labels, None),
    }[source]
    # Another seed than the teacher's, or the student would start as a part of it.
    start = new_network(hidden, seed + 1000)
    return train(
        start, *answers, temperature=temperature, updates=updates, rate=0.01, seed=seed,
        on_progress=on_progress,
    )  # fmt: skip


class Spread(NamedTuple):
    """Several runs in three numbers, and how many there were."""

    mean: float
    standard_deviation: float
    standard_error: float
    runs: int


def spread(values: Sequence[float]) -> Spread:
    """Mean, standard deviation (n - 1) and standard error of runs with different seeds.

    Raises
    ------
    ValueError
        With fewer than two runs, because one run has no spread.
    """
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        raise ValueError("a spread needs at least two runs; train with more seeds")
    deviation = values.std(ddof=1)
    return Spread(
        float(values.mean()), float(deviation), float(deviation / len(values) ** 0.5), len(values)
    )
