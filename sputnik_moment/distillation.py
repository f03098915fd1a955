"""Distillation: a small network learns from the answers of a larger one.

Plain NumPy, to be read from top to bottom: probabilities, losses, the network, its training.
Scores (*logits*, any real numbers) and probabilities have the shape ``(examples, classes)``,
inputs ``(examples, inputs)``. The loss with its temperature T is that of Hinton, Vinyals and Dean
(2015, arXiv 1503.02531), the optimiser Adam (Kingma and Ba 2015, arXiv 1412.6980).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Turn scores into probabilities; a temperature above 1 flattens them, below 1 sharpens them.

    Raises ValueError if the temperature is not a positive number.
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
    """Mean surprise, in nats, of probabilities `predicted` when the truth is `target`.

    Raises ValueError if the shapes differ.
    """
    target, predicted = _same_shape(target, predicted)
    # 0 x log 0 counts as 0: a class that cannot happen costs nothing.
    with np.errstate(divide="ignore"):
        terms = target * np.log(np.where(target > 0, predicted, 1.0))
    return float(-terms.sum(axis=-1).mean())


def kl_divergence(target: np.ndarray, predicted: np.ndarray) -> float:
    """Cross-entropy minus the part that nobody can avoid; 0 only for equal probabilities."""
    return cross_entropy(target, predicted) - cross_entropy(target, target)


def distillation_loss(
    student_logits: np.ndarray, teacher_logits: np.ndarray, temperature: float = 4.0
) -> float:
    """T squared times the KL divergence from the teacher's to the student's soft answers.

    Both are softened with the same T. Soft gradients shrink as 1 / T squared; the factor undoes
    that, so that one learning rate suits every T (Hinton et al. 2015, section 2).
    Raises ValueError if the shapes differ or the temperature is not positive.
    """
    student_logits, teacher_logits = _same_shape(student_logits, teacher_logits)
    log_student = log_softmax(student_logits, temperature)
    log_teacher = log_softmax(teacher_logits, temperature)
    divergence = (np.exp(log_teacher) * (log_teacher - log_student)).sum(axis=-1).mean()
    return float(temperature**2 * divergence)


def distillation_gradient(
    student_logits: np.ndarray, teacher_logits: np.ndarray, temperature: float = 4.0
) -> np.ndarray:
    """Slope of `distillation_loss` in every student logit: T x (student - teacher) / examples."""
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


@dataclass(frozen=True)
class Network:
    """Inputs -> hidden units (ReLU) -> one score per class; never changed, `train` makes new ones.

    The two weight matrices have shapes ``(inputs, hidden)`` and ``(hidden, classes)``.
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
    """Make an untrained network; the same seed gives the same random weights.

    Their variance is 2 / inputs of the layer (He et al. 2015, arXiv 1502.01852).
    Raises ValueError if there is no hidden unit.
    """
    if hidden < 1:
        raise ValueError(f"a network needs at least 1 hidden unit, got {hidden}")
    random = np.random.default_rng(seed)
    weights_in = random.normal(0, np.sqrt(2 / inputs), (inputs, hidden))
    weights_out = random.normal(0, np.sqrt(2 / hidden), (hidden, classes))
    return Network(weights_in, np.zeros(hidden), weights_out, np.zeros(classes))


class Adam:
    """Steps against the mean recent slope of each number, in units of that slope's usual size."""

    def __init__(self, parts: Iterable[np.ndarray]) -> None:
        self.parts = list(parts)
        self.mean = [np.zeros_like(part) for part in self.parts]
        self.square = [np.zeros_like(part) for part in self.parts]
        self.steps = 0

    def step(self, slopes: Iterable[np.ndarray], rate: float) -> None:
        """Change the parts in place, each number by about `rate`."""
        self.steps += 1
        for part, mean, square, slope in zip(
            self.parts, self.mean, self.square, slopes, strict=True
        ):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope**2 - square)
            # Both averages start at zero; dividing by these shares corrects that.
            size = np.sqrt(square / (1 - 0.999**self.steps)) + 1e-8
            part -= rate * mean / (1 - 0.9**self.steps) / size


def batches(examples: int, size: int, seed: int) -> Iterator[np.ndarray]:
    """Yield row numbers of one batch after another, without end, shuffled anew for each pass."""
    random = np.random.default_rng(seed)
    while True:
        order = random.permutation(examples)
        for first in range(0, examples, size):
            yield order[first : first + size]


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
    network, inputs, labels, teacher_logits
        Where to start; the examples; their classes, shape ``(examples,)``; a teacher's scores.
    temperature, soft_weight
        T of the soft loss, and its share in a mixture, from 0 to 1.
    updates, batch, rate
        Steps of the optimiser, examples in each, and the first step's learning rate, which falls
        to zero along a straight line.
    seed
        Decides the order of the examples.
    on_progress
        Called every 50 updates with (updates done, network so far); training stops on False.

    Raises
    ------
    ValueError
        If there is nothing to learn from, or the rows do not match.
    """
    if len(inputs) == 0 or (labels is None and teacher_logits is None):
        raise ValueError("nothing to learn from: give inputs with labels, teacher_logits, or both")
    for name, answers in (("labels", labels), ("teacher_logits", teacher_logits)):
        if answers is not None and len(answers) != len(inputs):
            raise ValueError(f"{len(inputs)} inputs but {len(answers)} {name}; rows must match")
    weight = 0.0 if teacher_logits is None else 1.0 if labels is None else soft_weight
    network = Network(*(part.copy() for part in network.parts))
    adam = Adam(network.parts)  # it changes these copies in place
    for step, rows in enumerate(islice(batches(len(inputs), batch, seed), updates), start=1):
        # One list of row numbers picks inputs, labels and teacher alike: they stay aligned.
        examples = np.asarray(inputs[rows], dtype=float)
        logits = network.logits(examples)
        slope = np.zeros_like(logits)
        if weight < 1:
            truth = one_hot(labels[rows], logits.shape[1])
            slope += (1 - weight) * (softmax(logits) - truth) / len(rows)
        if weight > 0:
            slope += weight * distillation_gradient(logits, teacher_logits[rows], temperature)
        adam.step(network.gradient(examples, slope), rate * (1 - (step - 1) / updates))
        if on_progress and step % 50 == 0 and on_progress(step, network) is False:
            break
    return network
