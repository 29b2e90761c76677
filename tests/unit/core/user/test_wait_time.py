"""The ready-made wait times."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clock import FakeClock
from support.users import live
from swarm.core import (
    StopUser,
    TaskSet,
    User,
    between,
    constant,
    constant_pacing,
    constant_throughput,
    task,
)
from swarm.core.exception import TestFileError


class Waiting:
    """Anything can have a wait time."""

    def __init__(self, wait_time):
        self._wait_time = wait_time
        self._paced = None

    def wait_time(self):
        return self._wait_time(self)


@pytest.fixture
def clock(monkeypatch):
    clock = FakeClock()
    monkeypatch.setattr("swarm.core.user.wait_time.time", clock)
    return clock


def test_constant_is_always_the_same():
    waiting = Waiting(constant(3.5))
    assert [waiting.wait_time() for _ in range(3)] == [3.5] * 3


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_between_stays_within_its_limits(low, spread):
    waiting = Waiting(between(low, low + spread))
    assert all(low <= waiting.wait_time() <= low + spread for _ in range(20))


def test_between_uses_its_whole_range():
    waiting = Waiting(between(1, 3))
    times = [waiting.wait_time() for _ in range(2000)]
    assert min(times) < 1.1
    assert max(times) > 2.9
    assert 1.9 < sum(times) / len(times) < 2.1


def test_pacing_waits_for_the_rest_of_the_period(clock):
    waiting = Waiting(constant_pacing(10))
    waiting._paced = clock.monotonic()
    clock.advance(4)
    assert waiting.wait_time() == pytest.approx(6)


def test_pacing_does_not_drift_when_wake_ups_are_late(clock):
    waiting = Waiting(constant_pacing(10))
    waiting._paced = begin = clock.monotonic()
    for turn in itertools.count(1):
        clock.advance(1)
        wait = waiting.wait_time()
        assert clock.monotonic() + wait == pytest.approx(begin + 10 * turn)
        clock.advance(wait + 0.02)
        if turn == 20:
            break


def test_a_task_that_takes_longer_is_followed_at_once_and_not_made_up_for(clock):
    waiting = Waiting(constant_pacing(10))
    waiting._paced = clock.monotonic()
    clock.advance(25)
    assert waiting.wait_time() == 0
    clock.advance(1)
    assert waiting.wait_time() == pytest.approx(9)


def test_pacing_that_was_not_started_by_a_loop_begins_with_a_whole_period(clock):
    waiting = Waiting(constant_pacing(10))
    assert waiting.wait_time() == 10


def test_each_user_has_its_own_pace(clock):
    class Visitor(User):
        wait_time = constant_pacing(10)

    one, other = Visitor(None), Visitor(None)
    one._paced = clock.monotonic()
    clock.advance(3)
    other._paced = clock.monotonic()
    clock.advance(1)
    assert one.wait_time() == pytest.approx(6)
    assert other.wait_time() == pytest.approx(9)


def test_nested_task_sets_keep_the_pace_of_their_user(clock):
    class Visitor(User):
        wait_time = constant_pacing(10)

    class Forum(TaskSet): ...

    user = Visitor(None)
    user._paced = clock.monotonic()
    clock.advance(4)
    assert Forum(user).wait_time() == pytest.approx(6)
    clock.advance(6 + 1)
    assert Forum(Forum(user)).wait_time() == pytest.approx(9)


def test_throughput_is_the_inverse_of_pacing(clock):
    waiting = Waiting(constant_throughput(0.1))
    waiting._paced = clock.monotonic()
    clock.advance(4)
    assert waiting.wait_time() == pytest.approx(6)


def test_a_paced_user_starts_its_tasks_on_the_beat():
    class Visitor(User):
        wait_time = constant_pacing(0.03)

        def on_start(self):
            self.starts = []

        @task
        class Nested(TaskSet):
            @task
            def visit(self):
                import gevent

                from swarm.core.user.wait_time import time

                self.user.starts.append(time.monotonic())
                if len(self.user.starts) == 5:
                    raise StopUser
                gevent.sleep(0.01)

    starts = live(Visitor).starts
    assert starts[-1] - starts[0] == pytest.approx(4 * 0.03, abs=0.025)


@pytest.mark.parametrize("value", [-1, "3", None, float("nan"), float("inf"), True])
@pytest.mark.parametrize("make", [
    constant, constant_pacing, constant_throughput,
    lambda value: between(value, 5), lambda value: between(0, value),
])  # fmt: skip
def test_times_that_make_no_sense_are_refused(make, value):
    with pytest.raises(TestFileError, match="takes a number of 0 or more"):
        make(value)


def test_limits_in_the_wrong_order_are_refused_with_the_right_line():
    with pytest.raises(TestFileError, match="wrong order") as caught:
        between(5, 1)
    assert "between(1, 5)" in caught.value.hint


def test_a_throughput_of_0_is_refused():
    with pytest.raises(TestFileError, match="never run a task"):
        constant_throughput(0)
