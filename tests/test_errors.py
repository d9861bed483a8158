"""Mistakes in modules whose own tests do not list them, and the check that none is missing."""

import json
import re
import shutil
from functools import partial

import numpy as np
import pytest
from helpers import NAMES, change_meta, run_python
from mistakes import PACKAGE, mistakes, raising_lines
from planted import TESTS, bug

import rnnlib as rl
from rnnlib import NGram
from rnnlib.datasets.tasks import reber_surprise
from rnnlib.errors import at_least_one, require_float_dtype, require_generator


def own_vocabulary():
    """Build a vocabulary that splits in a way unknown to rnnlib."""
    return rl.Vocabulary("ab", type("LinesSplitter", (), {})())


# What is wrong, as the message must say; and how it comes about, given the world `w` below.
VALUE_ERRORS = [
    # texts and symbols
    ("symbol 'é' at position 4 of 'caudé'", lambda w: w.vocab.encode("caudé")),
    ("symbol '!' at position 1", lambda w: rl.generate(w.model, w.vocab, "!", rng=w.rng)),
    ("symbol 'END'", lambda w: rl.generate(w.model, w.vocab, stop="END", rng=w.rng)),
    ("id 99 is outside 0 … 22", lambda w: w.vocab.decode([1, 99])),
    ("id -1 is outside 0 … 22", lambda w: w.vocab.one_hot([-1])),
    ("at least one symbol; the text given is empty", lambda w: rl.Vocabulary.from_text("")),
    ("'r' occurs twice", lambda w: rl.Vocabulary("trrex")),
    ("symbol 'é' at position 9 of 'trex trexé'", lambda w: w.merged.encode("trex trexé")),
    ("None of the 0 different words", lambda w: rl.Vocabulary.from_words("  ")),
    ("3 different words of the text occurs 2 t", lambda w: rl.Vocabulary.from_words("a rex.", 2)),
    ("the text given is empty", lambda w: rl.Vocabulary.from_merges([], 3)),
    # tasks
    ("'BTBTXSSTE' is not of the emb", lambda w: reber_surprise("BTBTXSSTE")),
    ("'BTBTXSEPE' is not of the emb", lambda w: reber_surprise("BTBTXSEPE")),
    ("'BTBTXTE' is not of the embedded", lambda w: reber_surprise("BTBTXTE")),
    # counting
    ("order must be 0 (uniform) or more, got -1", lambda w: NGram(-1)),
    ("no sequences to count", lambda w: w.ngram.fit([])),
    ("no sequences to score", lambda w: w.ngram.nats_per_symbol([])),
    ("symbol '!'", lambda w: w.ngram.nats_per_symbol(["rex!"])),
    ("discount must be in (0, 1], got 0", lambda w: rl.KneserNey(discount=0)),
    ("symbol 'y' at position 2", lambda w: NGram(vocab=rl.Vocabulary("\nrex")).fit(["rey"])),
    ("call fit(sequences) first", lambda w: NGram().probabilities("a")),
    ("call fit(sequences) first", lambda w: NGram().nats_per_symbol(["a"])),
    ("call fit(sequences) first", lambda w: NGram().sample(w.rng)),
    # pairs and translating
    ("width must be at least 1, got 0", lambda w: rl.beam_search(w.model, w.vocab, width=0)),
    ("nothing to start from", lambda w: rl.beam_search(w.model, w.vocab, start="")),
    # training
    ("patience must be at least 1, got 0", lambda w: rl.EarlyStopping(0)),
    ("every must be at least 1, got 0", lambda w: rl.SaveCheckpoint("run.npz", every=0)),
    ("every must be at least 1, got -2", lambda w: rl.ShowSamples(w.vocab, w.rng, every=-2)),
    # checkpoints
    ("is not a checkpoint", lambda w: rl.load_checkpoint(w.binary)),
    ("is an .npz file, but not a checkpoint", lambda w: rl.load_checkpoint(w.foreign)),
    ("is damaged", lambda w: rl.load_checkpoint(w.truncated)),
    ("is damaged (some of its arrays", lambda w: rl.load_checkpoint(w.incomplete)),
    ("is damaged (the check sum of ", lambda w: rl.load_checkpoint(w.flipped)),
    ("version 99; this rnnlib reads versions 1 and 2", lambda w: rl.load_checkpoint(w.newer)),
    ("does not fit its own model in ['layer0.W_hh'", lambda w: rl.load_checkpoint(w.misfit)),
    # sampling and novelty
    ("temperature must be 0 or more, got -1", lambda w: w.generate(temperature=-1)),
    ("temperature must be 0 or more, got nan", lambda w: w.generate(temperature=np.nan)),
    ("top_k must be at least 1, got 0", lambda w: w.generate(top_k=0)),
    ("top_p must be in (0, 1], got 1.5", lambda w: w.generate(top_p=1.5)),
    ("logits contain nan", lambda w: rl.next_symbol_distribution([0, np.nan])),
    ("length must be 0 or more, got -1", lambda w: w.generate(length=-1)),
    ("num_samples must be at least 1, got 0", lambda w: w.generate(num_samples=0)),
    ("nothing to start from", lambda w: w.generate(start="")),
    ("needs generated names and training names", lambda w: rl.novelty_report([], NAMES)),
]
TYPE_ERRORS = [
    ("put it in a list", lambda w: NGram().fit("one text")),
    ("FastCell could not be read back", lambda w: w.save(type("FastCell", (), {})())),
    ("LinesSplitter could not be", lambda w: w.save(w.model, vocab=own_vocabulary())),
]
NOT_FOUND = [
    ("no checkpoint", lambda w: rl.load_checkpoint(w.folder / "no.npz")),
]
MISTAKES = {
    ValueError: VALUE_ERRORS,
    TypeError: TYPE_ERRORS,
    FileNotFoundError: NOT_FOUND,
}


@pytest.fixture
def world(world, tmp_path):
    """What these mistakes need besides."""
    w, vocab, rng, model = world, world.vocab, world.rng, world.model
    vars(w).update(
        save=partial(rl.save_checkpoint, tmp_path / "own.npz"),
        generate=partial(rl.generate, model, vocab, rng=rng),
        merged=rl.Vocabulary.from_merges(["trex trex"], 3),
        ngram=NGram().fit(NAMES),
    )
    files = "binary foreign whole truncated flipped newer incomplete misfit"
    vars(w).update({name: tmp_path / f"{name}.npz" for name in files.split()})
    w.binary.write_bytes(b"re\xff\xfe")
    np.savez(w.foreign, W=np.ones(3))
    rl.save_checkpoint(w.whole, model, w.optimizer, vocab, rng)
    whole = w.whole.read_bytes()
    w.truncated.write_bytes(whole[:999])
    w.flipped.write_bytes(whole[:999] + bytes([whole[999] ^ 1]) + whole[1000:])
    for path in (w.newer, w.incomplete, w.misfit):
        shutil.copy(w.whole, path)
    change_meta(w.newer, version=99)
    change_meta(w.incomplete, arrays=["model/output.W_hy"])
    config = model.config | {"hidden_size": 7}
    change_meta(w.misfit, model={"class": "LanguageModel", "config": config})
    return w


@bug("check sums are not compared", "training.checkpoints._verify", "wrong is not None", "False")
@mistakes(MISTAKES)
def test_a_mistake_is_answered_in_words_and_changes_nothing(mistake, world):
    mistake(world)


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("error", "message", "check"),
    [
        (ValueError, "size must be at least 1, got 0", lambda: at_least_one(size=0)),
        (TypeError, "size must be a whole number, got 64.0", lambda: at_least_one(size=64.0)),
        (TypeError, "size must be a whole number, got True", lambda: at_least_one(size=True)),
        (TypeError, "size must be a whole number, got 'abc'", lambda: at_least_one(size="abc")),
        (ValueError, "no hidden randomness", lambda: require_generator(None)),
        (TypeError, "numpy.random.Generator, got 0. Pass", lambda: require_generator(0)),
        (TypeError, "got RandomState", lambda: require_generator(np.random.RandomState(0))),
        (TypeError, "got <class 'int'>", lambda: require_float_dtype(int)),
        (TypeError, "got 'float16'", lambda: require_float_dtype("float16")),
        (TypeError, "got <class 'complex'>", lambda: require_float_dtype(complex)),
        (TypeError, "got None", lambda: require_float_dtype(None)),
        (TypeError, "got 'single malt'", lambda: require_float_dtype("single malt")),
    ],
)
def test_a_check_says_what_it_was_given(error, message, check):
    with pytest.raises(error, match=re.escape(message)):
        check()


@bug(
    "whole numbers must be Python's",
    "errors.at_least_one",
    "isinstance(size, Integral)",
    "type(size) is int",
)
@pytest.mark.parametrize("dtype", ["float32", np.float64, np.dtype("float32"), float, "<f8"])
def test_a_check_lets_pass_what_is_right(dtype, rng):
    at_least_one(a=1, b=np.int64(3), c=np.uint8(2))
    require_generator(rng)
    assert require_float_dtype(dtype) == np.dtype(dtype)


def test_every_raise_in_rnnlib_is_provoked(tmp_path):
    found = tmp_path / "reached.json"
    watched = {"env": {"RNNLIB_REACHED": str(found)}}
    options = ["-q", "-m", "mistake", "-p", "mistakes", "-p", "no:cacheprovider"]
    with run_python("-m", "pytest", *options, TESTS, **watched) as process:
        said = process.stdout.read()
    assert process.returncode == 0, said[-3000:]
    reached = {tuple(place) for place in json.loads(found.read_text())}
    missed = [
        f"{path.removeprefix(PACKAGE)}:{first}: {code[:60]}"
        for path, first, last, code in raising_lines()
        if not re.search(r"plots\.py|widgets", path) and "NotImplemented" not in code
        if not any((path, line) in reached for line in range(first, last + 1))
    ]
    assert missed == []
