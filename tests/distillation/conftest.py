"""One split of the digits and its teacher, for all tests of this folder."""

import pytest

from sputnik_moment import data, digits


@pytest.fixture(scope="session")
def images_and_labels():
    return digits.images_and_labels(data.load("digits"))


@pytest.fixture(scope="session")
def parts(images_and_labels):
    return digits.split(*images_and_labels, seed=0)


@pytest.fixture(scope="session")
def teacher(parts):
    return digits.train_teacher(parts, seed=0)
