"""The request event: recorders get it positionally, listeners by keyword."""

import pytest

from swarm.core.event import RequestEvent
from swarm.core.exception import StopUser

MINIMAL = {"request_type": "GET", "name": "/", "response_time": 1.5, "response_length": 11}


def listen(event):
    seen = []
    event.add_listener(lambda **kwargs: seen.append(kwargs))
    return seen


def test_recorders_get_the_figures_of_every_request():
    event = RequestEvent()
    rows = []
    event.add_recorder(lambda *row: rows.append(row))
    error = OSError("gone")
    event.fire(**MINIMAL)
    event.fire(**{**MINIMAL, "exception": error})
    assert rows == [("GET", "/", 1.5, 11, None), ("GET", "/", 1.5, 11, error)]


def test_a_detached_recorder_gets_nothing_and_detaching_twice_is_harmless():
    event = RequestEvent()
    rows = []

    def record(*row):
        rows.append(row)

    event.add_recorder(record)
    event.remove_recorder(record)
    event.remove_recorder(record)
    event.fire(**MINIMAL)
    assert rows == []


def test_a_bound_method_detaches_like_a_function():
    rows = []

    class Recorder:
        def record(self, *row):
            rows.append(row)

    event, recorder = RequestEvent(), Recorder()
    event.add_recorder(recorder.record)
    event.remove_recorder(recorder.record)
    event.fire(**MINIMAL)
    assert rows == []


def test_listeners_get_the_documented_arguments_with_an_empty_context():
    event = RequestEvent()
    seen = listen(event)
    event.fire(**MINIMAL)
    assert seen == [{**MINIMAL, "response": None, "context": {}, "exception": None}]


def test_start_time_and_url_are_passed_on_only_when_the_client_gives_them():
    event = RequestEvent()
    seen = listen(event)
    event.fire(**MINIMAL, start_time=12.0, url="http://host/")
    assert seen[0]["start_time"] == 12.0
    assert seen[0]["url"] == "http://host/"


def test_whatever_else_a_client_tells_reaches_the_listeners():
    event = RequestEvent()
    seen = listen(event)
    event.fire(**MINIMAL, tokens=7)
    assert seen[0]["tokens"] == 7


def test_a_missing_length_counts_as_nothing_in_the_statistics():
    event = RequestEvent()
    rows = []
    event.add_recorder(lambda *row: rows.append(row))
    event.fire(**{**MINIMAL, "response_length": None})
    assert rows[0][3] == 0


def test_a_failing_listener_is_counted_and_the_request_is_still_recorded():
    event = RequestEvent()
    rows = []
    event.add_recorder(lambda *row: rows.append(row))
    event.add_listener(lambda **_: 1 / 0)
    later = listen(event)
    event.fire(**MINIMAL)
    assert len(rows) == 1
    assert len(later) == 1
    assert event.failures == 1


def test_a_listener_may_stop_the_user():
    event = RequestEvent()

    def stop(**_):
        raise StopUser

    event.add_listener(stop)
    with pytest.raises(StopUser):
        event.fire(**MINIMAL)


def test_a_fire_without_the_required_arguments_is_an_error_of_the_client():
    with pytest.raises(TypeError, match="response_time"):
        RequestEvent().fire(request_type="GET", name="/")
