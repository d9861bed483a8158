"""What every chapter promises: named figures with captions, exercises that can be answered, length.

Each test lists what all chapters together still lack.
"""

import re

import nbformat
from helpers import ROOT

from tools.page_exercises import META

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
NOTEBOOKS = [*CHAPTERS, *sorted((ROOT / "solutions").glob("*.ipynb"))]
NOTEBOOKS += sorted((ROOT / "reference").glob("*.ipynb"))
MOST_WORDS = 3600
MOST_CHARACTERS = 72
EXERCISE = re.compile(r":::+\{exercise\} *(.*?)\n:label: (\S+)\n(.*?)\n:::", re.S)


def complain(faults):
    """Fail with all faults, one a line."""
    assert not faults, "\n" + "\n".join(map(str, faults))


def cells_of(path):
    return nbformat.read(path, 4).cells


def place(path, number):
    return f"{path.parent.name}/{path.name} [{number}]"


def figures():
    """Yield where a figure of a notebook is, and the metadata of its cell."""
    for path in NOTEBOOKS:
        for number, cell in enumerate(cells_of(path)):
            drawn = any("image/svg+xml" in o.get("data", {}) for o in cell.get("outputs", []))
            if drawn and "remove-output" not in cell.metadata.get("tags", []):
                yield place(path, number), cell.metadata.get("mystnb", {})


def test_no_line_of_an_output_is_wider_than_the_column():
    wide = [
        f"{place(path, number)} {len(line)} characters: {line[:60]}…"
        for path in NOTEBOOKS
        for number, cell in enumerate(cells_of(path))
        for output in cell.get("outputs", [])
        if "remove-output" not in cell.metadata.get("tags", [])
        for line in output.get("text", "").splitlines()
        if len(line) > MOST_CHARACTERS
    ]
    complain(wide)


def exercises():
    """Yield where an exercise is, its title, label and text, and the cell after it."""
    for path in CHAPTERS:
        cells = cells_of(path)
        for number, cell in enumerate(cells):
            found = EXERCISE.findall(cell.source) if cell.cell_type == "markdown" else []
            for title, label, text in found:
                following = cells[number + 1] if number + 1 < len(cells) else None
                alone = len(found) == 1 and cell.source.strip().startswith(":::")
                yield path, number, title, label, text.strip(), following if alone else None


def test_every_figure_has_a_caption_a_name_of_its_own_and_words_for_who_cannot_see_it():
    missing, names = [], []
    for where, mystnb in figures():
        figure = mystnb.get("figure", {})
        names.append(figure.get("name"))
        parts = {
            "caption": figure.get("caption", "").strip().endswith((".", "?", ")")),
            "name": re.fullmatch(r"fig-[a-z0-9-]+", figure.get("name", "")),
            "alt": mystnb.get("image", {}).get("alt", "").strip(),
        }
        missing += [f"{where} lacks its {part}" for part, given in parts.items() if not given]
    twice = {name for name in names if name and names.count(name) > 1}
    complain([*missing, *(f"{name} names two figures" for name in sorted(twice))])


def test_every_exercise_says_how_long_it_takes_and_how_hard_it_is():
    silent = [
        f"{place(path, number)} {label}"
        for path, number, _, label, text, _ in exercises()
        if not re.fullmatch(rf"\*{META.pattern}\*", text.splitlines()[0])
    ]
    complain(silent)


def test_every_exercise_has_room_for_an_answer_below_it():
    cramped = [
        f"{place(path, number)} {label}"
        for path, number, _, label, _, below in exercises()
        if below is None
        or below.cell_type != "code"
        or below.source
        or "remove-cell" not in below.metadata.get("tags", [])
    ]
    complain(cramped)


def test_every_exercise_ends_in_a_link_to_its_solution_and_every_solution_has_its_heading():
    faults = []
    for path, number, title, label, text, _ in exercises():
        if text.splitlines()[-1] != f"[Solution](../solutions/{path.name})":
            faults.append(f"{place(path, number)} {label} does not end in a link to its solution")
        solutions = ROOT / "solutions" / path.name
        if not solutions.parent.is_dir():
            continue
        source = "\n\n".join(c.source for c in cells_of(solutions) if c.cell_type == "markdown")
        if f"{{solution}} {label}\n" not in source:
            faults.append(f"{label} has no solution")
        elif not re.search(rf"^## {re.escape(title)}\s+:::+\{{solution\}} {label}\n", source, re.M):
            faults.append(f"the solution of {label} has no heading `## {title}`")
    complain(faults)


def test_every_chapter_has_five_exercises_and_one_of_them_is_open():
    found = {path: [] for path in CHAPTERS}
    for path, *_, text, _ in exercises():
        found[path].append(text)
    faults = []
    for path, texts in found.items():
        if len(texts) < 5:
            faults.append(f"{path.name} has {len(texts)} exercises")
        if not any(text.startswith("*Open ·") for text in texts):
            faults.append(f"{path.name} has no open exercise")
    complain(faults)


def words(path):
    """Count the words of prose: no code, no addresses, no marks; a formula is one word.

    The list above a demo is to be done, not read: what to try.
    """
    cells = cells_of(path)
    text = ""
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            above_demo = following is not None and following.source.startswith("rl.demo(")
            text += re.sub(r"^- .*$", "", cell.source, flags=re.M) if above_demo else cell.source
            text += "\n"
    text = re.sub(r"\$\$.*?\$\$(\s*\([\w-]+\))?|\$[^$]*\$|`[^`]*`", " x ", text, flags=re.S)
    text = re.sub(r"\]\([^)]*\)|^:::.*$|^:\w+:.*$|\{[\w:]+\}`?", " ", text, flags=re.M)
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def test_no_chapter_is_longer_than_a_reader_is_patient():
    lengths = {path: words(path) for path in CHAPTERS}
    complain([f"{p.name} has {n:,} words" for p, n in lengths.items() if n > MOST_WORDS])
