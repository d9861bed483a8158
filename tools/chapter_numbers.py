"""A Sphinx extension: chapters/07_clipping is chapter 7, and its first figure is figure 7.1."""

from docutils import nodes
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles


def assign_section_numbers(self, env):
    """Let Sphinx number the chapters 1, 2, ..., then put the numbers of their files instead."""
    changed = TocTreeCollector.assign_section_numbers(self, env)
    for page, numbers in env.toc_secnumbers.items():
        chapter = int(page.split("/")[1].split("_")[0])
        for anchor, number in numbers.items():
            numbers[anchor] = number and (chapter, *number[1:])
        for title in [env.titles[page], *env.tocs[page].findall(nodes.reference)]:
            if title.get("secnumber"):
                title["secnumber"] = [chapter, *title["secnumber"][1:]]
    return changed


def setup(app):
    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers
    return {"parallel_read_safe": True, "parallel_write_safe": True}
