"""Hidden checks of assignment 8: one LSTM step, there and back, a memory by hand, one sign."""

import numpy as np

from classroom.checks import Wrong, as_array, check, compare, require, unchanged


def logistic(a):
    """The logistic function, from the exponential of a number that is never positive."""
    small = np.exp(-np.abs(a))
    return np.where(np.asarray(a) < 0, small, 1.0) / (1 + small)


def cell(rng, D=3, H=4, size=1.0):
    """Weights of a random cell: W_xh, W_hh, b_h."""
    return (
        rng.normal(size=(D, 4 * H)) * size,
        rng.normal(size=(H, 4 * H)) * size / 2,
        rng.normal(size=4 * H),
    )


def activations(a):
    """The gates and the candidate, unit by unit."""
    H = a.shape[1] // 4
    i, f, g, o = (a[:, n * H : (n + 1) * H] for n in range(4))
    return logistic(i), logistic(f), np.tanh(g), logistic(o)


def step(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = activations(x @ W_xh + h @ W_hh + b_h)
    c = f * c + i * g
    return o * np.tanh(c), c


def states(xs, h, c, *weights):
    """All states and memories after each time step."""
    pairs = []
    for x in xs:
        h, c = step(x, h, c, *weights)
        pairs.append((h, c))
    return tuple(np.array(part) for part in zip(*pairs, strict=True))


def parts(value, count, what, names):
    """Return the parts of a tuple or list, or say what should be in it."""
    require(
        isinstance(value, tuple | list) and len(value) == count,
        f"{what} should return {names}.",
    )
    return value


def one_step(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4)), *cell(rng)


def ask_step(student, seed):
    given = one_step(seed)
    value, after = student.call_and_look("lstm_step", *given)
    return given, parts(value, 2, "lstm_step", "a pair: h, c"), after


ORDERS = {"i, f, o, g": (0, 1, 3, 2), "f, i, g, o": (1, 0, 2, 3), "i, g, f, o": (0, 2, 1, 3)}


def wrong_steps(x, h, c, W_xh, W_hh, b_h):
    """What the classic mistakes make of a step: sentence, (h, c)."""
    a = x @ W_xh + h @ W_hh + b_h
    i, f, g, o = activations(a)
    said = {
        "The bias b_h is missing.": step(x, h, c, W_xh, W_hh, 0 * b_h),
        "The recurrent product h @ W_hh is missing.": step(x, 0 * h, c, W_xh, W_hh, b_h),
        "The forget gate is missing: the old memory is kept whole.": (None, c + i * g),
        "The input gate is missing: the candidate is written whole.": (None, f * c + g),
        "The old memory is missing: c′ begins with f · c.": (None, i * g),
        "The memory itself is never squashed: the tanh is only for h.": (
            None,
            np.tanh(f * c + i * g),
        ),
        "The candidate g is a tanh, not a gate.": (None, f * c + i * logistic(arctanh(g))),
        "The pair is returned in the wrong order: h first, then c.": (
            None,
            o * np.tanh(f * c + i * g),
        ),
    }
    ai, af, ag, _ = (np.tanh(part) for part in np.split(a, 4, axis=1))
    said["The gates are tanh; a gate is a logistic function, from 0 to 1."] = (
        None,
        af * c + ai * ag,
    )
    blocks = np.split(a, 4, axis=1)
    for order, places in ORDERS.items():
        i, f, g, o = activations(np.hstack([blocks[n] for n in places]))
        new = f * c + i * g
        said[f"The blocks are taken in the order {order}; they are i, f, g, o."] = (None, new)
    i, f, g, o = activations(np.hstack([a[:, n::4] for n in range(4)]))
    said["The four blocks of H columns lie next to each other: not every fourth column."] = (
        None,
        f * c + i * g,
    )
    return said


def arctanh(g):
    return np.arctanh(np.clip(g, -1 + 1e-12, 1 - 1e-12))


@check("test_step", points=2)
def the_new_memory_is_what_is_kept_and_what_is_written(student):
    given, (_, c), _ = ask_step(student, 1)
    mistakes = {said: value[1] for said, value in wrong_steps(*given).items()}
    compare(c, step(*given)[1], "the new c", mistakes)


@check("test_step", points=1)
def the_state_shows_the_new_memory_through_the_output_gate(student):
    given, (h, own), _ = ask_step(student, 2)
    x, h0, c0, W_xh, W_hh, b_h = given
    own = as_array(own, "the new c")
    require(own.shape == c0.shape, f"The new c should have the shape {c0.shape}.")
    a = x @ W_xh + h0 @ W_hh + b_h
    *_, o = activations(a)
    right = step(*given)[1]
    mistakes = {
        "h shows the old memory: it is o · tanh of the new c.": o * np.tanh(c0),
        "h is o · tanh(c): the tanh is missing.": o * right,
        "The output gate is missing.": np.tanh(right),
        "The output gate is a tanh; a gate is a logistic function.": np.tanh(
            np.split(a, 4, axis=1)[3]
        )
        * np.tanh(right),
    }
    # A wrong memory has been paid for: what counts here is how it is shown.
    require(np.abs(own).max() > 1e-3, "The new c is zero.")
    try:
        compare(h, o * np.tanh(own), "h", mistakes)
    except Wrong:
        compare(h, o * np.tanh(right), "h", mistakes)


@check("test_step", points=1)
def a_step_leaves_its_arguments_alone_and_remembers_nothing(student):
    given, (h, c), after = ask_step(student, 3)
    for before, now, name in zip(given, after, ("x", "h", "c", "W_xh", "W_hh", "b_h"), strict=True):
        unchanged(before, now, name)
    _, again, _ = ask_step(student, 3)
    right = step(*given)
    same = [
        np.shape(got) == r.shape and np.allclose(got, r)
        for got, r in zip((h, c), right, strict=True)
    ]
    require(any(same), "Both h and c are wrong, so it is too early to ask for more.")
    compare(again[0], h, "h of a second call")
    compare(again[1], c, "c of a second call")


def sequence(seed, T=6):
    rng = np.random.default_rng(seed)
    xs, h0, c0 = rng.normal(size=(T, 2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4)) * 2
    return xs, h0, c0, *cell(rng)


def carried(xs, h, c, *weights, keep=(True, True)):
    """The states if one part of the pair is not handed on."""
    pairs, (h0, c0) = [], (h, c)
    for x in xs:
        h, c = step(x, h, c, *weights)
        pairs.append((h, c))
        h, c = h if keep[0] else h0, c if keep[1] else c0
    return tuple(np.array(part) for part in zip(*pairs, strict=True))


def wrong_sequences(xs, h0, c0, *weights):
    right = states(xs, h0, c0, *weights)
    return {
        "The memory is not handed on: each step starts from c0.": carried(
            xs, h0, c0, *weights, keep=(True, False)
        ),
        "The state is not handed on: each step starts from h0.": carried(
            xs, h0, c0, *weights, keep=(False, True)
        ),
        "Nothing is handed on: each step starts from h0 and c0.": carried(
            xs, h0, c0, *weights, keep=(False, False)
        ),
        "The sequence is read backwards.": states(xs[::-1], h0, c0, *weights),
        "The memory c0 is ignored: it starts from zero.": states(xs, h0, 0 * c0, *weights),
        "The state h0 is ignored: it starts from zero.": states(xs, 0 * h0, c0, *weights),
        "h0 and c0 are ignored: the pair starts from zero.": states(xs, 0 * h0, 0 * c0, *weights),
        "hs and cs have changed places.": right[::-1],
        "Only the last pair is returned; all T of them are needed.": [part[-1] for part in right],
        "These are the pairs before each step; they should be those after it.": [
            np.concatenate([start[None], part[:-1]])
            for start, part in zip((h0, c0), right, strict=True)
        ],
    }


def compare_sequence(student, given):
    value = student.call("lstm_forward", *given)
    got, right = parts(value, 2, "lstm_forward", "a pair: hs, cs"), states(*given)
    wrong = wrong_sequences(*given)
    for n, name in enumerate(("hs", "cs")):
        mistakes = {said: pair[n] for said, pair in wrong.items()}
        compare(got[n], right[n], name, mistakes)


@check("test_forward", points=2)
def a_sequence_hands_on_both_the_state_and_the_memory(student):
    xs, h0, c0, *weights = sequence(11)
    compare_sequence(student, (xs, 0 * h0, 0 * c0, *weights))


@check("test_forward", points=1)
def a_sequence_starts_from_the_pair_that_is_given(student):
    compare_sequence(student, sequence(12, T=7))
    given = sequence(13, T=3)
    compare_sequence(student, given)
    _, after = student.call_and_look("lstm_forward", *given)
    for before, now, name in zip(given[:3], after, ("xs", "h0", "c0"), strict=False):
        unchanged(before, now, name)


def blame(seed):
    rng = np.random.default_rng(seed)
    dh, dc, c_prev = rng.normal(size=(3, 3, 2))
    return dh, dc, rng.normal(size=(3, 8)) * 1.5, c_prev * 2


def central(f, x, eps=1e-5):
    """Central differences."""
    grad = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[place] += eps
        down[place] -= eps
        grad[place] = (f(up) - f(down)) / (2 * eps)
    return grad


def gradients(dh, dc, a, c_prev):
    """The blocks i, f, g, o of da, and dc_prev, by central differences."""

    def loss(a, c_prev):
        i, f, g, o = activations(a)
        c = f * c_prev + i * g
        return float((dh * o * np.tanh(c)).sum() + (dc * c).sum())

    da = central(lambda a: loss(a, c_prev), a)
    return *np.split(da, 4, axis=1), central(lambda c: loss(a, c), c_prev)


def walk(
    dh,
    dc,
    a,
    c_prev,
    slope=True,
    shown=True,
    above=True,
    gate=True,
    tanh=True,
    keep=True,
    old=False,
):
    """One step back, with switches for the classic bugs."""
    i, f, g, o = activations(a)
    c = c_prev if old else f * c_prev + i * g
    s = np.tanh(c)
    total = dc * above + (dh * (o if gate else 1) * ((1 - s**2) if tanh else 1)) * shown

    def rise(y):
        return y * (1 - y) if slope else 1

    return (
        total * g * rise(i),
        total * c_prev * rise(f),
        total * i * ((1 - g**2) if slope else 1),
        dh * s * rise(o),
        total * (f if keep else 1),
    )


BUGS = {
    "The factor 1 − tanh² c′ is missing on the way from h′ to c′.": {"tanh": False},
    "The output gate is missing on the way from h′ to c′.": {"gate": False},
    "dc is forgotten: blame also comes in along the memory.": {"above": False},
    "Only dc goes on: the blame that comes through h′ is forgotten.": {"shown": False},
    "The slopes are missing: σ(1 − σ) for a gate, 1 − tanh² for the candidate.": {"slope": False},
    "tanh is taken of the memory before the step; h′ was made from the one after it.": {
        "old": True
    },
    "dc_prev goes through the forget gate: the factor f is missing.": {"keep": False},
}


def ask_back(student, seed):
    given = blame(seed)
    value, after = student.call_and_look("step_backward", *given)
    da, dc_prev = parts(value, 2, "step_backward", "a pair: da, dc_prev")
    da = as_array(da, "da")
    require(da.shape == (3, 8), f"da should have the shape (B, 4H) = (3, 8), and has {da.shape}.")
    return given, [*np.split(da, 4, axis=1), dc_prev], after


def compare_block(student, n, what, seed):
    given, got, _ = ask_back(student, seed)
    mistakes = {said: walk(*given, **bug)[n] for said, bug in BUGS.items()}
    compare(got[n], gradients(*given)[n], what, mistakes, 1e-6)


@check("test_backward", points=1)
def the_blame_of_what_is_written(student):
    compare_block(student, 0, "da, block i,", 21)
    compare_block(student, 2, "da, block g,", 22)


@check("test_backward", points=1)
def the_blame_of_the_forget_gate(student):
    compare_block(student, 1, "da, block f,", 23)


@check("test_backward", points=1)
def the_blame_of_the_output_gate(student):
    compare_block(student, 3, "da, block o,", 24)


@check("test_backward", points=1)
def the_blame_that_goes_back_along_the_memory(student):
    compare_block(student, 4, "dc_prev", 25)


@check("test_backward", points=1)
def the_way_back_changes_nothing_and_is_the_same_twice(student):
    given, got, after = ask_back(student, 26)
    for before, now, name in zip(given, after, ("dh", "dc", "a", "c_prev"), strict=True):
        unchanged(before, now, name)
    _, again, _ = ask_back(student, 26)
    right = gradients(*given)
    same = [
        np.shape(g) == r.shape and np.allclose(g, r, atol=1e-6)
        for g, r in zip(got, right, strict=True)
    ]
    require(any(same), "All blocks are wrong, so it is too early to ask for more.")
    for first, second in zip(got, again, strict=True):
        compare(second, first, "the second call's answer")


def half_life_right(b):
    """From the identity −ln σ(b) = ln(1 + e^−b), with the series where e^−b is tiny."""
    u = np.exp(-b)
    return np.log(2) / np.where(u < 1e-8, u, np.log(1 + u))


@check("test_half_life", points=1)
def the_half_life_of_a_gate(student):
    b = np.array([-3.0, -0.5, 0.7, 2.0, 4.5, 7.0])
    gate = logistic(b)
    mistakes = {
        "The sign is wrong: a half-life is positive.": np.log(2) / np.log(gate),
        "This is the half-life of a gate b; the gate is σ(b).": -np.log(2) / np.log(np.abs(b)),
        "This is 1 / −ln σ(b), the time to 1/e; a half-life has ln 2 on top.": -1 / np.log(gate),
        "This is its inverse, the share of half-lives that one time step is.": (
            -np.log(gate) / np.log(2)
        ),
    }
    compare(student.call("half_life", b), half_life_right(b), "half_life", mistakes)
    compare(student.call("half_life", 1.75), half_life_right(1.75), "half_life of one number")


@check("test_half_life", points=1)
def the_half_life_of_gates_that_are_nearly_shut_or_open(student):
    b = np.array([-29.0, -12.0, 18.0, 33.0, 37.0, 42.0, 49.0])
    got, right = as_array(student.call("half_life", b), "half_life"), half_life_right(b)
    require(got.shape == right.shape, "half_life of an array should be an array of its shape.")
    require(
        np.isfinite(got).all(),
        "Large biases give infinity: σ(b) has been rounded to 1. See the text.",
    )
    compare(
        got / right, np.ones(7), "half_life of a large bias, as a share of the right one,", {}, 1e-4
    )


LONG = 200


def run_memory(student, story):
    """The shown states of the student's unit along a story (T, 2); judged here."""
    weights = parts(student.call("memory"), 3, "memory", "three arrays: W_xh, W_hh, b_h")
    shapes = {"W_xh": (2, 4), "W_hh": (1, 4), "b_h": (4,)}
    weights = [as_array(value, name) for name, value in zip(shapes, weights, strict=True)]
    for value, (name, shape) in zip(weights, shapes.items(), strict=True):
        require(value.shape == shape, f"{name} should have the shape {shape}, not {value.shape}.")
        require(np.abs(value).max() < 1e6, f"{name} has weights that are infinite or very large.")
    start = np.zeros((1, 1))
    return states(np.asarray(story, float)[:, None], start, start, *weights)[0][:, 0, 0]


def told(value, rest, times=1):
    """A story: a value is written, once or more, and then others pass by without a mark."""
    return [(value, 1)] * times + [(v, 0) for v in rest]


def shows(h, value, sentence):
    require((h * np.sign(value)).min() > 0.05, sentence)


@check("test_memory", points=1)
def a_value_is_kept_for_two_hundred_steps_of_silence(student):
    for value in (0.3, -0.3, 1.0, -1.0):
        h = run_memory(student, told(value, [0] * LONG))
        shows(h[:1], value, "What is written is not shown: h has the wrong sign, or is too small.")
        shows(h, value, "The memory fades within 200 time steps, though nothing else came.")


@check("test_memory", points=1)
def values_without_a_mark_pass_by(student):
    rng = np.random.default_rng(31)
    for value, rest in ((0.35, [-1] * LONG), (-0.35, [1] * LONG), (0.5, rng.uniform(-1, 1, LONG))):
        h = run_memory(student, told(value, rest))
        shows(
            h, value, "Values without a mark leave traces, and 200 of them bury what was written."
        )


@check("test_memory", points=1)
def a_new_value_replaces_the_old_one(student):
    for old, new in ((1.0, -0.3), (-1.0, 0.3), (0.4, -0.9)):
        h = run_memory(student, told(old, [0] * 3, times=7) + told(new, [0, old, old]))
        shows(h[:10], old, "A value that is written several times is not shown.")
        shows(h[10:], new, "The old value is still there after a new one was written: shut a gate.")


@check("test_memory", points=1)
def the_size_is_kept_as_well(student):
    ends = {}
    for value in (0.4, 0.9, -0.4, -0.9):
        h = run_memory(student, told(value, np.tile([0.8, -0.8], LONG // 2)))
        shows(h, value, "What was written is lost within 200 time steps.")
        ratio = h[-1] / h[0]
        require(ratio > 0.5, "Less than half of |h| is left after 200 time steps.")
        require(ratio < 2, "|h| has grown to more than twice its size in 200 time steps.")
        ends[value] = abs(h[-1])
    for sign in (1, -1):
        require(
            ends[sign * 0.9] > 1.2 * ends[sign * 0.4],
            "After 200 time steps a 0.9 can hardly be told from a 0.4: only its sign is left.",
        )


def margin(xs, h, c, weights, w):
    return states(xs, h, c, *weights)[0][-1] @ w


def flipped(array, k):
    array = array.copy()
    array[:, k] = -array[:, k]
    return array


def shares(xs, h, c, weights, w):
    """The right shares, and what likely mistakes make of them."""
    H = c.shape[1]
    before = margin(xs, h, c, weights, w)
    ways = {
        "right": [(h, flipped(c, k)) for k in range(H)],
        "This flips the sign of h; the memory c is what is to be flipped, and h stays.": [
            (flipped(h, k), c) for k in range(H)
        ],
        "This flips h together with c; h is to stay as it is.": [
            (flipped(h, k), flipped(c, k)) for k in range(H)
        ],
        "This sets the memory to 0; flip its sign.": [
            (h, np.where(np.arange(H) == k, 0, c)) for k in range(H)
        ],
        "The flips pile up: undo each one, or copy c, before you flip the next unit.": [
            (h, np.where(np.arange(H) <= k, -c, c)) for k in range(H)
        ],
    }
    said = {}
    for name, pairs in ways.items():
        after = np.array([margin(xs, *pair, weights, w) for pair in pairs])
        said[name] = ((after > 0) != (before > 0)).mean(axis=1)
        if name == "right":
            close = min(np.abs(after).min(), np.abs(before).min())
            said["This is the share of lines that stay as they were."] = 1 - said["right"]
            said["This is the share that is round after the flip; compare with before it."] = (
                after > 0
            ).mean(axis=1)
            said["This counts lines, and does not divide by their number."] = (
                said["right"] * before.size
            )
            said["This is how far the margin moves; count how often its sign changes."] = (
                after - before
            ).mean(axis=1)
    return said.pop("right"), said, close


@check("test_turned", points=1)
def a_flip_of_one_unit_turns_some_of_the_lines(student):
    for seed, H in ((41, 5), (42, 3)):
        rng = np.random.default_rng(seed)
        weights = cell(rng, D=3, H=H, size=0.7)
        weights[2][H : 2 * H] += 2  # a memory that lasts until the end
        xs, h, c = (
            rng.normal(size=(4, 60, 3)),
            rng.normal(size=(60, H)) / 2,
            rng.normal(size=(60, H)),
        )
        w = rng.normal(size=H)
        right, mistakes, _ = shares(xs, h, c, weights, w)
        got, after = student.call_and_look("turned", xs, h, c, *weights, w)
        compare(got, right, "turned", mistakes)
        unchanged(c, after[2], "c")
        unchanged(h, after[1], "h")


@check("test_turned", points=1)
def the_unit_that_holds_the_bit_is_found_wherever_it_is(student):
    rng = np.random.default_rng(43)
    for place in rng.permutation(5)[:3]:
        xs, h, c, weights, w = latch(rng, place)
        got = as_array(student.call("turned", xs, h, c, *weights, w), "turned")
        require(got.shape == (5,), f"turned should have the shape (H,) = (5,), not {got.shape}.")
        require(
            int(got.argmax()) == place, "The unit that holds the bit is not the one that you name."
        )
        compare(got, np.arange(5) == place, "turned")


def latch(rng, place, H=5, B=40):
    """A cell in which one unit keeps a bit, and the others are busy with the input.

    One of those has a larger weight and a larger memory, which it forgets and hardly shows: neither
    says where the bit is.
    """
    W_xh, W_hh, b_h = rng.normal(size=(3, 4 * H)), np.zeros((H, 4 * H)), np.zeros(4 * H)
    W_xh[:, place::H] = 0
    b_h[place::H] = -12, 12, 0, 4
    w = rng.normal(size=H) * 0.05
    w[place] = 3
    c = rng.normal(size=(B, H))
    c[:, place] = rng.choice([-1.2, -0.8, 0.8, 1.2], B)
    decoy = (place + 1) % H
    W_xh[:, 3 * H + decoy] = W_xh[:, H + decoy] = 0
    b_h[decoy::H] = 0, -12, 0, -4
    w[decoy], c[:, decoy] = 4, 3 * c[:, decoy]
    return rng.normal(size=(12, B, 3)), np.tanh(c) / 2, c, (W_xh, W_hh, b_h), w
