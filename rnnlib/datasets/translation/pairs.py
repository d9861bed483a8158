"""English sentences with their French translations, and the parts to learn and test them on.

Chapter 18.  The words stand in `grammar.py`, what is done with them in `sentences.py`.
"""

import numpy as np

from .drawing import random_sentence
from .grammar import ADJECTIVES, NOUNS, VERBS
from .sentences import third_person, to_english, to_french

MOST = 1_000_000  # sentences that may be asked for at once


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
        English and French, lower-case words joined by spaces and closed by " .".

    Raises
    ------
    ValueError, TypeError
        n is not a whole number from 1 to a million.
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"n must be a whole number of sentences, got {n!r}.")
    if not 1 <= n <= MOST:
        raise ValueError(f"n must be between 1 and {MOST:,} sentences, got {n:,}.")
    pairs = {}
    while len(pairs) < n:
        sentence = random_sentence(rng)
        pairs[to_english(sentence)] = to_french(sentence)
    return list(pairs.items())


_NOUN_OF = {form: n.english for n in NOUNS.values() for form in (n.english, n.plural) if form}
_VERB_OF = {f: v.english for v in VERBS.values() for f in (v.english, third_person(v), v.past) if f}
_VERB_OF |= {"is": "be", "are": "be"}


def combinations(english):
    """Find which words an English sentence of the grammar puts together.

    Returns
    -------
    set of (str, str)
        Adjective and noun ("green", "river") and subject and verb ("river", "become"), all in
        their dictionary forms; a pronoun makes no combination.
    """
    words = english.split()
    verbs = [i for i, word in enumerate(words) if word in _VERB_OF]
    if not verbs:
        raise ValueError(f"{english!r} has no verb of the grammar: give an English sentence of it.")
    subject = next((_NOUN_OF[word] for word in words[: verbs[0]] if word in _NOUN_OF), None)
    found = {(subject, _VERB_OF[words[verbs[0]]])}
    for i, word in enumerate(words):
        if word in ADJECTIVES:
            following = words[i + 2 if words[i + 1] in ADJECTIVES else i + 1]
            found.add((word, _NOUN_OF.get(following, subject)))  # "is green": of the subject
    return {pair for pair in found if None not in pair}


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
        What `translation_pairs` returns.
    every : int
        Small values hold out more.
    seed : int
        Which combinations are held out.

    Returns
    -------
    training, validation, test : list of (str, str)
        A held-out combination occurs in its own part; those of the test occur in the test only.

    Raises
    ------
    ValueError
        `every` is below 3, or there are too few pairs for three parts.
    """
    if every < 3:
        raise ValueError(f"every must be at least 3, so that training keeps a part, got {every}.")
    rng = np.random.default_rng(seed)
    rank = {}  # a Latin square: the word of rank a meets that of rank b in part (a + b) % every
    for table in (ADJECTIVES, NOUNS, VERBS):
        rank |= zip(table, rng.permutation(len(table)), strict=True)
    test, validation, training = parts = [], [], []
    for english, french in pairs:
        places = {(rank[a] + rank[b]) % every for a, b in combinations(english)}
        parts[0 if 0 in places else 1 if 1 in places else 2].append((english, french))
    known = {word for pair in training for text in pair for word in text.split()}
    for part in (validation, test):
        part[:] = [pair for pair in part if known.issuperset(" ".join(pair).split())]
    if not all(parts):
        raise ValueError(
            f"{len(pairs):,} pairs with every={every} give {len(training):,} training, "
            f"{len(validation):,} validation and {len(test):,} test pairs: use more pairs."
        )
    return training, validation, test
