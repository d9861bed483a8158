"""A V8 without a page, in which the demos' JavaScript computes."""

import base64
import json

import numpy as np
import py_mini_racer
from helpers import ROOT

DEMOS = ROOT / "demos"


class Script:
    """shared.js, and a demo's script if one is named, with values handed over as JSON."""

    def __init__(self, name=None):
        self.context = py_mini_racer.MiniRacer()
        for file in ["shared.js", *([f"{name}.js"] if name else [])]:
            self.context.eval((DEMOS / file).read_text(encoding="utf-8"))
        self.name = name

    def run(self, expression, **values):
        """Return the value of an expression in which the values are variables.

        Arrays come back as lists; what is no JSON, as null.
        """
        names, given = ", ".join(values), ", ".join(json.dumps(v) for v in values.values())
        plain = "(key, v) => ArrayBuffer.isView(v) ? Array.from(v) : v"
        code = f"JSON.stringify((({names}) => ({expression}))({given}) ?? null, {plain})"
        return json.loads(self.context.eval(code))

    def call(self, function, *arguments):
        """Call a function of the demo."""
        values = {f"a{i}": value for i, value in enumerate(arguments)}
        return self.run(f"Demos.all.{self.name}.{function}({', '.join(values)})", **values)


def demo_data(name):
    """Return the data of a demo."""
    return json.loads((DEMOS / "data" / f"{name}.json").read_text(encoding="utf-8"))


def unpack(text):
    """Return the numbers of a packed array, read by NumPy alone."""
    return np.frombuffer(base64.b64decode(text), "<f2")
