import gevent

from support.clock import FakeClock
from support.wait import until
from swarm.core.clock import SystemClock
from swarm.core.runners.spawning import InterruptibleClock


def test_the_time_is_that_of_the_clock_beneath():
    beneath = FakeClock()
    clock = InterruptibleClock(beneath)
    beneath.advance(5)
    assert clock.monotonic() == beneath.monotonic()
    assert clock.time() == beneath.time()


def test_a_sleep_ends_when_interrupted():
    clock = InterruptibleClock(SystemClock())
    sleeping = gevent.spawn(clock.sleep, 50)
    gevent.sleep(0)
    clock.interrupt()
    sleeping.get(timeout=1)


def test_an_interruption_between_two_sleeps_ends_the_next_one_only():
    clock = InterruptibleClock(SystemClock())
    clock.interrupt()
    gevent.spawn(clock.sleep, 50).get(timeout=1)
    second = gevent.spawn(clock.sleep, 0.02)
    gevent.sleep(0)
    assert not second.ready()
    until(second.ready)


def test_a_sleep_of_no_time_lets_others_run():
    clock, ran = InterruptibleClock(SystemClock()), []
    gevent.spawn(ran.append, 1)
    clock.sleep(0)
    assert ran == [1]
