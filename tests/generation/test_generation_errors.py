"""Sampling and searching refuse what they cannot write with, before anything is drawn."""

from functools import partial

import numpy as np
import pytest
from mistakes import mistakes

import rnnlib as rl
from rnnlib.generation.beam import greedy, search


@pytest.fixture
def world(world):
    w, V = world, len(world.vocab)
    w.generate = partial(rl.generate, w.model, w.vocab, rng=w.rng)
    w.search = partial(rl.beam_search, w.model, w.vocab)
    w.broken = rl.LanguageModel(V, 8, rng=w.rng)
    w.broken.params["output.W_hy"][...] = np.nan
    w.classifier = rl.SequenceClassifier(V, 8, 3, rng=w.rng)
    w.tagger = rl.SequenceTagger(V, 8, 3, rng=w.rng)
    w.translator = rl.Seq2Seq(V, V, 8, rng=w.rng)
    w.words = rl.Vocabulary.from_words("the river is long.")
    w.worded = rl.LanguageModel(len(w.words), 8, rng=w.rng)
    w.markless = rl.Vocabulary("abc")
    w.unmarked = rl.LanguageModel(3, 8, rng=w.rng)
    w.nan = np.full((1, 3), np.nan)
    w.lost = lambda ids, state: (np.full((len(ids), 3), np.nan), state)
    w.all_symbols = list(w.vocab.symbols)
    return w


distribution = rl.next_symbol_distribution


@mistakes(
    {
        ValueError: [
            ("symbol '!' at position 0", lambda w: w.generate("!")),
            ("symbol 'E' at position 0 of 'END'", lambda w: w.generate(stop="END")),
            ("at least one symbol, got ''", lambda w: w.generate(stop=["\n", ""])),
            (
                "stop 'banana' is not among the words",
                lambda w: rl.generate(w.worded, w.words, stop="banana", rng=w.rng),
            ),
            (
                "stop 'the banana' is not among the words",
                lambda w: rl.beam_search(w.worded, w.words, stop=["the banana"]),
            ),
            ("temperature must be 0 or more, got -1", lambda w: w.generate(temperature=-1)),
            ("temperature must be 0 or more, got nan", lambda w: w.generate(temperature=np.nan)),
            ("got inf: pass a finite number", lambda w: w.generate(temperature=np.inf)),
            ("top_k must be at least 1, got 0", lambda w: w.generate(top_k=0)),
            ("top_p must be in (0, 1], got 1.5", lambda w: w.generate(top_p=1.5)),
            ("top_p must be in (0, 1], got nan", lambda w: w.generate(top_p=np.nan)),
            ("length must be 0 or more, got -1", lambda w: w.generate(length=-1)),
            ("num_samples must be at least 1, got 0", lambda w: w.generate(num_samples=0)),
            ("nothing to start from", lambda w: w.generate(start="")),
            ("nothing to start from", lambda w: w.search(start="")),
            (
                "has no start mark '\\n': pass start=''",
                lambda w: rl.generate(w.unmarked, w.markless, "a", rng=w.rng),
            ),
            ("knows 23 symbols, the vocabulary 3", lambda w: rl.beam_search(w.model, w.markless)),
            ("Pass rng=np.random.default_rng(seed)", lambda w: w.generate(rng=None)),
            ("banned '!' is not a symbol", lambda w: w.generate(banned=["!"])),
            ("all are banned", lambda w: w.generate(banned=w.all_symbols)),
            ("has no classes", lambda w: w.generate(label=0)),
            ("width must be at least 1, got 0", lambda w: w.search(width=0)),
            ("penalty must be a finite number, got nan", lambda w: w.search(length_penalty=np.nan)),
            ("penalty must be in [-10, 10], got 1e+308", lambda w: w.search(length_penalty=1e308)),
            ("penalty must be a finite number, got '1'", lambda w: w.search(length_penalty="1")),
            ("length must be at least 1, got 0", lambda w: w.search(length=0)),
            ("width must be at least 1, got 0", lambda w: search(*[None] * 3, width=0, length=1)),
            ("length must be at least 1, got 0", lambda w: greedy(*[None] * 3, length=0, end=0)),
            ("probabilities are nan", lambda w: search(None, w.nan, None, width=1, length=1)),
            ("probabilities are nan", lambda w: greedy(w.lost, w.ids[0], None, length=1, end=0)),
            ("the network has diverged", lambda w: rl.generate(w.broken, w.vocab, rng=w.rng)),
            ("the network has diverged", lambda w: rl.beam_search(w.broken, w.vocab)),
            ("logits contain nan", lambda w: distribution([0, np.nan])),
            ("logits contain inf", lambda w: distribution([0, np.inf])),
            ("all are banned, or have logits of -inf", lambda w: distribution([-np.inf] * 2)),
            (
                "all are banned, or have logits of -inf",
                lambda w: distribution([0, 1], banned=[0, 1]),
            ),
            ("banned must be ids in 0 … 1, got [2]", lambda w: distribution([0, 1], banned=[2])),
            ("must be (2,), got (3,)", lambda w: distribution([0, 1], banned=[True, False, True])),
            ("logits must be (…, V), got shape ()", lambda w: distribution(3.0)),
            ("logits must be (…, V), got shape (0,)", lambda w: distribution(np.zeros(0))),
        ],
        TypeError: [
            ("got a SequenceClassifier", lambda w: rl.generate(w.classifier, w.vocab, rng=w.rng)),
            ("got a SequenceTagger", lambda w: rl.beam_search(w.tagger, w.vocab)),
            ("got a Seq2Seq", lambda w: rl.generate(w.translator, w.vocab, rng=w.rng)),
            ("got the class Lang", lambda w: rl.generate(rl.LanguageModel, w.vocab, rng=w.rng)),
            ("got the class Lang", lambda w: rl.beam_search(rl.LanguageModel, w.vocab)),
            ("got a Vocabulary", lambda w: rl.generate(w.vocab, w.model, rng=w.rng)),
            ("vocab must be a Vocabulary", lambda w: rl.generate(w.model, "abc", rng=w.rng)),
            ("must be a numpy.random.Generator, got 0", lambda w: w.generate(rng=0)),
            ("stop must be a text or a list of texts, got 0", lambda w: w.generate(stop=0)),
            ("stop must be a text or a list of texts, got [0]", lambda w: w.search(stop=[0])),
            ("A text or a list of symbols can be encoded, got None", lambda w: w.generate(None)),
            ("A text or a list of symbols can be encoded, got [3]", lambda w: w.search([3])),
            ("length must be a whole number, got 2.5", lambda w: w.generate(length=2.5)),
            ("length must be a whole number, got True", lambda w: w.generate(length=True)),
            ("num_samples must be a whole number, got 2.0", lambda w: w.generate(num_samples=2.0)),
            ("label must be a whole number, got 'rex'", lambda w: w.search(label="rex")),
            ("label must be a whole number, got True", lambda w: w.generate(label=True)),
            ("banned must be a list of symbols, got 'ab'", lambda w: w.generate(banned="ab")),
            ("temperature must be a number, got '1'", lambda w: w.generate(temperature="1")),
            ("temperature must be a number, got True", lambda w: w.generate(temperature=True)),
            ("temperature must be a number, got None", lambda w: w.generate(temperature=None)),
            ("top_p must be a number, got True", lambda w: w.generate(top_p=True)),
            ("top_k must be a whole number, got 2.5", lambda w: w.generate(top_k=2.5)),
            ("top_k must be a whole number, got True", lambda w: w.generate(top_k=True)),
            ("logits must be real numbers, got complex128", lambda w: distribution([1j, 0])),
            ("logits must be real numbers, got bool", lambda w: distribution([True, False])),
            ("banned must be ids or a mask, got", lambda w: distribution([0, 1], banned=[0.5])),
        ],
    }
)
def test_a_wrong_task_is_refused_in_words(mistake, world):
    mistake(world)
