"""What a user can get wrong is answered in words, and leaves everything as it was."""

import ast
import re
import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import NAMES, change_meta, frozen, serving
from planted import bug

import rnnlib as rl
from rnnlib import Adam, LanguageModel, NGram, Recurrent, RMSprop, Stacked, cross_entropy
from rnnlib.datasets.shipped import data_path
from rnnlib.datasets.tasks import reber_surprise
from rnnlib.datasets.texts import FETCHED
from rnnlib.datasets.translation.pairs import combinations
from rnnlib.training.parallel import loss_and_grads

PACKAGE = Path(rl.__file__).parent


def poisoned(w, training, validation):
    """Train a model that cannot read the letter y: its weights are not numbers."""
    model = LanguageModel(**w.model.config, rng=np.random.default_rng(0))
    model.params["layer0.W_xh"][w.vocab.encode("y")] = np.nan
    training, validation = (
        rl.padded_batches(w.vocab, [name], 1) for name in (training, validation)
    )
    return rl.fit(model, training, Adam(), epochs=1, validation=validation, progress=False)


class FirstChoice:
    """A generator that always draws the first of its choices."""

    def integers(self, *bounds):
        return 0


def own_vocabulary():
    """Build a vocabulary that splits in a way unknown to rnnlib."""
    return rl.Vocabulary("ab", type("LinesSplitter", (), {})())


def fetch_corrupt(w):
    """Fetch a text from where another stands."""
    with serving(b"No dinosaurs.") as (url, _):
        w.monkeypatch.setitem(FETCHED, "dinopedia", (url, "0" * 64))
        rl.fetch_text("dinopedia")


# What is wrong, as the message must say; and how it comes about, given the world `w` below.
VALUE_ERRORS = [
    # texts and symbols
    ("symbol 'é' at position 4 of 'caudé'", lambda w: w.vocab.encode("caudé")),
    ("symbol '!' at position 3 of 'rex!'", lambda w: rl.padded_batches(w.vocab, ["rex!"], 2)),
    ("symbol '!' at position 1", lambda w: rl.generate(w.model, w.vocab, "!", rng=w.rng)),
    ("symbol 'END'", lambda w: rl.generate(w.model, w.vocab, stop="END", rng=w.rng)),
    ("id 99 is outside 0 … 22", lambda w: w.vocab.decode([1, 99])),
    ("id -1 is outside 0 … 22", lambda w: w.vocab.one_hot([-1])),
    ("at least one symbol; the text given is empty", lambda w: rl.Vocabulary.from_text("")),
    ("'r' occurs twice", lambda w: rl.Vocabulary("trrex")),
    ("symbol 'é' at position 9 of 'trex trexé'", lambda w: w.merged.encode("trex trexé")),
    ("None of the 0 different words", lambda w: rl.Vocabulary.from_words("  ")),
    ("3 different words of the text occurs 2 t", lambda w: rl.Vocabulary.from_words("a rex.", 2)),
    ("the text given is empty", lambda w: rl.Vocabulary.from_merges([], 3)),
    ("holds no text", lambda w: rl.load_text(w.empty)),
    ("not utf-8 text: byte 2 is 0xff", lambda w: rl.load_text(w.binary)),
    ("no text 'hamlet' to fetch; known are tinysh", lambda w: rl.fetch_text("hamlet")),
    ("altered.txt' is not the text 'altered'", lambda w: rl.fetch_text("altered")),
    ("not the text 'dinopedia', and was thrown away", fetch_corrupt),
    # tasks
    ("lag must be at least 1, got 0", lambda w: rl.recall_batches(0, 4, 4, w.rng)),
    ("'BTBTXSSTE' is not of the emb", lambda w: reber_surprise("BTBTXSSTE")),
    ("'BTBTXSEPE' is not of the emb", lambda w: reber_surprise("BTBTXSEPE")),
    ("'BTBTXTE' is not of the embedded", lambda w: reber_surprise("BTBTXTE")),
    # sets and batches
    ("sum to 1, got (0.8, 0.1) (sum 0.9)", lambda w: rl.split(NAMES, (0.8, 0.1))),
    ("positive and sum to 1, got (1.5, -0.5)", lambda w: rl.split(NAMES, (1.5, -0.5))),
    ("3 distinct items are too few for 3 parts", lambda w: rl.split("aabbcc")),
    ("no sequences to make batches of", lambda w: rl.padded_batches(w.vocab, [], 2)),
    ("batch_size must be at least 1, got 0", lambda w: rl.padded_batches(w.vocab, NAMES, 0)),
    ("batch_size must be at least 1, got -1", lambda w: rl.labelled_batches(w.vocab, "a", [0], -1)),
    ("no end mark", lambda w: rl.padded_batches(rl.Vocabulary("abc"), ["abc"], 2)),
    ("seq_len must be at least 1, got 0", lambda w: rl.stream_batches(np.arange(9), 2, 0)),
    ("shape (3, 3)", lambda w: rl.stream_batches(np.ones((3, 3), int), 2, 2)),
    ("9 symbols is too short for 2 rows", lambda w: rl.stream_batches(np.arange(9), 2, 5)),
    ("1 labels for 2: ['rex', 'tor']", lambda w: w.labelled(["rex", "tor"], [0])),
    ("2 labels for 3: 'rex'", lambda w: w.labelled(["rex"], [[0, 1]])),
    ("none may be empty", lambda w: w.labelled(["rex", ""], [0, 1])),
    # counting
    ("order must be 0 (uniform) or more, got -1", lambda w: NGram(-1)),
    ("no sequences to count", lambda w: w.ngram.fit([])),
    ("no sequences to score", lambda w: w.ngram.nats_per_symbol([])),
    ("symbol '!'", lambda w: w.ngram.nats_per_symbol(["rex!"])),
    ("discount must be in (0, 1], got 0", lambda w: rl.KneserNey(discount=0)),
    ("symbol 'y' at position 2", lambda w: NGram(vocab=rl.Vocabulary("\nrex")).fit(["rey"])),
    ("call fit(sequences) first", lambda w: NGram().probabilities("a")),
    ("call fit(sequences) first", lambda w: NGram().nats_per_symbol(["a"])),
    ("call fit(sequences) first", lambda w: NGram().sample(w.rng)),
    # shapes
    ("targets (2, 3) must have", lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 3), int))),
    ("ids in 0 … 4", lambda w: cross_entropy(np.ones((2, 4, 5)), np.full((2, 4), 5))),
    ("ids in 0 … 4", lambda w: cross_entropy(np.ones((2, 4, 5)), np.full((2, 4), -1))),
    ("ids in 0 … 4", lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 4)))),
    ("at least one", lambda w: cross_entropy(np.ones((0, 4, 5)), np.ones((0, 4), int))),
    ("mask (4,)", lambda w: cross_entropy(np.ones((2, 4, 5)), np.ones((2, 4), int), np.ones(4))),
    ("mask is 0", lambda w: cross_entropy(np.ones((1, 1, 5)), np.ones((1, 1), int), [[0]])),
    ("shape (3,) and type int64; expected", lambda w: w.model.forward(np.arange(3))),
    ("shape (3, 2) and type float64", lambda w: w.model.forward(np.ones((3, 2)))),
    ("ids run from 0 to 23; expected 0 … 22", lambda w: w.model.forward(np.array([[0, 23]]))),
    ("ids run from -1 to 0; expected 0 … 22", lambda w: w.embedded.forward(np.array([[0, -1]]))),
    ("must be integers (T, B), got float64 (1, 2)", lambda w: w.embedded.forward(np.ones((1, 2)))),
    ("xs has 3 features; expected 23", lambda w: w.layer.forward(np.ones((5, 2, 3)))),
    ("state (h) has shapes [(1, 8)]", lambda w: w.layer.forward(w.ids, w.layer.initial_state(1))),
    ("mask (5,) must have the shape (T, B)", lambda w: w.layer.forward(w.ids, None, np.ones(5))),
    ("same input_size, got (23, 8)", lambda w: rl.Bidirectional(*w.stacked.layers)),
    ("state has 1 parts; expected 2 layers", lambda w: w.stacked.forward(w.ids, (None,))),
    # models
    ("Pass rng=np.random.default_rng(seed)", lambda w: LanguageModel(5, 8)),
    ("vocab_size must be at least 1, got 0", lambda w: LanguageModel(0, 8, rng=w.rng)),
    ("hidden_size must be at least 1, got -1", lambda w: LanguageModel(5, -1, rng=w.rng)),
    ("embedding_dim must be", lambda w: LanguageModel(5, 8, embedding_dim=0, rng=w.rng)),
    ("cell must be one of ['", lambda w: LanguageModel(5, 8, "brain", rng=w.rng)),
    ("got 4 and 8", lambda w: LanguageModel(5, 8, embedding_dim=4, tie_weights=True, rng=w.rng)),
    ("num_classes must be at least 1, got 0", lambda w: LanguageModel(*w.classes, num_classes=0)),
    ("knows no classes", lambda w: w.model.forward(w.ids, labels=[0, 0])),
    ("starts from a class", lambda w: w.conditional.forward(w.ids)),
    ("integers in 0 … 2, one for", lambda w: w.conditional.forward(w.ids, labels=[0, 3])),
    ("got int64 (3,), from 0", lambda w: w.conditional.forward(w.ids, labels=[0, 1, 2])),
    ("got float64 (2,)", lambda w: w.conditional.forward(w.ids, labels=[0.0, 1.0])),
    ("targets (5, 2) must have", lambda w: w.classifier.loss_and_grads(w.ids, w.ids)),
    ("mask (2,) must have", lambda w: w.classifier.forward(w.ids, np.ones(2))),
    ("in [0, 1), got 1", lambda w: rl.Dropout(1, w.rng)),
    ("Dropout needs a generator", lambda w: Stacked([w.layer], dropout=0.5)),
    # pairs and translating
    ("no pairs to make batches of", lambda w: w.pairs([], 2)),
    ("batch_size must be at least 1, got 0", lambda w: w.pairs([("rex", "rex")], 0)),
    ("no end mark", lambda w: rl.pair_batches(w.vocab, rl.Vocabulary("rex"), [("rex", "rex")], 1)),
    ("source of pair 1 is empty", lambda w: w.pairs([("rex", "rex"), ("", "rex")], 2)),
    ("symbol '!' at position 3 of 'rex!'", lambda w: w.pairs([("rex!", "rex")], 2)),
    ("no sequences to lay side by side", lambda w: w.translator.translate([])),
    ("lengths must be 2 numbers from 1 to 5, got [0 9]", lambda w: w.read(lengths=[0, 9])),
    (
        "source must be integers (T, B), got float64 (5, 2)",
        lambda w: w.read(source=np.ones((5, 2))),
    ),
    ("target ids run from 0 to 99; expected 0 … 22", lambda w: w.read(target=np.array([[0, 99]]))),
    ("length must be at least 1, got 0", lambda w: w.translator.translate([w.ids[:, 0]], 0)),
    ("width must be at least 1, got 0", lambda w: rl.beam_search(w.model, w.vocab, width=0)),
    ("nothing to start from", lambda w: rl.beam_search(w.model, w.vocab, start="")),
    ("has no attention", lambda w: w.translator.alignment(w.ids[:, 0], [1])),
    ("Pass rng=np.random.default_rng(seed)", lambda w: rl.Seq2Seq(5, 5, 8)),
    ("embedding_dim must be at least 1, got 0", lambda w: w.seq2seq(embedding_dim=0)),
    ("cell must be one of ['", lambda w: w.seq2seq(cell="brain")),
    ("queries (4, 2, 3) and keys (5, 1, 3) do not", lambda w: w.attend(np.ones((5, 1, 3)))),
    ("mask (2,) must have the shape (5, 2)", lambda w: w.attend(np.ones((5, 2, 3)), np.ones(2))),
    ("row without a single key", lambda w: w.attend(np.ones((5, 2, 3)), np.zeros((5, 2)))),
    # optimizers and gradients
    ("lr must be positive, got 0", lambda w: Adam(0)),
    ("momentum must be in [0, 1), got 1", lambda w: rl.SGD(momentum=1)),
    ("alpha must be in [0, 1), got -1", lambda w: RMSprop(alpha=-1)),
    ("betas must be in [0, 1), got (0.9, 1)", lambda w: Adam(betas=(0.9, 1))),
    ("weight_decay must not be negative, got -1", lambda w: Adam(weight_decay=-1)),
    ("share must be in [0, 1), got 1", lambda w: rl.warm_up(1)),
    ("differ in ['output.b_y']", lambda w: w.optimizer.step(w.model.params, w.grads_less)),
    ("b_y has shape (23,), its gradient (2,)", lambda w: w.optimizer.step(w.model.params, w.odd)),
    ("max_norm must be positive, got 0", lambda w: rl.clip_by_norm({"W": np.ones(3)}, 0)),
    ("limit must be positive, got nan", lambda w: rl.clip_by_value({"W": np.ones(3)}, np.nan)),
    # training
    ("not both", lambda w: w.fit(clip_norm=1, clip_value=1)),
    ("workers must be at least 1, got 0", lambda w: w.fit(workers=0)),
    (
        "workers must be at least 1, got 0",
        lambda w: loss_and_grads(w.model, w.ids, w.ids, workers=0),
    ),
    ("epoch 0, step 0: the loss is nan", lambda w: poisoned(w, "draconyx", "rex")),
    ("epoch 0: the validation loss is nan", lambda w: poisoned(w, "rex", "draconyx")),
    ("patience must be at least 1, got 0", lambda w: rl.EarlyStopping(0)),
    ("every must be at least 1, got 0", lambda w: rl.SaveCheckpoint("run.npz", every=0)),
    ("every must be at least 1, got -2", lambda w: rl.ShowSamples(w.vocab, w.rng, every=-2)),
    # checkpoints
    ("is not a checkpoint", lambda w: rl.load_checkpoint(w.binary)),
    ("is an .npz file, but not a checkpoint", lambda w: rl.load_checkpoint(w.foreign)),
    ("is damaged", lambda w: rl.load_checkpoint(w.truncated)),
    ("is damaged (some of its arrays", lambda w: rl.load_checkpoint(w.incomplete)),
    ("is damaged (the check sum of ", lambda w: rl.load_checkpoint(w.flipped)),
    ("version 99; this rnnlib reads versions 1 and 2", lambda w: rl.load_checkpoint(w.newer)),
    ("does not fit its own model in ['layer0.W_hh'", lambda w: rl.load_checkpoint(w.misfit)),
    # sampling and novelty
    ("temperature must be 0 or more, got -1", lambda w: w.generate(temperature=-1)),
    ("temperature must be 0 or more, got nan", lambda w: w.generate(temperature=np.nan)),
    ("top_k must be at least 1, got 0", lambda w: w.generate(top_k=0)),
    ("top_p must be in (0, 1], got 1.5", lambda w: w.generate(top_p=1.5)),
    ("logits contain nan", lambda w: rl.next_symbol_distribution([0, np.nan])),
    ("length must be 0 or more, got -1", lambda w: w.generate(length=-1)),
    ("num_samples must be at least 1, got 0", lambda w: w.generate(num_samples=0)),
    ("nothing to start from", lambda w: w.generate(start="")),
    ("needs generated names and training names", lambda w: rl.novelty_report([], NAMES)),
    # sentences and chords
    ("n must be between 1 and", lambda w: rl.translation_pairs(0, w.rng)),
    ("'the river' has no verb", lambda w: combinations("the river")),
    ("every must be at least 3, so that training", lambda w: rl.split_by_combination([], every=2)),
    ("0 training, 0 validation and 0 test pairs", lambda w: rl.split_by_combination([])),
    ("n must be at least 1 progression, got 0", lambda w: rl.music.blues(0, w.rng)),
    ("forms must be a list of some of", lambda w: rl.music.blues(1, w.rng, forms="blues")),
    ("ask for fewer than 20,000", lambda w: rl.music.blues(20_000, FirstChoice(), forms=["blues"])),
    ("at most 200 bars, got 201", lambda w: rl.music.judge(["C7"] * 201)),
    ("needs at least one chord", lambda w: rl.music.judge([])),
    ("'H7' in bar 1 is no chord", lambda w: rl.music.judge(["C7", "H7"])),
    ("tempo must be between 30 and 300", lambda w: rl.music.sound(["C7"], tempo=0)),
    ("sample_rate must be between", lambda w: rl.music.sound(["C7"], sample_rate=1)),
]
TYPE_ERRORS = [
    ("put it in a list", lambda w: NGram().fit("one text")),
    ("FastCell could not be read back", lambda w: w.save(type("FastCell", (), {})())),
    ("whole number of sentences, got 1.5", lambda w: rl.translation_pairs(1.5, w.rng)),
    ("whole number of progressions, got 1.5", lambda w: rl.music.blues(1.5, w.rng)),
    ("got the string 'C7'", lambda w: rl.music.judge("C7")),
    ("LinesSplitter could not be", lambda w: w.save(w.model, vocab=own_vocabulary())),
    ("must be a list of strings", lambda w: rl.padded_batches(w.vocab, "one text", 2)),
    ("float64, got float32", lambda w: rl.numerical_gradient(float, np.ones(2, np.float32))),
]
NOT_FOUND = [
    ("no file 'no.txt' (looked in ", lambda w: rl.load_text("no.txt")),
    ("no checkpoint", lambda w: rl.load_checkpoint(w.folder / "no.npz")),
    ("no ledger", lambda w: rl.read_ledger(w.folder / "no.csv")),
    ("install rnnlib again", lambda w: data_path("mammals.csv")),
]
UNREACHED = [
    ("save it as ", lambda w: rl.fetch_text("offline")),
]
MISTAKES = [
    pytest.param(error, message, mistake, id=message)
    for error, cases in [
        (ValueError, VALUE_ERRORS),
        (TypeError, TYPE_ERRORS),
        (FileNotFoundError, NOT_FOUND),
        (ConnectionError, UNREACHED),
    ]
    for message, mistake in cases
]


@pytest.fixture
def world(vocab, rng, tmp_path, monkeypatch):
    """All that a user has at hand: a model in training, and some files."""
    model, optimizer = LanguageModel(len(vocab), 8, rng=rng), Adam()
    batches = rl.padded_batches(vocab, NAMES, 5, rng)
    fit = partial(rl.fit, model, batches, optimizer, epochs=1, progress=False)
    grads = {name: np.ones_like(p) for name, p in model.params.items()}
    fit()

    ids = np.zeros((5, 2), int)
    translator = rl.Seq2Seq(len(vocab), len(vocab), 8, attention=False, rng=rng)
    inputs = rl.PairInputs(ids, np.array([5, 2]), ids)
    attention = rl.AdditiveAttention(3, 3, 4, rng)
    layers = [Recurrent(rl.RNNCell(), size, 8, rng) for size in (len(vocab), 8)]
    w = SimpleNamespace(
        vocab=vocab,
        rng=rng,
        model=model,
        optimizer=optimizer,
        fit=fit,
        save=partial(rl.save_checkpoint, tmp_path / "own.npz"),
        generate=partial(rl.generate, model, vocab, rng=rng),
        grads_less={name: g for name, g in grads.items() if name != "output.b_y"},
        odd=grads | {"output.b_y": np.ones(2)},
        merged=rl.Vocabulary.from_merges(["trex trex"], 3),
        ngram=NGram().fit(NAMES),
        embedded=LanguageModel(len(vocab), 8, embedding_dim=3, rng=rng),
        classes=(len(vocab), 8, "rnn", 1, None, 0.0, False, rng),
        conditional=LanguageModel(len(vocab), 8, rng=rng, num_classes=3),
        classifier=rl.SequenceClassifier(len(vocab), 8, 3, rng=rng),
        labelled=lambda *arrays: rl.labelled_batches(vocab, *arrays, batch_size=2),
        layer=layers[0],
        stacked=Stacked(layers),
        ids=ids,
        pairs=partial(rl.pair_batches, vocab, vocab),
        seq2seq=partial(rl.Seq2Seq, 5, 5, 8, rng=rng),
        translator=translator,
        read=lambda **change: translator.forward(inputs._replace(**change)),
        attend=partial(attention.forward, np.ones((4, 2, 3))),
        folder=tmp_path,
        monkeypatch=monkeypatch,
    )
    monkeypatch.setenv("RNNLIB_DATA", str(tmp_path))
    for name in ("altered", "offline"):
        monkeypatch.setitem(FETCHED, name, ("http://127.0.0.1:1", "0" * 64))
    (tmp_path / "altered.txt").write_text("To be, and not to be")
    files = "empty binary foreign whole truncated flipped newer incomplete misfit"
    vars(w).update({name: tmp_path / f"{name}.npz" for name in files.split()})
    w.empty.write_text(" \n")
    w.binary.write_bytes(b"re\xff\xfe")
    np.savez(w.foreign, W=np.ones(3))
    rl.save_checkpoint(w.whole, model, optimizer, vocab, rng)
    whole = w.whole.read_bytes()
    w.truncated.write_bytes(whole[:999])
    w.flipped.write_bytes(whole[:999] + bytes([whole[999] ^ 1]) + whole[1000:])
    for path in (w.newer, w.incomplete, w.misfit):
        shutil.copy(w.whole, path)
    change_meta(w.newer, version=99)
    change_meta(w.incomplete, arrays=["model/output.W_hy"])
    config = model.config | {"hidden_size": 7}
    change_meta(w.misfit, model={"class": "LanguageModel", "config": config})
    return w


def photograph(w):
    """All that must not change when something goes wrong."""
    return {
        "params": frozen(w.model.params),
        "memory": {name: frozen(slots) for name, slots in w.optimizer.memory.items()},
        "optimizer": (w.optimizer.config, w.optimizer.steps),
        "rng": w.rng.bit_generator.state,
        "counts": w.ngram.probabilities("a").tolist(),
        "files": {path.name: path.read_bytes() for path in w.folder.iterdir()},
    }


@pytest.mark.parametrize(("error", "message", "mistake"), MISTAKES)
def test_a_mistake_is_answered_in_words_and_changes_nothing(error, message, mistake, world):
    before = photograph(world)
    with pytest.raises(error, match=re.escape(message)):
        mistake(world)
    assert photograph(world) == before


def lines_of(error):
    """Every (file, line) that an error, and those that led to it, passed through."""
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            yield Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno
            trace = trace.tb_next
        error = error.__context__


def raises(node):
    """Whether a line of code raises an error: itself, or through `rnnlib.errors`."""
    if isinstance(node, ast.Raise):
        return node.exc is not None
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return called and node.func.id in ("require", "at_least_one")


@bug("check sums are not compared", "training.checkpoints._verify", "wrong is not None", "False")
def test_every_raise_in_rnnlib_is_provoked(world):
    reached = set()
    for case in MISTAKES:
        with pytest.raises(case.values[0]) as info:
            case.values[2](world)
        reached.update(lines_of(info.value))
    missed = [
        f"{path.name}:{node.lineno}: {ast.unparse(node)[:60]}"
        for path in PACKAGE.rglob("*.py")
        if path.stem != "plots" and path.parent.stem != "widgets"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if raises(node) and "NotImplemented" not in ast.unparse(node)
        if not any((path, line) in reached for line in range(node.lineno, node.end_lineno + 1))
    ]
    assert missed == []
