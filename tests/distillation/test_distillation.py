"""The mathematics, the network and its training, against finite differences and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import log_softmax, rel_entr
from scipy.special import softmax as scipy_softmax

from sputnik_moment import digits
from sputnik_moment import distillation as dl

logits = arrays(float, (3, 4), elements=st.floats(-50, 50))
temperatures = st.floats(0.2, 20)


def random_logits(seed, shape=(5, 10)):
    return np.random.default_rng(seed).normal(0, 3, shape)


def slope_by_differences(function, at, step=1e-6):
    """Central differences in every entry of an array."""
    slope = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        slope[place] = (function(up) - function(down)) / (2 * step)
    return slope


# --- losses -----------------------------------------------------------------------------------
@given(logits, temperatures)
def test_softmax_equals_scipy(scores, temperature):
    ours = dl.softmax(scores, temperature)
    np.testing.assert_allclose(ours, scipy_softmax(scores / temperature, axis=1), atol=1e-12)
    np.testing.assert_allclose(
        dl.log_softmax(scores, temperature), log_softmax(scores / temperature, axis=1), atol=1e-9
    )


def test_softmax_does_not_overflow():
    np.testing.assert_allclose(dl.softmax([1000.0, 0.0]), [1, 0])
    np.testing.assert_allclose(dl.softmax([0.0, 2.0, 4.0], 1e9), [1 / 3] * 3, atol=1e-8)


@pytest.mark.parametrize("temperature", [0, -1, np.inf, np.nan])
def test_a_temperature_must_be_positive(temperature):
    with pytest.raises(ValueError, match="positive"):
        dl.softmax([1.0, 2.0], temperature)


@given(logits, logits)
def test_kl_divergence_equals_scipy_and_is_never_negative(first, second):
    target, predicted = dl.softmax(first), dl.softmax(second)
    if predicted.min() > 1e-30:
        reference = rel_entr(target, predicted).sum(axis=1).mean()
        assert dl.kl_divergence(target, predicted) == pytest.approx(reference, abs=1e-9)
        assert dl.kl_divergence(target, predicted) >= -1e-9


def test_cross_entropy_of_labels_is_minus_the_log_of_the_right_probability():
    predicted = np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25]])
    expected = -(np.log(0.7) + np.log(0.25)) / 2
    target = dl.one_hot([0, 2], classes=3)
    assert dl.cross_entropy(target, predicted) == pytest.approx(expected)
    assert dl.cross_entropy(dl.one_hot([0], 2), np.array([[0.0, 1.0]])) == np.inf


def test_losses_refuse_rows_that_do_not_match():
    with pytest.raises(ValueError, match="one row per example"):
        dl.cross_entropy(np.ones((2, 3)), np.ones((3, 3)))
    with pytest.raises(ValueError, match="one row per example"):
        dl.distillation_loss(np.ones((2, 3)), np.ones((2, 4)))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0, 20.0])
def test_gradient_by_finite_differences(temperature):
    student, teacher_scores = random_logits(1), random_logits(2)
    slope = slope_by_differences(
        lambda at: dl.distillation_loss(at, teacher_scores, temperature), student
    )
    ours = dl.distillation_gradient(student, teacher_scores, temperature)
    np.testing.assert_allclose(ours, slope, atol=1e-7)


@given(logits, temperatures)
def test_nothing_to_learn_from_an_equal(scores, temperature):
    assert dl.distillation_loss(scores, scores, temperature) == pytest.approx(0, abs=1e-9)
    # A constant added to all scores changes no probability, so nothing is to be learned either.
    shifted = dl.distillation_gradient(scores + 7, scores, temperature)
    np.testing.assert_allclose(shifted, 0, atol=1e-9)


def test_t_squared_keeps_the_gradient_from_vanishing():
    student, teacher_scores = random_logits(1), random_logits(2)
    sizes = [
        np.abs(dl.distillation_gradient(student, teacher_scores, t)).mean() for t in (10, 20, 40)
    ]
    assert max(sizes) / min(sizes) < 1.1
    # In the limit it is the difference of the centred scores (Hinton et al. 2015, section 2.1).
    centred = (student - teacher_scores) - (student - teacher_scores).mean(axis=1, keepdims=True)
    limit = dl.distillation_gradient(student, teacher_scores, 1e5)
    np.testing.assert_allclose(limit, centred / student.size, atol=1e-4)


# --- the network ------------------------------------------------------------------------------
def test_back_propagation_by_finite_differences():
    network = dl.new_network(5, seed=3, inputs=6, classes=4)
    inputs, target = random_logits(4, (7, 6)), random_logits(5, (7, 4))
    slope = dl.distillation_gradient(network.logits(inputs), target, 2.0)
    for i, ours in enumerate(network.gradient(inputs, slope)):

        def loss(part, i=i):
            changed = dl.Network(*(part if j == i else p for j, p in enumerate(network.parts)))
            return dl.distillation_loss(changed.logits(inputs), target, 2.0)

        np.testing.assert_allclose(ours, slope_by_differences(loss, network.parts[i]), atol=1e-6)


def test_sizes_of_teacher_and_student():
    assert dl.new_network(256, seed=0).parameters == 64 * 256 + 256 + 256 * 10 + 10
    assert dl.new_network(16, seed=0).parameters == 1210
    with pytest.raises(ValueError, match="at least 1"):
        dl.new_network(0, seed=0)


# --- training ---------------------------------------------------------------------------------
def test_training_starts_from_a_copy_and_repeats_with_the_seed(parts):
    start = dl.new_network(8, seed=1)
    before = [part.copy() for part in start.parts]
    images, labels = parts.transfer_images, parts.transfer_labels
    once = dl.train(start, images, labels, updates=20, seed=5)
    again = dl.train(start, images, labels, updates=20, seed=5)
    other = dl.train(start, images, labels, updates=20, seed=6)
    for old, same, first, second in zip(before, start.parts, once.parts, again.parts, strict=True):
        np.testing.assert_array_equal(old, same)
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(once.weights_in, other.weights_in)


@pytest.mark.parametrize("answers", ["labels", "teacher_logits"])
def test_rows_stay_aligned_when_they_are_shuffled(answers):
    # Ten different images that must each get their own answer, over many shuffles.
    inputs, classes = np.eye(10), np.arange(10)[::-1].copy()
    given_answers = classes if answers == "labels" else 20 * dl.one_hot(classes)
    start = dl.new_network(32, seed=0, inputs=10)
    student = dl.train(start, inputs, **{answers: given_answers}, updates=400, batch=3, rate=0.02)
    np.testing.assert_array_equal(student.predict(inputs), classes)


def test_a_mixture_lies_between_its_ends(parts, teacher):
    start = dl.new_network(4, seed=0)
    images, labels = parts.transfer_images, parts.transfer_labels
    scores = teacher.logits(images)

    def after(**answers):
        return dl.train(start, images, **answers, updates=30).weights_in

    both = {"labels": labels, "teacher_logits": scores}
    np.testing.assert_array_equal(after(**both, soft_weight=0.0), after(labels=labels))
    np.testing.assert_array_equal(after(**both, soft_weight=1.0), after(teacher_logits=scores))
    assert not np.array_equal(after(**both), after(labels=labels))


def test_training_can_be_watched_and_stopped(parts):
    seen = []

    def watch(done, network):
        seen.append((done, network.accuracy(parts.test_images, parts.test_labels)))
        return done < 150

    start = dl.new_network(8, seed=0)
    dl.train(start, parts.transfer_images, parts.transfer_labels, on_progress=watch)
    assert [done for done, _ in seen] == [50, 100, 150]
    assert seen[-1][1] > seen[0][1]


def test_training_says_what_is_wrong_with_its_input(parts):
    start = dl.new_network(4, seed=0)
    with pytest.raises(ValueError, match="nothing to learn from"):
        dl.train(start, parts.test_images)
    with pytest.raises(ValueError, match="nothing to learn from"):
        dl.train(start, parts.test_images[:0], parts.test_labels[:0])
    with pytest.raises(ValueError, match="rows must match"):
        dl.train(start, parts.test_images, parts.test_labels[1:])


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")  # 1,000 updates, then stop: as ours
def test_accuracy_is_that_of_an_independent_implementation(images_and_labels):
    """scikit-learn's network of the same size, with Adam and the same data, over five splits."""
    from sklearn.neural_network import MLPClassifier

    ours, theirs = [], []
    for seed in range(5):
        parts = digits.split(*images_and_labels, seed=seed)
        start = dl.new_network(16, seed)
        train = (parts.transfer_images, parts.transfer_labels)
        test = (parts.test_images, parts.test_labels)
        network = dl.train(start, *train, updates=1000, rate=0.01, seed=seed)
        ours.append(network.accuracy(*test))
        reference = MLPClassifier(
            16, alpha=0, batch_size=64, learning_rate_init=0.005, max_iter=100,
            n_iter_no_change=100, random_state=seed,
        )  # fmt: skip
        theirs.append(reference.fit(*train).score(*test))
    apart = abs(np.mean(ours) - np.mean(theirs))
    assert apart < 2 * np.hypot(
        digits.spread(ours).standard_error, digits.spread(theirs).standard_error
    )
