"""Models as things: copied, pickled, built again from their arguments, and named in one line."""

import copy
import pickle

import numpy as np
import pytest
from helpers import MODEL_CELLS, frozen
from planted import bug

import rnnlib as rl

V, H = 7, 6
MODELS = {
    "plain": lambda **k: rl.LanguageModel(V, H, **k),
    "tied": lambda **k: rl.LanguageModel(V, H, embedding_dim=H, tie_weights=True, **k),
    "tied, with classes, two layers, dropout": lambda **k: rl.LanguageModel(
        V, H, embedding_dim=H, tie_weights=True, num_layers=2, num_classes=3, dropout=0.3, **k
    ),
    "classifier": lambda **k: rl.SequenceClassifier(V, H, 3, bidirectional=True, **k),
    "tagger": lambda **k: rl.SequenceTagger(V, H, 3, num_layers=2, embedding_dim=4, **k),
    "translator": lambda **k: rl.Seq2Seq(V, V, H, dropout=0.2, **k),
    "Transformer": lambda cell=None, **k: rl.TransformerLanguageModel(
        V, H, num_heads=2, dropout=0.2, **k
    ),
    "bottleneck": lambda **k: rl.Seq2Seq(V, V, H, attention=False, **k),
}
COPIES = {
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda model, protocol=protocol: pickle.loads(
            pickle.dumps(model, protocol)
        )
        for protocol in (2, 4, 5)
    },
}
every_model = pytest.mark.parametrize("build", MODELS.values(), ids=MODELS)
every_copy = pytest.mark.parametrize("make_copy", COPIES.values(), ids=COPIES)


def batch_for(model, rng):
    ids, targets = rng.integers(0, V, (2, 5, 4))
    labels = np.array([0, 2, 1, 0])
    if isinstance(model, rl.Seq2Seq):
        return {"inputs": rl.PairInputs(ids, np.array([5, 1, 3, 2]), targets), "targets": ids}
    if isinstance(model, rl.SequenceClassifier):
        return {"inputs": ids, "targets": labels}
    if isinstance(model, rl.SequenceTagger):
        return {"inputs": ids, "targets": targets % 3}
    return {"inputs": ids, "targets": targets} | (
        {"labels": labels} if getattr(model, "start", None) else {}
    )


def train(model, batch, steps=3):
    optimizer = rl.Adam(0.05)
    for _ in range(steps):
        loss, grads, _ = model.loss_and_grads(**batch)
        optimizer.step(model.params, grads)
    return model.loss(**batch)[0], loss


def arrays_of_layers(thing, seen):
    """Every parameter that a layer inside the model reads, however deep."""
    if id(thing) in seen or not type(thing).__module__.startswith("rnnlib"):
        if isinstance(thing, list | tuple | dict):
            for part in thing.values() if isinstance(thing, dict) else thing:
                yield from arrays_of_layers(part, seen)
        return
    seen.add(id(thing))
    inner = [value for name, value in vars(thing).items() if name != "params"]
    for part in inner:
        yield from arrays_of_layers(part, seen)
    if not hasattr(thing, "config"):  # whose arrays are those of its layers
        yield from thing.__dict__.get("params", {}).values()


@bug("a tied copy comes apart", "models.language.LanguageModel.__setstate__", "self._tie()", "pass")
@every_copy
@every_model
@pytest.mark.parametrize("cell", MODEL_CELLS)
def test_a_copy_trains_as_its_original_does_and_apart_from_it(cell, build, make_copy, rng):
    model = build(cell=cell, rng=np.random.default_rng(0), dtype=np.float64)
    batch = batch_for(model, rng)
    train(model, batch)
    before = frozen(model.params)
    twin = make_copy(model)
    assert frozen(twin.params) == before
    scores = train(twin, batch)
    assert frozen(model.params) == before
    assert train(model, batch) == scores
    assert frozen(twin.params) == frozen(model.params)
    if getattr(model, "tied", False):
        np.testing.assert_array_equal(twin.output.params["W_hy"], twin.params["embedding.W"].T)


@every_copy
@every_model
def test_the_params_of_a_copy_are_the_arrays_of_its_layers(build, make_copy, rng):
    model = build(rng=rng)
    for one in (model, make_copy(model), make_copy(make_copy(model)), copy.copy(model)):
        arrays = list(arrays_of_layers(one, set()))
        for name, p in one.params.items():
            assert any(p is array for array in arrays), name
        for array in arrays:
            assert any(np.shares_memory(array, p) for p in one.params.values())


@every_model
def test_a_shallow_copy_shares_everything(build, rng):
    model = build(rng=np.random.default_rng(0), dtype=np.float64)
    twin, batch = copy.copy(model), batch_for(model, rng)
    train(twin, batch)
    assert frozen(twin.params) == frozen(model.params)
    assert twin.loss(**batch)[0] == model.loss(**batch)[0]


@bug("a config keeps NumPy's numbers", "models.model.config_of",
     "value.item() if isinstance(value, np.generic) else value", "value")  # fmt: skip
@every_model
def test_a_config_holds_plain_values_and_builds_the_model_again(build):
    model = build(rng=np.random.default_rng(3), dtype="float64")
    twin = type(model)(**model.config, rng=np.random.default_rng(3))
    assert frozen(twin.params) == frozen(model.params)
    assert twin.config == model.config
    kinds = {type(value) for value in model.config.values()}
    assert kinds <= {int, float, str, bool, type(None)}
    assert "rng" not in model.config

    numbers = {
        name: np.int64(value) if type(value) is int else value
        for name, value in model.config.items()
    }
    numbers["dropout"] = np.float32(model.config["dropout"])
    again = type(model)(**numbers, rng=np.random.default_rng(3))
    assert {type(value) for value in again.config.values()} == kinds


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (
            lambda rng: rl.LanguageModel(
                27, 256, "lstm", embedding_dim=128, dropout=0.5, rng=rng
            ),
            # 27·128 + (128 + 256 + 1)·1024 + 257·27
            "LanguageModel(27 symbols, LSTM 256, embedding 128, dropout 0.5: 404,635 parameters)",
        ),
        (
            lambda rng: rl.LanguageModel(
                5, 4, embedding_dim=4, tie_weights=True, num_layers=2, num_classes=3, rng=rng
            ),
            # 5·4 + 2·(4 + 4 + 1)·4 + 5 + 3·8
            "LanguageModel(5 symbols, 3 classes, 2 × RNN 4, embedding 4, tied to the output: "
            "121 parameters)",
        ),
        (
            lambda rng: rl.LanguageModel(5, 4, "gru", variational=True, dropout=0.25, rng=rng),
            # (5 + 4 + 1)·12 + 4 + (4 + 1)·5
            "LanguageModel(5 symbols, GRU 4, variational dropout 0.25: 149 parameters)",
        ),
        (
            lambda rng: rl.TransformerLanguageModel(
                5, 4, num_heads=2, max_len=10, dropout=0.1, rng=rng
            ),
            # (5 + 10)·4 + 2·(12·16 + 13·4) + 8 + (4 + 1)·5
            "TransformerLanguageModel(5 symbols, 2 × attention 4 with 2 heads, "
            "at most 10 symbols, dropout 0.1: 581 parameters)",
        ),
        (
            lambda rng: rl.SequenceTagger(5, 4, 2, rng=rng),
            # 2·(5 + 4 + 1)·4 + (8 + 1)·2
            "SequenceTagger(5 symbols, 2 classes, bidirectional RNN 4: 98 parameters)",
        ),
        (
            lambda rng: rl.SequenceClassifier(5, 4, 2, rng=rng),
            "SequenceClassifier(5 symbols, 2 classes, RNN 4: 50 parameters)",
        ),
        (
            lambda rng: rl.Seq2Seq(1000, 6, 4, "rnn", attention=False, rng=rng),
            # 1000·4 + 2·(4 + 2 + 1)·2 + (4 + 1)·4 + 6·4 + (4 + 4 + 1)·4 + (4 + 1)·6
            "Seq2Seq(1,000 → 6 symbols, RNN 4, embedding 4, no attention: 4,138 parameters)",
        ),
    ],
)  # fmt: skip
def test_a_model_says_in_one_line_what_it_is(model, words, rng):
    model = model(rng)
    assert repr(model) == str(model) == words
    assert model.num_parameters == sum(p.size for p in model.params.values())


def test_a_layer_says_in_one_line_what_it_is(rng):
    layer = rl.Recurrent(rl.GRUCell(), 3, 4, rng)
    expected = {
        "Recurrent(GRUCell, 3 → 4)": layer,
        "Stacked([Recurrent(GRUCell, 3 → 4)], Dropout(0))": rl.Stacked([layer]),
        "Bidirectional(Recurrent(GRUCell, 3 → 4), Recurrent(GRUCell, 3 → 4))": rl.Bidirectional(
            layer, layer
        ),
        "Linear(4 → 5)": rl.Linear(4, 5, rng),
        "Embedding(5 × 2)": rl.Embedding(5, 2, rng),
        "Dropout(0.5, variational)": rl.Dropout(0.5, rng, variational=True),
        "AdditiveAttention(queries 3, keys 4 → 2)": rl.AdditiveAttention(3, 4, 2, rng),
    }
    for words, thing in expected.items():
        assert repr(thing) == words
    translator = rl.Seq2Seq(5, 5, 4, rng=rng)
    assert repr(translator.encoder).startswith("Encoder(Bidirectional(Recurrent(GRUCell, 4 → 2)")
    assert repr(translator.decoder).startswith("Decoder(Recurrent(GRUCell, 4 → 4), AdditiveAtt")
    conditional = rl.LanguageModel(5, 4, num_classes=3, rng=rng)
    assert repr(conditional.start) == "LearnedStart(3 classes, 4 numbers each)"
