"""Saving, loading and going on, bit for bit; and files that are not what they should be."""

import errno
import json
import os
import pickle
import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from helpers import MODEL_CELLS, NAMES, change_meta, frozen
from mistakes import mistakes
from planted import bug

import rnnlib
from rnnlib import (
    SGD,
    Adagrad,
    Adam,
    History,
    LanguageModel,
    RMSprop,
    SaveCheckpoint,
    Vocabulary,
    fit,
    load_checkpoint,
    padded_batches,
    save_checkpoint,
)
from rnnlib.training.saving.classes import plain

FIXTURES = Path(__file__).with_name("fixtures")
"""Files that earlier versions wrote: one of each kind of model."""

DAMAGED = "is damaged|is not a checkpoint"


def everything(checkpoint):
    """All that a checkpoint holds, in a form that compares."""
    model, optimizer, vocab, rng, history = checkpoint
    return {
        "params": frozen(model.params),
        "config": model.config,
        "model rng": model.rng.bit_generator.state,
        "optimizer": (type(optimizer), optimizer.config, optimizer.steps),
        "memory": {name: frozen(slots) for name, slots in optimizer.memory.items()},
        "vocab": vocab,
        "rng": rng.bit_generator.state,
        "losses": (history.step_loss, history.grad_norm, history.train_loss),
    }


def train(model, batches, optimizer, epochs, **kwargs):
    """A training in which everything that could get lost matters."""
    return fit(
        model,
        batches,
        optimizer,
        epochs=epochs,
        schedule=lambda progress: 1 / (1 + optimizer.steps),
        clip_norm=1.0,
        progress=False,
        **kwargs,
    )


@pytest.fixture
def saved(tmp_path, vocab, rng):
    """A trained model in a file."""
    model, optimizer = LanguageModel(len(vocab), 4, dropout=0.1, rng=rng), Adam(0.01)
    path = tmp_path / "run.npz"
    callbacks = [SaveCheckpoint(path, vocab)]
    train(model, padded_batches(vocab, NAMES, 5, rng), optimizer, 2, callbacks=callbacks)
    return path


@bug(
    "the generator starts anew",
    "training.checkpoints._build",
    "model_rng.bit_generator.state = meta['model_rng']",
    "pass",
)
@bug(
    "one generator becomes two",
    "training.checkpoints._build",
    "model_rng if meta['rng'] == 'model' else generators.build_generator(meta['rng'])",
    "generators.build_generator(meta['model_rng' if meta['rng'] == 'model' else 'rng'])",
)
@bug(
    "the optimizer forgets how far it was",
    "training.checkpoints._build",
    "optimizer.steps = steps",
    "pass",
)
@pytest.mark.parametrize("shared", [True, False], ids=["one generator", "two generators"])
@pytest.mark.parametrize("optimizer", [SGD, Adagrad, RMSprop, Adam])
@pytest.mark.parametrize("cell", MODEL_CELLS)
def test_a_resumed_training_is_the_unbroken_one_bit_for_bit(
    cell, optimizer, shared, vocab, tmp_path
):
    def start():
        rng = np.random.default_rng(6)
        model = LanguageModel(len(vocab), 6, cell, num_layers=2, dropout=0.2, rng=rng)
        shuffle = rng if shared else np.random.default_rng(7)
        return model, padded_batches(vocab, NAMES, 4, shuffle), optimizer(0.01)

    model, batches, unbroken = start()
    history = train(model, batches, unbroken, 4)
    whole = everything((model, unbroken, vocab, batches.rng, history))

    train(*start(), 2, callbacks=[SaveCheckpoint(tmp_path / "run.npz", vocab)])
    half = load_checkpoint(tmp_path / "run.npz")
    assert (half.rng is half.model.rng) == shared
    batches = padded_batches(half.vocab, NAMES, 4, half.rng)
    train(half.model, batches, half.optimizer, 4, history=half.history)
    assert everything(half) == whole


def test_what_was_not_saved_is_none(tmp_path, rng):
    model = LanguageModel(3, 2, rng=rng)
    save_checkpoint(tmp_path / "new" / "folder" / "model.npz", model)
    checkpoint = load_checkpoint(str(tmp_path / "new" / "folder" / "model.npz"))
    assert frozen(checkpoint.model.params) == frozen(model.params)
    assert checkpoint[1:] == (None,) * 4


@pytest.mark.parametrize("options", [{"embedding_dim": 4, "tie_weights": True}, {"num_layers": 3}])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_kind_of_model_comes_back(options, dtype, tmp_path, rng):
    model = LanguageModel(np.int64(5), 4, rng=rng, dtype=dtype, **options)
    save_checkpoint(tmp_path / "model.npz", model)
    loaded = load_checkpoint(tmp_path / "model.npz").model
    assert frozen(loaded.params) == frozen(model.params)
    assert loaded.config == model.config
    ids = rng.integers(0, 5, (6, 2))
    np.testing.assert_array_equal(loaded.forward(ids)[0], model.forward(ids)[0])


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_kind_of_generator_goes_on_where_it_was(kind, tmp_path):
    rng = np.random.Generator(getattr(np.random, kind)(1))
    save_checkpoint(tmp_path / "model.npz", LanguageModel(3, 2, rng=rng), rng=rng)
    loaded = load_checkpoint(tmp_path / "model.npz")
    np.testing.assert_array_equal(loaded.rng.random(99), rng.random(99))


def test_whole_numbers_of_a_history_stay_whole(tmp_path, rng):
    history = History(step_loss=[0.5, 2], train_loss=[0.5, 2.0], seconds=[3, 4])
    save_checkpoint(tmp_path / "a.npz", LanguageModel(3, 2, rng=rng), history=history)
    loaded = load_checkpoint(tmp_path / "a.npz").history
    assert loaded == history
    assert [type(seconds) for seconds in loaded.seconds] == [int, int]


def test_odd_symbols_and_numbers_come_back(tmp_path, rng):
    vocab = Vocabulary(["\n", "é", "恐", "🦖", "<end>", '"', "\0"])
    history = History(step_loss=[np.float32(0.1), float("inf")], stopped="“why”")
    save_checkpoint(tmp_path / "a.npz", LanguageModel(7, 2, rng=rng), None, vocab, history=history)
    loaded = load_checkpoint(tmp_path / "a.npz")
    assert (loaded.vocab, loaded.history) == (vocab, history)


VOCABULARIES = {
    "characters": Vocabulary.from_text("a rex"),
    "words": Vocabulary.from_words('"Rex!" said Rex.\n', min_count=2),
    "merges": Vocabulary.from_merges("“é” “é” 恐\n", 3),
}


@bug(
    "a vocabulary forgets how it splits",
    "training.saving.descriptions.build_vocabulary",
    "Vocabulary(symbols, kind(**config))",
    "Vocabulary(symbols)",
)
@pytest.mark.parametrize("kind", VOCABULARIES)
def test_every_kind_of_vocabulary_comes_back(kind, tmp_path, rng):
    vocab = VOCABULARIES[kind]
    save_checkpoint(tmp_path / "a.npz", LanguageModel(len(vocab), 2, rng=rng), vocab=vocab)
    assert load_checkpoint(tmp_path / "a.npz").vocab == vocab


def test_a_translator_is_saved_with_its_two_vocabularies(tmp_path, rng):
    pair = Vocabulary.from_words("a rex"), Vocabulary.from_text("ein rex\n")
    model = rnnlib.Seq2Seq(*map(len, pair), 4, rng=rng)
    save_checkpoint(tmp_path / "a.npz", model, vocab=pair)
    assert load_checkpoint(tmp_path / "a.npz").vocab == pair
    save_checkpoint(tmp_path / "a.npz", model, vocab=pair[0])
    assert load_checkpoint(tmp_path / "a.npz").vocab == pair[0]


def test_a_checkpoint_is_found_at_home_and_without_its_suffix(tmp_path, monkeypatch, rng):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    model = LanguageModel(3, 2, rng=rng)
    save_checkpoint("~/run.npz", model)
    for path in ("~/run.npz", "~/run", tmp_path / "run"):
        assert frozen(load_checkpoint(path).model.params) == frozen(model.params)


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.npz")), ids=lambda path: path.stem)
def test_a_file_of_an_earlier_version_still_loads(path):
    with np.load(path) as file:
        arrays = dict(file)
    meta = json.loads(str(arrays.pop("meta")))
    model, optimizer, vocab, rng, history = load_checkpoint(path)
    assert path.stem == f"v{meta['version']}-{type(model).__name__}"
    assert model.config.items() >= meta["model"]["config"].items()
    ours = {f"model/{name}": p for name, p in model.params.items()}
    assert plain(model.rng.bit_generator.state) == meta["model_rng"]
    assert asdict(history).items() >= meta["history"].items()
    if optimizer is not None:
        for name, slots in optimizer.memory.items():
            ours |= {f"optimizer/{name}/{slot}": a for slot, a in slots.items()}
        assert optimizer.steps == meta["optimizer"]["steps"] > 0
        assert json.loads(json.dumps(optimizer.config)) == meta["optimizer"]["config"]
        saved = meta["vocab"] if meta["version"] == 1 else meta["vocab"]["symbols"]
        assert vocab.symbols == tuple(saved)
        assert (rng is model.rng) == (meta["rng"] == "model")
    assert frozen(ours) == frozen(arrays)


def test_a_run_of_version_1_goes_on():
    checkpoint = load_checkpoint(FIXTURES / "v1-LanguageModel.npz")
    names = ["rex", "tor", "trex"]
    batches = padded_batches(checkpoint.vocab, names, 2, checkpoint.rng)
    before = frozen(checkpoint.model.params)
    history = train(checkpoint.model, batches, checkpoint.optimizer, 3, history=checkpoint.history)
    assert (history.epochs, len(history.step_loss)) == (3, 6)
    assert frozen(checkpoint.model.params) != before


def test_a_checkpoint_of_version_1_holds_a_list_of_characters(saved, vocab):
    symbols = "\nxyz" + "abcdefghijklmnopqrs"  # as many as the model has
    change_meta(saved, version=1, vocab=list(symbols))
    assert load_checkpoint(saved).vocab == Vocabulary(symbols)


@bug(
    "check sums are not compared",
    "training.saving.archive.Archive.read",
    "self._zip.open(member.info)",
    "[s := self._zip.open(member.info), setattr(s, '_expected_crc', None)][0]",
)
def test_a_wrong_check_sum_is_named(tmp_path, rng):
    path, model = tmp_path / "a.npz", LanguageModel(23, 64, rng=rng)
    save_checkpoint(path, model)
    whole = path.read_bytes()
    at = whole.index(model.params["layer0.W_hh"].tobytes()) + 9000
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(ValueError, match=r"is damaged \(the check sum of model/layer0\.W_hh"):
        load_checkpoint(path)


@pytest.mark.parametrize("fortieth", range(40))
def test_a_truncated_checkpoint_is_refused(fortieth, saved):
    whole = saved.read_bytes()
    saved.write_bytes(whole[: len(whole) * fortieth // 40])
    with pytest.raises(ValueError, match=DAMAGED):
        load_checkpoint(saved)


def test_a_checkpoint_with_a_flipped_bit_is_refused_or_whole(saved, rng):
    right, whole, refused = everything(load_checkpoint(saved)), saved.read_bytes(), []
    for place in rng.choice(len(whole), 600, replace=False):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << rng.integers(8)
        saved.write_bytes(flipped)
        try:
            checkpoint = load_checkpoint(saved)
        except ValueError as error:
            refused.append(str(error))
        else:
            assert everything(checkpoint) == right  # a bit of a date, or between two arrays
    assert len(refused) > 300
    assert all(re.search(DAMAGED, message) for message in refused)


FOREIGN = {
    "a text": lambda path: path.write_text("PKunzip me, I am a text"),
    "nothing": lambda path: path.write_bytes(b""),
    "a pickle": lambda path: path.write_bytes(pickle.dumps({"format": "rnnlib checkpoint"})),
    "an .npy": lambda path: path.write_bytes(b"\x93NUMPY\x01\x00"),
    "an .npz of arrays": lambda path: np.savez(path, W=np.ones(3)),
    "an .npz of objects": lambda path: np.savez(path, meta=np.array([{}]), allow_pickle=True),
    "an .npz with other meta": lambda path: np.savez(path, meta=np.array("[1, 2]")),
    "an .npz of another program": lambda path: np.savez(path, meta=np.array('{"format": "torch"}')),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.mistake
def test_a_file_that_is_no_checkpoint_is_refused(what, tmp_path):
    FOREIGN[what](tmp_path / "a.npz")
    with pytest.raises(ValueError, match=r"damaged|not a checkpoint"):
        load_checkpoint(tmp_path / "a.npz")


@pytest.mark.mistake
def test_a_checkpoint_of_another_version_says_which(saved):
    change_meta(saved, version=99)
    with pytest.raises(ValueError, match="version 99; this rnnlib reads versions 1, 2 and 3"):
        load_checkpoint(saved)


def test_a_checkpoint_that_does_not_fit_its_own_model_is_refused(saved):
    config = load_checkpoint(saved).model.config | {"hidden_size": 5}
    change_meta(saved, model={"class": "LanguageModel", "config": config})
    with pytest.raises(ValueError, match=r"does not fit its own model in \['layer0.W_hh'"):
        load_checkpoint(saved)


@pytest.mark.parametrize("place", ["nowhere.npz", "."])
def test_a_checkpoint_that_is_not_there_is_not_found(place, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no checkpoint"):
        load_checkpoint(tmp_path / place)


@bug(
    "a checkpoint is overwritten where it stands",
    "files.writing",
    "path.with_name(_unfinished_name(path))",
    "path",
)
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize(("module", "function"), [(np, "savez"), (os, "fsync"), (os, "replace")])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    module, function, error, saved, monkeypatch, rng
):
    def fails(file, *args, **kwargs):
        if function == "savez":
            file.write(b"PK, and the beginning of something")
        raise error

    before = saved.read_bytes()
    monkeypatch.setattr(module, function, fails)
    with pytest.raises(type(error)):
        save_checkpoint(saved, LanguageModel(3, 2, rng=rng))
    assert [path.name for path in saved.parent.iterdir()] == ["run.npz"]
    assert saved.read_bytes() == before


def test_a_checkpoint_holds_no_pickle(saved):
    with np.load(saved, allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file} <= set("fU")
    assert rnnlib.load_checkpoint(saved).history.epochs == 2


@pytest.fixture
def world(world, tmp_path):
    """Files that are not what they should be."""
    w = world
    files = "binary foreign whole truncated flipped newer incomplete misfit"
    vars(w).update({name: tmp_path / f"{name}.npz" for name in files.split()})
    w.binary.write_bytes(b"re\xff\xfe")
    np.savez(w.foreign, W=np.ones(3))
    save_checkpoint(w.whole, w.model, w.optimizer, w.vocab, w.rng)
    whole = w.whole.read_bytes()
    w.truncated.write_bytes(whole[:999])
    w.flipped.write_bytes(whole[:999] + bytes([whole[999] ^ 1]) + whole[1000:])
    for path in (w.newer, w.incomplete, w.misfit):
        path.write_bytes(whole)
    change_meta(w.newer, version=99)
    change_meta(w.incomplete, arrays=["model/output.W_hy"])
    config = w.model.config | {"hidden_size": 7}
    change_meta(w.misfit, model={"class": "LanguageModel", "config": config})
    return w


@mistakes(
    {
        ValueError: [
            ("is not a checkpoint", lambda w: load_checkpoint(w.binary)),
            ("is an .npz file, but not a checkpoint", lambda w: load_checkpoint(w.foreign)),
            ("is damaged", lambda w: load_checkpoint(w.truncated)),
            ("is damaged (some of its arrays", lambda w: load_checkpoint(w.incomplete)),
            ("is damaged (the check sum of ", lambda w: load_checkpoint(w.flipped)),
            ("version 99; this rnnlib reads versions 1", lambda w: load_checkpoint(w.newer)),
            ("not fit its own model in ['layer0.W_hh'", lambda w: load_checkpoint(w.misfit)),
        ],
        FileNotFoundError: [
            ("no checkpoint", lambda w: load_checkpoint(w.folder / "no.npz")),
        ],
    }
)
def test_a_file_that_cannot_be_loaded_is_refused_in_words(mistake, world):
    mistake(world)
