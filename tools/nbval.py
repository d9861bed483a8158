"""Re-run notebooks as `tools.notebooks` executes them, and compare their outputs.

python -m tools.nbval chapters/07_clipping.ipynb        with any option of pytest
"""

import os
import sys

import pytest

from tools.notebooks import ENVIRONMENT

PATIENCE = 600
"""Seconds to wait for a kernel or its messages: enough for any machine that is merely busy."""


def pytest_collection_modifyitems(items):
    """Wait longer than nbval's five seconds for outputs, and compare no pictures byte by byte."""
    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = PATIENCE
            item.parent.skip_compare = {*item.parent.skip_compare, "image/svg+xml"}


def main():
    os.environ.update(ENVIRONMENT)
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=3600"]
    options += [f"--nbval-kernel-startup-timeout={PATIENCE}", "-p", "tools.nbval"]
    return pytest.main([*options, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
