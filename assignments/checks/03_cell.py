"""Hidden checks of assignment 3: one step, a sequence, the scores, a memory made by hand."""

import numpy as np

from classroom.checks import check, compare, require, unchanged


def cell(rng, D=3, H=4):
    """Weights of a random cell: W_xh, W_hh, b_h."""
    return rng.normal(size=(D, H)), rng.normal(size=(H, H)) / 2, rng.normal(size=H)


def states(xs, h, W_xh, W_hh, b_h):
    """All states after each time step, as an independent loop over rows."""
    hs = []
    for x in xs:
        rows = [x[i] @ W_xh + h[i] @ W_hh + b_h for i in range(len(h))]
        h = np.tanh(rows)
        hs.append(h)
    return np.array(hs)


@check("test_step", points=2)
def one_step_is_the_tanh_of_the_sum(student):
    rng = np.random.default_rng(1)
    x, h, (W_xh, W_hh, b_h) = rng.normal(size=(2, 3)), rng.normal(size=(2, 4)), cell(rng)
    a_x, a_h = x @ W_xh, h @ W_hh
    mistakes = {
        "The tanh is missing.": a_x + a_h + b_h,
        "The bias b_h is missing.": np.tanh(a_x + a_h),
        "The recurrent product h @ W_hh is missing.": np.tanh(a_x + b_h),
        "The input product x @ W_xh is missing.": np.tanh(a_h + b_h),
        "W_hh is transposed: with row vectors it is h @ W_hh.": np.tanh(a_x + h @ W_hh.T + b_h),
        "The signs are wrong: all three parts are added.": np.tanh(a_x - a_h + b_h),
        "This is the logistic function; the cell wants tanh.": 1 / (1 + np.exp(-a_x - a_h - b_h)),
        "The tanh is taken of each part; it is taken once, of the sum.": (
            np.tanh(a_x) + np.tanh(a_h) + b_h
        ),
    }
    got = student.call("step", x, h, W_xh, W_hh, b_h)
    compare(got, np.tanh(a_x + a_h + b_h), "step", mistakes)


@check("test_step", points=1)
def a_step_leaves_its_arguments_alone_and_remembers_nothing(student):
    rng = np.random.default_rng(2)
    x, h, weights = rng.normal(size=(5, 3)), rng.normal(size=(5, 4)), cell(rng)
    first, after = student.call_and_look("step", x, h, *weights)
    names = ("x", "h", "W_xh", "W_hh", "b_h")
    for before, now, name in zip((x, h, *weights), after, names, strict=True):
        unchanged(before, now, name)
    second = student.call("step", x, h, *weights)
    right = states(x[None], h, *weights)[0]
    compare(first, right, "step")
    compare(second, right, "the second call of step", {}, 1e-6)


@check("test_forward", points=2)
def a_sequence_is_read_from_its_first_symbol_on(student):
    rng = np.random.default_rng(3)
    xs, h0, weights = rng.normal(size=(6, 2, 3)), np.zeros((2, 4)), cell(rng)
    right = states(xs, h0, *weights)
    same = np.array([states(x[None], h0, *weights)[0] for x in xs])
    mistakes = {
        "The sequence is read backwards.": states(xs[::-1], h0, *weights),
        "The sequence is read backwards, and its states are turned round.": (
            states(xs[::-1], h0, *weights)[::-1]
        ),
        "The state is not handed on: each step starts from h0.": same,
        "The first axis is time; your loop runs over the batch.": (
            np.swapaxes(states(np.swapaxes(xs, 0, 1)[:, :2], h0, *weights), 0, 1)
        ),
        "The states are those before each step; they should be those after it.": (
            np.concatenate([h0[None], right[:-1]])
        ),
        "Only the last state is returned; all T of them are needed.": right[-1],
        "The initial state is returned as well; there are T states, not T + 1.": (
            np.concatenate([h0[None], right])
        ),
        "Every entry is the last state: the same array was put into the list each time.": (
            np.repeat(right[-1:], 6, axis=0)
        ),
    }
    compare(student.call("forward", xs, h0, *weights), right, "forward", mistakes)


@check("test_forward", points=1)
def a_sequence_starts_from_the_state_that_is_given(student):
    rng = np.random.default_rng(4)
    xs, h0, weights = rng.normal(size=(3, 2, 3)), rng.normal(size=(2, 4)), cell(rng)
    mistakes = {"forward ignores h0 and starts from zero.": states(xs, 0 * h0, *weights)}
    compare(
        student.call("forward", xs, h0, *weights), states(xs, h0, *weights), "forward", mistakes
    )


@check("test_forward", points=1)
def a_second_sequence_knows_nothing_of_the_first(student):
    rng = np.random.default_rng(5)
    xs, h0, weights = rng.normal(size=(3, 2, 3)), np.zeros((2, 4)), cell(rng)
    other = rng.normal(size=(4, 2, 3))
    student.call("forward", other, h0, *weights)
    fresh = states(xs, h0, *weights)
    got, after = student.call_and_look("forward", xs, h0, *weights)
    require(
        np.shape(got) == fresh.shape and np.allclose(got, fresh, atol=1e-6),
        "After another sequence, forward gives other states: does one outlive its sequence, in a "
        "global variable or in a default argument?",
    )
    unchanged(h0, after[1], "h0")


@check("test_logits", points=2)
def scores_are_a_product_and_a_bias(student):
    rng = np.random.default_rng(6)
    hs, W_hy, b_y = rng.normal(size=(4, 2, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)
    z = np.einsum("tbh,hv->tbv", hs, W_hy) + b_y
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    mistakes = {
        "The bias b_y is missing.": z - b_y,
        "These are probabilities; logits are the scores before the softmax.": p,
        "Logits have no tanh: they can be of any size.": np.tanh(z),
        "Only the last step is scored; every step needs its scores.": z[-1],
    }
    compare(student.call("logits", hs, W_hy, b_y), z, "logits", mistakes)


@check("test_latch", points=1)
def the_unit_stays_low_until_the_event(student):
    low = run_latch(student, np.zeros(1000))
    require(low.max() < -0.5, "Without the event the unit rises above −0.5 within 1,000 steps.")
    require(run_latch(student, [0, 1])[1] > 0.5, "The unit stays low even at the event.")


@check("test_latch", points=2)
def the_unit_stays_high_from_the_event_on(student):
    x = np.zeros(1000)
    x[700] = 1
    h = run_latch(student, x)
    require(h[:700].max() < -0.5, "Before the event the unit does not stay below −0.5.")
    require(h[700] > 0.5, "The event does not lift the unit above 0.5.")
    require(h[700:].min() > 0.5, "The unit forgets the event within 300 steps.")
    h = run_latch(student, np.r_[0, 0, 1, 1, 0, 1, np.zeros(50)])
    require(h[2:].min() > 0.5, "A second event makes the unit forget the first.")


def run_latch(student, xs):
    """The states of the student's unit along an input; judged here, not in the sandbox."""
    weights = student.call("latch")
    compare(np.shape(weights), (3,), "the shape of what latch returns")
    w, u, b = np.asarray(weights, float)
    h, states = -1.0, []
    for x in xs:
        h = np.tanh(w * h + u * x + b)
        states.append(h)
    return np.array(states)
