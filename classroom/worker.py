"""The inside of the sandbox: runs a student's cells, then answers what it is asked.

Nothing here is trusted: the student's code shares this process and can change all of it.  So it
holds no secret, and whatever it writes is taken as data by the other side.

    python -I -S worker.py FOLDER MEMORY CPU_SECONDS USER

Questions come over standard input, answers go to the file descriptor that was standard output;
what the student prints goes nowhere.
"""

import contextlib
import os
import resource
import sys

folder, memory, seconds, user = sys.argv[1], *map(int, sys.argv[2:5])
if os.getuid() == 0 and user:  # bubblewrap was started by root: step down for good
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
for limit, value in (
    (resource.RLIMIT_AS, memory),
    (resource.RLIMIT_CPU, seconds),
    (resource.RLIMIT_NPROC, 32),
    (resource.RLIMIT_FSIZE, 2**24),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_CORE, 0),
):
    resource.setrlimit(limit, (value, value))

sys.path[:0] = ["/site", folder]

import values  # noqa: E402

questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
nowhere = os.open(os.devnull, os.O_RDWR)
os.dup2(nowhere, 0)
os.dup2(nowhere, 1)
os.dup2(nowhere, 2)

namespace = {"__name__": "__main__"}


def line_of(error, file):
    """Return the line of a cell that an error comes from, or None."""
    trace, line = error.__traceback__, None
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def describe(error, file):
    """Return what went wrong: the kind of error, its message, and the line of the cell."""
    return {
        "error": type(error).__name__,
        "message": str(error)[:300],
        "line": line_of(error, file),
    }


def run_cells(cells):
    """Run cells one after another, and return for each None or what went wrong."""
    said = []
    for number, source in enumerate(cells):
        file = f"<cell {number}>"
        try:
            exec(compile(source, file, "exec"), namespace)
            said.append(None)
        except BaseException as error:
            said.append(describe(error, file))
    return said


def answer(code, inputs, outputs):
    """Run a few lines with inputs in the student's namespace; return some of its variables."""
    names = {**namespace, **inputs}
    try:
        exec(compile(code, "<question>", "exec"), names)
        return {"values": {name: names[name] for name in outputs}}
    except BaseException as error:
        said = describe(error, "<question>")
        for number in range(1000):
            said["line"] = line_of(error, f"<cell {number}>")
            if said["line"] is not None:
                return said | {"cell": number}
        return said


def main():
    """Answer questions until there are none."""
    while True:
        (length,) = values.LENGTH.unpack(questions.read(values.LENGTH.size))
        asked = values.from_bytes(questions.read(length))
        said = {"cells": run_cells(asked["cells"])} if "cells" in asked else answer(**asked)
        try:
            message = values.to_bytes(said)
        except BaseException as error:
            message = values.to_bytes({"error": "NotData", "message": str(error), "line": None})
        answers.write(message)
        answers.flush()


if __name__ == "__main__":
    with contextlib.suppress(Exception):
        main()
