"""Chord symbols: read in any usual spelling, shown in that of a key.  Chapter 20.

Inside rnnlib a chord has one name, a *token* such as "Gb7": one of `KEYS` and one of `QUALITIES`.
"""

import re

from ...errors import require, require_type

KEYS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
"""The twelve roots as tokens spell them, in semitones above C."""

QUALITIES = {
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m6": (0, 3, 7, 9),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
}
"""The chords, as semitones above the root."""

NATURAL = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
ACCIDENTAL = {"": 0, "b": -1, "#": 1, "bb": -2, "##": 2}
ACCIDENTAL_OF = {-1: "b", 1: "#"}
SIGNS = str.maketrans({"♭": "b", "♯": "#", "𝄫": "bb", "𝄪": "##"})
ALIASES = {
    "maj7": "Maj7 ma7 M7 Δ Δ7 △ △7",
    "m7": "min7 mi7 -7",
    "m6": "min6 mi6 -6",
    "m7b5": "min7b5 mi7b5 -7b5 m7(b5) ø ø7 Ø Ø7",
    "dim7": "°7 º7 o7",
}
QUALITY = {name: name for name in QUALITIES}
QUALITY |= {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}

STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)
"""For each semitone above the tonic, how many letters above the tonic's: bII, but #IV."""


def parse(symbol, bar=0):
    """Return (root, quality) of a chord symbol; `bar` is its place, for the error.

    Raises
    ------
    ValueError, TypeError
        No chord symbol, or one of another chord than the six of `QUALITIES`.
    """
    require_type(
        isinstance(symbol, str),
        f"Bar {bar + 1} (counted from 1) is {symbol!r:.60}, which is not a string.",
    )
    match = re.fullmatch("([A-G])(bb|##|b|#|)(.*)", symbol.translate(SIGNS))
    require(
        match and match[3] in QUALITY,
        f"{symbol!r:.60} in bar {bar + 1} (counted from 1) is not a chord known here: give a "
        f"root such as C, Eb or F# and one of {', '.join(QUALITIES)}; write C or C6 as Cmaj7, "
        "and C9 or C13 as C7.",
    )
    return (NATURAL[match[1]] + ACCIDENTAL[match[2]]) % 12, QUALITY[match[3]]


def parse_all(progression):
    """Return a list of the (root, quality) of each chord; errors as `parse`, or no chords."""
    require_type(
        not isinstance(progression, str),
        f"A progression is a list of chord symbols, got the string {progression!r:.60}: split it.",
    )
    require_type(
        not isinstance(progression, set | frozenset | dict),
        f"A progression is a list of chord symbols in their order, got {progression!r:.60}.",
    )
    try:
        symbols = list(progression)
    except TypeError:
        raise TypeError(
            f"A progression is a list of chord symbols, got {progression!r:.60}."
        ) from None
    require(symbols, "A progression needs at least one chord, got none.")
    return [parse(symbol, bar) for bar, symbol in enumerate(symbols)]


def tokens(progression):
    """Return each chord by the one name that rnnlib has for it: "F♯ø" is "Gbm7b5"."""
    return [KEYS[root] + quality for root, quality in parse_all(progression)]


def parse_key(key):
    """Return the pitch class of a key such as "Eb" or "F♯"."""
    name = key.translate(SIGNS) if isinstance(key, str) else ""
    require(
        re.fullmatch("[A-G][b#]?", name),
        f"key must be a note such as 'C', 'Eb' or 'F#', got {key!r:.60}.",
    )
    return (NATURAL[name[0]] + ACCIDENTAL[name[1:]]) % 12


def spell_in(symbol, key):
    """Return a chord symbol as a player in `key` writes it: A♭7 in C minor, but G♯7 in C♯ minor.

    The root's letter follows from its degree; a root that would need a double accidental, or be
    called C♭, F♭, E♯ or B♯, takes the plainer name, except on the fourth degree.
    """
    root, quality = parse(symbol)
    tonic = key.translate(SIGNS)
    above = (root - parse_key(key)) % 12
    steps = STEPS[above]
    if quality == "dim7" and above in (1, 8):  # passing chords on their way up, to II and VI
        steps -= 1
    if quality in ("7", "maj7") and above == 6:  # bV7, on its way down to IV
        steps = 4
    letter = "CDEFGAB"[("CDEFGAB".index(tonic[0]) + steps) % 7]
    lift = (root - NATURAL[letter] + 6) % 12 - 6
    name = letter + ACCIDENTAL_OF.get(lift, "")
    fourth = above == 5  # C♭ is right in G♭ only
    if abs(lift) > 1 or (name in ("Cb", "Fb", "E#", "B#") and not fourth):
        name = KEYS[root]
    return (name + quality).replace("b", "♭").replace("#", "♯")
