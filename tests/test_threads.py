"""One thread for matrix products while something runs, and what was there before afterwards."""

import itertools
import threading

import pytest
from planted import bug

import rnnlib.threads
from rnnlib.threads import VARIABLES, SharedSetting, cores, one_blas_thread, set_by_hand


class Light:
    """Something that is on or off, and counts how often it was switched."""

    def __init__(self):
        self.on, self.switched = False, 0

    def change(self):
        """Switch on; return what switches off."""
        self.on, self.switched = True, self.switched + 1
        return self.off

    def off(self):
        """Switch off."""
        self.on = False


@bug(
    "the first to leave undoes it",
    "threads.SharedSetting.__call__",
    "self._users -= 1",
    "self._users = 0",
)
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_last_to_leave_undoes_the_setting(order):
    light = Light()
    setting = SharedSetting(light.change)
    for _ in range(2):
        entered = [setting() for _ in range(3)]
        for context in entered:
            context.__enter__()
            assert light.on
        for i in order:
            assert light.on
            entered[i].__exit__(None, None, None)
        assert not light.on
    assert light.switched == 2


def test_threads_that_overlap_leave_the_setting_as_it_was():
    light = Light()
    setting = SharedSetting(light.change)

    def work():
        for _ in range(200):
            with setting():
                assert light.on

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not light.on


def test_an_error_inside_undoes_the_setting():
    light = Light()
    setting = SharedSetting(light.change)
    with pytest.raises(ZeroDivisionError), setting():
        1 / 0  # noqa: B018
    assert not light.on


@pytest.fixture
def free(monkeypatch):
    """No number is set in the environment; return the numbers of threads of all libraries."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    threadpoolctl = pytest.importorskip("threadpoolctl")
    with threadpoolctl.threadpool_limits(max(cores(), 2), "blas"):
        yield rnnlib.threads._blas_threads


def test_products_take_one_thread_inside_and_as_many_as_before_outside(free):
    before = free()
    with one_blas_thread(), one_blas_thread():
        assert set(free()) == {1}
    assert free() == before
    assert not set_by_hand()


@bug("the environment is not asked", "threads.set_by_hand", "os.environ.get(name)", "False")
@pytest.mark.parametrize("name", VARIABLES)
def test_a_number_in_the_environment_is_respected(name, free, monkeypatch):
    monkeypatch.setenv(name, "2")
    before = free()
    with one_blas_thread():
        assert free() == before


@bug("limits are not seen", "threads.set_by_hand", "1 < n < cores()", "False")
def test_a_limit_by_hand_is_respected(free, monkeypatch):
    before = free()
    monkeypatch.setattr(rnnlib.threads, "cores", lambda: 8)
    assert set_by_hand()
    with one_blas_thread():
        assert free() == before


def test_without_threadpoolctl_nothing_is_limited_and_nothing_fails(free, monkeypatch):
    before = free()
    monkeypatch.setattr(rnnlib.threads, "_controller", lambda: None)
    with one_blas_thread():
        pass
    monkeypatch.undo()
    assert free() == before
