"""rnnlib: recurrent neural networks in NumPy, one readable function per formula.

The package grows with the book *Naming Dinosaurs*.  Everything public is importable from here::

    import numpy as np
    import rnnlib as rl

    rng = np.random.default_rng(0)
    train, valid, test = rl.split(rl.dinosaur_names())
    vocab = rl.Vocabulary.from_text(train)
    model = rl.LanguageModel(len(vocab), hidden_size=64, rng=rng)
    batches = rl.padded_batches(vocab, train, 32, rng)
    history = rl.fit(model, batches, rl.Adam(3e-3), epochs=10, clip_norm=1.0)
    print(rl.generate(model, vocab, stop="\\n", rng=rng))

Drawing functions are in `rl.plots`, which is imported, and matplotlib with it, on first use.

- `text`: vocabularies, splits and batches
- `datasets`: data to learn from
- `nn`: cells and layers
- `models`: networks and counters
- `training`: optimizers, the loop, checkpoints
- `generation`: sampling, beam search, novelty
- `interchange`: the same network in PyTorch, and back
- `functional`: sigmoid, softmax and their kin
- `losses`: cross-entropy
- `initializers`: initial weights
- `ledger`: tables of results
- `plots`: figures
- `widgets`: the demos of the book in a notebook
- `svg`: figures for the pages of the book
- `files`: files that are written whole or not at all
- `progress_bars`: progress bars, where they can be seen
- `threads`: the threads of matrix products
- `errors`: checks of arguments
"""

import importlib

from .datasets import music
from .datasets.dinosaurs import Dinosaur, dinosaur_names, dinosaurs
from .datasets.large_texts import encode_file, file_vocabulary, open_ids
from .datasets.tasks import reber, recall_batches
from .datasets.texts import fetch_text, load_names, load_text, tales
from .datasets.translation.pairs import split_by_combination, translation_pairs
from .generation.beam import Hypothesis
from .generation.novelty import NoveltyReport, novelty_report
from .generation.sampling import beam_search, generate, next_symbol_distribution
from .generation.translation import alignment, translate
from .interchange.conversion import from_torch, to_torch, torch_grads
from .interchange.state_dicts import load_torch_state, torch_state
from .ledger import mean_scores, read_ledger, write_ledger
from .losses import cross_entropy
from .models.classifiers import SequenceClassifier, SequenceTagger
from .models.decoder import Decoder
from .models.encoder import Encoder
from .models.language import LanguageModel
from .models.ngram import KneserNey, NGram
from .models.seq2seq import Seq2Seq
from .models.transformer import TransformerLanguageModel
from .nn.attention import AdditiveAttention
from .nn.cells import (
    Cell,
    DiagonalCell,
    GRUCell,
    LinearCell,
    LSTMCell,
    MinGRUCell,
    MinLSTMCell,
    RNNCell,
)
from .nn.layers import Dropout, Embedding, Linear
from .nn.linear_recurrent import LinearRecurrent
from .nn.recurrent import Recurrent
from .nn.scan import linear_recurrence, parallel_scan
from .nn.self_attention import SelfAttention
from .nn.stacking import Bidirectional, Stacked
from .nn.transformer import LayerNorm, TransformerBlock
from .text.batches import Batch, Batches
from .text.pair_batches import PairInputs, pair_batches
from .text.sequence_batches import labelled_batches, padded_batches
from .text.split import split
from .text.stream_batches import stream_batches
from .text.vocabulary import Vocabulary
from .training.callbacks import EarlyStopping, KeepBest, SaveCheckpoint, ShowSamples
from .training.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from .training.clipping import clip_by_norm, clip_by_value, global_norm
from .training.evaluation import accuracy, evaluate
from .training.gradient_checks import check_gradients, numerical_gradient, relative_error
from .training.history import History
from .training.loop import fit, train_steps
from .training.optimizers import SGD, Adagrad, Adam, Optimizer, RMSprop
from .training.run import Callback, TrainingDiverged
from .training.schedules import cosine_decay, no_decay, warm_up
from .widgets.demo import demo

__version__ = "1.0.0"

_LAZY = {"plots"}
"""Modules that are imported when first used, since importing rnnlib takes NumPy alone."""


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f".{name}", __name__)


def __dir__():
    return sorted({*globals(), *_LAZY})


__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdditiveAttention",
    "Batch",
    "Batches",
    "Bidirectional",
    "Callback",
    "Cell",
    "Checkpoint",
    "Decoder",
    "DiagonalCell",
    "Dinosaur",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Encoder",
    "GRUCell",
    "History",
    "Hypothesis",
    "KeepBest",
    "KneserNey",
    "LSTMCell",
    "LanguageModel",
    "LayerNorm",
    "Linear",
    "LinearCell",
    "LinearRecurrent",
    "MinGRUCell",
    "MinLSTMCell",
    "NGram",
    "NoveltyReport",
    "Optimizer",
    "PairInputs",
    "RMSprop",
    "RNNCell",
    "Recurrent",
    "SaveCheckpoint",
    "SelfAttention",
    "Seq2Seq",
    "SequenceClassifier",
    "SequenceTagger",
    "ShowSamples",
    "Stacked",
    "TrainingDiverged",
    "TransformerBlock",
    "TransformerLanguageModel",
    "Vocabulary",
    "accuracy",
    "alignment",
    "beam_search",
    "check_gradients",
    "clip_by_norm",
    "clip_by_value",
    "cosine_decay",
    "cross_entropy",
    "demo",
    "dinosaur_names",
    "dinosaurs",
    "encode_file",
    "evaluate",
    "fetch_text",
    "file_vocabulary",
    "fit",
    "from_torch",
    "generate",
    "global_norm",
    "labelled_batches",
    "linear_recurrence",
    "load_checkpoint",
    "load_names",
    "load_text",
    "load_torch_state",
    "mean_scores",
    "music",
    "next_symbol_distribution",
    "no_decay",
    "novelty_report",
    "numerical_gradient",
    "open_ids",
    "padded_batches",
    "pair_batches",
    "parallel_scan",
    "read_ledger",
    "reber",
    "recall_batches",
    "relative_error",
    "save_checkpoint",
    "split",
    "split_by_combination",
    "stream_batches",
    "tales",
    "to_torch",
    "torch_grads",
    "torch_state",
    "train_steps",
    "translate",
    "translation_pairs",
    "warm_up",
    "write_ledger",
]
