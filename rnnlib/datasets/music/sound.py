"""How a progression sounds: a trio of piano, walking bass and drums, in swing.  Chapter 20."""

from collections import Counter
from functools import cache
from itertools import product
from numbers import Real

import numpy as np

from ...errors import require, require_type
from .chords import KEYS, QUALITIES, parse_all, tokens
from .judging import judge

PARTS = ("bass", "chords", "drums")
LOW, HIGH = 28, 55  # E1 and G3, the range of the bass
LEFT, RIGHT = 50, 76  # D3 and E5, that of the chords
ENDING = 2  # bars in which the last chord rings
SWUNG = 2 / 3  # the second half of a beat comes late, where the third note of a triplet is

COMPING = (
    # per bar, in turn: the beats on which the chord is struck, and how many beats it lasts
    ((0, 1.5), (1 + SWUNG, 2)),  # the Charleston
    ((SWUNG, 1), (2 + SWUNG, 1.2)),  # both times after the beat
)
RIDE = (0, 1, 1 + SWUNG, 2, 3, 3 + SWUNG)  # ding, ding-a ding, ding-a
HI_HAT = (1, 3)  # the second and the fourth beat
TONIC = {"blues": ("7", "maj7"), "minor blues": ("m7", "m6"), "ii-V-I": ("maj7", "m7", "m6")}


def voicings(progression):
    """Choose the notes of each chord so that the upper voices move as little as they can.

    Returns
    -------
    list of (int, tuple of int)
        The root in the bass, and the four voices above it from low to high, as MIDI numbers
        (60 is middle C).
    """
    voiced, before = [], None
    for root, quality in parse_all(progression):
        tones = [root + tone for tone in QUALITIES[quality]]
        inversions = [
            tuple(sorted(tone + 12 * (octave + (i < lifted)) for i, tone in enumerate(tones)))
            for octave in (3, 4, 5)
            for lifted in range(4)
        ]

        def effort(voices, before=before):
            moved = sum(abs(a - b) for a, b in zip(voices, before or voices, strict=True))
            return moved + abs(np.mean(voices) - 62), voices  # and stay near the middle

        comfortable = [i for i in inversions if min(i) >= LEFT and max(i) <= RIGHT]
        before = min(comfortable, key=effort)
        voiced.append((LOW + 12 + (root - LOW) % 12, before))
    return voiced


def walking_bass(progression):
    """Write a bass line of four notes a bar, between E1 and G3.

    Beat one is the root, beats two and three are chord tones or the second of the chord, and beat
    four lies within a whole tone of the next root and a fourth of beat three.  Of the lines that
    do so, the one that moves least is taken, and one that the same chord had before is avoided.

    Parameters
    ----------
    progression : sequence of str

    Returns
    -------
    list of tuple of int
        MIDI numbers.  The last bar leads to the root of the tonic chord with which `sound` ends.
    """
    progression = tokens(progression)
    chords = parse_all([*progression, final_chord(progression)])
    roots = _roots(chords)
    used, lines = Counter(), []
    for (_, quality), root, following in zip(chords, roots, roots[1:], strict=False):
        tones = QUALITIES[quality]
        inner = [root + tone + shift for tone in (*tones, 2) for shift in (-12, 0, 12)]
        inner = [note for note in inner if max(LOW, root - 9) <= note <= min(HIGH, root + 9)]
        ends = [following + step for step in (-1, 1, -2, 2)]
        best = None
        for second, third, fourth in product(inner, inner, ends):
            line = (root, second, third, fourth)
            cost = _effort(line, following, tones) + 8 * used[quality, _shape(line)]
            if best is None or (cost, line) < best:
                best = cost, line
        lines.append(best[1])
        used[quality, _shape(best[1])] += 1
    return lines


def _roots(chords):
    """Place each root in the octave next to the root before, not far from the middle."""
    roots = []
    for root, _ in chords:
        octaves = range(LOW + 1 + (root - LOW - 1) % 12, HIGH - 6, 12)
        before = roots[-1] if roots else 38
        roots.append(min(octaves, key=lambda note: abs(note - before) + 0.7 * abs(note - 38)))
    return roots


def _shape(line):
    return tuple(note - line[0] for note in line[1:3])


def _effort(line, following, tones):
    """Return how much a line moves; what a bass player avoids costs more."""
    root, second, third, fourth = line
    leaps = [abs(a - b) for a, b in zip(line, (*line[1:], following), strict=True)]
    if max(leaps) > 9 or leaps[2] > 5 or not LOW <= fourth <= HIGH:
        return np.inf
    away = (fourth - root) % 12 not in tones and abs(fourth - following) == 2
    turned = (second - root) * (third - second) < 0
    back = 6 * (fourth in (root, second)) + 3 * (third == root)
    return sum(leaps) + 12 * leaps.count(0) + back + 3 * away + turned


def final_chord(progression):
    """Return the chord on which a progression comes to rest: its last tonic.

    One that ends on a dominant would turn back to its first bar; it rests on the tonic of its key.
    """
    chords = parse_all(progression)
    verdict = judge(progression)
    key = KEYS.index(verdict.key)
    tonics = [chord for chord in chords if chord[0] == key and chord[1] in TONIC[verdict.form]]
    if verdict.form == "ii-V-I" and chords[-1][1] != "7":  # the key may have changed
        around = zip(chords, chords[1:], [*chords[2:], None], strict=False)
        tonics += [chord for before, chord, after in around if _is_rest(before, chord, after)]
    root, quality = tonics[-1] if tonics else (key, TONIC[verdict.form][0])
    return KEYS[root] + quality


def _is_rest(before, chord, after):
    """Whether a cadence ends on a chord: it comes from V7, bII7, bVII7 or IVm7, and stays.

    A chord before the dominant of its fourth, or that turns to minor, was ii or IV.
    """

    def seen_from(other):
        return (other[0] - chord[0]) % 12, other[1]

    goes_on = [(5, "7"), (11, "7"), (0, "m7")] if chord[1] == "maj7" else [(5, "7"), (11, "7")]
    return (
        chord[1] in TONIC["ii-V-I"]
        and seen_from(before) in [(7, "7"), (1, "7"), (10, "7"), (5, "m7")]
        and (after is None or seen_from(after) not in goes_on)
    )


def sound(progression, tempo=120, sample_rate=22050, parts=PARTS):
    """Play a progression in swing: chords over a walking bass, ride cymbal and hi-hat.

    Two rhythms of the chords alternate.  After the last bar the tonic chord rings for two bars.

    Parameters
    ----------
    progression : sequence of str
        Chord symbols; each lasts a bar of four beats.
    tempo : float
        Beats per minute, from 30 to 300.
    sample_rate : int
        Samples per second, from 8,000 to 192,000.
    parts : list or tuple of str
        Any of "bass", "chords" and "drums".

    Returns
    -------
    ndarray ((bars + 2) · 240 / tempo · sample_rate,) of float32
        Samples between -1 and 1; `IPython.display.Audio(samples, rate=sample_rate)` plays them,
        and `write_wav` saves them.

    Raises
    ------
    ValueError, TypeError
        A tempo or rate outside these limits, no or unknown parts, or what `judge` refuses.
    """
    _check(tempo, sample_rate, parts)
    tempo, sample_rate = float(tempo), int(sample_rate)  # half precision would run over
    progression = tokens(progression)
    final = final_chord(progression)
    players = {"bass": _bass, "chords": _chords, "drums": _drums}
    beat = 60 / tempo * sample_rate  # samples
    bars = len(progression)
    samples = np.zeros(round((bars + ENDING) * 4 * beat))
    for part in PARTS:
        if part in parts:
            for start, beats, wave in players[part](progression, final, beat, sample_rate):
                begin, end = round(start * beat), min(round((start + beats) * beat), len(samples))
                samples[begin:end] += wave(end - begin)
    fade = np.clip(np.arange(len(samples), 0, -1) / (4 * beat), 0, 1)  # over the last bar
    samples *= np.sin(np.pi / 2 * fade) ** 2
    return (0.9 * samples / np.abs(samples).max()).astype(np.float32)


def _check(tempo, sample_rate, parts):
    for name, number in [("tempo", tempo), ("sample_rate", sample_rate)]:
        real = isinstance(number, Real) and not isinstance(number, bool)
        require_type(real, f"{name} must be a number, got {number!r:.60}.")
    require(
        30 <= tempo <= 300,
        f"tempo must be between 30 and 300 beats per minute, got {tempo}.",
    )
    require(
        8000 <= sample_rate <= 192_000 and sample_rate == round(sample_rate),
        "sample_rate must be between 8,000 and 192,000, a whole number of samples per second, "
        f"got {sample_rate}.",
    )
    known = isinstance(parts, list | tuple) and parts and all(part in PARTS for part in parts)
    require(known, f"parts must be a list of some of {PARTS}, got {parts!r:.60}.")


# A player yields (start, beats, wave) of each note: two times in beats, and a function that returns
# as many samples as requested.


def _bass(progression, final, beat, sample_rate):
    """Pluck the walking line; at the end the root, twice."""
    line = [note for bar in walking_bass(progression) for note in bar]
    rest = _roots(parse_all([*progression, final]))[-1]

    @cache
    def pluck(pitch, length):
        # A small speaker gives nothing below 150 Hz: the ear hears the pitch from the harmonics.
        return 0.26 * _tone(pitch, length, sample_rate, harmonics=12, decay=0.5, slope=0.6)

    for i, pitch in enumerate(line):
        yield i, 1, lambda length, pitch=pitch: pluck(pitch, length)
    yield len(line), 4 * ENDING, lambda length: pluck(rest, length)


def _chords(progression, final, beat, sample_rate):
    """Strike the four voices in the rhythms of `COMPING`; at the end all at once."""

    @cache
    def strike(voices, length):
        return sum(
            _tone(pitch, length, sample_rate, harmonics=6, decay=1.5, slope=2) for pitch in voices
        )

    voiced = voicings([*progression, final])
    for bar, (_, voices) in enumerate(voiced[:-1]):
        for hit, beats in COMPING[bar % 2]:
            volume = 0.24 if hit == 0 else 0.2
            yield 4 * bar + hit, beats, lambda n, voices=voices, v=volume: v * strike(voices, n)
    yield 4 * (len(voiced) - 1), 4 * ENDING, lambda n: 0.24 * strike(voiced[-1][1], n)


def _drums(progression, final, beat, sample_rate):
    """Play the ride cymbal all the time, the hi-hat on two and four; at the end one long stroke."""
    rng = np.random.default_rng(0)  # the cymbals are the same in every piece
    ride = 0.075 * _cymbal(rng, sample_rate, seconds=0.12)
    crash = 0.13 * _cymbal(rng, sample_rate, seconds=1.2)
    hat = 0.17 * _cymbal(rng, sample_rate, seconds=0.05)

    def stroke(wave):
        return lambda length: np.pad(wave, (0, max(0, length - len(wave))))[:length]

    for bar in range(len(progression)):
        for hit in RIDE:
            accent = stroke(ride * (1.2 if hit in HI_HAT else 0.9))
            yield 4 * bar + hit, 4, accent
        for hit in HI_HAT:
            yield 4 * bar + hit, 4, stroke(hat)
    yield 4 * len(progression), 4 * ENDING, stroke(crash)


def _tone(pitch, length, sample_rate, harmonics, decay, slope):
    """Return one plucked note: harmonic k has amplitude 1 / k^slope and dies k times as fast."""
    t = np.arange(length) / sample_rate
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    harmonics = min(harmonics, int(sample_rate / 2 / hertz))
    turning = np.exp((2j * np.pi * hertz - decay) * t)  # its k-th power is harmonic k
    turning = turning.astype(np.complex64)  # twice as fast
    wave = np.zeros(length, np.complex64)
    for k in range(harmonics, 0, -1):  # sum their powers over k^slope, as Horner did
        wave += 1 / k**slope
        wave *= turning
    wave = wave.imag
    ramp = np.minimum(t / 0.01, (length / sample_rate - t) / 0.04)  # seconds to rise and to fall
    return wave * np.sin(np.pi / 2 * np.clip(ramp, 0, 1)) ** 2


def _cymbal(rng, sample_rate, seconds):
    """Return a stroke of noise without its low notes, which falls to 1/e in these seconds."""
    t = np.arange(round(6 * seconds * sample_rate)) / sample_rate
    noise = np.diff(rng.uniform(-1, 1, len(t) + 2), n=2) / 4  # each difference thins out the bass
    fall = np.exp(-t / seconds) * np.clip((t[-1] - t) / (0.5 * seconds), 0, 1)
    return noise * fall * np.clip(t / 0.002, 0, 1)
