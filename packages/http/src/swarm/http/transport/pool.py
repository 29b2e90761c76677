"""Connections that wait for their next request, by origin."""

import ssl
from collections import deque
from functools import lru_cache
from typing import NamedTuple

from gevent.event import Event

from swarm.http.transport.address import Origin
from swarm.http.transport.connect import Proxy, Settings, open_connection
from swarm.http.transport.connection import Connection
from swarm.http.transport.error import ConnectTimeoutError, TLSError

SURELY_FRESH = 0.05
"""Seconds after use in which a connection is not examined before it is used again."""


class WireNames(NamedTuple):
    """What the head of every request to an origin contains."""

    base: str
    """The origin as the beginning of a URL."""
    target_prefix: str
    """What stands before path and query: nothing, or the origin where a proxy forwards."""
    host_lines: str
    """The Host field, and the proxy's credentials."""


@lru_cache(maxsize=256)
def wire_names(origin: Origin, proxy: Proxy | None) -> WireNames:
    """Return what requests to `origin` contain, the same object for all users."""
    lines = f"Host: {origin.authority}\r\n"
    if proxy is None or origin.secure:  # a tunnel's proxy never sees the request
        return WireNames(str(origin), "", lines)
    if proxy.authorization:
        lines += f"Proxy-Authorization: {proxy.authorization}\r\n"
    return WireNames(str(origin), str(origin), lines)


class OriginPool:
    """The connections to one origin, at most `settings.concurrency` at a time.

    There is no lock: greenlets only change places where one waits, and a session
    with one greenlet never does.
    """

    __slots__ = ("_opened", "_parent", "_queue", "idle", "origin", "wire")

    def __init__(self, origin: Origin, parent: "ConnectionPool") -> None:
        self.origin = origin
        self.wire = wire_names(origin, parent.settings.proxy)
        self.idle: list[Connection] = []
        self._parent = parent
        self._opened = 0
        self._queue: deque[Event] | None = None

    @property
    def settings(self) -> Settings:
        """How connections are made."""
        return self._parent.settings

    def take(self, now: float, timeout: float | None, *, examine: bool = False) -> Connection:
        """Return a connection for one request; `give` it back or `drop` it.

        Args:
            now: The present `time.perf_counter()`.
            timeout: Seconds to connect within, if a connection must be opened.
            examine: Whether to make sure that the server has not closed it, however
                recently it was used: for requests that must not be sent twice.

        Raises:
            ConnectError: If there is none and none can be opened.
        """
        while True:
            while self.idle:
                connection = self.idle.pop()
                if not (examine or now - connection.used_at > SURELY_FRESH):
                    return connection
                if not connection.is_stale():
                    return connection
                self.drop(connection)
            if self._opened < self.settings.concurrency:
                return self._open(timeout)
            self._wait_for_turn(timeout)

    def _open(self, timeout: float | None) -> Connection:
        self._opened += 1
        try:
            return open_connection(self.origin, self.settings, self._parent.tls_context(), timeout)
        except BaseException:
            self._left()
            raise

    def give(self, connection: Connection) -> None:
        """Take a connection back that can serve another request."""
        connection.fresh = False
        self.idle.append(connection)
        if self._queue:
            self._next_turn()

    def drop(self, connection: Connection) -> None:
        """Take a connection back that cannot."""
        connection.close()
        self._left()

    def _left(self) -> None:
        self._opened -= 1
        self._next_turn()

    def _wait_for_turn(self, timeout: float | None) -> None:
        turn = Event()
        if self._queue is None:
            self._queue = deque()
        self._queue.append(turn)
        try:
            come = turn.wait(timeout)
        except BaseException:
            if turn.is_set():  # woken and killed at once: the turn goes to the next
                self._next_turn()
            else:
                self._queue.remove(turn)
            raise
        if not come:
            self._queue.remove(turn)
            raise ConnectTimeoutError(
                f"All {self.settings.concurrency} connections to {self.origin} were in use for "
                f"{timeout} s. Raise concurrency, and read or close streamed responses."
            )

    def _next_turn(self) -> None:
        if self._queue:
            self._queue.popleft().set()

    def close(self) -> None:
        """Close the idle connections; those in use are left alone."""
        idle, self.idle = self.idle, []
        for connection in idle:
            self.drop(connection)


class ConnectionPool:
    """The connections of a session, or of several that share it.

    Args:
        settings: How connections are made.
    """

    __slots__ = ("__weakref__", "_context", "_origins", "settings")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._origins: dict[Origin, OriginPool] = {}
        self._context: ssl.SSLContext | None = None

    def to(self, origin: Origin) -> OriginPool:
        """Return the connections to `origin`."""
        pool = self._origins.get(origin)
        if pool is None:
            pool = self._origins[origin] = OriginPool(origin, self)
        return pool

    def tls_context(self) -> ssl.SSLContext | None:
        """Return what the factory made, once; None if there is no factory.

        Raises:
            TLSError: If the factory cannot make one.
        """
        if self._context is None and self.settings.ssl_context_factory is not None:
            try:
                self._context = self.settings.ssl_context_factory()
            except (OSError, ValueError) as error:
                raise TLSError(f"The ssl_context_factory failed: {error}") from error
        return self._context

    def close(self) -> None:
        """Close the idle connections. The pool stays usable: new ones are opened."""
        for pool in self._origins.values():
            pool.close()
