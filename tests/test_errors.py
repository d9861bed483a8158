"""The checks of `rnnlib.errors`, and the check that every error of rnnlib is provoked by a test."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from helpers import run_python
from mistakes import PACKAGE
from planted import TESTS, bug

from rnnlib.errors import at_least_one, require_float_dtype, require_generator
from tools.evidence import raising_lines


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("error", "message", "check"),
    [
        (ValueError, "size must be at least 1, got 0", lambda: at_least_one(size=0)),
        (TypeError, "size must be a whole number, got 64.0", lambda: at_least_one(size=64.0)),
        (TypeError, "size must be a whole number, got True", lambda: at_least_one(size=True)),
        (TypeError, "size must be a whole number, got 'abc'", lambda: at_least_one(size="abc")),
        (ValueError, "no hidden randomness", lambda: require_generator(None)),
        (TypeError, "numpy.random.Generator, got 0. Pass", lambda: require_generator(0)),
        (TypeError, "got RandomState", lambda: require_generator(np.random.RandomState(0))),
        (TypeError, "got <class 'int'>", lambda: require_float_dtype(int)),
        (TypeError, "got 'float16'", lambda: require_float_dtype("float16")),
        (TypeError, "got <class 'complex'>", lambda: require_float_dtype(complex)),
        (TypeError, "got None", lambda: require_float_dtype(None)),
        (TypeError, "got 'single malt'", lambda: require_float_dtype("single malt")),
    ],
)
def test_a_check_says_what_it_was_given(error, message, check):
    with pytest.raises(error, match=re.escape(message)):
        check()


@bug(
    "whole numbers must be Python's",
    "errors.at_least_one",
    "isinstance(size, Integral)",
    "type(size) is int",
)
@pytest.mark.parametrize("dtype", ["float32", np.float64, np.dtype("float32"), float, "<f8"])
def test_a_check_lets_pass_what_is_right(dtype, rng):
    at_least_one(a=1, b=np.int64(3), c=np.uint8(2))
    require_generator(rng)
    assert require_float_dtype(dtype) == np.dtype(dtype)


@pytest.mark.timeout(900)  # one test runs all the mistakes of all files
def test_every_raise_in_rnnlib_is_provoked(tmp_path):
    found = tmp_path / "reached.json"
    watched = {"env": {"RNNLIB_REACHED": str(found)}}
    options = ["-q", "-m", "mistake", "-p", "mistakes", "-p", "no:cacheprovider"]
    files = [path for path in TESTS.rglob("test_*.py") if "mistake" in path.read_text("utf-8")]
    with run_python("-m", "pytest", *options, *files, **watched) as process:
        said = process.stdout.read()
    assert process.returncode == 0, said[-3000:]
    reached = {tuple(place) for place in json.loads(found.read_text())}
    missed = [
        f"{path.removeprefix(PACKAGE)}:{first}: {code[:60]}"
        for path, first, last, code in raising_lines(Path(PACKAGE))
        if not path.endswith("plots.py") and "NotImplemented" not in code
        if not any((path, line) in reached for line in range(first, last + 1))
    ]
    assert not missed, "\n".join(missed)
