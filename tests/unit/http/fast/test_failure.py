"""Whatever goes wrong is a failure row and a response with status 0, never a crash or a hang."""

import socket

import gevent
import pytest

from swarm.http.transport import error


def fails(session, events, path, kind, **kwargs):
    response = session.get(path, **kwargs)
    assert response.status_code == 0
    assert isinstance(response.error, kind), response.error
    assert events[-1]["exception"] is response.error
    return response.error


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/close-before-answer", error.NoAnswerError),
        ("/close-mid-head", error.ConnectionLostError),
        ("/close-mid-body", error.ConnectionLostError),
        ("/close-mid-chunk", error.ConnectionLostError),
        ("/reset", error.ConnectionLostError),
        ("/invalid-header", error.ProtocolError),
        ("/endless-head", error.ProtocolError),
        ("/endless-chunk-extension", error.ProtocolError),
        ("/endless-trailers", error.ProtocolError),
        ("/redirect-loop", error.TooManyRedirectsError),
        ("/redirect-to?url=http://[::1", error.InvalidRequestError),
        ("/redirect-to?url=ftp://127.0.0.1/", error.InvalidRequestError),
        ("/redirect-to?url=http://127.0.0.1:1/", error.RefusedError),
    ],
)
def test_an_answer_that_is_none(session, events, path, kind):
    fails(session, events, path, kind)
    assert session.get("/hello").ok


def test_a_refused_connection(make_session, events):
    message = fails(make_session("http://127.0.0.1:1"), events, "/", error.RefusedError)
    assert "127.0.0.1:1" in str(message)


def test_an_unknown_host_name(make_session, events):
    fails(make_session("http://no-such-host.invalid"), events, "/", error.ResolveError)


def test_a_server_that_does_not_answer_in_time(session, events):
    fails(session, events, "/delay/5", error.ReadTimeoutError, timeout=0.1)
    assert 90 < events[-1]["response_time"] < 2000


def test_the_network_timeout_of_the_session(make_session, events):
    session = make_session(network_timeout=0.1)
    fails(session, events, "/delay/5", error.ReadTimeoutError)
    assert session.get("/hello").ok


def test_the_read_timeout_counts_from_the_last_byte(session):
    assert session.get("/trickle/5/0.05", timeout=0.2).content == b"....."


def test_a_short_timeout_after_a_long_one_is_kept(session, events):
    session.get("/hello")
    fails(session, events, "/delay/5", error.ReadTimeoutError, timeout=(1, 0.1))
    session.get("/hello", timeout=None)
    fails(session, events, "/delay/5", error.ReadTimeoutError, timeout=0.05)


def test_a_connection_that_does_not_come_about_in_time(make_session, events):
    with socket.socket() as listener:  # its queue is filled, so that connects are not answered
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(2)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            session = make_session(f"http://127.0.0.1:{listener.getsockname()[1]}")
            fails(session, events, "/", error.ConnectTimeoutError, timeout=(0.1, 5))
        finally:
            for filler in fillers:
                filler.close()


def test_a_timeout_of_the_test_file_passes_and_frees_the_connection(make_session):
    session = make_session(concurrency=1)
    with pytest.raises(gevent.Timeout), gevent.Timeout(0.1):
        session.get("/delay/5")
    assert session.get("/hello").ok


def test_a_killed_greenlet_leaves_the_session_usable(make_session, events):
    session = make_session(concurrency=1)
    greenlet = gevent.spawn(session.get, "/delay/5")
    gevent.sleep(0.05)
    greenlet.kill()
    assert session.get("/hello").ok
    assert len(events) == 1


def test_retries_send_the_request_again(make_session, server, events):
    server.reset()
    session = make_session(max_retries=2)
    fails(session, events, "/close-before-answer", error.NoAnswerError)
    assert server.counters()["/close-before-answer"] == 3
    assert len(events) == 1


def test_no_retries_unless_asked_for(session, server, events):
    server.reset()
    fails(session, events, "/close-before-answer", error.NoAnswerError)
    assert server.counters()["/close-before-answer"] == 1


def test_error_statuses_are_failures_with_an_answer(session, events):
    assert session.get("/status/500").text == "status 500"
    assert str(events[0]["exception"]) == "500 Told So"


def test_a_session_whose_connections_are_all_taken_does_not_hang(make_session, events):
    session = make_session(concurrency=1, connection_timeout=0.1)
    kept = session.get("/big/10000000", stream=True)
    message = fails(session, events, "/hello", error.ConnectTimeoutError)
    assert "concurrency" in str(message)
    kept.close()
    assert session.get("/hello").ok
