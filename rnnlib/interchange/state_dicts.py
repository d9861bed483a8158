"""A model's arrays under PyTorch's names, and back, with NumPy alone.  Chapter 22.

rnnlib multiplies rows, `x @ W`, and PyTorch columns, `W @ x`, so every matrix is transposed; gates
are in the same order.  PyTorch adds two biases where one is enough:

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

Only in a GRU's candidate are the two not a sum, since r scales the second one.
"""

import numpy as np

from ..errors import require, require_numbers, require_type
from ..models.language import LanguageModel


def torch_state(model):
    """Return a model's arrays under the names of PyTorch's `state_dict`, as copies.

    Parameters
    ----------
    model : LanguageModel

    Returns
    -------
    dict of str to ndarray
        The names, shapes and order of `rl.to_torch(model).state_dict()`.  All of `b_h` is in
        `bias_ih`; `bias_hh` is 0, apart from a GRU's `b_hn`.

    Raises
    ------
    TypeError
        Not a LanguageModel.
    ValueError
        The model has diverged: a parameter is nan.

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
    model : LanguageModel
        Its config says which arrays there must be.
    state : dict of str to ndarray or torch.Tensor
        As `torch_state` returns it, but that the two biases may be any; rounded to the model's
        dtype.

    Raises
    ------
    TypeError
        Not a LanguageModel, or not a dict of floats.
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
        not model.config["tie_weights"]
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
        Named as `LanguageModel.params`.
    config : dict
        Of the model.
    """
    state = {}
    if config["embedding_dim"]:
        state["embedding.weight"] = params["embedding.W"]
    for i in range(config["num_layers"]):
        layer = layer_to_torch(below(f"layer{i}.", params))
        state |= {f"recurrent.{name}_l{i}": a for name, a in layer.items()}
    tied = config["tie_weights"]
    state["output.weight"] = params["embedding.W"] if tied else params["output.W_hy"].T
    state["output.bias"] = params["output.b_y"]
    if config["num_classes"]:
        state["start.weight"] = params["start.W"]
    return state


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
    params = {}
    if config["embedding_dim"]:
        params["embedding.W"] = state["embedding.weight"]
    for i in range(config["num_layers"]):
        ends = {name: f"recurrent.{name}_l{i}" for name in LAYER}
        layer = {name: state[full] for name, full in ends.items()}
        layer = layer_from_torch(layer, config["cell"], gradients)
        params |= {f"layer{i}.{name}": a for name, a in layer.items()}
    if not config["tie_weights"]:
        params["output.W_hy"] = state["output.weight"].T
    params["output.b_y"] = state["output.bias"]
    if config["num_classes"]:
        params["start.W"] = state["start.weight"]
    return params


LAYER = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
"""PyTorch's names of the arrays of one recurrent layer, in its order."""


def layer_to_torch(params):
    """Return one recurrent layer's arrays under the names of `LAYER`."""
    b_h, second = params["b_h"], np.zeros_like(params["b_h"])
    if "b_hn" in params:
        second[-len(params["b_hn"]) :] = params["b_hn"]
    arrays = (params["W_xh"].T, params["W_hh"].T, b_h, second)
    return dict(zip(LAYER, arrays, strict=True))


def layer_from_torch(arrays, cell, gradients=False):
    """Return one recurrent layer's arrays, W_xh, W_hh, b_h and a GRU's b_hn.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Named as in `LAYER`.
    cell : str
        "rnn", "gru" or "lstm"
    gradients : bool
        The arrays are gradients: of a sum of two biases, each term has the whole gradient.
    """
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


def below(prefix, arrays):
    """Return the arrays whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def _check_model(model):
    require_type(
        isinstance(model, LanguageModel),
        f"PyTorch's side has a LanguageModel only, got {model!r:.60}.",
    )
