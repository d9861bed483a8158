"""How a sentence is said in English and in French: agreement, word order, negation.  Chapter 19.

A `Sentence` is a plan that belongs to no language; `to_english` and `to_french` say it.  Both
return words with a space between any two, elided words and "'s" too ("l' eau", "the king 's map"),
so that `text.split()` cuts them into words; `natural_spelling` writes them as people do.
"""

import re
from typing import NamedTuple

from .grammar import (
    ADJECTIVES,
    ARTICLES,
    CERTAIN,
    CONTRACTIONS,
    DAYS,
    ELISIONS,
    SOFT,
    VERBS,
    adjective,
)
from .nouns import NAMES
from .uses import PREPOSITIONS


class Phrase(NamedTuple):
    """A noun with what belongs to it: `Phrase("the", "river", after="green")`.

    Words are named by their English singular; "some" makes a plural, "a" a singular.  A pronoun
    ("he", "she", "it") has no determiner.  `place` is a pair such as `("near", Phrase(...))`, and
    makes a relative clause of the subject; `owner` is a Phrase in place of a determiner.
    """

    determiner: str | None
    noun: str
    plural: bool = False
    before: str | None = None
    after: str | None = None
    place: tuple | None = None
    owner: tuple | None = None


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
    words = _english_phrase(s.subject, past=s.tense == "past") + words
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


def _english_phrase(phrase, negated=False, past=False):
    noun = NAMES[phrase.noun]
    determiner = "any" if negated and phrase.determiner == "some" else phrase.determiner
    adjectives = [word for word in (phrase.before, phrase.after) if word]
    adjectives.sort(key=lambda word: ADJECTIVES[word].rank or "0")  # a strange old man
    words = [word for word in (determiner, *adjectives) if word]
    words.append(noun.plural if phrase.plural else noun.english)
    if phrase.owner:
        words = [*_english_phrase(phrase.owner), "'s", *words]
    if phrase.place:
        be = ("were" if phrase.plural else "was") if past else "are" if phrase.plural else "is"
        words += ["who" if "H" in noun.kinds else "that", be]
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
    The des of a subject becomes certains if what is said is not true of others: after "ne … pas",
    and of what something is or becomes.
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
    subject = _french_phrase(s.subject, past=s.tense == "past")
    if s.subject.determiner == "some" and (s.negative or isinstance(s.object, str)):
        subject[0] = CERTAIN[feminine]
    words = subject + words
    if isinstance(s.object, Phrase):
        words += [verb.à] * bool(verb.à) + _french_phrase(s.object, s.negative and not verb.à)
    elif s.object:
        words.append(_agreed(s.object, s.subject))
    for adverbial in (s.place, s.when):
        words += _french_adverbial(adverbial)
    text = " ".join([*words, "."])
    text = re.sub(rf"(?<!\S)(le|la|de|ne) (?={SOFT})", lambda m: ELISIONS[m[1]] + " ", text)
    return re.sub(r"(?<!\S)(de|à) les?(?!\S)", lambda m: CONTRACTIONS[m[0]], text)


def _is_feminine(phrase):
    return NAMES[phrase.noun].gender == "f"


def _french_phrase(phrase, negated=False, past=False):
    noun, plural = NAMES[phrase.noun], phrase.plural
    words = [noun.pluriel if plural else noun.french]
    if phrase.before:
        words.insert(0, _agreed(phrase.before, phrase, re.match(SOFT, words[0])))
    if phrase.after:
        words.append(_agreed(phrase.after, phrase))
    indefinite = phrase.determiner in ("a", "some")
    if (indefinite and negated) or (phrase.determiner == "some" and phrase.before):
        words.insert(0, "de")  # "pas de rivière", "de petites rivières"
    elif phrase.determiner or phrase.owner:
        forms = ARTICLES[phrase.determiner or "the"]
        words.insert(0, forms[2 if plural else _is_feminine(phrase)])
    if phrase.owner:
        words += ["de", *_french_phrase(phrase.owner)]
    if phrase.place:
        be = ("étaient" if plural else "était") if past else "sont" if plural else "est"
        words += ["qui", be]
    return words + _french_adverbial(phrase.place)


def _french_adverbial(adverbial):
    if not isinstance(adverbial, tuple):
        return [DAYS[adverbial]] if adverbial else []
    preposition, phrase = adverbial
    return [*PREPOSITIONS[preposition].split(), *_french_phrase(phrase)]


def _agreed(english, phrase, soft=False):
    forms = adjective(english, phrase.noun)[1:5]
    usual, *before_vowel = forms[2 * phrase.plural + _is_feminine(phrase)].split("/")
    return before_vowel[0] if before_vowel and soft else usual


def natural_spelling(text):
    """Return a sentence with no space before "'s" and the full stop or after an elided word.

    Examples
    --------
    >>> from rnnlib.datasets.translation.sentences import natural_spelling
    >>> natural_spelling("l' oiseau n' est pas tranquille aujourd'hui .")
    "l'oiseau n'est pas tranquille aujourd'hui."
    >>> natural_spelling("the king 's map is old .")
    "the king's map is old."
    """
    return re.sub(r"(?<=\b[ldn]') | (?='s\b|\.)", "", text)
