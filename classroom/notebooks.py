"""Notebooks of a course: what students get, and what is taken from what they hand in.

Of a submission only the sources of its answer cells are used, put into a fresh copy of the
release.  So nothing is gained or lost by cells that were changed, copied, moved or deleted.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbgrader.preprocessors import ClearOutput, ClearSolutions

LARGEST = 5_000_000
"""Bytes of a notebook that is read, at most."""

LONGEST = 50_000
"""Characters of an answer, at most."""


class Refused(Exception):
    """A submission that cannot be read; the message tells the student why."""


class Submission(NamedTuple):
    """The answers of a submission by the names of their cells, and what was odd about it."""

    answers: dict
    remarks: list


def settings(cell):
    """Return what nbgrader has written into a cell."""
    return cell["metadata"].get("nbgrader", {})


def kind(cell):
    """Return "answer", "test", "essay" or "given", by nbgrader's settings of a cell."""
    said = settings(cell)
    if said.get("solution"):
        return "essay" if said.get("grade") else "answer"
    return "test" if said.get("grade") else "given"


def load_source(path):
    """Return the teacher's notebook."""
    return nbformat.read(path, as_version=4)


def release(source):
    """Return the notebook that students get: no solutions, no outputs."""
    notebook, resources = nbformat.from_dict(json.loads(json.dumps(source))), {}
    for step in (ClearSolutions(), ClearOutput()):
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def solution(source):
    """Return the teacher's answers, by cell."""
    return {
        settings(cell)["grade_id"]: cell["source"]
        for cell in source.cells
        if kind(cell) == "answer"
    }


def graded_points(source):
    """Return the points of each graded cell, by its name."""
    return {
        settings(cell)["grade_id"]: settings(cell)["points"]
        for cell in source.cells
        if settings(cell).get("grade")
    }


def read_submission(path, source):
    """Return the answers of a notebook that somebody handed in.

    Parameters
    ----------
    path : path
    source : notebook
        The teacher's; only cells that it has are looked for.

    Raises
    ------
    Refused
        It is no notebook, no file, or too large.
    """
    path = Path(path)
    if path.is_symlink() or not path.is_file():
        raise Refused("What was handed in is a link or a folder and not a notebook.")
    size = path.stat().st_size
    if size > LARGEST:
        raise Refused(
            f"The notebook has {size / 1e6:.0f} MB, and {LARGEST / 1e6:.0f} MB are allowed. Choose "
            "Kernel > Restart and clear all outputs, save, and hand it in again."
        )
    try:
        content = json.loads(path.read_bytes().decode())
        cells = content["cells"]
        if not isinstance(cells, list):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused("What was handed in is not a notebook that can be read.") from None
    wanted = [settings(cell)["grade_id"] for cell in source.cells if "answer" in kind(cell)]
    wanted += [settings(cell)["grade_id"] for cell in source.cells if kind(cell) == "essay"]
    answers, remarks = {}, []
    for cell in cells:
        name = _name(cell)
        if name not in wanted:
            continue
        if name in answers:
            remarks.append(f"The cell {name!r} is there twice; the first one counts.")
            continue
        text = cell.get("source", "")
        text = "".join(map(str, text)) if isinstance(text, list) else str(text)
        if len(text) > LONGEST:
            remarks.append(f"The cell {name!r} is longer than {LONGEST} characters; not used.")
            text = ""
        answers[name] = text
    remarks += [f"The cell {name!r} is missing." for name in wanted if name not in answers]
    return Submission(answers, remarks)


def _name(cell):
    try:
        name = cell["metadata"]["nbgrader"]["grade_id"]
    except (KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None


def rebuild(source, answers):
    """Return a fresh release with the answers of a submission in their places.

    An essay that is missing or blank is the released one, for which nobody has to be asked.
    """
    notebook = release(source)
    for cell in notebook.cells:
        said = answers.get(settings(cell).get("grade_id"), "")
        if kind(cell) == "answer":
            cell["source"] = said
        elif kind(cell) == "essay" and said.strip():
            cell["source"] = harmless(said)
    return notebook


def harmless(text):
    r"""Return Markdown in which no tag, entity, script's address or `\href` is left.

    The page on which the teacher reads an essay would run its scripts, with the teacher's rights.
    """
    text = re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", text)
    text = re.sub(r"&(?=#|\w+;)", "& ", text)
    text = re.sub(r"<(?=[a-zA-Z/!?])", "&lt;", text).replace("\\href", "\\ href")
    return re.sub(r"(javascript|vbscript|data|file)(\\*:)(?=\S)", r"\1 \2", text, flags=re.I)


def code(notebook):
    """Return the code that is run for grading, by the names of its cells, without the tests."""
    cells = {}
    for number, cell in enumerate(notebook.cells):
        if cell["cell_type"] == "code" and kind(cell) != "test":
            name = settings(cell).get("grade_id", f"given {number}")
            lines = cell["source"].splitlines()
            cells[name] = "\n".join("" if line.startswith(("%", "!")) else line for line in lines)
    return cells
