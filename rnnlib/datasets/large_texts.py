"""Texts larger than memory: their ids in a file, of which only the pages in use are in memory.

    vocab = rl.file_vocabulary("large.txt")
    ids = rl.encode_file(vocab, "large.txt", "large.npy")      # later on: rl.open_ids("large.npy")
    batches = rl.stream_batches(ids, batch_size=32, seq_len=64)

Chapter 22.
"""

import io

import numpy as np

from ..errors import at_least_one, require, require_type
from ..files import file_path, writing
from ..progress_bars import open_bar
from ..text.vocabulary import Vocabulary
from .plain_text import existing_file, text_parts


def encode_file(vocab, text_path, ids_path, *, encoding="utf-8", chunk_size=2**18, progress=True):
    """Write the ids of a text file into a file of ids, with little of either in memory.

    The ids are those of `vocab.encode(load_text(text_path))`, each in one, two or four bytes, as
    the size of the vocabulary needs.  The text is read in chunks, which are cut where no symbol
    can reach over: anywhere between characters, and before blanks and line breaks for words and
    merges.  So memory is needed for a chunk, or for the longest word if that is longer.

    The file is written whole or not at all: after an error or Ctrl-C, `ids_path` is as before.

    Parameters
    ----------
    vocab : Vocabulary
    text_path : str or Path
    ids_path : str or Path
        For the ids, in NumPy's format: usually ends in ".npy".
    encoding : str
        Of the text.
    chunk_size : int
        Bytes to read at a time.
    progress : bool
        Show a progress bar, see `progress_bars.visible`.

    Returns
    -------
    ndarray (N,) of uint8, uint16 or uint32
        The ids, from `open_ids`.

    Raises
    ------
    ValueError
        As `load_text`; a symbol is not in the vocabulary; the message says at which position of
        the text.  Both paths are the same file.
    TypeError
        No vocabulary, or one whose splitter does not say where a text may be cut.

    Examples
    --------
    >>> with open("large.txt", "w") as file:
    ...     count = file.write("trex " * 1000)
    >>> ids = rl.encode_file(rl.file_vocabulary("large.txt"), "large.txt", "large.npy")
    >>> ids[:5], ids.dtype
    (memmap([3, 2, 1, 4, 0], dtype=uint8), dtype('uint8'))
    """
    require_type(
        isinstance(vocab, Vocabulary), f"vocab must be a Vocabulary, got {type(vocab).__name__}."
    )
    cut = getattr(vocab.splitter, "cut", None)
    require_type(
        cut is not None,
        f"The splitter {vocab.splitter!r:.60} does not say where a text may be cut: give it a "
        "method cut(text), see Characters.cut and Words.cut.",
    )
    at_least_one(chunk_size=chunk_size)
    source, target = existing_file(text_path), file_path(ids_path)
    require(
        source.resolve() != target.resolve(),
        f"{str(ids_path)!r} is the text itself, and would be replaced: name another file.",
    )
    dtype = np.min_scalar_type(len(vocab) - 1)
    bar = open_bar(progress, total=source.stat().st_size, unit="B", unit_scale=True)
    parts = text_parts(source, encoding, chunk_size, bar and bar.update)
    try:
        with writing(target) as file:
            file.write(_header(dtype, 0))
            count = position = 0
            for text in _uncut_symbols(parts, cut):
                try:
                    ids = vocab.encode(text)
                except ValueError as error:
                    raise ValueError(
                        f"In the text that begins at position {position} of {str(text_path)!r}: "
                        f"{error}"
                    ) from None
                file.write(ids.astype(dtype).data)
                count += len(ids)
                position += len(text)
            require(count, f"{str(text_path)!r} contains no symbols: there is nothing to encode.")
            file.seek(0)
            file.write(_header(dtype, count))
    finally:
        if bar is not None:
            bar.close()
    return open_ids(target)


def open_ids(path):
    """Open a file of ids: an array whose pages are read when they are used, and freed again.

    Parameters
    ----------
    path : str or Path
        Written by `encode_file`, or by `np.save`.

    Returns
    -------
    ndarray (N,) of int
        Read-only, in NumPy's class `memmap`.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is not an array of whole numbers in one dimension, or is cut short.
    """
    path = existing_file(path)
    try:
        ids = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(
            f"{str(path)!r} is not a file of ids, or is cut short ({error}): write it again with "
            "encode_file."
        ) from None
    found = f"{ids.dtype} {ids.shape}" if isinstance(ids, np.ndarray) else "an archive"
    require(
        found != "an archive" and ids.dtype.kind in "iu" and ids.ndim == 1,
        f"{str(path)!r} holds {found}, not ids: they are whole numbers in one dimension.",
    )
    return ids


def file_vocabulary(path, encoding="utf-8"):
    """Collect the characters of a text file, with little of it in memory.

    The vocabulary is that of `Vocabulary.from_text(load_text(path))`.  For words or merges, learn
    from a part of a large text: what is not in it becomes "<unk>", or remains unmerged if the part
    has all the characters.

    Parameters and errors are those of `load_text`.
    """
    characters = set()
    for text in text_parts(path, encoding):
        characters |= set(text)
    require(
        any(not character.isspace() for character in characters),
        f"{str(path)!r} contains no text: there is nothing to learn from.",
    )
    return Vocabulary(sorted(characters))


def _uncut_symbols(parts, cut):
    """Yield the same text in other parts, which begin and end where it may be cut."""
    pending = []
    for text in parts:
        at = cut(text)
        if at >= 0:
            yield "".join([*pending, text[:at]])
            pending, text = [], text[at:]
        pending.append(text)
    yield "".join(pending)


def _header(dtype, count):
    """Return the first 128 bytes of a file of `count` ids; as many for any count."""
    header = io.BytesIO()
    described = dict(descr=np.lib.format.dtype_to_descr(dtype), fortran_order=False, shape=(count,))
    np.lib.format.write_array_header_1_0(header, described)
    return header.getvalue()
