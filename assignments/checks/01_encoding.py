"""Hidden checks of assignment 1: symbols, ids, pairs, one-hot vectors, lookups, padding."""

import numpy as np

from classroom.checks import Wrong, check, compare, require, unchanged

NAMES = ["zuul", "mei", "yi", "kol"]
SYMBOLS = ["\n", "e", "i", "k", "l", "m", "o", "u", "y", "z"]


@check("test_symbols", points=1)
def symbols_are_sorted_and_there_is_each_only_once(student):
    got = student.call("symbols_of", NAMES)
    require(isinstance(got, list), "symbols_of should return a list.")
    require("\n" in got, "The end mark is missing among the symbols.")
    require(len(set(got)) == len(got), "A symbol is there more than once.")
    require(got == sorted(got), "The symbols are not sorted.")
    require(got == SYMBOLS, "Some characters are missing, or there are some that do not occur.")


@check("test_symbols", points=1)
def symbols_come_from_the_names_and_not_from_the_alphabet(student):
    got = student.call("symbols_of", ["Über-Rex", "né"])
    require(got == sorted(set("Über-Rexné") | {"\n"}), "Names of other letters give wrong symbols.")


@check("test_encode", points=1)
def ids_are_places_in_the_list_of_symbols(student):
    for text in ("mei\n", "zuul", "k"):
        right = [SYMBOLS.index(c) for c in text]
        mistakes = {"The ids begin at 1; the first symbol has the id 0.": [i + 1 for i in right]}
        compare(student.call("encode", text, SYMBOLS), right, "encode", mistakes)


@check("test_encode", points=1)
def ids_depend_on_the_given_symbols(student):
    other = SYMBOLS[::-1]
    right = [other.index(c) for c in "zuul"]
    fixed = [SYMBOLS.index(c) for c in "zuul"]
    mistakes = {
        "encode sorts the symbols again, or uses others than those that it is given.": fixed,
        "encode uses the alphabet instead of the given symbols.": [26, 21, 21, 12],
    }
    compare(student.call("encode", "zuul", other), right, "encode", mistakes)


@check("test_encode", points=1)
def decode_turns_ids_into_the_text_again(student):
    for text in ("yi\n", "\nkol", "zuul"):
        got = student.call("decode", np.array([SYMBOLS.index(c) for c in text]), SYMBOLS)
        require(not isinstance(got, list), "decode returns a list; join the characters.")
        require(got != text[::-1], "decode gives the text backwards.")
        require(got == text or got != text.strip(), "decode drops the end mark.")
        require(got == text, "decode does not give back the text.")


@check("test_encode", points=1)
def an_unknown_character_is_named(student):
    compare(student.call("encode", "mei", SYMBOLS), [5, 1, 2], "encode of known characters")
    code = """
try:
    encode("meiß", symbols)
    said = None
except ValueError as error:
    said = str(error)
"""
    (said,) = student.run(code, ["said"], symbols=SYMBOLS)
    require(said is not None, "A character that is not among the symbols raises no ValueError.")
    require("ß" in said, "The message does not name the unknown character.")


@check("test_pairs", points=2)
def the_target_of_a_step_is_the_next_symbol(student):
    name = "zuul"
    ids = [SYMBOLS.index(c) for c in "\n" + name + "\n"]
    got = student.call("inputs_and_targets", name, SYMBOLS)
    require(isinstance(got, (list, tuple)) and len(got) == 2, "Return two arrays: inputs, targets.")
    x, y = got
    compare(x, ids[:-1], "inputs", {
        "The inputs lack the end mark at their beginning.": ids[1:-1],
        "Inputs and targets are exchanged.": ids[1:],
        "The last end mark is an input, too; nothing is predicted after it.": ids,
    })  # fmt: skip
    compare(y, ids[1:], "targets", {"The targets lack the end mark.": ids[1:-1]})


@check("test_one_hot", points=1)
def each_id_has_one_one(student):
    ids = np.array([3, 1, 1, 0])
    right = np.zeros((4, 5))
    for row, i in enumerate(ids):
        right[row, i] = 1
    mistakes = {
        "The axes are exchanged: the last axis is that of the symbols.": right.T,
        "The one stands one place too far.": np.roll(right, 1, axis=1),
    }
    compare(student.call("one_hot", ids, 5), right, "one_hot", mistakes)


@check("test_one_hot", points=2)
def ids_may_have_any_shape(student):
    rng = np.random.default_rng(1)
    for shape in ((2, 3), (4, 1, 2), ()):
        ids = rng.integers(0, 6, size=shape)
        right = np.zeros((*shape, 6))
        for place in np.ndindex(*shape):
            right[place][ids[place]] = 1
        got, (after, _) = student.call_and_look("one_hot", ids, 6)
        compare(got, right, "one_hot of ids with another shape")
        unchanged(ids, after, "ids")


@check("test_embed", points=1)
def a_lookup_equals_the_product(student):
    rng = np.random.default_rng(2)
    W, ids = rng.normal(size=(6, 3)), rng.integers(0, 6, size=(4, 2))
    right = np.array([[W[i] for i in row] for row in ids])
    mistakes = {"The result is transposed.": right.transpose(1, 0, 2)}
    compare(student.call("embed", ids, W), right, "embed", mistakes)


@check("test_embed", points=1)
def a_lookup_builds_no_one_hot_vectors(student):
    W, ids = np.ones((50_000, 1)), np.zeros(20_000, dtype=int)
    try:
        got = student.call("embed", ids, W)
    except Wrong:
        raise Wrong("With 50,000 symbols there is not enough memory: look rows up.") from None
    compare(got, np.ones((20_000, 1)), "embed")


@check("test_pad", points=1)
def time_is_the_first_axis(student):
    rows = [[4, 5], [6, 7, 8, 9], [3]]
    ids, mask = pads(rows)
    got = both(student.call("pad", [np.array(row) for row in rows]))
    compare(got[0], ids, "ids", {"The axes are exchanged: time comes first, (T, B).": ids.T})
    compare(got[1], mask, "the mask", {"The mask is turned round.": 1 - mask})


@check("test_pad", points=1)
def a_mask_knows_a_real_zero_from_padding(student):
    rows = [[4, 0, 0], [5], [0, 0]]
    ids, mask = pads(rows)
    got = both(student.call("pad", [np.array(row) for row in rows]))
    compare(got[0], ids, "ids")
    mistakes = {"The mask takes real ids of 0 for padding.": (ids != 0).astype(float)}
    compare(got[1], mask, "the mask", mistakes)


@check("test_pad", points=1)
def padding_changes_no_sequence(student):
    rows = [np.array([1, 2, 3]), np.array([4, 5])]
    got, ((first, second),) = student.call_and_look("pad", rows)
    ids, mask = both(got)
    for b, row in enumerate(rows):
        require(np.shape(mask) == np.shape(ids) == (3, 2), "ids and mask should be (T, B).")
        compare(np.asarray(ids)[np.asarray(mask, bool)[:, b], b], row, "a row without its padding")
    unchanged(rows[0], first, "a sequence")
    unchanged(rows[1], second, "a sequence")


def pads(rows):
    """The right answer, by loops."""
    T, B = max(map(len, rows)), len(rows)
    ids, mask = np.zeros((T, B)), np.zeros((T, B))
    for b, row in enumerate(rows):
        for t, i in enumerate(row):
            ids[t, b], mask[t, b] = i, 1
    return ids, mask


def both(got):
    """Two results, or a sentence."""
    require(isinstance(got, (list, tuple)) and len(got) == 2, "Return two arrays: ids, mask.")
    return got
