"""The mathematics of demos/shared.js is rnnlib's."""

import base64

import numpy as np
import pytest
from helpers import CLASSIC, experiment
from scripts import Script

import rnnlib as rl
from rnnlib.functional import log_softmax, softmax
from rnnlib.generation.distance import distances


@pytest.fixture(scope="module")
def js():
    return Script()


def test_float16_is_read_as_numpy_reads_it_with_subnormals_and_infinities(js):
    every = np.arange(2**16, dtype="<u2").view("<f2")
    every = every[~np.isnan(every)]
    text = base64.b64encode(every.tobytes()).decode()
    found = js.run("Array.from(Demos.floats(text), String)", text=text)
    np.testing.assert_array_equal(np.array(found, float), every.astype(float))


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_base64_of_any_length_is_read(js, length):
    numbers = np.arange(length) - 1.5
    text = base64.b64encode(numbers.astype("<f2").tobytes()).decode()
    assert js.run("Demos.floats(text)", text=text) == numbers.tolist()


def test_softmax_is_right_however_large_the_logits(js, rng):
    for scale in (1, 30, 1000):
        logits = scale * rng.normal(size=27)
        found = js.run("[Demos.softmax(z), Demos.logSoftmax(z)]", z=logits.tolist())
        np.testing.assert_allclose(found, [softmax(logits), log_softmax(logits)], atol=1e-12)


@pytest.mark.parametrize("cell", CLASSIC)
@pytest.mark.parametrize("embedding", [None, 3])
def test_a_network_gives_the_same_logits_as_rnnlib(js, rng, cell, embedding):
    model = rl.LanguageModel(5, 4, cell=cell, embedding_dim=embedding, rng=rng, dtype=np.float64)
    for p in model.params.values():
        p[...] = rng.normal(size=p.shape).astype(np.float16)
    if embedding:  # a product of float16 is none: choose whole numbers
        for name in ("embedding.W", "layer0.W_xh"):
            model.params[name][...] = rng.integers(-3, 4, model.params[name].shape)
    ids = rng.integers(0, 5, 9)
    expected = model.forward(ids[:, None])[0][:, 0]
    found = js.run(
        "(() => { const n = Demos.network(packed); let s = n.start();"
        "return ids.map(x => Array.from(n.logits(s = n.step(x, s)))); })()",
        packed=experiment("demo_weights").pack_network(model),
        ids=ids.tolist(),
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("cell", CLASSIC)
def test_a_step_reads_a_vector_as_it_reads_a_symbol(js, cell):
    code = """(() => {
      const G = {rnn: 1, gru: 3, lstm: 4}[cell], w = n => Float64Array.from({length: n}, (_, i) => Math.sin(i + n));
      const layer = {W_xh: w(8 * G), W_hh: w(4 * G), b_h: w(2 * G), b_hn: w(2)};
      const state = {h: w(2), c: w(2)}, step = Demos[cell + "Step"];
      return [step(layer, 2, state).h, step(layer, [0, 0, 1, 0], state).h].map(h => Array.from(h));
    })()"""  # noqa: E501
    one, other = js.run(code, cell=cell)
    np.testing.assert_allclose(one, other, atol=1e-12)


SETTINGS = [
    {},
    {"temperature": 0},
    {"temperature": 0.3},
    {"temperature": 2.0, "top_k": 5},
    {"top_p": 0.9},
    {"temperature": 0.7, "top_k": 4, "top_p": 0.8},
    {"top_p": 1.0, "top_k": 1},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_next_symbol_is_drawn_from_rnnlibs_distribution(js, rng, settings):
    given = {
        "topK" if k == "top_k" else "topP" if k == "top_p" else k: settings[k] for k in settings
    }
    for logits in (*rng.normal(size=(20, 27)) * 2, np.zeros(27), np.repeat([0.0, 1, 2], 9)):
        found = js.run("Demos.distribution(z, settings)", z=logits.tolist(), settings=given)
        expected = rl.next_symbol_distribution(logits, **settings)
        np.testing.assert_allclose(found, expected, atol=1e-9)


def test_samples_come_as_often_as_they_should(js):
    p = [0.5, 0, 0.3, 0.2]
    found = js.run(
        "(() => { const u = Demos.random(7); return Array.from({length: 20000}, () => Demos.sample(p, u)); })()",  # noqa: E501
        p=p,
    )
    shares = np.bincount(found, minlength=4) / 20_000
    np.testing.assert_allclose(shares, p, atol=0.015)  # four standard errors
    assert shares[1] == 0


def test_the_edit_distance_is_that_of_rnnlib(js):
    names = rl.dinosaur_names()[::97]
    found = js.run("names.map(a => names.map(b => Demos.editDistance(a, b)))", names=names)
    assert found == [distances(name, names).tolist() for name in names]
    name, *others = names
    nearest = js.run("Demos.nearest(name, others)", name=name, others=others)
    expected = distances(name, others)
    assert nearest == {"name": others[expected.argmin()], "distance": expected.min()}
