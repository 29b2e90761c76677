"""Opening connections: names, addresses, proxies, TLS."""

import errno
import os
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass
from ipaddress import ip_address
from time import perf_counter
from typing import Any

import gevent
import gevent.socket
from gevent.hub import get_hub

from swarm.http.transport.address import Origin
from swarm.http.transport.connection import Connection, PlainConnection, PlainSocket
from swarm.http.transport.error import (
    ConnectError,
    ConnectTimeoutError,
    ProxyError,
    RefusedError,
    ResolveError,
    TLSError,
)
from swarm.http.transport.tls import SSLContextFactory, start_tls, tls_context

_WRITE = 2
_OK = 200


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None

    @property
    def authorization(self) -> str | None:
        """The value of the Proxy-Authorization header, if the proxy has credentials."""
        if self.user is None:
            return None
        token = b64encode(f"{self.user}:{self.password or ''}".encode()).decode()
        return f"Basic {token}"


@dataclass(frozen=True, slots=True)
class Settings:
    """How connections are made. One object serves many sessions."""

    connection_timeout: float | None = 60.0
    """Seconds for name, connection, proxy and TLS handshake together."""
    network_timeout: float | None = 60.0
    """Seconds without a byte from the server."""
    concurrency: int = 10
    """Connections to one origin at a time."""
    ssl_context_factory: SSLContextFactory | None = None
    """Makes the TLS context; by default one that trusts any server."""
    proxy: Proxy | None = None


def _insecure_context() -> ssl.SSLContext:
    return tls_context(verify=False)


class Connector:
    """Opens connections for the sessions that share its settings.

    Args:
        settings: How connections are made.
    """

    __slots__ = ("_context", "settings")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._context: ssl.SSLContext | None = None

    def open(self, origin: Origin, timeout: float | None) -> Connection:
        """Connect to `origin` within `timeout` seconds (None for ever).

        Raises:
            ConnectError: Of one kind or another.
        """
        context = self.tls_context() if origin.secure else None
        return open_connection(origin, self.settings.proxy, context, timeout)

    def tls_context(self) -> ssl.SSLContext:
        """Return what the factory made, once.

        Raises:
            TLSError: If the factory cannot make one.
        """
        if self._context is None:
            factory = self.settings.ssl_context_factory or _insecure_context
            try:
                self._context = factory()
            except (OSError, ValueError) as error:
                raise TLSError(f"The ssl_context_factory failed: {error}") from error
        return self._context


def open_connection(
    origin: Origin, proxy: Proxy | None, context: ssl.SSLContext | None, timeout: float | None
) -> Connection:
    """Connect to `origin`.

    Args:
        origin: Where to.
        proxy: What to go through, if anything.
        context: For TLS; None without it.
        timeout: Seconds for all of it; None for ever.

    Raises:
        ConnectError: Of one kind or another.
    """
    host, port = (proxy.host, proxy.port) if proxy else (origin.host, origin.port)
    expired = gevent.Timeout(timeout)
    expired.start()
    try:
        connection = _connect(host, port)
        try:
            if context is None:
                return connection
            if proxy:
                _tunnel(connection, origin, proxy)
            family = connection.family
            descriptor = connection.detach()
        except BaseException:
            connection.close()
            raise
        return start_tls(descriptor, family, context, origin.host)
    except gevent.Timeout as error:
        if error is not expired:
            raise
        raise ConnectTimeoutError(f"No connection to {host}:{port} within {timeout} s.") from None
    finally:
        expired.close()


def _connect(host: str, port: int) -> PlainConnection:
    """Try the host's addresses in turn and return the first connection."""
    failure: OSError | None = None
    for family, address in _addresses(host, port):
        sock = PlainSocket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(0)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _finish_connect(sock, address)
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return PlainConnection(sock)
    raise _explained(failure, host, port)


def _finish_connect(sock: socket.socket, address: Any) -> None:
    code = sock.connect_ex(address)
    if code == errno.EINPROGRESS:
        hub = get_hub()
        writer = hub.loop.io(sock.fileno(), _WRITE)
        try:
            hub.wait(writer)
        finally:
            writer.stop()
            writer.close()
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def _addresses(host: str, port: int) -> list[tuple[int, Any]]:
    try:
        version = ip_address(host).version
    except ValueError:
        pass
    else:  # the resolver's thread is spared
        if version == 4:  # noqa: PLR2004 - IPv4
            return [(socket.AF_INET, (host, port))]
        return [(socket.AF_INET6, (host, port, 0, 0))]
    try:
        host.encode("idna")  # gevent's resolver would print its own traceback of this error
        found = gevent.socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ResolveError(f"The host name {host!r} cannot be resolved: {reason}.") from error
    return [(entry[0], entry[4]) for entry in found]


def _explained(failure: OSError | None, host: str, port: int) -> ConnectError:
    if failure is None:
        return ResolveError(f"The host name {host!r} has no address.")
    error: ConnectError
    if failure.errno == errno.ECONNREFUSED:
        error = RefusedError(f"The connection to {host}:{port} was refused.")
    elif failure.errno == errno.ETIMEDOUT:
        error = ConnectTimeoutError(f"The connection to {host}:{port} timed out.")
    elif failure.errno in {errno.EMFILE, errno.ENFILE}:
        error = ConnectError(
            "The limit of open files of this machine is reached: raise it with 'ulimit -n'."
        )
    elif failure.errno == errno.EADDRNOTAVAIL:
        error = ConnectError(
            f"No local port is left for a connection to {host}:{port}: reuse connections, or "
            "widen net.ipv4.ip_local_port_range."
        )
    else:
        error = ConnectError(f"No connection to {host}:{port}: {failure.strerror or failure}.")
    error.__cause__ = failure
    return error


def _tunnel(connection: PlainConnection, origin: Origin, proxy: Proxy) -> None:
    """Have the proxy connect through to `origin`."""
    authority = f"{origin.bracketed_host}:{origin.port}"
    request = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n"
    if proxy.authorization:
        request += f"Proxy-Authorization: {proxy.authorization}\r\n"
    connection.send(f"{request}\r\n".encode(), None)
    answer = b""
    while b"\r\n\r\n" not in answer:
        block = connection.receive(None, perf_counter())
        answer += block
        if not block or len(answer) > 65536:  # noqa: PLR2004 - far more than any proxy says
            raise ProxyError(f"The proxy {proxy.host}:{proxy.port} gave no answer to CONNECT.")
    status = answer.partition(b"\r\n")[0].split(None, 2)[1:2]
    if status != [b"%d" % _OK]:
        line = answer.partition(b"\r\n")[0].decode("latin-1")
        raise ProxyError(f"The proxy {proxy.host}:{proxy.port} refused to connect: {line}")
