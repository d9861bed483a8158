"""Blues and ii–V–I progressions: the grammar, and how it writes them.  Chapter 20.

`RULES` is the only statement of the harmony: `blues` expands it, and `judge` parses with it.
"""

import re
from collections import Counter
from functools import cache
from itertools import product
from numbers import Integral

from ...errors import require, require_generator, require_type
from .chords import ACCIDENTAL, KEYS, NATURAL

RULES = {
    # A name is rewritten by one of the sides between the bars "|"; anything else is a chord, as a
    # degree of the key, and lasts one bar.  "name@5" is the name in the key five semitones up.
    #
    # Twelve bars
    "blues": "call IV7 sixth I7 I7 close I7 last | call IV7 sixth to-the-ii ii-V I7 last | bird",
    "call": "I7 I7 to-the-IV | I7 IV7 to-the-IV",  # bar 2: stay, or the quick change
    "to-the-IV": "I7 dominant@5 | two-five@5",  # bars 3 and 4; I7 is the dominant of IV
    "sixth": "IV7 | #IVdim7 | IVm7 | bVII7",  # bar 6: stay, a step up, minor IV, or its dominant
    "to-the-ii": "I7 dominant@2 | two-five@2 | minor-two-five@2",  # bars 7 and 8
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
    "minor-close": "flat-six | minor-two-five | V7 IVm7 | V7 V7",
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
    "pickup": "to-two | VIm7 two-five | plagal | plagal to-two | around | flat-six",  # not on I
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
    "approach": "to-two | step two-five | plagal | detour plagal | flat-six | dameron"
    " | around | lead approach",
    "lead": "step two-five | plagal | detour plagal | minor-two-five@9 VIm7 VIm7",
    "step": "VI7 | VIm7 | #Idim7 | bIIIdim7 | IIIm7 bIIIdim7 | III7 VIm7",  # as in I VI7 ii V
    "to-two": "arrival | arrival | two-five to-two | to-ii to-two",
    "arrival": "two-five | two-five | minor-two-five | bVIm7 bII7 | IIm7 IIm7 V7 V7",
    "to-ii": "two-five@2 | minor-two-five@2 | minor-two-five@4 minor-two-five@2 | two-five@7"
    " | II7 II7 | bIIIm7 bVI7 | III7 III7 VI7 VI7 IIm7 IIm7 | III7 III7 VIm7 VIm7 II7 II7",
    "around": "III7 III7 VI7 VI7 II7 II7 V7 V7",  # the bridge of rhythm changes
    "plagal": "backdoor | IVmaj7 IVm7 | IVmaj7 bVII7 | IVmaj7 IVmaj7 backdoor"
    " | IVmaj7 IVmaj7 bVII7 bVII7",
    "backdoor": "IVm7 bVII7",
    "detour": "two-five@5 | dominant@5",  # to IV
    "dameron": "bIIImaj7 bVImaj7 bIImaj7",  # the turnaround of Lady Bird
    "minor-approach": "minor-arrival | minor-lead minor-arrival",
    "minor-arrival": "minor-two-five | minor-two-five | IIm7 V7 | flat-six | IVm7 V7",
    "flat-six": "bVI7 V7 | bVImaj7 V7",
    "minor-lead": "VIm7b5 | IVm7 | IVm7 IVm7 | minor-two-five",
}
"""After M. Steedman, "A generative grammar for jazz chord sequences", Music Perception 2 (1984)."""

FORMS = ("blues", "minor blues", "ii-V-I")
LONGEST = 24  # bars that `blues` writes
DEGREE = dict(zip(("I", "II", "III", "IV", "V", "VI", "VII"), NATURAL.values(), strict=True))


@cache
def sides(name):
    """Read a rule: its right sides, each a list of (symbol, semitones up)."""
    return [
        [(symbol, int(up or 0)) for symbol, _, up in (s.partition("@") for s in side.split())]
        for side in RULES[name].split("|")
    ]


@cache
def chord_on(degree, key):
    """Return a degree's chord symbol: `chord_on("bII7", 0)` is "Db7"."""
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
        An argument of the wrong kind, or forms that have too few progressions.
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


def odds(form, key="C"):
    """Return every progression of a form in a key, with its probability under the rules.

    Parameters
    ----------
    form : str
        "blues" or "minor blues"; the chains of "ii-V-I" have no end.
    key : str
        One of `KEYS`.

    Returns
    -------
    dict of tuple of str to float
        The probabilities with which `blues` draws them, which sum to 1.  They are fractions of
        small numbers, and make the exact entropy of the form.

    Raises
    ------
    ValueError
        Another form, or no such key.

    Examples
    --------
    >>> len(rl.music.odds("minor blues"))
    360
    """
    finite = [name for name in FORMS if name != "ii-V-I"]
    require(form in finite, f"form must be one of {finite}, got {form!r:.60}.")
    require(key in KEYS, f"key must be one of {KEYS}, got {key!r:.60}.")
    return dict(_odds(form, KEYS.index(key)))


def _odds(name, key):
    choices, found = sides(name), Counter()
    for side in choices:
        begun = {(): 1 / len(choices)}
        for symbol, up in side:
            there = (key + up) % 12
            parts = _odds(symbol, there) if symbol in RULES else {(chord_on(symbol, there),): 1}
            pairs = product(begun.items(), parts.items())
            begun = Counter()
            for (start, p), (end, q) in pairs:
                begun[start + end] += p * q
        found.update(begun)
    return found


def _check(n, rng, forms):
    whole = isinstance(n, Integral) and not isinstance(n, bool)
    require_type(whole, f"n must be a whole number of progressions, got {n!r:.60}.")
    require(n >= 1, f"n must be at least 1 progression, got {n}.")
    require_generator(rng)
    known = isinstance(forms, list | tuple) and forms and all(form in FORMS for form in forms)
    require(known, f"forms must be a list of some of {FORMS}, got {forms!r:.60}.")


def _expand(name, key, rng):
    choices = sides(name)
    for symbol, up in choices[rng.integers(len(choices))]:
        if symbol in RULES:
            yield from _expand(symbol, (key + up) % 12, rng)
        else:
            yield chord_on(symbol, (key + up) % 12)
