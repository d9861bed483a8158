"""Hidden checks of assignment 4: the loss, the way back through time, the gradient check."""

from functools import lru_cache

import numpy as np

from classroom.checks import as_array, check, compare, require, unchanged

T, B, D, H = 4, 3, 2, 5


def surprises(z, y):
    """Surprise of each symbol, one at a time."""
    out = np.zeros(y.shape)
    for place in np.ndindex(*y.shape):
        scores = z[place]
        out[place] = np.log(np.exp(scores - scores.max()).sum()) - scores[y[place]] + scores.max()
    return out


def central(f, x, eps=1e-6):
    """Central differences."""
    grad = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        grad[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return grad


def batch(seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, size=(T, B))
    mask = np.arange(T)[:, None] < np.array([4, 2, 1])
    return rng.normal(size=(T, B, 6)) * 2, y, mask


@check("test_loss", points=2)
def the_loss_is_the_mean_of_the_real_symbols(student):
    z, y, mask = batch(1)
    costs = surprises(z, y)
    right = costs[mask].mean()
    mistakes = {
        "The padding counts as well: the mask is ignored.": costs.mean(),
        "Divide by the number of real symbols, not by T·B.": costs[mask].sum() / mask.size,
        "This is a sum; the loss is a mean.": costs[mask].sum(),
        "The sign is wrong: surprise is −ln p.": -right,
        "This averages over rows first; every real symbol counts the same.": np.mean(
            [costs[:, b][mask[:, b]].mean() for b in range(B)]
        ),
    }
    loss, _ = pair(student.call("loss_and_gradient", z, y, mask))
    compare(loss, right, "the loss", mistakes)


@check("test_loss", points=2)
def the_gradient_of_the_loss_is_p_minus_y(student):
    z, y, mask = batch(2)
    right = central(lambda z: surprises(z, y)[mask].mean(), z)
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    hot = np.eye(6)[y]
    mistakes = {
        "The gradient is not divided by the number of real symbols.": (p - hot) * mask[..., None],
        "Padding gets blame: the mask is missing in the gradient.": (p - hot) / mask.sum(),
        "The gradient is divided by T·B, not by the number of real symbols.": (
            (p - hot) * mask[..., None] / mask.size
        ),
        "This is p; the one-hot vector of the right symbol is not taken off.": (
            p * mask[..., None] / mask.sum()
        ),
    }
    before = z.copy()
    (_, dz), (after, *_) = call_pair(student, "loss_and_gradient", z, y, mask)
    compare(dz, right, "the gradient of the loss", mistakes)
    unchanged(before, after, "z")


@check("test_loss", points=1)
def large_scores_do_not_overflow(student):
    z, y, mask = np.zeros((2, 1, 3)), np.array([[0], [1]]), np.ones((2, 1), bool)
    z[0, 0], z[1, 0] = [900, -900, 0], [-800, -801, -2000]
    loss, dz = pair(student.call("loss_and_gradient", z, y, mask))
    compare(loss, surprises(z, y).mean(), "the loss of large scores")
    require(np.isfinite(np.asarray(dz, float)).all(), "The gradient of large scores is not finite.")


def states(xs, h0, W_xh, W_hh, b_h):
    hs, h = [], h0
    for x in xs:
        h = np.tanh(x @ W_xh + h @ W_hh + b_h)
        hs.append(h)
    return np.array(hs)


@lru_cache
def problem(seed):
    """A random network, what flows into its states, and all gradients by central differences."""
    rng = np.random.default_rng(seed)
    given = {
        "xs": rng.normal(size=(T, B, D)),
        "h0": rng.normal(size=(B, H)) / 2,
        "W_xh": rng.normal(size=(D, H)),
        "W_hh": rng.normal(size=(H, H)) / 2,
        "b_h": rng.normal(size=H) / 2,
    }
    dhs = rng.normal(size=(T, B, H))
    right = {
        name: central(lambda x, n=name: (states(**given | {n: x}) * dhs).sum(), value)
        for name, value in given.items()
    }
    return given, dhs, right


def walk(given, dhs, slope=True, carry=True, before=True, transpose=True, into=True, start=True):
    """The way back, with switches for the classic bugs."""
    xs, h0, W_xh, W_hh, _ = given.values()
    hs = states(**given)
    grads = {name: np.zeros_like(value) for name, value in given.items()}
    dh = np.zeros_like(h0)
    for t in reversed(range(T)):
        da = (dh + dhs[t]) if into else dh + dhs[-1] * (t == T - 1)
        da = da * (1 - hs[t] ** 2) if slope else da
        last = (hs[t - 1] if t else h0 * start) if before else hs[t]
        grads["W_xh"] += xs[t].T @ da
        grads["W_hh"] += last.T @ da
        grads["b_h"] += da.sum(axis=0)
        grads["xs"][t] = da @ W_xh.T
        dh = da @ (W_hh.T if transpose else W_hh) if carry else 0 * dh
    grads["h0"] = dh
    return grads


BUGS = {
    "The factor 1 − h², the slope of tanh, is missing.": {"slope": False},
    "Blame does not travel: nothing is carried from a step to the one before it.": {"carry": False},
    "W_hh meets the state before the step, h[t − 1], and not h[t].": {"before": False},
    "On the way back the product is with W_hh transposed.": {"transpose": False},
    "Only the last step's blame is used; each step adds its own dhs[t].": {"into": False},
    "The first step also has a state before it: h0.": {"start": False},
}


def ask(student, seed):
    given, dhs, right = problem(seed)
    hs = states(**given)
    arguments = dhs, given["xs"], hs, given["h0"], given["W_xh"], given["W_hh"]
    got, after = student.call_and_look("backward", *arguments)
    require(isinstance(got, dict), "backward should return a dictionary.")
    missing = set(right) - set(got)
    require(not missing, f"backward returns no gradient of {', '.join(sorted(missing))}.")
    return given, dhs, right, got, after


def compare_gradient(student, name, seed):
    given, dhs, right, got, _ = ask(student, seed)
    mistakes = {said: walk(given, dhs, **bug)[name] for said, bug in BUGS.items()}
    compare(got[name], right[name], f"the gradient of {name}", mistakes, 1e-5)


@check("test_backward", points=2)
def the_gradient_of_the_recurrent_weights(student):
    compare_gradient(student, "W_hh", 11)


@check("test_backward", points=2)
def the_gradient_of_the_input_weights(student):
    compare_gradient(student, "W_xh", 12)


@check("test_backward", points=1)
def the_gradient_of_the_bias(student):
    compare_gradient(student, "b_h", 13)


@check("test_backward", points=1)
def the_gradient_of_the_inputs(student):
    compare_gradient(student, "xs", 14)


@check("test_backward", points=1)
def the_gradient_of_the_initial_state(student):
    compare_gradient(student, "h0", 15)


@check("test_backward", points=1)
def the_way_back_changes_nothing_and_starts_fresh(student):
    given, dhs, right, _, after = ask(student, 16)
    hs = states(**given)
    for name, before, now in zip(
        ("dhs", "xs", "hs", "h0", "W_xh", "W_hh"),
        (dhs, given["xs"], hs, given["h0"], given["W_xh"], given["W_hh"]),
        after,
        strict=True,
    ):
        unchanged(before, now, name)
    got = ask(student, 16)[3]
    require(
        np.shape(got["b_h"]) == (H,) and np.allclose(got["b_h"], right["b_h"], atol=1e-5),
        "The gradient of b_h differs from call to call: start each way back from zero.",
    )


F = "lambda x: float((np.sin(x) * x).sum())"


@check("test_numerical", points=2)
def central_differences_give_the_gradient(student):
    for shape in ((3, 2), (4,), ()):
        x = np.random.default_rng(21).normal(size=shape)
        (got,) = student.run(f"g = numerical_gradient({F}, x)", ["g"], x=x)
        compare(got, np.cos(x) * x + np.sin(x), "the numerical gradient", {}, 1e-6)


@check("test_numerical", points=1)
def the_error_is_of_second_order_and_the_point_stays(student):
    x = np.array([0.7, -1.2])
    code = (
        f"before = x.copy(); g = numerical_gradient({F}, x, 0.1); same = bool((x == before).all())"
    )
    got, same = student.run(code, ["g", "same"], x=x)
    require(same is True, "x has changed: put back what you change, or work on a copy.")
    exact = central(lambda x: float((np.sin(x) * x).sum()), x, 0.1)
    one_sided = np.array([
        (float((np.sin(x + s) * (x + s)).sum()) - float((np.sin(x) * x).sum())) / 0.1
        for s in 0.1 * np.eye(2)
    ])  # fmt: skip
    compare(got, exact, "the numerical gradient with eps = 0.1", {
        "This is the one-sided difference; the central one is far more exact.": one_sided,
        "eps is ignored.": np.cos(x) * x + np.sin(x),
        "Divide by 2·eps: the two points are that far apart.": 2 * exact,
    }, 1e-9)  # fmt: skip


@check("test_error", points=1)
def the_error_is_relative_and_of_the_worst_entry(student):
    a, b = np.array([[1e-3, 5.0], [2.0, -1.0]]), np.array([[1.1e-3, 5.0], [2.1, -1.0]])
    worst = 0.1e-3 / 1.1e-3
    got = student.call("relative_error", a, b)
    compare(got, worst, "relative_error", {
        "This is the absolute difference.": 0.1,
        "This is the mean over the entries; one wrong entry is enough to be wrong.": np.mean(
            [worst, 0, 0.1 / 2.1, 0]
        ),
    }, 1e-9)  # fmt: skip
    compare(student.call("relative_error", -a, a), 2, "relative_error of a and −a", {}, 1e-9)


@check("test_error", points=1)
def what_is_not_a_number_is_never_right(student):
    bad = np.array([1.0, np.nan, 2.0])
    fine = as_array(student.call("relative_error", np.ones(3), np.ones(3)), "relative_error")
    require(fine.shape == () and fine == 0, "Two equal arrays have no error.")
    for a, b in ((bad, np.ones(3)), (np.ones(3), bad), (bad, bad)):
        got = student.call("relative_error", a, b)
        require(
            isinstance(got, float | np.ndarray) and np.isinf(got), "An array with a nan passes."
        )


def pair(got):
    """Two results, or a sentence."""
    require(isinstance(got, (list, tuple)) and len(got) == 2, "Return two values: loss, gradient.")
    return got


def call_pair(student, name, *arguments):
    got, after = student.call_and_look(name, *arguments)
    return pair(got), after
