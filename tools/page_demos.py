"""A Sphinx extension: the demos, on the pages that have one.

`rl.demo("names")` leaves `<div class="demo" data-demo="names">` on the page.  There, `shared.js`,
`names.js` and `demos.css` are added; the data become a script too, which shared.js loads when the
demo comes near the screen, since a page on disk may not fetch.
"""

import re
from pathlib import Path

from docutils import nodes

ELEMENT = re.compile(r'<div class="demo[^"]*" data-demo="(\w+)"')


def data_script(name, json_text):
    """Turn a demo's data into a script that hands them to shared.js."""
    return f'Demos.data("{name}", {json_text.strip()});\n'


def write_demos(source, folder):
    """Write all scripts, styles and data of the demos into a folder of the page."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for path in (*source.glob("*.js"), *source.glob("*.css")):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    for path in source.glob("data/*.json"):
        script = data_script(path.stem, path.read_text(encoding="utf-8"))
        (folder / "data" / f"{path.stem}.js").write_text(script, encoding="utf-8")


def add_files(app, env, pages):
    """Put the demos into the static files of the book."""
    static = Path(app.doctreedir, "static-demos")
    write_demos(Path(app.srcdir, "demos"), static / "demos")
    app.config.html_static_path.append(str(static))


def demos_of(doctree):
    """Return the names of the demos on a page, in the order of the page."""
    raw = "".join(node.astext() for node in doctree.findall(nodes.raw))
    return list(dict.fromkeys(ELEMENT.findall(raw)))


def add_scripts(app, page, template, context, doctree):
    """Add scripts and styles to a page that has demos."""
    names = demos_of(doctree) if doctree else []
    if names:
        app.add_css_file("demos/demos.css")
    for name in ["shared", *names] if names else []:
        app.add_js_file(f"demos/{name}.js", loading_method="defer")


def setup(app):
    app.connect("env-before-read-docs", add_files)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
