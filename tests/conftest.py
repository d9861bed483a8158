"""Fixtures of all tests, and how hypothesis runs."""

import os
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import NAMES
from hypothesis import HealthCheck, Phase, settings

import rnnlib

os.environ.pop("TQDM_DISABLE", None)  # some tests look at progress bars

settings.register_profile(
    "rnnlib",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # says more about the machine than about a test
)
settings.register_profile(
    "planted",
    settings.get_profile("rnnlib"),
    phases=[Phase.explicit, Phase.generate],  # nobody reads the example that saw a planted bug
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "rnnlib"))


def pytest_configure(config):
    """Register the marks of these tests."""
    config.addinivalue_line("markers", "mistake: provokes errors, see tests/mistakes.py")


UNCOUNTED = {"book", "classroom", "demos", "mutants", "results"}
"""Folders of tests of something else than rnnlib, whose coverage is measured."""


def pytest_collection_modifyitems(items):
    """Put the planted bugs first, and measure coverage where that takes little.

    The longest work of a worker should not begin last.  Measuring makes a comparison of gradients
    number by number take nearly twice as long, and few lines are run by nothing else: what is not
    counted makes the figure smaller, never larger.
    """
    items.sort(key=lambda item: item.path.parent.name != "mutants")
    for item in items:
        if "gradients" in item.name or item.path.parent.name in UNCOUNTED:
            item.add_marker("no_cover")


@pytest.fixture
def rng():
    """A generator that starts anew in every test."""
    return np.random.default_rng(20)


@pytest.fixture
def vocab():
    """The vocabulary of `NAMES`."""
    return rnnlib.Vocabulary.from_text(NAMES)


@pytest.fixture
def world(vocab, rng, tmp_path):
    """What a user has at hand when making a mistake: a model in training, and a folder."""
    model, optimizer = rnnlib.LanguageModel(len(vocab), 8, rng=rng), rnnlib.Adam()
    batches = rnnlib.padded_batches(vocab, NAMES, 5, rng)
    fit = partial(rnnlib.fit, model, batches, optimizer, epochs=1, progress=False)
    fit()
    return SimpleNamespace(
        vocab=vocab,
        rng=rng,
        model=model,
        optimizer=optimizer,
        batches=batches,
        fit=fit,
        ids=np.zeros((5, 2), int),
        folder=tmp_path,
    )


@pytest.fixture
def ax():
    """Axes in the style of the book."""
    import matplotlib.pyplot as plt  # here: most tests draw nothing

    with plt.style.context("rnnlib.course"):
        figure, ax = plt.subplots()
        yield ax
        plt.close(figure)


@pytest.fixture(scope="module")
def browser():
    """Chromium, without which the test is skipped; two at a time there cannot be."""
    from browsing import open_browser  # here: most tests look at no page

    with open_browser() as browser:
        yield browser
