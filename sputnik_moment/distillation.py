"""Distillation: a small network learns from the answers of a larger one.

Everything is plain NumPy, short enough to read in one sitting. The shapes are always
``(examples, classes)`` for scores and probabilities and ``(examples, inputs)`` for images.
The loss and its temperature follow Hinton, Vinyals and Dean (2015, arXiv 1503.02531); the
optimiser is Adam (Kingma and Ba, 2015, arXiv 1412.6980).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd


# --- from scores to probabilities, and how wrong they are -------------------------------------
def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Turn scores into probabilities; a higher temperature flattens them.

    Parameters
    ----------
    logits
        Scores, shape ``(..., classes)``, any real numbers.
    temperature
        T > 0; the scores are divided by it first.

    Returns
    -------
    numpy.ndarray
        Probabilities of the same shape; each row adds up to 1.

    Raises
    ------
    ValueError
        If the temperature is not a positive number.
    """
    return np.exp(log_softmax(logits, temperature))


def log_softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Logarithm of `softmax`, computed without overflow (same arguments and errors)."""
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be a positive number, got {temperature!r}; try 1.0")
    scaled = np.asarray(logits, dtype=float) / temperature
    # Subtracting the largest score changes no probability and keeps exp() from overflowing.
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    return scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))


def cross_entropy(target: np.ndarray, predicted: np.ndarray) -> float:
    """Mean surprise, in nats, of `predicted` when the truth is `target`.

    Parameters
    ----------
    target
        Probabilities, shape ``(examples, classes)``; one-hot rows for plain labels.
    predicted
        Probabilities of the same shape.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    target, predicted = _same_shape(target, predicted)
    # 0 x log 0 counts as 0: a class that cannot happen costs nothing.
    with np.errstate(divide="ignore"):
        terms = target * np.log(np.where(target > 0, predicted, 1.0))
    return float(-terms.sum(axis=-1).mean())


def kl_divergence(target: np.ndarray, predicted: np.ndarray) -> float:
    """Cross-entropy minus the part that nobody can avoid; 0 only for equal probabilities.

    Arguments and errors as in `cross_entropy`.
    """
    return cross_entropy(target, predicted) - cross_entropy(target, target)


def distillation_loss(
    student_logits: np.ndarray, teacher_logits: np.ndarray, temperature: float = 4.0
) -> float:
    """T squared times the KL divergence from the teacher's to the student's soft answers.

    Both are softened with the same temperature. Soft gradients shrink as 1 / T squared; the
    factor undoes that, so that a learning rate suits every T (Hinton et al. 2015, section 2).

    Parameters
    ----------
    student_logits
        Shape ``(examples, classes)``.
    teacher_logits
        The same shape, the same examples in the same order.
    temperature
        T > 0.

    Raises
    ------
    ValueError
        If the shapes differ or the temperature is not positive.
    """
    student_logits, teacher_logits = _same_shape(student_logits, teacher_logits)
    log_student = log_softmax(student_logits, temperature)
    log_teacher = log_softmax(teacher_logits, temperature)
    divergence = (np.exp(log_teacher) * (log_teacher - log_student)).sum(axis=-1).mean()
    return float(temperature**2 * divergence)


def distillation_gradient(
    student_logits: np.ndarray, teacher_logits: np.ndarray, temperature: float = 4.0
) -> np.ndarray:
    """Slope of `distillation_loss` in every student logit: T x (student - teacher) / examples.

    Arguments and errors as in `distillation_loss`; returns shape ``(examples, classes)``.
    """
    student_logits, teacher_logits = _same_shape(student_logits, teacher_logits)
    gap = softmax(student_logits, temperature) - softmax(teacher_logits, temperature)
    return temperature * gap / len(student_logits)


def one_hot(labels: np.ndarray, classes: int = 10) -> np.ndarray:
    """Labels as probabilities: 1 for the label, 0 elsewhere; shape ``(examples, classes)``."""
    return np.eye(classes)[np.asarray(labels)]


def _same_shape(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.shape != second.shape:
        raise ValueError(
            f"shapes {first.shape} and {second.shape} differ; both need one row per example "
            "and one column per class"
        )
    return first, second


# --- the network ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Network:
    """Inputs -> hidden units (ReLU) -> one score per class.

    The two weight matrices have shapes ``(inputs, hidden)`` and ``(hidden, classes)``.
    A network is never changed: `train` returns a new one.
    """

    weights_in: np.ndarray
    bias_in: np.ndarray
    weights_out: np.ndarray
    bias_out: np.ndarray

    @property
    def parts(self) -> tuple[np.ndarray, ...]:
        """The four arrays, in the order of the constructor."""
        return self.weights_in, self.bias_in, self.weights_out, self.bias_out

    @property
    def parameters(self) -> int:
        """How many numbers the network has learned."""
        return sum(part.size for part in self.parts)

    def logits(self, inputs: np.ndarray) -> np.ndarray:
        """Scores, shape ``(examples, classes)``."""
        return self._hidden(inputs) @ self.weights_out + self.bias_out

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Choose the class with the largest score, shape ``(examples,)``."""
        return self.logits(inputs).argmax(axis=1)

    def accuracy(self, inputs: np.ndarray, labels: np.ndarray) -> float:
        """Share of examples whose predicted class is the label, from 0 to 1."""
        return float((self.predict(inputs) == labels).mean())

    def gradient(self, inputs: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, ...]:
        """Back-propagation: from the slope of a loss in the logits to that in every part."""
        hidden = self._hidden(inputs)
        # ReLU lets a slope through only where the hidden unit was on.
        back = (slope @ self.weights_out.T) * (hidden > 0)
        return inputs.T @ back, back.sum(axis=0), hidden.T @ slope, slope.sum(axis=0)

    def _hidden(self, inputs: np.ndarray) -> np.ndarray:
        return np.maximum(inputs @ self.weights_in + self.bias_in, 0)


def new_network(hidden: int, seed: int, inputs: int = 64, classes: int = 10) -> Network:
    """Make an untrained network with random weights (He et al. 2015: variance 2 / inputs).

    Parameters
    ----------
    hidden
        Number of hidden units, at least 1.
    seed
        The same seed gives the same weights.
    inputs
        Length of one example (64 for an 8 x 8 image).
    classes
        Number of possible answers.
    """
    if hidden < 1:
        raise ValueError(f"a network needs at least 1 hidden unit, got {hidden}")
    random = np.random.default_rng(seed)
    weights_in = random.normal(0, np.sqrt(2 / inputs), (inputs, hidden))
    weights_out = random.normal(0, np.sqrt(2 / hidden), (hidden, classes))
    return Network(weights_in, np.zeros(hidden), weights_out, np.zeros(classes))


# --- training ---------------------------------------------------------------------------------
def train(
    network: Network,
    inputs: np.ndarray,
    labels: np.ndarray | None = None,
    teacher_logits: np.ndarray | None = None,
    *,
    temperature: float = 4.0,
    soft_weight: float = 0.5,
    updates: int = 1000,
    batch: int = 64,
    rate: float = 0.005,
    seed: int = 0,
    on_progress: Callable[[int, Network], bool | None] | None = None,
) -> Network:
    """Train a copy of `network` with Adam and return it; nothing that is passed in changes.

    Give `labels` to learn from hard answers (people's, or ``teacher.predict(inputs)``),
    `teacher_logits` to learn from soft answers, or both for the mixture
    ``soft_weight x soft loss + (1 - soft_weight) x label loss``.

    Parameters
    ----------
    network
        Where to start.
    inputs
        Examples, shape ``(examples, inputs)``.
    labels
        Correct classes, shape ``(examples,)``.
    teacher_logits
        A teacher's scores for the same rows, shape ``(examples, classes)``.
    temperature
        T of the soft loss.
    soft_weight
        Share of the soft loss in a mixture, 0 to 1.
    updates
        Number of steps of the optimiser, each on one batch.
    batch
        Examples per update.
    rate
        Learning rate; it falls to zero along a straight line.
    seed
        Decides the order of the examples.
    on_progress
        Called every 50 updates with (updates done, network so far);
        training stops when it returns False.

    Raises
    ------
    ValueError
        If there is nothing to learn from, or the rows do not match.
    """
    if labels is None and teacher_logits is None:
        raise ValueError("nothing to learn from: give labels, teacher_logits, or both")
    for name, answers in (("labels", labels), ("teacher_logits", teacher_logits)):
        if answers is not None and len(answers) != len(inputs):
            raise ValueError(f"{len(inputs)} inputs but {len(answers)} {name}; rows must match")
    weight = 0.0 if teacher_logits is None else 1.0 if labels is None else soft_weight
    random = np.random.default_rng(seed)
    parts = [part.copy() for part in network.parts]
    network = Network(*parts)  # shares `parts`, which Adam changes in place
    mean = [np.zeros_like(part) for part in parts]
    square = [np.zeros_like(part) for part in parts]
    order: np.ndarray = np.array([], dtype=int)
    for step in range(1, updates + 1):
        if len(order) == 0:
            order = random.permutation(len(inputs))  # a new pass over all examples
        # One list of row numbers picks inputs, labels and teacher alike: they stay aligned.
        rows, order = order[:batch], order[batch:]
        examples = np.asarray(inputs[rows], dtype=float)
        logits = network.logits(examples)
        slope = np.zeros_like(logits)
        if weight < 1:
            truth = one_hot(labels[rows], logits.shape[1])
            slope += (1 - weight) * (softmax(logits) - truth) / len(rows)
        if weight > 0:
            slope += weight * distillation_gradient(logits, teacher_logits[rows], temperature)
        now = rate * (1 - (step - 1) / updates)
        for i, slope_part in enumerate(network.gradient(examples, slope)):
            mean[i] += 0.1 * (slope_part - mean[i])
            square[i] += 0.001 * (slope_part**2 - square[i])
            # Both averages start at zero; dividing by these shares corrects that.
            size = np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8
            parts[i] -= now * mean[i] / (1 - 0.9**step) / size
        if on_progress and step % 50 == 0 and on_progress(step, network) is False:
            break
    return network


# --- seeds and spread -------------------------------------------------------------------------
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


# --- the experiment of the lesson -----------------------------------------------------------
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
    "few labels": "a few labels, no teacher",
    "soft answers": "the teacher's probabilities, no label",
    "hard answers": "the teacher's digits, no label",
    "mixture": "labels and the teacher's probabilities",
    "all labels": "labels for everything, no teacher",
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
        How many labels a student with few labels gets.
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


# --- what training costs ----------------------------------------------------------------------
def training_cost(gpu_hours: float, usd_per_gpu_hour: float) -> float:
    """Rent of the chips in US dollars: hours x price, and nothing else."""
    if gpu_hours < 0 or usd_per_gpu_hour < 0:
        raise ValueError("hours and price must not be negative")
    return gpu_hours * usd_per_gpu_hour


def training_operations(active_parameters: float, tokens: float) -> float:
    """Arithmetic operations of a training run: 6 x parameters used per token x tokens.

    Two operations per parameter on the way forward and four on the way back (Kaplan et al.
    2020, arXiv 2001.08361). A mixture-of-experts model uses only its active parameters.
    """
    if active_parameters < 0 or tokens < 0:
        raise ValueError("parameters and tokens must not be negative")
    return 6 * active_parameters * tokens


def utilisation(operations: float, gpu_hours: float, peak_per_second: float) -> float:
    """Share of the chips' peak speed that a run used, 0 to 1.

    Parameters
    ----------
    operations
        Total operations of the run.
    gpu_hours
        Hours summed over all chips.
    peak_per_second
        Peak operations per second of one chip, dense.
    """
    if gpu_hours <= 0 or peak_per_second <= 0:
        raise ValueError("hours and peak speed must be positive")
    return operations / (gpu_hours * 3600 * peak_per_second)
