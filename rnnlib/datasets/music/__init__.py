"""Chord progressions: the rules that write and judge them, and how they sound.  Chapter 20.

- `chords`: chord symbols, read and spelt
- `harmony`: the grammar, and progressions drawn from it
- `judging`: the bar in which a progression breaks the rules
- `sound`: a trio that plays a progression
- `wav`: sound files
"""

from .chords import KEYS, QUALITIES
from .harmony import FORMS, RULES, blues, odds
from .judging import Verdict, judge, spell
from .sound import PARTS, sound, voicings, walking_bass
from .wav import Player, write_wav

__all__ = [
    "FORMS",
    "KEYS",
    "PARTS",
    "QUALITIES",
    "RULES",
    "Player",
    "Verdict",
    "blues",
    "judge",
    "odds",
    "sound",
    "spell",
    "voicings",
    "walking_bass",
    "write_wav",
]
