import pytest

from swarm.core.exception import (
    CatchResponseError,
    RescheduleTask,
    ResponseError,
    StopUser,
    SwarmError,
)
from swarm.http import ResponseContextManager


def test_without_a_verdict_the_status_decides(session, events):
    with session.get("/status/200", catch_response=True) as response:
        assert isinstance(response, ResponseContextManager)
        assert events == []
    with session.get("/status/404", catch_response=True):
        pass
    assert events[0]["exception"] is None
    assert isinstance(events[1]["exception"], ResponseError)
    assert str(events[1]["exception"]) == "404 Told So"


def test_failure_makes_a_good_answer_a_failure(session, events):
    with session.get("/hello", catch_response=True) as response:
        response.failure("Got wrong response")
    assert isinstance(events[0]["exception"], CatchResponseError)
    assert str(events[0]["exception"]) == "Got wrong response"


def test_failure_keeps_an_exception_as_it_is(session, events):
    error = ValueError("no good")
    with session.get("/hello", catch_response=True) as response:
        response.failure(error)
    assert events[0]["exception"] is error


def test_success_makes_a_bad_answer_a_success(session, events):
    with session.get("/status/500", catch_response=True) as response:
        response.success()
    assert events[0]["exception"] is None


def test_the_last_verdict_counts_and_there_is_one_row(session, events):
    with session.get("/hello", catch_response=True) as response:
        response.failure("first")
        response.success()
    assert [event["exception"] for event in events] == [None]


@pytest.mark.parametrize("error", [ValueError, RescheduleTask, StopUser, KeyboardInterrupt])
def test_an_exception_avoids_the_row_and_goes_on(session, events, error):
    with pytest.raises(error), session.get("/status/500", catch_response=True):
        raise error
    assert events == []


def test_a_verdict_before_an_exception_is_kept(session, events):
    def task():
        with session.get("/hello", catch_response=True) as response:
            response.failure("no good")
            raise RescheduleTask

    with pytest.raises(RescheduleTask):
        task()
    assert str(events[0]["exception"]) == "no good"


def test_raise_for_status_respects_the_verdict(session, events):
    with session.get("/hello", catch_response=True) as response:
        response.failure("important text was missing")
    with pytest.raises(CatchResponseError, match="important"):
        response.raise_for_status()
    with session.get("/status/500", catch_response=True) as response:
        response.success()
        response.raise_for_status()
    assert len(events) == 2


def test_raise_for_status_in_the_block_still_counts_the_request(session, events):
    with (
        pytest.raises(ResponseError),
        session.get("/status/503", catch_response=True) as response,
    ):
        response.raise_for_status()
    assert isinstance(events[0]["exception"], ResponseError)


def test_raise_for_status_without_a_block(session):
    session.get("/hello").raise_for_status()
    with pytest.raises(ResponseError, match="404"):
        session.get("/status/404").raise_for_status()


def test_request_meta_may_be_changed(session, events):
    with session.get("/hello", catch_response=True) as response:
        response.request_meta["name"] = "renamed"
        response.request_meta["context"]["requestId"] = 42
        response.request_meta["response_time"] = 1.5
    assert events[0]["name"] == "renamed"
    assert events[0]["context"] == {"requestId": 42}
    assert events[0]["response_time"] == 1.5


def test_the_time_of_the_block_is_not_counted(session, events):
    import time

    with session.get("/hello", catch_response=True):
        time.sleep(0.1)
    assert events[0]["response_time"] < 100


def test_a_verdict_outside_of_the_block_is_explained(session):
    response = session.get("/hello", catch_response=True)
    with pytest.raises(SwarmError, match="with-block"):
        response.failure("too early")


def test_a_verdict_after_the_block_is_logged_and_changes_nothing(session, events, caplog):
    with session.get("/hello", catch_response=True) as response:
        pass
    response.failure("too late")
    assert len(events) == 1
    assert "after the with-block of GET /hello" in caplog.text


def test_no_answer_is_a_failure_unless_the_block_says_otherwise(make_session, events):
    session = make_session("http://127.0.0.1:1")
    with session.get("/", catch_response=True) as response:
        assert response.status_code == 0
    with session.get("/", catch_response=True) as response:
        response.success()
    assert "refused" in str(events[0]["exception"])
    assert events[1]["exception"] is None


def test_a_body_that_cannot_be_decoded_is_a_failure_row(session, events):
    with (
        pytest.raises(Exception, match="gzip"),
        session.get("/encoded/gzip-garbage", catch_response=True) as response,
    ):
        response.text  # noqa: B018
    assert "gzip" in str(events[0]["exception"])
