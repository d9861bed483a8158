"""Known answers of an assignment: right ones in three styles, wrong ones with what they must lose.

A file has the cells that differ from the teacher's solution, each after a line `# %% name`.  The
first line of its docstring says "Right: …" or "Loses test_step 3, test_forward 1: …", and a line
"Says: …" has words that the feedback must contain.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

from classroom import notebooks


class KnownAnswer(NamedTuple):
    """Answers to grade, and what must come of them."""

    path: Path
    answers: dict
    loses: dict
    says: str


def read(path, source):
    """Read one file of known answers.

    Raises
    ------
    ValueError
        Its docstring or its cells do not fit.
    """
    text = path.read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    head = said.splitlines()[0] if said else ""
    loses = dict(re.findall(r"(\w+) (\d+(?:\.\d+)?)[,:]", head)) if head[:6] == "Loses " else {}
    if not loses and not head.startswith("Right: "):
        raise ValueError(
            f"{path}: the docstring begins neither with 'Right: ' nor 'Loses cell n: '."
        )
    parts = re.split(r"^# %% (\w+)\n", text, flags=re.M)[1:]
    changed = dict(zip(parts[::2], parts[1::2], strict=True))
    answers = notebooks.solution(source)
    unknown = set(changed) - set(answers)
    if unknown:
        raise ValueError(f"{path}: the notebook has no answer cells {sorted(unknown)}.")
    words = re.search(r"^Says: (.*)$", said, flags=re.M)
    loses = {cell: float(points) for cell, points in loses.items()}
    return KnownAnswer(path, answers | changed, loses, words[1] if words else "")
