"""What the rules of harmony write they accept, what breaks them they find, and it can be heard."""

from itertools import pairwise

import numpy as np
import pytest

from rnnlib.datasets.music.harmony import FORMS, KEYS, blues, judge, sound, voicings

# Written out from the textbooks, not by the rules.
RIGHT = [
    ("blues", "F", "F7 F7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 F7"),
    ("blues", "F", "F7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 C7"),  # quick change, turnaround
    ("blues", "C", "C7 F7 C7 C7 F7 F7 C7 A7 Dm7 G7 C7 G7"),  # jazz blues
    ("blues", "C", "C7 F7 Gm7 C7 F7 F#dim7 C7 A7 Dm7 G7 C7 G7"),
    ("blues", "Bb", "Bb7 Eb7 Bb7 E7 Eb7 Edim7 Dm7 G7 Cm7 B7 Bb7 B7"),  # tritone substitutes
    ("blues", "E", "E7 E7 E7 E7 A7 A7 E7 E7 B7 B7 E7 E7"),
    ("minor blues", "C", "Cm7 Cm7 Cm7 C7 Fm7 Fm7 Cm7 Cm7 Ab7 G7 Cm7 G7"),
    ("minor blues", "A", "Am7 Dm7 Am7 Am7 Dm7 Dm7 Am7 Am7 Bm7b5 E7 Am7 Am7"),
    ("ii-V-I", "C", "Dm7 G7 Cmaj7"),
    ("ii-V-I", "C", "Dm7 G7 Cmaj7 Cmaj7"),
    ("ii-V-I", "C", "Em7 A7 Dm7 G7 Cmaj7"),
    ("ii-V-I", "C", "Dm7 Db7 Cmaj7"),
    ("ii-V-I", "C", "Dm7b5 G7 Cm6 Cm6"),
    ("ii-V-I", "D", "Em7 A7 Dmaj7 Dmaj7 Dm7 G7 Cmaj7 Cmaj7 Cm7 F7 Bbmaj7 Bbmaj7"),  # Tune Up
]


@pytest.mark.parametrize(("form", "key", "chords"), RIGHT)
def test_progressions_of_the_textbooks_are_accepted(form, key, chords):
    verdict = judge(chords.split())
    assert verdict == (True, form, key, None, ())


WRONG = [
    ("F7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 D7", 11, "blues", "F", {"F7", "C7", "Gb7"}),
    ("F7 Bb7 F7 F7 C7 Bb7 F7 F7 C7 Bb7 F7 F7", 4, "blues", "F", {"Bb7"}),  # the answer is on IV
    ("F7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 F7 F7", 12, "blues", "F", set()),  # a bar too many
    ("F7 F7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7", 11, "blues", "F", {"F7", "C7", "Gb7"}),  # one too few
    ("C7 F7 C7 C7 F7 F7 C7 A7 G7 F7 C7 C7", 8, "blues", "C", {"Dm7"}),  # A7 leads to ii
    ("Cm7 Cm7 Cm7 C7 Fm7 Fm7 Cm7 Cm7 Ab7 Db7 Cm7 Cm7", 9, "minor blues", "C", {"G7"}),
    ("Dm7 G7 Cmaj7 Cmaj7 Cmaj7", 4, "ii-V-I", "C", {"Dm7", "Em7", "Cm7", "Gm7", "Bbm7"}),
    ("Dm7b5 G7 Cmaj7", 2, "ii-V-I", "C", {"Cm6"}),
    ("Dm7 G7", 2, "ii-V-I", "C", {"Cmaj7"}),
]


@pytest.mark.parametrize(("chords", "place", "form", "key", "expected"), WRONG)
def test_a_wrong_progression_is_rejected_with_the_first_wrong_bar(
    chords, place, form, key, expected
):
    verdict = judge(chords.split())
    assert (verdict.obeys, verdict.violation) == (False, place)
    assert (verdict.form, verdict.key) == (form, key)
    assert expected <= set(verdict.expected)
    assert bool(expected) == bool(verdict.expected)


def test_what_is_expected_continues_the_progression_and_nothing_else_does(rng):
    every = {key + quality for key in KEYS for quality in ("7", "maj7", "m7", "m6", "m7b5", "dim7")}
    for progression in blues(6, rng):
        place = int(rng.integers(2, len(progression)))
        start = list(progression[:place])
        expected = judge([*start, "Gdim7", "Gdim7"]).expected
        if judge([*start, "Gdim7", "Gdim7"]).violation != place:
            continue  # Gdim7 happens to fit
        for chord in every:
            violation = judge([*start, chord, "Gdim7", "Gdim7"]).violation
            assert violation is None or (violation > place) >= (chord in expected)


@pytest.fixture(scope="module")
def written():
    return blues(600, np.random.default_rng(3))


def test_every_progression_that_is_written_is_accepted(written):
    verdicts = [judge(progression) for progression in written]
    assert all(verdict.obeys for verdict in verdicts)
    assert len(set(written)) == len(written)
    assert {verdict.form for verdict in verdicts} == set(FORMS)
    assert {verdict.key for verdict in verdicts} == set(KEYS)
    lengths = {v.form: set() for v in verdicts}
    for verdict, progression in zip(verdicts, written, strict=True):
        lengths[verdict.form].add(len(progression))
    assert lengths["blues"] == lengths["minor blues"] == {12}
    assert min(lengths["ii-V-I"]) == 3 and max(lengths["ii-V-I"]) > 12


def test_shuffled_chords_are_rejected_nearly_always(written, rng):
    shuffled = [tuple(rng.permutation(progression)) for progression in written]
    changed = [one for one, other in zip(shuffled, written, strict=True) if one != other]
    assert len(changed) > 500
    assert np.mean([judge(progression).obeys for progression in changed]) < 0.03


def test_a_progression_is_accepted_in_every_key(written):
    def moved(symbol, up):
        root = symbol[:2] if symbol[1:2] == "b" else symbol[:1]
        return KEYS[(KEYS.index(root) + up) % 12] + symbol[len(root) :]

    for progression in written[:20]:
        here = judge(progression)
        for up in (1, 5, 6):
            there = judge([moved(symbol, up) for symbol in progression])
            assert (there.obeys, there.form) == (True, here.form)
            assert there.key == KEYS[(KEYS.index(here.key) + up) % 12]


def test_forms_can_be_chosen(rng):
    for form in FORMS:
        assert {judge(p).form for p in blues(30, rng, forms=[form])} == {form}


def test_one_seed_writes_the_same_progressions():
    one, two, other = (blues(20, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == two != other


PITCH = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@pytest.mark.parametrize(
    ("chord", "classes"),
    [
        ("C7", {0, 4, 7, 10}),
        ("Fmaj7", {5, 9, 0, 4}),
        ("Dm7", {2, 5, 9, 0}),
        ("Ebm6", {3, 6, 10, 0}),
        ("Bm7b5", {11, 2, 5, 9}),
        ("F#dim7", {6, 9, 0, 3}),
    ],
)
def test_a_voicing_has_the_tones_of_its_chord_and_the_root_in_the_bass(chord, classes):
    ((bass, voices),) = voicings([chord])
    assert {voice % 12 for voice in voices} == classes
    assert bass % 12 == (PITCH[chord[0]] + (chord[1] == "#") - (chord[1] == "b")) % 12
    assert bass < min(voices)


def test_voices_move_little_and_stay_in_the_middle(written):
    for progression in written[:200]:
        voiced = voicings(progression)
        for (_, one), (_, two) in pairwise(voiced):
            assert all(abs(a - b) <= 6 for a, b in zip(one, two, strict=True))
        assert all(50 <= voice <= 76 for _, voices in voiced for voice in voices)


@pytest.mark.parametrize("chord", ["C7", "Dm7", "Abmaj7", "F#dim7", "Bm7b5"])
@pytest.mark.parametrize("sample_rate", [11025, 44100])
def test_a_bar_of_sound_contains_the_pitches_of_its_chord(chord, sample_rate):
    samples = sound([chord], tempo=60, sample_rate=sample_rate)
    strength = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    hertz = np.fft.rfftfreq(len(samples), 1 / sample_rate)
    ((bass, voices),) = voicings([chord])

    def loudest_near(pitch):
        f = 440 * 2 ** ((pitch - 69) / 12)
        return strength[(hertz > f * 2 ** (-1 / 36)) & (hertz < f * 2 ** (1 / 36))].max()

    sounding = {*voices, bass}
    tones = {pitch % 12 for pitch in voices} | {(bass - 1) % 12}  # the last is the walk back
    tones |= {(tone + 7) % 12 for tone in tones}  # and the third harmonic of each
    silent = [pitch for pitch in range(55, 72) if pitch % 12 not in tones]
    floor = max(loudest_near(pitch) for pitch in silent)
    assert min(loudest_near(p) for p in sounding) > 2 * floor
    assert min(loudest_near(p) for p in sounding) > 0.05 * strength.max()


@pytest.mark.parametrize(("tempo", "sample_rate"), [(120, 22050), (97.5, 16000), (200, 44100)])
def test_the_length_follows_from_the_tempo(tempo, sample_rate):
    samples = sound(["Dm7", "G7", "Cmaj7"], tempo, sample_rate)
    assert samples.dtype == np.float32
    assert len(samples) == round(3 * 4 * 60 / tempo * sample_rate)


@pytest.mark.parametrize("tempo", [60, 140, 300])
def test_the_sound_neither_clips_nor_clicks(written, tempo):
    rate = 22050
    samples = sound(written[0], tempo, rate)
    assert 0.5 < np.abs(samples).max() <= 0.95
    assert abs(samples[0]) < 1e-3 and abs(samples[-1]) < 1e-2
    # A click is a step: it has as much above 6 kHz as a note below.  No harmonic is up there.
    power = np.abs(np.fft.rfft(samples)) ** 2
    assert power[np.fft.rfftfreq(len(samples), 1 / rate) > 6000].sum() < 1e-6 * power.sum()
    assert np.abs(np.diff(samples)).max() < 0.3
    assert abs(samples.mean()) < 1e-3


def test_the_rhythm_swings():
    """The second chord comes two thirds into the second beat, where a triplet would stand."""
    rate = 8000
    samples = sound(["Cmaj7"], tempo=60, sample_rate=rate).astype(float)
    onsets = []
    ((_, voices),) = voicings(["Cmaj7"])
    t = np.arange(len(samples)) / rate
    for start in np.arange(1.5, 2.0, 0.02):  # how loud is the top voice just after?
        window = (t >= start) & (t < start + 0.1)
        f = 440 * 2 ** ((voices[-1] - 69) / 12)
        onsets.append(abs(np.exp(-2j * np.pi * f * t[window]) @ samples[window]))
    loud = np.array(onsets) > 0.5 * max(onsets)
    assert 1.6 < np.arange(1.5, 2.0, 0.02)[loud.argmax()] < 1.7


def test_sound_is_the_same_each_time(written):
    np.testing.assert_array_equal(sound(written[1]), sound(list(written[1])))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: blues(0, rng), "at least 1 progression, got 0"),
        (lambda rng: blues(3, rng, forms=["waltz"]), r"forms must be a list of some of .*waltz"),
        (lambda rng: blues(3, rng, forms=[]), "forms must be"),
        (lambda rng: blues(3, rng, forms="blues"), "forms must be"),
        (lambda rng: blues(1200, rng, forms=["minor blues"]), r"found only 1,0\d\d different"),
        (lambda rng: judge([]), "at least one chord"),
        (lambda rng: judge(["C7", "H7"]), "'H7' in bar 1 is no chord"),
        (lambda rng: judge(["C13"]), "'C13' in bar 0"),
        (lambda rng: judge(["C7"] * 201), "at most 200 bars, got 201"),
        (lambda rng: sound([]), "at least one chord"),
        (lambda rng: sound(["C7"], tempo=0), "tempo must be between 30 and 300"),
        (lambda rng: sound(["C7"], tempo=float("nan")), "tempo must be between"),
        (lambda rng: sound(["C7"], sample_rate=10), "sample_rate must be between"),
    ],
)
def test_mistakes_are_answered_in_words(call, message, rng):
    with pytest.raises(ValueError, match=message):
        call(rng)


@pytest.mark.parametrize("call", [lambda r: blues(2.5, r), lambda r: judge("C7 F7")])
def test_wrong_types_are_refused(call, rng):
    with pytest.raises(TypeError, match=r"whole number|split it"):
        call(rng)
