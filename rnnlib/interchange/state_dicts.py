"""A model's arrays under PyTorch's names, and back, with NumPy alone.  Chapter 22.

rnnlib multiplies rows, `x @ W`, and PyTorch columns, `W @ x`, so every matrix is transposed; gates
and heads are in the same order.  PyTorch adds two biases where one is enough:

=============  ====================================================
rnnlib         PyTorch
=============  ====================================================
embedding.W    embedding.weight
layer0.W_xh    recurrent.weight_ih_l0, transposed
layer0.W_hh    recurrent.weight_hh_l0, transposed
layer0.b_h     recurrent.bias_ih_l0 + recurrent.bias_hh_l0
layer0.b_hn    the last third of recurrent.bias_hh_l0, in a GRU
output.W_hy    output.weight, transposed
output.b_y     output.bias
start.W        start.weight
=============  ====================================================

Only in a GRU's candidate are the two not a sum, since r scales the second one.  Linear cells and
Transformers have no second bias; `INNER` has their names.
"""

import numpy as np

from ..errors import kind_of, require, require_numbers, require_type
from ..models.language import LanguageModel
from ..models.transformer import TransformerLanguageModel

LAYER = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
"""PyTorch's names of the arrays of an RNN, GRU or LSTM layer, in its order."""

FIRST = {"embedding.W": "embedding.weight", "position.W": "position.weight"}
INNER = {
    "decay": "decay",
    "W_xh": "input.weight",
    "b_h": "input.bias",
    "attention.W_qkv": "self_attn.in_proj_weight",
    "attention.b_qkv": "self_attn.in_proj_bias",
    "attention.W_o": "self_attn.out_proj.weight",
    "attention.b_o": "self_attn.out_proj.bias",
    "feed_forward.W_1": "linear1.weight",
    "feed_forward.b_1": "linear1.bias",
    "feed_forward.W_2": "linear2.weight",
    "feed_forward.b_2": "linear2.bias",
    "norm1.gain": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.gain": "norm2.weight",
    "norm2.bias": "norm2.bias",
}
LAST = {
    "norm.gain": "norm.weight",
    "norm.bias": "norm.bias",
    "output.W_hy": "output.weight",
    "output.b_y": "output.bias",
    "start.W": "start.weight",
}
"""rnnlib's names and PyTorch's: below the layers, of a layer without a second bias, and above."""

CLASSIC, LINEAR = ("rnn", "gru", "lstm"), ("mingru", "minlstm", "diagonal")
"""The cells that PyTorch has, and those that `linear_layers` adds."""


def torch_state(model):
    """Return a model's arrays under the names of PyTorch's `state_dict`, as copies.

    Parameters
    ----------
    model : LanguageModel or TransformerLanguageModel

    Returns
    -------
    dict of str to ndarray
        The names, shapes and order of `rl.to_torch(model).state_dict()`.  All of `b_h` is in
        `bias_ih`; `bias_hh` is 0, apart from a GRU's `b_hn`.

    Raises
    ------
    TypeError
        A model of another class.
    ValueError
        A cell without counterpart; or the model has diverged: a parameter is nan.

    Examples
    --------
    >>> state = rl.torch_state(rl.LanguageModel(27, 64, "gru", rng=rng))
    >>> state["recurrent.weight_ih_l0"].shape, state["output.weight"].shape
    ((192, 27), (27, 64))
    """
    _check_model(model)
    for name, p in model.params.items():
        require_numbers(p, name)
    return {name: a.copy() for name, a in to_torch_names(model.params, model.config).items()}


def load_torch_state(model, state):
    """Set a model's parameters to those of a PyTorch module of the same structure, in place.

    A module of your own will do if its parts are named `embedding`, `recurrent` (RNN, GRU or LSTM)
    and `output`, and compute what a `LanguageModel` does: `rl.load_torch_state(model,
    module.state_dict())`.

    Parameters
    ----------
    model : LanguageModel or TransformerLanguageModel
        Its config says which arrays there must be.
    state : dict of str to ndarray or torch.Tensor
        As `torch_state` returns it, but that the two biases may be any; rounded to the model's
        dtype.

    Raises
    ------
    TypeError
        A model of another class, or not a dict of floats.
    ValueError
        Names or shapes of another network, nan, or tied weights that differ.  The model is left
        unchanged.
    """
    _check_model(model)
    expected = to_torch_names(model.params, model.config)
    require_type(isinstance(state, dict), f"state must be a dict of arrays, got {state!r:.60}.")
    missing, strange = expected.keys() - state.keys(), state.keys() - expected.keys()
    require(
        not missing and not strange,
        f"state is not that of {model!r}: it lacks {sorted(missing) or 'nothing'}, and has "
        f"{sorted(strange) or 'nothing'} besides.",
    )
    arrays = {name: as_array(value) for name, value in state.items()}
    for name, a in arrays.items():
        require_type(a.dtype.kind == "f", f"{name} must be floats, got {a.dtype}.")
        require(
            a.shape == expected[name].shape,
            f"{name} has the shape {a.shape}; {model!r} needs {expected[name].shape}.",
        )
        require_numbers(a, name)
    require(
        not model.config.get("tie_weights")
        or np.array_equal(arrays["embedding.weight"], arrays["output.weight"]),
        "embedding.weight and output.weight differ, but this model ties them: build it with "
        "tie_weights=False.",
    )
    for name, a in from_torch_names(arrays, model.config).items():
        model.params[name][...] = a


def to_torch_names(params, config):
    """Return arrays under PyTorch's names and in its shapes, views where that is possible.

    Parameters
    ----------
    params : dict of str to ndarray
        Named as a model's `params`.
    config : dict
        Of the model.
    """
    if config.get("tie_weights"):
        params = params | {"output.W_hy": params["embedding.W"].T}
    state = _renamed(params, FIRST)
    for ours, theirs in _layer_names(config):
        layer = layer_to_torch(_below(ours, params))
        state |= {theirs.format(name): a for name, a in layer.items()}
    return state | _renamed(params, LAST)


def from_torch_names(state, config, gradients=False):
    """Return arrays under rnnlib's names and in its shapes: the inverse of `to_torch_names`.

    Parameters
    ----------
    state : dict of str to ndarray
    config : dict
        Of the model.
    gradients : bool
        The arrays are gradients; see `layer_from_torch`.
    """
    params = _named_back(state, FIRST)
    for ours, theirs in _layer_names(config):
        names = [name for name in (*LAYER, *INNER.values()) if theirs.format(name) in state]
        layer = {name: state[theirs.format(name)] for name in names}
        layer = layer_from_torch(layer, config.get("cell"), gradients)
        params |= {f"{ours}{name}": a for name, a in layer.items()}
    params |= _named_back(state, LAST)
    if config.get("tie_weights"):
        del params["output.W_hy"]
    return params


def layer_to_torch(params):
    """Return one layer's arrays under PyTorch's names, `LAYER` or some of `INNER`."""
    if "W_hh" not in params:
        return _renamed(params, INNER)
    b_h, second = params["b_h"], np.zeros_like(params["b_h"])
    if "b_hn" in params:
        second[-len(params["b_hn"]) :] = params["b_hn"]
    arrays = (params["W_xh"].T, params["W_hh"].T, b_h, second)
    return dict(zip(LAYER, arrays, strict=True))


def layer_from_torch(arrays, cell, gradients=False):
    """Return one layer's arrays under rnnlib's names: the inverse of `layer_to_torch`.

    Parameters
    ----------
    arrays : dict of str to ndarray
    cell : str
        In a GRU, some of the second bias is apart, as b_hn.
    gradients : bool
        The arrays are gradients: of a sum of two biases, each term has the whole gradient.
    """
    if "weight_hh" not in arrays:
        return _named_back(arrays, INNER)
    W_ih, W_hh, b_h, second = (arrays[name] for name in LAYER)
    apart = {}
    if cell == "gru":
        H = W_hh.shape[1]
        apart = {"b_hn": second[-H:]}
        second = np.concatenate([second[:-H], np.zeros_like(second[-H:])])
    if not gradients:
        b_h = b_h + second
    return {"W_xh": W_ih.T, "W_hh": W_hh.T, "b_h": b_h, **apart}


def as_array(value):
    """Return an array, or the numbers of a tensor on any device."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)


def _layer_names(config):
    """Yield for each layer how its names begin, and how PyTorch's full names are made."""
    for i in range(config["num_layers"]):
        if "num_heads" in config:
            yield f"block{i}.", f"blocks.{i}.{{}}"
        elif config["cell"] in LINEAR:
            yield f"layer{i}.", f"recurrent.layers.{i}.{{}}"
        else:
            yield f"layer{i}.", f"recurrent.{{}}_l{i}"


def _renamed(arrays, names):
    """Return those of the arrays that `names` has, under the other name."""
    return {new: _turned(a, old) for old, new in names.items() for a in _one(arrays, old)}


def _named_back(arrays, names):
    """Return those of the arrays that `names` leads to, under the first name."""
    return {old: _turned(a, old) for old, new in names.items() for a in _one(arrays, new)}


def _one(arrays, name):
    return [arrays[name]] if name in arrays else []


def _turned(array, name):
    """Transpose a matrix that rnnlib multiplies from the right, and no table of vectors."""
    return array.T if name.split(".")[-1].startswith("W_") else array


def _below(prefix, arrays):
    """Return the arrays whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def _check_model(model):
    require_type(
        isinstance(model, LanguageModel | TransformerLanguageModel),
        f"only a LanguageModel or a TransformerLanguageModel can go to PyTorch, not "
        f"{kind_of(model)}.",
    )
    cell = model.config.get("cell", "rnn")
    require(
        cell in CLASSIC + LINEAR,
        f"There is no cell {cell!r} in PyTorch: {', '.join(CLASSIC + LINEAR)} have a counterpart.",
    )
