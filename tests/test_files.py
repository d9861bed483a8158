"""Files that are written whole or not at all, by one process or by several."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from helpers import run_python
from planted import bug

from rnnlib import files
from rnnlib.files import file_path, writing

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")


def write(path, content=b"new"):
    with writing(path) as file:
        file.write(content)


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def leftover(path, pid, age=0, host=None):
    """Make the unfinished file of another writer."""
    host = files._host() if host is None else host
    left = path.with_name(f"{path.name}.{host}-{pid}-0123abcd.unfinished")
    left.write_bytes(b"half")
    os.utime(left, (time.time() - age,) * 2)
    return left


def ended_process():
    """Return the id of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_file_is_written_in_bytes_or_in_text(tmp_path):
    write(tmp_path / "new" / "folder" / "a")
    with writing(tmp_path / "b", "w") as file:
        file.write("é\n\r\n")
    assert (tmp_path / "new" / "folder" / "a").read_bytes() == b"new"
    assert (tmp_path / "b").read_bytes() == "é\n\r\n".encode()
    assert names(tmp_path) == ["b", "new"]


def test_a_path_may_be_relative_or_at_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write("a")
    write("~/b")
    write(Path("c") / "d")
    assert names(tmp_path) == ["a", "b", "c"]
    assert file_path("~/b") == tmp_path / "b"


@bug(
    "a file is overwritten where it is",
    "files.writing",
    "path.with_name(_unfinished_name(path))",
    "path",
)
@bug("an unfinished file stays", "files.writing", "unfinished.unlink(missing_ok=True)", "pass")
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["block", "fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(where, error, tmp_path, monkeypatch):
    def fails(*_):
        raise error

    path = tmp_path / "a"
    path.write_bytes(b"old")
    if where != "block":
        monkeypatch.setattr(os, where, fails)

    def half():
        with writing(path) as file:
            file.write(b"half")
            if where == "block":
                raise error

    with pytest.raises(type(error)):
        half()
    assert names(tmp_path) == ["a"]
    assert path.read_bytes() == b"old"


@bug(
    "what a killed writer left stays",
    "files._is_abandoned",
    "pid == os.getpid() or not _is_running(pid)",
    "False",
)
@bug("a day is not enough", "files._is_abandoned", "STALE_AFTER", "10 * STALE_AFTER")
@posix
def test_the_next_write_removes_what_killed_writers_left(tmp_path):
    path = tmp_path / "a.npz"
    leftover(path, ended_process())
    leftover(path, os.getpid())  # of an earlier process with this number
    leftover(path, os.getppid(), age=90_000, host="elsewhere")
    write(path)
    assert names(tmp_path) == ["a.npz"]


@bug(
    "a living writer loses its file",
    "files._is_running",
    "os.kill(pid, 0)",
    "raise ProcessLookupError",
)
@bug("another machine's process is looked for here", "files._is_abandoned", "host == _host()", "1")
@posix
def test_a_write_leaves_the_files_of_others(tmp_path):
    path = tmp_path / "a.npz"
    alive = leftover(path, os.getppid())
    elsewhere = leftover(path, ended_process(), host="elsewhere")
    other_path = leftover(tmp_path / "a.npz.b", ended_process())
    for name in ("a.npz.unfinished", "a.npz.mine-1.unfinished", "b.unfinished"):
        (tmp_path / name).write_bytes(b"mine")
    before = names(tmp_path)
    write(path)
    assert names(tmp_path) == sorted(["a.npz", *before])
    assert {alive.name, elsewhere.name, other_path.name} < set(names(tmp_path))


def test_a_write_within_a_write_to_the_same_path_leaves_both_whole(tmp_path):
    path = tmp_path / "a"
    with writing(path) as outer:
        outer.write(b"outer")
        write(path, b"inner")
        assert path.read_bytes() == b"inner"
    assert path.read_bytes() == b"outer"
    assert names(tmp_path) == ["a"]


def test_a_process_that_cannot_be_asked_about_counts_as_running(monkeypatch):
    def forbidden(*_):
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    assert files._is_running(1)
    monkeypatch.setattr(os, "name", "nt")
    monkeypatch.delattr(os, "kill")
    assert files._is_running(1)


@posix
def test_a_new_file_has_the_permissions_of_any_and_an_old_one_keeps_its_own(tmp_path):
    old_mask = os.umask(0o027)
    try:
        write(tmp_path / "a")
        write(tmp_path / "private")
        (tmp_path / "private").chmod(0o600)
        write(tmp_path / "private")
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600


@bug("a link is replaced", "files.writing", "file_path(path).resolve()", "file_path(path)")
@posix
def test_a_link_stays_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere" / "a")
    for content in (b"new", b"newer"):  # there is no file at first
        write(link, content)
        assert link.is_symlink()
        assert (tmp_path / "elsewhere" / "a").read_bytes() == content
    assert names(tmp_path / "elsewhere") == ["a"]


def test_a_long_name_can_be_written(tmp_path):
    path = tmp_path / ("é" * 120 + ".npz")
    write(path)
    assert names(tmp_path) == [path.name]


@posix
@pytest.mark.parametrize("path", ["folder", "folder/", "no/", ".", "file/a.npz", "file/a/b.npz"])
@pytest.mark.mistake
def test_a_path_that_cannot_be_a_file_is_refused(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(ValueError, match=r"is a folder; name a file in it|is a file, not a folder"):
        write(path)
    assert names(tmp_path) == ["file", "folder"]


@posix
@pytest.mark.mistake
def test_a_device_and_links_in_a_circle_are_refused(tmp_path):
    for name, other in ("ab", "ba"):
        (tmp_path / name).symlink_to(tmp_path / other)
    with pytest.raises(ValueError, match="is not an ordinary file"):
        write("/dev/null")
    if sys.version_info < (3, 13):  # later ones replace one of the links
        with pytest.raises(ValueError, match="leads nowhere"):
            write(tmp_path / "a")
    with pytest.raises(ValueError, match="leads nowhere"):
        write("~nobody-of-this-name/run.npz")


@pytest.mark.parametrize("path", ["", "a\0b"])
@pytest.mark.mistake
def test_a_path_without_a_name_is_refused(path):
    with pytest.raises(ValueError, match="needs the name of a file"):
        file_path(path)


@pytest.mark.parametrize("path", [None, 3, b"run.npz", ["run.npz"]])
@pytest.mark.mistake
def test_what_is_no_path_is_refused(path):
    with pytest.raises(TypeError, match="must be a string or a Path, got "):
        file_path(path)


@pytest.mark.mistake
def test_a_file_that_may_not_be_written_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path / "a")
    (tmp_path / "a").write_bytes(b"protected")
    with pytest.raises(ValueError, match="may not be written"):
        write(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"protected"


WRITER = """
import sys, time
from rnnlib.files import writing
path, letter, end = sys.argv[1], sys.argv[2].encode(), time.time() + 1.5
while time.time() < end:
    with writing(path) as file:
        for _ in range(50):
            file.write(letter * 1000)
"""


def test_nobody_ever_reads_a_mixture_of_two_writers(tmp_path):
    path, seen = tmp_path / "a", set()
    write(path, b"A" * 50_000)
    with run_python("-c", WRITER, path, "B") as one, run_python("-c", WRITER, path, "C") as two:
        while one.poll() is None or two.poll() is None:
            content = path.read_bytes()
            seen.add((content[:1], len(content), len(set(content))))
    assert (one.returncode, two.returncode) == (0, 0)
    assert seen <= {(letter, 50_000, 1) for letter in (b"A", b"B", b"C")}
    assert names(tmp_path) == ["a"]


@bug(
    "all writers share one unfinished file",
    "files._unfinished_name",
    "f'{_stem(path)}.{_host()}-{os.getpid()}-{os.urandom(4).hex()}.unfinished'",
    "f'{_stem(path)}.unfinished'",
)
def test_threads_write_to_one_path_at_once(tmp_path):
    path = tmp_path / "a"
    contents, written = [bytes([letter]) * 10_000 for letter in b"ABCD"], []

    def write_often(content):
        for _ in range(20):
            write(path, content)
            written.append(content)

    threads = [threading.Thread(target=write_often, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == 80
    assert path.read_bytes() in contents
    assert names(tmp_path) == ["a"]


@posix
def test_ctrl_c_in_a_write_leaves_nothing_behind(tmp_path):
    code = (
        "import sys, time\nfrom rnnlib.files import writing\n"
        "with writing(sys.argv[1]) as file:\n"
        "    print('held', flush=True)\n    time.sleep(60)\n"
    )
    with run_python("-c", code, tmp_path / "a", stderr=subprocess.DEVNULL) as process:
        assert process.stdout.readline() == "held\n"
        assert len(names(tmp_path)) == 1
        process.send_signal(signal.SIGINT)
        process.wait()
    assert names(tmp_path) == []
