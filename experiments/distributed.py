"""Train the network that names dinosaurs in several processes, with PyTorch.

    torchrun --standalone --nproc-per-node 2 --max-restarts 3 \\
        experiments/distributed.py --checkpoint run.pt
    python experiments/distributed.py --workers 2 --checkpoint run.pt       # the same

Each worker has a copy of the network and reads its share of every batch.  On the way back the
workers add up their gradients (DistributedDataParallel: gloo between processors, nccl between
GPUs), so all take the same step, and it is the step that one process takes with the whole batch,
up to the order of summation.

A worker that dies ends the others, and torchrun starts all of them again; they go on from the last
checkpoint, and end with the weights of a run that nothing disturbed.  Ctrl-C ends the run after
the step under way, and the same command goes on from there.

On several machines, with the address of one of them, run on each::

    TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 torchrun --nnodes 4 --nproc-per-node 2 \\
        --max-restarts 3 --rdzv-backend c10d --rdzv-endpoint first-machine:29400 \\
        experiments/distributed.py --checkpoint run.pt

The checkpoint is the first worker's, so it must be in a folder that all machines see.  The variable
makes a new store of addresses for each attempt, which machines that were replaced need.
`scaling.py` measures, and computes what more workers would gain.
"""

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import rnnlib as rl

try:
    import torch
    import torch.distributed as dist
    from torch.nn.functional import cross_entropy
    from torch.nn.parallel import DistributedDataParallel
except ImportError:
    torch = None

SEED = 0
STEADY = ("hidden", "cell", "embedding", "dropout", "batch", "lr", "clip", "dtype")
"""The options that cannot change when a run goes on."""


def train_step(network, optimizer, batch, rank, workers, clip):
    """Take the step of a whole batch, of which this worker reads its share.

    Returns the share's part of the batch's loss: their sum over all workers is the loss.
    """
    inputs, targets, mask = share(batch, rank, workers, next(network.parameters()))
    logits, _ = network(inputs)  # (T, b, V)
    surprise = cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
    loss = surprise @ mask.flatten() / batch.count  # not the mean of the share: shares differ
    optimizer.zero_grad()
    (loss * workers).backward()  # here the workers meet: each gets the mean of all gradients
    torch.nn.utils.clip_grad_norm_(network.parameters(), clip)  # of the whole gradient
    optimizer.step()  # the same step in every worker
    return loss.detach()


def share(batch, rank, workers, like):
    """Return one worker's names of a batch as tensors: every W-th, (T, b).

    If there are none left, it is a name that does not count, so that the worker takes part.
    """
    own = np.arange(rank, batch.inputs.shape[1], workers)
    mask = batch.mask[:, own] if own.size else np.zeros_like(batch.mask[:, :1])
    own = own if own.size else [0]
    parts = batch.inputs[:, own], batch.targets[:, own], mask
    inputs, targets, mask = (torch.from_numpy(part).to(like.device) for part in parts)
    return inputs, targets, mask.to(like.dtype)


def steps_from(first, vocab, names, batch_size):
    """Yield (step, batch) from a step on, without end: the same in every worker and every run."""
    for epoch in itertools.count():
        rng = np.random.default_rng([SEED, epoch])
        batches = rl.padded_batches(vocab, names, batch_size, rng)
        if (epoch + 1) * len(batches) > first:
            for i, batch in enumerate(batches, epoch * len(batches)):
                if i >= first:
                    yield i, batch


def exported(options, vocab):
    """Return the network as rnnlib starts it, and as a PyTorch module."""
    model = rl.LanguageModel(
        len(vocab),
        options.hidden,
        options.cell,
        embedding_dim=options.embedding,
        dropout=options.dropout,
        rng=np.random.default_rng(SEED),
        dtype=options.dtype,
    )
    return model, rl.to_torch(model)


def meet():
    """Find the other workers.

    They leave their addresses in a store that torchrun keeps.  It keeps it over restarts, so each
    attempt gets a part of its own: otherwise a worker may find an address of the dead (PyTorch's
    issue 135712).  Without a shared store, there is a new one for each attempt.
    """
    store, rank, workers = next(dist.rendezvous("env://"))
    if os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True":
        store = dist.PrefixStore(f"attempt {os.environ['TORCHELASTIC_RESTART_COUNT']}", store)
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    if backend == "nccl":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group(backend, store=store, rank=rank, world_size=workers)


def parallel(module):
    """Wrap a module so that the backward passes of all workers add up their gradients."""
    gpu = [int(os.environ["LOCAL_RANK"])] if torch.cuda.is_available() else None
    return DistributedDataParallel(module.to(f"cuda:{gpu[0]}") if gpu else module, device_ids=gpu)


def total(x):
    """Add up a number over all workers."""
    x = x.clone()
    dist.all_reduce(x)
    return x.item()


class Checkpoint:
    """What a run needs to go on: written by the first worker, whole or not at all."""

    def __init__(self, path, options, rank):
        self.path, self.rank = path and Path(path), rank
        self.options = {name: getattr(options, name) for name in STEADY}

    def save(self, step, module, optimizer):
        """Write the network and its optimizer as they are after `step` steps."""
        if self.path is None or self.rank != 0:
            return
        parts = {"module": module.state_dict(), "optimizer": optimizer.state_dict()}
        with rl.files.writing(self.path) as file:
            torch.save({"step": step, "options": self.options, **parts}, file)

    def load(self, module, optimizer):
        """Set both to the last checkpoint, in all workers; return its step, 0 if there is none."""
        found = [None]
        if self.rank == 0 and self.path is not None and self.path.exists():
            found = [torch.load(self.path, map_location="cpu", weights_only=True)]
        dist.broadcast_object_list(found)
        if found[0] is None:
            return 0
        if found[0]["options"] != self.options:
            raise SystemExit(
                f"{self.path} is of another run: {found[0]['options']}. Name another --checkpoint."
            )
        module.load_state_dict(found[0]["module"])
        optimizer.load_state_dict(found[0]["optimizer"])
        return found[0]["step"]


class Stop:
    """Remembers Ctrl-C, and torchrun's request to end, until the step under way is done."""

    def __init__(self):
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number, frame):
        self.asked = True


def train(options, rank, workers):
    """Train to the end, from the last checkpoint if there is one."""
    stop, say = Stop(), print if rank == 0 else lambda *_, **__: None
    names, valid, _ = rl.split(rl.dinosaur_names())
    vocab = rl.Vocabulary.from_text(rl.dinosaur_names())
    _, module = exported(options, vocab)
    network = parallel(module)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.lr)
    checkpoint, trace = Checkpoint(options.checkpoint, options, rank), {}
    print(f"Worker {rank + 1} of {workers} is process {os.getpid()}.\n", end="", flush=True)
    done = checkpoint.load(module, optimizer)
    if done:
        say(f"Going on after {done} steps.", flush=True)
    for step, batch in steps_from(done, vocab, names, options.batch):
        if stop.asked or step >= options.steps:
            break
        torch.manual_seed(step * workers + rank)  # of dropout: each worker has its own
        try:
            loss = train_step(network, optimizer, batch, rank, workers, options.clip)
        except RuntimeError:
            if stop.asked:  # the others have stopped before this one
                break
            raise
        done = step + 1
        if options.trace:
            trace[f"loss {done}"] = total(loss)
            trace |= {f"{name} {done}": p for name, p in rl.from_torch(module).params.items()}
        if done % options.every == 0:
            loss = total(loss)
            say(f"step {done:5}   loss {loss:.4f}", flush=True)
            checkpoint.save(done, module, optimizer)
    checkpoint.save(done, module, optimizer)
    if done < options.steps:
        say(f"Stopped after {done} steps; the same command goes on from the checkpoint.")
    elif rank == 0:
        model = rl.from_torch(network)
        score = rl.evaluate(model, rl.padded_batches(vocab, valid, 256))
        print(f"{done} steps: {score:.4f} nats per symbol on the validation names")
        if options.trace:
            with rl.files.writing(options.trace) as file:
                np.savez(file, **trace)


def measure(options, rank, workers):
    """Time steps of one process and of all, in turns; the first worker writes what it found.

    What slows the machine down slows both, and the medians of many short turns leave out what
    comes between.
    """
    names, vocab = rl.dinosaur_names(), rl.Vocabulary.from_text(rl.dinosaur_names())
    batches = rl.padded_batches(vocab, names, options.batch, np.random.default_rng(SEED))
    batch = next(iter(batches))
    _, module = exported(options, vocab)
    alone = torch.optim.Adam(module.parameters(), lr=options.lr)
    network = parallel(module)
    together = torch.optim.Adam(network.parameters(), lr=options.lr)
    few = rl.Batch(*(part[:, :1] for part in batch[:3]))
    numbers = sum(p.numel() for p in network.parameters() if p.requires_grad)
    gradient, one = torch.zeros(numbers), torch.zeros(1)

    def single(batch):
        return lambda: rank or train_step(module, alone, batch, 0, 1, options.clip)

    def halves():
        with network.no_sync():  # the workers do not meet
            train_step(network, together, batch, rank, workers, options.clip)

    turns = {
        "one": single(batch),
        "one, one name": single(few),
        "all": lambda: train_step(network, together, batch, rank, workers, options.clip),
        "all, apart": halves,
        "reduce gradient": lambda: dist.all_reduce(gradient),
        "reduce number": lambda: dist.all_reduce(one),
    }
    seconds, spent = ({name: [] for name in turns} for _ in range(2))
    for _ in range(options.rounds + 1):
        for name, turn in turns.items():
            repeat = 20 if name.startswith("reduce") else 1
            dist.barrier()
            start, cpu = time.perf_counter(), time.process_time()
            for _ in range(repeat):
                turn()
            seconds[name].append((time.perf_counter() - start) / repeat)
            spent[name].append((time.process_time() - cpu) / repeat)
    if rank == 0:
        found = {name: times[1:] for name, times in seconds.items()}  # the first is to wake up
        found |= {f"cpu {name}": times[1:] for name, times in spent.items()}
        found |= {"numbers": numbers, "T": len(batch.inputs), "names": batch.inputs.shape[1]}
        with rl.files.writing(options.measure, "w") as file:
            json.dump(found, file)


def launch(workers, *options, restarts=3, env=(), **kwargs):
    """Start torchrun on this file; return its process.  `env` is added to the environment."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", workers, "--max-restarts", restarts, __file__, *options]
    folders = os.pathsep.join(path for path in sys.path if path)  # what this process sees
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": folders}
    environment = os.environ | environment | dict(env)
    return subprocess.Popen([*map(str, command)], env=environment, **kwargs)


def parse():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2, help="of this machine, without torchrun")
    parser.add_argument("--checkpoint", metavar="FILE", help="where to go on from")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--every", type=int, default=20, help="steps between two checkpoints")
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--embedding", type=int, default=64)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--batch", type=int, default=32, help="names, of all workers together")
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--clip", type=float, default=1.0)
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--trace", metavar="FILE", help="keep loss and parameters of every step")
    parser.add_argument("--measure", metavar="FILE", help="time steps instead, for scaling.py")
    parser.add_argument("--rounds", type=int, default=9, help="of measuring")
    return parser.parse_args()


def main():
    """Work as one of torchrun's workers, or start torchrun."""
    if torch is None:
        raise SystemExit("Training in several processes needs PyTorch: pip install -e '.[torch]'")
    options = parse()
    if "RANK" not in os.environ:
        with launch(options.workers, *sys.argv[1:]) as process:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # torchrun gets it too, and ends
            raise SystemExit(process.wait())
    torch.set_num_threads(1)
    meet()
    (measure if options.measure else train)(options, dist.get_rank(), dist.get_world_size())
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
