"""The judge of chord progressions: a parser that says which bar breaks the rules.  Chapter 20."""

from functools import cache
from typing import NamedTuple

from ...errors import require
from .chords import KEYS, parse, parse_key, spell_in, tokens
from .harmony import FORMS, RULES, chord_on, sides

CORE = ("two-five", "home", "minor-two-five", "minor-home")
"""The rules whose chords speak for the key of a ii–V–I."""
NAMED = 6  # expected chords that a message names
MOST = 200  # bars that `judge` reads
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
        The first bar that cannot be right; the number of bars, if the progression must continue.
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


def judge(progression):
    """Find whether a progression obeys the rules, in some form and key, and where it first fails.

    If it fails, the form and key are those in which the longest beginning is right; where no
    beginning of three bars is, or several are as long, those that most bars fit.

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
    bar 6 (counted from 1) is E7; in a blues in F there could be B♭7, B♭m7, Bdim7 or E♭7
    """
    chords = tokens(progression)
    require(len(chords) <= MOST, f"A progression has at most {MOST} bars, got {len(chords)}.")
    verdicts = [_read(chords, form, key) for form in FORMS for key in range(12)]

    def rank(verdict):
        right = len(chords) + 1 if verdict.obeys else verdict.violation
        fitting = _fitting(chords, verdict.form, KEYS.index(verdict.key))
        return right if right > 2 else 0, fitting, right  # two bars say little of the key

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
        key = written_key(judge(chords), chords)
    parse_key(key)  # or refuse it
    return tuple(spell_in(chord, key) for chord in chords)


def written_key(verdict, chords):
    """Return the name of a key as players write it, which in minor has sharps on C, F and G."""
    minor = {verdict.key + quality for quality in ("m7", "m6")} & {*chords, *verdict.expected}
    major = {verdict.key + quality for quality in ("7", "maj7")} & {*chords, *verdict.expected}
    sharp = {"Db": "C#", "Gb": "F#", "Ab": "G#"}
    return sharp.get(verdict.key, verdict.key) if minor and not major else verdict.key


def _message(verdict, chords):
    key = written_key(verdict, chords)
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


@cache
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
    for (symbol, up), *_ in sides(name):
        there = (key + up) % 12
        found |= _first(symbol, there) if symbol in RULES else {chord_on(symbol, there)}
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
        for side in sides(name):
            bars = {start}
            for symbol, up in side:
                there = (key + up) % 12
                if symbol in RULES:
                    bars = {end for bar in bars for end in ends(symbol, there, bar)}
                    continue
                chord = chord_on(symbol, there)
                for bar in bars:
                    expected.setdefault(bar, set()).add(chord)
                bars = {bar + 1 for bar in bars if chords[bar : bar + 1] in ([chord], [ANY])}
            found |= bars
        return found

    return ends(name, key, 0), expected
