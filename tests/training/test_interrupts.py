"""Ctrl-C at any moment: `fit` returns, and the model is where a step left it."""

import os
import signal
import threading

import numpy as np
import pytest
from helpers import NAMES, frozen, run_python
from planted import bug

import rnnlib as rl
from rnnlib import Adam, Callback, LanguageModel, padded_batches
from rnnlib.training.interrupts import Interrupts


def start(vocab):
    model = LanguageModel(len(vocab), 8, rng=np.random.default_rng(3))
    return model, padded_batches(vocab, NAMES, 5), Adam(0.01)


def press():
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


class Journal(Callback):
    """Notes every event, and what the parameters were after every step."""

    def __init__(self, at=None, error=KeyboardInterrupt):
        self.events, self.moments, self.at, self.error = [], [], at, error

    def _note(self, event, run):
        self.events.append(event)
        if event == self.at:
            raise self.error(event)

    def on_start(self, run):
        self.moments = [frozen(run.model.params)]
        self._note("start", run)

    def on_step(self, run, step):
        self.moments.append(frozen(run.model.params))
        self._note("step", run)

    def on_epoch(self, run):
        self._note("epoch", run)

    def on_end(self, run):
        self._note("end", run)


@pytest.mark.parametrize("at", ["start", "step", "epoch", "end"])
def test_every_callback_that_started_ends_once_after_an_interrupt(at, vocab):
    first, second = Journal(), Journal(at)
    last = Journal()
    history = rl.fit(*start(vocab), epochs=2, callbacks=[first, second, last], progress=False)
    assert history.stopped == "interrupted"
    assert first.events.count("end") == second.events.count("end") == 1
    assert last.events.count("end") == (at != "start")  # it was never started


@bug(
    "an error of a callback is lost",
    "training.loop._watched",
    "failure = failure or error",
    "pass",
)
@pytest.mark.parametrize("at", ["start", "step", "epoch", "end"])
def test_an_error_in_one_callback_leaves_the_others_their_end(at, vocab):
    first, second = Journal(), Journal(at, ZeroDivisionError)
    last = Journal(at if at == "end" else None, OverflowError)
    with pytest.raises(ZeroDivisionError, match=at):
        rl.fit(*start(vocab), epochs=2, callbacks=[first, second, last], progress=False)
    assert first.events.count("end") == second.events.count("end") == 1
    assert last.events.count("end") == (at != "start")


@bug(
    "Ctrl-C cuts a step in two",
    "training.interrupts.Interrupts._handle",
    "self._open or self._pending",
    "True",
)
@pytest.mark.mistake
@pytest.mark.parametrize("presses", [1, 2])
@pytest.mark.parametrize("at", range(4))
def test_ctrl_c_in_the_middle_of_a_step(at, presses, vocab):
    class Pressed(Adam):
        left = 7 + at

        def update(self, p, g, **slots):
            self.left -= 1
            for _ in range(presses if self.left == 0 else 0):
                press()
            super().update(p, g, **slots)

    journal, (model, batches, _) = Journal(), start(vocab)
    assert len(model.params) == 5
    history = rl.fit(model, batches, Pressed(0.01), epochs=3, callbacks=journal, progress=False)
    assert history.stopped == "interrupted"
    assert len(history.step_loss) == (7 + at + 4) // 5 - (presses - 1)
    assert frozen(model.params) == reached(vocab)[len(history.step_loss)]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def reached(vocab):
    """What the parameters are after each step of a run that nobody interrupts."""
    journal = Journal()
    rl.fit(*start(vocab), epochs=3, callbacks=journal, progress=False)
    return journal.moments


def test_a_simulated_interrupt_in_a_step_leaves_the_step_before(vocab):
    class Interrupted(Adam):
        left = 8

        def update(self, p, g, **slots):
            super().update(p, g, **slots)
            self.left -= 1
            if self.left <= 0:
                raise KeyboardInterrupt

    journal, (model, batches, _) = Journal(), start(vocab)
    history = rl.fit(model, batches, Interrupted(0.01), epochs=3, callbacks=journal, progress=False)
    assert (history.stopped, len(history.step_loss)) == ("interrupted", 1)
    assert frozen(model.params) == reached(vocab)[1]


def test_ctrl_c_while_a_run_ends_is_let_go(vocab):
    class Late(Callback):
        ended = 0

        def on_end(self, run):
            press()
            press()
            self.ended += 1

    late, (model, *others) = Late(), start(vocab)
    history = rl.fit(model, *others, epochs=3, callbacks=[late, late], progress=False)
    assert (late.ended, history.epochs, history.stopped) == (2, 3, "")
    assert frozen(model.params) == reached(vocab)[-1]


def test_a_handler_of_the_users_own_is_left_alone(vocab):
    caught = []
    before = signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
    try:

        class Press(Callback):
            def on_step(self, run, step):
                press()

        history = rl.fit(*start(vocab), epochs=1, callbacks=Press(), progress=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (len(caught), history.stopped) == (3, "")


def test_a_thread_trains_without_signals(vocab):
    histories = []

    def work():
        histories.append(rl.fit(*start(vocab), epochs=2, progress=False))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert histories[0].epochs == 2


def test_a_second_ctrl_c_does_not_wait():
    waited = []

    def twice():
        with Interrupts():
            press()
            waited.append(True)
            press()

    with pytest.raises(KeyboardInterrupt):
        twice()
    assert waited


CODE = """
import signal, sys
import numpy as np
import rnnlib as rl
from helpers import NAMES, frozen

vocab = rl.Vocabulary.from_text(NAMES)

moments = set()  # of a run that nobody interrupts: it is the first

def run(seconds):
    model = rl.LanguageModel(len(vocab), 8, rng=np.random.default_rng(3))
    class Journal(rl.Callback):
        ended = 0
        def on_step(self, run, step):
            if seconds == 9:
                moments.add(frozen_of(model))
        def on_end(self, run):
            Journal.ended += 1
    batches = rl.padded_batches(vocab, NAMES, 5)
    moments.add(frozen_of(model))
    history, optimizer = None, rl.Adam()
    def begin(model):  # the first that fit calls: no moment is before it has begun
        signal.setitimer(signal.ITIMER_REAL, seconds)
        check_model(model)
    loop.check_model = begin
    try:
        history = rl.fit(model, batches, optimizer, epochs=4, validation=batches,
                         callbacks=[Journal()], progress=False)
    except KeyboardInterrupt:
        return "finished" if history else "escaped"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if history.stopped not in ("", "interrupted") or Journal.ended > 1:
        return "wrong"
    return history.stopped if frozen_of(model) in moments else "torn"

def frozen_of(model):
    return str(sorted(frozen(model.params).items()))

from rnnlib.training import loop
check_model = loop.check_model
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
run(9)
import time
begun = time.perf_counter()
run(9)
whole = time.perf_counter() - begun
for moment in np.linspace(whole / 200, whole, 100):
    try:
        print(run(float(moment)) or "finished")
    except KeyboardInterrupt:  # too late: fit had returned
        print("finished")
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_ctrl_c_at_a_hundred_moments():
    """In a process of its own; the moments are shares of the time that the run takes there."""
    with run_python("-c", CODE) as process:
        ends = process.stdout.read().split()
    assert len(ends) == 100
    assert set(ends) <= {"interrupted", "finished"}
    assert ends.count("interrupted") > 10
