"""What all tests share: the cells, a few names, the experiments, another Python."""

import contextlib
import http.server
import importlib
import importlib.util
import json
import os
import pkgutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import rnnlib
import rnnlib.nn.cells
from tools import api_reference

ROOT = Path(__file__).parents[1]
"""The checkout."""

CELLS = sorted(rnnlib.nn.cells.CELLS)
"""Every test of a recurrent network is run for each of these."""

LINEAR = [cell for cell in CELLS if issubclass(rnnlib.nn.cells.CELLS[cell], rnnlib.LinearCell)]
"""Those that are linear in their state."""

CLASSIC = [cell for cell in CELLS if cell not in LINEAR]
"""Those that PyTorch, the demos and the tables of speed have too."""

MODEL_CELLS = [*CLASSIC, "diagonal"]
"""For tests of whole models, which see a cell through its layer alone: all linear cells share one,
and this one uses all of it."""

NAMES = rnnlib.dinosaur_names()[::92]
"""Fifteen names of many lengths."""


TOLERANCE = 1e-7
"""The relative error that a right gradient stays below, in float64."""


def modules():
    """Import the modules of rnnlib, all but those that need PyTorch where it is missing."""
    names = [info.name for info in pkgutil.walk_packages(rnnlib.__path__, "rnnlib.")]
    missing = set() if importlib.util.find_spec("torch") else api_reference.NEED_MORE
    return [importlib.import_module(name) for name in names if name not in missing]


def experiment(name):
    """Import experiments/{name}.py."""
    path = ROOT / "experiments" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path.parent)  # as for a script, which finds its neighbours
        spec.loader.exec_module(module)
    return module


class Rewound:
    """A layer or model whose generator starts anew at each call, so that dropout repeats."""

    def __init__(self, thing):
        self.thing, self.params = thing, thing.params
        self.start = thing.rng.bit_generator.state

    def __getattr__(self, name):
        self.thing.rng.bit_generator.state = self.start
        return getattr(self.thing, name)


def assert_gradients_right(thing, *inputs, also=()):
    """Every parameter's gradient is right, and so are those of the inputs named in `also`."""
    errors = rnnlib.check_gradients(thing, *inputs)
    assert errors.keys() == {*thing.params, *also}
    assert max(errors.values()) <= TOLERANCE, errors


def randomized(thing, rng):
    """The same layer or model with large weights and biases, whose gradients are not tiny."""
    for p in thing.params.values():
        p[...] = rng.standard_normal(p.shape)
    return thing


def assert_close(a, b):
    """Two dicts of arrays have the same names, and the same numbers but for rounding."""
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], rtol=1e-9, atol=1e-12, err_msg=name)


def assert_padding_changes_nothing(model, vocab, words):
    """The loss and the gradients of a padded batch are those of its words, one after the other."""
    ((ids, targets, mask, _),) = rnnlib.padded_batches(vocab, words, len(words))
    together, grads, _ = model.loss_and_grads(ids, targets, mask=mask)

    total = sum(len(word) + 1 for word in words)
    loss, expected = 0, {name: np.zeros_like(p) for name, p in model.params.items()}
    for word in words:
        ids, targets = vocab.encode("\n" + word)[:, None], vocab.encode(word + "\n")[:, None]
        alone, parts, _ = model.loss_and_grads(ids, targets)
        share = (len(word) + 1) / total
        loss += share * alone
        for name, part in parts.items():
            expected[name] += share * part
    assert together == pytest.approx(loss, rel=1e-12)
    assert_close(grads, expected)


def frozen(arrays):
    """Photograph a dict of arrays: two photographs are equal if every bit is."""
    return {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in arrays.items()}


def change_meta(path, **changes):
    """Write a checkpoint again with other words in its description."""
    with np.load(path) as file:
        arrays = dict(file)
    meta = json.loads(str(arrays.pop("meta"))) | changes
    np.savez(path, meta=np.array(json.dumps(meta)), **arrays)


@contextlib.contextmanager
def serving(content):
    """Answer every request on this machine with the content; yield the url and the requests."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/text.txt", requests
        finally:
            server.shutdown()
            thread.join()


def run_python(*arguments, env=(), **kwargs):
    """Start another Python that sees the rnnlib and the tests of this one; return the process."""
    folders = [Path(rnnlib.__file__).parents[1], ROOT / "tests"]
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))} | dict(env),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        **kwargs,
    )


def opinionated(cell, size, seed, num_layers=2):
    """A model whose opinions depend on what it read."""
    rng = np.random.default_rng(seed)
    model = rnnlib.LanguageModel(size, 6, cell, num_layers, rng=rng, dtype=np.float64)
    for p in model.params.values():
        p *= 4
    return model


def texts(ax):
    """The words that are written into some axes."""
    return [text.get_text() for text in ax.texts]
