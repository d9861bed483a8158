"""Vocabularies refuse what is no text, and say so."""

import numpy as np
import pytest
from mistakes import mistakes

import rnnlib as rl
from rnnlib import Vocabulary
from rnnlib.text.splitters import Words


@pytest.fixture
def world(world):
    world.merged = Vocabulary.from_merges(["trex trex"], 3)
    world.words = Vocabulary.from_words("the river is long.")
    world.chords = Vocabulary(["C7", "F7"])
    return world


@mistakes(
    {
        ValueError: [
            ("symbol 'é' at position 4 of 'caudé'", lambda w: w.vocab.encode("caudé")),
            ("symbol 'é' at position 9 of 'trex trexé'", lambda w: w.merged.encode("trex trexé")),
            ("symbol 'G7' at position 1 of 'C7 G7'", lambda w: w.chords.encode("C7 G7")),
            ("symbol 'G7' at position 1 of ['C7', 'G7']", lambda w: w.chords.encode(["C7", "G7"])),
            ("id 99 is outside 0 … 22", lambda w: w.vocab.decode([1, 99])),
            ("id -1 is outside 0 … 22", lambda w: w.vocab.one_hot([-1])),
            ("at least one symbol; the text given is empty", lambda w: Vocabulary.from_text("")),
            ("at least one symbol; the text given is empty", lambda w: Vocabulary.from_text([])),
            (
                "at least one symbol; the text given is empty",
                lambda w: Vocabulary.from_text(iter([])),
            ),
            ("the text given is empty", lambda w: Vocabulary.from_merges([], 3)),
            ("'r' occurs twice", lambda w: Vocabulary("trrex")),
            ("must not be empty, got ''", lambda w: Vocabulary(["a", ""])),
            ("None of the 0 different words", lambda w: Vocabulary.from_words("  ")),
            (
                "3 different words of the text occurs 2 t",
                lambda w: Vocabulary.from_words("a rex.", 2),
            ),
            ("min_count must be at least 1, got 0", lambda w: Vocabulary.from_words("a rex.", 0)),
            (
                "num_merges must be at least 1, got -1",
                lambda w: Vocabulary.from_merges("a rex.", -1),
            ),
            (
                "must not end in line breaks, got 'rex\\n' at position 1",
                lambda w: Vocabulary.from_text(["a", "rex\n"]),
            ),
            (
                "must not end in line breaks, got 'rex\\r'",
                lambda w: Vocabulary.from_words(["rex\r"]),
            ),
            (
                "must not end in line breaks, got 'rex\\u2028'",
                lambda w: Vocabulary.from_merges(["rex\u2028"], 2),
            ),
        ],
        TypeError: [
            ("got a set, whose order", lambda w: rl.Vocabulary({"a", "b"})),
            ("symbols must be a list of strings, got 5", lambda w: rl.Vocabulary(5)),
            ("splitter must be one such as", lambda w: rl.Vocabulary("ab", "words")),
            ("splitter must be one such as", lambda w: rl.Vocabulary("ab", Words)),
            ("can be encoded, got {", lambda w: w.vocab.encode({"r", "e"})),
            ("items must be a list of strings", lambda w: rl.split(np.array(7))),
            ("items must be a list of strings", lambda w: rl.split({"rex": 1})),
            ("the texts must be a list", lambda w: rl.Vocabulary.from_text(np.array("rex"))),
            ("got b'rex' (bytes): put it in a list", lambda w: Vocabulary.from_text(b"rex")),
            ("got None (NoneType): put it in a list", lambda w: Vocabulary.from_text(None)),
            ("got None (NoneType) at position 1", lambda w: Vocabulary.from_text(["rex", None])),
            ("got 3 (int) at position 0", lambda w: Vocabulary.from_words([3])),
            (
                "got ['C7', 'F7'] (list) at position 0",
                lambda w: Vocabulary.from_text([["C7", "F7"]]),
            ),
            ("Symbols must be strings, got 3", lambda w: Vocabulary(["a", 3])),
            (
                "min_count must be a whole number, got 1.5",
                lambda w: Vocabulary.from_words("a", 1.5),
            ),
            (
                "num_merges must be a whole number, got 2.0",
                lambda w: Vocabulary.from_merges("a", 2.0),
            ),
            ("symbols can be encoded, got [3, 4]", lambda w: w.vocab.encode([3, 4])),
            ("symbols can be encoded, got array([3])", lambda w: w.vocab.encode(np.array([3]))),
            ("symbols can be encoded, got b'rex'", lambda w: w.vocab.encode(b"rex")),
            ("symbols can be encoded, got None", lambda w: w.words.encode(None)),
            ("symbols can be encoded, got [None]", lambda w: w.words.encode([None])),
            ("symbols can be encoded, got 7", lambda w: w.words.encode(7)),
            ("ids must be integers, got [1.0]", lambda w: w.vocab.decode([1.0])),
            ("ids must be integers, got [True, False]", lambda w: w.vocab.decode([True, False])),
            ("ids must be integers, got 'rex'", lambda w: w.vocab.decode("rex")),
            ("ids must be integers, got [1, None]", lambda w: w.vocab.one_hot([1, None])),
            ("ids must be integers, got array([0.5])", lambda w: w.vocab.one_hot(np.array([0.5]))),
        ],
    }
)
def test_a_wrong_text_is_refused_in_words(mistake, world):
    mistake(world)
