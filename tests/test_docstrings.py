"""The examples in docstrings run, and print what they say they print."""

import doctest
import re
import textwrap

import numpy as np
import pytest
from helpers import NAMES, modules

import rnnlib

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def find_examples():
    """Find the docstrings of rnnlib that hold examples, by name."""
    for module in [rnnlib, *modules()]:
        for test in doctest.DocTestFinder().find(module):
            if test.examples:
                yield test.name, test


EXAMPLES = dict(find_examples())


class WhereGiven(doctest.OutputChecker):
    """Compares an output only where the example shows one."""

    def check_output(self, want, got, flags):
        return not want or super().check_output(want, got, flags)


@pytest.fixture
def namespace(vocab, tmp_path, monkeypatch):
    """What an example may take for granted: `rl`, `np`, `model`, ..., and an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    rng = np.random.default_rng(0)
    public = {name: getattr(rnnlib, name) for name in rnnlib.__all__}
    return public | {
        "rl": rnnlib,
        "np": np,
        "rng": rng,
        "names": NAMES,
        "vocab": vocab,
        "model": rnnlib.LanguageModel(len(vocab), 8, rng=rng),
        "optimizer": rnnlib.Adam(3e-3),
        "batches": rnnlib.padded_batches(vocab, NAMES, 8, rng),
        "validation": rnnlib.padded_batches(vocab, NAMES[:5], 8),
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_prints_what_it_shows(name, namespace):
    test, said = EXAMPLES[name], []
    test.globs |= namespace  # the names of its module, as in any doctest, and these
    runner = doctest.DocTestRunner(WhereGiven(), verbose=False, optionflags=OPTIONS)
    assert runner.run(test, out=said.append).failed == 0, "".join(said)


def test_an_example_that_fails_or_prints_something_else_is_seen(namespace):
    parser = doctest.DocTestParser()
    for source, failures in ((">>> 1 + 1\n2", 0), (">>> 1 + 1\n3", 1), (">>> nothing", 1)):
        test = parser.get_doctest(source + "\n", namespace, "example", None, 0)
        runner = doctest.DocTestRunner(WhereGiven(), verbose=False, optionflags=OPTIONS)
        assert runner.run(test, out=lambda _: None).failed == failures


def test_the_example_of_the_package_runs(namespace, capsys):
    code = textwrap.dedent(re.search(r"::\n\n(.*?)\n\n(?=\S)", rnnlib.__doc__, re.DOTALL)[1])
    exec(re.sub(r"epochs=\d+", "epochs=1", code), {})
    assert re.fullmatch(r"\S.*\n", capsys.readouterr().out)
