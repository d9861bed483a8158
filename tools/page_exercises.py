"""A Sphinx extension: exercises say what they ask for, and lead to their solutions and back.

An exercise begins with `*By hand · 15 minutes · level 1 of 3*`, which goes to the right of its
title, and ends in `[Solution](../solutions/06_bptt.ipynb)`, which leads to the very solution.  In
a book that is built without solutions these links vanish, and other links to them become words.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import is_exercise_node, is_solution_node

META = re.compile(
    r"((?:By hand|By code|By experiment)(?:(?:, then| and) by (?:code|experiment))?|Open)"
    r" · (\d+ minutes|an hour|\d+ hours) · level ([123]) of 3"
)
"""What the first line of an exercise says: the way of working, the time and the difficulty."""

FOLDER = "solutions/"

LINKS = addnodes.pending_xref, addnodes.download_reference


def dots(level):
    """Draw the difficulty of an exercise: as many full dots of three."""
    circles = "".join(f'<i class="{"on" * (n < level)}"></i>' for n in range(3))
    return f' <span class="level" role="img" aria-label="level {level} of 3">{circles}</span>'


def solution_pages(env):
    """Return the page of the solution of each exercise that has one, by the exercise's label."""
    registry = getattr(env, "sphinx_exercise_registry", {})
    return {
        entry["node"]["target_label"]: entry["docname"]
        for entry in registry.values()
        if entry["type"] == "solution"
    }


class DropLinksToSolutions(SphinxTransform):
    """Take out what leads to solutions, when the book has none."""

    default_priority = 5

    def apply(self, **kwargs):
        if any(page.startswith(FOLDER) for page in self.env.found_docs):
            return
        for link in list(self.document.findall(lambda node: isinstance(node, LINKS))):
            if FOLDER not in link["reftarget"]:
                continue
            paragraph = link.parent
            if len(paragraph) == 1 and isinstance(paragraph, nodes.paragraph):
                paragraph.parent.remove(paragraph)
            else:
                link.replace_self(nodes.Text(link.astext()))


class FinishExercises(SphinxPostTransform):
    """Give exercises their line of facts, and the links to their solutions and back."""

    default_priority = 30  # after sphinx-exercise has resolved the titles
    formats = ("html",)

    def run(self, **kwargs):
        pages = solution_pages(self.env)
        for exercise in self.document.findall(is_exercise_node):
            title, content = exercise.children
            _take_off_brackets(title)
            _move_facts(content, title)
            if exercise["label"] in pages:
                _lead_to_solution(self.app.builder, self.env.docname, pages, exercise)
        for solution in self.document.findall(is_solution_node):
            title, _ = solution.children
            solution["ids"] = [f"solution-{solution['target_label']}"]
            for link in list(title.findall(nodes.reference)):
                _name_by_number(link)


def _take_off_brackets(title):
    """Turn "Exercise 6.1 (Count the paths)" into "Exercise 6.1 Count the paths"."""
    opening = next((child for child in title if child.astext() == " ("), None)
    if opening is not None and title[-1].astext() == ")":
        title.remove(title[-1])
        title.replace(opening, nodes.Text(" "))


def _name_by_number(link):
    """Turn " Exercise 6.1 (Count the paths)", below a heading that says so, into "exercise 6.1"."""
    number = re.match(r"\s*(Exercise [\d.]+)", link.astext())
    if number:
        link.parent.insert(link.parent.index(link), nodes.Text(" "))
        link.children = []
        link += nodes.Text(number[1].lower())


def _move_facts(content, title):
    """Move the first line of an exercise to its title."""
    facts = META.fullmatch(content[0].astext()) if content.children else None
    if facts:
        way, minutes, level = facts.groups()
        line = nodes.inline("", f" {way.lower()} · {minutes}", classes=["meta"])
        line += nodes.raw("", dots(int(level)), format="html")
        title += line
        content.remove(content[0])


def _lead_to_solution(builder, page, pages, exercise):
    label = exercise["label"]
    for link in exercise.findall(nodes.reference):
        if FOLDER in link.get("refuri", "") and "#" not in link["refuri"]:
            link["refuri"] = f"{builder.get_relative_uri(page, pages[label])}#solution-{label}"
            if len(link.parent) == 1:
                link.parent["classes"].append("to-solution")


def setup(app):
    app.add_transform(DropLinksToSolutions)
    app.add_post_transform(FinishExercises)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
