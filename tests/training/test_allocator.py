"""Memory is kept while a model is trained, and given back then."""

import pytest
from helpers import NAMES, run_python
from planted import bug

import rnnlib as rl
from rnnlib.training import allocator


def test_memory_is_kept_from_step_to_step():
    """In a process of its own, since the setting stays: later steps fault on hardly any page."""
    code = """
import resource
import numpy as np
from rnnlib import LanguageModel
from rnnlib.training.allocator import keep_memory

listens = keep_memory()
model = LanguageModel(30, 64, "lstm", rng=np.random.default_rng(0))
ids = np.zeros((60, 64), int)
def faults():
    model.loss_and_grads(ids, ids)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
counts = [faults() for _ in range(5)]
print(int(listens), counts[-1] - counts[-2])
"""
    pytest.importorskip("resource")
    with run_python("-c", code) as process:
        listens, faults = map(int, process.stdout.read().split())
    if not listens:
        pytest.skip("the allocator cannot be told")
    assert faults < 100  # of the 2,000 pages of a step


def test_a_machine_without_glibc_keeps_no_memory(monkeypatch, vocab, rng):
    monkeypatch.setattr(allocator, "_libc", object)
    assert not allocator.keep_memory()
    model = rl.LanguageModel(len(vocab), 8, rng=rng)
    rl.fit(model, rl.padded_batches(vocab, NAMES, 5), rl.SGD(), epochs=1, progress=False)


@bug("memory is kept for good", "training.allocator._begin", "_give_back", "lambda: None")
def test_memory_is_given_back_at_the_end_of_fit(monkeypatch, vocab, rng):
    class Libc:
        calls = ()

        def mallopt(self, option, value):
            Libc.calls = (*Libc.calls, (option, value))
            return 1

        def malloc_trim(self, pad):
            Libc.calls = (*Libc.calls, "trim")

    monkeypatch.setattr(allocator, "_libc", Libc)
    model, seen = rl.LanguageModel(len(vocab), 8, rng=rng), []

    class Inner(rl.Callback):
        def on_epoch(self, run):
            rl.fit(run.model, list(run.batches), rl.SGD(), epochs=1, progress=False)
            seen.extend(Libc.calls)

    batches = rl.padded_batches(vocab, NAMES, 5)
    rl.fit(model, batches, rl.SGD(), epochs=1, callbacks=Inner(), progress=False)
    begun = [(allocator.MMAP_THRESHOLD, 2**30), (allocator.TRIM_THRESHOLD, 2**30)]
    ended = [(allocator.MMAP_THRESHOLD, 2**25), (allocator.TRIM_THRESHOLD, 2**26), "trim"]
    assert seen == begun  # the inner run changes nothing
    assert list(Libc.calls) == begun + ended
