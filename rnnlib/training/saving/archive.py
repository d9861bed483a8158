"""An .npz file read without trust: no pickle, no eval, no more memory than its size."""

import math
import re
import struct
import zipfile
from typing import NamedTuple

import numpy as np

from ...errors import require

# The errors that zipfile raises on wrong bytes, apart from ValueError.
DAMAGE = (
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    MemoryError,
)

_HEADER = re.compile(
    rb"\{'descr': '([<>])(f4|f8|U\d{1,10})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,18},? ?)*)\), \} *\n"
)
"""The description of an array, as `np.savez` writes it: numbers, or one text."""


class Member(NamedTuple):
    """One array of an archive, as its header declares it."""

    shape: tuple
    dtype: np.dtype  # in the byte order of the file
    fortran: bool  # whether the first index runs fastest
    start: int  # bytes before the numbers
    info: zipfile.ZipInfo


class Archive:
    """The arrays of an .npz file: headers are read at once, numbers on request.

    Parameters
    ----------
    file : binary file object
    size : int
        Of the file, in bytes.

    Attributes
    ----------
    members : dict of str to Member

    Raises
    ------
    ValueError
        The file is not an archive of plain arrays.
    """

    def __init__(self, file, size):
        try:
            self._zip = zipfile.ZipFile(file)
            infos = self._zip.infolist()
            _check_sizes(infos, size)
            self.members = {info.filename.removesuffix(".npy"): self._open(info) for info in infos}
        except DAMAGE as error:
            raise ValueError(_in_words(error)) from None

    def read(self, name):
        """Return an array, or a text, after comparing its check sum.

        Raises
        ------
        ValueError
            The check sum is wrong.
        """
        member = self.members[name]
        try:
            with self._zip.open(member.info) as stream:
                stream.read(member.start)
                content = stream.read()
        except DAMAGE as error:
            raise ValueError(_in_words(error)) from None
        if member.dtype.kind == "U":
            order = "le" if member.dtype.byteorder in "<=" else "be"
            return content.decode(f"utf-32-{order}").rstrip("\0")
        numbers = np.frombuffer(content, member.dtype).astype(member.dtype.newbyteorder("="))
        return numbers.reshape(member.shape, order="F" if member.fortran else "C")

    def _open(self, info):
        """Return the member that an entry describes, or say why it is not an array."""
        name = info.filename
        require(name.endswith(".npy"), f"{name!r} is not an array")
        with self._zip.open(info) as stream:
            start = stream.read(10)
            require(start[:8] == b"\x93NUMPY\x01\x00", f"{name!r} is not an array")
            header = stream.read(int.from_bytes(start[8:], "little"))
        match = _HEADER.fullmatch(header)
        require(match, f"{name!r} is not an array of float32 or float64, and not a text")
        order, kind, fortran, numbers = (group.decode() for group in match.groups())
        shape = tuple(int(n) for n in re.findall(r"\d+", numbers))
        text = kind[0] == "U"
        require(not text or shape == (), f"{name!r} is an array of texts")
        require(len(shape) <= 8, f"{name!r} has {len(shape)} dimensions")
        start, item = 10 + len(header), 4 * int(kind[1:]) if text else int(kind[1:])
        require(
            info.file_size == start + item * math.prod(shape),
            f"{name!r} declares the shape {shape}, but holds {info.file_size - start} bytes",
        )
        return Member(shape, np.dtype(order + kind), fortran == "True", start, info)


def _check_sizes(infos, size):
    """Refuse what would take more memory than the file is long."""
    names = [info.filename for info in infos]
    require(len(set(names)) == len(names), "two of its arrays have one name")
    require(
        all(info.compress_type == zipfile.ZIP_STORED for info in infos),
        "its arrays are compressed, which save_checkpoint never does",
    )
    require(
        all(info.file_size == info.compress_size for info in infos)
        and sum(info.file_size for info in infos) <= size,
        "its arrays are larger than the file",
    )


def _in_words(error):
    """Return an error of zipfile as half a sentence."""
    wrong = re.match(r"Bad CRC-32 for file '(.*)'", str(error))
    if wrong:
        return f"the check sum of {wrong[1]} is wrong"
    return str(error).rstrip(".") or f"it ends too early: {type(error).__name__}"
