"""What others install: a wheel and an sdist with data and demos, tried in a place of its own.

`make package` does the same with the packages that the wheel asks for, from an index.
"""

import zipfile

import pytest

from tools import package

pytest.importorskip("hatchling")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    made, _ = package.build(tmp_path_factory.mktemp("package"))
    return made


def change(wheel, folder, name, new):
    """Copy a wheel with one file changed, or without it."""
    copy = folder / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w") as archive:
        for entry in old.namelist():
            data = old.read(entry)
            if entry.endswith(name):
                data = new(data)
            if data is not None:
                archive.writestr(entry, data)
    return copy


def test_the_package_is_whole_and_works_where_nothing_else_is(tmp_path):
    said = list(package.package(tmp_path / "made", offline=True))
    assert "the same" in said[1]
    facts, score, name = said[-1].splitlines()
    assert "1372 names" in facts
    assert 1.5 < float(score.removesuffix(" nats per symbol")) < 2.5
    assert name.startswith("tri")


FAULTS = {
    "a file is missing": ("rnnlib/data/dinosaurs.csv", lambda data: None, "differ in"),
    "a file is another": ("rnnlib/demos/names.js", lambda data: data + b" ", "has changed"),
    "there is no licence": ("licenses/LICENSE", lambda data: None, "no licence"),
    "the version is another": (
        "/METADATA",
        lambda data: data.replace(b"\nVersion: ", b"\nVersion: 9"),
        "metadata are wrong",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wheel_that_is_not_whole_is_refused(fault, wheel, tmp_path):
    name, new, message = FAULTS[fault]
    with pytest.raises(ValueError, match=message):
        package.check_wheel(change(wheel, tmp_path, name, new))


def test_metadata_that_an_index_refuses_are_refused(wheel, tmp_path):
    broken = change(
        wheel, tmp_path, "/METADATA", lambda data: data.replace(b"Name: rnnlib", b"Name: -")
    )
    with pytest.raises(ExceptionGroup, match="metadata"):
        package.check_wheel(broken)
