"""A Sphinx extension: the front page, made of `intro.md`, the ledger and the table of contents.

`intro.md` has the text and four directives, `{front} hero`, `quiz`, `ledger` and `chapters`.  They
become `web/templates/front/*.html`, which are complete without JavaScript: the first name is
written and drawn by the page's own scripts when the book is built.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import yaml
from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.util.docutils import SphinxDirective

import rnnlib as rl
from tools.page_exercises import dots
from tools.page_head import parts

SCRIPTS = "demos/shared.js", "web/front_drawing.js", "web/front_model.js"
DATA = "names", "quiz"

FIRST = {"prompt": "tri", "temperature": 0.8, "seed": 2}
"""The first name, the same for everybody.  Its seed was chosen; those of all others are not."""

SECTIONS = {
    "Play": "#real-or-invented",
    "Ledger": "#can-it-beat-counting",
    "Chapters": "#one-question-a-chapter",
}
"""The links of the header, to sections of `intro.md`."""

WRITE = """JSON.stringify((({prompt, temperature, seed}, data) => {
  const model = FrontModel(data), letters = model.name(prompt, temperature, Demos.random(seed));
  const given = prompt.length, next = model.symbols.indexOf(letters[given]);
  const p = model.expected(prompt, model.read(prompt).at(-1), temperature);
  const said = `Next letter ${model.inWords(prompt, p.network)}`;
  const drawings = {}, sizes = {};
  for (const [name, layout] of Object.entries(FrontDrawing.LAYOUTS)) {
    drawings[name] = FrontDrawing.scene(name, {letters, given, at: given, next, said, ...p});
    sizes[name] = layout.size;
  }
  return {letters, given, temperature, drawings, sizes, verdict: model.verdict(letters)};
})(%s, %s))"""
"""The first name, what is known of it, and its drawings."""


def read_data(source, name):
    """Return the text of the data of a demo."""
    return Path(source, "demos", "data", f"{name}.json").read_text(encoding="utf-8")


def first_name(source, first=FIRST):
    """Let the page's scripts write the first name."""
    engine = MiniRacer()
    for script in SCRIPTS:
        engine.eval(Path(source, script).read_text(encoding="utf-8"))
    return json.loads(engine.eval(WRITE % (json.dumps(first), read_data(source, "names"))))


def quiz_names(source, every=6):
    """Return some real and some invented names, for readers without JavaScript."""
    pool = json.loads(read_data(source, "quiz"))
    return {kind: [name for name, *_ in pool[kind][::every]] for kind in ("real", "invented")}


# The ledger -------------------------------------------------------------------------------------

SCALE = 1.45, 2.05
"""The ends of its axis, in nats; a mark that is farther right becomes an arrow."""

COUNTS = re.compile(r"uniform|\d-gram|best counter")
SEVERAL = re.compile(r"three|with the|told|multiplied|both ways")
"""Models that are several, or that are told more than the names."""


class Row(NamedTuple):
    """A model's row: its scores, and where they are on the axis."""

    model: str
    label: str
    note: str
    is_shown: bool  # at first
    alone: float
    mixed: float
    splits: list

    @property
    def kind(self):
        return "counting" if COUNTS.fullmatch(self.model) else "network"

    @property
    def has_counter(self):
        """Whether the best counter is in it already, so that mixing adds nothing."""
        return self.alone - self.mixed < 0.005

    @property
    def is_far(self):
        return self.alone > SCALE[1]

    @property
    def alone_x(self):
        return place(min(self.alone, SCALE[1]))

    @property
    def mixed_x(self):
        return place(self.mixed)

    @property
    def splits_x(self):
        return [place(score) for score in self.splits if score <= SCALE[1]]


def place(nats):
    """Return where a score is on the axis."""
    low, high = SCALE
    return f"{100 * (nats - low) / (high - low):.2f}%"


def ledger(path, labels):
    """Return what the ledger's template needs: all models, the worst first."""
    table = rl.read_ledger(path)
    alone, mixed = rl.mean_scores(table), rl.mean_scores(table, "mixed")
    rows = [
        Row(
            model,
            *labels.get(model, (model, "")),
            is_shown=model in labels,
            alone=alone[model],
            mixed=mixed[model],
            splits=[row["test"] for row in table if row["model"] == model],
        )
        for model in sorted(alone, key=alone.get, reverse=True)
    ]
    return {
        "rows": rows,
        "marks": [place(alone[model]) for model in ("4-gram", "best counter")],
        "ticks": [(f"{nats:.1f}", place(nats)) for nats in (1.5, 1.6, 1.7, 1.8, 1.9, 2.0)],
        "single": min((r for r in rows if not SEVERAL.search(r.model)), key=lambda r: r.alone),
        "best": min(rows, key=lambda row: row.mixed),
    }


# The chapters -----------------------------------------------------------------------------------


def chapter_list(app, page, topics):
    """Return the parts of the book that have chapters, each (name, title, chapters)."""

    def facts(chapter):
        stem = chapter.page.rsplit("/", 1)[-1]
        link = app.builder.get_relative_uri(page, chapter.page)
        more = {"stem": stem, "link": link, "topic": topics.get(stem), "dots": dots(chapter.level)}
        more["question"] = chapter.question.replace("'", "’")  # as on its page
        return chapter._asdict() | more

    return [(*name.split(" · ", 1), [*map(facts, found)]) for name, found in parts(app).items()]


# The page ---------------------------------------------------------------------------------------


PITCH = "<!-- the text of the directive -->"


class FrontPart(nodes.Element):
    """Where a part of the front page goes, which is made when all pages have been read."""


class FrontDirective(SphinxDirective):
    """`{front} hero` holds text; the others hold labels as YAML."""

    required_arguments = 1
    has_content = True

    def run(self):
        part = FrontPart(kind=self.arguments[0])
        if part["kind"] == "hero":
            self.state.nested_parse(self.content, self.content_offset, part)
        else:
            part["labels"] = yaml.safe_load("\n".join(self.content)) or {}
        return [part]


def is_page(app):
    """Return whether the book will be shown by a browser, which runs scripts."""
    return app.builder.name in ("html", "dirhtml")


def values(app, page, kind, labels):
    """Return what the template of a part needs."""
    if kind == "hero":
        return first_name(app.srcdir) | {"pitch": PITCH}
    if kind == "quiz":
        return quiz_names(app.srcdir)
    if kind == "ledger":
        return ledger(Path(app.srcdir, "results", "names.csv"), labels)
    return {"parts": chapter_list(app, page, labels)}


def put_parts(app, doctree, page):
    """Replace the directives by HTML; in a book without scripts, the first two by their text."""
    for part in list(doctree.findall(FrontPart)):
        kind, labels = part["kind"], part.get("labels")
        if (kind in ("hero", "quiz") and not is_page(app)) or app.builder.format != "html":
            part.replace_self(part.children)
            continue
        html = app.builder.templates.render(f"front/{kind}.html", values(app, page, kind, labels))
        before, _, after = html.partition(PITCH)
        pieces = (nodes.raw("", piece, format="html") for piece in (before, after))
        part.replace_self([next(pieces), *part.children, next(pieces)])


NEEDLESS = re.compile(
    "copybutton|clipboard|togglebutton|mystnb|pygments|proof|exercise|design|tex-|highlight|doctools"
)
"""Scripts and styles of chapters, which the front page does without."""


def dress(app, page, template, context, doctree):
    """Give the front page its template, its style and its scripts."""
    if page != app.config.root_doc or not doctree or not is_page(app):
        return None
    if "subtitle" not in app.env.metadata[page]:  # another front page than ours
        return None
    context["front_sections"] = SECTIONS
    for files in (context["script_files"], context["css_files"]):
        files[:] = [file for file in files if not NEEDLESS.search(str(file.filename))]
    app.add_css_file("front.css", priority=900)  # after book.css
    data = [f"demos/data/{name}.js" for name in DATA]
    for script in ["demos/shared.js", *data, "front_drawing.js", "front_model.js", "front.js"]:
        app.add_js_file(script, loading_method="defer")
    return "front/page.html"


def setup(app):
    app.add_node(FrontPart)
    app.add_directive("front", FrontDirective)
    app.connect("env-get-outdated", lambda app, *_: [app.config.root_doc])  # it draws on the rest
    app.connect("doctree-resolved", put_parts)
    app.connect("html-page-context", dress)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
