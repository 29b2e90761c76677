import gc
import time
import weakref
from contextlib import suppress

import gevent
import pytest
from gevent.event import Event

import swarm.core.runners as settings
from support.wait import until
from swarm.core import User, constant, task


@pytest.fixture
def short_limit(monkeypatch):
    monkeypatch.setattr(settings, "ON_STOP_LIMIT", 0.2)


class Noting(User):
    """Notes what becomes of it."""

    wait_time = constant(100)
    notes: list

    def on_stop(self):
        self.notes.append("on_stop")

    @task
    def idle(self):
        pass


def noting(**members):
    return type("Noted", (Noting,), {"notes": [], "__module__": __name__, **members})


def busy(seconds):
    @task
    def work(self):
        self.notes.append("begun")
        gevent.sleep(seconds)
        self.notes.append("done")

    return work


def stopped_after(runner, cls, ready=1):
    """Start two users, wait until both have begun, and return how long stopping takes."""
    runner.start(2, 1000, wait=True)
    until(lambda: cls.notes.count("begun") == 2 or not ready)
    gevent.sleep(0.005)
    began = time.monotonic()
    runner.stop()
    assert runner.user_count == 0
    return time.monotonic() - began


def test_without_a_timeout_busy_users_are_ended_in_their_task(local):
    cls = noting(idle=busy(50))
    assert stopped_after(local(cls), cls) < 2
    assert cls.notes == ["begun", "begun", "on_stop", "on_stop"]


def test_with_a_timeout_busy_users_finish_their_task(local):
    cls = noting(idle=busy(0.1))
    assert 0.05 < stopped_after(local(cls, stop_timeout=5), cls) < 3
    assert sorted(cls.notes) == ["begun", "begun", "done", "done", "on_stop", "on_stop"]


def test_after_the_timeout_they_are_ended_in_their_task(local):
    cls = noting(idle=busy(50))
    assert 0.1 <= stopped_after(local(cls, stop_timeout=0.1), cls) < 2
    assert cls.notes == ["begun", "begun", "on_stop", "on_stop"]


def test_users_that_wait_are_ended_at_once_even_with_a_timeout(local):
    cls = noting()
    runner = local(cls, stop_timeout=30)
    assert stopped_after(runner, cls, ready=0) < 5
    assert cls.notes == ["on_stop", "on_stop"]


def test_an_on_stop_that_raises_is_no_obstacle(local, caplog):
    def on_stop(self):
        raise ValueError("cannot log out")

    cls = noting(on_stop=on_stop)
    assert stopped_after(local(cls), cls, ready=0) < 2
    assert "cannot log out" in caplog.text


def test_an_on_stop_that_hangs_is_ended_with_a_warning(local, caplog, short_limit):
    cls = noting(on_stop=lambda self: gevent.sleep(50))
    assert 0.2 <= stopped_after(local(cls), cls, ready=0) < 5
    assert "2 users (Noted) had not ended after 0.2 s, in on_stop" in caplog.text


def test_an_on_stop_under_way_is_not_cut_short_by_the_stop_timeout(local):
    finished = []

    def on_stop(self):
        gevent.sleep(0.1)
        finished.append(self)

    cls = noting(idle=busy(0.02), on_stop=on_stop)
    stopped_after(local(cls, stop_timeout=0.05), cls)
    assert len(finished) == 2


def test_users_that_cannot_be_ended_are_left_to_themselves(local, caplog, monkeypatch, short_limit):
    monkeypatch.setattr("swarm.core.runners.stopping._LAST_WORDS", 0.05)
    free = Event()

    def on_stop(self):
        while not free.is_set():
            with suppress(gevent.GreenletExit):
                free.wait()

    cls = noting(on_stop=on_stop)
    runner = local(cls)
    stopped_after(runner, cls, ready=0)
    assert "2 users catch GreenletExit" in caplog.text
    free.set()
    gevent.sleep(0)


def test_a_stop_of_the_users_own_that_raises_does_not_keep_it_alive(local, caplog):
    def stop(self, force=False):
        raise ValueError("will not")

    cls = noting(stop=stop)
    assert stopped_after(local(cls), cls, ready=0) < 2
    assert "stop() of Noted raised" in caplog.text


def test_ramping_down_waits_for_nobody_and_counts_the_leaving_until_they_are_gone(local):
    cls = noting(idle=busy(0.4))
    runner = local(cls, stop_timeout=5)
    runner.start(4, 1000, wait=True)
    until(lambda: cls.notes.count("begun") == 4)
    complete = []
    runner.environment.events.spawning_complete.add_listener(
        lambda user_count, **_: complete.append(user_count)
    )
    began = time.monotonic()
    runner.start(1, 1000, wait=True)
    assert time.monotonic() - began < 0.35
    assert complete == [1]
    assert runner.user_count == 4
    until(lambda: runner.user_count == 1)
    assert cls.notes.count("on_stop") == 3
    assert cls.notes.count("done") >= 3


def test_users_that_are_leaving_are_not_reckoned_with_when_the_load_goes_up_again(local):
    cls = noting(idle=busy(0.4))
    runner = local(cls, stop_timeout=5)
    runner.start(4, 1000, wait=True)
    until(lambda: cls.notes.count("begun") == 4)
    runner.start(1, 1000, wait=True)
    runner.start(3, 1000, wait=True)
    assert runner.user_count == 6
    until(lambda: runner.user_count == 3)


def test_on_start_is_ended_too(local):
    def on_start(self):
        self.notes.append("begun")
        gevent.sleep(50)

    cls = noting(on_start=on_start)
    assert stopped_after(local(cls), cls) < 2
    assert cls.notes.count("begun") == 2


def test_ended_users_are_gone_without_the_garbage_collector(local):
    runner = local(noting())
    gc.collect()
    gc.disable()
    try:
        users = [*map(weakref.ref, runner.spawn_users({"Noted": 5}))]
        gevent.sleep(0.05)
        runner.stop()

        assert [user() for user in users] == [None] * 5
    finally:
        gc.enable()
