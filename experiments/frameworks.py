"""Make results/frameworks.csv: what chapter 22 says of PyTorch, for readers who do not have it.

    python experiments/frameworks.py                  # all rows, a minute
    python experiments/frameworks.py --only epoch     # one kind of row again

same weights
    The largest difference between rnnlib and the module that `rl.to_torch` makes of a network of
    two layers, over the largest number: of outputs, and of gradients parameter by parameter.
epoch
    The surprise of every tenth training step of an epoch of names, in nats: `rl.train_steps`,
    PyTorch from the same weights, and PyTorch with both of its biases trained.
bias
    How far the sum of PyTorch's two biases moves in the first step, over a single bias.
milliseconds
    Processor time of that epoch on one thread, the fastest of five, both sides in turns.
detach, graph
    Processor milliseconds of a training step, and the nodes of its graph: windows of 20 symbols
    whose states are handed on, detached or not.
refuses
    What PyTorch says of programs that autograd cannot differentiate, or not any more.
"""

import argparse
import platform
import statistics
import time
import warnings
from pathlib import Path

import numpy as np

import rnnlib as rl

try:
    import torch
except ImportError:
    raise SystemExit("The rows are PyTorch's: pip install -e '.[torch]'") from None

torch.set_num_threads(1)
F = torch.nn.functional
LEDGER = Path(__file__).parent.parent / "results" / "frameworks.csv"
VERSIONS = f"rnnlib {rl.__version__}, numpy {np.__version__}, torch {torch.__version__}"
VERSIONS += f", python {platform.python_version()}"
H, LR = 64, 3e-3
WINDOWS = 40


def same_weights():
    """Yield the differences of outputs and gradients, for each cell and precision."""
    ids, targets, mask, _ = batches()[0]
    for cell in ("rnn", "gru", "lstm"):
        for dtype in (np.float32, np.float64):
            rng = np.random.default_rng(0)
            sizes = dict(num_layers=2, embedding_dim=16, dtype=dtype)
            model = rl.LanguageModel(27, H, cell, rng=rng, **sizes)
            module = rl.to_torch(model)
            logits, _ = module(torch.from_numpy(ids))
            surprise(logits, targets, mask).backward()
            mine = {"outputs": model.forward(ids)[0]}
            theirs = {"outputs": logits.detach().numpy()}
            mine |= model.loss_and_grads(ids, targets, mask=mask)[1]
            theirs |= rl.torch_grads(module)
            far = {k: abs(mine[k] - theirs[k]).max() / abs(mine[k]).max() for k in mine}
            name = f"{cell} {np.dtype(dtype).name}"
            yield f"{name} outputs", "", f"{far.pop('outputs'):.0e}"
            yield f"{name} gradients", "", f"{max(far.values()):.0e}"


def batches():
    """Return the batches of an epoch of the training names."""
    names = rl.dinosaur_names()
    vocab, (train, *_) = rl.Vocabulary.from_text(names), rl.split(names)
    return list(rl.padded_batches(vocab, train, 32, np.random.default_rng(0)))


def model(dtype=np.float64):
    return rl.LanguageModel(27, H, rng=np.random.default_rng(0), dtype=dtype)


def surprise(logits, targets, mask):
    """Return the mean surprise of the symbols that count."""
    counts = torch.from_numpy(mask > 0)
    return F.cross_entropy(logits[counts], torch.from_numpy(targets)[counts])


def torch_epoch(net, both_biases=False):
    """Return the losses of an epoch in PyTorch."""
    module = rl.to_torch(net, both_biases)
    adam = torch.optim.Adam(module.parameters(), lr=LR)
    losses = []
    for ids, targets, mask, _ in batches():
        logits, _ = module(torch.from_numpy(ids))
        loss = surprise(logits, targets, mask)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        adam.step()
        losses.append(loss.item())
    return losses


def rnnlib_epoch(net):
    """Return the losses of an epoch in rnnlib."""
    steps = rl.train_steps(net, batches(), rl.Adam(LR), epochs=1, clip_norm=1.0)
    return [step.loss for step in steps]


def epoch():
    """Yield the surprise of every tenth step."""
    runs = {
        "rnnlib": rnnlib_epoch(model()),
        "PyTorch": torch_epoch(model()),
        "PyTorch, both biases": torch_epoch(model(), both_biases=True),
    }
    for case, losses in runs.items():
        for n in range(0, len(losses), 10):
            yield case, n + 1, f"{losses[n]:.9f}"


def bias():
    """Yield how far the sum of two biases moves, over one."""
    ids, targets, mask, _ = batches()[0]
    for name in ("SGD", "Adam"):
        moved = []
        for both in (True, False):
            module = rl.to_torch(model(), both)
            optimizer = getattr(torch.optim, name)(module.parameters(), lr=0.01)
            surprise(module(torch.from_numpy(ids))[0], targets, mask).backward()
            optimizer.step()
            moved.append(rl.from_torch(module).params["layer0.b_h"])
        yield name, "", f"{np.linalg.norm(moved[0]) / np.linalg.norm(moved[1]):.6f}"


def milliseconds():
    """Yield the processor time of an epoch."""
    times = {"rnnlib": [], "PyTorch": []}
    for _ in range(5):
        for case, run in (("rnnlib", rnnlib_epoch), ("PyTorch", torch_epoch)):
            net, start = model(np.float32), time.process_time()
            run(net)
            times[case].append(1000 * (time.process_time() - start))
    for case, values in times.items():
        yield case, "", f"{min(values):.0f}"


def windows(way):
    """Train on windows of 20 symbols; return milliseconds and nodes of the graph of each.

    "detached" is right.  "as written" forgets it.  "retain_graph" follows the advice of the error
    that comes then, and ".data" that of the next one.
    """
    torch.manual_seed(0)
    recurrent, output = torch.nn.RNN(27, H), torch.nn.Linear(H, 27)
    params = [*recurrent.parameters(), *output.parameters()]
    sgd, h, found = torch.optim.SGD(params, lr=0.01), torch.zeros(1, 16, H), []
    for _ in range(WINDOWS):
        ids, targets = torch.randint(27, (2, 20, 16))
        start = time.process_time()
        hs, h_next = recurrent(F.one_hot(ids, 27).float(), h)
        loss = F.cross_entropy(output(hs).movedim(-1, 1), targets)
        sgd.zero_grad()
        loss.backward(retain_graph=way in ("retain_graph", ".data"))
        if way == ".data":
            for p in params:
                p.data -= 0.01 * p.grad
        else:
            sgd.step()
        h = h_next.detach() if way == "detached" else h_next
        found.append((1000 * (time.process_time() - start), nodes(loss)))
    return found


def nodes(loss):
    """Count the nodes of the graph below a loss."""
    seen, waiting = set(), [loss.grad_fn]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [below for below, _ in node.next_functions if below is not None]
    return len(seen)


def runs_of_windows():
    """Return three runs of each way that runs."""
    return {
        case: [windows(way) for _ in range(3)]
        for case, way in (("detached", "detached"), ("never detached", ".data"))
    }


def detach():
    """Yield the milliseconds of each window, the median of three runs."""
    for case, runs in runs_of_windows().items():
        for n, values in enumerate(zip(*runs, strict=True), 1):
            yield case, n, f"{statistics.median(t for t, _ in values):.1f}"


def graph():
    """Yield the nodes of the graph of each tenth window."""
    for case, runs in runs_of_windows().items():
        for n in (1, *range(10, WINDOWS + 1, 10)):
            yield case, n, runs[0][n - 1][1]


def refuses():
    """Yield the first words of PyTorch's error or warning, or "nothing"."""
    for case, way in (("never detached", "as written"), ("retain_graph", "retain_graph")):
        yield case, "", said(lambda way=way: windows(way))
    yield "reused buffer", "", said(reused_buffer)
    yield "detached too soon", "", said(lambda: torch.zeros(2, requires_grad=True).detach().sum())
    column, row = torch.zeros(4, 1, requires_grad=True), torch.arange(4.0)
    yield "wide mask", "", said(lambda: (column * row).sum().backward())
    yield "mse_loss of (B, 1) and (B,)", "", said(lambda: F.mse_loss(column, row).backward())


def reused_buffer():
    """Keep every state in the same memory."""
    W, h, buffer = torch.randn(8, 8, requires_grad=True), torch.zeros(2, 8), torch.zeros(2, 8)
    for _ in range(3):
        h = buffer.copy_(torch.tanh(h @ W + 1))
    h.sum().backward()


def said(run):
    """Return the first sentence of what PyTorch says when something runs."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            run()
        except RuntimeError as error:
            return "error: " + str(error).split(" (")[0].split(": [")[0].split(". ")[0]
    return "warning: " + str(heard[0].message).split(" (")[0] if heard else "nothing"


KINDS = {
    "same weights": same_weights,
    "epoch": epoch,
    "bias": bias,
    "milliseconds": milliseconds,
    "detach": detach,
    "graph": graph,
    "refuses": refuses,
}


def main():
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=KINDS, help="make these rows again")
    only = parser.parse_args().only
    old = rl.read_ledger(LEDGER) if only else []
    rows = []
    for what, run in KINDS.items():
        if only not in (None, what):
            rows += [row for row in old if row["what"] == what]
            continue
        for case, n, value in run():
            rows.append(dict(what=what, case=case, n=n, value=value, versions=VERSIONS))
            print(what, case, n, value, sep=" · ", flush=True)
    rl.write_ledger(LEDGER, rows)


if __name__ == "__main__":
    main()
