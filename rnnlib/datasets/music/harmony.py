"""Blues and ii–V–I progressions: one grammar writes them and judges them.  Chapter 20.

`RULES` is the only statement of the harmony: `blues` expands it, and `judge` parses with it.
"""

import re
from functools import cache
from typing import NamedTuple

import numpy as np

from .chords import ACCIDENTAL, KEYS, NATURAL, parse, parse_key, spell_in, tokens

RULES = {
    # A name is rewritten by one of the sides between the bars "|"; anything else is a chord, as a
    # degree of the key, and lasts one bar.  "name@5" is the name in the key five semitones up.
    #
    # Twelve bars
    "blues": "call IV7 sixth I7 I7 close I7 last | call IV7 sixth to-the-ii ii-V I7 last | bird",
    "call": "I7 I7 to-the-IV | I7 IV7 to-the-IV",  # bar 2: stay, or the quick change
    "to-the-IV": "I7 dominant@5 | two-five@5",  # bars 3 and 4; I7 is the dominant of IV
    "sixth": "IV7 | #IVdim7 | IVm7",  # bar 6: stay, a diminished step up, or the minor IV
    "to-the-ii": "I7 dominant@2 | two-five@2",  # bars 7 and 8
    "ii-V": "two-five | II7 V7",  # bars 9 and 10
    "close": "V7 IV7 | V7 V7 | two-five | bVI7 V7",  # bars 9 and 10, if bar 8 is I7
    "last": "I7 | dominant",  # bar 12: rest, or turn around
    "bird": "Imaj7 bird-2 VIm7 bird-4 bird-5 IVm7 IIIm7 bird-8 two-five Imaj7 bird-12",
    "bird-2": "VIIm7b5 | III7",  # Charlie Parker's blues: stepwise down from I to IV, and to II
    "bird-4": "Vm7 | I7",
    "bird-5": "IV7 | IVmaj7",
    "bird-8": "bIIIm7 | VI7",
    "bird-12": "Imaj7 | dominant",
    "minor blues": "minor-call IVm7 IVm7 minor-rest minor-close Im7 minor-last",
    "minor-call": "Im7 Im7 minor-to-the-IV | Im7 IVm7 minor-to-the-IV",
    "minor-to-the-IV": "Im7 Im7 | Im7 dominant@5 | minor-two-five@5",
    "minor-rest": "Im7 Im7 | Im7 VIm7b5",
    "minor-close": "bVI7 V7 | bVImaj7 V7 | minor-two-five",
    "minor-last": "Im7 | dominant",
    #
    # The cadences
    "dominant": "V7 | bII7",  # bII7 is the tritone substitute: same third and seventh as V7
    "two-five": "IIm7 dominant",
    "minor-two-five": "IIm7b5 dominant",
    "home": "Imaj7 | Imaj7 Imaj7 | Imaj7 IVmaj7",
    "minor-home": "minor-tonic | minor-tonic minor-tonic",
    "minor-tonic": "Im7 | Im6",
    #
    # A chain of any length through keys; its key is that of the first I
    "ii-V-I": "pickup home | pickup home next | home next | minor | minor-home minor-next",
    "pickup": "to-two | VIm7 two-five | plagal | plagal to-two | around",  # the openings off I
    "major": "approach home | approach home next",
    "to-major": "pivot home | pivot home next",
    "pivot": "two-five | two-five@7 two-five",
    "minor": "minor-approach minor-home | minor-approach minor-home minor-next",
    "to-minor": "minor-two-five minor-home | minor-two-five minor-home minor-next",
    "minor-to-major": "minor-two-five home | minor-two-five home next",
    # the next cadence: same key, a tone down, a fourth up, a third down or up; in the relative
    # minor, the minor on III or VII; or left open, a turnaround back to the first bar
    "next": "major | to-major@10 | to-major@5 | to-major@8 | to-major@4 | minor@9 | to-minor@4"
    " | to-minor@11 | turnaround",
    # same key, minor or major; major on bIII, IV, bVI and bII; minor on IV; major on V; open
    "minor-next": "minor | minor-to-major | to-major@3 | to-major@5 | to-major@8 | to-major@1"
    " | to-minor@5 | minor-to-major@7 | minor-approach",
    "turnaround": "to-two | step two-five | dameron",
    #
    # The ways to I; a side given twice is twice as likely
    "approach": "to-two | step two-five | plagal | detour plagal | dameron | around"
    " | lead approach",
    "lead": "step two-five | plagal | detour plagal | minor-two-five@9 VIm7 VIm7",
    "step": "VI7 | VIm7 | #Idim7 | IIIm7 bIIIdim7 | III7 VIm7",  # as in I VI7 ii V
    "to-two": "arrival | arrival | two-five to-two | to-ii to-two",
    "arrival": "two-five | two-five | minor-two-five | bVIm7 bII7 | IIm7 IIm7 V7 V7",
    "to-ii": "two-five@2 | minor-two-five@2 | minor-two-five@4 minor-two-five@2 | two-five@7"
    " | II7 II7 | bIIIm7 bVI7 | III7 III7 VI7 VI7 IIm7 IIm7 | III7 III7 VIm7 VIm7 II7 II7",
    "around": "III7 III7 VI7 VI7 II7 II7 V7 V7",  # the bridge of rhythm changes
    "plagal": "backdoor | IVmaj7 IVm7 | IVmaj7 bVII7 | IVmaj7 IVmaj7 backdoor",
    "backdoor": "IVm7 bVII7",
    "detour": "two-five@5 | dominant@5",  # to IV
    "dameron": "bIIImaj7 bVImaj7 bIImaj7",  # the turnaround of Lady Bird
    "minor-approach": "minor-arrival | minor-lead minor-arrival",
    "minor-arrival": "minor-two-five | bVI7 V7 | bVImaj7 V7 | IVm7 V7",
    "minor-lead": "VIm7b5 | IVm7 | IVm7 IVm7 | minor-two-five",
}
"""After M. Steedman, "A generative grammar for jazz chord sequences", Music Perception 2 (1984)."""

FORMS = ("blues", "minor blues", "ii-V-I")
CORE = ("two-five", "home", "minor-two-five", "minor-home")
"""The rules whose chords speak for the key of a ii–V–I."""
NAMED = 6  # expected chords that a message names
LONGEST = 24  # bars that `blues` writes
MOST = 200  # bars that `judge` reads
DEGREE = dict(zip(("I", "II", "III", "IV", "V", "VI", "VII"), NATURAL.values(), strict=True))
PRINTED = str.maketrans("b#", "♭♯")
ANY = None  # in place of a chord, fits every rule


class Verdict(NamedTuple):
    """The finding of `judge`; `violation` counts bars from 0, as in Python, the message from 1.

    Attributes
    ----------
    obeys : bool
    form : str
        One of `FORMS`.
    key : str
        One of `KEYS`, the names that chord symbols have in rnnlib.
    violation : int or None
        The first bar that cannot be right; the number of bars, if the progression must go on.
    expected : tuple of str
        The chords that could be there; none, if the progression should have ended.
    message : str
        The same in words, spelt for the key; `str(verdict)` is this message.
    """

    obeys: bool
    form: str
    key: str
    violation: int | None = None
    expected: tuple = ()
    message: str = ""

    def __str__(self):
        return self.message


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
    forms : list or tuple of str
        Any of "blues", "minor blues" (twelve bars each) and "ii-V-I" (3 to 24 bars).

    Returns
    -------
    list of tuple of str
        Chord symbols, one a bar, such as ("C7", "F7", "C7", …).  All twelve keys are equally
        likely, and each of the twelve notes has one name: the chord on F# is written Gb.  `spell`
        writes them as a player would.

    Raises
    ------
    ValueError, TypeError
        n is not a positive whole number, a form is unknown, or the forms have too few
        progressions.
    """
    _check(n, rng, forms)
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


def _check(n, rng, forms):
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"n must be a whole number of progressions, got {n!r:.60}.")
    if n < 1:
        raise ValueError(f"n must be at least 1 progression, got {n}.")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a numpy.random.Generator, such as np.random.default_rng(0), "
            f"got {rng!r:.60}."
        )
    if not isinstance(forms, list | tuple) or not forms or any(f not in FORMS for f in forms):
        raise ValueError(f"forms must be a list of some of {FORMS}, got {forms!r:.60}.")


def _expand(name, key, rng):
    sides = _sides(name)
    for symbol, up in sides[rng.integers(len(sides))]:
        if symbol in RULES:
            yield from _expand(symbol, (key + up) % 12, rng)
        else:
            yield _chord(symbol, (key + up) % 12)


def judge(progression):
    """Tell whether a progression obeys the rules, in some form and key, and where it first fails.

    If it fails, the form and key are those in which the longest beginning is right; where no
    beginning of two bars is, or several are as long, those that most bars fit.

    Parameters
    ----------
    progression : sequence of str
        Chord symbols, one a bar, in the usual spellings: "F#m7b5", "F♯ø" and "Gbmin7b5" are one.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError, TypeError
        No chords, more than 200, or a symbol of no chord in `QUALITIES`.

    Examples
    --------
    >>> print(rl.music.judge("F7 Bb7 F7 F7 Bb7 E7 F7 F7 C7 Bb7 F7 F7".split()))
    bar 6 (counted from 1) is E7; in a blues in F there could be B♭7, B♭m7 or Bdim7
    """
    chords = tokens(progression)
    if len(chords) > MOST:
        raise ValueError(f"A progression has at most {MOST} bars, got {len(chords)}.")
    verdicts = [_read(chords, form, key) for form in FORMS for key in range(12)]

    def rank(verdict):
        right = len(chords) + 1 if verdict.obeys else verdict.violation
        fitting = _fitting(chords, verdict.form, KEYS.index(verdict.key))
        return right if right > 1 else 0, fitting  # one bar alone says nothing of the key

    verdict = max(verdicts, key=rank)
    return verdict._replace(message=_message(verdict, chords))


def spell(progression, key=None):
    """Write a progression as players do in its key: F♯m7 in D, but G♭m7 in D♭.

    Parameters
    ----------
    progression : sequence of str
        Chord symbols as in `judge`.
    key : str, optional
        A note such as "Eb" or "F#"; otherwise the key that `judge` finds.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError, TypeError
        No such key, or what `judge` refuses.

    Examples
    --------
    >>> rl.music.spell(["Dbm7", "Gbm7", "A7", "Ab7", "Dbm7"], key="C#")
    ('C♯m7', 'F♯m7', 'A7', 'G♯7', 'C♯m7')
    """
    chords = tokens(progression)
    if key is None:
        key = _written_key(judge(chords), chords)
    parse_key(key)  # or refuse it
    return tuple(spell_in(chord, key) for chord in chords)


def _written_key(verdict, chords):
    """Return the name of a key as players write it, which in minor has sharps on C, F and G."""
    minor = {verdict.key + quality for quality in ("m7", "m6")} & {*chords, *verdict.expected}
    major = {verdict.key + quality for quality in ("7", "maj7")} & {*chords, *verdict.expected}
    sharp = {"Db": "C#", "Gb": "F#", "Ab": "G#"}
    return sharp.get(verdict.key, verdict.key) if minor and not major else verdict.key


def _message(verdict, chords):
    key = _written_key(verdict, chords)
    form = f"a {verdict.form.replace('-', '–')} in {key[0] + key[1:].translate(PRINTED)}"
    if verdict.obeys:
        return form
    place, bars = verdict.violation, len(chords)
    if place == bars:
        found = f"the progression ends after bar {bars}"
    else:
        found = f"bar {place + 1} (counted from 1) is {spell_in(chords[place], key)}"
    if not verdict.expected:
        return f"{found}; {form} ends before it"
    choice = _choice(verdict, key)
    return f"{found}; in {form} there could {'follow' if place == bars else 'be'} {choice}"


def _choice(verdict, key):
    """List the expected chords in words, those that belong to the key before the others."""
    tonic = KEYS.index(verdict.key)
    core = _core(tonic) if verdict.form == "ii-V-I" else verdict.expected

    def order(chord):
        root, _ = parse(chord)
        return chord not in core, (root - tonic) % 12, chord

    could = sorted(verdict.expected, key=order)
    names = [spell_in(chord, key) for chord in could[:NAMED]]
    if len(could) > NAMED:
        names.append(f"one of {len(could) - NAMED} other chords")
    return " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _fitting(chords, form, key):
    """Count the bars whose chord could be there, whatever the chords before it."""
    columns = [_core(key)] * len(chords) if form == "ii-V-I" else _columns(form, key)
    return sum(chord in column for chord, column in zip(chords, columns, strict=False))


def _core(key):
    """Return the chords that speak for a key in a ii–V–I."""
    return set().union(*(column for name in CORE for column in _columns(name, key)))


@cache
def _columns(name, key):
    """Return the sets of chords that a rule without recursion can have in each bar."""
    _, expected = _parse([ANY] * MOST, name, key)
    return [expected[bar] for bar in sorted(expected)]


def _read(chords, form, key):
    complete, expected = _parse(chords, form, key)
    if len(chords) in complete:
        return Verdict(True, form, KEYS[key])
    violation = max(complete | set(expected))
    return Verdict(False, form, KEYS[key], violation, tuple(sorted(expected.get(violation, ()))))


@cache
def _first(name, key):
    """Return the chords with which a rule can begin."""
    found = set()
    for (symbol, up), *_ in _sides(name):
        there = (key + up) % 12
        found |= _first(symbol, there) if symbol in RULES else {_chord(symbol, there)}
    return found


def _parse(chords, name, key):
    """Parse from the left.  A bar is looked at only if all before it fit.

    Returns
    -------
    complete : set of int
        The bars before which the rule can be complete.
    expected : dict
        The chords that may be in a bar, for each bar that was looked at.
    """
    expected = {}

    @cache
    def ends(name, key, start):
        """Return the bars before which `name`, begun at bar `start`, can be complete."""
        first = _first(name, key)
        if not first.intersection(chords[start : start + 1]) and chords[start : start + 1] != [ANY]:
            expected.setdefault(start, set()).update(first)  # no side can begin here
            return set()
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
                bars = {bar + 1 for bar in bars if chords[bar : bar + 1] in ([chord], [ANY])}
            found |= bars
        return found

    return ends(name, key, 0), expected
