"""Make results/shakespeare.csv and a sample: three minutes of an LSTM on Tiny Shakespeare.

    python experiments/shakespeare.py                     # fetches the text once; 8 minutes
    python experiments/shakespeare.py --text input.txt    # a copy of your own
    python experiments/shakespeare.py --sample            # only the sample; 4 minutes

The last tenth of the text is scored once, at the end, by models that learnt from all before it:
alone (`test`), and mixed with the best counter (`mixed`).  A model's share in the mixture
(`weight`) is chosen on the tenth before, by models of the same kind that learnt from the first
eight tenths; so were the settings of network and counters.

The text is read as 64 rows that carry their state from window to window; the learning rate falls to
zero along a cosine over the minutes given.  These are CPU minutes for each worker, so that a busy
machine does not spoil the run: on an idle one, the same as minutes by the clock on the wall, with
which the stored table was made (`seconds` are always the wall's).
"""

import argparse
import time
from functools import partial
from pathlib import Path

import mixing
import numpy as np

import rnnlib as rl

TABLE = Path(__file__).parent.parent / "results" / "shakespeare.csv"
SAMPLE = TABLE.with_name("shakespeare_sample.csv")
ROWS, STEPS = 64, 32  # twice as many steps as with windows of 64, in the same time


class Clock(rl.Callback):
    """Ends the training run when its CPU minutes are over, and tells how much of them is.

    Each worker has the minutes: two workers may use twice the CPU time.
    """

    def __init__(self, minutes, workers=1):
        self.start, self.limit = time.process_time(), 60 * minutes * workers

    @property
    def share(self):
        """Share of the time that is over, 0 to 1."""
        return min(1.0, (time.process_time() - self.start) / self.limit)

    def on_step(self, run, step):
        if self.share == 1.0:
            run.stop = "time is up"


COUNTERS = {"5-gram": (rl.NGram, dict(order=5))}
COUNTERS["best counter"] = rl.KneserNey, dict(order=7, discount=0.95)


def count(name, text, vocab):
    """Count grams; return the counter and the times that the text was read."""
    counter, settings = COUNTERS[name]
    return counter(**settings, vocab=vocab).fit([text]), 1


def lstm(name, text, vocab, options):
    """Train for the minutes asked for; return the network and the times that it read the text."""
    rng = np.random.default_rng(options.seed)
    network = dict(cell="lstm", embedding_dim=128)
    model = rl.LanguageModel(len(vocab), options.hidden_size, rng=rng, **network)
    clock = Clock(options.minutes, options.workers)
    history = rl.fit(
        model,
        rl.stream_batches(vocab.encode(text), ROWS, STEPS),
        rl.Adam(options.lr),
        epochs=1000,  # the clock ends it
        clip_norm=1.0,
        schedule=lambda _: rl.cosine_decay(clock.share),
        callbacks=[clock],
        workers=options.workers,
    )
    return model, len(history.step_loss) * ROWS * STEPS / len(text)


def probabilities(model, text, vocab):
    """Return the probability that a model gives to each character of a text but the first."""
    if isinstance(model, rl.NGram):
        (p,) = model.symbol_probabilities([text])
        return p[1:-1]  # a network reads the first and is asked for no end
    return mixing.network_probabilities(model, rl.stream_batches(vocab.encode(text), 1, 1000))


def write_sample(model, vocab, minutes, score):
    """Let the network write 500 characters, and store them with its score."""
    rng = np.random.default_rng(0)
    text = rl.generate(model, vocab, "\nJULIET:\n", length=500, temperature=0.8, rng=rng)
    row = dict(minutes=minutes, test=f"{score:.4f}", text=text.strip().replace("\n", "⏎"))
    rl.write_ledger(SAMPLE, [row])


def main():
    """Count, train, score, write the table and a sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, help="a copy of the text, instead of fetching it")
    parser.add_argument("--minutes", type=float, default=3.0, help="CPU minutes of each worker")
    parser.add_argument("--hidden-size", type=int, default=256)
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", action="store_true", help="write only the sample")
    options = parser.parse_args()

    text = rl.load_text(options.text) if options.text else rl.fetch_text("tinyshakespeare")
    vocab = rl.Vocabulary.from_text(text)
    first, second = int(0.8 * len(text)), int(0.9 * len(text))
    valid, test = text[first:second], text[second:]
    makers = dict.fromkeys(COUNTERS, count) | {"LSTM": partial(lstm, options=options)}
    if options.sample:
        model, epochs = lstm("LSTM", text[:second], vocab, options)
        score = rl.evaluate(model, rl.stream_batches(vocab.encode(test), 32, 100))
        write_sample(model, vocab, options.minutes, score)
        print(f"{epochs:.1f} epochs, {score:.4f} nats on the last tenth")
        return
    made = {}
    for name, make in makers.items():
        model, _ = make(name, text[:first], vocab)
        p_valid = probabilities(model, valid, vocab)
        start = time.perf_counter()
        model, epochs = make(name, text[:second], vocab)
        seconds = time.perf_counter() - start
        p_test = probabilities(model, test, vocab)
        made[name] = model, epochs, seconds, p_valid, p_test
    write_sample(model, vocab, options.minutes, mixing.nats(p_test))

    *_, q_valid, q_test = made["best counter"]
    rows = []
    for name, (model, epochs, seconds, p_valid, p_test) in made.items():
        weight = mixing.best_weight(p_valid, q_valid)
        both = mixing.nats(mixing.mixed(p_test, q_test, weight))
        rows.append(
            dict(
                model=name,
                test=f"{mixing.nats(p_test):.4f}",
                weight=f"{weight:.3f}",
                mixed=f"{both:.4f}",
                epochs=f"{epochs:.1f}",
                parameters=mixing.size(model),
                seconds=f"{seconds:.0f}",
            )
        )
        print(*rows[-1].values())
    rl.write_ledger(TABLE, rows)


if __name__ == "__main__":
    main()
