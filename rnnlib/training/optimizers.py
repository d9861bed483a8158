"""How a gradient becomes a step.  Chapter 8."""

import weakref
from typing import ClassVar

import numpy as np

from ..errors import kind_of, require, require_type
from .hyperparameters import number


class Optimizer:
    """The parts that all optimizers share: a learning rate, and a memory for each parameter.

    Subclasses name the arrays they remember in `slots`, say in `ranges` what their numbers must
    be, and write `update`.

    An optimizer belongs to the parameters of its first step, or of its checkpoint: its memory
    would mislead others.  A copy of it belongs to none until its next step.

    Attributes
    ----------
    lr : float
        Learning rate; may be set between steps.
    steps : int
        Steps taken so far.
    memory : dict of str to dict of str to ndarray
        The slots of each parameter.
    """

    slots = ()
    ranges: ClassVar = {}

    def __init__(self, lr):
        self.lr = number("lr", lr)
        self.steps = 0
        self.memory = {}
        self._own = {}  # name: the parameter's place in memory, and a weak reference to its owner

    def __setattr__(self, name, value):
        if name == "lr":
            value = number("lr", value, "not be negative")  # a schedule may begin at 0
        elif name in self.ranges:
            value = number(name, value, self.ranges[name])
        super().__setattr__(name, value)

    def __getstate__(self):
        return vars(self) | {"_own": {}}  # a copy will have other arrays

    @property
    def config(self):
        """The arguments that build this optimizer again, as a dict."""
        return {k: v for k, v in vars(self).items() if k not in ("steps", "memory", "_own")}

    def step(self, params, grads):
        """Move every parameter one step, in place; or none, if the step is interrupted.

        Parameters
        ----------
        params, grads : dict of str to ndarray
            The same keys and shapes.

        Raises
        ------
        ValueError
            Keys or shapes differ, or the parameters are not those of earlier steps; nothing is
            changed then.
        """
        for given in (params, grads):
            require_type(
                isinstance(given, dict),
                lambda: f"step takes model.params and their gradients, got {kind_of(given)}.",  # noqa: B023
            )
        self.check(params)
        _check_alike(params, grads)
        before = self._photograph(params)
        try:
            self.steps += 1
            for name, p in params.items():
                if name not in self.memory:
                    self.memory[name] = {slot: np.zeros_like(p) for slot in self.slots}
                self.update(p, grads[name], **self.memory[name])
        except BaseException:  # Ctrl-C may come at any time
            self._put_back(params, before)
            raise
        self._own = self._own or {name: _place(p) for name, p in params.items()}

    def update(self, p, g, **slots):
        """Move one parameter p along its gradient g, in place."""
        raise NotImplementedError

    def check(self, params):
        """Raise a ValueError if the parameters are not the optimizer's own."""
        for name, p in params.items():
            if self._own:
                same = name in self._own and _is_at(p, self._own[name])
            else:  # not used yet, copied, or loaded
                like = self.memory.get(name, {}).values()
                same = not self.memory or (
                    name in self.memory and all((a.shape, a.dtype) == _kind(p) for a in like)
                )
            require(
                same,
                f"This {type(self).__name__} has taken {self.steps} steps with other parameters "
                f"than {name!r}: its memory would mislead it. Make a new optimizer for each model.",
            )

    def _photograph(self, params):
        memory = {
            name: {slot: a.copy() for slot, a in self.memory[name].items()}
            for name in params
            if name in self.memory
        }
        return self.steps, {name: p.copy() for name, p in params.items()}, memory

    def _put_back(self, params, before):
        self.steps, moved, memory = before
        for name, p in params.items():
            p[...] = moved[name]
            if name in memory:
                for slot, a in memory[name].items():
                    self.memory[name][slot][...] = a
            else:
                self.memory.pop(name, None)


class SGD(Optimizer):
    r"""Stochastic gradient descent, with momentum if wanted.

    .. math:: v \leftarrow \mu v + g, \qquad p \leftarrow p - \eta v

    Parameters
    ----------
    lr : float
        η
    momentum : float
        μ in [0, 1)
    """

    slots = ("v",)
    ranges: ClassVar = {"momentum": "be in [0, 1)"}

    def __init__(self, lr=1e-2, momentum=0.0):
        super().__init__(lr)
        self.momentum = momentum

    def update(self, p, g, v):
        v *= self.momentum
        v += g
        p -= self.lr * v


class Adagrad(Optimizer):
    r"""Steps that shrink with the sum of all squared gradients so far.

    .. math:: s \leftarrow s + g^2, \qquad p \leftarrow p - \eta\, g / (\sqrt{s} + \epsilon)

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods", JMLR 12 (2011).
    """

    slots = ("s",)
    ranges: ClassVar = {"eps": "not be negative"}

    def __init__(self, lr=1e-2, eps=1e-10):
        super().__init__(lr)
        self.eps = eps

    def update(self, p, g, s):
        s += g * g
        p -= self.lr * g / (np.sqrt(s) + self.eps)


class RMSprop(Optimizer):
    r"""AdaGrad that forgets: a running mean of squared gradients in place of their sum.

    .. math::
        s \leftarrow \alpha s + (1 - \alpha) g^2, \qquad p \leftarrow p - \eta\, g / (\sqrt{s} + \epsilon)

    References
    ----------
    T. Tieleman and G. Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012.
    """  # noqa: E501

    slots = ("s",)
    ranges: ClassVar = {"alpha": "be in [0, 1)", "eps": "not be negative"}

    def __init__(self, lr=1e-2, alpha=0.99, eps=1e-8):
        super().__init__(lr)
        self.alpha, self.eps = alpha, eps

    def update(self, p, g, s):
        s *= self.alpha
        s += (1 - self.alpha) * g * g
        p -= self.lr * g / (np.sqrt(s) + self.eps)


class Adam(Optimizer):
    r"""RMSprop with momentum, both corrected for their start at zero.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) g \\
        s &\leftarrow \beta_2 s + (1 - \beta_2) g^2 \\
        \hat m &= m / (1 - \beta_1^t) \\
        \hat s &= s / (1 - \beta_2^t) \\
        p &\leftarrow p - \eta \lambda p - \eta\, \hat m / (\sqrt{\hat s} + \epsilon)

    Parameters
    ----------
    lr : float
        η
    betas : (float, float)
        β₁ and β₂
    eps : float
        ε
    weight_decay : float
        λ, decoupled from the gradient: with a positive value this is AdamW.

    References
    ----------
    D. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """

    slots = ("m", "s")
    ranges: ClassVar = {"eps": "not be negative", "weight_decay": "not be negative"}

    def __init__(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def __setattr__(self, name, value):
        super().__setattr__(name, _pair(value) if name == "betas" else value)

    def update(self, p, g, m, s):
        beta1, beta2 = self.betas
        m *= beta1
        m += (1 - beta1) * g
        s *= beta2
        s += (1 - beta2) * g * g
        m_hat = m / (1 - beta1**self.steps)
        s_hat = s / (1 - beta2**self.steps)
        p *= 1 - self.lr * self.weight_decay
        p -= self.lr * m_hat / (np.sqrt(s_hat) + self.eps)


def _pair(betas):
    """Return the two decay rates as Python floats."""
    two = isinstance(betas, tuple | list) and len(betas) == 2
    require_type(two, f"betas must be a pair of numbers, got {betas!r:.40}.")
    decays = tuple(number("betas", beta, "be finite") for beta in betas)
    require(all(0 <= beta < 1 for beta in decays), f"betas must be in [0, 1), got {betas}.")
    return decays


def _check_alike(params, grads):
    for given in (params, grads):
        for name, a in given.items():
            require_type(
                isinstance(a, np.ndarray) and a.dtype in (np.float32, np.float64),
                lambda: f"{name} must be an array of float32 or float64, got {a!r:.40}.",  # noqa: B023
            )
    differ = params.keys() ^ grads.keys()
    require(not differ, f"params and grads differ in {sorted(differ)}.")
    for name, p in params.items():
        require(
            p.shape == grads[name].shape,
            f"{name} has shape {p.shape}, its gradient {grads[name].shape}.",
        )


def _kind(p):
    return p.shape, p.dtype


def _owner(p):
    """Return the array that owns the numbers of a view."""
    while isinstance(p.base, np.ndarray):
        p = p.base
    return p


def _place(p):
    """Describe where the numbers of an array are, without keeping them alive."""
    return p.__array_interface__["data"][0], p.strides, _kind(p), weakref.ref(_owner(p))


def _is_at(p, place):
    """Whether an array, or a new view of it, is the one of a `_place`."""
    *where, owner = place
    return [p.__array_interface__["data"][0], p.strides, _kind(p)] == where and owner() is _owner(p)
