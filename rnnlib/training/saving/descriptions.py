"""Descriptions of models, optimizers and vocabularies in JSON, and checks of such descriptions.

Each `check_…` refuses, with a ValueError, all that its `describe_…` cannot have written.
"""

from dataclasses import asdict

import numpy as np

from ...errors import require
from ...models.classifiers import SequenceClassifier, SequenceTagger
from ...models.language import LanguageModel
from ...models.seq2seq import Seq2Seq
from ...models.transformer import TransformerLanguageModel
from ...text.splitters import SPLITTERS
from ...text.vocabulary import Vocabulary
from ..optimizers import SGD, Adagrad, Adam, RMSprop
from .classes import by_name, check_class, describe_class, known_class, plain
from .json_values import is_text, take
from .shapes import parameter_shapes

MODELS = by_name(
    LanguageModel, SequenceClassifier, SequenceTagger, Seq2Seq, TransformerLanguageModel
)
OPTIMIZERS = by_name(SGD, Adagrad, RMSprop, Adam)


def check_model(saved, arrays):
    """Return (class, arguments) of the model that a file declares, if its arrays fit it.

    Parameters
    ----------
    saved : dict
    arrays : dict of str to (shape, dtype)
        Of all arrays of the model, without its "model/".
    """
    kind, config = check_class(saved, MODELS, "model")
    layers = config.get("num_layers", 1)
    require(layers <= len(arrays), f"the model has {layers} layers, but {len(arrays)} arrays")
    dtype = np.dtype(config["dtype"])
    shapes = parameter_shapes(kind.__name__, config)
    check_arrays({name: (shape, dtype) for name, shape in shapes.items()}, arrays)
    return kind, config


def check_arrays(expected, found):
    """Refuse arrays with other names, shapes or types than expected."""
    wrong = sorted(k for k in expected | found if expected.get(k) != found.get(k))
    require(not wrong, f"does not fit its own model in {wrong}")


def describe_optimizer(optimizer):
    """Return what builds an optimizer again, without its memory."""
    name = known_class(optimizer, OPTIMIZERS)
    added = sorted(vars(optimizer).keys() - vars(type(optimizer)()).keys())
    require(not added, f"{name} has no {added}, and a checkpoint could not hold what you added.")
    saved = describe_class(optimizer, OPTIMIZERS)
    return saved | {"steps": plain(optimizer.steps)}


def check_optimizer(saved, arrays, model_arrays):
    """Return (class, arguments, steps), if the arrays are a memory of this model's parameters."""
    require(type(saved) is dict, "the optimizer is not described")
    steps = saved.get("steps")
    require(type(steps) is int and 0 <= steps < 2**63, f"the steps cannot be {steps!r:.40}")
    kind, config = check_class(
        {k: saved[k] for k in saved if k != "steps"}, OPTIMIZERS, "optimizer"
    )
    remembered = {key.rpartition("/")[0] for key in arrays}
    strange = sorted(remembered - model_arrays.keys())
    require(not strange, f"the optimizer remembers {strange}, which the model does not have")
    slots = {f"{n}/{slot}": model_arrays[n] for n in remembered for slot in kind.slots}
    check_arrays(slots, arrays)
    return kind, config, steps


def describe_vocabulary(vocab):
    """Return the symbols and the splitter of a vocabulary, or a list of those of a pair."""
    if isinstance(vocab, list | tuple):
        return [describe_vocabulary(v) for v in vocab]
    known_class(vocab, by_name(Vocabulary))
    splitter = vocab.splitter
    known_class(splitter, SPLITTERS)
    return {
        "symbols": plain(vocab.symbols),
        "splitter": describe_class(splitter, SPLITTERS, asdict(splitter)),
    }


def build_vocabulary(saved, version):
    """Return the vocabulary, or the pair of them, that `describe_vocabulary` wrote."""
    if version == 1:
        saved = {"symbols": saved, "splitter": {"class": "Characters", "config": {}}}
    if type(saved) is list:
        require(len(saved) == 2, f"there are {len(saved)} vocabularies; a translator has two")
        return tuple(build_vocabulary(v, version) for v in saved if _is_object(v))
    symbols, splitter = take(saved, "vocabulary", {"symbols": list, "splitter": dict})
    require(all(map(is_text, symbols)), "a symbol of the vocabulary is not a text")
    kind, config = check_class(splitter, SPLITTERS, "splitter")
    return Vocabulary(symbols, kind(**config))


def check_vocabulary(vocab, config):
    """Refuse a vocabulary, or a pair of them, of another size than the model's."""
    model = [size for name, size in config.items() if name.endswith("vocab_size")]
    found = [len(v) for v in (vocab if isinstance(vocab, tuple) else [vocab])]
    fits = found == model or (len(found) == 1 and found[0] in model)
    require(fits, f"does not fit its own model in its vocabulary: {found} symbols for {model}")


def _is_object(saved):
    require(type(saved) is dict, "a vocabulary is not described")
    return True
