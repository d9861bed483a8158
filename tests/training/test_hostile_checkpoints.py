"""Files that were damaged or altered, by chance or on purpose, and runs that no file can hold.

Whatever is in a file, `load_checkpoint` answers with a checkpoint or a ValueError, executes
nothing, and takes no more memory than a multiple of the file's size.
"""

import contextlib
import copy
import json
import re
import tracemalloc
import zipfile

import numpy as np
import pytest
from helpers import CELLS, frozen
from mistakes import mistakes
from planted import bug

import rnnlib as rl
from rnnlib import Adam, History, LanguageModel, Vocabulary, load_checkpoint, save_checkpoint
from rnnlib.text.splitters import Characters
from rnnlib.training.position import Position
from rnnlib.training.saving.shapes import parameter_shapes

HUGE = 2**200
WRONG = [None, -1, 1.5, HUGE, "no such", "", [], {}, [[]], True, float("nan"), 8000]
MISSING = object()


class Halfway(rl.Callback):
    """Saves in the middle of an epoch, with the state that is carried on."""

    def __init__(self, path, vocab):
        self.path, self.vocab = path, vocab

    def on_step(self, run, step):
        if run.history.position.step == 2 and step.epoch == 1:
            save_checkpoint(
                self.path, run.model, run.optimizer, self.vocab, run.model.rng, run.history
            )


def stream(path, rng):
    vocab = Vocabulary.from_merges("a trex and a rex", 2)
    model = LanguageModel(len(vocab), 3, embedding_dim=4, dropout=0.1, rng=rng)
    batches = rl.stream_batches(vocab.encode("a trex and a rex" * 4), 2, 8)
    rl.fit(model, batches, Adam(0.01), epochs=2, callbacks=[Halfway(path, vocab)], progress=False)


def translator(path, rng):
    pair = Vocabulary.from_words("a rex"), Vocabulary.from_text(["rex"])
    model = rl.Seq2Seq(*map(len, pair), 3, rng=rng)
    other = np.random.Generator(np.random.Philox(1))
    history = History(train_loss=[2.0, 1.0], validation_loss=[None, 1.0])
    save_checkpoint(path, model, rl.SGD(), pair, other, history)


def classifier(path, rng):
    model = rl.SequenceClassifier(5, 3, 2, "lstm", bidirectional=True, rng=rng)
    save_checkpoint(path, model, rng=rng)


KINDS = {make.__name__: make for make in (stream, translator, classifier)}


@pytest.fixture(params=KINDS)
def saved(request, tmp_path, rng):
    """A checkpoint that holds all that one can hold."""
    path = tmp_path / "run.npz"
    KINDS[request.param](path, rng)
    return path


@pytest.fixture
def run(tmp_path, rng):
    """The richest of them."""
    stream(tmp_path / "run.npz", rng)
    return tmp_path / "run.npz"


def read(path):
    with np.load(path) as file:
        arrays = dict(file)
    return json.loads(str(arrays.pop("meta"))), arrays


def rewrite(path, meta, arrays):
    meta = meta if isinstance(meta, str) else json.dumps(meta)
    np.savez(path, meta=np.array(meta), **arrays)


def places(tree, place=()):
    """The place of everything in a JSON value; of a list, only the first two."""
    yield place
    inner = tree.items() if isinstance(tree, dict) else []
    inner = list(enumerate(tree))[:2] if isinstance(tree, list) else inner
    for key, value in inner:
        yield from places(value, (*place, key))


def changed(tree, place, value):
    """A copy of a JSON value with another value at one place, or none there."""
    tree = copy.deepcopy(tree)
    *way, last = place
    inside = tree
    for key in way:
        inside = inside[key]
    if value is MISSING:
        del inside[last]
    else:
        inside[last] = value
    return tree


def everything(checkpoint):
    """All that a checkpoint holds, in a form that compares."""
    model, optimizer, vocab, rng, history = checkpoint
    memory = {} if optimizer is None else optimizer.memory
    return (
        (frozen(model.params), model.config, str(model.rng.bit_generator.state), vocab),
        {name: frozen(slots) for name, slots in memory.items()},
        optimizer and (optimizer.config, optimizer.steps),
        rng and str(rng.bit_generator.state),
        history and (str(history), str(history.position)),
    )


@contextlib.contextmanager
def limited_memory(limit):
    """Assert that no more bytes are in use at once; measuring is slow, and None does not."""
    if limit is None:
        yield
        return
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def load_or_refuse(path):
    """Load, or return the words of the ValueError; any other error passes."""
    try:
        return everything(load_checkpoint(path))
    except ValueError as error:
        return str(error)


@bug(
    "whatever is in numpy.random is called",
    "training.saving.generators.check_state",
    "type(kind) is str and kind in GENERATORS",
    "getattr(np.random, kind)() is None",
)
@pytest.mark.mistake
def test_nothing_that_a_file_names_is_called(run, monkeypatch):
    called = []
    monkeypatch.setattr(np.random, "test", lambda *_: called.append(1))
    meta, arrays = read(run)
    for place in (("model_rng", "bit_generator"), ("model", "class"), ("optimizer", "class")):
        rewrite(run, changed(meta, place, "test"), arrays)
        assert "'test' is unknown; known are" in load_or_refuse(run)
    rewrite(run, changed(meta, ("model_rng", "bit_generator"), "test"), arrays)
    assert "generator 'test' is unknown" in load_or_refuse(run)
    assert called == []


def test_every_field_may_be_wrong_in_every_way(saved):
    right, (meta, arrays) = load_or_refuse(saved), read(saved)
    refused, limit = 0, 20 * saved.stat().st_size + 2**20
    for place in list(places(meta))[1:]:
        for value in [MISSING, *WRONG]:
            rewrite(saved, changed(meta, place, value), arrays)
            with limited_memory(limit if value in (8000, HUGE) else None):
                answer = load_or_refuse(saved)
            refused += isinstance(answer, str)
    assert refused > 300
    rewrite(saved, meta, arrays)
    assert load_or_refuse(saved) == right


def test_every_array_may_be_missing_or_of_another_shape_or_kind(saved):
    meta, arrays = read(saved)
    for name, array in arrays.items():
        others = [array[None], array.ravel()[:-1], array.astype(np.float16), np.float32(3)]
        others += [array.astype(">f8").astype(int), array.astype(complex), array.astype(str)]
        others += [np.array([None]), np.zeros(array.shape, [("a", "f4")]), np.empty((0, 3))]
        is_record = name.startswith("history") or name == "position/symbols"
        others += [array.astype("f4" if array.dtype == "f8" else "f8")] * (not is_record)
        for other in others:
            if other.dtype == array.dtype and name.startswith("history") and other.ndim == 1:
                continue
            np.savez(saved, meta=np.array(json.dumps(meta)), **arrays | {name: other})
            assert isinstance(load_or_refuse(saved), str), (name, other.dtype, other.shape)
        fewer = {k: a for k, a in arrays.items() if k != name}
        for listed in (sorted(fewer), meta["arrays"]):
            rewrite(saved, meta | {"arrays": listed}, fewer)
            if not (name.startswith("history") and listed == sorted(fewer)):
                assert isinstance(load_or_refuse(saved), str), name
    for name in ("model/new", "optimizer/new/v", "position/9", "new", "model/output.W_hy/v"):
        more = arrays | {name: np.ones(3, np.float32)}
        rewrite(saved, meta | {"arrays": sorted(more)}, more)
        assert isinstance(load_or_refuse(saved), str), name


@pytest.mark.mistake
def test_a_mean_of_squares_below_zero_is_refused(tmp_path, vocab):
    model = rl.LanguageModel(len(vocab), 4, rng=np.random.default_rng(0))
    optimizer = rl.Adam()
    optimizer.step(model.params, {name: np.ones_like(p) for name, p in model.params.items()})
    path = tmp_path / "run.npz"
    rl.save_checkpoint(path, model, optimizer)
    meta, arrays = read(path)
    arrays["optimizer/output.b_y/s"][0] *= -1
    rewrite(path, meta, arrays)
    assert "mean of squares is negative in 'output.b_y/s'" in load_or_refuse(path)


STATE = ("model_rng", "state", "state")
ALTERED = [
    (("model",), MISSING, "the model must hold class, config"),
    (("model", "class"), "Transformer", "the model 'Transformer' is unknown"),
    (("model", "class"), 3, "the class of the model cannot be 3"),
    (("model", "config", "rng"), 3, "LanguageModel has no ['rng']"),
    (("model", "config", "vocab_size"), MISSING, "LanguageModel needs vocab_size"),
    (("model", "config", "cell"), "brain", "the cell of LanguageModel cannot be 'brain'"),
    (("model", "config", "hidden_size"), True, "the hidden_size of LanguageModel cannot be True"),
    (("model", "config", "num_layers"), 10**9, "1000000000 layers, but"),
    (("model_rng", "bit_generator"), "SFC32", "the generator 'SFC32' is unknown"),
    (("model_rng",), 7, "the state of a generator is missing"),
    (STATE, 2**128, "PCG64 cannot be in the state"),
    (STATE, -1, "PCG64 cannot be in the state"),
    (STATE, 1.0, "PCG64 cannot be in the state"),
    (("optimizer",), 7, "the optimizer is not described"),
    (("optimizer",), MISSING, "there is a memory of no optimizer"),
    (("optimizer", "class"), "Adadelta", "the optimizer 'Adadelta' is unknown"),
    (("optimizer", "class"), "SGD", "SGD has no"),
    (("optimizer", "steps"), None, "the steps cannot be None"),
    (("vocab",), [3, 4], "a vocabulary is not described"),
    (("vocab",), [], "there are 0 vocabularies"),
    (("vocab", "symbols"), [3], "a symbol of the vocabulary is not a text"),
    (("vocab", "splitter", "class"), "Lines", "the splitter 'Lines' is unknown"),
    (("history",), 7, "the history is not described"),
    (("history",), MISSING, "there are arrays that no checkpoint has"),
    (("history", "mood"), "good", "a history has no ['mood']"),
    (("history", "step_loss"), [1.0], "the history's step_loss is not a record"),
    (("history", "stopped"), 7, "the history's stopped cannot be 7"),
    (("history", "position"), MISSING, "there are arrays of no position"),
    (("history", "steps"), [1.5], "the steps of the history are not those of its"),
    (("history", "steps"), [-1], "the steps of the history are not those of its"),
    (("history", "steps"), [None], "the steps of the history are not those of its"),
    (("history", "steps"), [10**9], "the steps of the history are not those of its"),
    (("history", "steps"), [1] * 9, "the history has 9 steps of"),
    (("vocab", "symbols"), ["\n", "a"], "does not fit its own model in its vocabulary"),
    (("history", "position", "step"), 0, "step 0 of 3 is not in the middle"),
    (("arrays",), [], "some of its arrays are missing"),
]


@pytest.mark.mistake
@pytest.mark.parametrize(("place", "value", "message"), ALTERED)
def test_an_altered_file_is_refused_in_words(place, value, message, run):
    meta, arrays = read(run)
    rewrite(run, changed(meta, place, value), arrays)
    answer = load_or_refuse(run)
    assert message in answer
    assert "run.npz' is damaged (" in answer or "run.npz' does not fit" in answer


@bug(
    "big-endian numbers are read as little-endian",
    "training.saving.archive.Archive.read",
    "np.frombuffer(content, member.dtype)",
    "np.frombuffer(content, member.dtype.newbyteorder('<'))",
)
@bug(
    "the order of indices is forgotten",
    "training.saving.archive.Archive.read",
    "'F' if member.fortran else 'C'",
    "'C'",
)
@pytest.mark.parametrize(
    "change", [np.asfortranarray, lambda a: a.astype(a.dtype.newbyteorder(">"))]
)
def test_an_array_may_be_stored_in_any_order(change, saved):
    right, (meta, arrays) = load_or_refuse(saved), read(saved)
    rewrite(saved, meta, {name: change(a) for name, a in arrays.items()})
    assert load_or_refuse(saved)[0][0].keys() == right[0][0].keys()
    assert load_or_refuse(saved) == right


def test_an_epoch_whose_validation_was_saved_as_none_does_not_count(tmp_path, rng):
    translator(tmp_path / "run.npz", rng)
    history = load_checkpoint(tmp_path / "run.npz").history
    assert history.best_epoch == 1
    assert "best 1.00 after 2" in repr(history)


def test_numbers_that_are_none_are_loaded(run):
    meta, arrays = read(run)
    for array in arrays.values():
        array.ravel()[:1] = np.nan if array.shape != (2,) else array.ravel()[:1]
    rewrite(run, meta, arrays)
    assert np.isnan(load_checkpoint(run).model.params["embedding.W"][0, 0])


@bug(
    "shapes are compared after building",
    "training.saving.descriptions.check_model",
    "check_arrays({name: (shape, dtype) for name, shape in shapes.items()}, arrays)",
    "pass",
)
@pytest.mark.parametrize("size", [3000, 10**9])
def test_a_file_that_declares_more_than_it_holds_takes_no_memory(size, saved):
    meta, arrays = read(saved)
    config = meta["model"]["config"]
    sizes = [k for k in config if re.search("size|dim|num", k)]
    for changes in [*({key: size} for key in sizes), dict.fromkeys(sizes, size)]:
        altered = {"class": meta["model"]["class"], "config": config | changes}
        rewrite(saved, meta | {"model": altered}, arrays)
        with limited_memory(2**20):
            answer = load_or_refuse(saved)
        assert re.search("does not fit its own model in|layers, but|cannot be", answer)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"format":' * 50_000, "1" * 5000, "1e999999", '"\\ud800"', "", "nul", "\0{}"],
)
@pytest.mark.mistake
def test_a_description_of_any_text_is_refused(text, run):
    _, arrays = read(run)
    rewrite(run, text, arrays)
    assert re.search("damaged|but not a checkpoint", load_or_refuse(run))


def test_bytes_may_be_changed_taken_out_and_put_in_anywhere(saved):
    right, whole, refused = load_or_refuse(saved), saved.read_bytes(), 0
    rng = np.random.default_rng(3)
    for _ in range(150):
        start = rng.integers(len(whole))
        end = start + rng.integers(40)
        noise = rng.bytes(rng.choice([0, end - start, 20]))
        saved.write_bytes(whole[:start] + noise + whole[end:])
        answer = load_or_refuse(saved)
        refused += isinstance(answer, str)
        assert isinstance(answer, str) or answer == right
    assert refused > 100


@pytest.fixture
def members(run):
    """The files in the archive of a checkpoint, and a function that writes others."""
    with zipfile.ZipFile(run) as archive:
        contents = [(info, archive.read(info)) for info in archive.infolist()]

    def write(contents, change=lambda archive: None, **options):
        with zipfile.ZipFile(run, "w", **options) as archive:
            for info, content in contents:
                archive.writestr(info.filename, content)
            change(archive)
        return load_or_refuse(run)

    return contents, write


@bug(
    "compressed arrays are read",
    "training.saving.archive._check_sizes",
    "info.compress_type == zipfile.ZIP_STORED",
    "True",
)
@pytest.mark.mistake
def test_an_archive_that_is_larger_inside_is_refused_before_it_is_read(members, run):
    contents, write = members
    assert not isinstance(write(contents), str)
    bomb = [(zipfile.ZipInfo("model/bomb.npy"), b"\0" * 10**8)]
    write(contents + bomb, compression=zipfile.ZIP_DEFLATED)
    with limited_memory(2**20):
        assert "its arrays are compressed" in load_or_refuse(run)


@pytest.mark.mistake
def test_two_arrays_of_one_name_are_refused(members):
    contents, write = members
    with pytest.warns(UserWarning, match="Duplicate name"):
        answer = write(contents + contents[-1:])
    assert "two of its arrays have one name" in answer


@bug(
    "entries may share their bytes",
    "training.saving.archive._check_sizes",
    "sum(info.file_size for info in infos) <= size",
    "True",
)
@pytest.mark.mistake
def test_entries_that_share_their_bytes_are_refused(members):
    contents, write = members

    def share(archive):
        largest = max(archive.filelist, key=lambda info: info.file_size)
        for i in range(1000):
            again = copy.copy(largest)
            again.filename = f"model/{i}.npy"
            archive.filelist.append(again)

    assert "its arrays are larger than the file" in write(contents, share)


@pytest.mark.parametrize(
    ("name", "message"), [("readme.txt", "is not an array"), ("a.npy", "is not an array")]
)
@pytest.mark.mistake
def test_another_file_in_the_archive_is_refused(name, message, members):
    contents, write = members
    assert message in write([*contents, (zipfile.ZipInfo(name), b"import os")])


HEADERS = {
    "os.system": "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': ()}",
    "deep": "-" * 9000 + "1",
    "pickle": "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "negative": "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }",
    "large": "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999,), }",
    "product": "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 18 + "," * 2 + "), }",
    "deep shape": "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, " * 60 + "), }",
    "texts": "{'descr': '<U1', 'fortran_order': False, 'shape': (3,), }",
}


@pytest.mark.parametrize("which", HEADERS)
@pytest.mark.mistake
def test_a_header_of_another_form_is_refused(which, members):
    contents, write = members
    header = HEADERS[which].encode() + b"\n"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(12)
    answer = write([*contents, (zipfile.ZipInfo("model/new.npy"), array)])
    assert re.search("is not an array|declares the shape|dimensions|array of texts", answer)


CONFIGS = [
    ("LanguageModel", LanguageModel, (7, 3), {"num_layers": 2, "embedding_dim": 5}),
    ("LanguageModel", LanguageModel, (7, 4), {"embedding_dim": 4, "tie_weights": True}),
    ("LanguageModel", LanguageModel, (7, 3), {"num_classes": 2, "num_layers": 3}),
    ("SequenceTagger", rl.SequenceTagger, (7, 3, 2), {"num_layers": 2}),
    ("SequenceClassifier", rl.SequenceClassifier, (7, 3, 2), {"embedding_dim": 5}),
    ("Seq2Seq", rl.Seq2Seq, (7, 5, 3), {"embedding_dim": 4}),
    ("Seq2Seq", rl.Seq2Seq, (7, 5, 4), {"attention": False}),
]


def test_the_shapes_of_a_transformer_are_known_before_it_is_built(rng):
    model = rl.TransformerLanguageModel(7, 6, num_layers=3, num_heads=2, max_len=5, rng=rng)
    shapes = {k: p.shape for k, p in model.params.items()}
    assert parameter_shapes("TransformerLanguageModel", model.config) == shapes


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("name", "kind", "sizes", "options"), CONFIGS)
def test_the_shapes_of_a_model_are_known_before_it_is_built(name, kind, sizes, options, cell, rng):
    model = kind(*sizes, cell=cell, rng=rng, **options)
    shapes = {k: p.shape for k, p in model.params.items()}
    assert parameter_shapes(name, model.config) == shapes


class MyModel(LanguageModel):
    """A model of the user's own."""


class MyAdam(Adam):
    """An optimizer of the user's own."""


class MyVocabulary(Vocabulary):
    """A vocabulary of the user's own."""


class Lines(Characters):
    """A splitter of the user's own."""


def imposter():
    """A class of the user's own with a name that is known."""
    return type("LanguageModel", (LanguageModel,), {})(5, 3, rng=np.random.default_rng(0))


def noted(optimizer, **notes):
    vars(optimizer).update(notes)
    return optimizer


@pytest.fixture
def world(world, tmp_path):
    """A file that must stay as it is, and a function that would replace it."""
    w = world
    w.path = tmp_path / "own.npz"
    w.other = LanguageModel(5, 3, rng=np.random.default_rng(0))
    save_checkpoint(w.path, w.model, w.optimizer, w.vocab, w.rng)

    def save(model=None, *rest, **kwargs):
        save_checkpoint(w.path, w.model if model is None else model, *rest, **kwargs)

    def save_with(**changes):
        model = copy.deepcopy(w.other)
        model.params |= changes.pop("params", {})
        model.config |= changes
        save(model)

    def save_at(**place):
        save(history=History(position=Position(**place)))

    w.save, w.save_with, w.save_at = save, save_with, save_at
    return w


PCG = {"bit_generator": "PCG64"}


@mistakes(
    {
        TypeError: [
            (
                "MyModel could not be read back from a checkpoint; known are",
                lambda w: w.save(MyModel(5, 3, rng=np.random.default_rng(0))),
            ),
            ("LanguageModel could not be read back", lambda w: w.save(imposter())),
            ("FastCell could not be read back", lambda w: w.save(type("FastCell", (), {})())),
            ("MyAdam could not be read back", lambda w: w.save(None, MyAdam())),
            ("builtins.str could not be read back", lambda w: w.save(None, "adam")),
            ("MyVocabulary could not", lambda w: w.save(vocab=MyVocabulary("ab"))),
            ("builtins.str could not", lambda w: w.save(vocab="ab")),
            ("Lines could not be read", lambda w: w.save(vocab=Vocabulary("ab", Lines()))),
            ("RandomState could not be", lambda w: w.save(rng=np.random.RandomState(0))),
            ("builtins.int could not be", lambda w: w.save(rng=0)),
            ("builtins.dict could not be", lambda w: w.save(history={})),
            ("A set, {1}, cannot be saved", lambda w: w.save_with(dropout={1})),
        ],
        ValueError: [
            (
                "Adam has no ['note'], and a checkpoint",
                lambda w: w.save(None, noted(Adam(), note=1)),
            ),
            ("the lr of Adam cannot be nan", lambda w: w.save(None, noted(Adam(), lr=np.nan))),
            ("the steps cannot be -1", lambda w: w.save(None, noted(Adam(), steps=-1))),
            ("LanguageModel has no ['note']", lambda w: w.save_with(note=1)),
            ("the dropout of LanguageModel cannot", lambda w: w.save_with(dropout="much")),
            (
                "does not fit its own model in ['own']",
                lambda w: w.save_with(params={"own": np.ones(3)}),
            ),
            (
                "does not fit its own model in ['output.b_y']",
                lambda w: w.save_with(params={"output.b_y": np.ones(3)}),
            ),
            (
                "remembers ['layer0",
                lambda w: w.save(
                    w.other,
                    noted(Adam(), memory={"layer0.W": {}, "layer0.V": {"m": np.ones(3)}}),
                ),
            ),
            (
                "does not fit its own model in ['layer0.W_hh/m'",
                lambda w: w.save(w.other, w.optimizer),
            ),
            (
                "only a Seq2Seq has two",
                lambda w: w.save(vocab=(w.vocab, w.vocab)),
            ),
            ("there are 3 vocabularies", lambda w: w.save(vocab=(w.vocab,) * 3)),
            ("in its vocabulary: [2] symbols for [23]", lambda w: w.save(vocab=Vocabulary("ab"))),
            (
                "the history has 2 validation_loss of 1 epochs",
                lambda w: w.save(history=History(train_loss=[1.0], validation_loss=[1.0, 2.0])),
            ),
            (
                "the steps of the history are not those of its 1 losses",
                lambda w: w.save(history=History([1.0], [1.0], [1.0], steps=[2])),
            ),
            (
                "The history's step_loss must hold numbers",
                lambda w: w.save(history=History(step_loss=["much"])),
            ),
            ("the history's stopped cannot be 3", lambda w: w.save(history=History(stopped=3))),
            (
                "step 4 of 4 is not in the middle",
                lambda w: w.save_at(step=4, batches=4, symbols=[1] * 4, last=0),
            ),
            (
                "the symbols of its steps are missing",
                lambda w: w.save_at(step=2, batches=4, symbols=[1], last=0),
            ),
            (
                "the state that is carried on does not fit",
                lambda w: w.save_at(
                    step=1, batches=4, symbols=[1], last=0, state=((np.ones((2, 3)),),)
                ),
            ),
            (
                "PCG64 cannot be in the state",
                lambda w: w.save_at(step=1, batches=4, symbols=[1], last=0, order=PCG),
            ),
            (
                "'SFC32' is unknown",
                lambda w: w.save_at(
                    step=1, batches=4, symbols=[1], last=0, order={"bit_generator": "SFC32"}
                ),
            ),
            ("is a folder", lambda w: save_checkpoint(w.path.parent, w.model)),
        ],
        FileNotFoundError: [
            ("no checkpoint", lambda w: load_checkpoint(w.path.with_name("no.npz"))),
        ],
    }
)
def test_a_run_that_could_not_be_loaded_again_is_not_saved(mistake, world):
    mistake(world)


@bug(
    "a foreign attribute is dropped",
    "training.saving.descriptions.describe_optimizer",
    "not added",
    "True",
)
def test_an_attribute_of_the_users_own_is_not_lost_silently(tmp_path, rng):
    model = LanguageModel(5, 3, rng=rng)
    optimizer = noted(Adam(), _note=1)
    with pytest.raises(ValueError, match="could not hold what you added"):
        save_checkpoint(tmp_path / "a.npz", model, optimizer)
    assert not any(tmp_path.iterdir())
