"""A training run in one file: written whole or not at all, and never a pickle."""

import json
import os
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..models.classifiers import SequenceClassifier, SequenceTagger
from ..models.language import LanguageModel
from ..models.seq2seq import Seq2Seq
from ..text.splitters import Characters, Merges, Words
from ..text.vocabulary import Vocabulary
from .history import History
from .optimizers import SGD, Adagrad, Adam, RMSprop

FORMAT, VERSION = "rnnlib checkpoint", 2
READABLE = (1, 2)  # in version 1 a vocabulary was the list of its characters

_MODELS = {c.__name__: c for c in (LanguageModel, SequenceClassifier, SequenceTagger, Seq2Seq)}
_OPTIMIZERS = {c.__name__: c for c in (SGD, Adagrad, RMSprop, Adam)}
_SPLITTERS = {c.__name__: c for c in (Characters, Words, Merges)}

# What zipfile and NumPy make of wrong bytes; RuntimeError stands for "encrypted".
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


class Checkpoint(NamedTuple):
    """What `load_checkpoint` returns; what was not saved is None."""

    model: object
    optimizer: object
    vocab: Vocabulary
    rng: np.random.Generator
    history: History


def save_checkpoint(path, model, optimizer=None, vocab=None, rng=None, history=None):
    """Write a model, and all that is needed to go on with its training, to an .npz file.

    The file is written beside `path` and then renamed, so that at every moment `path` is either
    the old checkpoint or the new one.

    Parameters
    ----------
    path : str or Path
        Its folder is made if it is missing.
    model : LanguageModel, SequenceClassifier, SequenceTagger or Seq2Seq
        With the state of its own generator.
    optimizer : Optimizer, optional
    vocab : Vocabulary, optional
    rng : numpy.random.Generator, optional
        What shuffles the batches.  If it is the model's own generator, it is so again after
        loading.
    history : History, optional

    Raises
    ------
    TypeError
        A model, an optimizer or a splitter of another class than rnnlib's, which could not be
        read back.
    """
    splitter = vocab and vocab.splitter
    for thing, known in ((model, _MODELS), (optimizer, _OPTIMIZERS), (splitter, _SPLITTERS)):
        if thing is not None and type(thing).__name__ not in known:
            raise TypeError(
                f"A {type(thing).__name__} could not be read back from a checkpoint; "
                f"known are {', '.join(known)}. Save what it holds with np.savez."
            )
    arrays = {f"model/{name}": p for name, p in model.params.items()}
    meta = {
        "format": FORMAT,
        "version": VERSION,
        "model": {"class": type(model).__name__, "config": model.config},
        "model_rng": model.rng.bit_generator.state,
    }
    if optimizer is not None:
        meta["optimizer"] = {
            "class": type(optimizer).__name__,
            "config": optimizer.config,
            "steps": optimizer.steps,
        }
        for name, slots in optimizer.memory.items():
            arrays |= {f"optimizer/{name}/{slot}": a for slot, a in slots.items()}
    if vocab is not None:
        meta["vocab"] = {
            "symbols": vocab.symbols,
            "splitter": {"class": type(splitter).__name__, "config": asdict(splitter)},
        }
    if rng is not None:
        meta["rng"] = "model" if rng is model.rng else rng.bit_generator.state
    if history is not None:
        meta["history"] = asdict(history)

    meta["arrays"] = sorted(arrays)

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with unfinished.open("wb") as file:
            np.savez(file, meta=np.array(json.dumps(meta, default=_plain)), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_checkpoint(path):
    """Read what `save_checkpoint` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Checkpoint

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is damaged, was written by another version, or is no checkpoint of rnnlib.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no checkpoint {str(path)!r}.")
    meta, arrays = _read(path)

    model_rng = _generator(meta["model_rng"])
    config = meta["model"]["config"]
    model = _MODELS[meta["model"]["class"]](**config, rng=model_rng)
    _fill(model.params, _below("model/", arrays), path)
    model_rng.bit_generator.state = meta["model_rng"]  # building the model drew from it

    optimizer = vocab = rng = history = None
    if "optimizer" in meta:
        optimizer = _OPTIMIZERS[meta["optimizer"]["class"]](**meta["optimizer"]["config"])
        optimizer.steps = meta["optimizer"]["steps"]
        for key, array in _below("optimizer/", arrays).items():
            name, slot = key.rsplit("/", 1)
            optimizer.memory.setdefault(name, {})[slot] = array
    if "vocab" in meta:
        vocab = _vocabulary(meta["vocab"], meta["version"])
    if "rng" in meta:
        rng = model_rng if meta["rng"] == "model" else _generator(meta["rng"])
    if "history" in meta:
        history = History(**meta["history"])
    return Checkpoint(model, optimizer, vocab, rng, history)


def _plain(value):
    """Return a NumPy number or array, which JSON does not know, as Python's."""
    return value.tolist()


def _read(path):
    """Return the description and the arrays of a checkpoint file, or say what is wrong with it."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise ValueError(f"{str(path)!r} is not a checkpoint: it was not written by rnnlib.")
        try:
            _verify(file)
            with np.load(file, allow_pickle=False) as contents:
                arrays = dict(contents)
        except _DAMAGE as error:
            raise _damaged(path, error) from None
    try:
        meta = json.loads(str(arrays.pop("meta")))
        ours = meta["format"] == FORMAT
    except (KeyError, TypeError, json.JSONDecodeError):
        ours = False
    if not ours:
        raise ValueError(f"{str(path)!r} is an .npz file, but not a checkpoint of rnnlib.")
    if meta["version"] not in READABLE:
        raise ValueError(
            f"The checkpoint {str(path)!r} has format version {meta['version']}; this rnnlib reads "
            f"versions {' and '.join(map(str, READABLE))}. Use the rnnlib that wrote it, or train "
            "again."
        )
    if meta["arrays"] != sorted(arrays):
        raise _damaged(path, "some of its arrays are missing")
    return meta, arrays


def _damaged(path, reason):
    return ValueError(
        f"The checkpoint {str(path)!r} is damaged ({reason}): it is probably truncated. "
        "Copy it again, or use an earlier one."
    )


def _verify(file):
    """Compare all check sums before NumPy believes a header, and rewind."""
    with zipfile.ZipFile(file) as archive:
        wrong = archive.testzip()
    if wrong is not None:
        raise zipfile.BadZipFile(f"the check sum of {wrong} is wrong")
    file.seek(0)


def _fill(params, arrays, path):
    expected = {name: p.shape for name, p in params.items()}
    found = {name: a.shape for name, a in arrays.items()}
    if expected != found:
        wrong = sorted(k for k in expected | found if expected.get(k) != found.get(k))
        raise ValueError(f"The checkpoint {str(path)!r} does not fit its own model in {wrong}.")
    for name, p in params.items():
        p[...] = arrays[name]


def _below(prefix, arrays):
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def _vocabulary(saved, version):
    if version == 1:
        return Vocabulary(saved)
    splitter = saved["splitter"]
    return Vocabulary(saved["symbols"], _SPLITTERS[splitter["class"]](**splitter["config"]))


def _generator(state):
    rng = np.random.Generator(getattr(np.random, state["bit_generator"])())
    rng.bit_generator.state = state
    return rng
