"""Plain text files, whole or in parts, or an error that says what a file is instead."""

import codecs
import io
from collections import Counter
from pathlib import Path

from ..errors import require
from ..files import file_path


def read_text(path, encoding="utf-8"):
    r"""Return the text of a file, without a byte order mark, line breaks as "\n".

    Parameters and errors are those of `load_text`.
    """
    path = existing_file(path)
    content = path.read_bytes()
    _refuse_other_formats(path, content)
    _refuse_other_encodings(path, content, encoding)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(_cannot_decode(path, content, error)) from None
    _refuse_noise(path, text)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


HEAD = 2**16
"""Bytes at the beginning of a large file that tell whether it is text."""


def text_parts(path, encoding="utf-8", size=2**18, on_read=None):
    r"""Yield the text of a file in parts, of which only one is in memory.

    Joined, they are the text that `read_text` returns.  What a file is, is judged by its beginning.

    Parameters
    ----------
    path : str or Path
    encoding : str
    size : int
        Bytes to read at a time.
    on_read : callable, optional
        Told the number of bytes read, after each part.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_text`; if it is the part that cannot be decoded, when its turn comes.
    """
    path = existing_file(path)
    with path.open("rb") as file:
        head = file.read(HEAD)
        _refuse_other_formats(path, head)
        _refuse_other_encodings(path, head, encoding)
        _refuse_noise(path, head.decode(encoding, errors="ignore"))
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        breaks = io.IncrementalNewlineDecoder(None, translate=True)
        position, lines, first = 0, 0, True
        while True:
            block = file.read(size)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:  # its object is what was left over, and the block
                content = error.object
                before = position + len(block) - len(content)
                raise ValueError(_cannot_decode(path, content, error, before, lines)) from None
            position += len(block)
            lines += block.count(b"\n")
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            if text := breaks.decode(text, final=not block):
                yield text
            if not block:
                return
            if on_read is not None:
                on_read(len(block))


def existing_file(path):
    """Return the path of a file that is there, "~" expanded."""
    whole = file_path(path, to_write=False)
    if whole.is_dir():
        raise FileNotFoundError(f"{str(path)!r} is a folder. Give the path of a text file in it.")
    if not whole.is_file():
        raise FileNotFoundError(
            f"There is no file {str(path)!r} (looked in {Path.cwd()}). "
            "Give the path of a plain text file."
        )
    return whole


FORMATS = {
    b"\x1f\x8b": ("compressed by gzip", "Unpack it first: gzip -d."),
    b"BZh": ("compressed by bzip2", "Unpack it first: bzip2 -d."),
    b"\xfd7zXZ\x00": ("compressed by xz", "Unpack it first: xz -d."),
    b"\x28\xb5\x2f\xfd": ("compressed by zstd", "Unpack it first: zstd -d."),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "Unpack it first."),
    b"Rar!\x1a\x07": ("a rar archive", "Unpack it first."),
    b"PK\x03\x04": (
        "a zip archive, or a document that is one, such as .docx, .odt or .epub",
        "Unpack it, or save the document as plain text.",
    ),
    b"%PDF-": ("a PDF", "Copy the text out of it, or convert it: pdftotext."),
    b"{\\rtf": ("an RTF document", "Save it as plain text."),
    b"\xd0\xcf\x11\xe0": ("an old Office document", "Save it as plain text."),
    b"\x89PNG": ("a picture", "Give the path of a plain text file."),
    b"\xff\xd8\xff": ("a picture", "Give the path of a plain text file."),
    b"\x93NUMPY": ("a NumPy array", "Give the path of a plain text file."),
}
"""The first bytes of files that are not text: what each is, and what to do."""

MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",  # before utf-16, whose mark it starts with
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""The byte order marks of encodings other than UTF-8."""


def _refuse_other_formats(path, content):
    for start, (what, advice) in FORMATS.items():
        if content.startswith(start):
            raise ValueError(f"{str(path)!r} is {what}, not plain text. {advice}")


def _refuse_other_encodings(path, content, encoding):
    """Refuse an encoding that is unknown, or that the bytes contradict."""
    family = _family(encoding)
    marks = (name for mark, name in MARKS.items() if content.startswith(mark))
    found = next(marks, None) or _wide_encoding(content)
    if found and family != _family(found):
        raise ValueError(
            f"{str(path)!r} is {found.upper()} text: pass encoding={found!r}, or save it as UTF-8."
        )
    if family in ("utf-16", "utf-32"):
        require(
            found or not _is_utf8(content),
            f"{str(path)!r} is not {encoding} text: it reads as UTF-8. Leave out the encoding.",
        )
        return
    require(
        b"\x00" not in content,
        f"{str(path)!r} contains zero bytes: it is not text, or is in an encoding such as UTF-16. "
        "Save it as plain text in UTF-8.",
    )


def _family(encoding):
    """Return the name of an encoding, whatever the order of its bytes."""
    try:
        "".encode(encoding)  # refuses codecs that do not encode text
        return codecs.lookup(encoding).name[:6]
    except (LookupError, TypeError):
        raise ValueError(
            f"There is no text encoding {encoding!r:.40}; some are 'utf-8', 'utf-16', 'cp1252'."
        ) from None


def _wide_encoding(content):
    """Return the encoding of two or four bytes a symbol that the zero bytes suggest, or None."""
    if b"\x00" not in content:
        return None
    for name, width in (("utf-32", 4), ("utf-16", 2)):
        for order, first in (("-le", width - 1), ("-be", 0)):
            high = Counter(content[first::width])  # few values: an alphabet lies on a page or two
            others = content.count(0) - high[0] if width == 2 else high.total() - high[0]
            common = sum(n for _, n in high.most_common(2))
            if not others and common >= 0.9 * high.total() and _decodes(content, name + order):
                return name + order
    return None


def _decodes(content, encoding):
    try:
        return content.decode(encoding) is not None
    except UnicodeDecodeError:
        return False


def _is_utf8(content):
    return b"\x00" not in content and _decodes(content, "utf-8")


def _refuse_noise(path, text):
    """Refuse what decodes, but is mostly control characters."""
    controls = sum(c < " " and c not in "\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f" for c in text)
    require(
        controls <= len(text) / 10,
        f"{str(path)!r} is not text: {controls} of its {len(text)} characters are control "
        "characters. Give a plain text file, or pass the encoding it was written in.",
    )


def _cannot_decode(path, content, error, bytes_before=0, lines_before=0):
    """Say where decoding failed, and what would help; the content may be a part of a file."""
    line = lines_before + content.count(b"\n", 0, error.start) + 1
    where = f"byte {bytes_before + error.start} is 0x{content[error.start]:02x}, in line {line}"
    if error.reason in ("unexpected end of data", "truncated data"):
        advice = "It seems to be cut off inside its last symbol."
    elif _looks_western(content):
        advice = "It looks like Windows or Latin-1 text: pass encoding='cp1252'."
    else:
        advice = "Save it as UTF-8, or pass the encoding it was written in."
    return f"{str(path)!r} is not {error.encoding} text: {where}. {advice}"


def _looks_western(content):
    """Whether single bytes beyond ASCII are letters and quotation marks among much ASCII."""
    high = bytes(b for b in content if b >= 0x80)
    if not high or len(high) > len(content) / 5 or not _decodes(high, "cp1252"):
        return False
    if any(c >= "\x80" for c in content.decode("utf-8", errors="ignore")):
        return False  # some of it is UTF-8
    return all(c.isalpha() or c in "‘’“”„‚–—…«»°§¡¿€£·•´`" for c in high.decode("cp1252"))
