"""Text files of one's own: read whole, or refused in words that say what they are instead."""

import bz2
import gzip
import lzma
import zipfile

import numpy as np
import pytest
from planted import bug

import rnnlib as rl

pytestmark = pytest.mark.mistake
RUSSIAN = "Тираннозавр\nДиплодок\nЯ\n"
FRENCH = "Le dîner « à l’hôtel », dit-elle. Il n’y a rien de très étrange à la forêt.\n"


@pytest.fixture
def file(tmp_path):
    """Write bytes or text into a file; return its path."""

    def write(content, encoding="utf-8"):
        path = tmp_path / "own.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_of_every_system_are_one(end, mark, file):
    path = file(mark + "Rex" + end + "Élan" + end + end + "Zby")
    assert rl.load_text(path) == "Rex\nÉlan\n\nZby"
    assert rl.load_names(path) == ["Rex", "Élan", "Zby"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "UTF-16", "utf_16_le", "utf-32-be"])
def test_a_text_is_read_in_the_encoding_it_was_written_in(encoding, file):
    for text in (FRENCH, RUSSIAN, "恐龍\n"):
        path = file(text, encoding)
        assert rl.load_text(str(path), encoding=encoding) == text


def test_old_encodings_are_read_when_named(file):
    assert rl.load_text(file("Élan", "latin-1"), encoding="latin-1") == "Élan"
    assert rl.load_text(file(RUSSIAN, "cp1251"), encoding="cp1251") == RUSSIAN
    assert rl.load_text(file("\ufeffrex", "utf-16-le"), encoding="utf-16-le") == "rex"


def test_a_list_of_names_has_one_a_line(file):
    content = "  Rex \n\nRio Grande\t\r\n \u00a0 \nRex\nÉlan"
    assert rl.load_names(file(content)) == ["Rex", "Rio Grande", "Rex", "Élan"]


@bug(
    "blanks after a name are kept",
    "datasets.texts.load_names",
    "[line.strip() for line in lines if line.strip()]",
    "[line for line in lines if line.strip()]",
)
def test_names_can_go_straight_into_batches(file):
    names = rl.load_names(file("rex \nrio grande\n"))
    vocab = rl.Vocabulary.from_text(names)
    inputs, *_ = next(iter(rl.padded_batches(vocab, names, 2)))
    assert vocab.decode(inputs[1:, 0]).startswith("rex\n")


def test_home_may_be_a_tilde(file, monkeypatch):
    path = file("Rex")
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))
    assert rl.load_text("~/own.txt") == "Rex"


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("names.txt", "Rex\n")


FORMATS = {
    "gzip": (gzip.compress(b"Rex\n"), "compressed by gzip.*gzip -d"),
    "bzip2": (bz2.compress(b"Rex\n"), "compressed by bzip2.*bzip2 -d"),
    "xz": (lzma.compress(b"Rex\n"), "compressed by xz.*xz -d"),
    "PDF": (b"%PDF-1.7\nRex", "a PDF.*pdftotext"),
    "RTF": (rb"{\rtf1\ansi Rex}", "an RTF document.*plain text"),
    "Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Rex", "an old Office document"),
    "picture": (b"\x89PNG\r\n\x1a\nRex", "a picture"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_another_kind_is_called_by_its_name(name, encoding, file):
    content, words = FORMATS[name]
    with pytest.raises(ValueError, match=words) as info:
        rl.load_text(file(content), encoding=encoding)
    assert "latin" not in str(info.value)


def test_an_archive_and_an_array_are_no_texts(tmp_path):
    zipped(tmp_path / "names.docx")
    with pytest.raises(ValueError, match=r"a zip archive, or a document .* save the document as"):
        rl.load_names(tmp_path / "names.docx")
    np.save(tmp_path / "names.npy", np.ones(3))
    with pytest.raises(ValueError, match="a NumPy array"):
        rl.load_text(tmp_path / "names.npy")


@bug(
    "UTF-16 without a mark is not seen",
    "datasets.plain_text._refuse_other_encodings",
    "next(marks, None) or _wide_encoding(content)",
    "next(marks, None)",
)
@pytest.mark.parametrize("given", ["utf-8", "latin-1", "cp1252"])
@pytest.mark.parametrize("text", ["Rex\nAllo\n", RUSSIAN, "a"])
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("width", ["16", "32"])
def test_wide_encodings_are_found_without_a_byte_order_mark(width, order, text, given, file):
    encoding = f"utf-{width}-{order}"
    with pytest.raises(ValueError, match=f"is {encoding.upper()} text: pass encoding='(.*)'"):
        rl.load_text(file(text, encoding), encoding=given)
    assert rl.load_text(file(text, encoding), encoding=encoding) == text


@pytest.mark.parametrize("text", ["Rex\n", RUSSIAN, "恐龍"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings_are_found_by_their_byte_order_mark(encoding, text, file):
    path = file(text, encoding)
    for given in ("utf-8", "latin-1", "utf-32" if encoding == "utf-16" else "utf-16"):
        with pytest.raises(ValueError, match=f"pass encoding='{encoding}'"):
            rl.load_text(path, encoding=given)
    assert rl.load_text(path, encoding) == text


def test_utf_8_is_not_read_as_utf_16(file):
    for text in ("Rex Rex\n", "Élan"):
        with pytest.raises(ValueError, match="not utf-16 text: it reads as UTF-8"):
            rl.load_text(file(text), encoding="utf-16")


def test_zero_bytes_are_no_text(file):
    for content in (b"rex\x00allo", b"rexx\x00\x00\x00\x00\x01allo", b"\x7fELF\x02\x01\x01\x00"):
        for encoding in ("utf-8", "latin-1"):
            with pytest.raises(ValueError, match="contains zero bytes: it is not text"):
                rl.load_text(file(content), encoding=encoding)


def test_control_characters_are_no_text(file):
    with pytest.raises(ValueError, match="is not text: 5 of its 10 characters are control"):
        rl.load_text(file(b"\x01r\x02e\x03x\x04a\x05l"))
    assert rl.load_text(file("rex\f\tallo\x1a")) == "rex\f\tallo\x1a"


@bug(
    "Latin-1 is advised into noise",
    "datasets.plain_text._cannot_decode",
    "_looks_western(content)",
    "True",
)
@pytest.mark.parametrize(
    ("text", "encoding", "advice"),
    [
        (FRENCH, "cp1252", "looks like Windows or Latin-1 text: pass encoding='cp1252'"),
        ("Ein Élan\n", "latin-1", "encoding='cp1252'"),
        (RUSSIAN, "cp1251", "Save it as UTF-8, or pass the encoding it was"),
        (RUSSIAN, "koi8-r", "Save it as UTF-8, or pass the encoding it was"),
        ("恐龍の名前はたくさんあります", "shift-jis", "Save it as UTF-8, or pass"),
        ("恐龙的名字很多", "gbk", "Save it as UTF-8, or pass the encoding it was"),
    ],
)
def test_only_what_looks_western_is_advised_to_be_read_so(text, encoding, advice, file):
    with pytest.raises(ValueError, match=advice) as info:
        rl.load_text(file(text, encoding))
    assert ("cp1252" in str(info.value)) == ("cp1252" in advice)


def test_the_words_say_where_decoding_failed(file):
    with pytest.raises(ValueError, match="not utf-8 text: byte 2 is 0xff, in line 1"):
        rl.load_text(file(b"re\xff\xfe"))
    with pytest.raises(ValueError, match=r"byte 8 is 0xff, in line 3\. Save it as UTF-8"):
        rl.load_text(file("É\nrex\n".encode() + b"a\xffb"))
    with pytest.raises(ValueError, match="not ascii text: byte 0 is 0xc3"):
        rl.load_text(file("Élan"), encoding="ascii")


def test_half_a_symbol_is_no_text(file):
    with pytest.raises(ValueError, match="cut off inside its last symbol"):
        rl.load_text(file("Rex Élan É".encode()[:-1]))
    with pytest.raises(ValueError, match="cut off inside its last symbol"):
        rl.load_text(file("Rex".encode("utf-16")[:-1]), encoding="utf-16")
    for lone in ("rex \ud800 zby", "\udfff"):
        with pytest.raises(ValueError, match=r"not utf-8 text: .* 0xed.*Save it as UTF-8"):
            rl.load_text(file(lone.encode("utf-8", "surrogatepass")))
        with pytest.raises(ValueError, match="not utf-16-le text"):
            rl.load_text(file(lone.encode("utf-16-le", "surrogatepass")), encoding="utf-16-le")


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", "\ufeff".encode("utf-16")])
def test_an_empty_file_teaches_nothing(content, file):
    for load in (rl.load_text, rl.load_names):
        with pytest.raises(ValueError, match="contains no text"):
            load(file(content), encoding="utf-16" if content[:1] == b"\xff" else "utf-8")


@pytest.mark.parametrize("encoding", ["utf9", "rot13", "hex", "", None, 8])
def test_an_encoding_that_is_none_is_refused(encoding, file):
    with pytest.raises(ValueError, match=r"There is no text encoding .* some are 'utf-8'"):
        rl.load_text(file("Rex"), encoding=encoding)


def test_a_file_that_is_not_there_is_looked_for_in_words(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file 'no\.txt' \(looked in "):
        rl.load_text("no.txt")
    with pytest.raises(FileNotFoundError, match=r"is a folder\. Give the path of a text file in"):
        rl.load_names(tmp_path)


@pytest.mark.parametrize("path", [3, None, ["names.txt"], b"names.txt"])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(TypeError, match="A path must be a string or a Path, got"):
        rl.load_text(path)
