"""What can go wrong when batches are made, and what is said then."""

from functools import partial

import numpy as np
from helpers import NAMES
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib.text.padding import pad_rows

V = rl.Vocabulary.from_text(NAMES)
RNG = np.random.default_rng(0)
IDS = np.zeros((3, 2), int)
ONE = rl.Batch(IDS, IDS)
padded = partial(rl.padded_batches, V)
labelled = partial(rl.labelled_batches, V)
pairs = partial(rl.pair_batches, V, V)
evaluate = partial(rl.evaluate, rl.LanguageModel(len(V), 4, rng=RNG))


def walked(count, length):
    """Walk through batches that are said to be `length`."""
    return list(rl.Batches(lambda: iter([ONE] * count), length))


@bug("a name may hold its end mark", "text.list_checks.no_end_marks", "end not in ids", "True")
@bug("an epoch may be shorter", "text.batches.Batches.__iter__", "count == self._length", "True")
@bug(
    "labels are cut to whole numbers", "text.list_checks.classes", "isinstance(n, Integral)", "True"
)
@mistakes(
    {
        ValueError: [
            ("ids count from 0, got -3", lambda w: rl.stream_batches(np.arange(-3, 40), 2, 4)),
            ("sum to 1, got (0.8, 0.1) (sum 0.9)", lambda w: rl.split(NAMES, (0.8, 0.1))),
            ("positive and sum to 1, got (1.5, -0.5)", lambda w: rl.split(NAMES, (1.5, -0.5))),
            ("positive and sum to 1", lambda w: rl.split(NAMES, (np.nan, 0.5))),
            ("3 distinct items are too few for 3 parts", lambda w: rl.split(list("aabbcc"))),
            ("0 distinct items are too few", lambda w: rl.split([])),
            ("items[1], 'allo\\n', ends in a line break", lambda w: rl.split(["rex", "allo\n"])),
            ("items[0], 'rex\\r\\n', ends", lambda w: rl.split(["rex\r\n", "allo"])),
            ("seed must be at least 0, got -1", lambda w: rl.split(NAMES, seed=-1)),
            ("symbol '!' at position 3 of 'rex!'", lambda w: padded(["rex!"], 2)),
            ("no sequences to make batches of", lambda w: padded([], 2)),
            ("batch_size must be at least 1, got 0", lambda w: padded(NAMES, 0)),
            ("no end mark", lambda w: rl.padded_batches(rl.Vocabulary("abc"), ["abc"], 2)),
            (
                "sequences[1], 'rex\\n', contains the end mark itself",
                lambda w: padded(["rex", "rex\n"], 2),
            ),
            (
                "sequences[0], ['x', '\\n'], contains the end mark",
                lambda w: padded([["x", "\n"]], 2),
            ),
            ("1 labels for 2: ['rex', 'tor']", lambda w: padded(["rex", "tor"], 2, labels=[0])),
            ("labels count from 0, got -1", lambda w: padded(["rex"], 2, labels=[-1])),
            ("batch_size must be at least 1, got -1", lambda w: labelled(["a"], [0], -1)),
            ("1 labels for 2: ['rex', 'tor']", lambda w: labelled(["rex", "tor"], [0], 2)),
            ("2 labels for 3: 'rex'", lambda w: labelled(["rex"], [[0, 1]], 2)),
            ("1 labels for 2: ['rex', 'tor']", lambda w: labelled(["rex", "tor"], [[0]], 2)),
            ("none may be empty", lambda w: labelled(["rex", ""], [0, 1], 2)),
            ("seq_len must be at least 1, got 0", lambda w: rl.stream_batches(IDS[:, 0], 2, 0)),
            ("shape (3, 2)", lambda w: rl.stream_batches(IDS, 2, 2)),
            ("9 symbols is too short for 2 rows", lambda w: rl.stream_batches(range(9), 2, 5)),
            ("no pairs to make batches of", lambda w: pairs([], 2)),
            ("batch_size must be at least 1, got 0", lambda w: pairs([("rex", "rex")], 0)),
            (
                "no end mark",
                lambda w: rl.pair_batches(V, rl.Vocabulary("rex"), [("rex", "rex")], 1),
            ),
            ("source of pair 1 is empty", lambda w: pairs([("rex", "rex"), ("", "rex")], 2)),
            ("symbol '!' at position 3 of 'rex!'", lambda w: pairs([("rex!", "rex")], 2)),
            (
                "targets[0], 'rex\\n', contains the end mark itself",
                lambda w: pairs([("rex", "rex\n")], 2),
            ),
            ("no sequences to lay side by side", lambda w: pad_rows([], 0)),
            ("length must be at least 1, got 0", lambda w: rl.Batches(list, 0)),
            ("more batches than the length 3", lambda w: walked(4, 3)),
            ("The length given is 10, but there were 4", lambda w: walked(4, 10)),
            ("batches is empty", lambda w: evaluate([])),
            ("lag must be at least 1, got 0", lambda w: rl.recall_batches(0, 4, 4, RNG)),
            ("no hidden randomness", lambda w: rl.reber(4, None)),
            ("num_symbols must be at least 1", lambda w: rl.recall_batches(4, 4, 4, RNG, 0)),
            ("count must be at least 1, got -1", lambda w: rl.reber(-1, RNG)),
        ],
        TypeError: [
            (
                "labels must be a list of numbers",
                lambda w: rl.padded_batches(w.vocab, ["rex"], 1, labels=np.array(7)),
            ),
            (
                "labels must be a list of numbers",
                lambda w: rl.padded_batches(w.vocab, ["rex"], 1, labels={0: "a"}),
            ),
            ("one string, 'rex\\nallo\\n': cut it with", lambda w: rl.split("rex\nallo\n")),
            ("Batch(inputs, targets, mask, labels), got a string", lambda w: evaluate(NAMES)),
            ("list of numbers, got one", lambda w: padded(["rex"], 2, labels="a")),
            ("source_vocab must be a Vocabulary", lambda w: rl.pair_batches([], V, [], 1)),
            ("target_vocab must be a Vocabulary", lambda w: rl.pair_batches(V, [], [], 1)),
            ("tuple of numbers, got 0.8", lambda w: rl.split(NAMES, 0.8)),
            ("tuple of numbers, got ('a',)", lambda w: rl.split(NAMES, ("a",))),
            ("a set, whose order differs from run to run", lambda w: rl.split(set(NAMES))),
            ("must be a list of strings, got 3", lambda w: rl.split(3)),
            ("can be told apart: unhashable", lambda w: rl.split([["r"], ["e"]])),
            ("seed must be a whole number, got Generator", lambda w: rl.split(NAMES, seed=RNG)),
            ("seed must be a whole number, got None", lambda w: rl.split(NAMES, seed=None)),
            ("batch_size must be a whole number, got 2.0", lambda w: padded(NAMES, 2.0)),
            ("batch_size must be a whole number, got True", lambda w: padded(NAMES, True)),
            ("must be a list of strings, got one string", lambda w: padded("one text", 2)),
            ("got a set", lambda w: padded(set(NAMES), 2)),
            ("vocab must be a Vocabulary, got list", lambda w: rl.padded_batches(NAMES, V, 32)),
            ("rng must be a numpy.random.Generator, got 0", lambda w: padded(NAMES, 2, 0)),
            ("Generator, got RandomState", lambda w: padded(NAMES, 2, np.random.RandomState(0))),
            ("whole numbers, got 1.9", lambda w: padded(["rex"], 2, labels=[1.9])),
            ("whole numbers, got True", lambda w: padded(["rex"], 2, labels=[True])),
            ("whole numbers, got 1.9", lambda w: labelled(["rex"], [1.9], 2)),
            ("whole numbers, got 1.5", lambda w: labelled(["rex"], [[0, 1.5, 0]], 2)),
            ("whole numbers, got 'T'", lambda w: labelled(["rex"], ["T"], 2)),
            ("got one string", lambda w: labelled("rex", [0, 1, 0], 2)),
            ("text, 'text': pass vocab.encode(text)", lambda w: rl.stream_batches("text", 4, 10)),
            ("integers, got type <U", lambda w: rl.stream_batches(NAMES, 2, 2)),
            ("integers, got type float64", lambda w: rl.stream_batches(np.ones(99), 2, 2)),
            ("pairs[0] must be (source, target), got 're'", lambda w: pairs(["re", "ex"], 2)),
            ("pairs[0] must be (source, target)", lambda w: pairs([("a", "b", "c")], 2)),
            ("list of pairs (source, target), got one string", lambda w: pairs("rex", 2)),
            ("got 0", lambda w: pairs([("rex", "rex")], 2, 0)),
            ("walk must be a function that returns an iterator", lambda w: rl.Batches([ONE], 1)),
            ("got 3", lambda w: rl.Batches(list, 1, rng=3)),
            ("got a single one: put it in a list", lambda w: evaluate(ONE)),
            ("must be Batches or a list of batches, got one string", lambda w: evaluate("rex")),
            ("a list of batches, got generator", lambda w: evaluate(b for b in [ONE])),
            ("A batch must be Batch", lambda w: evaluate([("rex", "allo")])),
            ("A batch must be Batch", lambda w: evaluate([([[1, 2], [1]], [[1, 2], [1]])])),
            ("A batch must be Batch", lambda w: evaluate([IDS, IDS])),
            ("got 4", lambda w: rl.recall_batches(4, 4, 4, 4)),
        ],
    }
)
def test_a_mistake_about_batches_is_answered_in_words(mistake, world):
    mistake(world)
