"""From logits to distributions to texts."""

import itertools
import tracemalloc

import numpy as np
import pytest
from helpers import MODEL_CELLS, NAMES, opinionated
from hypothesis import given
from hypothesis import strategies as st
from planted import bug

from rnnlib import (
    LanguageModel,
    Vocabulary,
    beam_search,
    generate,
    next_symbol_distribution,
)
from rnnlib.functional import log_softmax
from rnnlib.threads import one_blas_thread

LOGITS = st.lists(st.floats(-20, 20), min_size=1, max_size=9).map(np.array)
CHI_SQUARE_4, CHI_SQUARE_8 = 18.47, 26.12
"""With 4 and 8 degrees of freedom, exceeded once in a thousand."""


def exact(logits):
    """The softmax, written out."""
    weights = [np.exp(l - max(logits)) for l in logits]
    return np.array(weights) / sum(weights)


@bug(
    "temperature is upside down",
    "generation.sampling._distribution",
    "(logits - highest) / temperature",
    "(logits - highest) * temperature",
)
@given(LOGITS, st.floats(0.05, 20))
def test_temperature_divides_the_logits(logits, temperature):
    p = next_symbol_distribution(logits, temperature)
    np.testing.assert_allclose(p, exact(logits / temperature), rtol=1e-9, atol=1e-300)


@given(LOGITS, st.none() | st.integers(1, 9), st.none() | st.floats(0.01, 1))
def test_temperature_0_takes_the_most_probable(logits, top_k, top_p):
    p = next_symbol_distribution(logits, 0, top_k, top_p)
    assert p.max() == p.sum() == 1
    assert p.argmax() == logits.argmax()


@bug("top_k keeps the least probable", "generation.sampling._distribution", "-p", "p")
@given(LOGITS, st.integers(1, 12))
def test_top_k_keeps_the_k_most_probable_in_proportion(logits, top_k):
    before, after = exact(logits), next_symbol_distribution(logits, top_k=top_k)
    kept = after > 0
    assert kept.sum() == min(top_k, len(logits))
    assert before[kept].min() >= before[~kept].max(initial=0)
    np.testing.assert_allclose(after[kept], before[kept] / before[kept].sum(), rtol=1e-9)


@bug(
    "top_p keeps one too many",
    "generation.sampling._distribution",
    "before >= top_p",
    "before - ranked >= top_p",
)
@given(LOGITS, st.floats(0.01, 0.999))
def test_top_p_keeps_the_fewest_that_hold_the_share(logits, top_p):
    before, after = exact(logits), next_symbol_distribution(logits, top_p=top_p)
    kept = after > 0
    assert before[kept].min() >= before[~kept].max(initial=0)
    assert before[kept].sum() >= top_p - 1e-9
    assert before[kept].sum() - before[kept].min() < top_p + 1e-9
    np.testing.assert_allclose(after[kept], before[kept] / before[kept].sum(), rtol=1e-9)


@bug(
    "only the first banned symbol is banned",
    "generation.sampling_checks.check_banned",
    "np.isin(np.arange(V), banned)",
    "np.isin(np.arange(V), banned[:1])",
)
@given(LOGITS, st.data(), st.floats(0, 20), st.none() | st.integers(1, 9), st.none() | st.just(0.7))
def test_a_banned_symbol_gets_nothing_and_the_others_keep_their_proportions(
    logits, data, temperature, top_k, top_p
):
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(logits), max_size=len(logits))))
    mask[data.draw(st.integers(0, len(logits) - 1))] = False  # at least one is left
    p = next_symbol_distribution(logits, temperature, top_k, top_p, banned=mask)
    expected = np.zeros(len(logits))
    expected[~mask] = next_symbol_distribution(logits[~mask], temperature, top_k, top_p)
    np.testing.assert_allclose(p, expected, rtol=1e-9, atol=1e-300)
    by_ids = next_symbol_distribution(logits, temperature, top_k, top_p, np.flatnonzero(mask))
    np.testing.assert_array_equal(p, by_ids)
    ruled_out = next_symbol_distribution(np.where(mask, -np.inf, logits), temperature, top_k, top_p)
    np.testing.assert_array_equal(p, ruled_out)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("temperature", [1e-30, 1e-300, 1e-310, 5e-324, np.float32(1e-40)])
def test_a_tiny_temperature_takes_the_most_probable(temperature):
    logits = np.array([[3.0, 5.0, -1e30], [2.0, 2.0, -np.inf]])
    p = next_symbol_distribution(logits, temperature)
    np.testing.assert_array_equal(p, [[0, 1, 0], [0.5, 0.5, 0]])


def test_a_huge_temperature_makes_all_symbols_equal():
    p = next_symbol_distribution([3.0, -5.0, 0.0, -np.inf], 1e308)
    np.testing.assert_array_equal(p, [1 / 3, 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.int64, np.uint8])
def test_logits_of_any_real_type_are_read_as_float64(dtype):
    p = next_symbol_distribution(np.array([1, 2, 4], dtype), np.float32(0.5), np.int64(2))
    np.testing.assert_allclose(p, [0, 1 / (1 + np.exp(4)), 1 / (1 + np.exp(-4))], rtol=1e-12)
    assert p.dtype == np.float64


def test_logits_are_not_changed_by_a_ban():
    logits = np.array([1.0, 2.0])
    next_symbol_distribution(logits, banned=[1])
    np.testing.assert_array_equal(logits, [1, 2])


def test_the_memory_of_a_distribution_is_in_proportion_to_it():
    logits = np.zeros(20_000)
    tracemalloc.start()
    for temperature in (0, 1):
        next_symbol_distribution(logits, temperature)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * logits.nbytes


def test_top_p_by_hand():
    logits = np.log([0.125, 0.5, 0.25, 0.125])
    for top_p, expected in [
        (0.4, [0, 1, 0, 0]),
        (0.6, [0, 2 / 3, 1 / 3, 0]),
        (0.8, [1 / 7, 4 / 7, 2 / 7, 0]),
        (1.0, [1 / 8, 4 / 8, 2 / 8, 1 / 8]),
    ]:
        np.testing.assert_allclose(next_symbol_distribution(logits, top_p=top_p), expected)


def test_of_top_k_and_top_p_the_stricter_decides():
    logits = np.log([0.5, 0.25, 0.125, 0.125])
    strict_k = next_symbol_distribution(logits, top_k=1, top_p=0.9)
    strict_p = next_symbol_distribution(logits, top_k=3, top_p=0.4)
    np.testing.assert_array_equal([strict_k, strict_p], [[1, 0, 0, 0]] * 2)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_symbols_come_as_often_as_their_probability(temperature, rng):
    vocab, p = Vocabulary("\nabcd"), np.array([0.1, 0.2, 0.4, 0.25, 0.05])
    model = LanguageModel(5, 2, rng=rng)
    model.params["output.W_hy"][...] = 0  # whatever was read, the logits are the bias
    model.params["output.b_y"][...] = np.log(p)

    text = generate(model, vocab, length=3000, temperature=temperature, rng=rng)
    expected = p ** (1 / temperature)
    expected *= 3000 / expected.sum()
    counts = np.array([text.count(symbol) for symbol in vocab.symbols])
    assert ((counts - expected) ** 2 / expected).sum() < CHI_SQUARE_4


@bug(
    "what was written is forgotten",
    "generation.sampling.generate",
    "model.forward(unread, state, **given)",
    "model.forward(unread, **given)",
)
@pytest.mark.parametrize("cell", MODEL_CELLS)
def test_each_symbol_is_drawn_after_the_whole_text_before_it(cell, vocab, rng):
    model = LanguageModel(len(vocab), 8, cell, num_layers=2, rng=rng, dtype=np.float64)
    for p in model.params.values():
        p *= 4  # opinions that depend on what was read
    text = "tri"
    for _ in range(12):
        logits, _, _ = model.forward(vocab.encode("\n" + text)[:, None])
        text += vocab.symbols[logits[-1, 0].argmax()]
    assert generate(model, vocab, "tri", length=12, temperature=0, rng=rng) == text


def test_a_sample_is_the_same_for_the_same_seed(vocab, rng):
    model = LanguageModel(len(vocab), 8, rng=rng)
    one, same, other = (
        generate(model, vocab, length=20, rng=np.random.default_rng(s)) for s in (1, 1, 2)
    )
    assert one == same != other


def test_a_sample_ends_before_its_stop_symbol(rng):
    vocab = Vocabulary.from_text(NAMES)
    model = LanguageModel(len(vocab), 8, rng=rng)
    drawn = [generate(model, vocab, "a", length=10, stop="\n", rng=rng) for _ in range(40)]
    assert all(name.startswith("a") and "\n" not in name for name in drawn)
    assert len({len(name) for name in drawn}) > 1
    assert max(map(len, drawn)) == 11


@bug(
    "all texts of a batch share their luck",
    "generation.sampling._draw",
    "rng.random((len(p), 1))",
    "rng.random()",
)
def test_texts_written_side_by_side_are_drawn_as_texts_written_alone():
    vocab, count, rng = Vocabulary("\nab"), 20_000, np.random.default_rng(0)
    model = opinionated("gru", len(vocab), 1)
    texts = generate(model, vocab, length=2, num_samples=count, rng=rng)

    p = {}
    for pair in itertools.product(vocab.symbols, repeat=2):
        logits, _, _ = model.forward(vocab.encode(["\n", pair[0]])[:, None])
        first, second = vocab.encode(pair)
        p["".join(pair)] = exact(logits[0, 0])[first] * exact(logits[1, 0])[second]
    expected = count * np.array(list(p.values()))
    counts = np.array([texts.count(text) for text in p])
    assert expected.min() > 5
    assert np.ptp(expected) > count / 20  # the model has opinions
    assert ((counts - expected) ** 2 / expected).sum() < CHI_SQUARE_8


@bug(
    "a text goes on when its neighbour does",
    "generation.sampling.generate",
    "writing &= ~stops.reached(columns)",
    "writing = ~stops.reached(columns)",
)
def test_each_text_of_a_batch_ends_before_its_own_stop_symbol(rng):
    vocab = Vocabulary.from_text(NAMES)
    model = LanguageModel(len(vocab), 8, "lstm", rng=rng)
    names = generate(model, vocab, "ty", length=30, stop="\n", num_samples=200, rng=rng)
    lengths = np.array([len(name) - 2 for name in names])
    assert all(name.startswith("ty") and "\n" not in name for name in names)
    # every symbol is about as likely: each goes on with (V - 1) / V, for at most 30 symbols
    goes_on = (1 - 1 / len(vocab)) ** np.arange(1, 31)
    assert abs(lengths.mean() - goes_on.sum()) < 3 * lengths.std() / np.sqrt(200)


def test_a_batch_of_one_writes_what_a_single_call_writes(vocab):
    model = opinionated("lstm", len(vocab), 3)
    alone, (one,) = (
        generate(model, vocab, "tri", length=30, rng=np.random.default_rng(5), **given)
        for given in ({}, {"num_samples": 1})
    )
    assert alone == one


def test_length_0_adds_nothing(vocab, rng):
    assert generate(LanguageModel(len(vocab), 8, rng=rng), vocab, "rex", length=0, rng=rng) == "rex"


class Scripted:
    """A model that writes a text given, whatever it reads; the first symbol follows the prompt."""

    def __init__(self, vocab, symbols):
        self.vocab, self.ids = vocab, vocab.encode(symbols)

    def forward(self, ids, state, labels=None):
        n = np.zeros(ids.shape[1:], int) if state is None else state[0]
        logits = np.zeros((*ids.shape, len(self.vocab)))
        logits[-1, range(ids.shape[1]), self.ids[n % len(self.ids)]] = 50
        return logits, (n + 1,), None


CHARACTERS = Vocabulary("\nabcd")
MERGED = Vocabulary.from_merges(["ab cd"] * 9, 9)  # holds "ab" and " cd"
WORDS = Vocabulary.from_words("the river is long, and the end is near.\n")
STOPPED = [
    # vocabulary, what would be written, the stop, what is written, symbols read till then
    (CHARACTERS, "abca\n\nd", "\n\n", "abca", 6),
    (CHARACTERS, "abca\n\nd", ["d", "ca", "a\n"], "ab", 4),
    (CHARACTERS, "abcabd", ["bd", "abd"], "abc", 6),
    (CHARACTERS, "abcd", "dd", "abcdabcdab", 10),
    (CHARACTERS, "aaab", "aab", "a", 4),
    (CHARACTERS, "abc", [], "abcabcabca", 10),
    (CHARACTERS, "abab", ["b", "ab"], "", 2),
    (MERGED, ["ab", " cd", "\n"], "\n", "ab cd", 3),
    (MERGED, ["ab", " cd", "ab"], "c", "ab ", 2),
    (MERGED, ["ab", " cd", "ab"], "b c", "a", 2),
    (MERGED, ["a", "b", " ", "c"], ["ab", "c"], "", 2),
    (WORDS, ["is", "long", ",", "and", "long"], "and long", "is long,", 5),
    (WORDS, ["is", "long", ".", "\n", "\n"], "\n\n", "is long.", 5),
    (WORDS, ["is", "long", ".", "\n"], [".", "\n"], "is long", 3),
]


@bug(
    "a stop of two symbols is looked for in the wrong order",
    "generation.stops.Stops.reached",
    "np.array(row)",
    "np.array(row[::-1])",
)
@bug("a stop hides in a merged symbol", "generation.stops.Stops.at_end", "self.hidden", "False")
@bug(
    "letters before a hidden stop are lost",
    "generation.stops.Stops.text",
    "text + rest[: min((rest.index(s) for s in self.texts if s in rest), default=0)]",
    "text",
)
@bug(
    "the shortest stop is cut off",
    "generation.stops.Stops.__init__",
    "sorted(rows, key=len, reverse=True)",
    "sorted(rows, key=len)",
)
@pytest.mark.parametrize(("vocab", "script", "stop", "written", "steps"), STOPPED)
def test_a_text_ends_before_the_first_of_its_stops(vocab, script, stop, written, steps, rng):
    model = Scripted(vocab, script)
    start = {"start": "" if "\n" not in vocab else "\n"}
    (alone,) = generate(
        model, vocab, "a" if vocab is CHARACTERS else "", length=10, stop=stop,
        num_samples=1, temperature=0, rng=rng, **start,
    )  # fmt: skip
    assert alone == ("a" if vocab is CHARACTERS else "") + written
    batch = generate(model, vocab, length=10, stop=stop, num_samples=3, rng=rng, **start)
    assert batch == [written] * 3
    ((text, found), *_) = beam_search(model, vocab, length=10, stop=stop, width=2, **start)
    assert text == written
    assert len(found.ids + found.mark) == steps


@bug(
    "the threads of matrix products are left as they are",
    "generation.sampling",
    "from ..threads import one_blas_thread",
    "from contextlib import nullcontext as one_blas_thread",
)
def test_writing_and_searching_take_one_thread_for_products(rng, monkeypatch):
    threads = []

    class Spy(Scripted):
        def forward(self, ids, state, labels=None):
            threads.append(used)
            return super().forward(ids, state, labels)

    used = None

    def change():
        nonlocal used
        used = "one"

        def undo():
            nonlocal used
            used = None

        return undo

    monkeypatch.setattr(one_blas_thread, "_change", change)
    generate(Spy(CHARACTERS, "abc"), CHARACTERS, length=3, rng=rng)
    beam_search(Spy(CHARACTERS, "abc"), CHARACTERS, length=3)
    assert threads == ["one"] * 6
    assert used is None


def test_a_stop_in_the_prompt_ends_nothing(rng):
    written = generate(
        Scripted(CHARACTERS, "b\n"), CHARACTERS, "a\n", stop="\nb", length=4, temperature=0, rng=rng
    )
    assert written == "a\nb\nb\n"[:2] + "b"


@bug(
    "unknown words are written",
    "generation.sampling_checks._banned_symbols",
    "[UNKNOWN] if UNKNOWN in vocab else []",
    "[]",
)
@bug(
    "a beam keeps what is banned",
    "generation.sampling.beam_search.step",
    "log_p[:, banned] = -np.inf",
    "0",
)
def test_unknown_words_are_not_written_unless_asked_for(rng):
    model = opinionated("rnn", len(WORDS), 1)
    model.params["output.b_y"][WORDS.encode("<unk>")] = 30
    for settings, there in (({}, False), ({"banned": ()}, True), ({"banned": ["the"]}, True)):
        text = generate(model, WORDS, length=20, rng=rng, **settings)
        (best, _), *_ = beam_search(model, WORDS, length=9, width=2, **settings)
        assert ("<unk>" in text) == ("<unk>" in best) == there
    everything = [symbol for symbol in WORDS.symbols if symbol != "the"]
    text = generate(model, WORDS, length=3, banned=everything, rng=rng)
    assert text == "the the the"
    found = beam_search(model, WORDS, length=2, width=9, banned=everything)
    assert [text for text, _ in found] == ["the the"]
    logits, _, _ = model.forward(WORDS.encode("\nthe")[:, None])
    log_p = log_softmax(logits)[:, 0, WORDS.encode("the")[0]].sum()
    np.testing.assert_allclose(found[0][1].log_p, log_p)  # the model's own opinion


def test_a_beam_of_words_sets_the_blanks_after_its_prompt():
    model = Scripted(WORDS, ["is", "long", ".", "\n"])
    (text, _), *_ = beam_search(model, WORDS, "the river", width=3, length=9, stop="\n")
    assert text == "the river is long."
    (text, _), *_ = beam_search(model, WORDS, "the  brook", width=1, length=1)
    assert text == "the <unk> is"


def test_a_prompt_may_be_a_list_of_symbols(rng):
    chords = Vocabulary(["\n", "C7", "F7", "G7"])
    model = Scripted(chords, ["F7", "G7", "\n"])
    assert generate(model, chords, ["C7", "C7"], stop="\n", temperature=0, rng=rng) == "C7 C7 F7 G7"
    assert generate(model, chords, "C7", start="", stop="\n", rng=rng) == "C7 F7 G7"
