"""Random sentences that make sense, by the tables of nouns, words and uses.  Chapter 19."""

from functools import cache

from .grammar import ADJECTIVES, ADJECTIVES_AFTER, ADJECTIVES_BEFORE, BECOMES, TIMES, VERBS
from .nouns import NOUNS, select
from .sentences import Phrase, Sentence, to_english, to_french
from .uses import PLACES, USES

LONGEST = 18  # French words of a sentence, full stop included
STILL = {"stay", "swim", "fall"}  # "the king who is in the cave stays" says nothing
PEOPLE, EVENTS = set(select("H")), set(select("E"))


def random_pair(rng):
    """Draw a sentence of at most 18 French words that the tables allow, in English and French."""
    while True:
        sentence = _draw_sentence(rng)
        french = to_french(sentence) if sentence else None
        if french and len(french.split()) <= LONGEST:
            return to_english(sentence), french


def _draw_sentence(rng):
    """Return a Sentence without a repeated word, or None if its subject cannot be anything."""
    # by verbs alone, "it rains" would come as often as all that can be seen
    use = _pick(rng, USES if rng.random() < 0.5 else _uses(_pick(rng, tuple(VERBS))))
    verb = VERBS[use.verb]
    tense = _pick(rng, ("present", "past", "future") if verb.past else ("present", "future"))
    negative = rng.random() < 0.3
    subject = _draw_subject(rng, use, negative)
    taken = _words_of(subject)
    goal = None
    if use.objects == "=":
        goal = _draw_predicate(rng, subject, use.verb, tense)
        if not goal:
            return None
    elif use.objects:
        goal = _draw_phrase(rng, use.objects, _determiners_of_object(verb, negative), taken)
    taken |= _words_of(goal)
    subject, place = _draw_places(rng, subject, use, taken)
    taken |= _words_of(place and place[1]) | _words_of(subject.place and subject.place[1])
    when = _draw_when(rng, use, tense, goal, taken)
    return Sentence(subject, use.verb, tense, negative, goal, place, when)


@cache
def _nouns(selection):
    return frozenset(select(selection))


@cache
def _uses(verb):
    return tuple(use for use in USES if use.verb == verb)


def _draw_subject(rng, use, negative):
    if use.subjects == "I":
        return Phrase(None, "it")
    nouns = _nouns(use.subjects)
    if nouns >= PEOPLE and rng.random() < 0.15:
        return _pick(rng, (Phrase(None, "he"), Phrase(None, "she"), Phrase(None, "he", True)))
    if negative and nouns <= EVENTS:
        return _draw_phrase(rng, use.subjects, ("the",))
    if negative or use.objects == "=":  # "a wolf is happy" would be said of all wolves
        return _draw_phrase(rng, use.subjects, ("the", "the", "some"))
    return _draw_phrase(rng, use.subjects, ("the", "the", "a", "some"))


def _draw_predicate(rng, subject, verb, tense):
    """Draw what the subject is or becomes, of another rank than the adjectives it has."""
    nouns = {subject.noun} if subject.noun in NOUNS else PEOPLE
    ranks = {ADJECTIVES[word].rank for word in (subject.before, subject.after) if word}
    become = {row.english for row in BECOMES if nouns <= _nouns(row.nouns)}
    options = [
        row.english
        for row in ADJECTIVES_AFTER
        if row.rank not in ranks
        if verb != "become" or row.english in become
        if verb != "be" or nouns <= _nouns(row.said_of)
        if tense != "future" or row.passing or row.english in become
    ]
    return _pick(rng, options) if options else None


def _determiners_of_object(verb, negative):
    if negative and not verb.any:
        return ("the",)
    return ("the", "a") if verb.à else ("the", "a", "some")


def _draw_phrase(rng, selection, determiners=("the", "the", "a"), taken=frozenset(), whose=True):
    noun = NOUNS[_pick(rng, [noun for noun in select(selection) if noun not in taken])]
    before, after = (
        _pick(rng, [word for word in _said_of(noun.english, behind) if word not in taken] or [None])
        if rng.random() < 0.35
        else None
        for behind in (False, True)
    )
    if before and after and not _go_together(before, after):
        before, after = _pick(rng, ((before, None), (None, after)))
    countable, owner = noun.plural and noun.kinds != "E", None
    if not countable:  # one storm at a time
        determiners = [
            word for word in determiners if word == "the" or (noun.plural and word == "a")
        ]
    determiner = _pick(rng, determiners)
    plural = determiner == "some" or bool(
        determiner == "the" and countable and whose and rng.random() < 0.4
    )
    if whose and noun.owners and determiner == "the":
        taken = taken | {noun.english, before, after}
        owners = [owner for owner in select(noun.owners) if owner not in taken]
        if owners and rng.random() < 0.25:
            owner = _draw_phrase(rng, "+".join(owners), ("the",), taken, whose=False)
    return Phrase(None if owner else determiner, noun.english, plural, before, after, None, owner)


@cache
def _said_of(noun, behind):
    """Adjectives that are said of a noun, before it or, in French, behind it."""
    rows = ADJECTIVES_AFTER if behind else ADJECTIVES_BEFORE
    return [row.english for row in rows if noun in select(row.said_of)]


def _go_together(before, after):
    ranks = ADJECTIVES[before].rank, ADJECTIVES[after].rank
    return None not in ranks and ranks[0] != ranks[1]


def _draw_places(rng, subject, use, taken):
    """Return the subject and where it does what it does; one in four says where the subject is."""
    somewhere = bool(use.within or use.beside)
    with_clause = subject.determiner and use.verb not in STILL
    if rng.random() < 0.5 or not (somewhere or with_clause):
        return subject, None
    choices = [
        [pair for pair in pairs if pair[1] not in taken]
        for pairs in _places(subject.noun, use.within, use.beside if somewhere else "*")
    ]
    choices = [pairs for pairs in choices if pairs]
    if not choices:
        return subject, None
    preposition, noun = _pick(rng, _pick(rng, choices))
    determiners = ("the",) if preposition == "far from" else ("the", "the", "a")
    place = preposition, _draw_phrase(rng, noun, determiners, taken, whose=False)
    if with_clause and (not somewhere or rng.random() < 0.4):
        return subject._replace(place=place), None
    return subject, place


@cache
def _places(who, within, beside):
    """Pairs of a preposition and a noun: in, on or under it; and next to it, behind it, …"""
    who = {"he": "man", "she": "woman"}.get(who, who)
    return tuple(
        [
            (place.english, noun)
            for place in PLACES
            if bool(place.within) == inside
            if who in select(place.who) or (who == "it" and "I" in place.who)
            for noun in select(selection)
            if noun in select(place.nouns)
        ]
        for inside, selection in ((True, within), (False, beside))
    )


def _draw_when(rng, use, tense, goal, taken):
    passing = not isinstance(goal, str) or ADJECTIVES[goal].passing
    if not use.when or (use.verb == "be" and not passing):
        return None
    days = {"past": ("yesterday",), "future": ("today", "tomorrow")}.get(tense, ())
    if use.verb == "be" and tense == "present":
        days = ("today",)  # English does not say "it rains today"
    chance = rng.random()
    if "t" in use.when and chance < 0.15 and not taken & _nouns("ES"):
        return _pick(rng, tuple(TIMES)), _draw_phrase(rng, "E", ("the", "a"), taken, whose=False)
    return _pick(rng, days) if days and passing and "d" in use.when and chance > 0.82 else None


def _words_of(phrase):
    """Nouns and adjectives, of which a sentence repeats none."""
    if not isinstance(phrase, Phrase):
        return frozenset({phrase})
    return frozenset({phrase.noun, phrase.before, phrase.after}) | _words_of(phrase.owner)


def _pick(rng, options):
    return options[rng.integers(len(options))]
