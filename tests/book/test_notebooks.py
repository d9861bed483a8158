"""Text is free to change, code has to be executed, and the tool tells one from the other."""

import copy

import nbformat
import pytest

from tools import notebooks


def output(text):
    return [nbformat.v4.new_output("stream", text=text)]


@pytest.fixture
def path(tmp_path):
    """A notebook of two code cells, as `make notebooks` leaves it."""
    code = [
        nbformat.v4.new_code_cell(source, execution_count=i, outputs=output(text))
        for i, (source, text) in enumerate([("x = 1\nprint(x)", "1\n"), ("print(x + 1)", "2\n")], 1)
    ]
    cells = [nbformat.v4.new_markdown_cell("# Title"), *code, nbformat.v4.new_code_cell("")]
    path = tmp_path / "notebook.ipynb"
    path.write_text(notebooks.in_normal_form(nbformat.v4.new_notebook(cells=cells)), "utf-8")
    return path


def edit(path, change):
    """Change the cells of a notebook as JupyterLab does, which keeps the other cells' ids."""
    notebook = notebooks.read(path)
    change(notebook.cells)
    nbformat.write(notebook, path)


def change_text(cells):
    cells[0].source = "# Another title"


def add_text(cells):
    cells.insert(1, nbformat.v4.new_markdown_cell("print(x + 1)"))  # the same words as code


def hide_source(cells):
    cells[1].metadata["scrolled"] = True


def test_what_was_executed_and_normalised_is_up_to_date(path):
    assert list(notebooks.check([path])) == []


@pytest.mark.parametrize("change", [change_text, add_text, hide_source])
def test_after_an_edit_of_text_nothing_has_to_run(change, path):
    edit(path, change)
    (complaint,) = notebooks.check([path])
    assert complaint.endswith(f"make format NB={path}, which runs nothing")
    assert list(notebooks.format_all([path])) == []
    assert list(notebooks.check([path])) == []
    outputs = [cell.outputs[0].text for cell in notebooks.read(path).cells if cell.get("outputs")]
    assert outputs == ["1\n", "2\n"]


def change_code(cells):
    cells[1].source = "x = 2\nprint(x)"


def move_code(cells):
    cells[1:3] = cells[2:0:-1]


def remove_code(cells):
    del cells[1]


def add_code(cells):
    cells.insert(1, nbformat.v4.new_code_cell("x = 3"))


def run_by_hand(cells):
    change_code(cells)
    cells[1].outputs = output("2\n")


def turn_text_into_code(cells):
    cells[0] = nbformat.v4.new_code_cell("# Title")


CODE_EDITS = [change_code, move_code, remove_code, add_code, run_by_hand, turn_text_into_code]


@pytest.mark.parametrize("change", CODE_EDITS)
def test_after_an_edit_of_code_the_notebook_has_to_run(change, path):
    edit(path, change)
    for _ in range(2):  # nor does normalising make it up to date
        complaints = list(notebooks.check([path]))
        assert complaints
        assert all(complaint.endswith(f"make notebooks NB={path}") for complaint in complaints)
        assert list(notebooks.format_all([path])) == complaints


def test_formatting_code_does_not_make_it_out_of_date(path):
    def stretch(cells):
        cells[2].source = "print( x+1 )"

    edit(path, stretch)
    notebook = notebooks.read(path)
    notebooks.normalise(notebook)  # as if it had run in this form
    nbformat.write(notebook, path)
    assert list(notebooks.format_all([path])) == []
    assert notebooks.read(path).cells[2].source == "print(x + 1)"
    assert list(notebooks.check([path])) == []


def test_the_normal_form_is_stable_and_its_ids_are_distinct(path):
    notebook = notebooks.read(path)
    notebook.cells += [copy.deepcopy(cell) for cell in notebook.cells]
    text = notebooks.in_normal_form(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebooks.in_normal_form(nbformat.reads(text, as_version=4)) == text


def test_executing_writes_outputs_and_failing_leaves_the_file(path, capsys):
    edit(path, change_code)
    assert list(notebooks.execute_all([path])) == []
    assert list(notebooks.check([path])) == []
    assert notebooks.read(path).cells[2].outputs[0].text == "3\n"

    def fail(cells):
        cells[2].source = "print(y)"

    edit(path, fail)
    before = path.read_bytes()
    (complaint,) = notebooks.execute_all([path])
    assert "is unchanged: cell [2] fails" in complaint
    assert "NameError" in complaint
    assert path.read_bytes() == before
