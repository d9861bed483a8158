"""Texts larger than memory: a file of ids holds what `encode` would return, whatever the chunks."""

import signal

import numpy as np
import pytest
from helpers import run_python
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib.datasets.plain_text import text_parts

TEXTS = st.text("ab7'’-\"., \t\n\r\u0301\u200d👩🚀🇫🇷é", min_size=1, max_size=40) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
)
SPLITS = {
    "characters": rl.Vocabulary.from_text,
    "words": lambda text: rl.Vocabulary.from_words("a " + text),
    "merges": lambda text: rl.Vocabulary.from_merges(text + text, 20),
    "listed": lambda text: rl.Vocabulary(sorted({"\n", "long", *text.split()})),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("texts")


def encoded(folder, text, make, chunk_size, encoding="utf-8"):
    """The ids of a text file, once as a whole, and once by `encode_file`."""
    source, target = folder / "text.txt", folder / "ids.npy"
    source.write_bytes(text.encode(encoding))
    whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    vocab = make(whole)
    expected = vocab.encode(whole)
    options = dict(chunk_size=chunk_size, encoding=encoding, progress=False)
    return expected, lambda: rl.encode_file(vocab, source, target, **options)


@bug(
    "a text is cut after a blank",
    "text.splitters.before_last_blank",
    "max(text.rfind(' '), text.rfind('\\n'))",
    "max(text.rfind(' '), text.rfind('\\n')) + 1 or -1",
)
@bug(
    "what comes before a cut is forgotten",
    "datasets.large_texts._uncut_symbols",
    "[*pending, text[:at]]",
    "[text[:at]]",
)
@bug(
    "a line break that is cut in two counts twice",
    "datasets.plain_text.text_parts",
    "breaks.decode(text, final=not block)",
    "breaks.decode(text, final=True)",
)
@pytest.mark.parametrize("split", SPLITS)
@settings(max_examples=40)
@given(TEXTS, st.integers(1, 12))
@example("b a b a b a", 1)
@example("a \u0301a \u0301a", 2)
@example("a\r\nb\r\n\rc", 1)
@example("\ufeffa b\r", 3)
@example("l' os d'un n'a", 4)
def test_a_file_of_ids_holds_what_encode_returns(split, folder, text, chunk_size):
    expected, encode_file = encoded(folder, text, SPLITS[split], chunk_size)
    if expected.size == 0:  # blanks are no words
        with pytest.raises(ValueError, match="contains no symbols"):
            encode_file()
        return
    ids = encode_file()
    np.testing.assert_array_equal(ids, expected)
    assert ids.dtype == np.uint8 and isinstance(ids, np.memmap)
    np.testing.assert_array_equal(np.load(folder / "ids.npy"), expected)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("chunk_size", [1, 2, 3, 1000])
def test_characters_of_several_bytes_are_read_whole(encoding, chunk_size, tmp_path):
    text = "Die Füße des Diplodocus\r\nsind groß.\r\n" * 3
    expected, encode_file = encoded(tmp_path, text, rl.Vocabulary.from_text, chunk_size, encoding)
    np.testing.assert_array_equal(encode_file(), expected)


@bug(
    "ids are cut to one byte",
    "datasets.large_texts.encode_file",
    "np.min_scalar_type(len(vocab) - 1)",
    "np.dtype(np.uint8)",
)
@pytest.mark.parametrize(
    ("size", "dtype"), [(256, np.uint8), (257, np.uint16), (65536, np.uint16), (65537, np.uint32)]
)
def test_ids_take_as_many_bytes_as_the_vocabulary_needs(size, dtype, tmp_path):
    symbols = [chr(0x10000 + i) for i in range(size)]
    (tmp_path / "text.txt").write_text("".join(symbols), "utf-8")
    vocab = rl.Vocabulary(symbols)
    ids = rl.encode_file(vocab, tmp_path / "text.txt", tmp_path / "ids.npy", progress=False)
    assert ids.dtype == dtype
    np.testing.assert_array_equal(ids, np.arange(size))


@given(TEXTS)
@example(" \n")
def test_the_vocabulary_of_a_file_is_that_of_its_text(folder, text):
    path = folder / "vocabulary.txt"
    path.write_bytes(text.encode())
    try:
        whole = rl.load_text(path)
    except ValueError:  # nothing but blanks
        with pytest.raises(ValueError, match="contains no text"):
            rl.file_vocabulary(path)
        return
    assert rl.file_vocabulary(path) == rl.Vocabulary.from_text(whole)
    assert "".join(text_parts(path, size=1)) == whole


@bug(
    "ids of one byte are counted in one byte",
    "text.stream_batches.stream_batches.walk",
    "part.astype(np.intp, copy=False)",
    "part",
)
def test_batches_from_a_file_are_those_from_memory(tmp_path, vocab):
    text = "trex and allo\n" * 40
    vocab = rl.Vocabulary.from_text(text)
    (tmp_path / "text.txt").write_text(text)
    ids = rl.encode_file(vocab, tmp_path / "text.txt", tmp_path / "ids.npy", progress=False)
    pairs = zip(
        rl.stream_batches(ids, 3, 8), rl.stream_batches(vocab.encode(text), 3, 8), strict=True
    )
    for mine, other in pairs:
        for part, expected in zip(mine[:2], other[:2], strict=True):
            np.testing.assert_array_equal(part, expected)
            assert part.dtype == np.intp and not isinstance(part, np.memmap)


def test_a_stream_of_a_file_reads_no_more_than_its_windows(tmp_path):
    ids = np.lib.format.open_memmap(tmp_path / "ids.npy", "w+", np.int64, (2**16,))
    ids[40_000] = -1
    ids.flush()
    batches = rl.stream_batches(rl.open_ids(tmp_path / "ids.npy"), 4, 1000)
    steps = iter(batches)
    for _ in range(7):
        next(steps)
    with pytest.raises(ValueError, match="got -1 at position 40000"):
        next(steps)


CODE = """
import sys
import rnnlib as rl
from rnnlib.text.splitters import Characters

class Slow(Characters):
    def split(self, text):
        print("reading", flush=True)
        sys.stdin.read()

rl.encode_file(rl.Vocabulary("ab", Slow()), "text.txt", "ids.npy", chunk_size=10)
"""


@pytest.mark.parametrize("before", [None, b"as before"])
def test_ctrl_c_leaves_the_old_file_or_none(before, tmp_path):
    (tmp_path / "text.txt").write_text("ab" * 100)
    target = tmp_path / "ids.npy"
    if before:
        target.write_bytes(before)
    with run_python("-c", CODE, cwd=tmp_path, stdin=-1, stderr=-1) as process:
        assert process.stdout.readline() == "reading\n"
        assert list(tmp_path.glob("*.unfinished"))
        process.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in process.stderr.read()
    assert (target.read_bytes() if target.exists() else None) == before
    assert not list(tmp_path.glob("*.unfinished"))


def test_the_bar_counts_the_bytes_of_the_text(tmp_path, capsys, monkeypatch):
    (tmp_path / "text.txt").write_text("ab\n" * 1000)
    arguments = rl.Vocabulary("\nab"), tmp_path / "text.txt", tmp_path / "ids.npy"
    rl.encode_file(*arguments)
    assert "/3.00k" in capsys.readouterr().err
    rl.encode_file(*arguments, progress=False)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    rl.encode_file(*arguments)
    assert capsys.readouterr().err == ""


class Own:
    """A splitter that does not say where a text may be cut."""

    unknown, between = None, ""

    def split(self, text):
        """Return the letters."""
        return list(text)

    def join(self, symbols):
        """Return the text."""
        return "".join(symbols)


@pytest.fixture
def world(world):
    """With a text, and files that are none."""
    world.text, world.ids = world.folder / "text.txt", world.folder / "ids.npy"
    world.text.write_text("ab\n" * 5)
    world.letters = rl.Vocabulary("ab\n")
    write = {
        "flat.npy": np.zeros((3, 2), int),
        "real.npy": np.zeros(3),
        "object.npy": np.array([None]),
    }
    for name, array in write.items():
        np.save(world.folder / name, array)
    np.savez(world.folder / "more.npz", np.zeros(3, int))
    whole = world.folder / "whole.npy"
    np.save(whole, np.arange(100))
    (world.folder / "short.npy").write_bytes(whole.read_bytes()[:-8])
    (world.folder / "late.txt").write_bytes(b"ab\nab\na\xe9b\n")
    (world.folder / "end.txt").write_bytes(b"ab\nab\xc3")
    (world.folder / "blank.txt").write_bytes(b" \n\n")
    (world.folder / "empty.txt").write_bytes(b"")
    (world.folder / "zipped.txt").write_bytes(b"\x1f\x8b123")
    return world


def encode(w, name, vocab=None, **options):
    """Encode one of the files of the world."""
    return rl.encode_file(vocab or w.letters, w.folder / name, w.ids, progress=False, **options)


@mistakes(
    {
        ValueError: [
            ("is the text itself", lambda w: rl.encode_file(w.letters, w.text, w.text)),
            (
                "begins at position 2 of",
                lambda w: encode(w, "text.txt", rl.Vocabulary("ab"), chunk_size=2),
            ),
            ("symbol '\\n' at position 2", lambda w: encode(w, "text.txt", rl.Vocabulary("ab"))),
            ("byte 7 is 0xe9, in line 3", lambda w: encode(w, "late.txt", chunk_size=4)),
            ("byte 7 is 0xe9, in line 3", lambda w: encode(w, "late.txt", chunk_size=1)),
            ("byte 5 is 0xc3, in line 2", lambda w: encode(w, "end.txt", chunk_size=3)),
            ("cut off inside its last symbol", lambda w: encode(w, "end.txt")),
            ("contains no symbols", lambda w: encode(w, "empty.txt")),
            ("compressed by gzip", lambda w: encode(w, "zipped.txt", chunk_size=1)),
            ("no text encoding 'klingon'", lambda w: encode(w, "text.txt", encoding="klingon")),
            ("chunk_size must be at least 1", lambda w: encode(w, "text.txt", chunk_size=0)),
            ("is a folder", lambda w: rl.encode_file(w.letters, w.text, w.folder)),
            ("contains no text", lambda w: rl.file_vocabulary(w.folder / "blank.txt")),
            ("contains no text", lambda w: rl.file_vocabulary(w.folder / "empty.txt")),
            ("holds int64 (3, 2), not ids", lambda w: rl.open_ids(w.folder / "flat.npy")),
            ("holds float64 (3,), not ids", lambda w: rl.open_ids(w.folder / "real.npy")),
            ("holds an archive", lambda w: rl.open_ids(w.folder / "more.npz")),
            ("is not a file of ids", lambda w: rl.open_ids(w.folder / "object.npy")),
            ("is not a file of ids", lambda w: rl.open_ids(w.text)),
            ("is not a file of ids", lambda w: rl.open_ids(w.folder / "empty.txt")),
            ("or is cut short", lambda w: rl.open_ids(w.folder / "short.npy")),
        ],
        FileNotFoundError: [
            ("There is no file", lambda w: encode(w, "nowhere.txt")),
            ("There is no file", lambda w: rl.open_ids(w.folder / "nowhere.npy")),
        ],
        TypeError: [
            ("vocab must be a Vocabulary, got str", lambda w: encode(w, "text.txt", "ab")),
            ("cut(text)", lambda w: encode(w, "text.txt", rl.Vocabulary("ab\n", Own()))),
        ],
    }
)
def test_a_mistake_about_files_of_ids_is_answered_in_words(mistake, world):
    mistake(world)
