"""The Transformer as a language model: it looks back only, remembers by its keys, and trains."""

from itertools import pairwise

import numpy as np
import pytest
from helpers import (
    NAMES,
    Rewound,
    assert_gradients_right,
    assert_padding_changes_nothing,
    frozen,
    randomized,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib import TransformerLanguageModel, Vocabulary
from rnnlib.functional import log_softmax
from rnnlib.nn.nested_state import flatten
from rnnlib.training.parallel import loss_and_grads

V, H, T, B, M = 7, 4, 5, 3, 9


def build(seed=0, dtype=np.float64, **options):
    rng = np.random.default_rng(seed)
    options = {"num_layers": 2, "num_heads": 2, "max_len": M} | options
    return TransformerLanguageModel(V, H, rng=rng, dtype=dtype, **options)


def lively(seed=0, **options):
    """A model whose opinions depend on what it read."""
    model = build(seed, **options)
    return randomized(model, np.random.default_rng(seed + 100))


@bug(
    "only the lowest block learns",
    "models.transformer.TransformerLanguageModel.backward",
    "zip(reversed(self.blocks), reversed(cache.blocks), strict=True)",
    "zip(self.blocks, reversed(cache.blocks), strict=True)",
)
@bug(
    "what dropout took from the embedding is blamed",
    "models.transformer.TransformerLanguageModel.backward",
    "self.dropout.backward(dxs, cache.kept)",
    "(dxs, {})",
)
@pytest.mark.parametrize(
    ("given", "dropout"), [("nothing", 0.3), ("state and mask", 0)], ids=["dropout", "state, mask"]
)
def test_the_gradients_of_a_transformer_are_right(given, dropout, rng):
    model = lively(dropout=dropout)
    for p in model.params.values():
        p *= 0.7  # no softmax so sure that its gradients vanish
    ids, targets = rng.integers(0, V, (2, 4, 2))
    extra = ()
    if given == "state and mask":
        _, state, _ = model.forward(rng.integers(0, V, (3, 2)))
        extra = state, rng.random((4, 2)) < 0.7
    assert_gradients_right(Rewound(model), ids, targets, *extra)


@bug(
    "every call begins at position 0",
    "models.transformer.TransformerLanguageModel.forward",
    "states[0][0].shape[1]",
    "0",
)
@bug(
    "a position is skipped after the state",
    "models.transformer.TransformerLanguageModel.forward",
    "states[0][0].shape[1]",
    "states[0][0].shape[1] + (state is not None)",
)
@bug(
    "all blocks remember what the last one read",
    "models.transformer.TransformerLanguageModel.forward",
    "tuple(last)",
    "tuple(last[-1:] * len(last))",
)
@settings(max_examples=30)
@given(cuts=st.lists(st.integers(1, M - 1), max_size=M))
def test_writing_on_with_the_state_equals_one_pass(cuts):
    model, ids = lively(), np.random.default_rng(1).integers(0, V, (M, B))
    whole, last, _ = model.forward(ids)
    state, parts = None, []
    for start, end in pairwise(sorted({0, *cuts, M})):
        logits, state, _ = model.forward(ids[start:end], state)
        parts.append(logits)
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-12, atol=1e-12)
    for some, other in zip(flatten(state), flatten(last), strict=True):
        np.testing.assert_allclose(some, other, rtol=1e-12, atol=1e-12)


@given(changed=st.integers(0, T - 1), symbol=st.integers(1, V - 1))
def test_a_symbol_changes_no_logit_before_it(changed, symbol):
    model, ids = lively(), np.random.default_rng(1).integers(0, V, (T, B))
    before, _, _ = model.forward(ids)
    ids[changed] = (ids[changed] + symbol) % V
    after, _, _ = model.forward(ids)
    np.testing.assert_array_equal(after[:changed], before[:changed])
    assert (after != before)[changed:].any(axis=2).all()


def test_the_same_symbols_in_another_order_mean_something_else(rng):
    model, ids = lively(), np.array([[1], [2], [3], [0]])
    logits = model.forward(ids)[0][-1]
    assert not np.allclose(model.forward(ids[[1, 0, 2, 3]])[0][-1], logits)
    model.params["position.W"][...] = 0  # and without positions it does not, in one block
    single = lively(num_layers=1)
    single.params["position.W"][...] = 0
    once, again = (single.forward(i)[0][-1] for i in (ids, ids[[1, 0, 2, 3]]))
    np.testing.assert_allclose(once, again, rtol=1e-9)


@settings(max_examples=20)
@given(words=st.lists(st.text("abcdef", max_size=8), min_size=2, max_size=5))
def test_padding_changes_nothing(words):
    assert_padding_changes_nothing(lively(), Vocabulary("\nabcdef"), words)


@settings(max_examples=20)
@given(order=st.permutations(range(4)))
def test_the_order_of_a_batch_changes_nothing(order):
    rng, model = np.random.default_rng(2), lively()
    ids, targets = rng.integers(0, V, (2, 6, 4))
    mask = rng.random((6, 4)) < 0.8
    loss, grads, _ = model.loss_and_grads(ids, targets, mask=mask)
    moved = [a[:, order] for a in (ids, targets, mask)]
    loss_too, grads_too, _ = model.loss_and_grads(moved[0], moved[1], mask=moved[2])
    assert loss == pytest.approx(loss_too, rel=1e-12)
    for name, g in grads.items():
        np.testing.assert_allclose(grads_too[name], g, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_has_the_precision_of_the_weights(dtype, rng):
    model = build(dtype=dtype, dropout=0.2)
    ids, targets = rng.integers(0, V, (2, 6, 4))
    logits, state, _ = model.forward(ids, train=True)
    _, grads, _ = model.loss_and_grads(ids, targets, mask=np.ones((6, 4), np.float32))
    arrays = [logits, *flatten(state), *model.params.values(), *grads.values()]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}
    assert {name: g.shape for name, g in grads.items()} == {
        name: p.shape for name, p in model.params.items()
    }


def test_a_model_keeps_nothing_between_calls_but_its_params(rng):
    model, (ids, targets) = lively(), rng.integers(0, V, (2, T, B))
    before = frozen(model.params)
    loss, grads, _ = model.loss_and_grads(ids, targets)
    _, state, _ = model.forward(ids)
    kept = frozen(dict(enumerate(flatten(state))))
    model.forward(targets[:2], state)
    loss_too, grads_too, _ = model.loss_and_grads(ids, targets)
    assert loss == loss_too
    assert frozen(grads) == frozen(grads_too)
    assert frozen(model.params) == before
    assert frozen(dict(enumerate(flatten(state)))) == kept  # a beam reads on from it twice


def test_dropout_acts_in_training_only(rng):
    ids = rng.integers(0, V, (T, B))
    plain, dropping = build(), build(dropout=0.5)
    np.testing.assert_array_equal(dropping.forward(ids)[0], plain.forward(ids)[0])
    once, again = (dropping.forward(ids, train=True)[0] for _ in range(2))
    assert not np.allclose(once, again)


def test_an_untrained_model_guesses(rng):
    model = TransformerLanguageModel(27, 64, rng=rng)
    ids, targets = rng.integers(0, 27, (2, 20, 16))
    assert model.loss(ids, targets)[0] == pytest.approx(np.log(27), abs=0.1)


@bug("the keys of one window reach the next", "models.transformer.TransformerLanguageModel._logits",
     "logits, None, cache", "logits, self.forward(inputs)[1], cache")  # fmt: skip
def test_windows_of_running_text_are_read_each_by_itself(rng):
    ids = rng.integers(0, V, 4 * 3 * (M - 1) + 1)
    stream = rl.stream_batches(ids, 3, M - 1)
    windows = [rl.Batch(batch.inputs, batch.targets) for batch in stream]
    one, other = build(), build()
    for model, batches in ((one, stream), (other, windows)):
        rl.fit(model, batches, rl.Adam(0.01), epochs=2, progress=False)
    assert frozen(one.params) == frozen(other.params)
    assert rl.evaluate(one, stream) == rl.evaluate(other, windows)


@pytest.mark.parametrize("dropout", [0, 0.4])
@pytest.mark.parametrize("workers", [2, 5])
def test_several_workers_return_what_one_returns(workers, dropout, rng):
    ids, targets = rng.integers(0, V, (2, 6, 5))
    batch = rl.Batch(ids, targets, np.arange(6)[:, None] < [6, 2, 4, 6, 1])
    alone, grads, _ = loss_and_grads(build(dropout=dropout), batch)
    together, grads_too, state = loss_and_grads(build(dropout=dropout), batch, workers=workers)
    assert state is None
    assert together == pytest.approx(alone, rel=1e-12)
    for name, g in grads.items():
        np.testing.assert_allclose(grads_too[name], g, rtol=1e-9, atol=1e-12, err_msg=name)


def trained(vocab, dtype=np.float32):
    rng = np.random.default_rng(0)
    model = TransformerLanguageModel(
        len(vocab), 32, num_heads=4, max_len=24, dropout=0.1, rng=rng, dtype=dtype
    )
    batches = rl.padded_batches(vocab, NAMES, 5, rng)
    history = rl.fit(model, batches, rl.Adam(3e-3), epochs=40, clip_norm=1.0, progress=False)
    return model, history


def test_it_learns_fifteen_names_by_heart_and_writes_them(vocab, rng):
    model, history = trained(vocab)
    assert history.train_loss[-1] < 0.6 < 2.5 < history.train_loss[0]
    written = rl.generate(model, vocab, stop="\n", temperature=0.1, num_samples=20, rng=rng)
    assert sum(name in NAMES for name in written) >= 5
    name = NAMES[0]
    best, _ = rl.beam_search(model, vocab, name[:4], width=3, stop="\n")[0]
    assert best in NAMES


@bug(
    "the last position is not written after",
    "generation.sampling_checks.room",
    "positions - len(unread) + 1",
    "positions - len(unread)",
)
@pytest.mark.parametrize("prompt", ["", "abc", "abcdefab"])
def test_writing_ends_where_the_positions_end(prompt, rng):
    model, vocab = lively(), Vocabulary("\nabcdef")
    texts = rl.generate(model, vocab, prompt, num_samples=3, banned=["\n"], rng=rng)
    assert {len(text) for text in texts} == {M}  # M symbols were read: the start mark, and all
    found = rl.beam_search(model, vocab, prompt, width=2, banned=["\n"])  # but the last
    assert {len(text) for text, _ in found} == {M}
    assert len(rl.generate(model, vocab, "ab", length=3, banned=["\n"], rng=rng)) == 5


def test_a_beam_as_wide_as_all_texts_finds_the_most_probable():
    model, vocab = lively(), Vocabulary("\nabcdef")
    (best, found), *_ = rl.beam_search(model, vocab, width=V**3, length=3)
    ids = np.array(np.meshgrid(*[range(V)] * 3)).reshape(3, -1)
    logits, _, _ = model.forward(np.concatenate([np.zeros((1, V**3), int), ids[:-1]]))
    totals = np.take_along_axis(log_softmax(logits), ids[..., None], axis=-1)[..., 0].sum(axis=0)
    assert found.log_p == pytest.approx(totals.max(), rel=1e-9)
    assert best == vocab.decode(ids[:, totals.argmax()].tolist())


def test_a_resumed_training_is_the_unbroken_one_bit_for_bit(vocab, tmp_path):
    def start():
        rng = np.random.default_rng(6)
        model = TransformerLanguageModel(len(vocab), 8, max_len=24, dropout=0.2, rng=rng)
        return model, rl.padded_batches(vocab, NAMES, 4, rng), rl.Adam(0.01)

    whole, batches, optimizer = start()
    rl.fit(whole, batches, optimizer, epochs=3, progress=False)
    path = tmp_path / "run.npz"
    save = rl.SaveCheckpoint(path, vocab)
    model, batches, optimizer = start()
    rl.fit(model, batches, optimizer, epochs=2, callbacks=[save], progress=False)
    half = rl.load_checkpoint(path)
    assert half.model.config == model.config
    batches = rl.padded_batches(half.vocab, NAMES, 4, half.rng)
    rl.fit(half.model, batches, half.optimizer, epochs=3, history=half.history, progress=False)
    assert frozen(half.model.params) == frozen(whole.params)


def test_a_file_with_arrays_of_another_shape_is_refused(tmp_path, rng):
    model = build()
    rl.save_checkpoint(tmp_path / "a.npz", model)
    with np.load(tmp_path / "a.npz") as file:
        arrays = dict(file)
    for name in ("model/position.W", "model/block1.attention.W_qkv"):
        np.savez(tmp_path / "b.npz", **arrays | {name: arrays[name][:, 1:]})
        with pytest.raises(ValueError, match="does not fit its own model"):
            rl.load_checkpoint(tmp_path / "b.npz")


@pytest.fixture
def world(world):
    """A Transformer, and one that reads the symbols of the vocabulary."""
    w = world
    w.transformer = build()
    w.state = w.transformer.forward(np.zeros((M - 1, 2), int))[1]
    w.writer = TransformerLanguageModel(len(w.vocab), 8, max_len=6, rng=w.rng)
    w.named = lambda **options: TransformerLanguageModel(5, 8, rng=w.rng, **options)
    return w


WRONG_VALUES = [
    ("Pass rng=np.random.default_rng(seed)", lambda w: TransformerLanguageModel(5, 8)),
    ("vocab_size must be at least 1, got 0", lambda w: TransformerLanguageModel(0, 8, rng=w.rng)),
    ("max_len must be at least 1, got 0", lambda w: w.named(max_len=0)),
    ("num_heads must be at least 1, got 0", lambda w: w.named(num_heads=0)),
    ("multiple of num_heads", lambda w: w.named(num_heads=3)),
    ("dropout must be in [0, 1), got 1", lambda w: w.named(dropout=1)),
    ("ids run from 0 to 7; expected 0 … 6", lambda w: w.transformer.forward(np.array([[0, 7]]))),
    ("got float64 (1, 2)", lambda w: w.transformer.forward(np.ones((1, 2)))),
    ("10 symbols are more than max_len=9", lambda w: w.transformer.forward(np.zeros((10, 2), int))),
    ("after the 8 of the state", lambda w: w.transformer.forward(np.zeros((2, 2), int), w.state)),
    ("state has 1 parts", lambda w: w.transformer.forward(np.zeros((1, 2), int), w.state[:1])),
    ("here (3, 8, 4)", lambda w: w.transformer.forward(np.zeros((1, 3), int), w.state)),
    ("has no classes", lambda w: w.transformer.loss(w.ids, w.ids, labels=[0, 0])),
    ("7 symbols are more", lambda w: rl.generate(w.writer, w.vocab, "saurus", rng=w.rng)),
    ("7 symbols are more", lambda w: rl.beam_search(w.writer, w.vocab, "saurus")),
    (
        "has no classes",
        lambda w: rl.generate(w.writer, w.vocab, "rex", label=1, rng=np.random.default_rng(0)),
    ),
]
WRONG_TYPES = [
    ("max_len must be a whole number, got 64.0", lambda w: w.named(max_len=64.0)),
    ("num_heads must be a whole number, got True", lambda w: w.named(num_heads=True)),
    ("pass len(vocab)", lambda w: TransformerLanguageModel(w.vocab, 8, rng=w.rng)),
    ("dtype must be float32 or float64", lambda w: w.named(dtype=int)),
    ("state must be a tuple, got list", lambda w: w.transformer.forward(w.ids, [*w.state])),
    ("tuple (keys, values), got int", lambda w: w.transformer.forward(w.ids, (1, 2))),
]


@mistakes({ValueError: WRONG_VALUES, TypeError: WRONG_TYPES})
def test_what_does_not_fit_a_transformer_is_refused_in_words(mistake, world):
    mistake(world)


@pytest.mark.mistake
def test_a_refused_transformer_draws_nothing(rng):
    before = rng.bit_generator.state
    wrongs = {"dropout": 1.0}, {"dtype": np.int64}, {"num_heads": 3}, {"max_len": 0}
    for wrong in wrongs:
        with pytest.raises((ValueError, TypeError)):
            TransformerLanguageModel(5, 8, rng=rng, **wrong)
    assert rng.bit_generator.state == before
