"""A model becomes a PyTorch module and comes back; skipped, but for mistakes, without PyTorch."""

import copy
import importlib.util
import pickle
import sys

import numpy as np
import pytest
from helpers import CELLS, CLASSIC, LINEAR, frozen
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib.nn.nested_state import map_state

CONVERSION, NETWORKS = "interchange.conversion", "interchange.networks"
KINDS = [*CELLS, "transformer"]
"""The cells of a LanguageModel, and the model without one."""

TOLERANCE = {np.float32: 1e-6, np.float64: 1e-10}


@pytest.fixture(scope="module")
def torch():
    """PyTorch on one thread, without which the test is skipped."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # two of them wait for each other where others work too
    yield torch
    torch.set_num_threads(threads)


def torch_bug(*words):
    """A planted bug that only PyTorch reveals: without PyTorch there is none."""
    return bug(*words) if importlib.util.find_spec("torch") else lambda test: test


def random_model(rng, dtype=np.float64, **options):
    """A model of random shape: fresh weights, as they are where float32 is used, and any biases."""
    tied, H = rng.random() < 0.3, int(rng.integers(1, 9))
    arguments = {
        "vocab_size": int(rng.integers(2, 12)),
        "hidden_size": H,
        "num_layers": int(rng.integers(1, 4)),
        "dropout": float(rng.choice([0.0, 0.4])),
        "cell": str(rng.choice(CELLS)),
        "embedding_dim": H if tied else int(rng.integers(0, 7)) or None,
        "tie_weights": tied,
        "num_classes": int(rng.integers(0, 4)) or None,
    }
    return with_biases(rl.LanguageModel(**arguments | options, rng=rng, dtype=dtype), rng)


def random_transformer(rng, dtype=np.float64, **options):
    """A Transformer of random shape."""
    heads = int(rng.integers(1, 4))
    arguments = {
        "vocab_size": int(rng.integers(2, 12)),
        "hidden_size": heads * int(rng.integers(4, 8)),  # of few, norms magnify rounding
        "num_layers": int(rng.integers(1, 4)),
        "dropout": float(rng.choice([0.0, 0.4])),
        "num_heads": heads,
        "max_len": 12,
    }
    model = rl.TransformerLanguageModel(**arguments | options, rng=rng, dtype=dtype)
    return with_biases(model, rng)


def with_biases(model, rng):
    for p in model.params.values():
        if p.ndim == 1:
            p[...] = rng.standard_normal(p.shape)
    return model


def of_kind(kind, rng, dtype=np.float64, **options):
    """A random model with a certain cell, or a Transformer."""
    if kind == "transformer":
        return random_transformer(rng, dtype, **options)
    return random_model(rng, dtype, cell=kind, **options)


def random_batch(model, rng, batch_size=None, length=None):
    """Ids, targets and labels for a model; labels are None if it has no classes."""
    T, B = length or int(rng.integers(1, 12)), batch_size or int(rng.integers(1, 6))
    V, K = model.config["vocab_size"], model.config.get("num_classes")
    ids, targets = rng.integers(0, V, (2, T, B))
    return ids, targets, rng.integers(0, K, B) if K else None


def in_torch(state, torch):
    """The layers' states as PyTorch keeps them: each part of all layers in one tensor."""
    parts = [torch.from_numpy(np.stack(part)) for part in zip(*state, strict=True)]
    return tuple(parts) if len(parts) > 1 else parts[0]


def answers(model, ids, targets, state, labels):
    """The loss, logits, last state (if training carries it on) and gradients, without dropout."""
    logits, _, _ = model.forward(ids, state, labels=labels)
    loss, grads, last = model.loss_and_grads(ids, targets, state, train=False, labels=labels)
    return loss, logits, last, grads


def torch_answers(module, ids, targets, state, labels):
    """The same of a module, in rnnlib's form."""
    import torch

    more = {} if labels is None else {"labels": torch.from_numpy(labels)}
    more |= {} if state is None else {"state": in_torch(state, torch)}
    module.zero_grad()
    logits, last = module(torch.from_numpy(ids), **more)
    loss = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), torch.from_numpy(targets).flatten()
    )
    loss.backward()
    if last is not None:
        parts = last if isinstance(last, tuple) else (last,)
        last = tuple(tuple(p.detach().numpy() for p in layer) for layer in zip(*parts, strict=True))
    return loss.item(), logits.detach().numpy(), last, rl.torch_grads(module)


def assert_close(mine, theirs, tolerance):
    """Numbers, arrays, or dicts or nested tuples of them, differ by less than their size allows."""
    if isinstance(mine, dict):
        assert mine.keys() == theirs.keys()
        for name in mine:
            assert_close(mine[name], theirs[name], tolerance)
    elif mine is None:
        assert theirs is None
    elif isinstance(mine, tuple):
        map_state(lambda a, b: assert_close(a, b, tolerance), mine, theirs)
    else:
        assert np.shape(mine) == np.shape(theirs)
        assert np.max(np.abs(mine - theirs)) <= tolerance * max(1, np.max(np.abs(theirs)))


@torch_bug(
    "states go to the wrong layer",
    f"{NETWORKS}.TorchLanguageModel._start_of",
    "2, 1, 0, 3",
    "1, 2, 0, 3",
)
@torch_bug(
    "one-hot inputs are dropped",
    f"{NETWORKS}.TorchLanguageModel.forward",
    "xs = F.one_hot",
    "xs = 0 * F.one_hot",
)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("seed", range(100))
def test_outputs_and_gradients_are_equal_in_a_hundred_configurations(seed, dtype, torch):
    rng = np.random.default_rng(seed)
    model = of_kind(KINDS[seed % len(KINDS)], rng, dtype)
    module = rl.to_torch(model).eval()
    ids, targets, labels = random_batch(model, rng)
    state = None
    for _ in range(2):  # the second time with the state of the first
        mine = answers(model, ids, targets, state, labels)
        assert_close(mine, torch_answers(module, ids, targets, state, labels), TOLERANCE[dtype])
        state, labels = mine[2], None
    back = rl.from_torch(module)
    assert frozen(back.params) == frozen(model.params)
    assert back.config == model.config


def train_both(cell, dtype, optimizers, both_biases=False, steps=5):
    """Train a model and its module, next to each other; return them."""
    import torch

    rng = np.random.default_rng(4)
    options = dict(num_layers=2, dropout=0.0, hidden_size=6, vocab_size=9)
    if cell != "transformer":
        options |= dict(embedding_dim=6, tie_weights=True, num_classes=2)
    model = of_kind(
        cell, rng, dtype, **(options if cell != "transformer" else options | {"num_heads": 2})
    )
    module = rl.to_torch(model, both_biases)
    optimizer, torch_optimizer = optimizers(torch, module)
    for _ in range(steps):
        ids, targets, labels = random_batch(model, rng, batch_size=4, length=7)
        _, grads, _ = model.loss_and_grads(ids, targets, labels=labels)
        torch_answers(module, ids, targets, None, labels)
        optimizer.step(model.params, grads)
        torch_optimizer.step()
    return model, module


OPTIMIZERS = {
    "SGD": lambda torch, m: (rl.SGD(0.1), torch.optim.SGD(m.parameters(), 0.1)),
    "Adam": lambda torch, m: (rl.Adam(0.01), torch.optim.Adam(m.parameters(), 0.01)),
    "AdamW": lambda torch, m: (
        rl.Adam(0.01, weight_decay=0.1),
        torch.optim.AdamW(m.parameters(), 0.01, weight_decay=0.1),
    ),
}


@torch_bug(
    "the second bias is trained",
    f"{NETWORKS}.TorchLanguageModel._keep_second_biases",
    "not self.both_biases",
    "False",
)
@torch_bug(
    "a GRU's second bias is trained whole",
    f"{NETWORKS}._candidate_only",
    "torch.zeros_like(grad[:-third])",
    "grad[:-third]",
)
@torch_bug(
    "the weights are untied",
    f"{NETWORKS}.TorchLanguageModel.__init__",
    'config["tie_weights"]',
    "False",
)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-10)])
@pytest.mark.parametrize("kind", KINDS)
def test_five_steps_of_training_lead_to_the_same_weights(kind, dtype, tolerance, optimizer, torch):
    model, module = train_both(kind, dtype, OPTIMIZERS[optimizer])
    back = rl.from_torch(module)
    for name in model.params:
        if name.endswith("b_qkv"):  # keys all moved alike change nothing: their gradient is noise
            for params in (model.params, back.params):
                params[name][6:12] = 0
    assert_close(model.params, back.params, tolerance)
    assert sum(p.grad.count_nonzero() > 0 for p in module.parameters() if p.grad is not None) > 5


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("cell", CLASSIC)
def test_two_trained_biases_move_twice_as_far(cell, optimizer, torch):
    start = rl.from_torch(train_both(cell, np.float64, OPTIMIZERS[optimizer], True, steps=0)[1])
    model, module = train_both(cell, np.float64, OPTIMIZERS[optimizer], True, steps=1)
    back = rl.from_torch(module)
    factors = dict.fromkeys(model.params, 1) | {"layer0.b_h": 2, "layer1.b_h": 2}
    if cell == "gru":  # of the candidate's two biases, which are no sum, each moves once
        factors |= dict.fromkeys(["layer0.b_h", "layer1.b_h"], np.repeat([2, 2, 1], 6))
    expected = {k: p + factors[k] * (model.params[k] - p) for k, p in start.params.items()}
    assert_close(expected, back.params, 1e-10)


@torch_bug(
    "a copy trains its second bias",
    f"{NETWORKS}.TorchLanguageModel.__setstate__",
    "self._keep_second_biases()",
    "pass",
)
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_of_a_module_trains_as_the_module_does(copied, rng, torch):
    model = random_model(rng, cell="gru", hidden_size=4, tie_weights=False)
    module = copied(rl.to_torch(model).eval())
    ids, targets, labels = random_batch(model, rng)
    torch_answers(module, ids, targets, None, labels)
    second = module.recurrent.bias_hh_l0.grad
    assert not second[:8].any()
    assert second[8:].any()
    assert frozen(rl.from_torch(module).params) == frozen(model.params)


def test_tied_weights_are_one_parameter_and_nothing_is_learnt_that_rnnlib_does_not(rng, torch):
    for seed in range(20):
        model = random_model(np.random.default_rng(seed), cell="lstm")
        module = rl.to_torch(model)
        learnt = sum(p.numel() for p in module.parameters() if p.requires_grad)
        assert learnt == model.num_parameters
        if model.tied:
            assert module.output.weight is module.embedding.weight


@torch_bug(
    "torch's generator is disturbed",
    f"{CONVERSION}.to_torch",
    "torch.random.fork_rng(devices=[])",
    "open(__file__)",
)
@torch_bug(
    "building draws from the generator",
    f"{CONVERSION}.from_torch",
    "rng.bit_generator.state = before",
    "pass",
)
def test_no_generator_moves(rng, torch):
    model = random_model(rng, dropout=0.5)  # of a cell by chance
    mine, theirs = rng.bit_generator.state, torch.get_rng_state()
    module = rl.to_torch(model)
    back = rl.from_torch(module)
    assert torch.equal(torch.get_rng_state(), theirs)
    assert rng.bit_generator.state == mine
    assert back.rng.bit_generator.state == mine
    ids, targets, labels = random_batch(model, rng)
    rng.bit_generator.state = mine
    masks = [m.loss_and_grads(ids, targets, labels=labels)[0] for m in (model, back)]
    assert masks[0] == masks[1]
    assert back.rng is not rl.from_torch(module).rng


def test_model_and_module_share_no_memory(rng, torch):
    model = random_model(rng)
    module = rl.to_torch(model)
    back, before = rl.from_torch(module), frozen(model.params)
    with torch.no_grad():
        for p in module.parameters():
            p.zero_()
    assert frozen(model.params) == frozen(back.params) == before


def test_the_model_has_the_dtype_of_the_module(rng, torch):
    model = random_model(rng, np.float32)
    back = rl.from_torch(rl.to_torch(model).double())
    assert back.config["dtype"] == "float64"
    assert frozen(back.params) == frozen({k: p.astype(float) for k, p in model.params.items()})
    for half in (torch.float16, torch.bfloat16):
        with pytest.raises(TypeError, match=r"float32 or float64|BFloat16"):
            rl.from_torch(rl.to_torch(model).to(half))


def test_a_module_is_found_inside_of_a_parallel_one(rng, torch):
    model = random_model(rng)
    module = torch.nn.DataParallel(rl.to_torch(model))
    assert frozen(rl.from_torch(module).params) == frozen(model.params)
    assert rl.torch_grads(module).keys() == model.params.keys()


@torch_bug(
    "the same units are dropped never", f"{NETWORKS}.VariationalDropout.forward", "xs[:1]", "xs"
)
@torch_bug(
    "dropout is left out", f"{NETWORKS}.TorchLanguageModel.forward", "self.dropout(hs)", "hs"
)
@pytest.mark.parametrize("variational", [False, True])
def test_dropout_acts_in_training_alone_on_the_same_units_if_variational(variational, rng, torch):
    options = dict(dropout=0.5, variational=variational, num_layers=1, num_classes=None)
    model = random_model(rng, cell="gru", hidden_size=40, tie_weights=False, **options)
    module = rl.to_torch(model)
    seen = []
    module.output.register_forward_hook(lambda layer, inputs, output: seen.append(inputs[0]))
    ids = torch.zeros((30, 4), dtype=torch.long)
    module(ids)
    module.eval()
    module(ids)
    trained, evaluated = seen
    dropped = trained == 0
    assert 0.4 < dropped.double().mean() < 0.6
    assert torch.equal(dropped[0].expand_as(dropped), dropped) == variational
    assert not (evaluated == 0).any()


def test_dropout_acts_between_layers_and_on_the_embedding(rng, torch):
    options = dict(embedding_dim=40, hidden_size=40, num_classes=None)
    module = rl.to_torch(random_model(rng, num_layers=2, dropout=0.5, **options))
    assert module.recurrent.dropout == 0.5
    seen = []
    module.recurrent.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0]))
    module(torch.zeros((30, 3), dtype=torch.long))
    assert 0.4 < (seen[0] == 0).double().mean() < 0.6


@torch_bug(
    "the network inside a block drops",
    "interchange.transformers.TorchTransformerLanguageModel._block",
    "block.self_attn.dropout, block.dropout.p = 0.0, 0.0",
    "pass",
)
def test_a_transformer_drops_where_its_model_does(rng, torch):
    options = dict(num_layers=1, dropout=0.5, hidden_size=40, num_heads=2)
    model = random_transformer(rng, **options)
    module = rl.to_torch(model)
    block, seen = module.blocks[0], {}
    for name in ("dropout", "dropout1", "dropout2"):  # inside, after attention, and at the end
        layer = getattr(block, name)
        layer.register_forward_hook(lambda _, inputs, out, name=name: seen.update({name: out == 0}))
    block.register_forward_pre_hook(lambda _, inputs: seen.update(embedding=inputs[0] == 0))
    module(torch.zeros((10, 4), dtype=torch.long))
    shares = {name: dropped.double().mean().item() for name, dropped in seen.items()}
    assert shares.pop("dropout") < 0.01
    assert all(0.4 < share < 0.6 for share in shares.values()), shares
    assert block.self_attn.dropout == 0


@pytest.mark.parametrize("cell", LINEAR)
def test_linear_layers_drop_the_same_units_between_them_if_variational(cell, rng, torch):
    options = dict(dropout=0.5, variational=True, num_layers=2, num_classes=None)
    module = rl.to_torch(random_model(rng, cell=cell, hidden_size=40, tie_weights=False, **options))
    seen = []
    module.recurrent.layers[1].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    module(torch.zeros((10, 4), dtype=torch.long))
    dropped = seen[0] == 0
    assert 0.4 < dropped.double().mean() < 0.6
    assert torch.equal(dropped[0].expand_as(dropped), dropped)


def variational(world):
    options = dict(num_layers=2, dropout=0.5, variational=True, rng=np.random.default_rng(0))
    rl.to_torch(rl.LanguageModel(5, 4, **options))


def without_torch(world):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "torch", None)
        patch.delitem(sys.modules, "rnnlib.interchange.networks", raising=False)
        rl.to_torch(world.model)


@bug(
    "variational dropout is left out",
    f"{CONVERSION}.to_torch",
    'config["dropout"] and config.get("variational")',
    "False",
)
@mistakes(
    {
        ImportError: [("needs PyTorch: pip install torch", without_torch)],
        TypeError: [
            ("can go to PyTorch, not a int", lambda w: rl.to_torch(3)),
            ("that rl.to_torch made, got a LanguageModel", lambda w: rl.from_torch(w.model)),
            ("that rl.to_torch made, got the class NGram", lambda w: rl.from_torch(rl.NGram)),
            ("rl.load_torch_state(model, module.state_dict())", lambda w: rl.torch_grads(None)),
        ],
        ValueError: [("variational dropout between layers has no counterpart", variational)],
    }
)
def test_what_cannot_be_converted_is_refused_in_words(mistake, world):
    mistake(world)


def test_a_module_of_another_kind_is_refused_and_its_weights_are_not(rng, torch):
    class Mine(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(9, 4)
            self.recurrent = torch.nn.GRU(4, 5)
            self.output = torch.nn.Linear(5, 9)

    mine, ids = Mine(), rng.integers(0, 9, (6, 2))
    with pytest.raises(TypeError, match="got a Mine"):
        rl.from_torch(mine)
    model = rl.LanguageModel(9, 5, "gru", embedding_dim=4, rng=rng)
    rl.load_torch_state(model, mine.state_dict())
    logits = mine.output(mine.recurrent(mine.embedding(torch.from_numpy(ids)))[0])
    assert_close(model.forward(ids)[0], logits.detach().numpy(), 1e-6)


def test_a_module_starts_from_a_class_or_a_state_as_its_model_does(rng, torch):
    ids, labels = torch.zeros((3, 2), dtype=torch.long), torch.zeros(2, dtype=torch.long)
    with_classes = rl.to_torch(random_model(rng, num_classes=2))
    _, state = with_classes(ids, labels=labels)
    for wrong in ({}, {"labels": labels, "state": state}, {"labels": labels[:1]}):
        with pytest.raises(ValueError, match="labels"):
            with_classes(ids, **wrong)
    with pytest.raises(ValueError, match="no classes"):
        rl.to_torch(random_model(rng, num_classes=None))(ids, labels=labels)
