"""Which characters belong together: combining marks and joiners stay with those they follow.

The texts themselves are never changed: "é" as one character and as "e" with a combining accent are
two different symbols.  To make them one, call `unicodedata.normalize("NFC", text)` first.
"""

import re
import unicodedata
from functools import cache

JOINER = "\u200d"


@cache
def extenders():
    """Return all that extends a character, as the inside of a regular expression's [...].

    These are the Unicode categories M (combining marks, vowel signs, variation selectors), the
    joiner and non-joiner, and the skin tones of emoji.
    """
    planes = [*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)]
    marks = [code for code in planes if unicodedata.category(chr(code))[0] == "M"]
    codes = sorted([*marks, 0x200C, 0x200D, *range(0x1F3FB, 0x1F400)])
    starts = [c for c, before in zip(codes, [-1, *codes], strict=False) if c != before + 1]
    ends = [c for c, after in zip(codes, [*codes[1:], -1], strict=True) if c != after - 1]
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in zip(starts, ends, strict=True))


@cache
def compiled(pattern):
    r"""Compile a pattern in which `{W}` is a character of a word and `{E}` an extender.

    `{M}` is a mark that is not part of a word, with its extenders: an emoji of several characters
    is one, and so is a flag.
    """
    E = extenders()
    mark = rf"(?:[\U0001F1E6-\U0001F1FF]{{2}}|[^\w\s{E}])[{E}]*"
    joined = rf"{mark}(?:(?<={JOINER})[^\w\s{E}][{E}]*)*|[{E}]+"
    fill = {"{W}": rf"[\w{E}]", "{E}": f"[{E}]", "{M}": f"(?:{joined})"}
    for name, meaning in fill.items():
        pattern = pattern.replace(name, meaning)
    return re.compile(pattern)
