"""Make results/shakespeare.csv: three minutes of an LSTM on Tiny Shakespeare.

    python experiments/shakespeare.py                     # fetches the text once
    python experiments/shakespeare.py --text input.txt    # a copy of your own

The first 90 % are read as 64 rows that carry their state from window to window; the learning rate
falls to zero along a cosine over the minutes given.  The last tenth is scored once, at the end; the
settings of network and counters were chosen with the last ninth of the first 90 % held out.
"""

import argparse
import time
from pathlib import Path

import numpy as np

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "shakespeare.csv"
ROWS, STEPS = 64, 32  # twice as many steps as with windows of 64, in the same time


class Clock(rl.Callback):
    """Ends the training when its minutes are over, and tells how much of them is."""

    def __init__(self, minutes):
        self.start, self.limit = time.perf_counter(), 60 * minutes

    @property
    def share(self):
        """Share of the time that is over, 0 to 1."""
        return min(1.0, (time.perf_counter() - self.start) / self.limit)

    def on_step(self, run, step):
        if self.share == 1.0:
            run.stop = "time is up"


COUNTERS = {"5-gram": rl.NGram(5), "best counter": rl.KneserNey(7, discount=0.95)}


def count(name, train, test):
    """Count grams and score them."""
    start = time.perf_counter()
    counter = COUNTERS[name].fit([train])
    score = counter.nats_per_symbol([test])
    parameters = sum(map(len, counter.counts.values()))
    return row(name, score, 1, parameters, time.perf_counter() - start)


def row(model, test, epochs, parameters, seconds):
    """One row of the table: nats per character on the last tenth, and what it took."""
    numbers = dict(test=f"{test:.4f}", epochs=f"{epochs:.1f}", parameters=parameters)
    return dict(model=model, **numbers, seconds=f"{seconds:.0f}")


def main():
    """Count, train, score, write the table and a sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, help="a copy of the text, instead of fetching it")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--hidden-size", type=int, default=256)
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    text = rl.load_text(options.text) if options.text else rl.fetch_text("tinyshakespeare")
    vocab = rl.Vocabulary.from_text(text)
    cut = int(0.9 * len(text))
    rows = [count(name, text[:cut], text[cut:]) for name in COUNTERS]
    train, test = vocab.encode(text[:cut]), vocab.encode(text[cut:])

    rng = np.random.default_rng(options.seed)
    network = dict(cell="lstm", embedding_dim=128)
    model = rl.LanguageModel(len(vocab), options.hidden_size, rng=rng, **network)
    clock = Clock(options.minutes)
    history = rl.fit(
        model,
        rl.stream_batches(train, ROWS, STEPS),
        rl.Adam(options.lr),
        epochs=1000,  # the clock ends it
        clip_norm=1.0,
        schedule=lambda _: rl.cosine_decay(clock.share),
        callbacks=[clock],
        workers=options.workers,
    )
    seconds = time.perf_counter() - clock.start
    score = rl.evaluate(model, rl.stream_batches(test, batch_size=1, seq_len=1000))
    print(rl.generate(model, vocab, "\nJULIET:\n", length=400, rng=rng))
    epochs = len(history.step_loss) * ROWS * STEPS / len(train)
    parameters = sum(p.size for p in model.params.values())
    rows.append(row("LSTM", score, epochs, parameters, seconds))
    for made in rows:
        print(*made.values())
    rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
