"""The folder of a course, and the steps of its cycle: release, collect, grade, feedback, export.

course/
  handed_in/STUDENT/NAME.ipynb     as it came; never changed
  marks/STUDENT/NAME.json          what the checks said, one file for each submission
  source/ release/ submitted/ autograded/ feedback/ gradebook.db     nbgrader's
"""

import re
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from classroom import grading, marks, notebooks
from classroom.materials import write_materials
from rnnlib.files import writing

STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""What a student may be called: this becomes the name of a folder."""


class Course:
    """A course in a folder.

    Parameters
    ----------
    folder : path
        Made if it is missing.
    assignments : path
        The folder of assignments, with `source/` and `checks/`.
    """

    def __init__(self, folder, assignments=grading.COURSE):
        self.folder, self.assignments = Path(folder).absolute(), Path(assignments)
        self.folder.mkdir(parents=True, exist_ok=True)

    def load(self, name):
        """Return an assignment of the course."""
        return grading.load(name, self.assignments)

    def names(self):
        """Return the names of all assignments."""
        folders = (self.assignments / "source").iterdir()
        return sorted(path.name for path in folders if path.is_dir())

    def collect(self, downloads):
        """Copy what students handed in: a folder or zip file of notebooks.

        Students are told by the folder that a notebook is in, or by what its name begins with, up
        to an underscore: `ada/03_cell.ipynb`, `ada_03_cell.ipynb`.

        Returns
        -------
        taken, refused : list of str
        """
        taken, refused = [], []
        for name, size, open_file in _files(Path(downloads)):
            found = re.search(r"(?:^|/)([^/]+?)(?:/(?:.*/)?|_)(\d\d_\w+)\.ipynb$", name)
            if not found or not STUDENT.fullmatch(found[1]) or found[2] not in self.names():
                refused.append(f"{name}: not called STUDENT/ASSIGNMENT.ipynb")
                continue
            if size > 20 * notebooks.LARGEST:
                refused.append(f"{name}: {size / 1e6:.0f} MB")
                continue
            target = self.folder / "handed_in" / found[1] / f"{found[2]}.ipynb"
            with open_file() as file, writing(target) as copy:
                shutil.copyfileobj(file, copy)
            taken.append(f"{found[1]}: {found[2]}")
        return taken, refused

    def submissions(self, name):
        """Return (student, path) of all who handed in an assignment."""
        paths = sorted((self.folder / "handed_in").glob(f"*/{name}.ipynb"))
        return [(path.parent.name, path) for path in paths]

    def mark(self, assignment, student, path, limits=None):
        """Grade one submission in the sandbox, unless that is done; return what its file says."""
        raw = b"" if path.is_symlink() or not path.is_file() else path.read_bytes()
        key = marks.fingerprint(raw, student.encode(), *self._version(assignment.name))
        target = self.folder / "marks" / student / f"{assignment.name}.json"
        known = marks.read(target)
        if known and known["key"] == key:
            return known
        answers, remarks = {}, []
        try:
            answers, remarks = notebooks.read_submission(path, assignment.source)
            given = grading.grade(assignment, answers, student, limits)
        except notebooks.Refused as refused:
            remarks.append(str(refused))
            given = {check.cell: grading.Mark(0.0, []) for check in assignment.checks}
        content = {
            "key": key,
            "answers": answers,
            "remarks": remarks,
            "cells": {cell: mark._asdict() for cell, mark in given.items()},
        }
        marks.write(target, content)
        return content

    def _version(self, name):
        """Bytes that change when the grading of an assignment does."""
        files = [self.assignments / "source" / name / f"{name}.ipynb"]
        files += [self.assignments / "checks" / f"{name}.py"]
        files += sorted(Path(__file__).parent.glob("*.py"))
        return [path.read_bytes() for path in files]

    def grade(self, name, workers=2, limits=None, progress=None):
        """Grade all submissions of an assignment that are not graded yet, and enter the marks.

        Returns
        -------
        points : dict
            For each student the points of the cells with tests.
        """
        assignment, waiting = self.load(name), self.submissions(name)

        def work(submission):
            content = self.mark(assignment, *submission, limits)
            if progress:
                progress(submission[0])
            return content

        with ThreadPoolExecutor(workers) as pool:
            done = dict(zip((s for s, _ in waiting), pool.map(work, waiting), strict=True))
        for student, content in done.items():
            self._write_submitted(assignment, student, content)
        return {
            student: sum(mark["points"] for mark in content["cells"].values())
            for student, content in done.items()
        }

    def _write_submitted(self, assignment, student, content):
        """Write the notebook that nbgrader takes for the submission: the release with answers."""
        notebook = notebooks.rebuild(assignment.source, content["answers"])
        path = self.folder / "submitted" / student / assignment.name / f"{assignment.name}.ipynb"
        text = nbformat.writes(notebook) + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        with writing(path, "w") as file:
            file.write(text)


def hand_out(name, folder, assignments=grading.COURSE):
    """Write an assignment as students get it into a folder; return the notebook's path."""
    source = notebooks.load_source(Path(assignments) / "source" / name / f"{name}.ipynb")
    target = Path(folder) / name / f"{name}.ipynb"
    if target.exists():
        raise FileExistsError(f"{target} is there already; your work in it would be lost.")
    target.parent.mkdir(parents=True, exist_ok=True)
    write_materials(target.parent)
    nbformat.write(notebooks.release(source), target)
    return target


def _files(path):
    """Yield the name, the size and an opener of each notebook in a folder or a zip file."""
    if path.is_dir():
        for file in sorted(path.rglob("*.ipynb")):
            if not file.is_symlink():
                yield (
                    file.relative_to(path).as_posix(),
                    file.stat().st_size,
                    lambda f=file: f.open("rb"),
                )
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".ipynb"):
                    yield entry.filename, entry.file_size, lambda e=entry: archive.open(e)
    else:
        raise ValueError(f"{path} is neither a folder nor a zip file.")
