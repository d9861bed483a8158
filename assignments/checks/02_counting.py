"""Hidden checks of assignment 2: counts, Witten–Bell smoothing, the score, a mark of one's own."""

import zlib
from functools import lru_cache

import numpy as np

import rnnlib as rl
from classroom.checks import as_array, check, compare, require

NAMES = ["mei", "meg", "zuul", "zuniceratops", "yi", "yinlong", "kol", "kosmos", "koko"]
V = 27


def counted(names, n):
    """The table by counting substrings, one context at a time."""
    texts = ["\n" * (n - 1) + name + "\n" for name in names]
    pieces = [text[i : i + n] for text in texts for i in range(len(text) - n + 1)]
    contexts = {piece[:-1] for piece in pieces}
    return {
        h: {w: pieces.count(h + w) for w in {p[-1] for p in pieces if p[:-1] == h}}
        for h in contexts
    }


def smoothed(tables, h, w):
    """The formula of the assignment, by recursion."""
    h = h[len(h) - min(len(h), len(tables) - 1) :] if tables else ""
    if not tables:
        return 1 / V
    tables = tables[: len(h) + 1]
    followers = tables[-1].get(h, {})
    shorter = 1 / V if len(tables) == 1 else smoothed(tables[:-1], h[1:], w)
    N, T = sum(followers.values()), len(followers)
    return (followers.get(w, 0) + T * shorter) / (N + T) if N else shorter


@lru_cache
def tables_of(n):
    return [counted(NAMES, k) for k in range(1, n + 1)]


def surprise(tables, names):
    """Mean surprise and number of symbols."""
    n = len(tables)
    costs = []
    for name in names:
        text = "\n" * (n - 1) + name + "\n"
        costs += [-np.log(smoothed(tables, text[:i], text[i])) for i in range(n - 1, len(text))]
    return costs


@check("test_count", points=2)
def all_symbols_are_counted_after_their_contexts(student):
    for n in (2, 3):
        got, right = student.call("count", NAMES, n), counted(NAMES, n)
        require(isinstance(got, dict), "count should return a dictionary.")
        ends = {h for h, followers in right.items() if "\n" in followers}
        require(
            any("\n" in got.get(h, {}) for h in ends),
            "The end of a name is not counted as a symbol.",
        )
        starts = "\n" * (n - 1)
        require(starts in got, f"A name should begin with n − 1 = {n - 1} end marks.")
        require(not set(right) - set(got), "Some contexts are missing.")
        require(not set(got) - set(right), "Some contexts do not occur: are names joined together?")
        require(got == right, "Some counts are wrong.")


@check("test_count", points=1)
def what_does_not_occur_is_not_in_the_table(student):
    got = student.call("count", ["aa", "ab"], 2)
    require(
        isinstance(got, dict) and all(isinstance(f, dict) for f in got.values()),
        "count should return a dictionary of dictionaries.",
    )
    zeros = [w for followers in got.values() for w, c in followers.items() if not c]
    require(not zeros, "Symbols that never followed are in the table with the count 0.")
    require(got == counted(["aa", "ab"], 2), "The counts of two short names are wrong.")


@check("test_count", points=1)
def a_second_table_starts_empty(student):
    student.call("count", NAMES, 2)
    got = student.call("count", NAMES, 2)
    require(got == counted(NAMES, 2), "The second table holds the counts of the first as well.")


@check("test_probability", points=3)
def probabilities_follow_the_formula(student):
    tables = tables_of(3)
    questions = [("me", "i"), ("me", "x"), ("ko", "s"), ("\n\n", "z"), ("ul", "\n"), ("zu", "u")]
    right = np.array([smoothed(tables, h, w) for h, w in questions])
    got = [student.call("probability", tables, h, w, V) for h, w in questions]

    def with_rule(rule):
        def p(h, w, k):
            if k == 0:
                return 1 / V
            followers = tables[k - 1].get(h, {})
            shorter = p(h[1:], w, k - 1)
            c, N, T = followers.get(w, 0), sum(followers.values()), len(followers)
            return rule(c, N, T, shorter) if N else shorter

        return [p(h, w, 3) for h, w in questions]

    mistakes = {
        "T is the number of different symbols after the context, not V.": with_rule(
            lambda c, N, T, q: (c + V * q) / (N + V)
        ),
        "The shorter context is asked with weight 1, not T.": with_rule(
            lambda c, N, T, q: (c + q) / (N + 1)
        ),
        "The denominator is N + T.": with_rule(lambda c, N, T, q: (c + T * q) / N),
        "This is the plain share of the counts; the shorter context is not asked.": with_rule(
            lambda c, N, T, q: c / N
        ),
    }
    compare(got, right, "probability", mistakes, 1e-9)


@check("test_probability", points=2)
def probabilities_of_all_symbols_sum_to_one(student):
    tables = tables_of(3)
    symbols = "\nabcdefghijklmnopqrstuvwxyz"
    code = "p = [[probability(tables, h, w, V) for w in symbols] for h in contexts]"
    contexts = ["ko", "zz", "\n\n", "\nz"]
    (p,) = student.run(code, ["p"], tables=tables, contexts=contexts, symbols=symbols, V=V)
    p = as_array(p, "probability")
    require(p.shape == (4, V), "probability should return one number.")
    require(np.ptp(p, axis=1).min() > 1e-3, "Every symbol gets the same: the counts are not used.")
    compare(p.sum(axis=1), np.ones(4), "the sum of all probabilities after a context", {}, 1e-9)


@check("test_probability", points=1)
def a_context_may_be_longer_or_shorter_than_the_model_needs(student):
    tables = tables_of(3)
    questions = [("zuniceratop", "s"), ("k", "o"), ("", "a"), ("qqqqqme", "i")]
    right = [smoothed(tables, h, w) for h, w in questions]
    got = [student.call("probability", tables, h, w, V) for h, w in questions]
    compare(got, right, "probability", {}, 1e-9)


@check("test_score", points=2)
def a_score_is_the_mean_over_symbols(student):
    tables, new = tables_of(2), ["meizuul", "yi"]
    costs = surprise(tables, new)
    per_name = np.mean([np.mean(surprise(tables, [name])) for name in new])
    letters = sum(costs) / sum(map(len, new))
    mistakes = {
        "The score is the mean over symbols, not over the means of names.": per_name,
        "The end marks cost something, and they count as symbols, too.": letters,
        "This is a sum; the score is a mean.": sum(costs),
        "Surprise is −ln P: the sign is wrong.": -np.mean(costs),
        "This is in bits; nats use the natural logarithm.": np.mean(costs) / np.log(2),
        "The surprise is averaged, not the probability.": np.mean(np.exp(-np.array(costs))),
    }
    compare(student.call("score", tables, new, V), np.mean(costs), "score", mistakes, 1e-9)


@check("test_score", points=2)
def a_score_of_a_higher_order_sees_the_beginning_of_names(student):
    tables = tables_of(4)
    costs = surprise(tables, ["kosmei", "zuuli"])
    compare(
        student.call("score", tables, ["kosmei", "zuuli"], V), np.mean(costs), "score", {}, 1e-9
    )


@lru_cache
def mark_of(name):
    """What somebody's own mark must be; rnnlib's n-gram is independent of the solution."""
    names = rl.dinosaur_names()
    order = np.random.default_rng(zlib.crc32(name.encode())).permutation(len(names))
    mine = [names[i] for i in order]
    counter = rl.NGram(4, vocab=rl.Vocabulary.from_text(names)).fit(mine[200:])
    return counter.nats_per_symbol(mine[:200])


@check("test_mine", points=4)
def the_mark_belongs_to_the_one_who_hands_it_in(student):
    my_id, my_score = student.run("pass", ["my_id", "my_score"])
    require(my_id == student.name, "my_id is not the name under which this was handed in.")
    require(as_array(my_score, "my_score").shape == (), "my_score should be one number.")
    compare(my_score, mark_of(student.name), "my_score", {}, 1e-6)
