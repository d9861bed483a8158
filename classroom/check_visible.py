"""Runs the visible tests of a notebook, for its author, and says in words what passes."""

import traceback

from classroom import notebooks


def report(notebook):
    """Run the cells from top to bottom as in a fresh kernel, and print what the tests say.

    Returns
    -------
    failed : int
        Number of cells that ended in an error.
    """
    names, failed = {"__name__": "__main__"}, 0
    for number, cell in enumerate(notebook.cells):
        if cell["cell_type"] != "code":
            continue
        name = notebooks.settings(cell).get("grade_id", f"cell {number}")
        lines = cell["source"].splitlines()
        source = "\n".join("" if line.startswith(("%", "!")) else line for line in lines)
        try:
            exec(compile(source, f"<{name}>", "exec"), names)
        except Exception as error:
            failed += 1
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"line {last.lineno} of {last.name if last.name != '<module>' else 'the cell'}"
            said = f"{type(error).__name__} in {where}: {error or 'see the line itself'}"
            unwritten = isinstance(error, NotImplementedError)
            print(f"✗ {name}: {'not written yet' if unwritten else said}")
        else:
            if notebooks.kind(cell) == "test":
                print(f"✓ {name}")
    print("All visible tests pass." if not failed else f"{failed} cells fail.")
    print("Hidden tests follow: they use other numbers, and look for more.")
    return failed
