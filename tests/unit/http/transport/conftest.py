import swarm.core  # noqa: F401, I001 - patches before socket is used

import gevent
import pytest

from swarm.http.transport.address import Origin
from swarm.http.transport.connect import Settings
from swarm.http.transport.connection import PlainConnection, PlainSocket
from swarm.http.transport.pool import ConnectionPool

ORIGIN = Origin("http", "example.com", 80)


@pytest.fixture(scope="session")
def answered():
    """Exchange a request with a peer that sends given pieces and may then close.

    The peer is the other end of a real pair of sockets. Returns head and body, or
    raises what the exchange raises, and whether the connection was kept.
    """
    from swarm.http.transport.exchange import _over

    def ask(pieces, *, method="GET", closes=True, stream=False):
        ours, theirs = _socket_pair()
        pool = ConnectionPool(Settings(network_timeout=5)).to(ORIGIN)
        pool._opened = 1

        def answer():
            gevent.sleep(0)
            theirs.recv(1000)  # what is unread when it closes would make that a reset
            for piece in pieces:
                theirs.send(piece)
                gevent.sleep(0)
            if closes:
                theirs.close()

        greenlet = gevent.spawn(answer)
        try:
            head, body = _over(
                pool, PlainConnection(ours), method, b"GET / HTTP/1.1\r\n\r\n", None, 5, 0, stream
            )
            return head, body, bool(pool.idle)
        finally:
            greenlet.join(5)
            theirs.close()
            pool.close()
            assert pool._opened == 0 or stream

    return ask


def _socket_pair():
    import socket

    ours, theirs = socket.socketpair()
    pair = tuple(PlainSocket(fileno=end.detach()) for end in (ours, theirs))
    for end in pair:
        end.settimeout(0)
    return pair


@pytest.fixture
def socket_pair():
    pair = _socket_pair()
    yield pair
    for end in pair:
        end.close()
