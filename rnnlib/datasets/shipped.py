"""The folders of the files that ship with the package."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def data_path(name, folder="data"):
    """Return the path of a file that ships with the package.

    An installed wheel carries `data/` and `demos/` inside the package; a checkout, next to it.
    """
    places = _PACKAGE / folder, _PACKAGE.parent / folder
    for place in places:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(
        f"{name!r} is missing from {' and '.join(map(str, places))}: "
        "the installation is incomplete, install rnnlib again."
    )
