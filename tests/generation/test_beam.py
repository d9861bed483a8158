"""Beam search: greedy at width 1, and exhaustive at a great width."""

import itertools

import numpy as np
import pytest
from helpers import MODEL_CELLS, opinionated
from planted import bug

from rnnlib import LanguageModel, Vocabulary, beam_search, generate
from rnnlib.functional import log_softmax


@bug(
    "a beam forgets its class",
    "generation.sampling.beam_search",
    "start_labels(label, 1)",
    "start_labels(0, 1)",
)
@pytest.mark.parametrize("cell", MODEL_CELLS)
def test_a_beam_of_each_class_is_greedy_at_width_1(cell, rng):
    vocab = Vocabulary("\nabcdef")
    model = LanguageModel(7, 6, cell, 2, rng=rng, dtype=np.float64, num_classes=3)
    for p in model.params.values():
        p *= 5
    model.params["start.W"] *= 10
    texts = set()
    for label in range(3):
        ((text, _),) = beam_search(model, vocab, width=1, length=12, label=label)
        assert text == generate(model, vocab, length=12, temperature=0, label=label, rng=rng)
        texts.add(text)
    assert len(texts) > 1


@pytest.mark.parametrize("cell", MODEL_CELLS)
@pytest.mark.parametrize("stop", [None, "\n"])
def test_a_beam_of_width_1_is_greedy(cell, stop, rng):
    vocab = Vocabulary("\nabcdef")
    for seed in range(10):
        model = opinionated(cell, 7, seed)
        ((text, _),) = beam_search(model, vocab, "ab", width=1, length=8, stop=stop)
        greedy = generate(model, vocab, "ab", length=8, stop=stop, temperature=0, rng=rng)
        assert text == greedy


@bug(
    "hypotheses lose their states",
    "generation.beam.search",
    "a[rows]",
    "a[0 * rows]",
)
@bug(
    "the length penalty is upside down",
    "generation.beam.length_penalty",
    "((5 + length) / 6) ** alpha",
    "((5 + length) / 6) ** (-alpha)",
)
@pytest.mark.parametrize("cell", MODEL_CELLS)
@pytest.mark.parametrize("alpha", [0.0, 1.0, 3.0])
def test_a_wide_beam_finds_all_texts_in_order(cell, alpha):
    vocab = Vocabulary("\nab")
    model = opinionated(cell, 3, 1)
    expected = {}
    for n in range(5):
        for letters in itertools.product("ab", repeat=n):
            text = "".join(letters)
            symbols = text + "\n" * (n < 4)
            log_p = log_softmax(model.forward(vocab.encode("\na" + symbols[:-1])[:, None])[0])
            log_p = log_p[1:, 0][range(len(symbols)), vocab.encode(symbols)].sum()
            expected["a" + text] = log_p, log_p / ((5 + len(symbols)) / 6) ** alpha
    found = beam_search(model, vocab, "a", width=99, length=4, stop="\n", length_penalty=alpha)
    assert [text for text, _ in found] == sorted(expected, key=lambda text: -expected[text][1])
    for text, hypothesis in found:
        np.testing.assert_allclose([hypothesis.log_p, hypothesis.score], expected[text])


def test_a_wider_beam_keeps_at_most_its_width_best_first():
    vocab = Vocabulary("\nabcdef")
    for width in (2, 5):
        found = beam_search(opinionated("gru", 7, 2), vocab, width=width, length=9, stop="\n")
        scores = [hypothesis.score for _, hypothesis in found]
        assert len(found) == width
        assert scores == sorted(scores, reverse=True)
        assert len({text for text, _ in found}) == width
