"""Words: a text that is split is joined again as in print."""

import copy
import pickle
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

from rnnlib import (
    LanguageModel,
    Vocabulary,
    generate,
    load_checkpoint,
    save_checkpoint,
    tales,
    translation_pairs,
)
from rnnlib.text.splitters import Characters, Listed, Words

AWKWARD = st.text("aB7é_'\"’“”-.,;!?()<>… \t\n\u0301", max_size=30) | st.text(max_size=30)
PROSE = [
    "He said: \"I can't; the well-known rex (a dinosaur) won't!\" and left.",
    '"One," she said, "or two?"\n\n"Three..."',
    "“Why?” asked l’oiseau – ‘no’ [2 or 50%].\nYes -- or no",
    "'Tis here.\n\"'Twas there.\n(Say: \"the 'new' egg\".)",
]
SYMBOLS = {
    "Don't stop, well-known rex!\n": ["Don't", "stop", ",", "well-known", "rex", "!", "\n"],
    "'tis -- a <unk>  'x'.": ["'", "tis", "--", "a", "<unk>", "'", "x", "'", "."],
    "rex-\tyes...": ["rex", "-", "yes", ".", ".", "."],
    "हिन्दी भाषा है।": ["हिन्दी", "भाषा", "है", "।"],
    "l'e\u0301te\u0301, cafe\u0301s": ["l'e\u0301te\u0301", ",", "cafe\u0301s"],
    "l' os qu' il n’ a, n'est": ["l'", "os", "qu'", "il", "n’", "a", ",", "n'est"],
    "the boys' hats": ["the", "boys", "'", "hats"],
    "\u0301 👍🏽👩🏽\u200d🚀! 🇫🇷🇩🇪": ["\u0301", "👍🏽", "👩🏽\u200d🚀", "!", "🇫🇷", "🇩🇪"],
}
HABITS = [
    *PROSE,
    "« Oui », dit-il : « Non ! » Aujourd'hui ? L'os n'est pas « d'une » bête ; voilà !",
    "il n' est pas parti aujourd'hui .\nl' os d' une bête , qu' il a .",
    '" one , two " , he said .\n( " three " )',
    'हिन्दी भाषा है। क्या? "नहीं।"',
    "l'e\u0301te\u0301 — l'hiver, 'tis so…",
    "Mind*s, and wind*s.",
    "👩🏽\u200d🚀 flies to 🇫🇷! 👍🏽",
]


@pytest.mark.parametrize("text", SYMBOLS)
def test_words_and_marks_by_hand(text):
    vocab = Vocabulary.from_words(text)
    assert [vocab.symbols[i] for i in vocab.encode(text)] == SYMBOLS[text]
    assert set(vocab.symbols) == {*SYMBOLS[text], "<unk>", "\n"}
    assert list(vocab.symbols) == sorted(vocab.symbols)


@given(AWKWARD, st.data())
def test_the_words_of_any_text_survive_decoding_in_any_order(text, data):
    vocab = Vocabulary.from_words("a " + text)
    ids = data.draw(st.lists(st.integers(0, len(vocab) - 1), max_size=30))
    np.testing.assert_array_equal(vocab.encode(vocab.decode(ids)), ids)


@bug(
    "symbols touch that would become others",
    "text.splitters.Words.join",
    "(touches or closes) and self._survive([*recent, symbol])",
    "touches or closes",
)
@pytest.mark.parametrize(
    "marks", ["' \" - \n", "’ ' . --", "‘ ’ ( '", "’ n’ ' n'", "a\u0301 ( \u0301"]
)
@pytest.mark.parametrize(
    "habits", [Words(), None, Words("’-'n>", "-’'(<", "")], ids=["English", "own", "odd"]
)
def test_every_short_row_of_words_and_awkward_marks_survives(marks, habits):
    vocab = Vocabulary.from_words("a " + marks)
    vocab = Vocabulary(vocab.symbols, habits or vocab.splitter)
    for ids in product(range(len(vocab)), repeat=5):
        assert tuple(vocab.encode(vocab.decode(ids))) == ids


@given(AWKWARD)
def test_splitting_loses_nothing_but_blanks(text):
    vocab = Vocabulary.from_words("a " + text)
    symbols = "".join(vocab.symbols[i] for i in vocab.encode(text))
    assert symbols.replace("\n", "") == "".join(text.split())
    assert symbols.count("\n") == text.count("\n")


@bug(
    "a closing quote is glued to the next word",
    "text.splitters.Words.join",
    "quote and (not closes)",
    "quote",
)
@bug(
    "quotation marks do not close",
    "text.splitters.Words.join",
    "open_quotes ^= {symbol}",
    "open_quotes -= {symbol}",
)
@bug(
    "a full stop and a word are glued",
    "text.splitters.Words.join",
    "touches = opens",
    "touches = opens or closes",
)
@pytest.mark.parametrize("text", PROSE)
def test_words_are_joined_as_in_print(text):
    vocab = Vocabulary.from_words(text)
    assert vocab.decode(vocab.encode(text)) == text
    assert Words().join(Words().split(text)) == text


@bug(
    "blanks before a mark are not learnt",
    "text.splitters.Words.learn",
    "before[mark] += _evidence(left, b - a)",
    "before[mark] += 0",
)
@bug(
    "blanks after a mark are not learnt",
    "text.splitters.Words.learn",
    "after[mark] += _evidence(right, d - c)",
    "after[mark] += 0",
)
@bug(
    "quotes always pair",
    "text.splitters.Words.learn",
    "free[mark] <= 0",
    "True",
)
@pytest.mark.parametrize("text", HABITS)
def test_words_are_joined_by_the_habits_of_their_own_text(text):
    vocab = Vocabulary.from_words(text)
    assert vocab.decode(vocab.encode(text)) == text


@bug(
    "elisions are cut from their apostrophe",
    "text.splitters",
    'r"(?i:[cdjlmnsty]|\\w*qu)[\'’](?!\\w)"',
    "r'<unk>'",
)
@pytest.mark.parametrize("side", [0, 1], ids=["English", "French"])
@pytest.mark.parametrize("natural", [False, True], ids=["set apart", "as in print"])
def test_every_sentence_of_the_translations_comes_back(side, natural):
    sentences = [pair[side] for pair in translation_pairs(2000, np.random.default_rng(0))]
    if natural:
        sentences = [s.replace("' ", "'").replace(" .", ".") for s in sentences]
    vocab = Vocabulary.from_words(sentences)
    assert [vocab.decode(vocab.encode(s)) for s in sentences] == sentences
    quoted = [f'"{s}"' for s in sentences]
    vocab = Vocabulary.from_words(quoted)
    assert [vocab.decode(vocab.encode(s)) for s in quoted] == quoted
    quoted = [f"« {s} »" for s in sentences]
    vocab = Vocabulary.from_words(quoted)
    assert [vocab.decode(vocab.encode(s)) for s in quoted] == quoted


@pytest.mark.parametrize(
    "vocab",
    [
        Vocabulary.from_words("« Oui » , dit l' oiseau ."),
        Vocabulary.from_merges("cafe\u0301 cafe\u0301", 5),
        Vocabulary(["\n", "C7", "G7"]),
        Vocabulary("\nab"),
    ],
    ids=["words", "merges", "chords", "characters"],
)
def test_a_vocabulary_comes_back_from_a_checkpoint_and_a_copy(vocab, tmp_path, rng):
    model = LanguageModel(len(vocab), 2, rng=rng)
    save_checkpoint(tmp_path / "run.npz", model, vocab=vocab)
    back = load_checkpoint(tmp_path / "run.npz").vocab
    for same in (back, copy.deepcopy(vocab), pickle.loads(pickle.dumps(vocab))):
        assert same == vocab
        assert hash(same) == hash(vocab)
        ids = range(len(vocab))
        assert same.decode(ids) == vocab.decode(ids)


def test_symbols_longer_than_a_character_are_set_apart_by_blanks():
    chords = Vocabulary(["\n", "C7", "Gm7", "E♭maj7"])
    assert chords.splitter == Listed()
    assert chords.decode(chords.encode("C7 Gm7\nC7 E♭maj7\n")) == "C7 Gm7\nC7 E♭maj7\n"
    np.testing.assert_array_equal(chords.encode("C7  Gm7"), [1, 2])
    assert Vocabulary(["\n", "C", "G"]).splitter == Characters()


def test_the_tales_are_joined_as_they_are_printed():
    vocab, lines = Vocabulary.from_words(tales()), tales().split("\n")
    decoded = vocab.decode(vocab.encode(tales())).split("\n")
    assert len(decoded) == len(lines)
    assert sum(a != b for a, b in zip(decoded, lines, strict=True)) <= 2  # "nine days' walk"


@bug("rare words are kept", "text.vocabulary.Vocabulary.from_words", "n >= min_count", "n")
def test_rare_words_become_unknown():
    vocab = Vocabulary.from_words(["the rex", "the egg and the rex"], min_count=2)
    assert vocab.symbols == ("\n", "<unk>", "rex", "the")
    np.testing.assert_array_equal(vocab.encode("the lost rex!"), [3, 1, 2, 1])
    np.testing.assert_array_equal(vocab.encode(["rex", "raptor"]), [2, 1])
    assert vocab.decode([3, 1, 0, 2]) == "the <unk>\nrex"


@bug(
    "a prompt is not followed by a blank",
    "generation.stops.Stops.text",
    "self.vocab.decode([*prompt, *ids[:kept]])",
    "self.vocab.decode(prompt) + self.vocab.decode(ids[:kept])",
)
def test_a_model_of_words_writes_after_its_prompt(rng):
    vocab = Vocabulary.from_words("the rex.")
    favourite = np.where(np.arange(len(vocab)) == vocab.encode(".")[0], 9.0, 0.0)
    model = SimpleNamespace(forward=lambda ids, state: (np.tile(favourite, (*ids.shape, 1)), 0, 0))
    text = generate(model, vocab, "the  rex", length=2, temperature=0, rng=rng)
    assert text == "the rex.."
    favourite[:] = np.arange(len(vocab))  # "the" is the last
    assert generate(model, vocab, "the", length=2, temperature=0, rng=rng) == "the the the"
