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

Drawing functions live in `rnnlib.plots`, which alone imports matplotlib.
"""

from .attention import AdditiveAttention
from .batches import Batches, labelled_batches, padded_batches, split, stream_batches
from .beam import Hypothesis
from .callbacks import EarlyStopping, KeepBest, SaveCheckpoint, ShowSamples
from .cells import GRUCell, LSTMCell, RNNCell
from .checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from .classifiers import SequenceClassifier, SequenceTagger
from .datasets import (
    Dinosaur,
    blues,
    dinosaur_names,
    dinosaurs,
    fetch_text,
    load_text,
    tales,
    translation_pairs,
)
from .encoder import Encoder
from .gradients import (
    check_gradients,
    clip_by_norm,
    clip_by_value,
    global_norm,
    numerical_gradient,
    relative_error,
)
from .harmony import judge, sound
from .history import History
from .layers import Dropout, Embedding, Linear
from .ledger import mean_scores, read_ledger, write_ledger
from .losses import cross_entropy
from .models import LanguageModel
from .ngram import KneserNey, NGram
from .novelty import NoveltyReport, novelty_report
from .optimizers import SGD, Adagrad, Adam, RMSprop, constant, cosine_decay, warm_up
from .pairs import PairInputs, pair_batches
from .recurrent import Recurrent
from .sampling import beam_search, generate, next_symbol_distribution
from .seq2seq import Seq2Seq
from .stacking import Bidirectional, Stacked
from .tasks import reber, recall_batches
from .training import Callback, TrainingDiverged, evaluate, fit, train_steps
from .translation import split_by_combination
from .vocabulary import Vocabulary

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdditiveAttention",
    "Batches",
    "Bidirectional",
    "Callback",
    "Checkpoint",
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
    "Linear",
    "NGram",
    "NoveltyReport",
    "PairInputs",
    "RMSprop",
    "RNNCell",
    "Recurrent",
    "SaveCheckpoint",
    "Seq2Seq",
    "SequenceClassifier",
    "SequenceTagger",
    "ShowSamples",
    "Stacked",
    "TrainingDiverged",
    "Vocabulary",
    "beam_search",
    "blues",
    "check_gradients",
    "clip_by_norm",
    "clip_by_value",
    "constant",
    "cosine_decay",
    "cross_entropy",
    "dinosaur_names",
    "dinosaurs",
    "evaluate",
    "fetch_text",
    "fit",
    "generate",
    "global_norm",
    "judge",
    "labelled_batches",
    "load_checkpoint",
    "load_text",
    "mean_scores",
    "next_symbol_distribution",
    "novelty_report",
    "numerical_gradient",
    "padded_batches",
    "pair_batches",
    "read_ledger",
    "reber",
    "recall_batches",
    "relative_error",
    "save_checkpoint",
    "sound",
    "split",
    "split_by_combination",
    "stream_batches",
    "tales",
    "train_steps",
    "translation_pairs",
    "warm_up",
    "write_ledger",
]
