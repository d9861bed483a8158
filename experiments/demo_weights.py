"""Make demos/data/*.json, what the demos of the page compute with.

    python experiments/demo_weights.py names    # one of them
    python experiments/demo_weights.py          # all, a few minutes

One function for each demo.  A network is the one of its chapter or of the ledger; an embedding is
folded into W_xh, and weights are float16 in base64, which `Demos.network` of demos/shared.js reads.
"""

import argparse
import base64
import csv
import json
from collections import defaultdict
from functools import partial
from pathlib import Path

import blues as chords
import names as ledger
import numpy as np
import one_number
import translation

import rnnlib as rl
from rnnlib.datasets.shipped import data_path
from rnnlib.functional import log_softmax

FOLDER = Path(__file__).parent.parent / "demos" / "data"
LEDGER_ROW = "best RNN"
SPLIT = 0


def pack(array):
    """Return an array as float16 in base64, little-endian whatever the machine."""
    return base64.b64encode(np.asarray(array).astype("<f2").tobytes()).decode()


def pack_network(model):
    """Return the weights of a language model of one layer, with its embedding folded in."""
    p = {name: value.astype(np.float64) for name, value in model.params.items()}
    table = p.pop("embedding.W", None)
    if table is not None:
        p["layer0.W_xh"] = table @ p["layer0.W_xh"]  # (V, H): the row of a symbol, ready to add
    shape = {"cell": model.config["cell"], "hidden": model.config["hidden_size"]}
    return {**shape, **{name.split(".")[1]: pack(value) for name, value in p.items()}}


def unpack_network(data):
    """Return the network of a demo's data as a language model that reads one-hot vectors."""
    packed, symbols = data["network"], data["symbols"]
    arguments = dict(cell=packed["cell"], rng=np.random.default_rng(0), dtype=np.float64)
    model = rl.LanguageModel(len(symbols), packed["hidden"], **arguments)
    for name, p in model.params.items():
        raw = base64.b64decode(packed[name.split(".")[1]])
        p[...] = np.frombuffer(raw, "<f2").reshape(p.shape)
    return model


def names():
    """The ledger's best plain RNN on its first split, and the names it was trained on."""
    data = ledger.load_split(SPLIT)
    model = ledger.MODELS[LEDGER_ROW](data, np.random.default_rng(SPLIT))
    return {
        "symbols": "".join(data.vocab.symbols),
        "network": pack_network(model),
        "train": " ".join(data.train),
        "heldOut": " ".join(data.valid + data.test),
    }


def gates():
    """Chapter 13's LSTMs: one that keeps a bracket in a single number, and one that reads names."""
    model, rng = one_number.network(0, one_number.VOCAB, cell="LSTM", units=32)
    lines = one_number.bracket_lines(3000, rng, 1, 10)
    one_number.fit(model, rl.padded_batches(one_number.VOCAB, lines, 32, rng), 6e-3, 9)
    vocab = rl.Vocabulary.from_text(rl.dinosaur_names())
    train, *_ = rl.split(rl.dinosaur_names(), seed=0)
    namer, rng = one_number.network(0, vocab, cell="LSTM", units=64, embedding_dim=32)
    one_number.fit(namer, rl.padded_batches(vocab, train, 32, rng), 5e-3, 10)
    return {
        "brackets": {
            "symbols": "".join(one_number.VOCAB.symbols),
            "knows": "a to e and the brackets ( ) [ ]",
            "network": pack_network(model),
            "line": "ab(cadeecdabe",
            "watched": ")]",
            "unit": bracket_unit(model),
            "at": 8,
        },
        "names": {
            "symbols": "".join(vocab.symbols),
            "knows": "the letters a to z",
            "network": pack_network(namer),
            "line": "teacupsaurus",
            "unit": patient_unit(namer, vocab, "teacupsaurus"),
            "at": 6,
        },
    }


def bracket_unit(model):
    """Return the unit whose sign, flipped in mid-line, turns the most closing brackets."""
    ids, _ = one_number.before_closing(8)
    _, ((h, c),), _ = model.forward(ids[:-3])
    clean = one_number.prefers_round(model, ids[-3:], ((h, c),))
    signs = 1 - 2 * np.eye(c.shape[1])
    turned = [one_number.prefers_round(model, ids[-3:], ((h, c * s),)) != clean for s in signs]
    return int(np.mean(turned, axis=1).argmax())


def patient_unit(model, vocab, name):
    """Return the unit whose forget gate keeps the most along a name."""
    layer, ids = model.recurrent.layers[0], vocab.encode("\n" + name)[:, None]
    _, _, cache = layer.forward(model.embedding.forward(ids)[0])
    return int(np.mean([step.f[0] for step in cache.steps], axis=0).argmax())


def translate():
    """The translator of results/translation.csv with attention, and sentences held out from it.

    Five minutes.  Matrices are whole numbers of 8 bits with a scale for each row: 307,186
    weights are too many for float16, and of the 1,978 test sentences none changes by it.
    """
    training, test = translation.load(20_000, 0)
    source, target, model = translation.train(training, True, 0, epochs=30, progress=False)
    return pack_translator(source, target, model, test)


def pack_translator(source, target, model, test):
    """Return all that the page needs of a translator."""
    rng = np.random.default_rng(0)
    pairs = [pair for part in test.values() for pair in part if len(pair[0]) <= 12]
    asked = [pairs[i] for i in rng.choice(len(pairs), 100, replace=False)]
    return {
        "source": source.symbols,
        "target": target.symbols,
        "start": "a small white stone shines.",
        "asked": [[" ".join(english), " ".join(french)] for english, french in asked],
        "network": {
            "hidden": model.config["hidden_size"],
            "weights": {
                name: pack_small(w) if w.ndim == 2 else pack(w) for name, w in model.params.items()
            },
        },
    }


def in_bytes(matrix):
    """Return a matrix rounded to 255 steps in each row, and the float16 size of a row's step."""
    scale = (np.abs(matrix).max(axis=1) / 127).astype(np.float16)
    scale = np.nextafter(scale, np.float16(np.inf))  # never too small for the largest weight
    return np.rint(matrix / scale[:, None].astype(np.float64)).astype(np.int8), scale


def pack_small(matrix):
    """Return a matrix as `in_bytes` rounds it, in base64."""
    ints, scale = in_bytes(matrix)
    text = base64.b64encode(ints.tobytes()).decode()
    return {"shape": list(matrix.shape), "ints": text, "scale": pack(scale)}


def blues():
    """Chapter 20's LSTM, told 300 pieces as intervals, and the rules as a machine of 42 states."""
    heard = rl.music.blues(4000, np.random.default_rng(0), chords.FORMS)
    heard = [piece for piece in heard if chords.tonic(piece) in chords.TRAINED]
    told = chords.told(heard[:300], "intervals")
    number = chords.CHORDS.index
    openings = {
        "I I I I": "C7 C7 C7 C7",
        "quick change": "C7 F7 C7 C7",
        "detour to IV": "C7 F7 Gm7 C7",
        "minor": "Cm7 Cm7 Cm7 Cm7",
        "bird": "Cmaj7 Bm7b5 Am7 Gm7",
    }
    return {
        "network": pack_network(chords.Network("lstm", told, np.random.default_rng(0)).model),
        "openings": [[name, [number(c) for c in head.split()]] for name, head in openings.items()],
        "rules": rules(),
    }


def rules():
    """Return the blues in C as states, each a list of [chord, its probability, next state].

    Beginnings after which the same may follow, as probably, share a state.
    """
    share, follow, numbers, states = defaultdict(float), defaultdict(list), {}, []
    for form in chords.FORMS:
        for piece, odds in rl.music.odds(form, "C").items():
            for n in range(len(piece) + 1):
                share[piece[:n]] += odds / len(chords.FORMS)
    for begun in share:
        if begun:
            follow[begun[:-1]].append(begun)

    def state(begun):
        ways = [
            [chords.CHORDS.index(way[-1]), round(share[way] / share[begun], 6), state(way)]
            for way in sorted(follow[begun])
        ]
        key = json.dumps(ways)
        if key not in numbers:
            numbers[key] = len(states)
            states.append(ways)
        return numbers[key]

    return {"start": state(()), "states": states}


def bets():
    """The test names of chapter 11, and how surprised a counter and a network are by each symbol.

    The first is left out, since the chapter shows it.  The counter is that of the chapter, the
    network that of `names`, read from its file.
    """
    data = ledger.load_split(SPLIT)
    counter = rl.KneserNey(8, discount=0.95).fit(data.train)
    unseen = data.test[1:]
    network = unpack_network(json.loads((FOLDER / "names.json").read_text("utf-8")))
    rows = {"counter": counter.symbol_probabilities(unseen), "network": []}
    for name in unseen:
        ids = data.vocab.encode(f"\n{name}\n")[:, None]
        log_p = log_softmax(network.forward(ids[:-1])[0][:, 0])  # (T, V)
        rows["network"].append(np.exp(log_p[np.arange(len(log_p)), ids[1:, 0]]))
    nats = {who: [np.round(-np.log(p), 4).tolist() for p in ps] for who, ps in rows.items()}
    return {"names": " ".join(unseen), **nats}


def memory():
    """All names, on which a unit that remembers an s is tried."""
    return {"names": " ".join(rl.dinosaur_names())}


QUIZ, TEMPERATURE, LENGTHS = 30, 0.8, range(5, 19)
"""Names of each kind in the quiz, how the invented ones are drawn, and how long all of them are."""


def quiz():
    """Real and invented names, drawn and not picked, and how well counting tells them apart.

    The detective calls a name invented if the best counter is less surprised by it, per symbol,
    than a threshold, which is chosen on the validation names and as many other inventions.
    """
    data, rng = ledger.load_split(SPLIT), np.random.default_rng(2024)
    model = unpack_network(json.loads((FOLDER / "names.json").read_text("utf-8")))
    fine = [name for name in data.test if len(name) in LENGTHS]
    real = sorted(rng.choice(fine, QUIZ, replace=False).tolist())
    taken = known_names()
    invented = sorted(invent(model, data.vocab, taken, QUIZ, rng))
    others = invent(model, data.vocab, taken.union(invented), len(data.valid), rng)

    def surprises(names):
        counter = ledger.best_counter(SPLIT)
        return np.array([-np.log(p).mean() for p in counter.symbol_probabilities(names)])

    def right(real, invented, threshold):
        return ((real >= threshold).mean() + (invented < threshold).mean()) / 2

    chosen_on = surprises(data.valid), surprises(others)
    threshold = max(np.sort([*chosen_on[0], *chosen_on[1]]), key=lambda t: right(*chosen_on, t))
    facts = {row.genus.lower(): " · ".join(filter(None, row[1:])) for row in rl.dinosaurs()}
    near = rl.novelty_report(invented, data.train + data.valid + data.test).names
    return {
        "detective": round(right(surprises(real), surprises(invented), threshold), 3),
        "real": [[name, facts[name]] for name in real],
        "invented": [[found.name, found.nearest, found.distance] for found in near],
    }


def known_names():
    """Return all genera that are in the table or once were: names that are no inventions."""
    with data_path("dinosaurs_removed.csv").open(encoding="utf-8", newline="") as file:
        removed = {row["genus"].lower() for row in csv.DictReader(file)}
    return removed.union(rl.dinosaur_names())


def invent(model, vocab, taken, count, rng):
    """Let a network write names until so many of them are in no list; none twice."""
    found = {}
    while len(found) < count:
        (name,) = rl.generate(
            model, vocab, stop="\n", length=24, temperature=TEMPERATURE, num_samples=1, rng=rng
        )
        if len(name) in LENGTHS and name not in taken:
            found[name] = None
    return list(found)


def blame():
    """Chapter 6's network, which the way back is tried on."""
    names, rng = rl.dinosaur_names(), np.random.default_rng(0)
    train, _, _ = rl.split(names, seed=0)
    vocab = rl.Vocabulary.from_text(names)
    model = rl.LanguageModel(len(vocab), 32, rng=rng, dtype=np.float64)
    batches = rl.padded_batches(vocab, train, 32, rng)
    rl.fit(model, batches, rl.Adam(3e-3), epochs=10, clip_norm=1.0)
    return {"symbols": "".join(vocab.symbols), "network": pack_network(model)}


def cliff():
    """Where chapter 7's descent starts; the unit itself has no weights but these."""
    return {"w": 1.8, "b": -0.1, "lr": 0.05, "maxNorm": 1}


def momentum():
    """The bowl of chapter 8, and where its descents start."""
    return {"start": [10.0, 1.0], "curvatures": [1.0, 50.0], "lr": 0.02, "momentum": 0.5}


def state():
    """Chapter 12's network, passages that it has not seen, and what its units follow best."""
    tales = rl.tales().split("\n\n\n")  # two empty lines end a tale
    train, valid, test = (
        "\n\n\n".join(part) + "\n\n\n" for part in (tales[:52], tales[52:58], tales[58:])
    )
    vocab, rng = rl.Vocabulary.from_text(rl.tales()), np.random.default_rng(0)
    model = rl.LanguageModel(len(vocab), 256, embedding_dim=128, dropout=0.1, rng=rng)
    rl.fit(
        model,
        rl.stream_batches(vocab.encode(train), batch_size=32, seq_len=32),
        rl.Adam(6e-3),
        epochs=8,
        clip_norm=1.0,
        schedule=rl.cosine_decay,
    )
    lines = [line for line in test.split("\n") if line.startswith(PASSAGES)]
    hs, hs_test = (
        model.forward(vocab.encode(text)[:, None])[2].output[:, 0].astype(float)
        for text in (valid, test)
    )
    return {
        "symbols": "".join(vocab.symbols),
        "network": pack_network(model),
        "passages": lines,
        "mean": pack(hs.mean(axis=0)),
        "tracks": {
            name: track(hs, y, hs_test, follow(test)[name]) for name, y in follow(valid).items()
        },
    }


PASSAGES = '"I wasn', "The quarryman lived", "The professor took", '"Doctor Hale?"'


def follow(text):
    """Return the letters of the word so far and 1 inside quotation marks, for each symbol."""
    word, quotation, tracks = 0, 0, {"word": [], "quotation": []}
    for symbol in text:
        word = word + 1 if symbol.isalpha() else 0
        quotation = 0 if symbol == "\n" else quotation ^ (symbol == '"')
        tracks["word"].append(word)
        tracks["quotation"].append(quotation)
    return {name: np.array(values, float) for name, values in tracks.items()}


def track(hs, y, hs_test, y_test):
    """Return the unit that follows y best, and the least-squares probe of all (chapter 12)."""
    centred, z = hs - hs.mean(axis=0), y - y.mean()
    r = centred.T @ z / np.sqrt((centred**2).sum(axis=0) * (z**2).sum())
    unit = int(np.abs(r).argmax())
    weights = np.linalg.solve(centred.T @ centred + 10 * np.eye(len(r)), centred.T @ z)
    return {
        "unit": unit,
        "sign": int(np.sign(r[unit])),
        "single": round(abs(np.corrcoef(hs_test[:, unit], y_test)[0, 1]), 3),
        "probe": pack(weights),
        "mean": y.mean(),
        "spread": y.std(),
        "together": round(np.corrcoef(hs_test @ weights, y_test)[0, 1], 3),
    }


DEMOS = {
    "names": names,
    "bets": bets,
    "memory": memory,
    "quiz": quiz,
    "blame": blame,
    "cliff": cliff,
    "momentum": momentum,
    "state": state,
    "gates": gates,
    "translate": translate,
    "blues": blues,
}


def write(name):
    """Make the data of one demo."""
    dump = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    lines = ",\n".join(f"{dump(key)}:{dump(value)}" for key, value in DEMOS[name]().items())
    path = FOLDER / f"{name}.json"
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def main():
    """Make the data asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", nargs="*", help=f"all by default: {', '.join(DEMOS)}")
    for name in parser.parse_args().demo or DEMOS:
        write(name)


if __name__ == "__main__":
    main()
