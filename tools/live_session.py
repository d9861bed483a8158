"""Runs the cells of a page in the browser: `web/live_worker.js` starts it inside Pyodide.

It needs Python alone, so that the tests can run it without a browser.
"""

import ast
import builtins
import dis
import inspect
import io
import json
import linecache
import os
import sys
import traceback

FITS = {"fit", "train_steps"}
"""Calls that train their first argument: a cell that makes one makes the model anew."""

READING = {"LOAD_NAME", "LOAD_GLOBAL"}

SPECIAL = {*dir(builtins), "__name__", "__module__", "__qualname__", "display"}


class Names:
    """The names that a cell reads before it binds them, and those that it binds or trains."""

    def __init__(self, source):
        self.reads, self.binds = set(), set()
        try:
            tree = ast.parse(source)
            code = compile(tree, "<names>", "exec")
        except (SyntaxError, ValueError):
            return
        for step in dis.get_instructions(code):
            if step.opname == "STORE_NAME":
                self.binds.add(step.argval)
            elif step.opname in READING and step.argval not in self.binds | SPECIAL:
                self.reads.add(step.argval)
        self.reads |= _read_inside(code) - self.binds - SPECIAL
        for node in ast.walk(tree):
            name = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1]
            if name in FITS and node.args and isinstance(node.args[0], ast.Name):
                self.binds.add(node.args[0].id)


def _read_inside(code):
    """Return the names of the module that the functions and classes in it read."""
    found = set()
    for inner in filter(inspect.iscode, code.co_consts):
        steps = list(dis.get_instructions(inner))
        own = {step.argval for step in steps if step.opname == "STORE_NAME"}  # of a class
        found |= {step.argval for step in steps if step.opname in READING} - own
        found |= _read_inside(inner)
    return found


def plan(cells, defined=()):
    """Choose which cells above the last one have to run before it.

    All that have not run yet do, except those that take long and make nothing that the last one
    needs, and the cells that need one of those.

    Parameters
    ----------
    cells : list of dict
        From the top of the page to the cell that is to run: `source`, `done`, and `long` for one
        that takes long.
    defined : iterable of str
        The names that exist.

    Returns
    -------
    run, needed, left_out : list of int
        Places in `cells`, the last one not among them; `needed` are those of `run` that make
        something that the last one needs, as far as that can be seen.
    """
    names = [Names(cell["source"]) for cell in cells]
    wanted, needed = set(names[-1].reads), set()
    for place in reversed(range(len(cells) - 1)):
        if names[place].binds & wanted:
            needed.add(place)
            wanted = (wanted - names[place].binds) | names[place].reads
    there, run, left_out = {*defined, *SPECIAL}, [], []
    for place, cell in enumerate(cells[:-1]):
        if cell["done"]:
            continue
        if place in needed or (not cell["long"] and names[place].reads <= there):
            run.append(place)
            there |= names[place].binds
        else:
            left_out.append(place)
    return run, sorted(needed & set(run)), left_out


class _Stream(io.TextIOBase):
    """A text file whose lines go to the page."""

    def __init__(self, send, kind):
        self._send, self._kind = send, kind

    def writable(self):
        return True

    def write(self, text):
        self._send(self._kind, text)
        return len(text)


class Session:
    """The variables of a page, and the way its cells run.

    Parameters
    ----------
    send : callable
        Takes the kind of an output, `stdout`, `stderr`, `text`, `html`, `svg` or `error`, and it.
    """

    current = None

    def __init__(self, send):
        Session.current = self
        self.send, self.variables = send, sys.modules["__main__"].__dict__
        self.variables["display"] = self.display
        self._count = 0

    def plan(self, cells):
        """Answer `plan` for cells as JSON."""
        return json.dumps(plan(json.loads(cells), self.variables))

    def run(self, source):
        """Run a cell; return `done`, `interrupted`, `check` for a failed assert, or `failed`."""
        self._count += 1
        name = f"<cell {self._count}>"
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self.send, "stdout"), _Stream(self.send, "stderr")
        try:
            self._execute(source, name)
            self.show_figures()
        except KeyboardInterrupt:
            self.send("error", "Interrupted.")
            return "interrupted"
        except SystemExit:
            pass
        except BaseException as error:
            self.send("error", short_traceback(error))
            return "check" if isinstance(error, AssertionError) else "failed"
        finally:
            sys.stdout, sys.stderr = streams
            if "matplotlib.pyplot" in sys.modules:
                sys.modules["matplotlib.pyplot"].close("all")
        return "done"

    def _execute(self, source, name):
        tree = ast.parse(source, name)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
        exec(compile(tree, name, "exec"), self.variables)
        if last is not None:
            value = eval(compile(last, name, "eval"), self.variables)
            if value is not None and not source.rstrip().endswith(";"):
                self.variables["_"] = value
                self.display(value)

    def display(self, *values):
        """Show values as a notebook does: figures as figures, tables as tables."""
        for value in values:
            kind, text = self._shown(value)
            self.send(kind, text)

    def _shown(self, value):
        bundle = getattr(value, "_repr_mimebundle_", None)
        shown = bundle() if bundle and not isinstance(value, type) else {}
        shown = shown[0] if isinstance(shown, tuple) else shown or {}
        if "text/html" in shown:
            return "html", shown["text/html"]
        if type(value).__module__ == "matplotlib.figure":
            return "svg", self._drawing(value)
        for kind, method in (("html", "_repr_html_"), ("html", "_repr_svg_")):
            text = getattr(value, method, lambda: None)() if not isinstance(value, type) else None
            if text is not None:
                return kind, text
        return "text", repr(value)

    def show_figures(self):
        """Show the figures that are open, and close them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            figure = pyplot.figure(number)
            if figure.axes or figure.texts:
                self.send("svg", self._drawing(figure))
        if pyplot:
            pyplot.close("all")

    def _drawing(self, figure):
        from rnnlib.svg import figure_svg, inline_svg

        return inline_svg(figure_svg(figure), f"live{self._count}", "Figure drawn by this cell")


def short_traceback(error):
    """Describe an error by the lines of the cells that led to it, and where it was raised."""
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith("<cell")]
    lines = [
        f"line {frame.lineno}{'' if frame.name == '<module>' else f' of {frame.name}'}: "
        f"{frame.line}"
        for frame in ours
    ]
    if frames and ours and frames[-1] is not ours[-1]:
        folder, file = os.path.split(frames[-1].filename)
        place = os.path.join(os.path.basename(folder), file)
        lines.append(f"raised in {frames[-1].name}, {place}, line {frames[-1].lineno}")
    return "\n".join([*lines, *traceback.format_exception_only(error)]).strip()
