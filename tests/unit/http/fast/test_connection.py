"""Connections: kept, closed, shared, stale."""

import gc
import weakref

import gevent
import gevent.pool
import pytest
from geventhttpclient.client import HTTPClientPool

from swarm.core.event import RequestEvent
from swarm.http import FastHttpSession
from swarm.http.transport.address import parse_url
from swarm.http.transport.error import NoAnswerError


def connection(session, **kwargs):
    return session.get("/echo", **kwargs).json()["connection"]


def test_a_session_uses_its_connection_again(session):
    assert len({connection(session) for _ in range(5)}) == 1


def test_a_connection_outlives_every_kind_of_answer(session):
    first = connection(session)
    for path in (
        "/status/204",
        "/status/304",
        "/status/404",
        "/chunked",
        "/interim",
        "/big/300000",
    ):
        session.get(path)
    session.head("/hello")
    assert connection(session) == first


def test_connection_close_of_the_request_is_honoured(session):
    first = connection(session, headers={"Connection": "close"})
    assert connection(session) != first


def test_connection_close_of_the_answer_is_honoured(session):
    first = connection(session)
    session.get("/close")
    assert connection(session) != first


@pytest.mark.parametrize("path", ["/until-close", "/http10", "/pipelined-garbage"])
def test_an_answer_that_ends_the_connection_is_complete_all_the_same(session, path):
    first = connection(session)
    assert session.get(path).ok
    assert connection(session) != first


def test_the_documented_way_to_close_connections(session):
    first = connection(session)
    session.client.clientpool.close()
    assert connection(session) != first


def test_a_closed_session_can_be_used_again(session):
    first = connection(session)
    session.close()
    assert connection(session) != first


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_a_stale_connection_is_replaced_unnoticed(session, method):
    session.get("/close-silently")
    assert session.request(method, "/hello").ok


def test_a_post_is_not_sent_over_a_connection_that_the_server_has_closed(session, server):
    session.get("/close-silently")
    gevent.sleep(0.05)  # until the farewell has arrived
    server.reset()
    assert session.post("/echo", data=b"once").json()["body"] == "once"
    assert server.counters()["/echo"] == 1


def test_a_post_that_may_have_been_acted_on_is_not_repeated(session, server):
    session.get("/hello")
    server.reset()
    assert isinstance(session.post("/close-if-reused").error, NoAnswerError)
    assert server.counters()["/close-if-reused"] == 1


def test_a_get_that_a_kept_connection_loses_is_repeated_once(session, server):
    session.get("/hello")
    server.reset()
    assert session.get("/close-if-reused").text == "fresh"
    assert server.counters()["/close-if-reused"] == 2


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(session):
    assert session.get("/unsolicited").text == "asked"
    gevent.sleep(0.1)
    assert session.get("/hello").text == "hello world"


def test_greenlets_of_one_session_have_a_connection_each(make_session, server):
    session = make_session(concurrency=5)
    group = gevent.pool.Group()
    server.reset()
    group.map(lambda _: session.get("/delay/0.05"), range(10))
    assert server.counters()["connections"] == 6  # one of them asks for the counters


def test_killed_waiters_do_not_lose_the_turn_of_others(make_session):
    session = make_session(concurrency=1)
    holder = gevent.spawn(session.get, "/delay/0.1")
    gevent.sleep(0)
    waiters = [gevent.spawn(session.get, "/hello") for _ in range(3)]
    gevent.sleep(0)
    waiters[0].kill()
    gevent.joinall([holder, *waiters[1:]], timeout=5)
    assert all(greenlet.value.ok for greenlet in (holder, *waiters[1:]))


def test_those_who_wait_for_a_connection_get_it_in_turn(make_session):
    pool = HTTPClientPool(concurrency=1)
    turns = []

    def ask(user):
        session = make_session(client_pool=pool)
        for _ in range(3):
            assert session.get("/hello").ok
            turns.append(user)

    gevent.joinall([gevent.spawn(ask, user) for user in range(5)], raise_error=True)
    assert turns == list(range(5)) * 3


def test_the_wait_for_a_turn_is_no_part_of_the_network_timeout(make_session):
    session = make_session(concurrency=1, network_timeout=0.4)
    first = gevent.spawn(session.get, "/delay/0.25")
    gevent.sleep(0)
    assert session.get("/delay/0.25").ok
    assert first.get().ok


def test_a_connection_that_died_while_it_was_handed_on_is_replaced(make_session):
    session = make_session(concurrency=1)
    requests = [gevent.spawn(session.get, path) for path in ("/close-silently", "/hello")]
    assert all(request.get().ok for request in requests)


def test_a_client_pool_shares_its_connections(make_session, server):
    pool = HTTPClientPool(concurrency=2)
    sessions = [make_session(client_pool=pool) for _ in range(6)]
    server.reset()
    gevent.pool.Group().map(lambda session: session.get("/delay/0.03"), sessions)
    assert server.counters()["connections"] == 3
    before = connection(sessions[0])
    pool.close()
    assert connection(sessions[0]) != before


def test_the_arguments_of_a_client_pool_count(make_session):
    pool = HTTPClientPool(concurrency=3, network_timeout=0.1, connection_timeout=7)
    settings = make_session(client_pool=pool).client.clientpool.settings
    assert (settings.concurrency, settings.connection_timeout) == (3, 7)
    assert "timeout" in str(make_session(client_pool=pool).get("/delay/5").error)


@pytest.mark.parametrize("caught", [True, False])
@pytest.mark.parametrize(
    "url", ["/hello", "/close-mid-body", "/invalid-header", "/redirect-loop", "http://127.0.0.1:1/"]
)
def test_a_session_is_gone_the_moment_nobody_uses_it(server, url, caught):
    session = FastHttpSession(server.url, RequestEvent(), None)
    session.get("/hello")
    socket = weakref.ref(session.client.clientpool.to(parse_url(server.url).origin).idle[0]._sock)
    gc.collect()
    gc.disable()
    try:
        response = session.get(url, catch_response=caught)
        if caught:
            with response:
                pass
        del session, response
        assert socket() is None
    finally:
        gc.enable()


def test_a_client_pool_may_say_what_else_matters(make_session, server):
    pool = HTTPClientPool(insecure=False)
    assert "not trusted" in str(make_session(client_pool=pool).get(f"{server.tls_url}/").error)
    pool = HTTPClientPool(proxy_host="127.0.0.1", proxy_port=server.proxy_port)
    server.reset()
    assert make_session(client_pool=pool).get("/hello").ok
    assert server.counters()["proxied"] == 1


def test_a_pool_of_another_session_can_be_shared(make_session):
    first = make_session()
    second = make_session(client_pool=first.client.clientpool)
    assert connection(first) == connection(second)


def test_the_session_knows_its_user_while_there_is_one(make_session):
    from swarm.core import User

    class Someone(User):
        abstract = True

    user = Someone(None)
    session = make_session(user=user)
    assert session.user is user
    del user
    assert session.user is None
