"""What assignments may read: the names, in a folder that is the sandbox's working folder."""

import contextlib
import os
import tempfile
from pathlib import Path

import rnnlib as rl


@contextlib.contextmanager
def materials():
    """Make the folder, and remove it when the context exits."""
    with tempfile.TemporaryDirectory() as folder:
        write_materials(folder)
        os.chmod(folder, 0o755)
        yield folder


def write_materials(folder):
    """Write `names.txt`, one name on a line."""
    text = "\n".join(rl.dinosaur_names()) + "\n"
    Path(folder, "names.txt").write_text(text, encoding="utf-8")
