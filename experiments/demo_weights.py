"""Make demos/data/*.json, what the demos of the page compute with.

    python experiments/demo_weights.py names    # one of them
    python experiments/demo_weights.py          # all, a few minutes

One function for each demo.  A network is the one of its chapter or of the ledger; an embedding is
folded into W_xh, and weights are float16 in base64, which `Demos.network` of demos/shared.js reads.
"""

import argparse
import base64
import json
from functools import partial
from pathlib import Path

import names as ledger
import numpy as np

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


DEMOS = {"names": names}


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
