"""The folder of the files that ship with the package."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def data_path(name):
    """Return the path of a file that ships with the package.

    An installed wheel carries the files inside the package; a checkout keeps them in `data/`.
    """
    for folder in (_PACKAGE / "data", _PACKAGE.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"{name!r} is missing from {_PACKAGE / 'data'} and {_PACKAGE.parent / 'data'}: "
        "the installation is incomplete, install rnnlib again."
    )
