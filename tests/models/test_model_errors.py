"""Models refuse what they cannot be built of, or cannot read."""

from functools import partial

import numpy as np
import pytest
from mistakes import mistakes

import rnnlib as rl
from rnnlib import LanguageModel


@pytest.fixture
def world(world):
    w, V, rng = world, len(world.vocab), world.rng
    w.embedded = LanguageModel(V, 8, embedding_dim=3, rng=rng)
    w.classes = (V, 8, "rnn", 1, None, 0.0, False, rng)
    w.conditional = LanguageModel(V, 8, rng=rng, num_classes=3)
    w.classifier = rl.SequenceClassifier(V, 8, 3, rng=rng)
    w.seq2seq = partial(rl.Seq2Seq, 5, 5, 8, rng=rng)
    w.translator = rl.Seq2Seq(V, V, 8, attention=False, rng=rng)
    inputs = rl.PairInputs(w.ids, np.array([5, 2]), w.ids)
    w.read = lambda **change: w.translator.forward(inputs._replace(**change))
    return w


@mistakes(
    {
        ValueError: [
            ("shape (3,) and type int64; expected", lambda w: w.model.forward(np.arange(3))),
            ("shape (3, 2) and type float64", lambda w: w.model.forward(np.ones((3, 2)))),
            (
                "ids run from 0 to 23; expected 0 … 22",
                lambda w: w.model.forward(np.array([[0, 23]])),
            ),
            (
                "ids run from -1 to 0; expected 0 … 22",
                lambda w: w.embedded.forward(np.array([[0, -1]])),
            ),
            (
                "must be integers (T, B), got float64 (1, 2)",
                lambda w: w.embedded.forward(np.ones((1, 2))),
            ),
            ("Pass rng=np.random.default_rng(seed)", lambda w: LanguageModel(5, 8)),
            ("vocab_size must be at least 1, got 0", lambda w: LanguageModel(0, 8, rng=w.rng)),
            ("hidden_size must be at least 1, got -1", lambda w: LanguageModel(5, -1, rng=w.rng)),
            ("embedding_dim must be", lambda w: LanguageModel(5, 8, embedding_dim=0, rng=w.rng)),
            ("cell must be one of ['", lambda w: LanguageModel(5, 8, "brain", rng=w.rng)),
            (
                "got 4 and 8",
                lambda w: LanguageModel(5, 8, embedding_dim=4, tie_weights=True, rng=w.rng),
            ),
            (
                "num_classes must be at least 1, got 0",
                lambda w: LanguageModel(*w.classes, num_classes=0),
            ),
            ("knows no classes", lambda w: w.model.forward(w.ids, labels=[0, 0])),
            ("starts from a class", lambda w: w.conditional.forward(w.ids)),
            ("integers in 0 … 2, one for", lambda w: w.conditional.forward(w.ids, labels=[0, 3])),
            ("got int64 (3,), from 0", lambda w: w.conditional.forward(w.ids, labels=[0, 1, 2])),
            ("got float64 (2,)", lambda w: w.conditional.forward(w.ids, labels=[0.0, 1.0])),
            ("targets (5, 2) must have", lambda w: w.classifier.loss_and_grads(w.ids, w.ids)),
            ("mask (2,) must have", lambda w: w.classifier.forward(w.ids, np.ones(2))),
            ("no sequences to lay side by side", lambda w: w.translator.translate([])),
            ("lengths must be 2 numbers from 1 to 5, got [0 9]", lambda w: w.read(lengths=[0, 9])),
            (
                "source must be integers (T, B), got float64 (5, 2)",
                lambda w: w.read(source=np.ones((5, 2))),
            ),
            (
                "target ids run from 0 to 99; expected 0 … 22",
                lambda w: w.read(target=np.array([[0, 99]])),
            ),
            (
                "length must be at least 1, got 0",
                lambda w: w.translator.translate([w.ids[:, 0]], 0),
            ),
            ("has no attention", lambda w: w.translator.alignment(w.ids[:, 0], [1])),
            ("Pass rng=np.random.default_rng(seed)", lambda w: rl.Seq2Seq(5, 5, 8)),
            ("embedding_dim must be at least 1, got 0", lambda w: w.seq2seq(embedding_dim=0)),
            ("cell must be one of ['", lambda w: w.seq2seq(cell="brain")),
        ]
    }
)
def test_what_does_not_fit_a_model_is_refused_in_words(mistake, world):
    mistake(world)
