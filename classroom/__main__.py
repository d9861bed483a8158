"""The commands of a course.

python -m classroom assignment 03_cell [FOLDER]   a clean copy for a student
python -m classroom check 03_cell.ipynb           what passes, before handing in
python -m classroom release 03_cell               what students get, and the gradebook
python -m classroom collect DOWNLOADS             a folder or zip file of notebooks
python -m classroom grade [03_cell …]             in the sandbox; with feedback and CSV;
                                                  again after grading by hand
python -m classroom alike 03_cell                 which submissions are alike: a hint, no proof
"""

import argparse
import contextlib
import sys
from pathlib import Path

import nbformat
from tqdm import tqdm

from classroom import alike, check_visible, course, gradebook, sandbox


def parser():
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m classroom", description=__doc__.splitlines()[0])
    made.add_argument("--course", default="course", help="the teacher's folder (default: course)")
    steps = made.add_subparsers(dest="step", required=True)
    step = steps.add_parser("assignment", help="write a clean copy of an assignment")
    step.add_argument("name")
    step.add_argument("folder", nargs="?", default=".")
    step = steps.add_parser("check", help="run the visible tests of a notebook")
    step.add_argument("notebook", type=Path)
    step = steps.add_parser("release", help="make what students get")
    step.add_argument("name", nargs="*")
    step = steps.add_parser("collect", help="take what students handed in")
    step.add_argument("downloads", type=Path)
    step = steps.add_parser("grade", help="grade what was collected")
    step.add_argument("name", nargs="*")
    step.add_argument("--workers", type=int, default=2, help="sandboxes at a time (default: 2)")
    step = steps.add_parser("alike", help="compare what was collected")
    step.add_argument("name")
    return made


def grade(folder, names, workers):
    """Grade assignments, enter the marks, write feedback and scores."""
    sandbox.bubblewrap()
    for name in names or folder.names():
        waiting = folder.submissions(name)
        if not waiting:
            continue
        with tqdm(total=len(waiting), desc=name, unit="submission") as bar:
            points = folder.grade(name, workers, progress=lambda _: bar.update())
        if not gradebook.has(folder, name):
            gradebook.release(folder, name)
        for student in tqdm(points, desc="gradebook and feedback", unit="submission"):
            gradebook.enter(folder, name, student)
        for student, got in points.items():
            print(f"{student:24} {got:5g}")
        left = gradebook.waiting(folder, name)
        if left:
            print(f"{name}: a person has yet to grade {len(left)} answers, in the Formgrader.")
    gradebook.export(folder, folder.folder / "scores.csv")
    print(f"Scores: {folder.folder / 'scores.csv'}. Feedback: {folder.folder / 'feedback'}.")


def main(arguments=None):
    """Do what the command line says; return the exit code."""
    said = parser().parse_args(arguments)
    try:
        if said.step == "assignment":
            print(course.hand_out(said.name, said.folder))
        elif said.step == "check":
            notebook = nbformat.read(said.notebook, as_version=4)
            with contextlib.chdir(said.notebook.parent):
                return check_visible.report(notebook)
        else:
            folder = course.Course(said.course)
            if said.step == "release":
                for name in said.name or folder.names():
                    print(gradebook.release(folder, name))
            elif said.step == "collect":
                taken, refused = folder.collect(said.downloads)
                print(f"Taken: {len(taken)}.")
                for line in refused:
                    print(f"Not taken: {line}", file=sys.stderr)
            elif said.step == "alike":
                print(alike.report(folder, said.name))
            else:
                grade(folder, said.name, said.workers)
    except (OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
