"""A training run in one file: written whole or not at all, never a pickle, and never trusted.

Chapter 16.
"""

import json
from typing import NamedTuple

import numpy as np

from ..errors import require
from ..files import file_path, writing
from ..models.seq2seq import Seq2Seq
from ..text.vocabulary import Vocabulary
from .history import History
from .saving import descriptions, generators, records
from .saving.archive import Archive

FORMAT, VERSION = "rnnlib checkpoint", 3
READABLE = (1, 2, 3)
"""In version 1 a vocabulary was the list of its characters, until 3 records were in the JSON."""


class Checkpoint(NamedTuple):
    """The contents of a file, as returned by `load_checkpoint`; None for what was not saved."""

    model: object
    optimizer: object
    vocab: Vocabulary | tuple
    rng: np.random.Generator
    history: History


def save_checkpoint(path, model, optimizer=None, vocab=None, rng=None, history=None):
    """Write a model, and all that is needed to resume its training, to an .npz file.

    At every moment `path` is either the old checkpoint or the new one, see `files.writing`.

    Parameters
    ----------
    path : str or Path
        A missing folder is created.
    model : LanguageModel, TransformerLanguageModel, SequenceClassifier, SequenceTagger or Seq2Seq
        Saved with the state of its generator.
    optimizer : Optimizer, optional
    vocab : Vocabulary, or pair of them, optional
        A `Seq2Seq` may have two, `(source, target)`.
    rng : numpy.random.Generator, optional
        The one that shuffles the batches.  If it is also the model's, the two are one again after
        loading.
    history : History, optional
        Includes the position within the epoch of a run that is saved between two steps.

    Raises
    ------
    TypeError
        A model, an optimizer, a splitter or a generator of a class that is not rnnlib's or NumPy's.
    ValueError
        Anything else that could not be loaded again; the old file is left unchanged.
    """
    write(path, *describe(model, optimizer, vocab, rng, history))


def load_checkpoint(path):
    """Read a file that `save_checkpoint` wrote.

    Nothing in the file is executed, and a file that declares more data than it has is refused
    before it takes memory.

    Parameters
    ----------
    path : str or Path
        ".npz" may be left out.

    Returns
    -------
    Checkpoint

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is damaged, was written by another version, or is not a checkpoint of rnnlib.
    """
    path = _find(path)
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise ValueError(f"{str(path)!r} is not a checkpoint: it was not written by rnnlib.")
        try:
            archive = Archive(file, path.stat().st_size)
            meta = _meta(archive, path)
            headers = {k: (m.shape, m.dtype.newbyteorder("=")) for k, m in archive.members.items()}
            return _build(meta, headers, archive.read)
        except _Foreign:
            raise
        except (ValueError, TypeError, MemoryError, RecursionError) as error:
            raise _damaged(path, error) from None


class _Foreign(ValueError):
    """A valid archive that this rnnlib cannot read."""


def describe(model, optimizer=None, vocab=None, rng=None, history=None):
    """Return the text and the arrays of a checkpoint, after checking that it could be loaded.

    The arrays are those of the model and the optimizer, not copies.
    """
    kind = descriptions.describe_class(model, descriptions.MODELS)
    arrays = {f"model/{name}": p for name, p in model.params.items()}
    meta = {
        "format": FORMAT,
        "version": VERSION,
        "model": kind,
        "model_rng": generators.describe_generator(model.rng),
    }
    if optimizer is not None:
        meta["optimizer"] = descriptions.describe_optimizer(optimizer)
        for name, slots in optimizer.memory.items():
            arrays |= {f"optimizer/{name}/{slot}": a for slot, a in slots.items()}
    if vocab is not None:
        meta["vocab"] = descriptions.describe_vocabulary(vocab)
    if rng is not None:
        state = generators.describe_generator(rng)
        meta["rng"] = "model" if rng is model.rng else state
    if history is not None:
        meta["history"], more = records.describe_history(history)
        arrays |= more
    meta["arrays"] = sorted(arrays)
    try:
        _check(meta, {name: (a.shape, a.dtype) for name, a in arrays.items()})
        if history is not None:
            records.build_history(meta["history"], records.of_history(arrays), _initial(model))
    except ValueError as error:
        raise ValueError(f"This could not be loaded again: {error}.") from None
    return json.dumps(meta), arrays


def write(path, meta, arrays):
    """Write a file of what `describe` returned."""
    with writing(path) as file:
        np.savez(file, meta=np.array(meta), **arrays)


def _check(meta, headers):
    """Refuse what `describe` cannot have written, before any array is read.

    Returns
    -------
    tuple
        The model's class and arguments; the optimizer's class, arguments and steps, or None; the
        vocabulary, or None.
    """
    generators.check_state(meta.get("model_rng"))
    if "rng" in meta and meta["rng"] != "model":
        generators.check_state(meta["rng"])
    model = descriptions.check_model(meta.get("model"), _below("model/", headers))
    optimizer, memory = None, _below("optimizer/", headers)
    if "optimizer" in meta:
        shapes = _below("model/", headers)
        optimizer = descriptions.check_optimizer(meta["optimizer"], memory, shapes)
    require(optimizer or not memory, "there is a memory of no optimizer")
    vocab = None
    if "vocab" in meta:
        vocab = descriptions.build_vocabulary(meta["vocab"], meta["version"])
    pair = isinstance(vocab, tuple)
    require(not pair or model[0] is Seq2Seq, "only a Seq2Seq has two vocabularies")
    if vocab is not None:
        descriptions.check_vocabulary(vocab, model[1])
    parts = ["model", "optimizer"] + ["history", "position"] * ("history" in meta)
    strange = [name for name in headers if name.partition("/")[0] not in parts]
    require(not strange, f"there are arrays that no checkpoint has, {strange!r:.60}")
    return model, optimizer, vocab


def _build(meta, headers, read):
    """Return the Checkpoint of a description and a function that reads an array by name."""
    (model_class, config), of_optimizer, vocab = _check(meta, headers)
    arrays = {name: read(name) for name in headers}
    model_rng = generators.build_generator(meta.get("model_rng"))
    model = model_class(**config, rng=model_rng)
    for name, p in model.params.items():
        p[...] = arrays[f"model/{name}"]
    model_rng.bit_generator.state = meta["model_rng"]  # building the model drew from it

    optimizer = rng = history = None
    if of_optimizer:
        kind, config, steps = of_optimizer
        optimizer = kind(**config)
        optimizer.steps = steps
        for key, array in _below("optimizer/", arrays).items():
            name, slot = key.rsplit("/", 1)
            require(
                slot != "s" or not (array < 0).any(), f"a mean of squares is negative in {key!r}"
            )
            optimizer.memory.setdefault(name, {})[slot] = array
    if "rng" in meta:
        rng = model_rng if meta["rng"] == "model" else generators.build_generator(meta["rng"])
    if "history" in meta:
        mine = records.of_history(arrays)
        history = records.build_history(meta["history"], mine, _initial(model))
    return Checkpoint(model, optimizer, vocab, rng, history)


def _initial(model):
    """Return a model's initial state, or None if it carries no state on."""
    return model.recurrent.initial_state(1) if hasattr(model, "recurrent") else None


def _find(path):
    path = file_path(path, to_write=False)
    with_suffix = path.with_name(f"{path.name}.npz")
    if not path.is_file() and with_suffix.is_file():
        return with_suffix
    if not path.is_file():
        raise FileNotFoundError(f"There is no checkpoint {str(path)!r}.")
    return path


def _meta(archive, path):
    """Take the description out of an archive, and return it."""
    foreign = _Foreign(f"{str(path)!r} is an .npz file, but not a checkpoint of rnnlib.")
    member = archive.members.get("meta")
    if member is None or member.dtype.kind != "U":
        raise foreign
    text = archive.read("meta")
    del archive.members["meta"]
    try:
        meta = json.loads(text)
    except ValueError:
        raise foreign from None
    if type(meta) is not dict or meta.get("format") != FORMAT:
        raise foreign
    version = meta.get("version")
    if type(version) is not int or version not in READABLE:
        raise _Foreign(
            f"The checkpoint {str(path)!r} has format version {version!r:.40}; this rnnlib reads "
            "versions 1, 2 and 3. Use the rnnlib that wrote it, or train again."
        )
    if "arrays" in meta or version > 1:
        names = meta.get("arrays")
        require(names == sorted(archive.members), "some of its arrays are missing")
    return meta


def _damaged(path, reason):
    if str(reason).startswith("does not fit"):
        return ValueError(f"The checkpoint {str(path)!r} {reason}.")
    return ValueError(
        f"The checkpoint {str(path)!r} is damaged ({reason or 'it is too large'}): it is probably "
        "truncated. Copy it again, or use an earlier one."
    )


def _below(prefix, arrays):
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
