"""Hidden checks of assignment 7: batches, surprise, an epoch, the best epoch, a report.

The reference takes its gradients by complex steps, which are exact and share no code with the way
back: the imaginary part of f(x + εi)/ε is f′(x), and ε may be 1e-30.
"""

import zlib
from functools import cache

import numpy as np

import rnnlib as rl
from classroom.checks import Wrong, as_array, check, compare, require

V, KEYS = 27, ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
TRAIN = ["mei", "zuul", "yi", "kol", "gasosaurus", "anzu", "balaur", "tawa"]
VALID = ["meg", "zuuli", "kosaur"]
SIZE, LR, LIMIT = 3, 0.03, 0.6


def new(H, seed):
    rng = np.random.default_rng(seed)
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: rng.normal(size=shape) * 0.5 for name, shape in shapes.items()}


def ids_of(name):
    return [ord(letter) - ord("a") + 1 for letter in name]


def walk(p, name, h):
    """Surprise of each symbol of one name, and the last state; p may have axes in front."""
    out, last = [], 0
    for target in [*ids_of(name), 0]:
        h = np.tanh(p["W_xh"][..., last, :] + (h[..., None, :] @ p["W_hh"])[..., 0, :] + p["b_h"])
        z = (h[..., None, :] @ p["W_hy"])[..., 0, :] + p["b_y"]
        top = z.real.max(axis=-1, keepdims=True)
        out.append(np.log(np.exp(z - top).sum(axis=-1)) + top[..., 0] - z[..., target])
        last = target
    return out, h


def costs(p, names, states=None, padded=False):
    """Surprises of all symbols of some names, and their last states."""
    longest, all_costs, ends = max(map(len, names)), [], []
    for b, name in enumerate(names):
        h = np.zeros(p["b_h"].shape, p["b_h"].dtype)
        out, end = walk(p, name, h if states is None or b >= len(states) else h + states[b])
        for _ in range(longest - len(name) if padded else 0):
            extra, end = walk(p, "", end)
            out = out + extra
        all_costs.append(out)
        ends.append(end)
    return all_costs, ends


def gradient(p, names, states=None):
    """The mean surprise, its gradient by complex steps, and the last states."""
    flat = np.concatenate([p[name].ravel() for name in KEYS])
    moved = flat + 1e-30j * np.eye(len(flat))
    parts, at = {}, 0
    for name in KEYS:
        n = p[name].size
        parts[name] = moved[:, at : at + n].reshape(-1, *p[name].shape)
        at += n
    mean = sum(map(sum, costs(parts, names, states)[0])) / sum(len(name) + 1 for name in names)
    grads, at = {}, 0
    for name in KEYS:
        n = p[name].size
        grads[name] = mean.imag[at : at + n].reshape(p[name].shape) / 1e-30
        at += n
    return float(mean.real[0]), grads, costs(p, names, states)[1]


def adam(p, g, state, lr):
    t, m, v = state[0] + 1, {}, {}
    for name in KEYS:
        m[name] = 0.9 * state[1].get(name, 0) + 0.1 * g[name]
        v[name] = 0.999 * state[2].get(name, 0) + 0.001 * g[name] ** 2
    step = {k: m[k] / (1 - 0.9**t) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8) for k in KEYS}
    return {k: p[k] - lr * step[k] for k in KEYS}, (t, m, v)


FRESH = (0, {}, {})


def epoch(p, state, names, rng, lr=LR, size=SIZE, bug=""):
    """One epoch; `bug` names a mistake to make."""
    order, losses, carried, counts = rng.permutation(len(names)), [], None, []
    for start in range(0, len(names), size):
        batch = [names[i] for i in order[start : start + size]]
        loss, g, ends = gradient(p, batch, carried)
        carried = ends if bug == "carried" else None
        norm = np.sqrt(sum((g[k] ** 2).sum() for k in KEYS))
        if bug == "each array":
            norms = {k: np.sqrt((g[k] ** 2).sum()) for k in KEYS}
            g = {k: g[k] * min(1, LIMIT / norms[k]) for k in KEYS}
        elif bug != "unclipped" and norm > LIMIT:
            g = {k: g[k] * LIMIT / norm for k in KEYS}
        if bug == "forgets":
            state = FRESH
        if bug == "descent":
            p = {k: p[k] - lr * g[k] for k in KEYS}
        else:
            p, state = adam(p, g, state, lr)
        losses.append(loss)
        counts.append(sum(len(name) + 1 for name in batch))
        if bug == "first batch":
            break
    return p, state, (np.array(losses), np.array(counts))


def score(p, names):
    return np.mean([float(c) for out in costs(p, names)[0] for c in out])


@cache
def fitted(train, valid, epochs, lr=LR, bug="", seed=5):
    """All parameters and scores of a training run without an early end."""
    p, state, rng, every = new(3, 4), FRESH, np.random.default_rng(seed), []
    for e in range(epochs):
        rate = lr if bug == "constant" else lr * (1 - (e + (bug == "early")) / epochs)
        state = FRESH if bug == "forgets epochs" else state
        names = list(train + valid if bug == "trained on valid" else train)
        p, state, _ = epoch(p, state, names, rng, rate)
        every.append((p, score(p, list(train if bug == "scored on train" else valid))))
    return every


def flat(p):
    return np.concatenate([np.asarray(p[name], float).ravel() for name in KEYS])


def weights(got, H, what):
    """The student's parameters as one vector, if they have the right names and shapes."""
    require(isinstance(got, dict), f"{what} should be a dictionary of weights.")
    require(set(got) == set(KEYS), f"{what} should have the keys {', '.join(KEYS)}.")
    shapes = {k: v.shape for k, v in new(H, 0).items()}
    for k in KEYS:
        array = as_array(got[k], f"{what}[{k!r}]")
        require(array.shape == shapes[k], f"{what}[{k!r}] has the shape {array.shape}.")
    return flat(got)


def explained(got, right, what, mistakes):
    """Compare, and work out what mistakes would give only if it is wrong."""
    try:
        compare(got, right, what)
    except Wrong:
        compare(got, right, what, {said: value() for said, value in mistakes.items()})


def cut(student, names, size, seed):
    code = "before = list(names)\ngot = [list(map(str, b)) for b in batches(names, size, rng)]\n"
    code += "same = before == names"
    inputs = {"names": list(names), "size": size, "rng": np.random.default_rng(seed)}
    got, same = student.run(code, ["got", "same"], **inputs)
    return got, same


MANY = [a + b for a in ("mei", "zuul", "kol", "yi", "anzu") for b in ("saurus", "raptor", "")]


@check("test_batches", points=2)
def every_name_comes_exactly_once(student):
    for size in (4, 5, 20):
        got, same = cut(student, MANY, size, 1)
        flat_got = [name for batch in got for name in batch]
        require(not set(MANY) - set(flat_got), "Some names are in no batch: is the last one lost?")
        require(len(flat_got) == len(set(flat_got)), "Some names come more than once.")
        require(set(flat_got) == set(MANY), "There are names that were not given.")
        sizes = [len(batch) for batch in got]
        right = [min(size, len(MANY) - start) for start in range(0, len(MANY), size)]
        require(sizes == right, f"15 names by {size}: the batches should have {right} names.")
        require(same, "The list of names that was given has changed.")


@check("test_batches", points=1)
def the_order_is_new_in_each_epoch_and_comes_from_the_generator(student):
    code = "got = [[list(map(str, b)) for b in batches(names, 4, rng)] for _ in range(2)]"
    (got,) = student.run(code, ["got"], names=MANY, rng=np.random.default_rng(2))
    rng = np.random.default_rng(2)
    for mine in got:
        right = [MANY[i] for i in rng.permutation(len(MANY))]
        flat_got = [name for batch in mine for name in batch]
        require(flat_got != MANY, "The names are not shuffled.")
        require(flat_got == right, "The order is not that of one rng.permutation per epoch.")
    require(got[0] != got[1], "Two epochs have the same order: is the generator made anew?")


@check("test_surprises", points=2)
def a_surprise_is_a_sum_over_the_symbols_of_a_name(student):
    p, names = new(4, 1), ["zuul", "yi", "gasosaurus"]
    parts = costs(p, names)[0]
    lengths = np.array([len(name) + 1 for name in names])
    right = np.array([sum(c) for c in parts])
    padded = costs(p, names, padded=True)[0]
    _, ends = costs(p, names)
    again = costs(p, names, ends)[0]
    mistakes = {
        "Padding costs something: use the mask.": np.array([sum(c) for c in padded]),
        "The end mark is a symbol, too.": np.array([sum(c[:-1]) for c in parts]),
        "A name's surprise is a sum, not a mean.": right / lengths,
        "The sum is divided by the longest length.": right / lengths.max(),
        "This is in bits; nats use the natural logarithm.": right / np.log(2),
        "Every name should be read from a state of zeros.": np.array([sum(c) for c in again]),
        "One number for each name, not one for all.": right.sum(),
    }
    compare(student.call("surprises", p, names), right, "surprises", mistakes)


@check("test_surprises", points=1)
def a_name_costs_the_same_in_any_company_and_scores_may_be_large(student):
    p = new(4, 2)
    alone = student.call("surprises", p, ["yi"])
    among = as_array(student.call("surprises", p, ["yi", *TRAIN]), "surprises")
    require(among.shape == (9,), "surprises should return one number for each name.")
    compare(alone, among[:1], "the surprise of a name alone, compared with one in a batch")
    large = p | {"W_hy": p["W_hy"] * 900}
    right = [sum(c) for c in costs(large, TRAIN)[0]]
    compare(student.call("surprises", large, TRAIN), right, "surprises with large scores")


EPOCHS = """
state, losses, every = {}, [], []
for _ in range(n):
    params, state, loss = train_epoch(params, state, names, rng, size=size, lr=lr, limit=limit)
    losses.append(loss)
    every.append(params)
"""


def trained(student, n):
    inputs = {"params": new(3, 4), "names": TRAIN, "rng": np.random.default_rng(5), "n": n}
    losses, every = student.run(
        EPOCHS, ["losses", "every"], size=SIZE, lr=LR, limit=LIMIT, **inputs
    )
    return losses, every


@cache
def epochs_of(bug, n):
    """Parameters after n epochs, and the losses and sizes of the batches in the last one."""
    p, state, rng = new(3, 4), FRESH, np.random.default_rng(5)
    for _ in range(n):
        p, state, last = epoch(p, FRESH if bug == "forgets epochs" else state, TRAIN, rng, bug=bug)
    return flat(p), last


@check("test_epoch", points=2)
def an_epoch_is_one_step_for_each_batch(student):
    _, every = trained(student, 1)
    mistakes = {
        "The state of the last batch is carried into the next one: begin with zeros.": "carried",
        "The gradient is not clipped.": "unclipped",
        "Each array is clipped alone, which turns the gradient.": "each array",
        "Adam begins anew at every batch.": "forgets",
        "This is plain gradient descent; the step should be Adam's.": "descent",
        "Only the first batch is used: is the return inside the loop?": "first batch",
    }
    mistakes = {said: lambda bug=bug: epochs_of(bug, 1)[0] for said, bug in mistakes.items()}
    mistakes["The parameters are those that came in."] = lambda: flat(new(3, 4))
    got = weights(every[0], 3, "params")
    explained(got, epochs_of("", 1)[0], "params after one epoch", mistakes)


@check("test_epoch", points=1)
def adam_goes_on_in_the_next_epoch(student):
    _, every = trained(student, 2)
    mistakes = {"Adam begins anew in each epoch.": lambda: epochs_of("forgets epochs", 2)[0]}
    got = weights(every[1], 3, "params")
    explained(got, epochs_of("", 2)[0], "params after two epochs", mistakes)


@check("test_epoch", points=1)
def the_loss_is_a_mean_over_all_symbols_of_the_epoch(student):
    losses, _ = trained(student, 1)
    loss, count = epochs_of("", 1)[1]
    mistakes = {
        "Batches have different numbers of symbols: weigh their losses by them.": loss.mean(),
        "This is a sum; the loss is a mean over symbols.": (loss * count).sum(),
        "This is the sum over the batches.": loss.sum(),
        "This is the loss of the last batch only.": loss[-1],
        "The losses are weighed by names, not by symbols.": (loss * [3, 3, 2]).sum() / 8,
    }
    compare(losses[0], (loss * count).sum() / count.sum(), "loss", mistakes)


@check("test_epoch", points=1)
def what_was_given_stays_as_it_was(student):
    code = "import copy\nbefore = copy.deepcopy((params, state, names))\n"
    code += "new, after, loss = train_epoch(params, state, names, rng, 3, 0.03, 0.6)\n"
    code += "old_params, old_state, old_names = before"
    warm = {"t": 2, "m": new(3, 6), "v": {k: w**2 for k, w in new(3, 7).items()}}
    inputs = {"params": new(3, 4), "state": warm, "names": list(TRAIN)}
    outputs = ["params", "state", "names", "new"]
    params, state, names, made = student.run(code, outputs, rng=np.random.default_rng(5), **inputs)
    require(not np.array_equal(weights(made, 3, "params"), flat(new(3, 4))), "Nothing is trained.")
    same = alike(params, new(3, 4))
    require(same, "The parameters that were given have changed: somebody may have kept them.")
    kept = isinstance(state, dict) and all(alike(state.get(k), warm[k]) for k in "mv")
    require(kept and alike(state.get("t"), 2), "Adam's state that was given has changed.")
    require(names == TRAIN, "The list of names that was given has changed.")


def alike(a, b):
    """Tell whether arrays or dictionaries of arrays are the same, whatever came back."""
    if isinstance(b, dict):
        return isinstance(a, dict) and a.keys() == b.keys() and all(alike(a[k], b[k]) for k in b)
    return np.array_equal(a, b)


def fits(student, train, valid, epochs, patience=99, lr=LR):
    code = "best, history = fit(params, train, valid, rng, epochs, patience, size, lr, limit)\n"
    code += "history = [float(s) for s in history]"
    inputs = {"params": new(3, 4), "train": list(train), "valid": list(valid), "limit": LIMIT}
    inputs |= {"epochs": epochs, "patience": patience, "size": SIZE, "lr": lr}
    best, history = student.run(code, ["best", "history"], rng=np.random.default_rng(5), **inputs)
    require(isinstance(history, list), "The history should be a list of scores.")
    return weights(best, 3, "best"), history


@check("test_fit", points=2)
def the_history_has_the_validation_score_after_each_epoch(student):
    train, valid = tuple(TRAIN), tuple(VALID)
    _, history = fits(student, train, valid, 3)
    right = [s for _, s in fitted(train, valid, 3)]
    mistakes = {
        "The learning rate stays the same.": "constant",
        "The learning rate falls too early: the first epoch has e = 0.": "early",
        "Adam begins anew in each epoch.": "forgets epochs",
        "The network is trained on the validation names.": "trained on valid",
        "The history has the scores of the training names.": "scored on train",
    }
    explained(
        history,
        right,
        "history",
        {
            said: lambda bug=bug: [s for _, s in fitted(train, valid, 3, bug=bug)]
            for said, bug in mistakes.items()
        },
    )


WORSE = ("tawa", "mei", "anzu", "zuul"), ("koli", "megapnosaurus")


@check("test_fit", points=2)
def the_best_epoch_is_kept_and_not_the_last(student):
    every = fitted(*WORSE, 7, lr=0.1)
    scores = [s for _, s in every]
    best = int(np.argmin(scores))
    got, _ = fits(student, *WORSE, 7, lr=0.1)
    mistakes = {
        "These are the parameters of the last epoch, not of the best.": every[-1][0],
        "These are the parameters before the best epoch.": every[best - 1][0],
        "These are the parameters after the best epoch.": every[best + 1][0],
        "These are the parameters of the first epoch.": every[0][0],
        "These are the parameters that came in.": new(3, 4),
        "These are the parameters of the worst epoch: a low score is good.": every[
            int(np.argmax(scores))
        ][0],
    }
    right = flat(every[best][0])
    compare(got, right, "best", {said: flat(p) for said, p in mistakes.items()})


@check("test_fit", points=1)
def it_stops_after_some_epochs_without_a_new_best(student):
    scores = [s for _, s in fitted(*WORSE, 7, lr=0.1)]
    for patience in (1, 2):
        _, history = fits(student, *WORSE, 7, patience, lr=0.1)
        lasts, since, low = 7, 0, np.inf
        for e, s in enumerate(scores):
            low, since = (s, 0) if s < low else (low, since + 1)
            if since == patience:
                lasts = e + 1
                break
        require(len(history) != 7, "It does not stop early.")
        said = f"With patience {patience} it ran {len(history)} epochs and not {lasts}."
        require(len(history) == lasts, said)


@check("test_fit", points=1)
def validation_names_are_never_trained_on(student):
    train = tuple(TRAIN)
    one, _ = fits(student, train, VALID, 1)
    other, _ = fits(student, train, ["xixixi", "quetzal"], 1)
    require(
        np.array_equal(one, other), "With other validation names, one epoch gives other weights."
    )
    right = flat(fitted(train, tuple(VALID), 1)[0][0])
    compare(one, right, "best after one epoch")


@cache
def split(name):
    names = rl.dinosaur_names()
    order = np.random.default_rng(zlib.crc32(name.encode())).permutation(len(names))
    mine = [names[i] for i in order]
    return mine[350:], mine[200:350], mine[:200]


@cache
def counting(name):
    """Surprises of the test names under rnnlib's n-gram, fitted to all names but the test's."""
    train, valid, test = split(name)
    counter = rl.NGram(4, vocab=rl.Vocabulary.from_text(rl.dinosaur_names()))
    counter.fit(valid + train)
    return np.array([counter.nats_per_symbol([n]) * (len(n) + 1) for n in test])


def own(student):
    """The student's network, and its surprise at each test name."""
    my_id, params = student.run("pass", ["my_id", "my_params"])
    require(
        isinstance(my_id, str) and my_id == student.name,
        "my_id is not the name under which this was handed in.",
    )
    require(isinstance(params, dict) and "b_h" in params, "my_params should be a network.")
    H = as_array(params["b_h"], "my_params").size
    require(0 < H <= 256, "my_params should have at most 256 units.")
    vector = weights(params, H, "my_params")
    require(np.isfinite(vector).all(), "my_params has weights that are not finite.")
    p = {k: np.asarray(params[k], float) for k in KEYS}
    return p, np.array([sum(c) for c in costs(p, split(student.name)[2])[0]])


def report(student, key):
    (got,) = student.run("pass", ["my_report"])
    require(isinstance(got, dict) and key in got, f"my_report should have the key {key!r}.")
    return got[key]


def symbols(name):
    return sum(len(n) + 1 for n in split(name)[2])


@check("test_mine", points=2)
def the_network_is_trained_and_has_not_seen_the_test_names(student):
    """The band: over 24 runs, honest networks were 0.00 to 0.09 better than counting.

    Six that were trained on test names, too, were better by 0.20 to 0.25, with the same settings;
    one trained more gently (8 epochs, half the rate) by 0.05, which no score gives away.
    """
    _, surprise = own(student)
    n = symbols(student.name)
    ahead = (counting(student.name).sum() - surprise.sum()) / n
    said = f"On your test names my_params scores {surprise.sum() / n:.3f}. "
    require(ahead > -0.15, said + "A network trained with the given settings does better.")
    require(ahead < 0.15, said + "That is too good: were test names used in training?")


@check("test_mine", points=1)
def the_reported_score_is_that_of_the_weights(student):
    p, surprise = own(student)
    train, valid, test = split(student.name)
    n = symbols(student.name)
    lengths = np.array([len(name) + 1 for name in test])
    mistakes = {
        "This is the score on the validation names.": lambda: score(p, valid),
        "This is the score on the training names.": lambda: score(p, train),
        "This is a mean over names; the score is per symbol.": surprise.mean,
        "This is the mean of the names' means; longer names should count more.": (
            surprise / lengths
        ).mean,
    }
    explained(report(student, "network"), surprise.sum() / n, 'my_report["network"]', mistakes)


@check("test_mine", points=1)
def the_comparison_with_counting_is_right(student):
    _, surprise = own(student)
    train, _, test = split(student.name)
    counted, n = counting(student.name), symbols(student.name)
    less = rl.NGram(4, vocab=rl.Vocabulary.from_text(rl.dinosaur_names()))
    said = "The 4-gram should be fitted to training and validation names."
    mistakes = {said: lambda: less.fit(train).nats_per_symbol(test)}
    explained(report(student, "counting"), counted.sum() / n, 'my_report["counting"]', mistakes)
    better = (surprise < counted).sum()
    mistakes = {
        "This counts the names at which counting is less surprised.": 200 - better,
        "This is a share; the number of names is asked for.": better / 200,
    }
    compare(report(student, "better"), better, 'my_report["better"]', mistakes)


@check("test_mine", points=1)
def ten_names_are_drawn_and_their_novelty_is_right(student):
    p, _ = own(student)
    (drawn,) = student.run("pass", ["my_names"])
    fine = isinstance(drawn, list | tuple) and all(isinstance(name, str) for name in drawn)
    require(fine and len(drawn) == 10, "my_names should be a list of ten names.")
    plain = all(set(name) <= set("abcdefghijklmnopqrstuvwxyz") for name in drawn)
    require(plain, "Names consist of the letters a to z.")
    require(len(set(drawn)) >= 8, "The ten names are nearly the same: is the generator made anew?")
    require(max(map(len, drawn)) <= 30, "Names have at most 30 letters.")
    mean = score(p, drawn)
    require(mean < 2.8, f"These names surprise your own network ({mean:.1f} nats): drawn from it?")
    train, valid, test = split(student.name)
    right = [distances(name, train).min() for name in drawn]
    mistakes = {
        "The distance is to the training names only.": lambda: [
            distances(name, train + valid + test).min() for name in drawn
        ]
    }
    explained(report(student, "novelty"), right, 'my_report["novelty"]', mistakes)


def distances(name, others):
    """Edit distances to many names at once, row by row: insertions are a running minimum."""
    lengths = np.array([len(other) for other in others])
    letters = np.zeros((len(others), lengths.max()), int)
    for n, other in enumerate(others):
        letters[n, : len(other)] = ids_of(other)
    steps = np.arange(letters.shape[1] + 1)
    row = np.tile(steps, (len(others), 1))
    for letter in ids_of(name):
        down = row + 1
        down[:, 1:] = np.minimum(down[:, 1:], row[:, :-1] + (letters != letter))
        row = np.minimum.accumulate(down - steps, axis=1) + steps
    return row[np.arange(len(others)), lengths]
