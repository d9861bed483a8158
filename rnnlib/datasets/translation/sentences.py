"""How a sentence is said in English and in French: agreement, word order, negation.  Chapter 18.

A `Sentence` is a plan that belongs to no language; `to_english` and `to_french` say it.
"""

import re
from typing import NamedTuple

from .grammar import (
    ADJECTIVES,
    ARTICLES,
    CONTRACTIONS,
    DAYS,
    ELISIONS,
    NOUNS,
    PREPOSITIONS,
    PRONOUNS,
    SOFT,
    VERBS,
)


class Phrase(NamedTuple):
    """A noun with what belongs to it: `Phrase("the", "river", after="green")`.

    Words are named by their English singular; "some" makes a plural, "a" a singular.  A pronoun
    ("he", "she", "it") has no determiner; `place` is a pair such as `("near", Phrase(...))`.
    """

    determiner: str | None
    noun: str
    plural: bool = False
    before: str | None = None
    after: str | None = None
    place: tuple | None = None


class Sentence(NamedTuple):
    """Who does what to whom, when and where.

    `object` is a Phrase, an adjective ("becomes green") or None; `when` is a day ("yesterday") or
    a pair such as `("before", Phrase(...))`.
    """

    subject: Phrase
    verb: str
    tense: str = "present"
    negative: bool = False
    object: Phrase | str | None = None
    place: tuple | None = None
    when: str | tuple | None = None


def to_english(sentence):
    """Return the English words of a sentence, joined by spaces.

    Negation takes "do" ("does not see") except with "be" and in the future.
    """
    s, verb = sentence, VERBS[sentence.verb]
    if s.tense == "future":
        words = ["will", verb.english]
    elif s.verb == "be":
        words = ["are" if s.subject.plural else "is"]
    elif s.negative:
        words = ["did" if s.tense == "past" else "do" if s.subject.plural else "does", verb.english]
    elif s.tense == "past":
        words = [verb.past]
    else:
        words = [verb.english if s.subject.plural else third_person(verb)]
    if s.negative:
        words.insert(1, "not")
    words = _english_phrase(s.subject) + words
    if isinstance(s.object, Phrase):
        words += [verb.to] * bool(verb.to) + _english_phrase(s.object, s.negative)
    elif s.object:
        words.append(s.object)
    for adverbial in (s.place, s.when):
        words += _english_adverbial(adverbial)
    return re.sub(r"\ba (?=[aeiou])", "an ", " ".join([*words, "."]))


def third_person(verb):
    """Return a verb as "she" does it: "sees", "watches"."""
    return verb.english + ("es" if verb.english.endswith(("ch", "s")) else "s")


def _english_phrase(phrase, negated=False):
    noun = (NOUNS | PRONOUNS)[phrase.noun]
    determiner = "any" if negated and phrase.determiner == "some" else phrase.determiner
    head = noun.plural if phrase.plural else noun.english
    words = [word for word in (determiner, phrase.before, phrase.after, head) if word]
    return words + _english_adverbial(phrase.place)


def _english_adverbial(adverbial):
    if not isinstance(adverbial, tuple):
        return [adverbial] if adverbial else []
    preposition, phrase = adverbial
    return [preposition, *_english_phrase(phrase)]


def to_french(sentence):
    """Return the French words of a sentence, joined by spaces; "l'eau" is the two words "l' eau".

    The past is the passé composé, whose participle agrees with the subject after être; "ne … pas"
    closes around the verb that is conjugated, and turns un, une, des of a direct object into de.
    """
    s, verb, feminine = sentence, VERBS[sentence.verb], _is_feminine(sentence.subject)
    plural = s.subject.plural
    if s.tense == "past" and verb.auxiliary == "être":
        agreed = verb.participle + "e" * feminine + "s" * plural
        words = ["sont" if plural else "est", agreed]
    elif s.tense == "past":
        words = ["ont" if plural else "a", verb.participle]
    elif s.tense == "future":
        words = [verb.futur[:-1] + "ont" if plural else verb.futur]
    else:
        words = [verb.ils if plural else verb.il]
    if s.negative:
        words[:1] = ["ne", words[0], "pas"]
    words = _french_phrase(s.subject) + words
    if isinstance(s.object, Phrase):
        words += [verb.à] * bool(verb.à) + _french_phrase(s.object, s.negative and not verb.à)
    elif s.object:
        words.append(_agreed(s.object, feminine, plural))
    for adverbial in (s.place, s.when):
        words += _french_adverbial(adverbial)
    text = " ".join([*words, "."])
    text = re.sub(rf"(?<!\S)(le|la|de|ne) (?={SOFT})", lambda m: ELISIONS[m[1]] + " ", text)
    return re.sub(r"(?<!\S)(de|à) les?(?!\S)", lambda m: CONTRACTIONS[m[0]], text)


def _is_feminine(phrase):
    return (NOUNS | PRONOUNS)[phrase.noun].gender == "f"


def _french_phrase(phrase, negated=False):
    noun = (NOUNS | PRONOUNS)[phrase.noun]
    feminine, plural = _is_feminine(phrase), phrase.plural
    words = [noun.pluriel if plural else noun.french]
    if phrase.before:
        soft = re.match(SOFT, words[0])
        words.insert(0, _agreed(phrase.before, feminine, plural, soft))
    if phrase.after:
        words.append(_agreed(phrase.after, feminine, plural))
    indefinite = phrase.determiner in ("a", "some")
    if (indefinite and negated) or (phrase.determiner == "some" and phrase.before):
        words.insert(0, "de")  # "pas de rivière", "de petites rivières"
    elif phrase.determiner:
        words.insert(0, ARTICLES[phrase.determiner][2 if plural else feminine])
    return words + _french_adverbial(phrase.place)


def _french_adverbial(adverbial):
    if not isinstance(adverbial, tuple):
        return [DAYS[adverbial]] if adverbial else []
    preposition, phrase = adverbial
    return [*PREPOSITIONS[preposition].split(), *_french_phrase(phrase)]


def _agreed(adjective, feminine, plural, soft=False):
    forms = ADJECTIVES[adjective][1:5]
    usual, *before_vowel = forms[2 * plural + feminine].split("/")
    return before_vowel[0] if before_vowel and soft else usual
