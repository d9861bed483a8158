"""Twelve-bar blues and ii–V–I progressions: one grammar writes them and judges them.  Chapter 19.

`RULES` is the only statement of the harmony: `blues` expands it, `judge` parses with it, and
`sound` plays chords, whoever wrote them.
"""

import re
from functools import cache
from typing import NamedTuple

import numpy as np

RULES = {
    # A name is rewritten by one of the sides between the bars "|"; anything else is a chord, as a
    # degree of the key, and lasts one bar.  "name@5" is the name in the key five semitones up.
    "blues": "call IV7 sixth I7 I7 close I7 last | call IV7 sixth to-the-ii two-five I7 last",
    "call": "I7 I7 to-the-IV | I7 IV7 to-the-IV",  # bar 2: stay, or the quick change
    "to-the-IV": "I7 dominant@5 | two-five@5",  # bars 3 and 4; I7 is the dominant of IV
    "sixth": "IV7 | #IVdim7 | IVm7",  # bar 6: stay, a diminished step up, or the minor IV
    "to-the-ii": "I7 dominant@2 | two-five@2",  # bars 7 and 8
    "close": "V7 IV7 | V7 V7 | two-five",  # bars 9 and 10
    "last": "I7 | dominant",  # bar 12: rest, or turn around
    "two-five": "IIm7 dominant",
    "dominant": "V7 | bII7",  # bII7 is the tritone substitute: same third and seventh as V7
    "minor blues": "minor-call IVm7 IVm7 Im7 Im7 minor-close Im7 minor-last",
    "minor-call": "Im7 Im7 minor-to-the-IV | Im7 IVm7 minor-to-the-IV",
    "minor-to-the-IV": "Im7 Im7 | Im7 dominant@5 | minor-two-five@5",
    "minor-close": "bVI7 V7 | minor-two-five",
    "minor-last": "Im7 | dominant",
    "minor-two-five": "IIm7b5 dominant",
    "ii-V-I": "cadence | cadence next",  # a chain of any length; its key is that of the first I
    "cadence": "two-five home | two-five@2 two-five home | minor-two-five minor-home",
    "home": "Imaj7 | Imaj7 Imaj7",
    "minor-home": "Im6 | Im6 Im6",
    # the next cadence: same key, a tone down, a fourth up, a major third down
    "next": "ii-V-I | ii-V-I@10 | ii-V-I@5 | ii-V-I@8",
}
"""After M. Steedman, "A generative grammar for jazz chord sequences", Music Perception 2 (1984)."""

FORMS = ("blues", "minor blues", "ii-V-I")
KEYS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
QUALITIES = {
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m6": (0, 3, 7, 9),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
}
LONGEST = 24  # bars that `blues` writes
MOST = 200  # bars that `judge` reads
NATURAL = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
DEGREE = dict(zip(("I", "II", "III", "IV", "V", "VI", "VII"), NATURAL.values(), strict=True))
ACCIDENTAL = {"": 0, "b": -1, "#": 1}


class Verdict(NamedTuple):
    """What `judge` found; bars are counted from 0, as in Python.

    Where the rules are broken, `form` and `key` are those that fit the longest beginning,
    `violation` is the first bar that cannot be right, and `expected` the chords that can be there
    (none, if the progression should have ended).
    """

    obeys: bool
    form: str
    key: str
    violation: int | None = None
    expected: tuple = ()


@cache
def _sides(name):
    """Read a rule: its right sides, each a list of (symbol, semitones up)."""
    return [
        [(symbol, int(up or 0)) for symbol, _, up in (s.partition("@") for s in side.split())]
        for side in RULES[name].split("|")
    ]


@cache
def _chord(degree, key):
    """Return a degree's chord symbol: `_chord("bII7", 0)` is "Db7"."""
    accidental, numeral, quality = re.fullmatch(r"([b#]?)([IV]+)(.+)", degree).groups()
    return KEYS[(key + DEGREE[numeral] + ACCIDENTAL[accidental]) % 12] + quality


def blues(n, rng, forms=FORMS):
    """Write different chord progressions by the rules.

    Parameters
    ----------
    n : int
    rng : numpy.random.Generator
    forms : sequence of str
        Any of "blues", "minor blues" (twelve bars each) and "ii-V-I" (3 to 24 bars).

    Returns
    -------
    list of tuple of str
        Chord symbols, one a bar, such as ("C7", "F7", "C7", …); all twelve keys are equally
        likely, and each of the twelve notes has one name: the chord on F# is written Gb.

    Raises
    ------
    ValueError, TypeError
        n is not a positive whole number, a form is unknown, or the forms have too few
        progressions.
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"n must be a whole number of progressions, got {n!r}.")
    if n < 1:
        raise ValueError(f"n must be at least 1 progression, got {n}.")
    if isinstance(forms, str) or not forms or not set(forms) <= set(FORMS):
        raise ValueError(f"forms must be a list of some of {FORMS}, got {forms!r}.")
    found = {}
    for _ in range(20 * n):
        form, key = forms[rng.integers(len(forms))], int(rng.integers(12))
        progression = tuple(_expand(form, key, rng))
        if len(progression) <= LONGEST:
            found[progression] = None
        if len(found) == n:
            return list(found)
    raise ValueError(
        f"{20 * n:,} attempts found only {len(found):,} different progressions of the forms "
        f"{forms}: ask for fewer than {n:,}, or for more forms."
    )


def _expand(name, key, rng):
    sides = _sides(name)
    for symbol, up in sides[rng.integers(len(sides))]:
        if symbol in RULES:
            yield from _expand(symbol, (key + up) % 12, rng)
        else:
            yield _chord(symbol, (key + up) % 12)


def judge(progression):
    """Say whether a progression obeys the rules, in some form and key, and where it first fails.

    Parameters
    ----------
    progression : sequence of str
        Chord symbols, one a bar.  F# may stand for Gb.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError, TypeError
        No chords, more than 200, or a symbol that is no chord.
    """
    chords = [KEYS[root] + quality for root, quality in _parse_all(progression)]
    if len(chords) > MOST:
        raise ValueError(f"A progression has at most {MOST} bars, got {len(chords)}.")
    verdicts = [_read(chords, form, key) for form in FORMS for key in range(12)]
    return max(verdicts, key=lambda v: len(chords) + 1 if v.obeys else v.violation)


def _read(chords, form, key):
    """Parse from the left in one form and key.  A bar is looked at only if all before it fit."""
    expected = {}  # bar -> chords that may stand there

    @cache
    def ends(name, key, start):
        """Return the bars before which `name`, begun at bar `start`, can be complete."""
        found = set()
        for side in _sides(name):
            bars = {start}
            for symbol, up in side:
                there = (key + up) % 12
                if symbol in RULES:
                    bars = {end for bar in bars for end in ends(symbol, there, bar)}
                    continue
                chord = _chord(symbol, there)
                for bar in bars:
                    expected.setdefault(bar, set()).add(chord)
                bars = {bar + 1 for bar in bars if chords[bar : bar + 1] == [chord]}
            found |= bars
        return found

    complete = ends(form, key, 0)
    if len(chords) in complete:
        return Verdict(True, form, KEYS[key])
    violation = max(complete | set(expected))
    return Verdict(False, form, KEYS[key], violation, tuple(sorted(expected.get(violation, ()))))


def _parse_all(progression):
    """Return (root, quality) of each chord."""
    if isinstance(progression, str):
        raise TypeError(
            f"A progression is a list of chord symbols, got the string {progression!r}: split it."
        )
    if not len(progression):
        raise ValueError("A progression needs at least one chord, got none.")
    return [_parse(symbol, bar) for bar, symbol in enumerate(progression)]


def _parse(symbol, bar):
    match = re.fullmatch(rf"([A-G])([b#]?)({'|'.join(QUALITIES)})", str(symbol))
    if not match:
        raise ValueError(
            f"{symbol!r} in bar {bar} is no chord of this chapter: give a root such as C, Eb or F# "
            f"and one of {', '.join(QUALITIES)}."
        )
    letter, accidental, quality = match.groups()
    return (NATURAL[letter] + ACCIDENTAL[accidental]) % 12, quality


def voicings(progression):
    """Choose the notes of each chord so that the upper voices move as little as they can.

    Returns
    -------
    list of (int, tuple of int)
        The bass, always the root, and the four voices above it from low to high, as MIDI numbers
        (60 is the middle C).
    """
    voiced, before = [], None
    for root, quality in _parse_all(progression):
        tones = [root + tone for tone in QUALITIES[quality]]
        inversions = [
            tuple(sorted(tone + 12 * (octave + (i < lifted)) for i, tone in enumerate(tones)))
            for octave in (3, 4, 5)
            for lifted in range(4)
        ]

        def effort(voices, before=before):
            moved = sum(abs(a - b) for a, b in zip(voices, before or voices, strict=True))
            return moved + abs(np.mean(voices) - 62), voices  # and stay near the middle

        before = min(inversions, key=effort)
        voiced.append((40 + (root - 4) % 12, before))
    return voiced


def sound(progression, tempo=120, sample_rate=22050):
    """Play a progression: swung chords over a walking bass.

    The bass walks root, third, fifth and the semitone below the next root; the chord sounds on
    the first beat and, swung, two thirds into the second.

    Parameters
    ----------
    progression : sequence of str
        Chord symbols; each lasts a bar of four beats.
    tempo : float
        Beats per minute, from 30 to 300.
    sample_rate : int
        Samples per second, from 8,000 to 192,000.

    Returns
    -------
    ndarray (bars · 240 / tempo · sample_rate,) of float32
        Samples between -1 and 1; `IPython.display.Audio(samples, rate=sample_rate)` plays them.

    Raises
    ------
    ValueError, TypeError
        A tempo or rate outside these limits, or what `judge` would refuse to read.
    """
    if not 30 <= tempo <= 300:
        raise ValueError(f"tempo must be between 30 and 300 beats per minute, got {tempo}.")
    if not 8000 <= sample_rate <= 192_000:
        raise ValueError(f"sample_rate must be between 8,000 and 192,000, got {sample_rate}.")
    voiced = voicings(progression)
    beat = 60 / tempo
    samples = np.zeros(round(len(voiced) * 4 * beat * sample_rate))

    def play(pitch, start, beats, volume):
        begin, end = (round(b * beat * sample_rate) for b in (start, start + beats))
        samples[begin:end] += volume * _tone(pitch, end - begin, sample_rate)

    for bar, (bass, voices) in enumerate(voiced):
        _, third, fifth, _ = QUALITIES[_parse(progression[bar], bar)[1]]
        following = voiced[(bar + 1) % len(voiced)][0]
        for i, pitch in enumerate((bass, bass + third, bass + fifth, following - 1)):
            play(pitch, 4 * bar + i, 1, 0.5)
        for pitch in voices:
            play(pitch, 4 * bar, 1.5, 0.25)
            play(pitch, 4 * bar + 1 + 2 / 3, 2 + 1 / 3, 0.2)
    return (0.9 * samples / np.abs(samples).max()).astype(np.float32)


def _tone(pitch, length, sample_rate):
    """Return one plucked note: six harmonics, the higher the weaker and the sooner gone."""
    t = np.arange(length) / sample_rate
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    wave = sum(
        np.exp(-1.5 * k * t) * np.sin(2 * np.pi * k * hertz * t) / k**2
        for k in range(1, 7)
        if k * hertz < sample_rate / 2
    )
    ramp = np.minimum(t / 0.01, (length / sample_rate - t) / 0.04)  # seconds to rise and to fall
    return wave * np.sin(np.pi / 2 * np.clip(ramp, 0, 1)) ** 2
