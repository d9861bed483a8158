"""The shapes of a model's parameters, known before the model is built and takes memory."""

import numpy as np

from ...nn.cells import CELLS


def parameter_shapes(kind, config):
    """Return the shape of every parameter of a model that is not built.

    Parameters
    ----------
    kind : str
        The name of its class.
    config : dict
        All its arguments, without rng.

    Returns
    -------
    dict of str to tuple of int
        As those of `params`.
    """
    if kind == "Seq2Seq":
        return dict(_seq2seq(**config))
    if kind == "TransformerLanguageModel":
        return dict(_transformer(**config))
    return dict(_network(kind, **config))


def _network(
    kind,
    vocab_size,
    hidden_size,
    cell,
    num_layers,
    embedding_dim,
    num_classes,
    bidirectional=False,
    tie_weights=False,
    **_,
):
    V, H, size = vocab_size, hidden_size, embedding_dim or vocab_size
    if embedding_dim is not None:
        yield "embedding.W", (V, embedding_dim)
    for i in range(num_layers):
        for way in ("forward.", "backward.") if bidirectional else ("",):
            yield from _recurrent(f"layer{i}.{way}", cell, size, H)
        size = 2 * H if bidirectional else H
    is_language_model = kind == "LanguageModel"
    outputs = V if is_language_model else num_classes
    yield from _linear("output.", size, outputs)[1 if tie_weights else 0 :]
    if is_language_model and num_classes is not None:
        yield "start.W", (num_classes, num_layers * len(CELLS[cell].state_names) * H)


def _seq2seq(
    source_vocab_size, target_vocab_size, hidden_size, cell, embedding_dim, attention, **_
):
    H, V, E = hidden_size, target_vocab_size, embedding_dim or hidden_size
    yield "source_embedding.W", (source_vocab_size, E)
    for way, size in (("forward", H - H // 2), ("backward", H // 2)):
        yield from _recurrent(f"encoder.{way}.", cell, E, size)
    yield from _linear("encoder.bridge.", H, len(CELLS[cell].state_names) * H)
    yield "target_embedding.W", (V, E)
    yield from _recurrent("decoder.", cell, E, H)
    if attention:
        yield from (("attention.W_q", (H, H)), ("attention.W_k", (H, H)), ("attention.v", (H,)))
        yield from _linear("combine.", 2 * H, H)
    yield from _linear("output.", H, V)


def _transformer(vocab_size, hidden_size, num_layers, max_len, **_):
    V, H, F = vocab_size, hidden_size, 4 * hidden_size
    yield from (("embedding.W", (V, H)), ("position.W", (max_len, H)))
    for i in range(num_layers):
        attention, feed_forward = f"block{i}.attention.", f"block{i}.feed_forward."
        yield from _norm(f"block{i}.norm1.", H)
        yield from ((f"{attention}W_qkv", (H, 3 * H)), (f"{attention}b_qkv", (3 * H,)))
        yield from ((f"{attention}W_o", (H, H)), (f"{attention}b_o", (H,)))
        yield from _norm(f"block{i}.norm2.", H)
        yield from ((f"{feed_forward}W_1", (H, F)), (f"{feed_forward}b_1", (F,)))
        yield from ((f"{feed_forward}W_2", (F, H)), (f"{feed_forward}b_2", (H,)))
    yield from _norm("norm.", H)
    yield from _linear("output.", H, V)


def _norm(prefix, H):
    return [(f"{prefix}gain", (H,)), (f"{prefix}bias", (H,))]


def _recurrent(prefix, cell, D, H):
    columns, rows = CELLS[cell].gates * H, {"W_xh": D, "W_hh": H}
    for W in CELLS[cell].matrices:
        yield f"{prefix}{W}", (rows[W], columns)
    yield f"{prefix}b_h", (columns,)
    for name, p in CELLS[cell]().extra_params(1, np.float32).items():  # of one unit: nothing large
        yield f"{prefix}{name}", tuple(H * n for n in p.shape)


def _linear(prefix, D, V):
    return [(f"{prefix}W_hy", (D, V)), (f"{prefix}b_y", (V,))]
