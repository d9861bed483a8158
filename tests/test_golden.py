"""Outputs and gradients against PyTorch: the second of the three checks.

Each test runs twice: against the arrays in `golden/`, and, where torch is installed, live.
"""

from pathlib import Path

import numpy as np
import pytest
from helpers import CELLS, CLASSIC
from planted import bug

import rnnlib
from rnnlib import (
    AdditiveAttention,
    Bidirectional,
    LanguageModel,
    PairInputs,
    Recurrent,
    SelfAttention,
    Seq2Seq,
    SequenceClassifier,
    SequenceTagger,
    Stacked,
    TransformerBlock,
    TransformerLanguageModel,
)
from rnnlib.interchange.state_dicts import from_torch_names

GOLDEN = Path(__file__).parent / "golden"
OPTIMIZERS = {
    "SGD": lambda: rnnlib.SGD(),
    "SGD-momentum": lambda: rnnlib.SGD(momentum=0.9),
    "Adagrad": lambda: rnnlib.Adagrad(),
    "RMSprop": lambda: rnnlib.RMSprop(),
    "Adam": lambda: rnnlib.Adam(),
    "AdamW": lambda: rnnlib.Adam(weight_decay=0.1),
}


def read(name):
    with np.load(GOLDEN / f"{name}.npz") as file:
        return dict(file)


@pytest.fixture(params=["golden", "live"])
def torch_says(request):
    """A function from a name to arrays: torch's word, from a file or fresh."""
    if request.param == "golden":
        return read
    pytest.importorskip("torch")
    from golden.make_golden import make

    return make


def under(arrays, prefix):
    """The arrays below a prefix, as a dict."""
    prefix += "/"
    return {k.removeprefix(prefix): a for k, a in arrays.items() if k.startswith(prefix)}


def nested(arrays, prefix):
    """The arrays `prefix/layer/part` as a tuple of tuples, the state of `Stacked`."""
    layers = {}
    for key, array in under(arrays, prefix).items():
        layers.setdefault(key.split("/")[0], []).append(array)
    return tuple(map(tuple, layers.values()))


def fill(params, values):
    assert {k: p.shape for k, p in params.items()} == {k: v.shape for k, v in values.items()}
    for name, p in params.items():
        p[...] = values[name]


def assert_equal(mine, golden):
    """Two arrays, or dicts or tuples of them, agree to 1e-10."""
    if isinstance(golden, dict):
        assert mine.keys() == golden.keys()
        mine, golden = list(mine.values()), [golden[k] for k in mine]
    if isinstance(golden, list | tuple):
        for one, other in zip(mine, golden, strict=True):
            assert_equal(one, other)
    else:
        np.testing.assert_allclose(mine, golden, rtol=1e-10, atol=1e-10)


def of_state_dict(cell, golden, rng):
    """A model of the sizes of a state under torch's names."""
    (V, E), H = golden["state/embedding.weight"].shape, golden["state/output.weight"].shape[1]
    options = dict(rng=rng, dtype=np.float64)
    if cell == "transformer":
        M = len(golden["state/position.weight"])
        return rnnlib.TransformerLanguageModel(V, H, 1, num_heads=2, max_len=M, **options)
    return LanguageModel(V, H, cell, num_layers=2, embedding_dim=E, **options)


@bug("minGRU writes what it should keep", "nn.cells.min_gru.MinGRUCell.coefficients",
     "(1 - z, z * n)", "(z, (1 - z) * n)")  # fmt: skip
@bug("minLSTM's gates are exchanged", "nn.cells.min_lstm.MinLSTMCell.coefficients",
     "softplus(-a_i) - softplus(-a_f)", "softplus(-a_f) - softplus(-a_i)")  # fmt: skip
@bug("slow units are louder", "nn.cells.diagonal.DiagonalCell.coefficients",
     "np.sqrt(1 - a * a) * v", "v.copy()")  # fmt: skip
@bug("a linear layer has no bias", "nn.linear_recurrent.LinearRecurrent._input_products",
     "a_x += b_h", "pass")  # fmt: skip
@bug("the cell forgets its past", "nn.cells.rnn.RNNCell.forward", "a_x + a_h", "a_x")
@pytest.mark.parametrize("cell", CELLS)
def test_a_recurrent_layer_equals_that_of_torch(cell, torch_says, rng):
    golden = torch_says(f"{cell}_layer")
    D, H = golden["xs"].shape[-1], golden["out/hs"].shape[-1]
    layer = rnnlib.nn.cells.CELLS[cell]().layer(D, H, rng, np.float64)
    fill({f"layer0.{k}": p for k, p in layer.params.items()}, under(golden, "params"))

    hs, state, cache = layer.forward(golden["xs"], *nested(golden, "state"))
    dxs, dstate, grads = layer.backward(golden["dhs"], cache, *nested(golden, "dstate"))
    assert_equal([hs, dxs], [golden["out/hs"], golden["out/dxs"]])
    assert_equal((state, dstate), nested(golden, "out/state") + nested(golden, "out/dstate"))
    assert_equal({f"layer0.{k}": g for k, g in grads.items()}, under(golden, "out/grads"))


@pytest.mark.parametrize("cell", CELLS)
def test_stacked_layers_equal_those_of_torch(cell, torch_says, rng):
    golden = torch_says(f"{cell}_stacked")
    D, H = golden["xs"].shape[-1], golden["out/hs"].shape[-1]
    make = rnnlib.nn.cells.CELLS[cell]
    layers = Stacked([make().layer(size, H, rng, np.float64) for size in (D, H)])
    fill(layers.params, under(golden, "params"))

    hs, state, cache = layers.forward(golden["xs"], nested(golden, "state"))
    dxs, dstate, grads = layers.backward(golden["dhs"], cache, nested(golden, "dstate"))
    assert_equal([hs, dxs], [golden["out/hs"], golden["out/dxs"]])
    assert_equal(state, nested(golden, "out/state"))
    assert_equal(dstate, nested(golden, "out/dstate"))
    assert_equal(grads, under(golden, "out/grads"))


@pytest.mark.parametrize("cell", CLASSIC)
def test_a_bidirectional_layer_equals_that_of_torch_over_packed_sequences(cell, torch_says, rng):
    golden = torch_says(f"{cell}_bidirectional")
    D, H, mask = golden["xs"].shape[-1], golden["out/hs"].shape[-1] // 2, golden["mask"]
    make = rnnlib.nn.cells.CELLS[cell]
    layer = Bidirectional(*(Recurrent(make(), D, H, rng, np.float64) for _ in range(2)))
    fill(layer.params, under(golden, "params"))

    hs, state, cache = layer.forward(golden["xs"], nested(golden, "state"), mask)
    dhs = golden["dhs"] * mask[..., None]
    dxs, dstate, grads = layer.backward(dhs, cache, nested(golden, "dstate"))
    assert_equal([hs * mask[..., None], dxs], [golden["out/hs"], golden["out/dxs"]])
    assert_equal((state, dstate), (nested(golden, "out/state"), nested(golden, "out/dstate")))
    assert_equal(grads, under(golden, "out/grads"))


@pytest.mark.parametrize("cell", CELLS)
def test_a_language_model_equals_that_of_torch(cell, torch_says, rng):
    golden = torch_says(f"{cell}_model")
    weights = under(golden, "params")
    (V, E), H = weights["embedding.W"].shape, len(weights["output.W_hy"])
    model = LanguageModel(V, H, cell, embedding_dim=E, rng=rng, dtype=np.float64)
    fill(model.params, weights)

    logits, _, _ = model.forward(golden["ids"])
    loss, grads, _ = model.loss_and_grads(golden["ids"], golden["targets"], mask=golden["mask"])
    assert_equal([logits, loss], [golden["out/logits"], golden["out/loss"]])
    assert_equal(grads, under(golden, "out/grads"))


@bug(
    "the second bias is dropped",
    "interchange.state_dicts.layer_from_torch",
    "b_h = b_h + second",
    "pass",
)
@bug("W_hh is not transposed", "interchange.state_dicts.layer_from_torch", "W_hh.T", "W_hh")
@bug(
    "a GRU's biases are all summed",
    "interchange.state_dicts.layer_from_torch",
    "np.zeros_like(second[-H:])",
    "second[-H:]",
)
@bug(
    "both biases count as gradients",
    "interchange.state_dicts.layer_from_torch",
    "not gradients",
    "True",
)
@pytest.mark.parametrize("cell", [*CLASSIC, "transformer"])
def test_a_model_with_the_state_of_torch_equals_that_of_torch(cell, torch_says, rng):
    golden = torch_says(f"{cell}_state_dict")
    model, state = of_state_dict(cell, golden, rng), nested(golden, "start") or None
    rnnlib.load_torch_state(model, under(golden, "state"))

    logits, last, _ = model.forward(golden["ids"], state)
    assert_equal(
        [logits, *last] if state else [logits], [golden["out/logits"], *nested(golden, "out/last")]
    )
    loss, grads, _ = model.loss_and_grads(golden["ids"], golden["targets"], state)
    assert_equal(loss, golden["out/loss"])
    of_torch = from_torch_names(under(golden, "out/grads"), model.config, gradients=True)
    assert_equal(grads, of_torch)


@bug(
    "W_xh is not transposed",
    "interchange.state_dicts.layer_to_torch",
    'params["W_xh"].T',
    'params["W_xh"]',
)
@bug(
    "layers are counted from 1",
    "interchange.state_dicts._layer_names",
    'f"recurrent.{{}}_l{i}"',
    'f"recurrent.{{}}_l{i + 1}"',
)
@bug(
    "a block's matrices are not transposed",
    "interchange.state_dicts._turned",
    'name.split(".")[-1].startswith("W_")',
    "False",
)
@pytest.mark.parametrize("cell", [*CLASSIC, "transformer"])
def test_names_and_shapes_are_those_of_torch(cell, torch_says, rng):
    golden = torch_says(f"{cell}_state_dict")
    theirs, mine = under(golden, "state"), rnnlib.torch_state(of_state_dict(cell, golden, rng))
    assert [(k, a.shape) for k, a in mine.items()] == [(k, a.shape) for k, a in theirs.items()]


@bug(
    "a classifier reads the first state", "models.classifiers.SequenceClassifier._choose", "-1", "0"
)
@pytest.mark.parametrize("kind", [SequenceClassifier, SequenceTagger])
@pytest.mark.parametrize("cell", CLASSIC)
def test_a_model_that_reads_equals_that_of_torch(cell, kind, torch_says, rng):
    what = "tagger" if kind is SequenceTagger else "classifier"
    golden = torch_says(f"{cell}_{what}")
    weights = under(golden, "params")
    (V, E), K = weights["embedding.W"].shape, len(weights["output.b_y"])
    H = len(weights["layer0.forward.W_hh"])
    options = dict(embedding_dim=E, bidirectional=True, rng=rng, dtype=np.float64)
    model = kind(V, H, K, cell, **options)
    fill(model.params, weights)

    ids, labels, mask = golden["ids"], golden["labels"], golden["mask"]
    logits, _, _ = model.forward(ids, mask)
    loss, grads, _ = model.loss_and_grads(ids, labels, mask=mask)
    valid = mask if what == "tagger" else slice(None)
    assert_equal([logits[valid], loss], [golden["out/logits"][valid], golden["out/loss"]])
    assert_equal(grads, under(golden, "out/grads"))


def test_attention_equals_that_of_torch(torch_says, rng):
    golden = torch_says("attention")
    weights = under(golden, "params")
    layer = AdditiveAttention(len(weights["W_q"]), *weights["W_k"].shape, rng, np.float64)
    fill(layer.params, weights)
    contexts, cache = layer.forward(golden["queries"], golden["keys"], golden["mask"])
    dqueries, dkeys, grads = layer.backward(golden["dcontexts"], cache)
    assert_equal([contexts, cache.weights], [golden["out/contexts"], golden["out/weights"]])
    assert_equal([dqueries, dkeys], [golden["out/dqueries"], golden["out/dkeys"]])
    assert_equal(grads, under(golden, "out/grads"))


@bug(
    "queries, keys and values are taken in another order",
    "nn.self_attention.SelfAttention.forward",
    "q, k, v = np.split(qkv.reshape(T, B, 3 * H).swapaxes(0, 1), 3, axis=2)",
    "v, q, k = np.split(qkv.reshape(T, B, 3 * H).swapaxes(0, 1), 3, axis=2)",
)
@bug(
    "scores are not scaled",
    "nn.self_attention.SelfAttention._scale",
    "1 / math.sqrt(self.hidden_size // self.num_heads)",
    "1.0",
)
def test_self_attention_equals_that_of_torch(torch_says, rng):
    golden = torch_says("self_attention")
    layer = SelfAttention(golden["xs"].shape[-1], 2, rng, np.float64)
    fill(layer.params, under(golden, "params"))
    state, dstate, last, dfirst = (
        tuple(under(golden, name).values())
        for name in ("state", "dstate", "out/state", "out/dstate")
    )
    ys, found, cache = layer.forward(golden["xs"], state)
    dxs, dfound, grads = layer.backward(golden["dys"], cache, dstate)
    assert_equal([ys, dxs], [golden["out/ys"], golden["out/dxs"]])
    assert_equal((found, dfound), (last, dfirst))
    assert_equal(grads, under(golden, "out/grads"))


@bug("attention is not added to the stream", "nn.transformer.TransformerBlock.forward",
     "xs = xs + ys", "xs = ys")  # fmt: skip
@bug("the feed-forward network reads the stream itself", "nn.transformer.TransformerBlock.forward",
     "self.feed_forward.forward(normed)", "self.feed_forward.forward(xs)")  # fmt: skip
@bug("the norm's guard is not torch's", "nn.transformer.LayerNorm.forward",
     "self.eps", "1e-8")  # fmt: skip
def test_a_block_equals_a_pre_norm_layer_of_torch(torch_says, rng):
    golden = torch_says("transformer_block")
    layer = TransformerBlock(golden["xs"].shape[-1], 2, rng, dtype=np.float64)
    fill(layer.params, under(golden, "params"))
    ys, _, cache = layer.forward(golden["xs"])
    dxs, _, grads = layer.backward(golden["dys"], cache)
    assert_equal([ys, dxs], [golden["out/ys"], golden["out/dxs"]])
    assert_equal(grads, under(golden, "out/grads"))


@bug(
    "the last norm is left out",
    "models.transformer.TransformerLanguageModel.forward",
    "xs, norm = self.norm.forward(xs)",
    "_, norm = self.norm.forward(xs)",
)
def test_a_transformer_equals_that_of_torch(torch_says, rng):
    golden = torch_says("transformer_model")
    weights = under(golden, "params")
    (V, H), M = weights["embedding.W"].shape, len(weights["position.W"])
    options = dict(num_layers=1, num_heads=2, max_len=M, rng=rng, dtype=np.float64)
    model = TransformerLanguageModel(V, H, **options)
    fill(model.params, weights)

    logits, _, _ = model.forward(golden["ids"])
    loss, grads, _ = model.loss_and_grads(golden["ids"], golden["targets"], mask=golden["mask"])
    assert_equal([logits, loss], [golden["out/logits"], golden["out/loss"]])
    assert_equal(grads, under(golden, "out/grads"))


@pytest.mark.parametrize("kind", ["seq2seq", "bottleneck"])
@pytest.mark.parametrize("cell", CLASSIC)
def test_an_encoder_and_decoder_equal_those_of_torch(cell, kind, torch_says, rng):
    golden = torch_says(f"{cell}_{kind}")
    weights = under(golden, "params")
    (V, E), (H, W) = weights["source_embedding.W"].shape, weights["output.W_hy"].shape
    model = Seq2Seq(V, W, H, cell, E, kind == "seq2seq", rng=rng, dtype=np.float64)
    fill(model.params, {name: weights[name] for name in model.params})
    assert model.params.keys() == weights.keys()

    inputs = PairInputs(*(golden[name] for name in PairInputs._fields))
    logits, _, _ = model.forward(inputs)
    loss, grads, _ = model.loss_and_grads(inputs, golden["targets"], mask=golden["mask"])
    assert_equal([logits, loss], [golden["out/logits"], golden["out/loss"]])
    assert_equal(grads, under(golden, "out/grads"))


@bug("momentum is forgotten", "training.optimizers.SGD.update", "self.momentum", "0")
@bug("Adagrad forgets", "training.optimizers.Adagrad.update", "s += g * g", "s[...] = g * g")
@bug(
    "Adam's start at zero is not corrected",
    "training.optimizers.Adam.update",
    "m / (1 - beta1 ** self.steps)",
    "m",
)
@bug(
    "weight decay enters the moments",
    "training.optimizers.Adam.update",
    "beta1, beta2 = self.betas",
    "beta1, beta2 = self.betas\ng = g + self.weight_decay * p",
)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_walks_the_path_of_that_of_torch(name, torch_says):
    golden = torch_says(f"optimizer_{name}")
    params, grads, path = (under(golden, kind) for kind in ("params", "grads", "out"))
    optimizer = OPTIMIZERS[name]()
    for step, lr in enumerate(golden["lr"]):
        optimizer.lr = lr
        optimizer.step(params, {k: g[step] for k, g in grads.items()})
        assert_equal(params, {k: p[step] for k, p in path.items()})


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.npz")), ids=lambda path: path.stem)
def test_a_golden_file_is_small_and_says_which_torch_made_it(path):
    assert read(path.stem)["torch_version"].item()[0].isdigit()
    assert path.stat().st_size < 25_000
