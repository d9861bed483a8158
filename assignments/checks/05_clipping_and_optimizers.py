"""Hidden checks of assignment 5: clipping, momentum, Adam, a running mean."""

import numpy as np

from classroom.checks import Wrong, as_array, check, compare, require, unchanged


def arrays(seed, scale=1.0):
    """Arrays as parameters or gradients have them."""
    rng = np.random.default_rng(seed)
    return {"W": rng.normal(size=(3, 4)) * scale, "b": rng.normal(size=4) * scale}


def flat(some):
    """All entries, in one row; or a sentence."""
    if not isinstance(some, dict) or set(some) != {"W", "b"}:
        raise Wrong("Return a dictionary with the keys of what came in.")
    return np.concatenate([as_array(some[k], k).ravel() for k in ("W", "b")])


def two(got, what):
    """Two results, or a sentence."""
    require(isinstance(got, (list, tuple)) and len(got) == 2, f"{what} should return two values.")
    return got


@check("test_clip", points=3)
def a_large_gradient_is_scaled_as_a_whole(student):
    g = arrays(1, 7.0)
    x = flat(g)
    norm = np.sqrt((x**2).sum())
    each = np.concatenate([v.ravel() / np.sqrt((v**2).sum()) for v in g.values()])
    mistakes = {
        "Each array is clipped alone; the norm is taken over all of them together.": 2 * each,
        "Each entry is clipped alone, which turns the gradient.": np.clip(x, -2, 2),
        "The norm is divided away: the result should have the limit as its norm.": x / norm,
        "The norm is the root of the sum of squares; the root is missing.": x * 2 / norm**2,
        "The norm is of squares, not of absolute values.": x * 2 / np.abs(x).sum(),
        "Nothing is clipped.": x,
    }
    compare(flat(student.call("clip_by_norm", g, 2.0)), x * 2 / norm, "clip_by_norm", mistakes)


@check("test_clip", points=1)
def a_small_gradient_stays_and_a_zero_does_not_divide(student):
    g = arrays(2, 0.01)
    grown = flat(g) / np.sqrt((flat(g) ** 2).sum()) * 3
    mistakes = {"A gradient below the limit is stretched to it; it should stay.": grown}
    compare(flat(student.call("clip_by_norm", g, 3.0)), flat(g), "clip_by_norm", mistakes)
    zero = {k: 0 * v for k, v in g.items()}
    compare(flat(student.call("clip_by_norm", zero, 3.0)), flat(zero), "clip_by_norm of zeros")
    shorter(flat(student.call("clip_by_norm", arrays(2), 0.1)), flat(arrays(2)))


def shorter(got, g):
    """Raise `Wrong` unless something was taken, and something of every entry left."""
    require(got.shape == g.shape, "Clipping changes no shapes.")
    fine = (got * g > 0) & (abs(got) <= abs(g) + 1e-12)
    require(fine.all() and (abs(got) < abs(g)).any(), "A large gradient is not made shorter.")


@check("test_clip", points=1)
def clipping_leaves_what_came_in(student):
    g = arrays(3, 9.0)
    got, (after, _) = student.call_and_look("clip_by_norm", g, 1.0)
    shorter(flat(got), flat(g))
    for k in g:
        unchanged(g[k], after[k], "the gradient")


def heavy_ball(params, gradients, lr, mu, rule):
    v, p = 0.0, flat(params)
    for g in gradients:
        v, step = rule(v, flat(g))
        p = p - lr * step
    return p


@check("test_momentum", points=2)
def three_steps_with_momentum(student):
    params, gradients = arrays(4), [arrays(s) for s in (5, 6, 7)]
    code = """
v = {}
for g in gradients:
    p, v = momentum_step(p, g, v, 0.3, 0.8)
"""
    (got,) = student.run(code, ["p"], p=params, gradients=gradients)
    rules = {
        "The velocity gets the whole gradient, not the share 1 − μ of it.": (
            lambda v, g: (0.8 * v + 0.2 * g,) * 2
        ),
        "The velocity is lost between steps: return it.": lambda v, g: (0 * v, g),
        "The step goes along the old velocity; the new one counts.": lambda v, g: (0.8 * v + g, v),
        "The velocity goes uphill: the sign is wrong.": lambda v, g: (0.8 * v - g,) * 2,
    }
    right = heavy_ball(params, gradients, 0.3, 0.8, lambda v, g: (0.8 * v + g,) * 2)
    mistakes = {said: heavy_ball(params, gradients, 0.3, 0.8, rule) for said, rule in rules.items()}
    compare(flat(got), right, "three steps of momentum_step", mistakes, 1e-9)


def moved(new, old):
    """Raise `Wrong` unless every parameter has moved, and not far away."""
    far = np.abs(flat(new) - flat(old))
    require(((far > 0) & (far < 1)).all(), "The parameters should take a step, and a small one.")


@check("test_momentum", points=1)
def momentum_leaves_what_came_in(student):
    params, grads, velocity = arrays(8), arrays(9), arrays(10)
    got, after = student.call_and_look("momentum_step", params, grads, velocity, 0.1, 0.9)
    moved(two(got, "momentum_step")[0], params)
    for name, before, now in zip(
        ("a parameter", "a gradient", "a velocity"), (params, grads, velocity), after, strict=False
    ):
        for k in before:
            unchanged(before[k], now[k], name)


def adam(params, gradients, lr, betas, eps, correct=True, root=True, inside=False, count=0):
    """Adam, entry by entry, with switches for the classic bugs."""
    p = flat(params)
    m, v = np.zeros_like(p), np.zeros_like(p)
    for t, g in enumerate((flat(g) for g in gradients), 1):
        m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
        t = count or t
        scale = (1 - betas[0] ** t, 1 - betas[1] ** t) if correct else (1, 1)
        m_hat, v_hat = m / scale[0], v / scale[1]
        size = np.sqrt(v_hat + eps) if inside else (np.sqrt(v_hat) if root else v_hat) + eps
        p = p - lr * m_hat / size
    return p


ADAM = """
state = {}
for g in gradients:
    p, state = adam_step(p, g, state, lr, betas, eps)
"""
BUGS = {
    "The bias correction is missing: divide by 1 − β^t.": {"correct": False},
    "Divide by the root of the mean square, not by the mean square.": {"root": False},
    "ε is added outside of the root.": {"inside": True},
    "The steps are not counted: t is 1 each time.": {"count": 1},
}


def adam_asked(student, steps, lr, betas, eps, tolerance):
    params, gradients = arrays(11), [arrays(s) for s in range(12, 12 + steps)]
    options = {"lr": lr, "betas": betas, "eps": eps}
    (got,) = student.run(ADAM, ["p"], p=params, gradients=gradients, **options)
    right = adam(params, gradients, **options)
    mistakes = {said: adam(params, gradients, **options, **bug) for said, bug in BUGS.items()}
    mistakes["The two betas are exchanged."] = adam(params, gradients, lr, betas[::-1], eps)
    mistakes["The step goes uphill: the sign is wrong."] = adam(params, gradients, -lr, betas, eps)
    compare(flat(got), right, "adam_step", mistakes, tolerance)


@check("test_adam", points=3)
def five_steps_of_adam(student):
    adam_asked(student, 5, 0.05, (0.9, 0.99), 1e-8, 1e-9)


@check("test_adam", points=1)
def all_settings_of_adam_count(student):
    adam_asked(student, 4, 0.5, (0.3, 0.6), 0.1, 1e-9)


@check("test_adam", points=1)
def a_new_network_starts_with_an_empty_state(student):
    adam_asked(student, 2, 0.05, (0.9, 0.99), 1e-8, 1e-9)
    adam_asked(student, 2, 0.05, (0.9, 0.99), 1e-8, 1e-9)


@check("test_adam", points=1)
def adam_leaves_what_came_in(student):
    params, grads = arrays(20), arrays(21)
    state = {"t": 3, "m": arrays(22), "v": {k: abs(v) for k, v in arrays(23).items()}}
    got, after = student.call_and_look("adam_step", params, grads, state)
    moved(two(got, "adam_step")[0], params)
    for before, now in ((params, after[0]), (grads, after[1])):
        for k in before:
            unchanged(before[k], now[k], "what it is given")
    for k in ("W", "b"):
        unchanged(state["m"][k], after[2]["m"][k], "the old state")
        unchanged(state["v"][k], after[2]["v"][k], "the old state")


@check("test_smooth", points=2)
def the_running_mean_is_corrected_for_its_start(student):
    losses, beta = np.random.default_rng(30).normal(3, 1, size=12), 0.85
    raw = np.array([
        (1 - beta) * sum(beta ** (t - i) * losses[i] for i in range(t + 1)) for t in range(12)
    ])  # fmt: skip
    right = raw / (1 - beta ** np.arange(1, 13))
    first = [losses[0]]
    for loss in losses[1:]:
        first.append(beta * first[-1] + (1 - beta) * loss)
    mistakes = {
        "The correction is missing: the mean starts too low.": raw,
        "Starting from the first loss gives that loss too much weight; divide by 1 − β^t.": first,
        "The corrected mean goes into the next; only the raw one should.": fed_back(losses, beta),
    }
    compare(student.call("smooth", losses, beta), right, "smooth", mistakes, 1e-9)


def fed_back(losses, beta):
    s, out = 0.0, []
    for t, loss in enumerate(losses, 1):
        s = (beta * s + (1 - beta) * loss) / (1 - beta**t)
        out.append(s)
    return out


@check("test_smooth", points=1)
def smoothing_by_nothing_changes_nothing(student):
    losses = np.array([4.0, 1.0, 3.0])
    compare(student.call("smooth", losses, 0.0), losses, "smooth with β = 0", {}, 1e-12)
    got = as_array(student.call("smooth", losses, 0.5), "smooth")
    require(
        got.shape == (3,) and 1 < got[1] < got[0] and 1 < got[2] < 4,
        "With β = 0.5 each value should be a mean of those so far.",
    )
