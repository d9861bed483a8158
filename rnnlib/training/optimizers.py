"""How a gradient becomes a step.  Chapter 8."""

import numpy as np

from ..errors import require


class Optimizer:
    """What all optimizers share: a learning rate, and a memory for each parameter.

    Subclasses name the arrays they remember in `slots` and write `update`.

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

    def __init__(self, lr):
        require(lr > 0, f"lr must be positive, got {lr}.")
        self.lr = lr
        self.steps = 0
        self.memory = {}

    @property
    def config(self):
        """The arguments that build this optimizer again, as a dict."""
        return {k: v for k, v in vars(self).items() if k not in ("steps", "memory")}

    def step(self, params, grads):
        """Move every parameter one step, in place.

        Parameters
        ----------
        params, grads : dict of str to ndarray
            The same keys and shapes.

        Raises
        ------
        ValueError
            Keys or shapes differ; nothing is changed then.
        """
        if params.keys() != grads.keys():
            raise ValueError(f"params and grads differ in {sorted(params.keys() ^ grads.keys())}.")
        for name, p in params.items():
            require(
                p.shape == grads[name].shape,
                f"{name} has shape {p.shape}, its gradient {grads[name].shape}.",
            )
        self.steps += 1
        for name, p in params.items():
            if name not in self.memory:
                self.memory[name] = {slot: np.zeros_like(p) for slot in self.slots}
            self.update(p, grads[name], **self.memory[name])

    def update(self, p, g, **slots):
        """Move one parameter p along its gradient g, in place."""
        raise NotImplementedError


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

    def __init__(self, lr=1e-2, momentum=0.0):
        super().__init__(lr)
        require(0 <= momentum < 1, f"momentum must be in [0, 1), got {momentum}.")
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

    def __init__(self, lr=1e-2, alpha=0.99, eps=1e-8):
        super().__init__(lr)
        require(0 <= alpha < 1, f"alpha must be in [0, 1), got {alpha}.")
        self.alpha, self.eps = alpha, eps

    def update(self, p, g, s):
        s *= self.alpha
        s += (1 - self.alpha) * g * g
        p -= self.lr * g / (np.sqrt(s) + self.eps)


class Adam(Optimizer):
    r"""RMSprop with momentum, both corrected for their start at zero.

    .. math::
        m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2

    .. math::
        p \leftarrow p - \eta \lambda p - \eta\, \hat m / (\sqrt{\hat s} + \epsilon), \qquad
        \hat m = m / (1 - \beta_1^t), \quad \hat s = s / (1 - \beta_2^t)

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

    def __init__(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(lr)
        require(all(0 <= b < 1 for b in betas), f"betas must be in [0, 1), got {betas}.")
        require(weight_decay >= 0, f"weight_decay must not be negative, got {weight_decay}.")
        self.betas, self.eps, self.weight_decay = tuple(betas), eps, weight_decay

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


def cosine_decay(progress, final=0.0):
    """Return the factor on the learning rate: 1 at the start, `final` at the end.  Chapter 8.

    Parameters
    ----------
    progress : float
        Share of the training that is done, 0 to 1.
    final : float

    References
    ----------
    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.
    """
    return final + (1 - final) * 0.5 * (1 + np.cos(np.pi * progress))


def no_decay(progress):
    """Return the factor 1: a learning rate that stays as it is."""
    return 1.0


def warm_up(share, then=cosine_decay):
    """Return a schedule that rises from 0 to 1, and then follows another.

    The first step has length 0; it only fills the memory of an optimizer that has one.

    Parameters
    ----------
    share : float
        Share of the training that the rise takes, 0 ≤ share < 1.
    then : callable
        The schedule of the rest, whose progress is counted from the end of the rise.

    Returns
    -------
    callable
        From progress to factor.

    Raises
    ------
    ValueError
        A share out of range.

    References
    ----------
    P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017.

    Examples
    --------
    >>> fit(model, batches, Adam(3e-3), epochs=10, schedule=warm_up(0.1))
    """
    require(0 <= share < 1, f"share must be in [0, 1), got {share}.")

    def schedule(progress):
        if progress < share:
            return progress / share
        return then((progress - share) / (1 - share))

    return schedule
