"""Execute notebooks in place and bring them into a normal form that changes only when they change.

python -m tools.notebooks chapters/*.ipynb            execute, normalise, write
python -m tools.notebooks --check chapters/*.ipynb    only report what is not executed or normal
"""

import argparse
import hashlib
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
}
CELL_METADATA = {"mystnb", "nbgrader", "tags"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def execute(notebook, folder):
    """Run all cells from top to bottom, with `folder` as working directory."""
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    client.widget_registry = {}  # its stand-in for the Output widget can wait for ever
    client.execute()


def normalise(notebook):
    """Drop what differs between machines or runs, and derive cell ids from the source."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = 5
    seen = {}
    for cell in notebook.cells:
        name = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"
        cell.metadata = nbformat.from_dict(
            {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        )
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)  # points to a kernel that is gone


def faults(notebook):
    """What keeps a notebook from counting as executed from top to bottom."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield "was not executed from top to bottom"
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        yield "shows an error"
    if any(cell.source.rstrip().endswith(";") for cell in code):
        yield "ends a cell in ';', which nbval does not understand: end it in plt.show()"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if not normal")
    parser.add_argument("notebooks", nargs="*", type=Path)
    args = parser.parse_args()

    # One thread, fixed hashes and dates, no progress bars: the same outputs on every run.
    os.environ.update(
        OPENBLAS_NUM_THREADS="1", PYTHONHASHSEED="0", SOURCE_DATE_EPOCH="0", TQDM_DISABLE="1"
    )
    failed = False
    bar = tqdm(args.notebooks, disable=args.check, unit="notebook")
    for path in bar:
        bar.set_postfix_str(path.name)
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        start = time.perf_counter()
        try:
            if not args.check:
                execute(notebook, path.parent)
                tqdm.write(f"{path}  {time.perf_counter() - start:.1f} s")
        except CellExecutionError as error:
            count = sum(cell.get("execution_count") is not None for cell in notebook.cells)
            tqdm.write(f"{path} is unchanged: cell [{count}] fails\n{error}", file=sys.stderr)
            failed = True
            continue
        normalise(notebook)
        after = nbformat.writes(notebook) + "\n"
        if not args.check:
            path.write_text(after, encoding="utf-8")
            continue
        complaints = list(faults(notebook))
        if after != before:
            complaints.append(f"is not in normal form: make notebooks NB={path}")
        for complaint in complaints:
            print(f"{path} {complaint}", file=sys.stderr)
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
