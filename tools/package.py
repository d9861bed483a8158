"""Build the package as others get it, and try it where nothing else is: _build/package.

python -m tools.package [--offline] [--to FOLDER]

A wheel and an sdist are built and looked into; a wheel built from the sdist must be the same.  Each
is installed into an environment of its own, in which the README's example runs as it is printed.
Offline, that environment borrows this one's packages, without rnnlib, and the example is short.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

from packaging.metadata import Metadata

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "_build" / "package"
INSIDE = {"rnnlib": "rnnlib", "data": "rnnlib/data", "demos": "rnnlib/demos"}
"""The folders that are shipped, and where they are in a wheel."""

TRY = """
import sys
from pathlib import Path

import numpy as np
import rnnlib as rl
from rnnlib.widgets.demo import names as names_of_demos

where = Path(rl.__file__).resolve()
assert Path(sys.prefix).resolve() in where.parents, f"rnnlib is from {where}"
assert rl.__version__ == VERSION, rl.__version__
names = rl.dinosaur_names()
assert len(names) == NAMES and len(rl.dinosaurs()) == NAMES, len(names)
assert len(rl.tales()) > 100_000
rl.plots.use_style()
demos = names_of_demos()
for demo in demos:  # reads its script and its data
    bundle = rl.demo(demo)._repr_mimebundle_()
    shown = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in shown, demo
print(f"rnnlib {rl.__version__}: {len(names)} names, {len(demos)} demos, and the style of figures")
"""


def run(*command, **options):
    """Run a command; raise an error with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(target, root=ROOT):
    """Build both; return the paths of the wheel and of the sdist."""
    shutil.rmtree(target, ignore_errors=True)
    run(sys.executable, "-m", "hatchling", "build", "-d", target, cwd=root)
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


def shipped(root=ROOT):
    """Return the files that a wheel must hold, by their names in it: those that git knows."""
    files = run("git", "ls-files", "-z", *INSIDE, cwd=root).split("\0")[:-1]
    return {
        f"{INSIDE[file.split('/')[0]]}/{file.partition('/')[2]}": (root / file).read_bytes()
        for file in files
        if (root / file).is_file()
    }


def check_wheel(wheel, root=ROOT):
    """Check the files and the metadata of a wheel; return its files, without the list of them."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    wanted = shipped(root)
    about = {name: data for name, data in files.items() if ".dist-info/" in name}
    differ = wanted.keys() ^ (files.keys() - about.keys())
    if differ:
        raise ValueError(f"{wheel.name} and the repository differ in {sorted(differ)}")
    changed = [name for name, data in wanted.items() if files[name] != data]
    if changed:
        raise ValueError(f"{wheel.name} has changed {changed}")
    (metadata,) = (data for name, data in about.items() if name.endswith("/METADATA"))
    check_metadata(metadata, root)
    if not any(name.endswith("licenses/LICENSE") for name in about):
        raise ValueError(f"{wheel.name} has no licence")
    return {name: data for name, data in files.items() if not name.endswith("/RECORD")}


def check_metadata(data, root=ROOT):
    """Check what an index of packages checks, and that it says what the project says."""
    metadata = Metadata.from_email(data, validate=True)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (root / "README.md").read_text(encoding="utf-8")
    said = {
        "name": (metadata.name, project["name"]),
        "version": (str(metadata.version), project["version"]),
        "summary": (metadata.summary, project["description"]),
        "description": (metadata.description.strip(), readme.strip()),
        "content type": (metadata.description_content_type, "text/markdown"),
        "license": (str(metadata.license_expression), project["license"]),
        "python": (str(metadata.requires_python), project["requires-python"]),
    }
    wrong = {name: pair for name, pair in said.items() if pair[0] != pair[1]}
    if wrong or message_from_bytes(data).defects:
        raise ValueError(f"the metadata are wrong: {wrong}")


def from_sdist(sdist, folder):
    """Build a wheel from an sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(path, folder, offline):
    """Install a wheel or an sdist into a new environment; return its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    command += ["--disable-pip-version-check", "--no-warn-script-location"]
    if offline:
        command += ["--no-index", "--no-deps", "--no-build-isolation"]
        (found,) = run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
        ).split()
        # A path of a .pth file brings its packages, but not its own .pth files: no editable rnnlib.
        Path(found, "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    else:
        command += ["--constraint", ROOT / "constraints.txt"]
    run(*command, path)
    return python


def example(root=ROOT):
    """Return the first example of the README, which needs rnnlib alone."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    return re.search(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)[1]


def try_out(python, folder, epochs=None):
    """Run the example where there is nothing but the installed package; return what it said."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = (ROOT / "data" / "dinosaurs.csv").read_text(encoding="utf-8").splitlines()
    code = f"VERSION, NAMES = {version['version']!r}, {len(known) - 1}\n{TRY}{example()}"
    if epochs:
        code = code.replace("epochs=20", f"epochs={epochs}")
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
    empty = kept | {"HOME": str(folder), "TQDM_DISABLE": "1", "OPENBLAS_NUM_THREADS": "1"}
    said = run(python, "-I", "-c", code, cwd=folder, env=empty)
    if not (folder / "run.npz").is_file():
        raise RuntimeError("the example has saved nothing")
    return said


def package(target=TARGET, offline=False):
    """Build, check and try out everything; yield a line for each thing that is done."""
    wheel, sdist = build(target)
    files = check_wheel(wheel)
    yield f"{wheel.name}: {len(files)} files, {wheel.stat().st_size:,} bytes, valid metadata"
    with tempfile.TemporaryDirectory() as made:
        again = check_wheel(from_sdist(sdist, Path(made)))
    if again != files:
        raise ValueError(f"the wheel made from {sdist.name} is another one")
    yield f"{sdist.name}: the wheel made from it is the same"
    for path in (wheel,) if offline else (wheel, sdist):
        with tempfile.TemporaryDirectory() as made:
            place = Path(made, "place")
            place.mkdir()
            python = install(path, Path(made, "environment"), offline)
            yield f"{path.name} in an empty environment:"
            yield try_out(python, place, epochs=1 if offline else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--offline", action="store_true", help="ask no index of packages")
    parser.add_argument("--to", type=Path, default=TARGET, metavar="FOLDER")
    options = parser.parse_args()
    for line in package(options.to.absolute(), options.offline):
        print(line, flush=True)


if __name__ == "__main__":
    main()
