"""English sentences with their French translations, and the parts to learn and test them on.

Chapter 19.  The words are in `nouns.py` and `grammar.py`, who does what in `uses.py`;
`drawing.py` draws sentences and `sentences.py` says them.
"""

from collections.abc import Iterable

import numpy as np

from ...errors import at_least_one, require, require_generator, require_type
from .drawing import random_pair
from .grammar import ADJECTIVES, ARTICLES, DAYS, VERBS
from .nouns import NAMES, NOUNS
from .sentences import third_person
from .uses import PREPOSITIONS

MOST = 1_000_000  # sentences that may be asked for at once
KINDS = ("adjective-noun", "subject-verb", "both")  # of combinations that never train


def translation_pairs(n, rng):
    """Draw distinct English sentences with their French translations.

    Parameters
    ----------
    n : int
        How many, at most a million; the grammar has far more than that.
    rng : numpy.random.Generator

    Returns
    -------
    list of (str, str)
        English and French, in lower case and with a space between any two words, so that
        `text.split()` cuts them: "the king 's map is old .", "l' oiseau n' est pas gris .".
        `rl.datasets.translation.sentences.natural_spelling` writes them as people do.

    Raises
    ------
    ValueError, TypeError
        n is not a whole number from 1 to a million, or rng no generator.
    """
    at_least_one(n=n)
    require(n <= MOST, f"n must be between 1 and {MOST:,} sentences, got {n:,}.")
    require_generator(rng)
    pairs = {}
    while len(pairs) < n:
        english, french = random_pair(rng)
        pairs[english] = french
    return list(pairs.items())


_NOUN_OF = {form: n.english for n in NOUNS.values() for form in (n.english, n.plural) if form}
_VERB_OF = {f: v.english for v in VERBS.values() for f in (v.english, third_person(v), v.past) if f}
_VERB_OF |= {"is": "be", "are": "be"}
_LITTLE = "an any . 's who that was were will not do does did for to of"
_KNOWN = {*_NOUN_OF, *_VERB_OF, *ADJECTIVES, *ARTICLES, *DAYS, *_LITTLE.split()}
_KNOWN |= {word for phrase in PREPOSITIONS for word in phrase.split()}
_KNOWN |= {form for name in NAMES.values() for form in name[:2] if form}


def combinations(english):
    """Find which words an English sentence of the grammar puts together.

    Returns
    -------
    set of (str, str)
        Adjective and noun ("green", "river") and subject and verb ("river", "become"), all in
        their dictionary forms; a pronoun makes no combination.

    Raises
    ------
    ValueError, TypeError
        It is no English sentence of the grammar.
    """
    given = f"combinations needs an English sentence, got {english!r:.60}."
    require_type(isinstance(english, str), given)
    words = english.split()
    strange = next((word for word in words if word not in _KNOWN), None)
    require(strange is None, f"{strange!r} in {english!r} is not an English word of the grammar.")
    # the verb, not the "is" of "the wolf that is near the river"
    verb = next(
        (i for i, w in enumerate(words) if w in _VERB_OF and not _in_clause(words, i)), None
    )
    require(
        verb is not None,
        f"{english!r} has no verb of the grammar: give an English sentence of it.",
    )
    subject = next((_NOUN_OF[w] for i, w in enumerate(words[:verb]) if _is_head(words, i)), None)
    found = {(subject, _VERB_OF[words[verb]])}
    for i, word in enumerate(words):
        if word in ADJECTIVES:
            following = next((w for w in words[i:] if w not in ADJECTIVES), None)
            found.add((word, _NOUN_OF.get(following, subject)))  # "is green": of the subject
    return {pair for pair in found if None not in pair}


def _in_clause(words, i):
    return i > 0 and words[i - 1] in ("who", "that")


def _is_head(words, i):
    """Whether a word is a noun that owns nothing: the map of "the king 's map"."""
    return words[i] in _NOUN_OF and words[i + 1] != "'s"


def split_by_combination(pairs, every=20, seed=0):
    """Split so that the test asks for combinations of known words that training never shows.

    Of the combinations of an adjective and a noun, and of a subject and a verb, one in `every` is
    kept for the test and one for validation, the same whatever the pairs are.  A sentence with
    one of them goes there, and all others train.  Each word meets most of its partners in
    training; the few sentences with a word that training lacks are left out.  A long sentence
    has more combinations, so it is held out more often: compare scores at equal length.

    Parameters
    ----------
    pairs : sequence of (str, str)
        As `translation_pairs` returns them.
    every : int
        One combination in `every` goes to the test; at least 3.
    seed : int
        Which combinations are held out.

    Returns
    -------
    training, validation : list of (str, str)
    test : dict of str to list of (str, str)
        Under "adjective-noun" are the sentences whose only combinations that training never
        shows are of these two, under "subject-verb" likewise, and under "both" the others.

    Raises
    ------
    ValueError, TypeError
        An argument is of the wrong kind, `every` is below 3, a sentence is not of the grammar, or
        there are too few pairs for three parts.
    """
    at_least_one(every=every)
    require(every >= 3, f"every must be at least 3, so that training keeps a part, got {every}.")
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    require_type(whole, f"seed must be a whole number, got {seed!r:.60}.")
    require(seed >= 0, f"seed must be 0 or more, got {seed}.")
    pairs = _checked(pairs)
    rng = np.random.default_rng(seed)
    rank = {}  # a Latin square: the word of rank a meets that of rank b in part (a + b) % every
    for table in (ADJECTIVES, NOUNS, VERBS):
        rank |= zip(table, rng.permutation(len(table)), strict=True)
    parts = [], [], []  # test, validation, training
    trained = set()
    for english, french in pairs:
        found = combinations(english)
        places = {(rank[a] + rank[b]) % every for a, b in found}
        part = 0 if 0 in places else 1 if 1 in places else 2
        parts[part].append((english, french))
        trained |= found if part == 2 else set()
    known = {word for pair in parts[2] for text in pair for word in text.split()}
    held_out, validation, training = (
        [pair for pair in part if known.issuperset(" ".join(pair).split())] for part in parts
    )
    require(
        training and validation and held_out,
        f"{len(pairs):,} pairs with every={every} give {len(training):,} training, "
        f"{len(validation):,} validation and {len(held_out):,} test pairs: use more pairs.",
    )
    test = {kind: [] for kind in KINDS}
    for english, french in held_out:
        kinds = {KINDS[a not in ADJECTIVES] for a, _ in combinations(english) - trained}
        test[kinds.pop() if len(kinds) == 1 else "both"].append((english, french))
    return training, validation, test


def _checked(pairs):
    """Return the pairs as a list, each an English and a French sentence."""
    listed = isinstance(pairs, Iterable) and not isinstance(pairs, str)
    require_type(listed, f"pairs must be a list of (English, French), got {pairs!r:.60}.")
    pairs = list(pairs)
    for i, pair in enumerate(pairs):
        two = isinstance(pair, tuple | list) and [type(text) for text in pair] == [str, str]
        require(two, f"Pair {i} must be an English and a French sentence, got {pair!r:.60}.")
    return pairs
