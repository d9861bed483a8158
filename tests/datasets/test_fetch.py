"""Larger texts are fetched once, checked, and kept; here from a server on this machine."""

import hashlib
import sys
from pathlib import Path

import pooch
import pytest
from helpers import serving
from planted import bug

from rnnlib import fetch_text
from rnnlib.datasets.texts import FETCHED

pytestmark = pytest.mark.mistake
TEXT = "To be, or not to be: “that” is the question.\n" * 1000
CONTENT = TEXT.encode()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder for fetched texts, that is yet to be made."""
    folder = tmp_path / "new" / "texts"
    monkeypatch.setenv("RNNLIB_DATA", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


@pytest.fixture
def register(monkeypatch):
    """Name a source of the text called "hamlet"."""

    def register(url):
        monkeypatch.setitem(FETCHED, "hamlet", (url, hashlib.sha256(CONTENT).hexdigest()))

    return register


def files(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*")}


@bug(
    "texts are fetched every time",
    "datasets.texts.fetch_text",
    "not path.is_file()",
    "not path.unlink(missing_ok=True)",
)
def test_a_text_is_fetched_once_with_a_progress_bar(folder, register, capsys):
    with serving(CONTENT) as (url, requests):
        register(url)
        assert fetch_text("hamlet") == TEXT
        assert "100%" in capsys.readouterr().err
        assert fetch_text("hamlet") == TEXT
        assert capsys.readouterr().err == ""
    assert requests == ["/text.txt"]
    assert fetch_text("hamlet") == TEXT  # the server is gone
    assert files(folder) == {"hamlet.txt": CONTENT}


@pytest.mark.parametrize("variable", [None, ""])
def test_without_the_variable_texts_lie_in_the_users_cache(
    variable, folder, register, monkeypatch, tmp_path
):
    monkeypatch.delenv("RNNLIB_DATA")
    if variable is not None:
        monkeypatch.setenv("RNNLIB_DATA", variable)
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    with serving(CONTENT) as (url, _):
        register(url)
        fetch_text("hamlet")
    assert files(tmp_path / "cache" / "rnnlib") == {"hamlet.txt": CONTENT}


@bug(
    "RNNLIB_DATA is not looked at",
    "datasets.texts._folder_of_texts",
    "os.environ.get('RNNLIB_DATA')",
    "None",
)
def test_a_file_put_there_by_hand_needs_no_network(folder, register, monkeypatch):
    register("http://127.0.0.1:1")
    folder.mkdir(parents=True)
    (folder / "hamlet.txt").write_bytes(CONTENT)
    assert fetch_text("hamlet") == TEXT


def test_a_file_put_there_by_hand_needs_no_pooch(folder, register, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    register("http://127.0.0.1:1")
    with pytest.raises(ImportError, match="pip install pooch"):
        fetch_text("hamlet")
    assert not folder.exists()
    folder.mkdir(parents=True)
    (folder / "hamlet.txt").write_bytes(CONTENT)
    assert fetch_text("hamlet") == TEXT


def test_the_folder_of_texts_may_start_at_home(folder, register, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("RNNLIB_DATA", "~/texts")
    register("http://127.0.0.1:1")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "hamlet.txt").write_bytes(CONTENT)
    assert fetch_text("hamlet") == TEXT


@pytest.mark.parametrize("name", ["hamlt", None, ["hamlet"], 3])
def test_a_text_that_is_unknown_is_refused_in_words(name, folder):
    with pytest.raises(ValueError, match=r"There is no text .* to fetch; known are tinyshakes"):
        fetch_text(name)
    assert not folder.exists()


def test_without_a_network_the_words_say_what_to_do(folder, register):
    register("http://127.0.0.1:1/text.txt")
    with pytest.raises(ConnectionError) as info:
        fetch_text("hamlet")
    words = str(info.value)
    for part in ("'hamlet'", "http://127.0.0.1:1/text.txt", str(folder / "hamlet.txt"), "RNNLIB_"):
        assert part in words
    assert files(folder) == {}


@bug(
    "the hash of what is sent is not compared",
    "datasets.texts._fetch",
    "f'sha256:{sha256}'",
    "None",
)
@pytest.mark.parametrize("content", [b"", CONTENT[:-1], b"<html>Please log in</html>"])
def test_another_text_is_refused_and_not_kept(content, folder, register):
    with serving(content) as (url, _):
        register(url)
        with pytest.raises(ValueError, match="not the text 'hamlet', and was deleted"):
            fetch_text("hamlet")
    assert files(folder) == {}


@bug(
    "a file put there by hand is believed",
    "datasets.texts.fetch_text",
    "hashlib.sha256(path.read_bytes()).hexdigest() != sha256",
    "False",
)
def test_an_altered_file_is_refused_and_left_alone(folder, register):
    folder.mkdir(parents=True)
    (folder / "hamlet.txt").write_bytes(CONTENT[::-1])
    with serving(CONTENT) as (url, requests):
        register(url)
        with pytest.raises(ValueError, match=r"hamlet\.txt' is not the text 'hamlet'"):
            fetch_text("hamlet")
    assert requests == []
    assert files(folder) == {"hamlet.txt": CONTENT[::-1]}


@pytest.mark.parametrize("name", FETCHED)
def test_the_sources_are_secure_and_their_hashes_whole(name):
    url, sha256 = FETCHED[name]
    assert url.startswith("https://")
    assert len(bytes.fromhex(sha256)) == 32
    assert Path(name).name == name
