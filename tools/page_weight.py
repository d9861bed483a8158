"""A Sphinx extension: the built book has no file that no page asks for.

Themes and extensions bring whole families of icons, translations and source maps.  When the book
is built, scripts and marks that do nothing on it are taken out, the font of icons is cut down to
those that occur, and what then is named by no page, style or script is deleted.  Files that other
extensions of ours write stay.
"""

import re
from pathlib import Path

from tools.page_math import cut_font

ICON_SCRIPT = re.compile(r'\s*<script[^>]* src="[^"]*/fontawesome\.js[^"]*"[^>]*></script>')
"""Its icons come from a font, too."""

SEARCH_SCRIPTS = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)
"""Only the page of the search needs them."""

CODE = re.compile(r'(?<=<div class="highlight">)<pre>.*?</pre>', re.S)

PLAIN = re.compile(r'<span class="(?:bp|fm|n|nb|nn|o|p|vm|w)">([^<]*)</span>')
"""Names, operators and brackets of code, which look like the rest of it: a tenth of the book."""

SOURCE_MAP = re.compile(r"\s*(?:/\*|//)# sourceMappingURL=\S+?\.map(?:\*/|\n|$)")

ICON = re.compile(r'([^{}]*)\{content:"\\f[0-9a-f]{3}"\}')

FONT = re.compile(r'@font-face\{[^}]*src:url\(([^)]*\.woff2)\) format\("woff2"\)[^}]*\}')

TEXT = {".css", ".html", ".js", ".svg", ".txt", ".json", ".webmanifest"}


def lighten_pages(folder):
    """Take unused scripts out of the pages of a book, and marks on code that nothing shows."""
    for path in folder.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        lighter = ICON_SCRIPT.sub("", page)
        if path.name != "search.html":
            lighter = SEARCH_SCRIPTS.sub("", lighter)
        lighter = CODE.sub(lambda code: PLAIN.sub(r"\1", code[0]), lighter)
        if lighter != page:
            path.write_text(lighter, encoding="utf-8")


def drop_source_maps(static):
    """Take out the lines by which scripts and styles name their source maps."""
    for path in [*static.rglob("*.js"), *static.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        if SOURCE_MAP.search(text):
            path.write_text(SOURCE_MAP.sub("\n", text), encoding="utf-8")


def cut_icons(folder):
    """Leave those icons in the theme's styles and fonts that pages and scripts name."""
    scripts = [path for path in folder.rglob("*.js") if path.name != "fontawesome.js"]
    texts = [path.read_text(encoding="utf-8") for path in [*folder.rglob("*.html"), *scripts]]
    used = set(re.findall(r"fa-[a-z0-9-]+", " ".join(texts)))

    def keep(rule):
        return rule[0] if used & set(re.findall(r"fa-[a-z0-9-]+", rule[1])) else ""

    styles = {}
    for path in folder.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        styles[path] = re.sub(ICON, lambda rule: keep(rule) if ".fa-" in rule[1] else rule[0], text)
    codes = set(re.findall(r'"\\(f[0-9a-f]{3})"', "".join(styles.values())))
    characters = {chr(int(code, 16)) for code in codes}
    for path, text in styles.items():

        def cut(rule, path=path):
            font = path.parent / rule[1]
            if "Awesome" not in rule[0] or not font.is_file():
                return rule[0]
            data = cut_font(font, characters)
            if data is None:
                return ""
            font.write_bytes(data)
            return re.sub(r',url\([^)]*\.ttf\) format\("truetype"\)', "", rule[0])

        path.write_text(FONT.sub(cut, text), encoding="utf-8")


def unnamed(folder, candidates):
    """Return those candidates whose file name occurs in no other file that stays."""
    left = set(candidates)
    new = [path for path in folder.rglob("*") if path.suffix in TEXT and path not in left]
    while new:
        text = "\n".join(path.read_text(encoding="utf-8") for path in new)
        named = {path for path in left if path.name in text}
        left -= named
        new = [path for path in named if path.suffix in TEXT]
    return left


def copied_files(app):
    """Return the files in the book that are copies from the theme, from packages and from `web`."""
    folders = [Path(folder, "static") for folder in app.builder.theme.get_theme_dirs()]
    folders += [Path(app.confdir, folder) for folder in app.config.html_static_path]
    own = Path(app.doctreedir)
    files = {
        path.relative_to(folder)
        for folder in folders
        if not folder.is_relative_to(own)
        for path in folder.rglob("*")
    }
    static = Path(app.outdir, "_static")
    return {static / file for file in files if (static / file).is_file()}


def lighten(app, exception):
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir)
    lighten_pages(folder)
    drop_source_maps(folder / "_static")
    cut_icons(folder)
    for path in unnamed(folder, copied_files(app)):
        path.unlink()
    for path in sorted((folder / "_static").rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def setup(app):
    app.connect("build-finished", lighten, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
