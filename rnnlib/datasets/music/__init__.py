"""Chord progressions: the rules that write and judge them, and how they sound."""

from .harmony import FORMS, KEYS, QUALITIES, RULES, Verdict, blues, judge, sound, voicings

__all__ = ["FORMS", "KEYS", "QUALITIES", "RULES", "Verdict", "blues", "judge", "sound", "voicings"]
