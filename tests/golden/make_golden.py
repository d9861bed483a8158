"""PyTorch's answers, in float64: the second of the three checks.

    python tests/golden/make_golden.py

writes the .npz files next to this script, so that the tests need no torch; where torch is installed
`test_golden.py` also calls the functions below and compares live.

Each function returns a dict of arrays: what goes in (`params/…`, `xs`, …) under rnnlib's names and
in rnnlib's shapes, and what must come out (`out/…`).  `rnnlib.interchange` translates a recurrent
layer's weights: were it wrong, rnnlib could not answer as torch does.  Torch has no linear cells:
here they are plain loops over the papers' formulas, which torch differentiates.
"""

from functools import partial
from pathlib import Path

import numpy as np
import torch

from rnnlib.interchange.state_dicts import LAYER, layer_from_torch

HERE = Path(__file__).parent
T, B, D, H, V, K = 5, 3, 4, 3, 6, 4
LENGTHS = [3, 5, 2]
WAYS = {"forward": "", "backward": "_reverse"}
CLASSIC = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
STEPS = 24
LR = np.where(np.arange(STEPS) < STEPS // 2, 0.05, 0.025)
OPTIMIZERS = {
    "SGD": lambda p: torch.optim.SGD(p, lr=LR[0]),
    "SGD-momentum": lambda p: torch.optim.SGD(p, lr=LR[0], momentum=0.9),
    "Adagrad": lambda p: torch.optim.Adagrad(p, lr=LR[0]),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=LR[0]),
    "Adam": lambda p: torch.optim.Adam(p, lr=LR[0]),
    "AdamW": lambda p: torch.optim.AdamW(p, lr=LR[0], weight_decay=0.1),
}


class Loop(torch.nn.Module):
    """Layers of a linear cell, called as torch.nn.GRU or LSTM is; the weights have our names."""

    def __init__(self, cell, D, H, num_layers=1, dtype=None):
        super().__init__()
        self.step, gates, self.parts, extra = LINEAR[cell]
        self.hidden_size, self.layers = H, torch.nn.ModuleList()
        for i in range(num_layers):
            shapes = {"W_xh": (H if i else D, gates * H), "b_h": (gates * H,)}
            shapes |= dict.fromkeys(extra, (H,))
            empty = {k: torch.nn.Parameter(torch.empty(s, dtype=dtype)) for k, s in shapes.items()}
            self.layers.append(torch.nn.ParameterDict(empty))

    def forward(self, xs, state=None):
        if state is None:
            zeros = xs.new_zeros(len(self.layers), xs.shape[1], self.hidden_size)
            state = zeros if self.parts == 1 else [zeros] * self.parts
        parts, last = [state] if self.parts == 1 else state, []
        for i, p in enumerate(self.layers):
            now, hs = [part[i] for part in parts], []
            for x in xs:
                a = (x @ p["W_xh"] + p["b_h"]).split(self.hidden_size, dim=-1)
                now = self.step(a, now, p)
                hs.append(now[0])
            xs = torch.stack(hs)
            last.append(now)
        last = tuple(map(torch.stack, zip(*last, strict=True)))
        return xs, last if self.parts > 1 else last[0]


def min_gru(a, state, _):
    """Equation of section 3.1 of Feng et al.: one gate of the input, no tanh."""
    (h,), z = state, torch.sigmoid(a[0])
    return [(1 - z) * h + z * a[1]]


def min_lstm(a, state, _):
    """Section 3.2: two gates of the input, scaled to a sum of 1."""
    (h,), f, i = state, torch.sigmoid(a[0]), torch.sigmoid(a[1])
    return [f / (f + i) * h + i / (f + i) * a[2]]


def diagonal(a, state, params):
    """A learnt constant decay, an input of equal loudness, and the gate of Mamba."""
    (_, c), keep = state, torch.sigmoid(params["decay"])
    c = keep * c + torch.sqrt(1 - keep**2) * a[0]
    return [torch.nn.functional.silu(a[1]) * c, c]


LINEAR = {
    "mingru": (min_gru, 2, 1, []),
    "minlstm": (min_lstm, 3, 1, []),
    "diagonal": (diagonal, 2, 2, ["decay"]),
}
"""The step of each linear cell, its gates, the parts of its state, and its further parameters."""

RECURRENT = CLASSIC | {cell: partial(Loop, cell) for cell in LINEAR}
PARTS = {"rnn": 1, "gru": 1, "lstm": 2} | {cell: parts for cell, (_, _, parts, _) in LINEAR.items()}


def recurrent(cell, num_layers):
    """One or more layers over random vectors, from a random state, with random gradients above."""
    rng = np.random.default_rng(1)
    net = _random(RECURRENT[cell](D, H, num_layers, dtype=torch.float64), rng)
    xs, dhs = _draw(rng, T, B, D), _draw(rng, T, B, H)
    parts = PARTS[cell]
    state = [_draw(rng, num_layers, B, H) for _ in range(parts)]
    dstate = [_draw(rng, num_layers, B, H).detach() for _ in range(parts)]

    hs, last = net(xs, tuple(state) if parts > 1 else state[0])
    last = last if parts > 1 else (last,)
    loss = (hs * dhs.detach()).sum() + sum((s * d).sum() for s, d in zip(last, dstate, strict=True))
    loss.backward()
    return (
        {"xs": _array(xs), "dhs": _array(dhs), "out/hs": _array(hs), "out/dxs": xs.grad.numpy()}
        | _by_layer("state", state)
        | _by_layer("dstate", dstate)
        | _by_layer("out/state", last)
        | _by_layer("out/dstate", [_grad(s) for s in state])
        | _weights("params", net, cell)
        | _weights("out/grads", net, cell, gradient=True)
    )


def bidirectional(cell):
    """One layer in each direction over packed sequences, so that torch never sees a pad."""
    rng = np.random.default_rng(4)
    net = _random(RECURRENT[cell](D, H, bidirectional=True, dtype=torch.float64), rng)
    xs, dhs = _draw(rng, T, B, D), _draw(rng, T, B, 2 * H).detach()
    parts = 2 if cell == "lstm" else 1
    state = [_draw(rng, 2, B, H) for _ in range(parts)]
    dstate = [_draw(rng, 2, B, H).detach() for _ in range(parts)]

    packed = torch.nn.utils.rnn.pack_padded_sequence(xs, LENGTHS, enforce_sorted=False)
    packed, last = net(packed, tuple(state) if parts > 1 else state[0])
    hs, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, total_length=T)  # 0 at the pads
    last = last if parts > 1 else (last,)
    loss = (hs * dhs).sum() + sum((s * d).sum() for s, d in zip(last, dstate, strict=True))
    loss.backward()
    arrays = {
        "xs": _array(xs),
        "dhs": _array(dhs),
        "mask": np.arange(T)[:, None] < LENGTHS,
        "out/hs": _array(hs),
        "out/dxs": xs.grad.numpy(),
    }
    for way, suffix in WAYS.items():
        for kind, gradient in [("params", False), ("out/grads", True)]:
            weights = _weights("layer", net, cell, gradient, suffix)
            arrays |= {k.replace("layer/layer0", f"{kind}/{way}"): w for k, w in weights.items()}
    return (
        arrays
        | _by_layer("state", state)
        | _by_layer("dstate", dstate)
        | _by_layer("out/state", last)
        | _by_layer("out/dstate", [s.grad for s in state])
    )


def language_model(cell):
    """Embedding, one layer, linear, cross-entropy over the unmasked targets."""
    rng = np.random.default_rng(2)
    embedding = _random(torch.nn.Embedding(V, D, dtype=torch.float64), rng)
    net = _random(RECURRENT[cell](D, H, dtype=torch.float64), rng)
    output = _random(torch.nn.Linear(H, V, dtype=torch.float64), rng)
    ids, targets = torch.from_numpy(rng.integers(0, V, (2, T, B)))
    mask = torch.from_numpy(rng.random((T, B)) < 0.7)

    logits = output(net(embedding(ids))[0])
    loss = torch.nn.functional.cross_entropy(logits[mask], targets[mask])
    loss.backward()
    arrays = {
        "ids": ids.numpy(),
        "targets": targets.numpy(),
        "mask": mask.numpy(),
        "out/logits": _array(logits),
        "out/loss": _array(loss),
    }
    for kind, gradient in [("params", False), ("out/grads", True)]:
        arrays |= _weights(kind, net, cell, gradient)
        arrays[f"{kind}/embedding.W"] = _array(embedding.weight, gradient)
        arrays[f"{kind}/output.W_hy"] = _array(output.weight, gradient).T
        arrays[f"{kind}/output.b_y"] = _array(output.bias, gradient)
    return arrays


def state_dict(cell):
    """A language model of two layers under torch's own names, both biases at random.

    Here nothing is translated: `state/…` and `out/grads/…` are what torch has.
    """
    rng = np.random.default_rng(6)
    net = {"embedding": torch.nn.Embedding(V, D), "recurrent": RECURRENT[cell](D, H, num_layers=2)}
    net = torch.nn.ModuleDict(net | {"output": torch.nn.Linear(H, V)})
    _random(net.double(), rng)
    state = [_draw(rng, 2, B, H).detach() for _ in range(PARTS[cell])]
    ids, targets = torch.from_numpy(rng.integers(0, V, (2, T, B)))

    start = tuple(state) if PARTS[cell] > 1 else state[0]
    hs, last = net["recurrent"](net["embedding"](ids), start)
    arrays = _by_layer("start", state) | _by_layer("out/last", last if PARTS[cell] > 1 else (last,))
    return arrays | _answers(net, net["output"](hs), ids, targets)


def transformer_state_dict():
    """One block between embeddings and the output, under torch's own names."""
    rng = np.random.default_rng(6)
    net = {"embedding": torch.nn.Embedding(V, D), "position": torch.nn.Embedding(T + 1, D)}
    net["blocks"] = torch.nn.ModuleList([_encoder_layer()])
    net |= {"norm": torch.nn.LayerNorm(D), "output": torch.nn.Linear(D, V)}
    net = _random(torch.nn.ModuleDict(net).double(), rng)
    ids, targets = torch.from_numpy(rng.integers(0, V, (2, T, B)))

    xs = net["embedding"](ids) + net["position"](torch.arange(T))[:, None]
    xs = net["norm"](_causally(net["blocks"][0], xs))
    return _answers(net, net["output"](xs), ids, targets)


def _answers(net, logits, ids, targets):
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    arrays = {"ids": ids, "targets": targets, "out/logits": logits, "out/loss": loss}
    for name, p in net.named_parameters():
        arrays |= {f"state/{name}": p, f"out/grads/{name}": p.grad}
    return {k: _array(a) for k, a in arrays.items()}


def reader(cell, kind):
    """Embedding, one layer in each direction over packed sequences, linear, cross-entropy.

    A tagger answers at every symbol, a classifier once, from the last state of each direction.
    """
    rng = np.random.default_rng(5)
    embedding = _random(torch.nn.Embedding(V, D, dtype=torch.float64), rng)
    net = _random(RECURRENT[cell](D, H, bidirectional=True, dtype=torch.float64), rng)
    output = _random(torch.nn.Linear(2 * H, K, dtype=torch.float64), rng)
    ids = torch.from_numpy(rng.integers(0, V, (T, B)))
    mask = torch.arange(T)[:, None] < torch.tensor(LENGTHS)
    labels = torch.from_numpy(rng.integers(0, K, (T, B) if kind == "tagger" else B))

    pack = torch.nn.utils.rnn.pack_padded_sequence
    hs, last = net(pack(embedding(ids), LENGTHS, enforce_sorted=False))
    if kind == "tagger":
        logits = output(torch.nn.utils.rnn.pad_packed_sequence(hs, total_length=T)[0])
        loss = torch.nn.functional.cross_entropy(logits[mask], labels[mask])
    else:
        h = last[0] if cell == "lstm" else last
        logits = output(torch.cat([h[0], h[1]], dim=1))
        loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    arrays = {
        "ids": ids.numpy(),
        "labels": labels.numpy(),
        "mask": mask.numpy(),
        "out/logits": _array(logits),
        "out/loss": _array(loss),
    }
    for kind, gradient in [("params", False), ("out/grads", True)]:
        for way, suffix in WAYS.items():
            weights = _weights(kind, net, cell, gradient, suffix)
            arrays |= {k.replace("layer0.", f"layer0.{way}."): w for k, w in weights.items()}
        arrays[f"{kind}/embedding.W"] = _array(embedding.weight, gradient)
        arrays[f"{kind}/output.W_hy"] = _array(output.weight, gradient).T
        arrays[f"{kind}/output.b_y"] = _array(output.bias, gradient)
    return arrays


def attention():
    """Additive attention from tensor primitives; queries and keys of different sizes."""
    rng = np.random.default_rng(4)
    queries, keys, dcontexts = _draw(rng, T, B, D), _draw(rng, 6, B, H), _draw(rng, T, B, H)
    valid = torch.arange(6)[:, None] < torch.tensor([6, 1, 4])
    weights = {"W_q": _draw(rng, D, 5), "W_k": _draw(rng, H, 5), "v": _draw(rng, 5)}
    contexts, alphas = _attend(queries, keys, valid, **weights)
    (contexts * dcontexts.detach()).sum().backward()
    arrays = {"queries": queries, "keys": keys, "dcontexts": dcontexts, "mask": valid}
    arrays |= {"out/contexts": contexts, "out/weights": alphas.permute(2, 0, 1)}
    arrays |= {f"params/{k}": w for k, w in weights.items()}
    arrays = {k: _array(a) for k, a in arrays.items()}
    arrays |= {f"out/grads/{k}": _array(w, True) for k, w in weights.items()}
    return arrays | {"out/dqueries": _array(queries, True), "out/dkeys": _array(keys, True)}


def self_attention():
    """Two heads by torch's scaled dot-product attention, over two symbols of a state and five new.

    The columns of `W_qkv` are queries, keys and values, and in each of them the heads.
    """
    rng = np.random.default_rng(6)
    S, n, W = 2, 2, 4
    weights = {"W_qkv": _draw(rng, W, 3 * W), "b_qkv": _draw(rng, 3 * W)}
    weights |= {"W_o": _draw(rng, W, W), "b_o": _draw(rng, W)}
    xs, dys = _draw(rng, T, B, W), _draw(rng, T, B, W).detach()
    past = [_draw(rng, B, S, W) for _ in range(2)]
    dstate = [_draw(rng, B, S + T, W).detach() for _ in range(2)]

    q, k, v = (xs @ weights["W_qkv"] + weights["b_qkv"]).transpose(0, 1).chunk(3, dim=2)
    state = [torch.cat(pair, dim=1) for pair in zip(past, (k, v), strict=True)]
    heads = [x.unflatten(2, (n, W // n)).transpose(1, 2) for x in (q, *state)]
    seen = torch.ones(T, S + T, dtype=torch.bool).tril(S)
    means = torch.nn.functional.scaled_dot_product_attention(*heads, attn_mask=seen)
    ys = means.transpose(1, 2).flatten(2).transpose(0, 1) @ weights["W_o"] + weights["b_o"]
    loss = (ys * dys).sum() + sum((s * d).sum() for s, d in zip(state, dstate, strict=True))
    loss.backward()
    arrays = {"xs": xs, "dys": dys, "out/ys": ys}
    arrays |= {f"params/{k}": w for k, w in weights.items()}
    for name, parts in (("state", past), ("dstate", dstate), ("out/state", state)):
        arrays |= {f"{name}/{j}": part for j, part in enumerate(parts)}
    arrays = {k: _array(a) for k, a in arrays.items()} | {"out/dxs": _array(xs, True)}
    arrays |= {f"out/dstate/{j}": _array(part, True) for j, part in enumerate(past)}
    return arrays | {f"out/grads/{k}": _array(w, True) for k, w in weights.items()}


def transformer_block():
    """One pre-norm encoder layer of torch under a causal mask: there is no decoder to attend to."""
    rng = np.random.default_rng(7)
    layer = _random(_encoder_layer(), rng)
    xs, dys = _draw(rng, T, B, D), _draw(rng, T, B, D).detach()
    ys = _causally(layer, xs)
    (ys * dys).sum().backward()
    arrays = {"xs": xs, "dys": dys, "out/ys": ys}
    arrays = {k: _array(a) for k, a in arrays.items()} | {"out/dxs": _array(xs, True)}
    return arrays | _block("params/", layer) | _block("out/grads/", layer, gradient=True)


def transformer_model():
    """Embedding, learnt positions, one block, norm, linear, cross-entropy over unmasked targets."""
    rng = np.random.default_rng(8)
    nets = {
        "embedding": torch.nn.Embedding(V, D),
        "position": torch.nn.Embedding(T + 2, D),
        "block0.": _encoder_layer(),
        "norm": torch.nn.LayerNorm(D),
        "output": torch.nn.Linear(D, V),
    }
    embedding, position, block, norm, output = (_random(x.double(), rng) for x in nets.values())
    ids, targets = torch.from_numpy(rng.integers(0, V, (2, T, B)))
    mask = torch.from_numpy(rng.random((T, B)) < 0.7)

    xs = embedding(ids) + position(torch.arange(T))[:, None]
    logits = output(norm(_causally(block, xs)))
    loss = torch.nn.functional.cross_entropy(logits[mask], targets[mask])
    loss.backward()
    arrays = {"ids": ids, "targets": targets, "mask": mask}
    arrays |= {"out/logits": logits, "out/loss": loss}
    arrays = {k: _array(a) for k, a in arrays.items()}
    for kind, gradient in [("params/", False), ("out/grads/", True)]:
        arrays |= _layer(f"{kind}embedding", embedding, None, gradient)
        arrays |= _layer(f"{kind}position", position, None, gradient)
        arrays |= _block(f"{kind}block0.", block, gradient)
        arrays[f"{kind}norm.gain"] = _array(norm.weight, gradient)
        arrays[f"{kind}norm.bias"] = _array(norm.bias, gradient)
        arrays |= _layer(f"{kind}output", output, None, gradient)
    return arrays


def _encoder_layer():
    gelu = partial(torch.nn.functional.gelu, approximate="tanh")
    options = dict(dropout=0, activation=gelu, norm_first=True, dtype=torch.float64)
    return torch.nn.TransformerEncoderLayer(D, 2, 4 * D, **options)


def _causally(layer, xs):
    mask = torch.nn.Transformer.generate_square_subsequent_mask(len(xs), dtype=torch.float64)
    return layer(xs, src_mask=mask, is_causal=True)


def _block(prefix, layer, gradient=False):
    """Translate the weights of an encoder layer, or their gradients: matrices are transposed."""
    names = {
        "norm1.gain": layer.norm1.weight,
        "norm1.bias": layer.norm1.bias,
        "attention.W_qkv": layer.self_attn.in_proj_weight,
        "attention.b_qkv": layer.self_attn.in_proj_bias,
        "attention.W_o": layer.self_attn.out_proj.weight,
        "attention.b_o": layer.self_attn.out_proj.bias,
        "norm2.gain": layer.norm2.weight,
        "norm2.bias": layer.norm2.bias,
        "feed_forward.W_1": layer.linear1.weight,
        "feed_forward.b_1": layer.linear1.bias,
        "feed_forward.W_2": layer.linear2.weight,
        "feed_forward.b_2": layer.linear2.bias,
    }
    return {f"{prefix}{name}": _array(w, gradient).T for name, w in names.items()}


def seq2seq(cell, attends):
    """Packed bidirectional encoder, bridge, decoder, attention, output."""
    rng = np.random.default_rng(5)
    H, parts = 4, 2 if cell == "lstm" else 1
    nets = {
        "source_embedding": torch.nn.Embedding(V, D),
        "encoder": RECURRENT[cell](D, H // 2, bidirectional=True),
        "bridge": torch.nn.Linear(H, parts * H),
        "target_embedding": torch.nn.Embedding(V + 1, D),
        "decoder": RECURRENT[cell](D, H),
        "combine": torch.nn.Linear(2 * H, H),
        "output": torch.nn.Linear(H, V + 1),
    }
    for net in nets.values():
        _random(net.double(), rng)
    looks = {"W_q": _draw(rng, H, H), "W_k": _draw(rng, H, H), "v": _draw(rng, H)}
    source, target = (torch.from_numpy(rng.integers(0, V, (n, B))) for n in (6, T))
    targets = torch.from_numpy(rng.integers(0, V + 1, (T, B)))
    mask, lengths = torch.from_numpy(rng.random((T, B)) < 0.7), torch.tensor([6, 2, 4])

    packed = torch.nn.utils.rnn.pack_padded_sequence(
        nets["source_embedding"](source), lengths, enforce_sorted=False
    )
    read, last = nets["encoder"](packed)
    memory, _ = torch.nn.utils.rnn.pad_packed_sequence(read)
    there, back = last[0] if parts > 1 else last
    start = torch.tanh(nets["bridge"](torch.cat([there, back], -1)))[None].split(H, -1)
    hs, _ = nets["decoder"](nets["target_embedding"](target), start if parts > 1 else start[0])
    if attends:
        contexts, _ = _attend(hs, memory, torch.arange(6)[:, None] < lengths, **looks)
        hs = torch.tanh(nets["combine"](torch.cat([hs, contexts], -1)))
    else:
        del nets["combine"]
    logits = nets["output"](hs)
    loss = torch.nn.functional.cross_entropy(logits[mask], targets[mask])
    loss.backward()

    arrays = {"source": source, "lengths": lengths, "target": target, "targets": targets}
    arrays |= {"mask": mask, "out/logits": logits, "out/loss": loss}
    arrays = {k: _array(a) for k, a in arrays.items()}
    for kind, gradient in [("params", False), ("out/grads", True)]:
        for name, net in nets.items():
            arrays |= _layer(f"{kind}/{name}", net, cell, gradient)
        if attends:
            arrays |= {f"{kind}/attention.{k}": _array(w, gradient) for k, w in looks.items()}
    return arrays


def _attend(queries, keys, valid, W_q, W_k, v):
    scores = torch.tanh((queries @ W_q)[:, None] + keys @ W_k) @ v  # (T, S, B)
    weights = scores.masked_fill(~valid, -torch.inf).softmax(dim=1)
    return torch.einsum("tsb,sbk->tbk", weights, keys), weights


def _layer(prefix, net, cell, gradient):
    """Translate the weights of one layer of a `Seq2Seq`."""
    if isinstance(net, torch.nn.Embedding):
        return {f"{prefix}.W": _array(net.weight, gradient)}
    if isinstance(net, torch.nn.Linear):
        W, b = _array(net.weight, gradient).T, _array(net.bias, gradient)
        prefix = prefix.replace("bridge", "encoder.bridge")
        return {f"{prefix}.W_hy": W, f"{prefix}.b_y": b}
    directions = {".forward": "", ".backward": "_reverse"} if net.bidirectional else {"": ""}
    return {
        key.replace("/layer0", direction): array
        for direction, suffix in directions.items()
        for key, array in _weights(prefix, net, cell, gradient, suffix).items()
    }


def optimizer(name):
    """The path of two parameters under given gradients; the learning rate is halved midway."""
    rng = np.random.default_rng(3)
    shapes = {"W": (2, 3), "b": (3,)}
    params = {k: _draw(rng, *shape) for k, shape in shapes.items()}
    grads = {k: rng.standard_normal((STEPS, *shape)) for k, shape in shapes.items()}
    arrays = {"lr": LR} | {f"params/{k}": _array(p) for k, p in params.items()}
    arrays |= {f"grads/{k}": g for k, g in grads.items()}

    optimizer = OPTIMIZERS[name](list(params.values()))
    path = {k: np.empty_like(g) for k, g in grads.items()}
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = LR[step]
        for k, p in params.items():
            p.grad = torch.from_numpy(grads[k][step])
        optimizer.step()
        for k, p in params.items():
            path[k][step] = _array(p)
    return arrays | {f"out/{k}": p for k, p in path.items()}


def make(name):
    """Compute one golden file: one of `ALONE`, `optimizer_…`, or what of a cell `NAMES` lists."""
    kind, _, rest = name.partition("_")
    if name in ALONE:
        return ALONE[name]()
    if rest in ("seq2seq", "bottleneck"):
        return seq2seq(kind, attends=rest == "seq2seq")
    if kind == "optimizer":
        return optimizer(rest)
    if rest == "model":
        return language_model(kind)
    if rest == "state_dict":
        return state_dict(kind)
    if rest in ("tagger", "classifier"):
        return reader(kind, rest)
    if rest == "bidirectional":
        return bidirectional(kind)
    return recurrent(kind, {"layer": 1, "stacked": 2}[rest])


def _draw(rng, *shape):
    return torch.from_numpy(rng.standard_normal(shape)).requires_grad_()


def _random(module, rng):
    """Give every parameter NumPy's random numbers, biases included: torch's seeds may change."""
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.from_numpy(0.7 * rng.standard_normal(p.shape)))
    return module


def _array(tensor, gradient=False):
    return (tensor.grad if gradient else tensor).detach().numpy().copy()


def _grad(tensor):
    """Return the gradient: zeros where the loss does not depend on the tensor."""
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad


def _by_layer(name, parts):
    """Unstack (layers, B, H) arrays: torch keeps the layers together, rnnlib the parts."""
    layers = parts[0].shape[0]
    return {f"{name}/{i}/{j}": _array(p[i]) for i in range(layers) for j, p in enumerate(parts)}


def _weights(kind, net, cell, gradient=False, suffix=""):
    """Translate torch's weights, or their gradients, to rnnlib's names and shapes."""
    arrays = {}
    if cell in LINEAR:
        for i, layer in enumerate(net.layers):
            arrays |= {f"{kind}/layer{i}.{k}": _array(p, gradient) for k, p in layer.items()}
        return arrays
    for i in range(net.num_layers):
        layer = {n: _array(getattr(net, f"{n}_l{i}{suffix}"), gradient) for n in LAYER}
        layer = layer_from_torch(layer, cell, gradient)
        arrays |= {f"{kind}/layer{i}.{name}": array for name, array in layer.items()}
    return arrays


ALONE = {
    "attention": attention,
    "self_attention": self_attention,
    "transformer_block": transformer_block,
    "transformer_model": transformer_model,
    "transformer_state_dict": transformer_state_dict,
}
KINDS = ("layer", "stacked", "model")
MORE = ("bidirectional", "tagger", "classifier", "seq2seq", "bottleneck", "state_dict")
NAMES = [*ALONE, *(f"{cell}_{what}" for cell in CLASSIC for what in KINDS + MORE)]
NAMES += [f"{cell}_{what}" for cell in LINEAR for what in KINDS]
NAMES += [f"optimizer_{name}" for name in OPTIMIZERS]

if __name__ == "__main__":
    for name in NAMES:
        np.savez(HERE / f"{name}.npz", torch_version=torch.__version__, **make(name))
