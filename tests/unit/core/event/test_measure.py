"""measure(): the time of a block becomes a request event."""

import gevent
import pytest

from swarm.core.event import RequestEvent
from swarm.core.exception import RescheduleTask


@pytest.fixture
def event():
    return RequestEvent()


@pytest.fixture
def fired(event):
    seen = []
    event.add_listener(lambda **kwargs: seen.append(kwargs))
    return seen


def test_the_block_is_timed_in_milliseconds(event, fired):
    with event.measure("db", "find"):
        gevent.sleep(0.02)
    assert 19 <= fired[0]["response_time"] < 1000
    assert (fired[0]["request_type"], fired[0]["name"]) == ("db", "find")
    assert fired[0]["exception"] is None


def test_the_block_may_add_to_and_overwrite_the_arguments(event, fired):
    with event.measure("db", "find", response_length=3, context={"a": 1}) as request_meta:
        request_meta["response_length"] = 42
        request_meta["rows"] = 7
        request_meta["context"]["b"] = 2
    assert fired[0]["response_length"] == 42
    assert fired[0]["rows"] == 7
    assert fired[0]["context"] == {"a": 1, "b": 2}


def test_a_response_time_set_by_the_block_is_kept(event, fired):
    with event.measure("db", "find") as request_meta:
        request_meta["response_time"] = 5.0
    assert fired[0]["response_time"] == 5.0


def test_an_exception_marks_the_request_as_failed_and_goes_no_further(event, fired):
    error = ValueError("no such row")
    with event.measure("db", "find"):
        raise error
    assert fired[0]["exception"] is error


def test_control_flow_passes_and_leaves_no_row(event, fired):
    with pytest.raises(RescheduleTask), event.measure("db", "find"):
        raise RescheduleTask
    assert fired == []


def test_a_killed_greenlet_leaves_no_row(event, fired):
    def work():
        with event.measure("db", "find"):
            gevent.sleep(60)

    greenlet = gevent.spawn(work)
    gevent.sleep(0)
    greenlet.kill()
    assert fired == []


def test_the_start_is_given_in_seconds_since_the_epoch(event, fired):
    with event.measure("db", "find"):
        pass
    assert fired[0]["start_time"] > 1.7e9


def test_a_timeout_marks_the_request_as_failed_and_goes_on_to_whoever_set_it(event, fired):
    with gevent.Timeout(0.01, False) as limit:  # noqa: SIM117 - the limit is outside
        with event.measure("db", "find"):
            gevent.sleep(5)
    (request,) = fired
    assert request["exception"] is limit
    assert 9 <= request["response_time"] < 1000
