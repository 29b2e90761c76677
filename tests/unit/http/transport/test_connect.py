import errno
import socket

import gevent
import pytest

from swarm.http.transport.address import Origin
from swarm.http.transport.connect import Connector, Proxy, Settings, _explained
from swarm.http.transport.error import (
    ConnectError,
    ConnectTimeoutError,
    ProxyError,
    RefusedError,
    ResolveError,
    TLSError,
)

CONNECTOR = Connector(Settings())


@pytest.mark.parametrize(
    ("code", "kind", "hint"),
    [
        (errno.ECONNREFUSED, RefusedError, "refused"),
        (errno.ETIMEDOUT, ConnectTimeoutError, "timed out"),
        (errno.EMFILE, ConnectError, "ulimit -n"),
        (errno.EADDRNOTAVAIL, ConnectError, "ip_local_port_range"),
        (errno.EHOSTUNREACH, ConnectError, "route"),
    ],
)
def test_what_the_system_says_is_put_in_words(code, kind, hint):
    failure = OSError(code, "No route to host")
    error = _explained(failure, "example.com", 80)
    assert type(error) is kind
    assert hint in str(error)
    assert error.__cause__ is failure


def test_a_name_without_addresses():
    assert isinstance(_explained(None, "example.com", 80), ResolveError)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example", "."])
def test_names_that_cannot_be_resolved(host):
    with pytest.raises(ResolveError, match="host name"):
        CONNECTOR.open(Origin("http", host, 80), 5)


def test_a_name_with_several_addresses_is_tried_through(server):
    connection = CONNECTOR.open(Origin("http", "localhost", server.port), 5)
    connection.close()


def test_a_timeout_of_somebody_else_passes(server):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        origin = Origin("https", "127.0.0.1", silent.getsockname()[1])
        with pytest.raises(gevent.Timeout), gevent.Timeout(0.05):
            CONNECTOR.open(origin, 5)
        with pytest.raises(ConnectTimeoutError, match=r"0\.05 s"):
            CONNECTOR.open(origin, 0.05)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200", b"x" * 100_000])
def test_a_proxy_that_makes_no_sense(answer):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)

        def serve():
            client, _ = listener.accept()
            client.recv(1000)
            client.sendall(answer)
            client.close()

        greenlet = gevent.spawn(serve)
        connector = Connector(Settings(proxy=Proxy("127.0.0.1", listener.getsockname()[1])))
        with pytest.raises(ProxyError):
            connector.open(Origin("https", "example.com", 443), 5)
        greenlet.join(5)


def test_a_context_factory_is_called_once():
    made = []
    connector = Connector(Settings(ssl_context_factory=lambda: made.append(1) or made))
    assert connector.tls_context() is connector.tls_context()
    assert made == [1]


def test_a_context_factory_that_fails():
    def factory():
        raise ValueError("no")

    with pytest.raises(TLSError, match="ssl_context_factory"):
        Connector(Settings(ssl_context_factory=factory)).tls_context()
