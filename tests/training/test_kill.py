"""A training is killed twenty times, and goes on each time as if nothing had happened."""

import contextlib
import subprocess

import killable
import numpy as np
import pytest
from helpers import frozen, run_python

MOMENTS = [None, *killable.WRITING]
"""Any moment, or one in the middle of a write."""


def result(model, optimizer, history):
    """What a training leaves behind, but for the time it took."""
    memory = {name: frozen(slots) for name, slots in optimizer.memory.items()}
    losses = history.step_loss, history.train_loss, history.validation_loss
    return frozen(model.params), memory, losses


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """The result of the training that nobody kills."""
    model, optimizer, history = killable.train(tmp_path_factory.mktemp("unbroken"))
    assert 0 < history.best_epoch < killable.EPOCHS - 1  # so KeepBest has something to put back
    return result(model, optimizer, history)


@pytest.mark.parametrize("kill", range(20))
def test_a_training_that_was_killed_goes_on_bit_for_bit(kill, unbroken, tmp_path):
    rng, moment = np.random.default_rng(kill), MOMENTS[kill % len(MOMENTS)]
    epochs = int(rng.integers(killable.EPOCHS))
    calls = killable.CALLS[moment] if moment else 0
    hold = [moment, 1 + calls * epochs] if moment else []
    with run_python(killable.__file__, tmp_path, *hold, stdin=subprocess.PIPE) as process:
        if moment:
            assert "held\n" in process.stdout
            assert list(tmp_path.glob("*.unfinished"))
        else:
            assert all(process.stdout.readline() == "epoch\n" for _ in range(epochs))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0, 0.005))
        process.kill()

    assert result(*killable.train(tmp_path)) == unbroken
    assert not list(tmp_path.glob("*.unfinished"))
