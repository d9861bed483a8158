"""Mixing models: what it promises, against counting and probabilities chosen by hand."""

from functools import partial
from itertools import product

import numpy as np
import pytest
from helpers import NAMES, experiment

import rnnlib as rl

names = experiment("names")
mixing = names.mixing


@pytest.fixture
def data():
    """Few names, so that everything is fast."""
    whole = names.load_split(0)
    return whole._replace(train=whole.train[:60], valid=whole.valid[:30], test=whole.test[:30])


def network(data, rng, **settings):
    return rl.LanguageModel(len(data.vocab), 9, rng=rng, **settings)


def test_a_networks_probabilities_are_those_that_evaluate_scores(data, rng):
    model = network(data, rng, dtype=np.float64)
    p = names.probabilities(model, data, data.test)
    assert p.shape == (sum(len(name) + 1 for name in data.test),)
    score = rl.evaluate(model, rl.padded_batches(data.vocab, data.test, 256))
    assert mixing.nats(p) == pytest.approx(score, rel=1e-12)


def test_the_probabilities_follow_the_names_symbol_by_symbol(data, rng):
    model = network(data, rng, dtype=np.float64)
    one_by_one = [names.probabilities(model, data, [name]) for name in data.test]
    whole = names.probabilities(model, data, data.test)
    np.testing.assert_allclose(whole, np.concatenate(one_by_one), rtol=1e-12)
    ids = data.vocab.encode("\n" + data.test[0] + "\n")
    logits, _, _ = model.forward(ids[:-1, None])
    p = np.exp(logits[:, 0]) / np.exp(logits[:, 0]).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(one_by_one[0], p[range(len(p)), ids[1:]], rtol=1e-12)


def test_network_and_counter_speak_of_the_same_symbols(data, rng):
    sure = network(data, rng)
    for p in sure.params.values():
        p[...] = 0  # a network that knows nothing is uniform
    nothing = names.count(data, None, order=0)
    for model in (sure, nothing):
        p = names.probabilities(model, data, data.valid)
        np.testing.assert_allclose(p, np.full_like(p, 1 / 27), rtol=1e-6)


def test_a_carried_state_gives_a_text_the_probabilities_of_one_pass(vocab, rng):
    model = rl.LanguageModel(len(vocab), 7, cell="lstm", rng=rng, dtype=np.float64)
    ids = vocab.encode("".join(NAMES))
    windows, whole = (
        mixing.network_probabilities(model, rl.stream_batches(ids, 1, length))
        for length in (9, len(ids) - 1)
    )
    np.testing.assert_allclose(windows, whole, rtol=1e-12)


def test_a_network_told_the_clade_is_scored_with_it(data, rng):
    model = network(data, rng, num_classes=len(names.CLADES))
    p = names.probabilities(model, data, data.test)
    batches = names.batches(data, data.test, 256, model)
    assert mixing.nats(p) == pytest.approx(rl.evaluate(model, batches), rel=1e-5)


def test_a_mixture_averages_probabilities_and_not_logarithms(data, rng):
    models = network(data, rng), names.count(data, None, order=2)
    p, q = (names.probabilities(model, data, data.test) for model in models)
    mixture = mixing.Mixture(models, (0.25, 0.75))
    np.testing.assert_allclose(
        names.probabilities(mixture, data, data.test), 0.25 * p + 0.75 * q, rtol=1e-12
    )
    assert mixing.size(mixture) == mixing.size(models[0]) + mixing.size(models[1])


def test_the_weight_is_the_best_of_a_fine_grid(rng):
    p, q = rng.uniform(0.01, 1, (2, 500))
    grid = np.linspace(0, 1, 1001)
    best = grid[np.argmin([mixing.nats(mixing.mixed(p, q, w)) for w in grid])]
    assert mixing.best_weight(p, q) == pytest.approx(best, abs=1e-3)
    assert 0.1 < best < 0.9


def test_the_weight_is_the_one_found_by_hand():
    p, q = np.array([0.9, 0.1]), np.array([0.1, 0.9])  # each is right once: half and half
    assert mixing.best_weight(p, q) == pytest.approx(0.5, abs=1e-5)
    assert mixing.best_weight(np.array([0.5, 0.5]), np.array([0.4, 0.3])) > 0.9999
    assert mixing.best_weight(np.array([0.4, 0.3]), np.array([0.5, 0.5])) < 0.0001


def test_a_model_mixed_with_itself_is_itself(data):
    p = names.probabilities(names.count(data, None, order=3), data, data.test)
    assert mixing.best_weight(p, p) == 0
    np.testing.assert_allclose(mixing.mixed(p, p, 0.3), p, rtol=1e-15)


def test_the_mixture_that_is_a_row_is_the_one_of_the_column(data, rng):
    few = dict(hidden_size=12, epochs=1, optimizer=names.ADAM)
    together = names.with_best_counter(data, np.random.default_rng(5), **few)
    alone = names.train(data, np.random.default_rng(5), **few)
    counter = names.count(data, None, **names.BEST_COUNTER)
    valid = [names.probabilities(model, data, data.valid) for model in (alone, counter)]
    weight = mixing.best_weight(*valid)
    assert 0 < weight < 1
    np.testing.assert_array_equal(
        names.probabilities(together, data, data.test),
        mixing.mixed(*(names.probabilities(m, data, data.test) for m in (alone, counter)), weight),
    )


def test_the_best_weights_of_two_models_are_the_best_weight(rng):
    p, q = rng.random((2, 500))
    weights = mixing.best_weights([p, q])
    assert weights.sum() == pytest.approx(1)
    assert weights[0] == pytest.approx(mixing.best_weight(p, q), abs=1e-3)


def test_the_best_weights_of_three_models_cannot_be_bettered(rng):
    p = rng.random((3, 500)) ** 2
    weights = mixing.best_weights(p)
    for other in rng.dirichlet([1, 1, 1], 200):
        assert mixing.nats(weights @ p) <= mixing.nats(other @ p) + 1e-9


# Products ---------------------------------------------------------------------------------------


def test_a_product_multiplies_and_scales_what_its_models_expect(data, rng):
    models = network(data, rng), names.count(data, None, order=3)
    product = mixing.Product(models, (0.3, 0.9))
    name = data.test[0]
    found = names.probabilities(product, data, [name])
    ids = data.vocab.encode("\n" + name + "\n")
    for i, p in enumerate(found):
        logits, *_ = models[0].forward(ids[: i + 1, None])
        p_network = np.exp(logits[-1, 0]) / np.exp(logits[-1, 0]).sum()
        each = p_network**0.3 * models[1].probabilities(name[:i]) ** 0.9
        assert p == pytest.approx(each[ids[i + 1]] / each.sum(), rel=1e-5)
    assert mixing.size(product) == sum(map(mixing.size, models))


def test_a_product_of_one_model_to_the_power_one_is_the_model(data, rng):
    for model in (network(data, rng), names.count(data, None, order=3)):
        for part in (data.test, data.test[:1]):
            alone = names.probabilities(model, data, part)
            product = names.probabilities(mixing.Product((model,), (1,)), data, part)
            np.testing.assert_allclose(product, alone, rtol=1e-5)


def test_all_models_expect_something_in_place_of_every_symbol(data, rng):
    models = network(data, rng), names.count(data, None, order=3)
    both = [mixing.Mixture(models, (0.25, 0.75)), mixing.Product(models, (0.25, 0.75))]
    ids = data.vocab.encode("\n".join(data.test) + "\n")
    for model in (*models, *both):
        p, targets = names.probabilities(model, data, data.test, mixing.distributions)
        np.testing.assert_array_equal(targets, ids)
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
        came = p[np.arange(len(ids)), ids]
        np.testing.assert_allclose(came, names.probabilities(model, data, data.test), rtol=1e-5)


def test_the_best_powers_cannot_be_bettered(rng):
    p = rng.dirichlet([0.5] * 5, (3, 200)) + 0.01
    p /= p.sum(axis=-1, keepdims=True)
    truth = np.exp(np.tensordot([0.7, 0.1, 0.5], np.log(p), axes=1))
    targets = np.array([rng.choice(5, p=row / row.sum()) for row in truth])

    def score(powers):
        q = np.exp(np.tensordot(powers, np.log(p), axes=1))
        return mixing.nats(q[np.arange(200), targets] / q.sum(axis=1))

    powers = mixing.best_powers(p, targets)
    for step in 0.05 * rng.normal(size=(200, 3)):
        assert score(powers) < score(powers + step)


def test_a_model_that_is_twice_in_a_product_counts_once(rng):
    p = rng.dirichlet([1] * 4, 300)
    targets = np.array([rng.choice(4, p=row) for row in p])
    assert mixing.best_powers([p, p], targets).sum() == pytest.approx(
        mixing.best_powers([p], targets)[0], rel=1e-3
    )


# Whole names, from either end -------------------------------------------------------------------

AB = rl.Vocabulary("ab\n")
LONGEST = 10
STRINGS = ["".join(letters) for n in range(LONGEST + 1) for letters in product("ab", repeat=n)]


def read(names, _):
    return rl.padded_batches(AB, names, 512)


@pytest.fixture
def short(rng):
    """Return a network and a counter of strings of two letters, neither of them of long ones."""
    model = rl.LanguageModel(len(AB), 6, cell="lstm", rng=rng, dtype=np.float64)
    for p in model.params.values():
        p *= 6  # far from uniform
    model.params["output.b_y"][AB.encode("\n")] += 1.5
    return model, rl.KneserNey(3, 0.7, AB).fit(["a", "ab", "ab", "b", "aab", "abb"])


def either_way(first, second, weight=0.3):
    return mixing.SequenceMixture((first, mixing.Backwards(second)), (weight, 1 - weight))


def test_a_mixture_of_both_ways_adds_up_to_one_over_all_strings(short):
    network, counter = short
    product = mixing.Product(short, (0.8, 0.5))
    for model in (network, counter, product, either_way(*short), either_way(product, product)):
        p = mixing.sequence_probabilities(model, STRINGS, read)
        lengths = np.array([len(string) for string in STRINGS])
        assert p[lengths > 1].sum() > 0.05
        assert p[lengths == LONGEST].sum() < 5e-4  # so that what is longer does not count
        assert p.sum() == pytest.approx(1, abs=1e-3)


def test_letter_by_letter_the_two_ways_are_no_model():
    counter = rl.NGram(4, AB).fit(["ab", "ba"] * 1000)  # half and half, from either end
    forth, back = (counter.symbol_probabilities([string])[0] for string in ("ab", "ba"))
    letters = (forth[:2] + back[1::-1]) / 2
    np.testing.assert_allclose(letters, [3 / 4, 3 / 4], atol=0.01)  # one guesses, one is sure
    assert 2 * np.prod(letters) > 1.1  # ab and ba alone


def test_a_name_has_the_product_of_its_symbols_read_from_right_to_left(data, rng):
    model = network(data, rng, dtype=np.float64)
    found = names.probabilities(
        mixing.Backwards(model), data, ["tyrannosaurus", "mei"], mixing.sequence_probabilities
    )
    for p, reversed_name in zip(found, ("suruasonnaryt", "iem"), strict=True):
        ids = data.vocab.encode("\n" + reversed_name + "\n")
        logits, _, _ = model.forward(ids[:-1, None])
        each = np.exp(logits[:, 0]) / np.exp(logits[:, 0]).sum(axis=1, keepdims=True)
        assert p == pytest.approx(np.prod(each[range(len(each)), ids[1:]]), rel=1e-10)


def test_names_are_drawn_whole_and_not_letter_by_letter(short):
    p, q = (mixing.sequence_probabilities(model, ["ab", "", "bba"], read) for model in short)
    drawn = mixing.SequenceMixture(short, (0.25, 0.75))
    np.testing.assert_allclose(
        mixing.sequence_probabilities(drawn, ["ab", "", "bba"], read), 0.25 * p + 0.75 * q
    )
    by_hand = np.prod(mixing.symbol_probabilities(short[0], ["bba"], read))
    assert p[2] == pytest.approx(by_hand, rel=1e-12)
    assert mixing.size(either_way(*short)) == mixing.size(drawn) == sum(map(mixing.size, short))


def test_the_surprise_of_whole_names_is_that_of_their_symbols(data, rng):
    model = network(data, rng)
    by_symbol = names.probabilities(model, data, data.test)
    by_name = names.probabilities(model, data, data.test, mixing.sequence_probabilities)
    assert len(by_name) == len(data.test)
    count = names.count_symbols(data.test)
    assert mixing.nats(by_name, count) == pytest.approx(mixing.nats(by_symbol), rel=1e-12)


def test_both_ways_trains_every_member_on_either_spelling(data):
    told = []

    def member(data, rng, order):
        told.append((order, data.train[0]))
        return names.count(data, rng, order=order)

    members = [partial(member, order=order) for order in (2, 4)]
    model = names.both_ways(data, np.random.default_rng(0), members=members)
    first = data.train[0]
    assert told == [(2, first), (4, first), (2, first[::-1]), (4, first[::-1])]

    forward, backward = model.models
    assert isinstance(backward, mixing.Backwards)
    scores = [
        mixing.nats(names.probabilities(m, data, data.valid, mixing.sequence_probabilities))
        for m in (model, forward, backward, *forward.models)
    ]
    assert scores[0] <= min(scores[1:3]) + 1e-4
    assert scores[1] < min(scores[3:])
    assert sum(model.weights) == pytest.approx(1)
