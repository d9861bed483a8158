"""A Sphinx extension: the fonts of the page, cut down to the characters that occur in the book.

They come from packages, as whole families; the page needs a tenth of them.  `fonts.css` names what
was found, so that without the packages a page shows the reader's own fonts and asks for none.
"""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer


class Face(NamedTuple):
    """One font file of a package, and what the page calls it."""

    family: str
    style: str
    weights: str
    package: str
    file: str
    pinned: dict  # axes of the variable font that the page does not use

    @property
    def name(self):
        return f"{self.family} {self.style}".lower().replace(" ", "-")


FACES = [
    Face("Book Serif", "normal", "200 900", "fontpkg-literata", "Literata[opsz,wght].ttf", {}),
    Face(
        "Book Serif",
        "italic",
        "200 900",
        "fontpkg-literata",
        "Literata-Italic[opsz,wght].ttf",
        {"opsz": 18},
    ),
    Face("Book Sans", "normal", "200 900", "fontpkg-source-sans-3", "SourceSans3[wght].ttf", {}),
    Face(
        "Book Sans",
        "italic",
        "400",
        "fontpkg-source-sans-3",
        "SourceSans3-Italic[wght].ttf",
        {"wght": 400},
    ),
    Face(
        "Book Mono", "normal", "200 900", "fontpkg-source-code-pro", "SourceCodePro[wght].ttf", {}
    ),
    Face("Book Signs", "normal", "400", "matplotlib", "DejaVuSans.ttf", {}),
]
"""The last one has the signs that the others lack, such as ⏎, ␣ and ∝."""

LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x391, 0x3A2), *range(0x3A3, 0x3CA)]
"""Latin and Greek; all other characters have to occur in the book."""

FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk", "lnum", "pnum", "tnum"]


def font_file(face):
    """Return the path of a face, or None if its package is not installed."""
    module = find_spec(face.package.replace("-", "_"))
    if module is None:
        return None
    if face.package == "matplotlib":
        return Path(matplotlib.get_data_path(), "fonts", "ttf", face.file)
    return Path(module.origin).parent / "files" / face.file


def license_file(path):
    """Return the path of a font's license."""
    if path.name.startswith("DejaVu"):
        return path.parent / "LICENSE_DEJAVU"
    return path.parents[1] / "LICENSE"


def write_fonts(folder, characters=""):
    """Write the faces that are installed as woff2, their licenses, and `fonts.css`.

    What was written before is kept if it was made of the same.
    """
    faces = [(face, path) for face in FACES if (path := font_file(face))]
    wanted = sorted({*LETTERS, *map(ord, "←↑→↓⏎␣−×≈≠≤≥∂∑√∞"), *map(ord, characters)})
    versions = [f"{face} {version(face.package)}" for face, _ in faces]
    recipe = "\n".join([*versions, "".join(map(chr, wanted))])
    stamp = folder / ".made_of"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == recipe:
        return
    folder.mkdir(parents=True, exist_ok=True)
    rules, missing = [], set(wanted)
    for face, path in faces:
        signs = missing if face.family == "Book Signs" else wanted
        missing -= _write_subset(path, folder / f"{face.name}.woff2", signs, face.pinned)
        copyfile(license_file(path), folder / f"{face.name}-LICENSE.txt")
        rules.append(
            f'@font-face {{ font-family: "{face.family}"; font-style: {face.style}; '
            f"font-weight: {face.weights}; font-display: swap; "
            f'src: url("{face.name}.woff2") format("woff2"); }}\n'
        )
    (folder / "fonts.css").write_text("".join(rules), encoding="utf-8")
    stamp.write_text(recipe, encoding="utf-8")


def _write_subset(path, target, characters, pinned):
    """Write a font with some characters; return those of them that it has."""
    options = subset.Options(layout_features=FEATURES, name_IDs=[0, 13, 14], hinting=False)
    options.drop_tables += ["FFTM"]
    subsetter = subset.Subsetter(options)
    with TTFont(path, lazy=True) as font:
        found = set(characters) & set(font.getBestCmap())
        subsetter.populate(unicodes=found)
        subsetter.subset(font)
        if pinned:
            instancer.instantiateVariableFont(font, pinned, inplace=True)
        font.flavor = "woff2"
        font.save(target, reorderTables=False)
    return found


def add_fonts(app, env, pages):
    """Put the fonts into the static files of the book."""
    if find_spec("brotli") is None:
        return
    sources = [Path(env.doc2path(page)) for page in env.found_docs]
    sources += Path(app.srcdir, "rnnlib").rglob("*.py")
    characters = set().union(*(path.read_text(encoding="utf-8") for path in sources))
    static = Path(app.doctreedir, "static")
    write_fonts(static / "fonts", "".join(c for c in characters if c.isprintable()))
    app.config.html_static_path.append(str(static))
    app.add_css_file("fonts/fonts.css")


def setup(app):
    app.connect("env-before-read-docs", add_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
