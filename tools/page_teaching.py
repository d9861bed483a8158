"""What the page for teachers says about each chapter, and what the chapters say themselves.

As a Sphinx extension it adds the directive `plan`: a chapter's objectives and minutes, taken from
its notebook, so that they are always those of the chapter.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from tools.page_head import reading_minutes

ROOT = Path(__file__).parents[1]


class Plan(NamedTuple):
    """What a chapter's first cell promises, and how long it takes."""

    title: str
    objectives: list
    minutes: int
    runs_in: str


class Advice(NamedTuple):
    """What the page for teachers says about a chapter."""

    expect: str
    ask: str
    listen: str
    board: str
    figures: list


def read_plan(page, root=ROOT):
    """Read objectives and minutes of a chapter, such as "chapters/04_cell"."""
    notebook = json.loads(Path(root, f"{page}.ipynb").read_text(encoding="utf-8"))
    texts = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"]
    head = texts[0]
    title = re.match(r"# (.+)", head)[1]
    (objectives,) = re.findall(r"\*\*You will\*\*\n\n((?:- .*\n)+)", head)
    (runs_in,) = re.findall(r"\*\*Runs in\*\* (.*?)\.?$", head, re.M)
    lines = re.findall(r"^- (.*?)[;.]?$", objectives, re.M)
    return Plan(title, lines, reading_minutes(texts), runs_in)


def read_advice(root=ROOT):
    """Return what `teaching.md` says, by chapter."""
    text = Path(root, "teaching.md").read_text(encoding="utf-8")
    found = {}
    for page, part in re.findall(r"^```\{plan\} (\S+)\n```\n(.*?)(?=^#|\Z)", text, re.M | re.S):
        said = dict(re.findall(r"^\*\*([A-Z][\w ]+)\.\*\* (.*)$", part, re.M))
        figures = re.findall(r"\{numref\}`([\w-]+)`", said["Show"])
        found[page] = Advice(
            said["Expect"].strip("*"),
            said["Ask"],
            said["Listen for"],
            said["On the board"],
            figures,
        )
    return found


class PlanDirective(SphinxDirective):
    """The objectives and minutes of a chapter."""

    required_arguments = 1

    def run(self):
        page, root = self.arguments[0], Path(self.env.app.srcdir)
        if not (root / f"{page}.ipynb").is_file():
            raise self.error(f"there is no chapter {page}")
        plan = read_plan(page, root)
        self.env.note_dependency(f"{page}.ipynb")
        lines = [f"{plan.minutes} minutes to read, runs in {plan.runs_in}. Students learn to", ""]
        lines += [f"- {line.replace('](', '](chapters/')}" for line in plan.objectives]
        made = nodes.container(classes=["plan"])
        self.state.nested_parse(StringList(lines, page), self.lineno, made)
        return made.children


def setup(app):
    app.add_directive("plan", PlanDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
