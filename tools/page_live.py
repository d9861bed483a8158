"""A Sphinx extension: what pages need so that their cells can run in the browser.

A page with code cells gets `web/live.js`; the package with its data becomes one script, which is
loaded when a reader runs a cell.  `tools/live.py` adds Python itself.  The code of a cell is read
off the page, so nothing is on it twice.
"""

import base64
import io
import json
import zipfile
from pathlib import Path

from docutils import nodes

HERE = Path(__file__).parent

SCRIPTS = "live_editor.js", "live_python.js", "live.js"


VERSION = "0.27.7"
"""Of Pyodide."""


def manifest(sizes):
    """Return the script that says which files are there; without sizes, that none is."""
    return f"Live.runtime = {json.dumps({'version': VERSION, 'files': sizes or None})};\n"


def members(root):
    """Return the files that the cells need, by their names in the archive."""
    code = [path for path in (root / "rnnlib").rglob("*") if "__pycache__" not in path.parts]
    found = {str(path.relative_to(root)): path for path in code if path.is_file()}
    for folder in ("data", "results"):
        for path in (root / folder).iterdir():
            if path.suffix in {".csv", ".txt"}:
                found[f"{folder}/{path.name}"] = path
    found["live_session.py"] = HERE / "live_session.py"
    for path in (HERE / "live_stand_ins").rglob("*.py"):
        found[f"stand_ins/{path.relative_to(HERE / 'live_stand_ins')}"] = path
    return dict(sorted(found.items()))


def archive(root):
    """Return the package, its data, the tables and the session as one zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in members(root).items():
            packed.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def add_static(app, env, pages):
    """Write the scripts that pages load when a cell is run."""
    static = Path(app.doctreedir, "live_static")
    folder = static / "live"
    folder.mkdir(parents=True, exist_ok=True)
    text = base64.b64encode(archive(Path(app.srcdir))).decode()
    (folder / "rnnlib.js").write_text(f'Live.file("rnnlib.zip", false, "{text}");\n', "ascii")
    (folder / "manifest.js").write_text(manifest({}), "ascii")
    app.config.html_static_path.append(str(static))


def repository(app):
    """Return the address of the book's repository, or None while it is not set."""
    return (app.config.html_theme_options or {}).get("repository_url") or None


def add_scripts(app, page, template, context, doctree):
    """Let a page that shows code cells run them."""
    boxes = doctree.findall(nodes.container) if doctree else ()
    if not any(box.get("nb_element") == "cell_code_source" for box in boxes):
        return
    notebook = f"{page}.ipynb"
    about = {"notebook": notebook, "repository": repository(app)}
    app.add_js_file(None, body=f"const LIVE_PAGE = {json.dumps(about)};")
    for script in SCRIPTS:
        app.add_js_file(script, defer="defer")
    app.add_css_file("live.css")


def setup(app):
    app.connect("env-before-read-docs", add_static)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
