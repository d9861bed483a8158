"""A model becomes a PyTorch module, and a module a model.  Chapter 22."""

from copy import deepcopy

import numpy as np

from ..errors import kind_of, require, require_type
from ..models.language import LanguageModel
from ..models.transformer import TransformerLanguageModel
from .state_dicts import LINEAR, as_array, from_torch_names, load_torch_state, torch_state


def to_torch(model, both_biases=False):
    """Build the same network in PyTorch, with copies of the same weights.

    Parameters
    ----------
    model : LanguageModel or TransformerLanguageModel
    both_biases : bool
        PyTorch's RNN, GRU and LSTM add two biases, of which one is enough.  By default the second
        one stays at 0, so that training takes the same steps as in rnnlib.  With True both are
        trained, as `torch.nn.LSTM` does by itself: both get the same gradient, so that their sum
        moves twice as far at every step, with SGD and with Adam.

    Returns
    -------
    torch.nn.Module
        In training mode, on the processor, of the model's dtype:
        `module(ids, state=None, labels=None)` returns `(logits, state)`, of tensors.  A Transformer
        reads all symbols at once: `module(ids)` returns `(logits, None)`.

    Raises
    ------
    ImportError
        PyTorch is not installed.
    TypeError
        A model of another class.
    ValueError
        A cell without counterpart; a parameter that is nan; or variational dropout between layers,
        which PyTorch's RNN, GRU and LSTM lack.

    Examples
    --------
    Train in PyTorch, then write names in rnnlib::

        module = rl.to_torch(model)
        optimizer = torch.optim.Adam(module.parameters(), lr=3e-3)
        ...
        model = rl.from_torch(module)
    """
    state, config = torch_state(model), model.config
    everywhere = config["num_layers"] == 1 or config.get("cell") in LINEAR
    require(
        everywhere or not (config["dropout"] and config.get("variational")),
        "PyTorch's layers draw a new dropout mask at every time step: variational dropout between "
        "layers has no counterpart there. Build the model with num_layers=1 or variational=False.",
    )
    try:
        import torch

        from .networks import TorchLanguageModel
        from .transformers import TorchTransformerLanguageModel
    except ImportError:
        raise ImportError(
            "to_torch needs PyTorch: pip install torch. Its build for processors alone is enough; "
            "the README says how to get it. rl.torch_state needs NumPy alone."
        ) from None
    with torch.random.fork_rng(devices=[]):  # its first weights are overwritten: draw no numbers
        if isinstance(model, TransformerLanguageModel):
            module = TorchTransformerLanguageModel(config)
        else:
            module = TorchLanguageModel(config, both_biases)
    module.load_state_dict({name: torch.from_numpy(a) for name, a in state.items()})
    module.rng = deepcopy(model.rng)
    return module


def from_torch(module):
    """Build the model of a module that `to_torch` made, with copies of its weights.

    Parameters
    ----------
    module : torch.nn.Module
        From `to_torch`.  On any device; it may be wrapped for parallel training.

    Returns
    -------
    LanguageModel or TransformerLanguageModel
        Of the module's dtype.  Its generator is in the state in which the exported model's was.

    Raises
    ------
    TypeError
        A module of another class, or numbers other than float32 and float64.
    ValueError
        A weight is nan.
    """
    module = _unwrapped(module)
    state = {name: as_array(a) for name, a in module.state_dict().items()}
    rng = deepcopy(module.rng)
    before = rng.bit_generator.state
    config = module.config | {"dtype": state["output.bias"].dtype}
    model = module.model_class(**config, rng=rng)
    rng.bit_generator.state = before  # building the model drew from it
    load_torch_state(model, state)
    return model


def torch_grads(module):
    """Return the gradients that `loss.backward()` left in a module, under rnnlib's names.

    Parameters
    ----------
    module : torch.nn.Module
        From `to_torch`.

    Returns
    -------
    dict of str to ndarray
        As the model's `loss_and_grads` returns them; zeros where there is none.

    Raises
    ------
    TypeError
        A module of another class.
    """
    module = _unwrapped(module)
    grads = {
        name: np.zeros_like(as_array(p)) if p.grad is None else as_array(p.grad)
        for name, p in module.named_parameters(remove_duplicate=False)
    }
    return from_torch_names(grads, module.config, gradients=True)


def _unwrapped(module):
    """Return the module inside of DistributedDataParallel and its like, if it is ours."""
    inside = getattr(module, "module", module)
    require_type(
        getattr(inside, "model_class", None) in (LanguageModel, TransformerLanguageModel),
        f"expected a module that rl.to_torch made, got {kind_of(module)}. For a module of your "
        "own, build the model and call rl.load_torch_state(model, module.state_dict()).",
    )
    return inside
