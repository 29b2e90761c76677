"""EventHook: listeners are called in order, and one that fails hurts nobody."""

import logging

import pytest

from swarm.core.event import EventHook
from swarm.core.exception import StopUser


def test_listeners_are_called_in_the_order_they_were_added():
    hook = EventHook()
    calls = []
    hook.add_listener(lambda **_: calls.append("first"))
    hook.add_listener(lambda **_: calls.append("second"))
    hook.fire()
    assert calls == ["first", "second"]


def test_reverse_calls_the_last_added_first():
    hook = EventHook()
    calls = []
    hook.add_listener(lambda **_: calls.append("first"))
    hook.add_listener(lambda **_: calls.append("second"))
    hook.fire(reverse=True)
    assert calls == ["second", "first"]


def test_keyword_arguments_reach_the_listener():
    hook = EventHook()
    seen = []

    @hook.add_listener
    def on_event(a, b, **kwargs):
        seen.append((a, b, kwargs))

    hook.fire(a="foo", b="bar", c=1)
    assert seen == [("foo", "bar", {"c": 1})]


def test_add_listener_returns_the_listener_so_that_it_decorates():
    hook = EventHook()

    def listener(**_):
        pass

    assert hook.add_listener(listener) is listener


def test_a_removed_listener_is_called_no_more():
    hook = EventHook()
    calls = []
    listener = hook.add_listener(lambda **_: calls.append(1))
    hook.remove_listener(listener)
    hook.fire()
    assert calls == []


def test_removing_a_stranger_is_an_error():
    with pytest.raises(ValueError, match="not in list"):
        EventHook().remove_listener(print)


def test_a_listener_that_raises_is_logged_and_counted_and_the_others_are_called(caplog):
    hook = EventHook()
    calls = []

    def broken(**_):
        raise ValueError("boom")

    hook.add_listener(broken)
    hook.add_listener(lambda **_: calls.append(1))
    with caplog.at_level(logging.ERROR):
        hook.fire()
    assert calls == [1]
    assert hook.failures == 1
    assert "broken" in caplog.text
    assert "boom" in caplog.text


def test_control_flow_passes_because_a_listener_may_steer_the_user():
    hook = EventHook()

    def stops(**_):
        raise StopUser

    hook.add_listener(stops)
    with pytest.raises(StopUser):
        hook.fire()
    assert hook.failures == 0


def test_a_listener_may_remove_itself_while_the_event_is_fired():
    hook = EventHook()
    calls = []

    def once(**_):
        calls.append("once")
        hook.remove_listener(once)

    hook.add_listener(once)
    hook.add_listener(lambda **_: calls.append("always"))
    hook.fire()
    hook.fire()
    assert calls == ["once", "always", "always"]


def test_a_listener_that_fails_all_the_time_does_not_flood_the_log(caplog):
    hook = EventHook()

    @hook.add_listener
    def broken(**_):
        raise ValueError("boom")

    with caplog.at_level(logging.ERROR):
        for _ in range(1000):
            hook.fire()
    assert hook.failures == 1000
    assert [bool(record.exc_info) for record in caplog.records] == [True] * 10 + [False] * 2
    assert caplog.messages[-1].endswith("broken has raised 1000 times by now")


def test_steering_waits_until_all_listeners_were_called():
    hook = EventHook()
    calls = []

    def steer(**_):
        calls.append("steer")
        raise StopUser

    hook.add_listener(steer)
    hook.add_listener(lambda **_: calls.append("other"))
    with pytest.raises(StopUser):
        hook.fire()
    assert calls == ["steer", "other"]
