"""Hidden checks: questions to a student's functions, and what their answers say.

    @check("test_step", points=2)
    def one_step_is_tanh_of_the_sum(student):
        x, h = rng.standard_normal((2, 3)), …
        compare(student.call("step", x, h, W), np.tanh(x @ W + h), "step(x, h, W)", {
            "The recurrent product is missing.": np.tanh(x @ W),
        })

A check runs outside the sandbox, and has only data in its hands.  It ends well, or raises `Wrong`
with a sentence for the student that names the likely mistake and shows no input.
"""

import importlib.util
from typing import NamedTuple

import numpy as np

from classroom.sandbox import Sandbox, Stopped


class Wrong(Exception):
    """An answer is wrong; the message tells the student what is likely to be the matter."""


class Check(NamedTuple):
    """One hidden check: the cell that its points belong to, and the question."""

    cell: str
    points: float
    ask: callable

    @property
    def name(self):
        """What it checks, for the student: the function's name as a sentence."""
        words = self.ask.__name__.replace("_", " ")
        return words[0].upper() + words[1:]


def check(cell, points=1):
    """Mark a function of a module as a check whose points belong to a graded cell."""

    def mark(function):
        function.check = Check(cell, points, function)
        return function

    return mark


def load_checks(path):
    """Return the checks of a file, in the order of their lines."""
    spec = importlib.util.spec_from_file_location(f"checks_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [f.check for f in vars(module).values() if isinstance(getattr(f, "check", None), Check)]


class Student:
    """The student's functions, each call of which is a question to the sandbox.

    Parameters
    ----------
    cells : dict of str
        The code of the cells, by name, in order.
    limits : Limits, optional
    materials : path, optional
        A folder that the cells may read.
    name : str
        Who it is, for data of one's own.
    """

    RESTARTS = 4
    """How often a submission that ended its sandbox gets a new one."""

    def __init__(self, cells, limits=None, materials=None, name="student"):
        self.cells, self.limits, self.materials, self.name = cells, limits, materials, name
        self.sandbox, self.starts, self.errors = None, 0, {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.sandbox:
            self.sandbox.end()

    def start(self):
        """Start the sandbox and run the cells in it, if that is not done yet."""
        if self.sandbox:
            return
        if self.starts > self.RESTARTS:
            raise Wrong("Your code ended the grading too often, so this was not tried again.")
        self.starts += 1
        self.sandbox = Sandbox(self.limits, self.materials)
        try:
            said = self.sandbox.ask({"cells": list(self.cells.values())})["cells"]
            self.errors = {
                name: error for name, error in zip(self.cells, said, strict=True) if error
            }
        except Stopped as stopped:
            self.sandbox, self.starts = None, self.RESTARTS + 1
            raise Wrong(f"Your cells could not be run: {stopped}.") from None
        except (TypeError, KeyError, ValueError, AttributeError):
            self.sandbox.end()
            self.sandbox, self.starts = None, self.RESTARTS + 1
            raise Wrong("Your cells disturbed the grading, so they were not run.") from None

    def run(self, code, outputs, **inputs):
        """Run a few lines among the student's functions, and return some of the variables.

        Parameters
        ----------
        code : str
            The lines, for example "y = f(x)".  Student and sandbox can see them.
        outputs : sequence of str
            Variables whose values come back.
        **inputs
            Values of variables.

        Returns
        -------
        values : list

        Raises
        ------
        Wrong
            An error was raised, or no value came back.
        """
        self.start()
        question = {"code": code, "inputs": inputs, "outputs": list(outputs)}
        try:
            said = self.sandbox.ask(question)
            if "values" in said:
                return [said["values"][name] for name in outputs]
            return self._explain(said)
        except Stopped as stopped:
            self.sandbox = None
            raise Wrong(f"No answer: {stopped}.") from None
        except (TypeError, KeyError, AttributeError):
            raise Wrong("Your code disturbed its own answers.") from None

    def call(self, function, *arguments, **options):
        """Call one function, and return its value."""
        return self.call_and_look(function, *arguments, **options)[0]

    def call_and_look(self, function, *arguments, **options):
        """Call one function; return its value, and the arguments as they are afterwards."""
        code = f"value = {function}(*arguments, **options)"
        value, after = self.run(
            code, ["value", "arguments"], arguments=list(arguments), options=options
        )
        return value, after

    def _explain(self, said):
        kind, line = said.get("error"), said.get("line")
        if not isinstance(kind, str) or not kind.isidentifier():
            kind = "An error"
        if kind == "NotData":
            raise Wrong(
                "What came back is neither a number nor an array, a text or a list of them."
            )
        if kind == "NotImplementedError":
            raise Wrong("This is not written yet.")
        if kind == "NameError" and line is None:
            raise Wrong("A function is missing, or its cell ended in an error before defining it.")
        where = f" in line {line} of its cell" if isinstance(line, int) else ""
        raise Wrong(f"{kind[:40]}{where}. Run the visible tests again; they say more.")


def as_array(value, what):
    """Return an answer as an array of floats, or say why that is impossible."""
    if value is None:
        raise Wrong(f"{what} returns nothing: is there a return?")
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError, OverflowError):
        kind = type(value).__name__
        raise Wrong(f"{what} should return numbers, and returns a {kind}.") from None
    return array


def compare(got, right, what, mistakes=None, tolerance=1e-6):
    """Compare an answer with the right one; if it is wrong, name the likely mistake.

    Parameters
    ----------
    got : object
        What came over the border.
    right : array_like
    what : str
        What it is, for the message: "step(x, h)".
    mistakes : dict, optional
        What known mistakes would have given, by the sentence that describes them.
    tolerance : float
        Largest difference, relative to the largest right value or to 1.

    Raises
    ------
    Wrong
    """
    right, array = np.asarray(right, dtype=float), as_array(got, what)
    mistakes = {said: np.asarray(value, float) for said, value in (mistakes or {}).items()}
    if _same(array, right, tolerance):
        return
    for said, value in mistakes.items():
        if _same(array, value, tolerance):
            raise Wrong(said)
    if array.shape != right.shape:
        raise Wrong(f"{what} should have the shape {right.shape}, and has {array.shape}.")
    if not np.isfinite(array).all():
        raise Wrong(f"{what} has values that are infinite or not numbers.")
    if array.ndim > 1 and _same(array[::-1], right, tolerance):
        raise Wrong(f"{what} is right, but in the opposite order along its first axis.")
    if _same(-array, right, tolerance):
        raise Wrong(f"{what} has the wrong sign.")
    ratio = _ratio(array, right)
    if ratio and _same(array / ratio, right, tolerance):
        raise Wrong(f"{what} is {ratio:.4g} times what it should be.")
    share = np.mean(np.abs(array - right) > tolerance * _scale(right))
    raise Wrong(f"{what} differs from the right values in {share:.0%} of its entries.")


def _scale(right):
    return max(1.0, float(np.abs(right).max(initial=0)))


def _same(a, b, tolerance):
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance * _scale(b)))


def _ratio(array, right):
    power = float((right**2).sum())
    return float((array * right).sum()) / power if power else 0.0


def unchanged(before, after, what):
    """Raise `Wrong` if a call has changed an argument in place."""
    if not _same(as_array(after, what), np.asarray(before, dtype=float), 0):
        raise Wrong(f"Your function changes {what}, which belongs to the caller: copy it first.")


def require(condition, sentence):
    """Raise `Wrong` with a sentence unless a condition holds.

    A comparison that gives an array does not hold: something else than an array was expected.
    """
    if isinstance(condition, np.ndarray) or not condition:
        raise Wrong(sentence)
