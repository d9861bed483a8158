"""Which submissions are alike: fingerprints of code, without names, comments and layout.

Winnowing, after S. Schleimer, D. S. Wilkerson and A. Aiken, "Winnowing: local algorithms for
document fingerprinting", SIGMOD 2003.  A run of K tokens is hashed; of every W hashes in a row the
smallest is kept, so every run of K + W - 1 tokens that two texts share leaves a common fingerprint.
What the release gives to everybody is left out, and what most of the class has written.

The report is a hint and no proof: there are not many ways to write a short formula.
"""

import builtins
import hashlib
import keyword
import re
from collections import Counter
from itertools import combinations
from typing import NamedTuple

import numpy as np

from classroom import notebooks

K = 9
"""Tokens in a fingerprint."""

W = 3
"""Hashes of which one is kept."""

SUSPICIOUS = 0.6
"""Share of fingerprints from which on a pair is worth reading."""

ENOUGH = 12
"""Fingerprints of one's own, without which a share says nothing."""

CLASS = 6
"""Submissions from which on "most of the class" means something."""

TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<string>(?:\b[rRbBfFuU]{1,2})?(?:'''(?:.|\n)*?'''|\"\"\"(?:.|\n)*?\"\"\"
                                     |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
      | (?P<number>\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\d\w*)
      | (?P<name>[^\W\d]\w*)
      | (?P<newline>\n)
      | (?P<operator>\*\*=?|//=?|->|:=|[-+*/%@&|^<>=!]=|<<|>>|\S)""",
    re.VERBOSE,
)
WORDS = {*keyword.kwlist, *dir(builtins)} - {"sum", "max", "min", "abs", "pow", "all", "any"}
METHODS = {*dir(np), *dir(np.ndarray), *dir(np.random.Generator), *dir(str), *dir(list), *dir(dict)}
HINT = (
    "This is a hint and no proof. Short formulas have few forms, and students learn from the same "
    "book: read both, ask both, before you think anything."
)


class Token(NamedTuple):
    """A token without what is easily changed, and the line it comes from."""

    text: str
    line: int


class Span(NamedTuple):
    """Lines of one cell, the first and the last."""

    cell: str
    first: int
    last: int


class Pair(NamedTuple):
    """Two submissions: how much of the smaller one is in the other, and where."""

    share: float
    common: int
    students: tuple
    places: list


def tokens(source):
    """Return the tokens of Python code, complete or not.

    Names become "n", except keywords, built-ins, and what follows a dot and is NumPy's or a
    container's; texts become "s".  Comments, layout and texts that are lines of their own go.
    """
    found, start = [], 0
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup, match[match.lastgroup]
        line = source.count("\n", 0, match.start()) + 1
        if kind in ("comment", "newline"):
            continue
        if kind == "string":
            start = source.rfind("\n", 0, match.start()) + 1
            end = source.find("\n", match.end())
            rest = source[match.end() : end if end >= 0 else None].split("#")[0]
            if not source[start : match.start()].strip() and not rest.strip():
                continue
            text = "s"
        elif kind == "name":
            after_dot = bool(found) and found[-1].text == "."
            if text not in WORDS and not (after_dot and text in METHODS):
                text = "n"
        elif kind == "operator" and text == "," and _closes(source, match.end()):
            continue
        found.append(Token(text, line))
    return found


def _closes(source, position):
    """Tell whether a comma is followed by a bracket, where it is only layout."""
    return source[position:].lstrip()[:1] in (")", "]", "}")


def hashes(found):
    """Return the hash of each run of K tokens, with the lines it spans."""
    runs = [found[i : i + K] for i in range(len(found) - K + 1)]
    digest = [
        int.from_bytes(
            hashlib.blake2b(" ".join(t.text for t in run).encode(), digest_size=8).digest()
        )
        for run in runs
    ]
    return [(d, run[0].line, run[-1].line) for d, run in zip(digest, runs, strict=True)]


def winnow(hashed):
    """Return of every W hashes in a row the smallest, the last of equals, each place once."""
    kept = {}
    for start in range(max(1, len(hashed) - W + 1)):
        window = range(start, min(start + W, len(hashed)))
        if window:
            place = min(window, key=lambda i: (hashed[i][0], -i))
            kept[place] = hashed[place]
    return list(kept.values())


def fingerprints(answers):
    """Return the fingerprints of a submission's cells, each with the spans where it is found."""
    found = {}
    for cell, source in answers.items():
        for digest, first, last in winnow(hashes(tokens(source))):
            found.setdefault(digest, []).append(Span(cell, first, last))
    return found


def compare(submissions, given=()):
    """Compare submissions with each other.

    Parameters
    ----------
    submissions : dict
        For each student the sources of the answer cells, by cell.
    given : iterable of str
        Code that everybody was given.

    Returns
    -------
    pairs : list of Pair
        All pairs that have anything in common, the most alike first.
    """
    known = {digest for source in given for digest, *_ in hashes(tokens(source))}
    found = {student: fingerprints(answers) for student, answers in submissions.items()}
    counted = Counter(digest for own in found.values() for digest in own)
    if len(found) >= CLASS:
        known |= {digest for digest, n in counted.items() if n > len(found) / 2}
    own = {s: {d: spans for d, spans in f.items() if d not in known} for s, f in found.items()}
    pairs = []
    for a, b in combinations(sorted(own), 2):
        common, least = own[a].keys() & own[b].keys(), min(len(own[a]), len(own[b]))
        if common:
            share = len(common) / max(least, ENOUGH)
            places = _places([(own[a][d][0], own[b][d][0]) for d in common])
            pairs.append(Pair(share, len(common), (a, b), places))
    return sorted(pairs, key=lambda pair: (-pair.share, -pair.common, pair.students))


def _places(matches):
    """Join matches that touch each other into pairs of spans."""
    joined = []
    for left, right in sorted(matches):
        if joined:
            (a, b), touches = joined[-1], lambda x, y: x.cell == y.cell and y.first <= x.last + 1
            if (
                touches(a, left)
                and b.cell == right.cell
                and b.first - 2 <= right.first <= b.last + 1
            ):
                joined[-1] = (
                    Span(a.cell, a.first, max(a.last, left.last)),
                    Span(b.cell, min(b.first, right.first), max(b.last, right.last)),
                )
                continue
        joined.append((left, right))
    return joined


def side_by_side(pair, submissions, width=56):
    """Return the lines that two submissions have in common, in two columns."""
    lines = []
    for spans in pair.places:
        columns = []
        for student, span in zip(pair.students, spans, strict=True):
            source = submissions[student][span.cell].splitlines()
            columns.append([f"{student}, {span.cell}, line {span.first}"])
            columns[-1] += [f"  {text}" for text in source[span.first - 1 : span.last]]
        height = max(map(len, columns))
        left, right = ([*column, *[""] * (height - len(column))] for column in columns)
        lines += [
            f"{a[:width]:{width}} | {b[:width]}".rstrip() for a, b in zip(left, right, strict=True)
        ]
        lines.append("")
    return lines


def report(course, name):
    """Return the report of one assignment of a course, as text."""
    source = course.load(name).source
    release = notebooks.release(source)
    code = {
        notebooks.settings(c)["grade_id"] for c in source.cells if notebooks.kind(c) == "answer"
    }
    submissions, unread = {}, []
    for student, path in course.submissions(name):
        try:
            answers = notebooks.read_submission(path, source).answers
        except notebooks.Refused:
            unread.append(student)
            continue
        submissions[student] = {cell: text for cell, text in answers.items() if cell in code}
    given = [cell["source"] for cell in release.cells if cell["cell_type"] == "code"]
    pairs = compare(submissions, given)
    alike = [pair for pair in pairs if pair.share >= SUSPICIOUS]
    lines = [
        f"{name}: {len(submissions)} submissions, pairs worth reading: {len(alike)}.",
        HINT,
        "",
    ]
    if unread:
        lines.insert(1, f"Not read: {', '.join(unread)}.")
    for pair in alike:
        a, b = pair.students
        lines += [f"{a} and {b}: {pair.share:.0%}, {pair.common} fingerprints in common", ""]
        lines += side_by_side(pair, submissions)
    rest = [pair for pair in pairs if pair.share < SUSPICIOUS][:3]
    if rest:
        below = [f"{p.students[0]} and {p.students[1]} {p.share:.0%}" for p in rest]
        lines.append(f"Next, as a measure of what is usual: {', '.join(below)}.")
    return "\n".join(lines)
