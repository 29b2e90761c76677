"""One connection over a real pair of sockets."""

from time import perf_counter

import gevent
import pytest

from swarm.http.transport.connection import PlainConnection
from swarm.http.transport.error import NoAnswerError, ReadTimeoutError


@pytest.fixture
def connected(socket_pair):
    ours, theirs = socket_pair
    connection = PlainConnection(ours)
    yield connection, theirs
    connection.close()


def test_receive_waits_and_lets_others_run(connected):
    connection, theirs = connected
    gevent.spawn_later(0.02, theirs.send, b"late")
    assert connection.receive(5, perf_counter()) == b"late"


def test_receive_gives_nothing_once_the_peer_has_closed(connected):
    connection, theirs = connected
    theirs.close()
    assert connection.receive(5, perf_counter()) == b""


def test_a_wait_ends_with_its_timeout_and_the_next_has_its_own(connected):
    connection, theirs = connected
    for seconds in (0.05, 0.02, 0.1):
        started = perf_counter()
        with pytest.raises(ReadTimeoutError):
            connection.receive(seconds, started)
        assert seconds <= perf_counter() - started < seconds + 0.5
    theirs.send(b"x")
    assert connection.receive(0.5, perf_counter()) == b"x"


def test_one_alarm_serves_many_waits(connected):
    connection, theirs = connected
    alarms = set()
    for _ in range(5):
        theirs.send(b"x")
        connection.receive(60, perf_counter())
        alarms.add(id(connection._alarm))
    assert len(alarms) == 1


def test_an_alarm_that_goes_off_early_is_set_anew(connected):
    connection, theirs = connected
    theirs.send(b"x")
    connection.receive(0.05, perf_counter())
    gevent.sleep(0.03)
    gevent.spawn_later(0.05, theirs.send, b"in time")
    assert connection.receive(0.1, perf_counter()) == b"in time"


def test_an_idle_connection_does_not_time_out(connected):
    connection, theirs = connected
    theirs.send(b"x")
    connection.receive(0.02, perf_counter())
    gevent.sleep(0.05)
    theirs.send(b"y")
    assert connection.receive(0.5, perf_counter()) == b"y"


def test_no_timeout_means_for_ever(connected):
    connection, _theirs = connected
    with pytest.raises(gevent.Timeout), gevent.Timeout(0.05):
        connection.receive(None, perf_counter())


def test_send_waits_for_room(connected):
    connection, theirs = connected
    data = b"x" * 5_000_000
    sender = gevent.spawn(connection.send, data, 5)
    received = 0
    while received < len(data):
        gevent.sleep(0)
        try:
            received += len(theirs.recv(1_000_000))
        except BlockingIOError:
            continue
    sender.get(timeout=5)
    assert received == len(data)


def test_send_gives_up_when_nothing_is_taken(connected):
    connection, _ = connected
    with pytest.raises(ReadTimeoutError):
        connection.send(b"x" * 5_000_000, 0.05)


def test_sending_to_a_peer_that_is_gone_sends_nothing(connected):
    connection, theirs = connected
    theirs.close()
    with pytest.raises(NoAnswerError) as raised:
        connection.send(b"x", 1)
    assert not raised.value.sent


def test_staleness(connected):
    connection, theirs = connected
    assert not connection.is_stale()
    theirs.send(b"x")
    assert connection.is_stale()
    connection.receive(1, perf_counter())
    assert not connection.is_stale()
    theirs.close()
    assert connection.is_stale()


def test_closing_twice_is_fine(connected):
    connection, _ = connected
    connection.close()
    connection.close()


def test_a_killed_waiter_leaves_no_alarm_that_hits_others(connected):
    connection, _ = connected
    greenlet = gevent.spawn(connection.receive, 0.03, perf_counter())
    gevent.sleep(0)
    greenlet.kill()
    gevent.sleep(0.05)
    assert connection._waiting is None
