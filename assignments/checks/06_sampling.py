"""Hidden checks of assignment 6: temperature, nucleus sampling, a name that grows, its newness."""

import itertools

import numpy as np

from classroom.checks import check, compare, require, unchanged


def soft(z):
    e = np.exp(np.asarray(z) - np.max(z))
    return e / e.sum()


@check("test_probabilities", points=2)
def temperature_divides_the_scores(student):
    z = np.random.default_rng(1).normal(size=9) * 3
    for tau in (0.3, 1.7):
        mistakes = {
            "The temperature is ignored.": soft(z),
            "The temperature multiplies; it should divide.": soft(z * tau),
            "The probabilities are divided by the temperature; the scores should be.": soft(z)
            / tau,
            "The sum is not 1: divide by the sum of the exponentials.": np.exp(z / tau),
            "The temperature is a power of the scores, not a divisor.": soft(soft(z) / tau),
        }
        before = z.copy()
        got, (after, _) = student.call_and_look("probabilities", z, tau)
        compare(got, soft(z / tau), "probabilities", mistakes, 1e-9)
        unchanged(before, after, "z")


@check("test_probabilities", points=1)
def at_zero_the_largest_score_gets_everything(student):
    for z in ([0.5, 3.0, -1.0], [2.0, 7.0, 7.0, 1.0]):
        right = np.eye(len(z))[int(np.argmax(z))]
        tie = np.array(z) == max(z)
        mistakes = {"Of two equal scores the first gets everything.": tie / tie.sum()}
        compare(student.call("probabilities", np.array(z), 0), right, "probabilities", mistakes)


@check("test_probabilities", points=1)
def large_scores_and_low_temperatures_do_not_overflow(student):
    z = np.array([800.0, 799.0, -900.0])
    compare(student.call("probabilities", z, 0.05), soft(z / 0.05), "probabilities", {}, 1e-9)


def kept(probs, p):
    """Probabilities of the nucleus, from the definition: the fewest that reach p."""
    order = sorted(range(len(probs)), key=lambda i: (-probs[i], i))
    total, out = 0.0, np.zeros(len(probs))
    for i in order:
        out[i] = probs[i]
        total += probs[i]
        if total >= p - 1e-12:
            break
    return out / out.sum()


@check("test_nucleus", points=3)
def the_fewest_symbols_that_reach_p_are_kept(student):
    rng = np.random.default_rng(2)
    for p in (0.35, 0.6, 0.9):
        probs = rng.dirichlet(np.full(8, 0.7))
        right = kept(probs, p)
        whole = right * probs[np.argmax(probs)] / right.max()
        fewer = np.where(right > 0, probs, 0)
        fewer[np.where(right > 0)[0][np.argmin(probs[right > 0])]] = 0
        mistakes = {
            "After the cut, the probabilities have to sum to 1 again.": whole,
            "The symbol that crosses p stays, too: the sum has to reach p.": fewer
            / max(fewer.sum(), 1e-9),
            "p is a sum, not a threshold for single symbols.": np.where(probs >= p, probs, 0)
            / max(probs[probs >= p].sum(), 1e-9),
            "The least probable symbols are kept.": kept_least(probs, p),
            "The probabilities are sorted: give each its own place again.": np.sort(right)[::-1],
        }
        before = probs.copy()
        got, (after, _) = student.call_and_look("nucleus", probs, p)
        compare(got, right, "nucleus", mistakes, 1e-9)
        unchanged(before, after, "probs")


def kept_least(probs, p):
    order = np.argsort(probs)
    total = np.cumsum(probs[order]) - probs[order]
    out = np.zeros(len(probs))
    out[order[total < p]] = probs[order[total < p]]
    return out / out.sum()


@check("test_nucleus", points=1)
def the_ends_of_the_scale_and_ties(student):
    probs = np.array([0.2, 0.3, 0.3, 0.2])
    for p in (0.01, 0.3, 0.5, 1.0):
        compare(student.call("nucleus", probs, p), kept(probs, p), "nucleus with ties", {}, 1e-9)


NETWORK = """
def scores(ids):
    asked.append(list(ids))
    return table[ids[-1]] + 0.1 * len(ids)

asked, drawn = [], []
for _ in range(n):
    drawn.append(generate(scores, rng, temperature, p, longest))
"""


def table():
    z = np.random.default_rng(3).normal(size=(5, 5))
    z[:, 0] -= 1
    return z


def names_of(student, n, temperature=1.0, p=1.0, longest=4, seed=4):
    rng = np.random.default_rng(seed)
    inputs = {"table": table(), "n": n, "rng": rng, "temperature": temperature, "p": p}
    drawn, asked = student.run(NETWORK, ["drawn", "asked"], longest=longest, **inputs)
    fine = isinstance(drawn, list) and all(isinstance(d, list | np.ndarray) for d in drawn)
    require(fine, "generate should return a list of ids.")
    drawn = [[int(i) for i in d] for d in drawn]
    return drawn, asked


def chances(temperature, p, longest):
    """The probability of each name, by walking through all of them."""
    z, out = table(), {}
    for length in range(longest + 1):
        for name in itertools.product(range(1, 5), repeat=length):
            chance, last = 1.0, 0
            for i in (*name, 0)[: longest if length == longest else None]:
                chance *= kept(soft(z[last] / temperature), p)[i]
                last = i
            if chance > 0:
                out[name] = chance
    return out


def agree(drawn, expected, n):
    """Largest difference of frequencies, in standard deviations."""
    counts = dict.fromkeys(expected, 0)
    for name in map(tuple, drawn):
        if name not in counts:
            return np.inf
        counts[name] += 1
    large = {name: q for name, q in expected.items() if q * n > 5}
    return max(
        abs(counts[name] - n * q) / np.sqrt(n * q * (1 - q) + 1) for name, q in large.items()
    )


@check("test_generate", points=2)
def names_come_with_their_probabilities(student):
    drawn, _ = names_of(student, 3000)
    require(len(set(map(tuple, drawn))) > 5, "The draws do not vary: is the generator made anew?")
    require(any(drawn), "All names are empty.")
    require(all(0 not in d for d in drawn), "The end mark is a part of the returned name.")
    require(max(map(len, drawn)) <= 4, "Some names are longer than longest.")
    require(any(len(d) == 4 for d in drawn), "No name reaches longest symbols.")
    require(any(len(d) < 4 for d in drawn), "The end mark does not end a name.")
    far = agree(drawn, chances(1.0, 1.0, 4), 3000)
    require(far < 6, "Names do not occur as often as their probabilities say.")


@check("test_generate", points=2)
def temperature_and_nucleus_are_used(student):
    for temperature, p in ((0.4, 1.0), (1.0, 0.6), (1.5, 0.8)):
        drawn, _ = names_of(student, 1500, temperature, p)
        right = agree(drawn, chances(temperature, p, 4), 1500)
        if right < 6:
            continue
        if agree(drawn, chances(1.0, p, 4), 1500) < 6:
            require(False, "generate ignores the temperature.")
        if agree(drawn, chances(temperature, 1.0, 4), 1500) < 6:
            require(False, "generate ignores p: the tail is not cut.")
        require(False, "Temperature and p together give wrong frequencies.")


@check("test_generate", points=1)
def the_network_is_asked_with_all_symbols_so_far(student):
    drawn, asked = names_of(student, 5, seed=5)
    right = []
    for name in drawn:
        steps = len(name) + (len(name) < 4)
        right += [[0, *name[:t]] for t in range(steps)]
    got = [[int(i) for i in ids] for ids in asked]
    require(all(ids and ids[0] == 0 for ids in got), "The ids should begin with the end mark, 0.")
    require(got == right, "The network should be asked once a symbol, with all symbols so far.")


@check("test_generate", points=1)
def the_given_generator_is_used(student):
    first, _ = names_of(student, 20, seed=6)
    second, _ = names_of(student, 20, seed=6)
    third, _ = names_of(student, 20, seed=7)
    require(first == second, "Two equal generators give different names: use rng and nothing else.")
    require(first != third, "Two different generators give the same names: use rng.")


PAIRS = [("allosaurus", "albertosaurus"), ("mei", "meg"), ("kol", ""), ("yinlong", "guanlong")]
PAIRS += [("abcdef", "fedcba"), ("zuul", "luuz"), ("stegosaurus", "saurusstego"), ("aa", "aaaa")]


def distance(a, b):
    """The recursion as it stands."""
    if not a or not b:
        return len(a) + len(b)
    changed = distance(a[:-1], b[:-1]) + (a[-1] != b[-1])
    return min(changed, distance(a[:-1], b) + 1, distance(a, b[:-1]) + 1)


@check("test_distance", points=3)
def distances_of_several_pairs(student):
    pairs = [(a[:7], b[:7]) for a, b in PAIRS]
    right = np.array([distance(a, b) for a, b in pairs])
    got = [student.call("edit_distance", a, b) for a, b in pairs]
    unequal = [sum(x != y for x, y in zip(a, b, strict=False)) for a, b in pairs]
    replace = [n + abs(len(a) - len(b)) for n, (a, b) in zip(unequal, pairs, strict=True)]
    mistakes = {"Letters are compared place by place; one insertion shifts all of them.": replace}
    compare(got, right, "edit_distance", mistakes)


@check("test_distance", points=1)
def the_distance_is_the_same_both_ways_and_not_slow(student):
    a, b = "micropachycephalosaurus" * 4, "pachycephalomicrosaurus" * 4
    one = student.call("edit_distance", a, b)
    other = student.call("edit_distance", b, a)
    compare(one, other, "edit_distance of (a, b) and of (b, a)")
    require(one > 0, "Two different names have a distance above 0.")
    compare(student.call("edit_distance", a, a), 0, "the distance of a name to itself")
