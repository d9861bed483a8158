"""Networks that read, and networks that write what they are told to: the models with classes."""

import numpy as np
import pytest
from helpers import CLASSIC, MODEL_CELLS, NAMES, Rewound, assert_gradients_right, frozen, randomized
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import bug

import rnnlib
from rnnlib import (
    Adam,
    LanguageModel,
    SequenceClassifier,
    SequenceTagger,
    Vocabulary,
    evaluate,
    fit,
    generate,
    labelled_batches,
    padded_batches,
)

V, H, K = 5, 2, 3
OPTIONS = [
    {},
    {"num_layers": 2, "dropout": 0.3},
    {"embedding_dim": 4},
    {"bidirectional": True, "num_layers": 2},
    {"bidirectional": False, "embedding_dim": 4, "dropout": 0.3},
]
every_cell = pytest.mark.parametrize("cell", MODEL_CELLS)
every_reader = pytest.mark.parametrize("kind", [SequenceClassifier, SequenceTagger])
every_shape = pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o) or "plain")
LENGTHS = np.array([3, 5, 1])


def reader(kind, cell, options, seed=0):
    rng = np.random.default_rng(seed)
    return randomized(kind(V, H, K, cell, rng=rng, dtype=np.float64, **options), rng)


def batch_for(kind, rng, lengths=LENGTHS):
    """Random ids, labels and the mask of sequences of these lengths."""
    T, B = max(lengths), len(lengths)
    labels = rng.integers(0, K, (T, B) if kind is SequenceTagger else B)
    return rng.integers(0, V, (T, B)), labels, np.arange(T)[:, None] < lengths


def assert_close(a, b):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], rtol=1e-9, atol=1e-12, err_msg=name)


@bug(
    "the last state has no gradient",
    "models.classifiers.SequenceClassifier._spread",
    "dhs[-1, :, :H] = dread[:, :H]",
    "pass",
)
@bug(
    "the first state has no gradient",
    "models.classifiers.SequenceClassifier._spread",
    "dhs[0, :, H:] = dread[:, H:]",
    "pass",
)
@pytest.mark.parametrize(
    ("cell", "options"),
    [(cell, options) for cell in CLASSIC for options in OPTIONS] + [("diagonal", OPTIONS[3])],
    ids=lambda value: value if isinstance(value, str) else "-".join(value) or "plain",
)
@every_reader
def test_the_gradients_of_a_model_that_reads_are_right(cell, kind, options, rng):
    ids, labels, mask = batch_for(kind, rng)
    assert_gradients_right(Rewound(reader(kind, cell, options)), ids, labels, None, mask)


@bug(
    "a class does not learn its start",
    "models.language.LanguageModel.backward",
    "self.start.backward(dstate, cache.labels)[1]['W']",
    "np.zeros_like(self.params['start.W'])",
)
@every_cell
@pytest.mark.parametrize("options", [{}, {"embedding_dim": 4, "num_layers": 2, "dropout": 0.3}])
def test_the_gradients_of_a_language_model_with_classes_are_right(cell, options, rng):
    model = LanguageModel(V, H, cell, rng=rng, dtype=np.float64, num_classes=K, **options)
    ids, targets = rng.integers(0, V, (2, 5, 3))
    mask, labels = np.arange(5)[:, None] < LENGTHS, np.array([2, 0, 2])
    model = Rewound(randomized(model, rng))
    assert_gradients_right(model, ids, targets, None, mask, True, labels)


@every_cell
@pytest.mark.parametrize("embedding_dim", [None, 4])
def test_the_gradients_through_variational_dropout_are_right(cell, embedding_dim, rng):
    options = dict(num_layers=2, dropout=0.4, variational=True, embedding_dim=embedding_dim)
    model = LanguageModel(V, H, cell, rng=rng, dtype=np.float64, **options)
    ids, targets = rng.integers(0, V, (2, 5, 3))
    assert_gradients_right(Rewound(randomized(model, rng)), ids, targets)


@bug(
    "a reader is not told what is padding",
    "models.classifiers.SequenceTagger.forward",
    "self._forward(ids, None, train, mask)",
    "self._forward(ids, None, train)",
)
@every_cell
@every_reader
@every_shape
@settings(max_examples=8)
@given(lengths=st.lists(st.integers(1, 5), min_size=1, max_size=4), extra=st.integers(0, 2))
def test_padding_changes_nothing(cell, kind, options, lengths, extra):
    model, rng = reader(kind, cell, options), np.random.default_rng(1)
    ids, labels, mask = batch_for(kind, rng, [*lengths, max(lengths) + extra])
    ids, labels, mask = ids[:, :-1], labels[..., :-1], mask[:, :-1]
    loss, grads, _ = model.loss_and_grads(ids, labels, mask=mask, train=False)
    assert model.loss(ids, labels, mask=mask)[0] == loss
    predicted = model.predict(ids, mask)

    counts = np.array(lengths if kind is SequenceTagger else [1] * len(lengths))
    expected, total = dict.fromkeys(grads, 0), 0
    for b, (n, share) in enumerate(zip(lengths, counts / counts.sum(), strict=True)):
        one = ids[:n, b : b + 1], (labels[:n] if labels.ndim == 2 else labels)[..., b : b + 1]
        alone, parts, _ = model.loss_and_grads(*one, train=False)
        total += share * alone
        expected = {name: expected[name] + share * parts[name] for name in parts}
        own = predicted[:n, b : b + 1] if labels.ndim == 2 else predicted[b : b + 1]
        np.testing.assert_array_equal(own, model.predict(one[0]))
    assert loss == pytest.approx(total, rel=1e-12)
    assert_close(grads, expected)


@every_cell
@every_reader
@every_shape
@settings(max_examples=8)
@given(order=st.permutations(range(3)))
def test_the_order_of_a_batch_changes_nothing(cell, kind, options, order):
    model = reader(kind, cell, options)
    ids, labels, mask = batch_for(kind, np.random.default_rng(1))
    loss, grads, _ = model.loss_and_grads(ids, labels, mask=mask, train=False)
    ids, labels, mask = (a[..., order] for a in (ids, labels, mask))
    loss_too, grads_too, _ = model.loss_and_grads(ids, labels, mask=mask, train=False)
    assert loss == pytest.approx(loss_too, rel=1e-12)
    assert_close(grads, grads_too)


def test_a_tagger_looks_both_ways_unless_told_otherwise(rng):
    ids = rng.integers(0, V, (5, 1))
    other = ids.copy()
    other[-1] = (ids[-1] + 1) % V
    for options, sees_the_end in [({}, True), ({"bidirectional": False}, False)]:
        model = reader(SequenceTagger, "gru", options)
        first, first_too = (model.forward(x)[0][0] for x in (ids, other))
        assert np.allclose(first, first_too) != sees_the_end


@given(
    st.lists(st.text("abcde", min_size=1, max_size=6), min_size=1, max_size=9), st.integers(1, 4)
)
def test_labelled_batches_hold_each_sequence_and_its_labels_once(words, batch_size):
    vocab = Vocabulary("abcde")
    tags = [[ord(symbol) for symbol in word] for word in words]
    for labels in (list(range(len(words))), tags):
        read, asked = [], []
        batches = labelled_batches(vocab, words, labels, batch_size)
        for ids, some, mask, _ in batches:
            assert mask.sum(axis=0).max() == len(mask)
            for b, n in enumerate(mask.sum(axis=0).astype(int)):
                read.append(vocab.decode(ids[:n, b]))
                asked.append(some[b] if some.ndim == 1 else some[:n, b].tolist())
                assert not ids[n:, b].any() and not mask[n:, b].any()
        assert (read, asked) == (words, labels)
        assert len(batches) == -(-len(words) // batch_size)


@bug(
    "labels stay where they were",
    "text.sequence_batches.padded_batches.batch",
    "labels[rows]",
    "labels[:len(rows)]",
)
def test_labels_stay_with_their_names_when_batches_are_shuffled(vocab, rng):
    for ids, _, mask, labels in padded_batches(vocab, NAMES, 4, rng, range(len(NAMES))):
        for b, n in enumerate(mask.sum(axis=0).astype(int)):
            assert vocab.decode(ids[1:n, b]) == NAMES[labels[b]]


@bug(
    "symbols without a label count",
    "text.batches.Batch.count",
    "self.mask is None or np.shape(self.mask) != np.shape(self.targets)",
    "self.mask is None",
)
@every_cell
def test_fit_teaches_a_classifier_and_a_tagger_and_evaluate_scores_every_label_alike(cell, vocab):
    ends = [int(name[0] < "g") for name in NAMES]  # the first letter must be carried to the end
    before = [[int(a < "g") for a in name[1:] + name[0]] for name in NAMES]  # the one that follows
    for kind, labels in [(SequenceClassifier, ends), (SequenceTagger, before)]:
        rng = np.random.default_rng(0)
        model = kind(len(vocab), 16, 2, cell, rng=rng)
        batches = labelled_batches(vocab, NAMES, labels, 4, rng)
        assert evaluate(model, batches) == pytest.approx(np.log(2), abs=0.1)
        history = fit(model, batches, Adam(0.02), epochs=40, clip_norm=1.0, progress=False)
        assert history.train_loss[-1] < 0.2
        (whole,) = labelled_batches(vocab, NAMES, labels, len(NAMES))
        ids, asked, mask, _ = whole
        loss, _ = model.loss(ids, asked, mask=mask)
        assert evaluate(model, batches) == pytest.approx(loss, rel=1e-5)
        counts = mask > 0 if kind is SequenceTagger else slice(None)
        right = (model.predict(ids, mask) == asked)[counts]
        assert right.mean() > 0.9


@bug(
    "the class is not heard",
    "models.language.LanguageModel.forward",
    "self.start.forward(labels)",
    "self.start.forward(0 * labels)",
)
@every_cell
def test_a_language_model_writes_of_the_class_it_is_told(cell):
    words, vocab, rng = ["abc", "cde"], Vocabulary.from_text(["abcde"]), np.random.default_rng(0)
    model = LanguageModel(len(vocab), 12, cell, rng=rng, num_classes=2, num_layers=2)
    batches = padded_batches(vocab, words, 2, rng, [0, 1])
    fit(model, batches, Adam(0.03), epochs=150, clip_norm=1.0, progress=False)
    assert evaluate(model, batches) < 0.05
    for label, word in enumerate(words):
        text = generate(model, vocab, stop="\n", temperature=0, label=label, rng=rng)
        assert text == word


@every_cell
def test_a_state_goes_on_with_the_class_it_started_from(cell, rng):
    model = LanguageModel(V, H, cell, rng=rng, dtype=np.float64, num_classes=K)
    ids, labels = rng.integers(0, V, (6, 3)), np.array([0, 2, 1])
    whole, _, _ = model.forward(ids, labels=labels)
    first, state, _ = model.forward(ids[:2], labels=labels)
    second, _, cache = model.forward(ids[2:], state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=1e-12)
    assert not model.backward(second, cache)["start.W"].any()


@every_cell
@pytest.mark.parametrize(
    "build",
    [
        lambda *a, **k: LanguageModel(*a, num_classes=K, variational=True, dropout=0.1, **k),
        lambda v, h, c, **k: SequenceClassifier(v, h, K, c, bidirectional=True, **k),
        lambda v, h, c, **k: SequenceTagger(v, h, K, c, embedding_dim=2, **k),
    ],
    ids=["language model", "classifier", "tagger"],
)
def test_a_checkpoint_holds_every_kind_of_model(build, cell, tmp_path, rng):
    model = build(V, H, cell, rng=rng)
    rnnlib.save_checkpoint(tmp_path / "model.npz", model)
    loaded = rnnlib.load_checkpoint(tmp_path / "model.npz").model
    assert (type(loaded), loaded.config) == (type(model), model.config)
    assert frozen(loaded.params) == frozen(model.params)
    assert loaded.rng.random() == model.rng.random()
