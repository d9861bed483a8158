"""A Sphinx extension: chapters/07_clipping is chapter 7, and its first figure is figure 7.1.

A page whose file name has no number, such as chapters/syllabus, has none in the book either.
"""

import re

from docutils import nodes
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles


def chapter_number(page):
    """Read the number of a page off its file name, or return None."""
    number = re.match(r"(\d+)_", page.rsplit("/", 1)[-1])
    return int(number[1]) if number else None


def assign_section_numbers(self, env):
    """Let Sphinx number the chapters 1, 2, ..., then put the numbers of their files instead."""
    changed = TocTreeCollector.assign_section_numbers(self, env)
    for page, numbers in env.toc_secnumbers.items():
        chapter = chapter_number(page)
        for anchor in numbers:
            is_title = chapter is not None and anchor == ""
            numbers[anchor] = (chapter,) if is_title else ()
        for title in [env.titles[page], *env.tocs[page].findall(nodes.reference)]:
            if title.get("secnumber"):
                is_title = chapter is not None and not title.get("anchorname")
                title["secnumber"] = [chapter] if is_title else None
    return changed


def setup(app):
    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers
    return {"parallel_read_safe": True, "parallel_write_safe": True}
