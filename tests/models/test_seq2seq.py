"""Reading one sequence and writing another: attention, batches of pairs, translating."""

import itertools

import numpy as np
import pytest
from helpers import CLASSIC, MODEL_CELLS, frozen
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

import rnnlib as rl
from rnnlib import PairInputs, Seq2Seq, Vocabulary, pair_batches
from rnnlib.generation.translation import translate_ids

SOURCE, TARGET = Vocabulary("abcd"), Vocabulary("\nxyz")
PAIRS = st.lists(
    st.tuples(st.text("abcd", min_size=1, max_size=6), st.text("xyz", max_size=6)),
    min_size=2,
    max_size=5,
)


def networks(*pairs):
    """Run a test for pairs of a cell and whether there is attention."""
    return pytest.mark.parametrize(
        ("cell", "attention"),
        pairs,
        ids=lambda value: value if isinstance(value, str) else ("bottleneck", "attention")[value],
    )


every_classic_network = networks(*itertools.product(CLASSIC, (True, False)))
every_network = networks(("diagonal", True), *itertools.product(CLASSIC, (True, False)))


def build(cell="gru", attention=True, seed=0, scale=3, dtype=np.float64):
    """A small model with opinions."""
    rng = np.random.default_rng(seed)
    model = Seq2Seq(4, 4, 5, cell, 3, attention, rng=rng, dtype=dtype)
    for p in model.params.values():
        p *= scale
    return model


def one_batch(pairs):
    (batch,) = pair_batches(SOURCE, TARGET, pairs, len(pairs))
    return batch


def loss_and_grads(model, batch):
    inputs, targets, mask, _ = batch
    loss, grads, _ = model.loss_and_grads(inputs, targets, mask=mask)
    return loss, grads


def assert_close(a, b):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], rtol=1e-8, atol=1e-11, err_msg=name)


@bug(
    "pads are attended to",
    "nn.attention.AdditiveAttention.forward",
    "scores = np.where(np.transpose(mask)[:, None] != 0, scores, -np.inf)",
    "pass",
)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(1, 5))
def test_attention_weights_sum_to_1_and_are_0_on_pads(lengths, T):
    rng = np.random.default_rng(len(lengths))
    layer = rl.AdditiveAttention(3, 2, 4, rng, np.float64)
    S, B = max(lengths), len(lengths)
    queries, keys = rng.standard_normal((T, B, 3)), 9 * rng.standard_normal((S, B, 2))
    mask = np.arange(S)[:, None] < lengths
    contexts, cache = layer.forward(queries, keys, mask)
    np.testing.assert_allclose(cache.weights.sum(axis=-1), 1, rtol=1e-12)
    assert not np.swapaxes(cache.weights, 0, 1)[:, ~mask.T].any()
    mean = sum(cache.weights[:, :, s].T[..., None] * keys[s] for s in range(S))
    np.testing.assert_allclose(contexts, mean, rtol=1e-10, atol=1e-12)


def test_attention_by_hand():
    layer = rl.AdditiveAttention(1, 1, 1, np.random.default_rng(0), np.float64)
    layer.params["W_q"][...], layer.params["W_k"][...], layer.params["v"][...] = 1, 2, 3
    keys = np.array([0.5, -0.5])[:, None, None]
    contexts, cache = layer.forward(np.array([[[1.0]]]), keys)
    odds = np.exp(3 * np.tanh(2) - 3 * np.tanh(0))  # of the first key against the second
    weights = odds / (1 + odds), 1 / (1 + odds)
    np.testing.assert_allclose(cache.weights[0, 0], weights)
    np.testing.assert_allclose(contexts[0, 0, 0], 0.5 * weights[0] - 0.5 * weights[1])


@bug(
    "the encoder reads the pads", "models.encoder.Encoder.forward", "valid_mask(lengths, S)", "None"
)
@every_network
@given(pairs=PAIRS)
def test_padding_of_source_and_target_changes_nothing(cell, attention, pairs):
    model = build(cell, attention)
    together, grads = loss_and_grads(model, one_batch(pairs))
    total = sum(len(target) + 1 for _, target in pairs)
    loss, expected = 0, {name: np.zeros_like(p) for name, p in model.params.items()}
    for pair in pairs:
        share = (len(pair[1]) + 1) / total
        alone, parts = loss_and_grads(model, one_batch([pair]))
        loss += share * alone
        for name, part in parts.items():
            expected[name] += share * part
    assert together == pytest.approx(loss, rel=1e-10)
    assert_close(grads, expected)


@every_network
def test_what_is_on_the_pads_of_a_source_changes_nothing(cell, attention, rng):
    model = build(cell, attention)
    inputs, *rest = one_batch([("abcd", "xy"), ("b", "zz"), ("ca", "")])
    pads = np.arange(4)[:, None] >= inputs.lengths
    source = np.where(pads, rng.integers(0, 4, (4, 3)), inputs.source)
    loss, grads = loss_and_grads(model, (inputs, *rest))
    loss_too, grads_too = loss_and_grads(model, (inputs._replace(source=source), *rest))
    assert loss == pytest.approx(loss_too, rel=1e-12)
    assert_close(grads, grads_too)


@every_network
@given(order=st.permutations(range(4)))
def test_the_order_of_a_batch_changes_nothing(cell, attention, order):
    model = build(cell, attention)
    pairs = [("abcd", "xy"), ("b", "zzz"), ("ca", ""), ("dd", "x")]
    loss, grads = loss_and_grads(model, one_batch(pairs))
    loss_too, grads_too = loss_and_grads(model, one_batch([pairs[i] for i in order]))
    assert loss == pytest.approx(loss_too, rel=1e-12)
    assert_close(grads, grads_too)


@every_network
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_has_the_precision_of_the_weights(cell, attention, dtype):
    model = build(cell, attention, dtype=dtype)
    inputs, targets, mask, _ = one_batch([("abcd", "xy"), ("b", "zz")])
    logits, state, _ = model.forward(inputs, train=True)
    _, grads, _ = model.loss_and_grads(inputs, targets, mask=mask)
    arrays = [logits, *state, *model.params.values(), *grads.values()]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}
    assert {k: g.shape for k, g in grads.items()} == {k: p.shape for k, p in model.params.items()}


@every_network
def test_a_checkpoint_gives_back_the_same_model(cell, attention, tmp_path):
    model = build(cell, attention)
    rl.save_checkpoint(tmp_path / "model.npz", model)
    twin = rl.load_checkpoint(tmp_path / "model.npz").model
    assert frozen(twin.params) == frozen(model.params)
    assert loss_and_grads(twin, one_batch([("ab", "x")]))[0] > 0


@bug(
    "pads of pairs are not masked", "text.pair_batches.pair_batches.walk", "sizes - 1", "sizes + 99"
)
@given(pairs=PAIRS, batch_size=st.integers(1, 6), shuffled=st.booleans())
def test_pair_batches_hold_each_pair_once(pairs, batch_size, shuffled):
    rng = np.random.default_rng(0) if shuffled else None
    batches = pair_batches(SOURCE, TARGET, pairs, batch_size, rng)
    found = []
    for inputs, targets, mask, _ in batches:
        counts = mask.sum(axis=0).astype(int)
        for b, (n, m) in enumerate(zip(inputs.lengths, counts, strict=True)):
            source = SOURCE.decode(inputs.source[:n, b])
            read, asked = TARGET.decode(inputs.target[:m, b]), TARGET.decode(targets[:m, b])
            assert read[0] == asked[-1] == "\n" and read[1:] == asked[:-1]
            assert mask[:m, b].all() and not mask[m:, b].any()
            found.append((source, asked[:-1]))
    assert (sorted(found) if shuffled else found) == (sorted(pairs) if shuffled else pairs)
    assert len(batches) == -(-len(pairs) // batch_size)


def test_shuffled_pair_batches_differ_by_epoch_and_pad_less():
    rng = np.random.default_rng(0)
    pairs = [("ab", "x" * n) for n in rng.integers(0, 20, 400)]
    batches = pair_batches(SOURCE, TARGET, pairs, 20, rng)
    once, again = ([targets.shape for _, targets, _, _ in batches] for _ in range(2))
    assert once != again
    in_order = [targets.shape for _, targets, _, _ in pair_batches(SOURCE, TARGET, pairs, 20)]
    assert sum(T for T, _ in once) < 0.7 * sum(T for T, _ in in_order)


@every_classic_network
def test_a_model_learns_to_read_backwards(cell, attention):
    words = ["".join(letters) for n in (1, 2, 3) for letters in itertools.product("xyz", repeat=n)]
    vocab, rng = Vocabulary("\nxyz"), np.random.default_rng(0)
    pairs = [(word, word[::-1]) for word in words]
    model = Seq2Seq(4, 4, 24, cell, 8, attention, rng=rng)
    batches = pair_batches(vocab, vocab, pairs, 8, rng)
    rl.fit(model, batches, rl.Adam(0.01), epochs=50, clip_norm=1.0, progress=False)
    assert rl.evaluate(model, batches) < 0.1
    written = rl.translate(model, vocab, vocab, words, max_length=6)
    right = [text == word[::-1] for text, word in zip(written, words, strict=True)]
    assert np.mean(right) > 0.9


@bug("what was written is not carried on", "generation.beam.greedy", "(log_p, state)", "(log_p, _)")
@every_classic_network
@given(sources=st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=4))
def test_greedy_writes_what_is_most_probable_after_what_it_wrote(cell, attention, sources):
    model = build(cell, attention)
    sources = [SOURCE.encode(source) for source in sources]
    for source, written in zip(
        sources, translate_ids(model, sources, end=0, max_length=6), strict=True
    ):
        expected, row = [0], (source[:, None], np.array([len(source)]))
        while len(expected) <= 6:
            logits, _, _ = model.forward(PairInputs(*row, np.array(expected)[:, None]))
            expected.append(logits[-1, 0].argmax())
            if expected[-1] == 0:
                break
        assert [0, *written] == (expected[:-1] if expected[-1] == 0 else expected)


def score_all(model, source, length, alpha):
    """The scores of all targets of at most so many symbols, by teacher forcing."""
    scores = {}
    for n in range(length + 1):
        for ids in itertools.product((1, 2, 3), repeat=n):
            ended = n < length
            inputs = PairInputs(
                source[:, None], np.array([len(source)]), np.array([0, *ids])[:, None]
            )
            log_p = rl.functional.log_softmax(model.forward(inputs)[0][:, 0])
            symbols = [*ids, 0] if ended else ids
            total = sum(log_p[t, symbol] for t, symbol in enumerate(symbols))
            scores[ids] = total / ((5 + len(symbols)) / 6) ** alpha
    return scores


@pytest.mark.parametrize("alpha", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_wide_beam_finds_the_best_of_all_targets(seed, alpha):
    model, source = build(seed=seed), SOURCE.encode("abca")
    scores = score_all(model, source, 4, alpha)
    (best,) = translate_ids(
        model, [source], end=0, max_length=4, beam_width=200, length_penalty=alpha
    )
    assert tuple(best) == max(scores, key=scores.get)


def test_the_alignment_shows_where_each_symbol_looked():
    model = build()
    picture = rl.alignment(model, SOURCE, TARGET, "abca", "xyx")
    assert picture.shape == (4, 4)
    np.testing.assert_allclose(picture.sum(axis=1), 1, rtol=1e-12)
    (batch,) = pair_batches(SOURCE, TARGET, [("abca", "xyx"), ("abcabc", "z")], 2)
    _, _, cache = model.forward(batch[0])
    np.testing.assert_allclose(cache.decoder.attention.weights[0, :, :4], picture, rtol=1e-10)


WORDS = rl.Vocabulary.from_words(["the river sleeps", "a rex eats"])
FRENCH = rl.Vocabulary(["<unk>", "a", "dort", "\n", "le", "mange", "rex"], WORDS.splitter)


def lexicon(cell="gru", seed=0):
    """A model from words to words, whose end mark is id 3."""
    rng = np.random.default_rng(seed)
    model = Seq2Seq(len(WORDS), len(FRENCH), 8, cell, rng=rng, dtype=np.float64)
    for p in model.params.values():
        p *= 2
    return model


@bug("the end mark is always id 0", "generation.translation._check",
     "int(target_vocab.encode([END])[0])", "0")  # fmt: skip
@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("cell", MODEL_CELLS)
def test_words_are_translated_wherever_the_end_mark_is(cell, width):
    model, (end,) = lexicon(cell), FRENCH.encode(["\n"])
    assert end == 3
    texts = ["the river sleeps", ["a", "rex"], "the mammoth eats"]  # mammoth is <unk>
    written = rl.translate(model, WORDS, FRENCH, texts, max_length=5, beam_width=width)
    expected = translate_ids(
        model, [WORDS.encode(t) for t in texts], end=3, max_length=5, beam_width=width
    )
    assert written == [FRENCH.decode(ids) for ids in expected]
    assert all(isinstance(text, str) and "\n" not in text for text in written)


def test_the_alignment_of_words_has_a_row_for_each_and_for_the_end():
    picture = rl.alignment(lexicon(), WORDS, FRENCH, "the river sleeps", ["le", "rex", "dort"])
    assert picture.shape == (4, 3)
    np.testing.assert_allclose(picture.sum(axis=1), 1, rtol=1e-12)
