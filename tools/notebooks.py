"""Execute notebooks in place and bring them into a normal form that changes only when they change.

python -m tools.notebooks chapters/*.ipynb                execute, normalise, write
python -m tools.notebooks --normalise chapters/*.ipynb    format and normalise: enough for text
python -m tools.notebooks --check chapters/*.ipynb        only report what is out of date

The id of a code cell is the hash of the source that made its outputs, so a cell that was changed
after it ran no longer fits its id.  Text is free to change, and a formatter may change code.
"""

import argparse
import hashlib
import os
import subprocess
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
CELL_METADATA = {"jupyter", "mystnb", "nbgrader", "tags"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ENVIRONMENT = {
    # One thread, fixed hashes and dates, no progress bars: the same outputs on every run.
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "TQDM_DISABLE": "1",
    # Matplotlib blames the legend when the machine is slow.
    "PYTHONWARNINGS": "ignore:Creating legend with loc",
}


def execute(notebook, folder):
    """Run all cells from top to bottom, with `folder` as working directory."""
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=None,  # a busy machine takes its time
        startup_timeout=600,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    client.widget_registry = {}  # its stand-in for the Output widget can wait for ever
    client.execute()


def source_hash(cell):
    """Return the start of every cell id that belongs to this source."""
    return hashlib.sha256(cell.source.encode()).hexdigest()[:8]


def normalise(notebook):
    """Drop what differs between machines or runs, and derive cell ids from the source."""
    book = notebook.metadata.get("book")  # what the head of a chapter says: tools/page_head.py
    notebook.metadata = nbformat.from_dict({**METADATA, **({"book": book} if book else {})})
    notebook.nbformat_minor = 5
    seen = {}
    for cell in notebook.cells:
        name = source_hash(cell)
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"
        cell.metadata = nbformat.from_dict(
            {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        )
        if "hide-input" in cell.metadata.get("tags", []):  # folded in JupyterLab as on the page
            cell.metadata["jupyter"] = {"source_hidden": True}
        else:
            cell.metadata.pop("jupyter", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)  # points to a kernel that is gone


def faults(notebook):
    """Yield what keeps a notebook from counting as executed from top to bottom."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield "was not executed from top to bottom"
    for count, cell in enumerate(code, 1):
        if cell.get("id", "").split("-")[0] != source_hash(cell):
            yield f"was changed in code cell [{count}] after that ran"
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        yield "shows an error"
    if any(cell.source.rstrip().endswith(";") for cell in code):
        yield "ends a cell in ';', which nbval does not understand: end it in plt.show()"


def read(path):
    """Read a notebook, cell ids included."""
    return nbformat.read(path, as_version=4)


def in_normal_form(notebook):
    """Return the text of a notebook as it should be in its file."""
    normalise(notebook)
    return nbformat.writes(notebook) + "\n"


def check(paths):
    """Yield what is wrong with notebooks, and which command puts it right."""
    for path in paths:
        text = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(text, as_version=4)
        complaints = list(faults(notebook))
        for complaint in complaints:
            yield f"{path} {complaint}: make notebooks NB={path}"
        if not complaints and in_normal_form(notebook) != text:
            yield f"{path} is not in normal form: make format NB={path}, which runs nothing"


def format_all(paths):
    """Format code, normalise, and yield which notebooks have to be executed instead."""
    stale = {path: list(faults(read(path))) for path in paths}  # as their authors left them
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--quiet", "--select=I", "--fix"], ["format", "--quiet"]):
        subprocess.run([*ruff, *command, *paths], check=True)
    for path in paths:
        for complaint in stale[path]:
            yield f"{path} {complaint}: make notebooks NB={path}"
        if not stale[path]:
            path.write_text(in_normal_form(read(path)), encoding="utf-8")


def execute_all(paths):
    """Execute and normalise; yield which notebooks fail, and leave those as they were."""
    bar = tqdm(paths, unit="notebook")
    for path in bar:
        bar.set_postfix_str(path.name)
        notebook = read(path)
        start = time.perf_counter()
        try:
            execute(notebook, path.parent)
        except CellExecutionError as error:
            count = sum(cell.get("execution_count") is not None for cell in notebook.cells)
            yield f"{path} is unchanged: cell [{count}] fails\n{error}"
            continue
        tqdm.write(f"{path}  {time.perf_counter() - start:.1f} s")
        path.write_text(in_normal_form(notebook), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help="change nothing, exit 1 if out of date")
    way.add_argument("--normalise", action="store_true", help="execute nothing, for edits of text")
    parser.add_argument("notebooks", nargs="+", type=Path)
    args = parser.parse_args()

    os.environ.update(ENVIRONMENT)
    run = check if args.check else format_all if args.normalise else execute_all
    failed = False
    for complaint in run(args.notebooks):
        tqdm.write(complaint, file=sys.stderr)
        failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
