"""Build the book without its solutions, for a course: _build/course/index.html.

python -m tools.course [FOLDER]
"""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def without_solutions(toc, keep=None):
    """Return a table of contents without the pages of solutions, and without parts left empty."""

    def stays(page):
        return not page["file"].startswith("solutions/") and (keep is None or page["file"] in keep)

    parts = []
    for part in toc["parts"]:
        chapters = [page for page in part["chapters"] if stays(page)]
        if chapters:
            parts.append({**part, "chapters": chapters})
    return {**toc, "parts": parts}


def build(root, target, keep=None):
    """Build the book of one folder without solutions into another; return whether it worked.

    With `keep`, only these pages and the first one are built, for a test; what they link to is
    then missing, so that warnings are no errors.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    work = target.with_name(f"{target.name}.unfinished")
    for folder in (work, target):
        shutil.rmtree(folder, ignore_errors=True)
    work.mkdir(parents=True)
    contents = work / "_toc.yml"
    contents.write_text(yaml.safe_dump(without_solutions(toc, keep), allow_unicode=True), "utf-8")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "--quiet"]
    command += [] if keep else ["-W", "--keep-going"]
    command += ["--path-output", work, "--toc", contents, root]
    done = subprocess.run(command)
    if done.returncode == 0:
        shutil.move(work / "_build" / "html", target)
    shutil.rmtree(work)
    return done.returncode == 0


def main():
    target = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "_build" / "course"
    return not build(ROOT, target.absolute())


if __name__ == "__main__":
    sys.exit(main())
