"""Sleeping."""

import time

import gevent
import pytest

from swarm.core.user.pause import sleep


def test_others_run_while_one_sleeps():
    order = []

    def run(name, seconds):
        order.append(name)
        sleep(seconds)
        order.append(name)

    gevent.joinall([gevent.spawn(run, "a", 0.02), gevent.spawn(run, "b", 0.01)], raise_error=True)
    assert order == ["a", "b", "b", "a"]


@pytest.mark.parametrize("seconds", [0, -1])
def test_no_time_at_all_gives_way_once(seconds):
    seen = []
    gevent.spawn(seen.append, 1)
    sleep(seconds)
    assert seen == [1]


def test_a_sleep_takes_its_time_even_after_a_long_computation():
    deadline = time.monotonic() + 0.05
    while time.monotonic() < deadline:
        pass
    begin = time.monotonic()
    sleep(0.05)
    assert 0.049 < time.monotonic() - begin < 0.2


def test_a_sleeper_can_be_killed():
    greenlet = gevent.spawn(sleep, 60)
    gevent.sleep(0)
    greenlet.kill(timeout=1)
    assert isinstance(greenlet.value, gevent.GreenletExit)


def test_a_timeout_ends_a_sleep():
    with pytest.raises(gevent.Timeout), gevent.Timeout(0.01):
        sleep(60)


def test_a_stray_switch_does_not_end_a_sleep():
    def run():
        begin = time.monotonic()
        sleep(0.03)
        return time.monotonic() - begin

    greenlet = gevent.spawn(run)
    gevent.sleep(0)
    gevent.get_hub().loop.run_callback(greenlet.switch)
    assert greenlet.get(timeout=1) > 0.029
