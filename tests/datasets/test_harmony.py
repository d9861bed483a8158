"""The rules of harmony: what they write they accept, and they find what breaks them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

import rnnlib as rl
from rnnlib.datasets.music.chords import KEYS, QUALITIES, parse, spell_in
from rnnlib.datasets.music.harmony import FORMS, blues, odds
from rnnlib.datasets.music.judging import Verdict, judge, spell

EVERY = [key + quality for key in KEYS for quality in QUALITIES]

# Written out from the textbooks and from lead sheets, not by the rules; two chords in one bar take
# two bars here.
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
    ("ii-V-I", "C", "Dm7b5 G7 Cm7"),  # Im7 is a minor tonic too
    ("ii-V-I", "C", "Dm7b5 G7 Cmaj7"),  # the major tonic after the minor ii and V
    ("ii-V-I", "C", "Ab7 G7 Cm6"),
    ("ii-V-I", "C", "Em7b5 A7 Dm7 G7 Cmaj7"),
    ("ii-V-I", "C", "Cmaj7 A7 Dm7 G7"),  # turnarounds
    ("ii-V-I", "C", "Cmaj7 Am7 Dm7 G7 Cmaj7"),
    ("ii-V-I", "C", "Cmaj7 C#dim7 Dm7 G7 Cmaj7"),
    ("ii-V-I", "C", "Em7 Eb7 Dm7 Db7 Cmaj7"),  # tritone substitutes
    ("ii-V-I", "C", "Cmaj7 Ebdim7 Dm7 G7 Cmaj7"),
    ("ii-V-I", "C", "Cmaj7 C7 Fmaj7 Fm7 Cmaj7 A7 Dm7 G7"),
    ("ii-V-I", "C", "Fm7 Bb7 Cmaj7"),  # backdoor
    ("ii-V-I", "C", "Dm7 G7 Cm7"),
    ("ii-V-I", "C", "Cm7 Am7b5 Dm7b5 G7 Cm7"),
    ("ii-V-I", "C", "Abmaj7 G7 Cmaj7 Cmaj7"),  # Night and Day
    ("blues", "C", "C7 F7 C7 C7 F7 F#dim7 Em7b5 A7 Dm7 G7 C7 G7"),
    ("blues", "C", "C7 F7 C7 C7 F7 Bb7 C7 A7 D7 G7 C7 C7"),
    ("blues", "C", "C7 C7 C7 C7 F7 F7 C7 C7 Ab7 G7 C7 C7"),
    ("minor blues", "A", "Am7 Am7 Am7 Am7 Dm7 Dm7 Am7 Am7 E7 Dm7 Am7 E7"),
    ("ii-V-I", "C", "Abm7 Db7 Cmaj7"),
]
STANDARDS = {
    "Autumn Leaves, first eight bars": ("Bb", "Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7 Gm7 Gm7"),
    "Autumn Leaves": (
        "Bb",
        "Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7 Gm7 Gm7 Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7 Gm7 Gm7 "
        "Am7b5 D7 Gm7 Gm7 Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7 Gm7 Gm7 Ebmaj7 D7 Gm7 Gm7",
    ),
    "Tune Up": (
        "D",
        "Em7 A7 Dmaj7 Dmaj7 Dm7 G7 Cmaj7 Cmaj7 Cm7 F7 Bbmaj7 Bbmaj7 Em7 A7 Dmaj7 Dmaj7",
    ),
    "All of Me, first half": (
        "C",
        "Cmaj7 Cmaj7 E7 E7 A7 A7 Dm7 Dm7 E7 E7 Am7 Am7 D7 D7 Dm7 G7",
    ),
    "All of Me, last eight bars": ("C", "Fmaj7 Fm7 Em7 A7 Dm7 G7 Cmaj7 Cmaj7"),
    "Take the A Train": ("C", "Cmaj7 Cmaj7 D7 D7 Dm7 G7 Cmaj7 Cmaj7"),
    "Satin Doll": ("C", "Dm7 G7 Dm7 G7 Em7 A7 Em7 A7 Am7 D7 Abm7 Db7 Cmaj7 Cmaj7"),
    "Blue Bossa": (
        "C",
        "Cm7 Cm7 Fm7 Fm7 Dm7b5 G7 Cm7 Cm7 Ebm7 Ab7 Dbmaj7 Dbmaj7 Dm7b5 G7 Cm7 Cm7",
    ),
    "Solar, and back to its first bar": (
        "C",
        "Cm6 Cm6 Gm7 C7 Fmaj7 Fmaj7 Fm7 Bb7 Ebmaj7 Ebm7 Ab7 Dbmaj7 Dm7b5 G7 Cm6",
    ),
    "Pent Up House": (
        "G",
        "Am7 D7 Gmaj7 Gmaj7 Am7 D7 Gmaj7 Gmaj7 Dm7 G7 Cm7 F7 Am7 D7 Gmaj7 Gmaj7",
    ),
    "There Will Never Be Another You": (
        "Eb",
        "Ebmaj7 Ebmaj7 Dm7b5 G7 Cm7 Cm7 Bbm7 Eb7 Abmaj7 Abm7 Ebmaj7 Ebmaj7",
    ),
    "How High the Moon": (
        "G",
        "Gmaj7 Gmaj7 Gm7 C7 Fmaj7 Fmaj7 Fm7 Bb7 Ebmaj7 Am7b5 D7 Gm7 Am7b5 D7 Gmaj7 Gmaj7",
    ),
    "Lady Bird": (
        "C",
        "Cmaj7 Cmaj7 Fm7 Bb7 Cmaj7 Cmaj7 Bbm7 Eb7 Abmaj7 Abmaj7 Am7 D7 Dm7 G7 "
        "Cmaj7 Ebmaj7 Abmaj7 Dbmaj7",
    ),
    "Misty": ("Eb", "Ebmaj7 Ebmaj7 Bbm7 Eb7 Abmaj7 Abmaj7 Abm7 Db7 Ebmaj7 Cm7 Fm7 Bb7"),
    "Just Friends": ("G", "Cmaj7 Cmaj7 Cm7 F7 Gmaj7 Gmaj7 Bbm7 Eb7 Am7 D7"),
    "All the Things You Are, first nine bars": (
        "Ab",
        "Fm7 Bbm7 Eb7 Abmaj7 Dbmaj7 Dm7 G7 Cmaj7 Cmaj7",
    ),
    "All the Things You Are, next nine bars": (
        "Eb",
        "Cm7 Fm7 Bb7 Ebmaj7 Abmaj7 Am7 D7 Gmaj7 Gmaj7",
    ),
    "Fly Me to the Moon": ("C", "Am7 Dm7 G7 Cmaj7 Fmaj7 Bm7b5 E7 Am7"),
    "Stella by Starlight, last eight bars": (
        "Bb",
        "Em7b5 A7 Dm7b5 G7 Cm7b5 F7 Bbmaj7 Bbmaj7",
    ),
    "What Is This Thing Called Love": ("F", "Gm7b5 C7 Fm7 Fm7 Dm7b5 G7 Cmaj7 Cmaj7"),
    "rhythm changes": ("Bb", "Bbmaj7 G7 Cm7 F7 Dm7 G7 Cm7 F7 Bbmaj7"),
    "rhythm changes, bridge": ("Bb", "D7 D7 G7 G7 C7 C7 F7 F7 Bbmaj7"),
    "Cherokee": (
        "Bb",
        "Bbmaj7 Bbmaj7 Fm7 Bb7 Ebmaj7 Ebmaj7 Ab7 Ab7 Bbmaj7 Bbmaj7 C7 C7 Cm7 F7",
    ),
    "Beautiful Love": ("D", "Em7b5 A7 Dm7 Dm7 Gm7 C7 Fmaj7 Em7b5 A7 Dm7"),
    "The Girl from Ipanema": ("F", "Fmaj7 Fmaj7 G7 G7 Gm7 Gb7 Fmaj7 Fmaj7"),
    "Afternoon in Paris": ("C", "Cmaj7 Cm7 F7 Bbmaj7 Bbm7 Eb7 Abmaj7 Dm7 G7 Cmaj7 Cmaj7"),
    "Perdido": ("Bb", "Cm7 Cm7 F7 F7 Bbmaj7 Bbmaj7"),
    "Mr. P.C.": ("C", "Cm7 Cm7 Cm7 Cm7 Fm7 Fm7 Cm7 Cm7 Ab7 G7 Cm7 Cm7"),
    "Equinox": ("Db", "C#m7 C#m7 C#m7 C#m7 F#m7 F#m7 C#m7 C#m7 A7 G#7 C#m7 C#m7"),
    "The Thrill Is Gone": ("B", "Bm7 Bm7 Bm7 Bm7 Em7 Em7 Bm7 Bm7 Gmaj7 F#7 Bm7 Bm7"),
    "Blues for Alice": ("F", "Fmaj7 Em7b5 Dm7 Cm7 Bb7 Bbm7 Am7 Abm7 Gm7 C7 Fmaj7 C7"),
    "Billie's Bounce": ("F", "F7 Bb7 F7 F7 Bb7 Bdim7 F7 D7 Gm7 C7 F7 C7"),
    "Blue Monk": ("Bb", "Bb7 Eb7 Bb7 Bb7 Eb7 Edim7 Bb7 Bb7 F7 F7 Bb7 Bb7"),
    "Tenor Madness": ("Bb", "Bb7 Eb7 Bb7 Bb7 Eb7 Eb7 Bb7 G7 Cm7 F7 Bb7 F7"),
    "C Jam Blues": ("C", "C7 C7 C7 C7 F7 F7 C7 C7 Dm7 G7 C7 C7"),
}
MINOR_BLUES = {"Mr. P.C.", "Equinox", "The Thrill Is Gone"}
BLUES = {"Blues for Alice", "Billie's Bounce", "Blue Monk", "Tenor Madness", "C Jam Blues"}


@bug("V7 has no substitute", "datasets.music.harmony", '"V7 | bII7"', '"V7 | V7"')
@bug("the minor tonic is m6 only", "datasets.music.harmony", '"Im7 | Im6"', '"Im6 | Im6"')
@pytest.mark.parametrize(("form", "key", "chords"), RIGHT)
def test_progressions_of_the_textbooks_are_accepted(form, key, chords):
    verdict = judge(chords.split())
    assert verdict[:5] == (True, form, key, None, ())


@bug("no step from I to V of ii", "datasets.music.harmony",
     '"VI7 | VIm7 | #Idim7 | bIIIdim7 | IIIm7 bIIIdim7 | III7 VIm7"', '"VIm7"')  # fmt: skip
@bug("IVmaj7 is no rest", "datasets.music.harmony",
     '"Imaj7 | Imaj7 Imaj7 | Imaj7 IVmaj7"', '"Imaj7 | Imaj7 Imaj7"')  # fmt: skip
@pytest.mark.parametrize("name", STANDARDS)
def test_standards_are_accepted(name):
    key, chords = STANDARDS[name]
    form = "blues" if name in BLUES else "minor blues" if name in MINOR_BLUES else "ii-V-I"
    assert judge(chords.split())[:5] == (True, form, key, None, ())


WRONG = [
    ("F7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 D7", 11, "blues", "F", {"F7", "C7", "Gb7"}),
    ("F7 Bb7 F7 F7 C7 Bb7 F7 F7 C7 Bb7 F7 F7", 4, "blues", "F", {"Bb7"}),  # the answer is on IV
    ("F7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 F7 F7", 12, "blues", "F", set()),  # a bar too many
    ("F7 F7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7", 11, "blues", "F", {"F7", "C7", "Gb7"}),  # one too few
    ("C7 F7 C7 C7 F7 F7 C7 A7 G7 F7 C7 C7", 8, "blues", "C", {"Dm7"}),  # A7 leads to ii
    ("Cm7 Cm7 Cm7 C7 Fm7 Fm7 Cm7 Cm7 Ab7 Db7 Cm7 Cm7", 9, "minor blues", "C", {"G7"}),
    ("Dm7 G7 Cmaj7 Cmaj7 Cmaj7", 4, "ii-V-I", "C", {"Dm7", "Em7", "Cm7", "Gm7", "Bbm7"}),
    ("Dm7b5 G7 Am7", 2, "ii-V-I", "C", {"Cm6", "Cm7", "Cmaj7"}),
    ("Dm7 G7", 2, "ii-V-I", "C", {"Cmaj7"}),
    # a wrong first bar: the key is that of the other bars
    ("D7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 F7", 0, "blues", "F", {"F7"}),
    ("Edim7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 F7", 0, "blues", "F", {"F7"}),
    ("Ebm7 Cm7 Cm7 Cm7 Fm7 Fm7 Cm7 Cm7 Ab7 G7 Cm7 Cm7", 0, "minor blues", "C", {"Cm7"}),
    ("Dbdim7 Cm7 Cm7 Cm7 Fm7 Fm7 Cm7 Cm7 Ab7 G7 Cm7 Cm7", 0, "minor blues", "C", {"Cm7"}),
    ("B7 Am7 Am7 Am7 Dm7 Dm7 Am7 Am7 Bm7b5 E7 Am7 Am7", 0, "minor blues", "A", {"Am7"}),
    ("Bdim7 D7 Gmaj7 Gmaj7 Gm7 C7 Fmaj7", 0, "ii-V-I", "G", {"Am7"}),
    # one wrong bar in a well-known form
    ("F7 Bb7 F7 F7 Bb7 E7 F7 F7 C7 Bb7 F7 F7", 5, "blues", "F", {"Bb7", "Bdim7", "Bbm7"}),
    ("C7 F7 C7 C7 F7 F7 C7 A7 Dm7 Ab7 C7 G7", 9, "blues", "C", {"G7", "Db7"}),
    ("C7 F7 C7 C7 F7 F7 C7 A7 Dm7 G7 F7 G7", 10, "blues", "C", {"C7"}),
    ("Bb7 Eb7 Bb7 Bb7 F7 Edim7 Bb7 Bb7 F7 F7 Bb7 Bb7", 4, "blues", "Bb", {"Eb7"}),
    ("Cm7 Cm7 Cm7 Cm7 Fm7 Fm7 Cm7 Cm7 Ab7 G7 Cmaj7 Cm7", 10, "minor blues", "C", {"Cm7"}),
    ("Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7 Gdim7 Gm7", 6, "ii-V-I", "Bb", {"Gm7", "Gm6"}),
    ("Em7 A7 Dmaj7 Dmaj7 Dm7 G7 Cmaj7 Cmaj7 Cm7 B7 Bmaj7", 10, "ii-V-I", "D", {"Bbmaj7"}),
    ("Cmaj7 A7 Ebm7 G7 Cmaj7", 2, "ii-V-I", "C", {"Dm7"}),
    ("Dm7 G7 Cmaj7 Gbm7b5 Gbmaj7", 4, "ii-V-I", "C", {"B7", "F7"}),
    ("Dm7 Eb7 Cmaj7", 1, "ii-V-I", "C", {"G7", "Db7"}),
    ("Fm7 Bb7 Edim7", 2, "ii-V-I", "Eb", {"Ebmaj7"}),
]


@bug("ties go to the key of C", "datasets.music.judging._fitting",
     "chord in column", "False")  # fmt: skip
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
    for progression in blues(6, rng):
        place = int(rng.integers(2, len(progression)))
        start = list(progression[:place])
        expected = judge([*start, "Gdim7", "Gdim7"]).expected
        if judge([*start, "Gdim7", "Gdim7"]).violation != place:
            continue  # Gdim7 happens to fit
        for chord in EVERY:
            violation = judge([*start, chord, "Gdim7", "Gdim7"]).violation
            assert violation is None or (violation > place) >= (chord in expected)


@pytest.mark.parametrize(
    ("chords", "message"),
    [
        (
            "F7 Bb7 F7 F7 Bb7 E7 F7 F7 C7 Bb7 F7 F7",
            "bar 6 (counted from 1) is E7; in a blues in F there could be B♭7, B♭m7, Bdim7 or E♭7",
        ),
        (
            "F7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7 F7 C7",
            "bar 13 (counted from 1) is C7; a blues in F ends before it",
        ),
        (
            "F7 Bb7 F7 F7 Bb7 Bb7 F7 F7 C7 Bb7 F7",
            "the progression ends after bar 11; in a blues in F there could follow F7, G♭7 or C7",
        ),
        (
            "Cm7 Cm7 Cm7 C7 Fm7 Fm7 Cm7 Cm7 Ab7 Db7 Cm7 Cm7",
            "bar 10 (counted from 1) is D♭7; in a minor blues in C there could be G7",
        ),
        ("Dm7 G7 Cmaj7", "a ii–V–I in C"),
        ("Ebm7 Ab7 Dbmaj7", "a ii–V–I in D♭"),
        ("C#m7 C#m7 C#m7 C#m7 F#m7 F#m7 C#m7 C#m7 A7 G#7 C#m7 C#m7", "a minor blues in C♯"),
    ],
)
def test_a_verdict_can_be_read(chords, message):
    verdict = judge(chords.split())
    assert str(verdict) == verdict.message == message


def test_a_long_list_of_expected_chords_is_cut_in_the_message():
    verdict = judge(["Dm7", "G7", "Cmaj7", "Cmaj7", "Cmaj7"])
    assert len(verdict.expected) > 6
    assert verdict.message.endswith(f"or one of {len(verdict.expected) - 6} other chords")
    assert "there could be Cm7, Dm7, " in verdict.message  # chords of the key come first


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


def test_keys_and_forms_are_drawn_evenly():
    verdicts = [judge(progression) for progression in blues(1200, np.random.default_rng(8))]
    for names, each in [(FORMS, 400), (KEYS, 100)]:
        counts = [sum(name in (v.form, v.key) for v in verdicts) for name in names]
        assert np.abs(np.array(counts) - each).max() < 0.35 * each


def test_shuffled_chords_are_rejected_nearly_always(written, rng):
    shuffled = [tuple(rng.permutation(progression)) for progression in written]
    changed = [one for one, other in zip(shuffled, written, strict=True) if one != other]
    assert len(changed) > 500
    assert np.mean([judge(progression).obeys for progression in changed]) < 0.03


def test_one_changed_bar_is_caught_nearly_always(written, rng):
    passed = []
    for progression in written:
        bar = int(rng.integers(len(progression)))
        others = [chord for chord in EVERY if chord != progression[bar]]
        changed = [*progression[:bar], str(rng.choice(others)), *progression[bar + 1 :]]
        verdict = judge(changed)
        passed.append(verdict.obeys)
    assert np.mean(passed) < 0.03  # 0.011 in 1000


def moved(symbol, up):
    """Transpose a chord symbol."""
    root = symbol[:2] if symbol[1:2] == "b" else symbol[:1]
    return KEYS[(KEYS.index(root) + up) % 12] + symbol[len(root) :]


def test_a_progression_is_accepted_in_every_key(written):
    for progression in written[:20]:
        here = judge(progression)
        for up in (1, 5, 6):
            there = judge([moved(symbol, up) for symbol in progression])
            assert (there.obeys, there.form) == (True, here.form)
            assert there.key == KEYS[(KEYS.index(here.key) + up) % 12]


@given(st.lists(st.sampled_from(EVERY), min_size=1, max_size=14), st.integers(1, 11))
def test_right_and_wrong_are_the_same_in_every_key(progression, up):
    here, there = judge(progression), judge([moved(symbol, up) for symbol in progression])
    assert here.obeys == there.obeys
    if here.violation is not None and max(here.violation, there.violation) > 2:
        assert here.violation == there.violation


@given(st.integers(0, 2**32), st.sampled_from(FORMS))
def test_whatever_is_written_is_accepted(seed, form):
    for progression in blues(3, np.random.default_rng(seed), forms=[form]):
        assert judge(progression).obeys
        assert set(progression) <= set(EVERY)


def test_forms_can_be_chosen(rng):
    for form in FORMS:
        assert {judge(p).form for p in blues(30, rng, forms=[form])} == {form}


def test_one_seed_writes_the_same_progressions():
    one, two, other = (blues(20, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == two != other


@bug("flats in every key", "datasets.music.chords.spell_in",
     "letter + ACCIDENTAL_OF.get(lift, '')", "KEYS[root]")  # fmt: skip
@pytest.mark.parametrize(
    ("key", "tokens", "spelt"),
    [
        ("E", "E7 A7 Gbm7 B7 C7", "E7 A7 F♯m7 B7 C7"),
        ("D", "Gbm7 B7 Em7 A7 Dmaj7", "F♯m7 B7 Em7 A7 Dmaj7"),
        ("Db", "Gbm7 B7 Dbmaj7 Gbmaj7", "G♭m7 B7 D♭maj7 G♭maj7"),
        ("C#", "Dbm7 Gbm7 A7 Ab7 Dm7b5", "C♯m7 F♯m7 A7 G♯7 Dm7♭5"),
        ("C", "Dbdim7 Ab7 Bbm7 Gbm7b5 Gb7", "C♯dim7 A♭7 B♭m7 F♯m7♭5 G♭7"),
        ("Gb", "Gb7 B7 Dbm7 D7", "G♭7 C♭7 D♭m7 D7"),  # IV is C♭, but E♭♭ is D
        ("F#", "Gbm7 Bm7 Db7 Abm7b5", "F♯m7 Bm7 C♯7 G♯m7♭5"),
        ("Bb", "Bb7 Eb7 Edim7 B7", "B♭7 E♭7 Edim7 B7"),
        ("G#", "Abm7 Dbm7 Fm7b5 Eb7", "G♯m7 C♯m7 Fm7♭5 D♯7"),
        ("G♭", "Gb7", "G♭7"),
    ],
)
def test_chords_are_spelt_for_the_key(key, tokens, spelt):
    assert spell(tokens.split(), key) == tuple(spelt.split())


def test_without_a_key_a_progression_is_spelt_in_its_own():
    _, equinox = STANDARDS["Equinox"]
    assert spell(equinox.split()) == tuple(equinox.replace("#", "♯").split())
    flats = equinox.replace("C#", "Db").replace("F#", "Gb").replace("G#", "Ab")
    assert spell(flats.split()) == spell(equinox.split())
    assert spell(["Ebm7", "Ab7", "Dbmaj7", "Gbmaj7"]) == ("E♭m7", "A♭7", "D♭maj7", "G♭maj7")


@given(st.sampled_from(EVERY), st.sampled_from([*KEYS, "C#", "F#", "G#", "D#", "A#", "Cb"]))
def test_what_is_spelt_is_the_same_chord(chord, key):
    assert parse(spell_in(chord, key)) == parse(chord)


@pytest.mark.parametrize(
    ("token", "spellings"),
    [
        ("Gbm7b5", "F#m7b5 F♯ø F♯ø7 G♭min7♭5 F#-7b5 Gbm7(b5) F♯Ø"),
        ("Bbmaj7", "Bbmaj7 B♭Δ B♭△7 A#M7 BbMaj7 Bbma7"),
        ("Ebm7", "Ebm7 E♭-7 D#min7 Ebmi7"),
        ("Cm6", "Cm6 Cmin6 C-6"),
        ("Bdim7", "Bdim7 B°7 Bo7 Cbdim7 C♭°7"),
        ("E7", "E7 Fb7 F♭7 D##7"),
    ],
)
def test_the_spellings_of_players_are_read(token, spellings):
    assert {parse(spelling) for spelling in spellings.split()} == {parse(token)}
    assert judge([token, "Bb7"]) == judge([spellings.split()[-1], "B♭7"])


class FirstChoice(np.random.Generator):
    """A generator that always draws the first of its choices."""

    def integers(self, *bounds):
        return 0


FIRST = FirstChoice(np.random.PCG64())


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: blues(0, rng), "at least 1 progression, got 0"),
        (lambda rng: blues(3, rng, forms=["waltz"]), r"forms must be a list of some of .*waltz"),
        (lambda rng: blues(3, rng, forms=[]), "forms must be"),
        (lambda rng: blues(3, rng, forms="blues"), "forms must be"),
        (lambda rng: blues(3, rng, forms=None), "forms must be"),
        (lambda rng: blues(3, rng, forms=[["blues"]]), "forms must be"),
        (lambda rng: blues(2, FIRST, ["blues"]), "40 attempts found only 1 .* fewer than 2, or"),
        (lambda rng: judge([]), "at least one chord"),
        (lambda rng: judge(["C7", "H7"]), r"'H7' in bar 2 \(counted from 1\) is not a chord"),
        (lambda rng: judge(["C13"]), r"'C13' in bar 1 .*C9 or C13 as C7"),
        (lambda rng: judge(["c7"]), "'c7' in bar 1"),
        (lambda rng: judge(["C"]), "write C or C6 as Cmaj7"),
        (lambda rng: judge(["C7"] * 201), "at most 200 bars, got 201"),
        (lambda rng: spell(["C7"], "H"), "key must be a note such as .* got 'H'"),
        (lambda rng: spell(["C7"], 3), "key must be a note such as .* got 3"),
    ],
)
def test_mistakes_are_answered_in_words(call, message, rng):
    before = rng.bit_generator.state
    with pytest.raises(ValueError, match=message):
        call(rng)
    assert rng.bit_generator.state == before


@bug("all sides are one", "datasets.music.harmony._odds", "1 / len(choices)", "1")
def test_the_odds_of_a_blues_are_all_of_them_and_those_with_which_it_is_drawn(rng):
    """By hand: 8 calls, 4 sixths, 5 closes, 3 ends; 6 ways to the II, 3 ii-Vs; 96 of the bird."""
    chance = odds("blues", "F")
    assert len(chance) == 8 * 4 * 5 * 3 + 8 * 4 * 6 * 3 * 3 + 96
    assert len(odds("minor blues")) == 10 * 2 * 6 * 3
    assert sum(chance.values()) == pytest.approx(1)
    assert all(judge(piece)[:3] == (True, "blues", "F") for piece in list(chance)[::50])
    drawn = {piece for piece in blues(500, rng, ["blues"]) if judge(piece).key == "F"}
    assert drawn <= set(chance)
    bird = sum(p for piece, p in chance.items() if piece[0] == "Fmaj7")
    assert bird == pytest.approx(1 / 3)


@pytest.mark.mistake
def test_the_odds_of_what_has_no_end_are_refused():
    with pytest.raises(ValueError, match=r"form must be one of .*got 'ii-V-I'"):
        odds("ii-V-I")
    with pytest.raises(ValueError, match=r"key must be one of .*got 'H'"):
        odds("blues", "H")


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: blues(2.5, rng), "whole number of progressions, got 2.5"),
        (lambda rng: blues(True, rng), "whole number of progressions, got True"),
        (lambda rng: blues(2, 20), r"rng must be a numpy.random.Generator, got 20\. Pass"),
        (lambda rng: judge("C7 F7"), "got the string 'C7 F7': split it"),
        (lambda rng: judge(None), "list of chord symbols, got None"),
        (lambda rng: judge([7, "C7"]), r"Bar 1 \(counted from 1\) is 7, which is not a string"),
    ],
)
def test_wrong_types_are_refused(call, message, rng):
    before = rng.bit_generator.state
    with pytest.raises(TypeError, match=message):
        call(rng)
    assert rng.bit_generator.state == before


def test_a_progression_may_be_any_iterable():
    chords = ["Dm7", "G7", "Cmaj7"]
    assert judge(np.array(chords)) == judge(iter(chords)) == judge(tuple(chords))
    assert isinstance(rl.music.judge(chords), Verdict)
