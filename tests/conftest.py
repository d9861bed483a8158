"""Fixtures of all tests, and how hypothesis runs."""

import numpy as np
import pytest
from helpers import NAMES
from hypothesis import settings

import rnnlib

settings.register_profile("rnnlib", deadline=None, derandomize=True, database=None)
settings.load_profile("rnnlib")


@pytest.fixture
def rng():
    """A generator that starts anew in every test."""
    return np.random.default_rng(20)


@pytest.fixture
def vocab():
    """The vocabulary of `NAMES`."""
    return rnnlib.Vocabulary.from_text(NAMES)
