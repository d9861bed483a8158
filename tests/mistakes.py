"""Mistakes: what a user can get wrong is answered in words, and changes nothing.

Each test file lists the mistakes that its module must refuse, by the class of the error: pairs of
what the message must say, and a function that makes the mistake.

    from mistakes import mistakes

    @mistakes({
        ValueError: [
            ("hidden_size must be at least 1, got -1", lambda w: LanguageModel(5, -1, rng=w.rng)),
        ],
        TypeError: [
            ("must be a numpy.random.Generator, got 0", lambda w: LanguageModel(5, 8, rng=0)),
        ],
    })
    def test_a_wrong_model_is_refused_in_words(mistake, world):
        mistake(world)

`world` is the fixture of conftest.py, with the things that a user has at hand.  A file adds its
own to it with a fixture of the same name::

    @pytest.fixture
    def world(world):
        world.layer = Dropout(0.5, world.rng)
        return world

`mistake(world)` makes the mistake, compares the error's class and message, and compares two
photographs of everything that can be reached from `world`, taken before and after: parameters,
generators, optimizers, counts, files in folders.

A test that provokes an error in a way of its own carries `@pytest.mark.mistake`, which `mistakes`
sets too.  `test_errors.py` runs all tests with that mark, of all test files, in a Python of their
own while this module watches (`-p mistakes`): every `raise` and `require` in rnnlib must raise.
"""

import json
import os
import re
import sys
import threading
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType, ModuleType

import numpy as np
import pytest

import rnnlib

PACKAGE = str(Path(rnnlib.__file__).parent) + os.sep
APART = (type, ModuleType, FunctionType, pytest.MonkeyPatch)
"""Not photographed: code does not change, and patches are the test's own."""


class Mistake:
    """One mistake, and the answer that it must get."""

    def __init__(self, error, message, make):
        self.error, self.message, self.make = error, message, make

    def __call__(self, world):
        """Make the mistake in this world: it is refused, and nothing has changed."""
        before = photograph(world)
        with pytest.raises(self.error, match=re.escape(self.message)):
            self.make(world)
        assert photograph(world) == before


def mistakes(by_error):
    """Run a test for each of the mistakes, given as {error: [(message, make), …], …}."""
    cases = [
        pytest.param(Mistake(error, message, make), id=message)
        for error, pairs in by_error.items()
        for message, make in pairs
    ]

    def decorate(test):
        return pytest.mark.mistake(pytest.mark.parametrize("mistake", cases)(test))

    return decorate


def photograph(thing, seen=None):
    """Write down everything that can be reached from a thing, so that it can be compared."""
    seen = {} if seen is None else seen  # with the things: the id of one that is gone is used again
    if isinstance(thing, np.ndarray):
        return thing.dtype.str, thing.shape, thing.tobytes() if thing.dtype != object else None
    if isinstance(thing, np.random.Generator):
        return repr(thing.bit_generator.state)
    if isinstance(thing, Path):
        return _files(thing)
    if isinstance(thing, APART) or id(thing) in seen:
        return getattr(thing, "__name__", type(thing).__name__)
    look = partial(photograph, seen=seen)
    if isinstance(thing, dict | list | tuple | set | partial | MethodType) or hasattr(
        thing, "__dict__"
    ):
        seen[id(thing)] = thing
    if isinstance(thing, dict):
        return [(repr(key), look(value)) for key, value in thing.items()]
    if isinstance(thing, list | tuple):
        return [look(part) for part in thing]
    if isinstance(thing, partial):
        return look([thing.func, thing.args, thing.keywords])
    if isinstance(thing, MethodType):
        return look(thing.__self__)
    if hasattr(thing, "__dict__"):
        return type(thing).__name__, look(vars(thing))
    return repr(thing)


def _files(path):
    if path.is_dir():
        return {str(p): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}
    return path.read_bytes() if path.is_file() else str(path)


REACHED = set()
"""The (file, line) of rnnlib at which an error passed, while this module is a plugin of pytest."""


def watch(frame, event, argument):
    """Trace the frames of rnnlib, and in them only the errors that pass."""
    if not frame.f_code.co_filename.startswith(PACKAGE):
        return None
    frame.f_trace_lines = False
    if event == "exception":
        REACHED.add((frame.f_code.co_filename, frame.f_lineno))
    return watch


def pytest_runtest_call():
    """Begin to watch, as a plugin."""
    if "RNNLIB_REACHED" in os.environ:
        sys.settrace(watch)
        threading.settrace(watch)


def pytest_runtest_teardown():
    """Stop watching, as a plugin."""
    if "RNNLIB_REACHED" in os.environ:
        sys.settrace(None)
        threading.settrace(None)


def pytest_sessionfinish():
    """Write down the lines, as a plugin."""
    if "RNNLIB_REACHED" in os.environ:
        Path(os.environ["RNNLIB_REACHED"]).write_text(json.dumps(sorted(REACHED)))
