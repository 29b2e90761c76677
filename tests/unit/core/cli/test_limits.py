"""The limit of open files."""

import resource

import pytest

from swarm.core.cli import limits

UNLIMITED = resource.RLIM_INFINITY


class _System:
    """Stands for the kernel: who may raise what is its decision, not swarm's."""

    def __init__(self, soft, hard, *, privileged=False):
        self.limits = (soft, hard)
        self.privileged = privileged

    def getrlimit(self, _which):
        return self.limits

    def setrlimit(self, _which, wanted):
        soft, hard = wanted
        allowed = self.limits[1]
        higher = allowed not in (UNLIMITED, hard) and (hard == UNLIMITED or hard > allowed)
        if higher and not self.privileged:
            raise ValueError("not allowed to raise maximum limit")
        assert hard == UNLIMITED or soft <= hard
        self.limits = wanted


@pytest.fixture
def system(monkeypatch):
    def install(*args, **kwargs):
        system = _System(*args, **kwargs)
        monkeypatch.setattr(limits.resource, "getrlimit", system.getrlimit)
        monkeypatch.setattr(limits.resource, "setrlimit", system.setrlimit)
        return system

    return install


def test_a_generous_limit_is_left_alone(system):
    kernel = system(20_000, 40_000)
    assert limits.raise_open_files_limit(10_000) == 20_000
    assert kernel.limits == (20_000, 40_000)


def test_no_limit_is_left_alone(system):
    assert system(UNLIMITED, UNLIMITED).limits[0] == limits.raise_open_files_limit(10_000)


def test_a_small_limit_is_raised_and_the_hard_one_kept(system, caplog):
    kernel = system(1024, 40_000)
    assert limits.raise_open_files_limit(10_000) == 10_000
    assert kernel.limits == (10_000, 40_000)
    assert caplog.text == ""


def test_an_unlimited_hard_limit_stays_unlimited(system):
    kernel = system(1024, UNLIMITED)
    limits.raise_open_files_limit(10_000)
    assert kernel.limits == (10_000, UNLIMITED)


def test_a_privileged_process_lifts_the_hard_limit(system):
    kernel = system(1024, 4096, privileged=True)
    assert limits.raise_open_files_limit(10_000) == 10_000
    assert kernel.limits == (10_000, 10_000)


def test_what_the_system_grants_is_taken_and_the_rest_is_a_warning(system, caplog):
    kernel = system(1024, 4096)
    assert limits.raise_open_files_limit(10_000) == 4096
    assert kernel.limits == (4096, 4096)
    assert "no more than 4096 files" in caplog.text
    assert "ulimit -n 10000" in caplog.text


def test_the_limit_of_this_process_can_be_asked_for():
    # the real thing: a limit that certainly holds already needs no rights
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert limits.raise_open_files_limit(1) == soft
