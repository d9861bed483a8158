"""Models refuse what they cannot be built of, or cannot read."""

from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from mistakes import mistakes

import rnnlib as rl
from rnnlib import LanguageModel
from rnnlib.text.padding import pad_rows


class WholeBatch(NamedTuple):
    inputs: object
    targets: object


@pytest.fixture
def world(world):
    """One of each model."""
    w, V, rng = world, len(world.vocab), world.rng
    w.build = partial(LanguageModel, V, 8, rng=rng)
    w.embedded = w.build(embedding_dim=3)
    w.conditional = w.build(num_classes=3)
    w.classifier = rl.SequenceClassifier(V, 8, 3, rng=rng)
    w.diverged = rl.SequenceTagger(V, 8, 3, rng=rng)
    w.diverged.params["output.b_y"][1] = np.nan
    w.seq2seq = partial(rl.Seq2Seq, 5, 5, 8, rng=rng)
    w.translator = rl.Seq2Seq(V, V, 8, rng=rng)
    w.inputs = rl.PairInputs(w.ids, np.array([5, 2]), w.ids)
    w.read = lambda **change: w.translator.forward(w.inputs._replace(**change))
    w.batch = WholeBatch(w.ids, w.ids)
    w.lost = rl.Seq2Seq(V, V, 8, rng=rng)
    w.lost.params["output.b_y"][1] = np.nan
    w.blind = rl.Seq2Seq(V, V, 8, rng=rng)
    w.blind.params["source_embedding.W"][...] = np.nan
    w.translate = partial(rl.translate, w.translator, w.vocab, w.vocab)
    w.small = rl.Vocabulary("\nab")
    w.endless = rl.Vocabulary(chr(i) for i in range(97, 97 + V))
    w.align = partial(rl.alignment, w.translator, w.vocab, w.vocab)
    w.bottleneck = rl.Seq2Seq(V, V, 8, attention=False, rng=rng)
    return w


BUILDING = [
    ("Pass rng=np.random.default_rng(seed)", lambda w: LanguageModel(5, 8)),
    ("vocab_size must be at least 1, got 0", lambda w: LanguageModel(0, 8, rng=w.rng)),
    ("hidden_size must be at least 1, got -1", lambda w: LanguageModel(5, -1, rng=w.rng)),
    ("embedding_dim must be at least 1, got 0", lambda w: w.build(embedding_dim=0)),
    ("num_layers must be at least 1, got 0", lambda w: w.build(num_layers=0)),
    (
        "cell must be one of ['diagonal', 'gru', 'lstm', 'mingru', 'minlstm', 'rnn'], got 'brain'",
        lambda w: w.build(cell="brain"),
    ),
    ("cell must be one of ['", lambda w: w.build(cell=rl.LSTMCell)),
    ("cell must be one of ['", lambda w: w.build(cell=["lstm"])),
    ("got 4 and 8", lambda w: w.build(embedding_dim=4, tie_weights=True)),
    ("num_classes must be at least 1, got 0", lambda w: w.build(num_classes=0)),
    ("dropout must be in [0, 1), got 1", lambda w: w.build(dropout=1)),
    ("dropout must be in [0, 1), got -0.1", lambda w: w.build(dropout=-0.1)),
    ("dropout must be in [0, 1), got nan", lambda w: w.build(dropout=np.nan)),
    ("Pass rng=np.random.default_rng(seed)", lambda w: rl.Seq2Seq(5, 5, 8)),
    ("embedding_dim must be at least 1, got 0", lambda w: w.seq2seq(embedding_dim=0)),
    ("cell must be one of ['", lambda w: w.seq2seq(cell="brain")),
    ("dropout must be in [0, 1), got nan", lambda w: w.seq2seq(dropout=np.nan)),
    ("hidden_size must be at least 2", lambda w: rl.Seq2Seq(5, 5, 1, rng=w.rng)),
]
READING = [
    ("shape (3,) and type int64; expected", lambda w: w.model.forward(np.arange(3))),
    ("shape (3, 2) and type float64", lambda w: w.model.forward(np.ones((3, 2)))),
    ("ids run from 0 to 23; expected 0 … 22", lambda w: w.model.forward(np.array([[0, 23]]))),
    ("ids run from -1 to 0; expected 0 … 22", lambda w: w.embedded.forward(np.array([[0, -1]]))),
    (
        "must be integers (T, B), at least one of them; got float64 (1, 2)",
        lambda w: w.embedded.forward(np.ones((1, 2))),
    ),
    ("has no classes", lambda w: w.model.forward(w.ids, labels=[0, 0])),
    ("starts from a class", lambda w: w.conditional.forward(w.ids)),
    ("starts from a class", lambda w: w.conditional.forward(w.ids, "a state", labels=[0, 0])),
    ("labels run from 0 to 3; exp", lambda w: w.conditional.forward(w.ids, labels=[0, 3])),
    ("labels (3,) must be one", lambda w: w.conditional.forward(w.ids, labels=[0, 1, 2])),
    ("got float64 (2,)", lambda w: w.conditional.forward(w.ids, labels=[0.0, 1.0])),
    ("targets (5, 2) must have", lambda w: w.classifier.loss_and_grads(w.ids, w.ids)),
    ("mask (2,) must have", lambda w: w.classifier.forward(w.ids, np.ones(2))),
    ("takes no state and no labels", lambda w: w.classifier.loss(w.ids, [0, 1], labels=[0, 1])),
    ("takes no state and no labels", lambda w: w.classifier.loss(w.ids, [0, 1], "a state")),
    ("logits contain nan: the network has diverged", lambda w: w.diverged.predict(w.ids)),
    ("lengths must be 2 numbers from 1 to 5, got [0 9]", lambda w: w.read(lengths=[0, 9])),
    (
        "source ids must be integers (T, B), at least one of them; got float64 (5, 2)",
        lambda w: w.read(source=np.ones((5, 2))),
    ),
    ("target ids run from 0 to 99; expected 0 … 22", lambda w: w.read(target=np.array([[0, 99]]))),
    ("A sentence has no past", lambda w: w.translator.loss(w.inputs, w.ids, "a state")),
    ("has no classes", lambda w: w.translator.loss(w.inputs, w.ids, labels=[0, 1])),
]
TRANSLATING = [
    ("no sequences to lay side by side", lambda w: pad_rows([], 0)),
    ("The text 1 is empty", lambda w: w.translate(["rex", ""])),
    ("symbol '!' at position 3", lambda w: w.translate(["rex!"])),
    ("symbol 'trex' at position 0", lambda w: w.translate([["trex", "rex"]])),
    ("max_length must be at least 1, got 0", lambda w: w.translate(["rex"], max_length=0)),
    ("beam_width must be at least 1, got 0", lambda w: w.translate(["rex"], beam_width=0)),
    ("penalty must be a finite", lambda w: w.translate(["rex"], length_penalty=np.nan)),
    ("There are no texts to translate", lambda w: w.translate([])),
    ("source_vocab has 3 symbols", lambda w: rl.translate(w.translator, w.small, w.vocab, ["a"])),
    ("target_vocab has 3 symbols", lambda w: rl.translate(w.translator, w.vocab, w.small, ["a"])),
    ("no end mark", lambda w: rl.translate(w.translator, w.vocab, w.endless, ["a"])),
    ("logits contain nan", lambda w: rl.translate(w.lost, w.vocab, w.vocab, ["rex"])),
    (
        "logits contain nan",
        lambda w: rl.translate(w.lost, w.vocab, w.vocab, ["rex"], beam_width=2),
    ),
    ("has no attention", lambda w: rl.alignment(w.bottleneck, w.vocab, w.vocab, "rex", "rex")),
    ("The source is empty", lambda w: w.align("", "rex")),
    ("symbol '!' at position 3", lambda w: w.align("rex", "rex!")),
    ("The target holds the end mark", lambda w: w.align("rex", "rex\n")),
    ("weights contain nan", lambda w: rl.alignment(w.blind, w.vocab, w.vocab, "rex", "rex")),
]
WRONG_TYPES = [
    ("rng must be a numpy.random.Generator, got 0", lambda w: LanguageModel(5, 8, rng=0)),
    ("got RandomState", lambda w: LanguageModel(5, 8, rng=np.random.RandomState(0))),
    ("rng must be a numpy.random.Generator, got 0", lambda w: rl.Seq2Seq(5, 5, 8, rng=0)),
    (
        "pass len(vocab), not the vocabulary Vocabulary(23",
        lambda w: LanguageModel(w.vocab, 8, rng=w.rng),
    ),
    ("pass len(vocab)", lambda w: rl.Seq2Seq(w.vocab, w.vocab, 8, rng=w.rng)),
    ("vocab_size must be a whole number, got None", lambda w: LanguageModel(None, 8, rng=w.rng)),
    ("hidden_size must be a whole number, got 8.0", lambda w: LanguageModel(5, 8.0, rng=w.rng)),
    ("hidden_size must be a whole number, got True", lambda w: LanguageModel(5, True, rng=w.rng)),
    ("embedding_dim must be a whole number, got '8'", lambda w: w.build(embedding_dim="8")),
    ("num_layers must be a whole number, got 1.5", lambda w: w.build(num_layers=1.5)),
    (
        "num_classes must be a whole number, got None",
        lambda w: rl.SequenceTagger(5, 8, None, rng=w.rng),
    ),
    ("dropout must be a number in [0, 1), got '0.5'", lambda w: w.build(dropout="0.5")),
    ("dropout must be a number in [0, 1), got True", lambda w: w.build(dropout=True)),
    ("variational must be True or False, got 'no'", lambda w: w.build(variational="no")),
    ("attention must be True or False, got None", lambda w: w.seq2seq(attention=None)),
    ("dtype must be float32 or float64, got <class 'int'>", lambda w: w.build(dtype=int)),
    ("dtype must be float32 or float64, got 'float16'", lambda w: w.build(dtype="float16")),
    ("dtype must be float32 or float64, got <class 'complex'>", lambda w: w.seq2seq(dtype=complex)),
    ("inputs (WholeBatch), but no targets", lambda w: w.model.loss_and_grads(w.batch)),
    ("inputs (WholeBatch), but no targets", lambda w: w.model.loss(w.batch)),
    ("inputs (WholeBatch), but no targets", lambda w: w.classifier.loss(w.batch)),
    ("inputs (WholeBatch), but no targets", lambda w: w.translator.loss_and_grads(w.batch)),
    ("inputs is a whole batch", lambda w: w.model.loss_and_grads(w.batch, w.ids)),
    ("inputs is a whole batch", lambda w: w.classifier.loss(w.batch, w.ids)),
    ("inputs must be PairInputs(", lambda w: w.translator.loss(w.ids, w.ids)),
    ("state must be a tuple, got str", lambda w: w.model.loss(w.ids, w.ids, "a state")),
    ("got the class Seq2Seq", lambda w: rl.translate(rl.Seq2Seq, w.vocab, w.vocab, ["a"])),
    ("source_vocab must be", lambda w: rl.translate(w.translator, "a" * 23, w.vocab, ["a"])),
    ("beam_width must be a whole", lambda w: w.translate(["rex"], beam_width=1.0)),
    ("max_length must be a whole", lambda w: w.translate(["rex"], max_length=2.5)),
    ("texts must be a list of texts, got 'the cat .'", lambda w: w.translate("the cat .")),
    ("text 0 must be a string or a list of symbols, got 7", lambda w: w.translate([7])),
    ("translate, got a Language", lambda w: rl.translate(w.model, *[w.vocab] * 2, [])),
    ("source_vocab must be a Vocabulary", lambda w: rl.translate(w.translator, NO, w.vocab, [])),
]
NO = SimpleNamespace()


@mistakes(
    {
        ValueError: [*BUILDING, *READING, *TRANSLATING],
        TypeError: WRONG_TYPES,
    }
)
def test_what_does_not_fit_a_model_is_refused_in_words(mistake, world):
    mistake(world)


@pytest.mark.mistake
@pytest.mark.parametrize("kind", [rl.LanguageModel, rl.SequenceClassifier, rl.Seq2Seq])
def test_a_refused_model_draws_nothing(kind, rng):
    before = rng.bit_generator.state
    for wrong in ({"dropout": 1.0}, {"dtype": np.int64}, {"cell": "x"}, {"embedding_dim": 0}):
        with pytest.raises((ValueError, TypeError)):
            kind(5, 8, *([] if kind is LanguageModel else [3]), rng=rng, **wrong)
    assert rng.bit_generator.state == before
