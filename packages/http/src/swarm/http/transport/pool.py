"""Connections that wait for their next request, by origin."""

from collections import deque
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

from gevent.event import Event

from swarm.http.transport.address import Origin
from swarm.http.transport.connect import Connector, Proxy, Settings
from swarm.http.transport.connection import Connection
from swarm.http.transport.error import ConnectTimeoutError

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


class _Turn(Event):
    """What a greenlet waits for while all connections are in use."""

    connection: Connection | None = None
    """What it may use; None if it may open one."""


class OriginPool:
    """The connections to one origin, at most `settings.concurrency` at a time.

    There is no lock: greenlets only change places where one waits, and a session
    with one greenlet never does. Those that wait for a connection get one in the order
    in which they came: it is handed to them, past anyone who asks meanwhile.
    """

    __slots__ = ("_connector", "_opened", "_queue", "idle", "origin", "wire")

    def __init__(self, origin: Origin, connector: Connector) -> None:
        self.origin = origin
        self.wire = wire_names(origin, connector.settings.proxy)
        self.idle: list[Connection] = []
        self._connector = connector
        self._opened = 0
        self._queue: deque[_Turn] | None = None

    @property
    def settings(self) -> Settings:
        """How connections are made."""
        return self._connector.settings

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
        while self.idle:
            connection = self.idle.pop()
            if not (examine or now - connection.used_at > SURELY_FRESH):
                return connection
            if not connection.is_stale():
                return connection
            self.drop(connection)
        if self._opened < self.settings.concurrency:
            self._opened += 1
            return self._open(timeout)
        handed = self._wait_for_turn(timeout)
        if handed is None:
            return self._open(timeout)
        if handed.is_stale():
            handed.close()
            return self._open(timeout)
        handed.used_at = perf_counter()
        return handed

    def _open(self, timeout: float | None) -> Connection:
        try:
            return self._connector.open(self.origin, timeout)
        except BaseException:
            self._left()
            raise

    def give(self, connection: Connection) -> None:
        """Take a connection back that can serve another request."""
        connection.fresh = False
        if self._queue:
            self._next_turn(self._queue, connection)
        else:
            self.idle.append(connection)

    def drop(self, connection: Connection) -> None:
        """Take a connection back that cannot."""
        connection.close()
        self._left()

    def _left(self) -> None:
        """One connection less: the next in the queue may open another in its place."""
        if self._queue:
            self._next_turn(self._queue, None)
        else:
            self._opened -= 1

    def _wait_for_turn(self, timeout: float | None) -> Connection | None:
        turn = _Turn()
        if self._queue is None:
            self._queue = deque()
        self._queue.append(turn)
        try:
            turn.wait(timeout)
        except BaseException:
            if not turn.is_set():
                self._queue.remove(turn)
            elif turn.connection is None:  # its turn came and it was killed at once
                self._left()
            else:
                self.give(turn.connection)
            raise
        if turn.is_set():
            return turn.connection
        self._queue.remove(turn)
        raise ConnectTimeoutError(
            f"All {self.settings.concurrency} connections to {self.origin} were in use for "
            f"{timeout} s. Raise concurrency, and read or close streamed responses."
        )

    @staticmethod
    def _next_turn(queue: deque[_Turn], connection: Connection | None) -> None:
        turn = queue.popleft()
        turn.connection = connection
        turn.set()

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

    __slots__ = ("_connector", "_origins")

    def __init__(self, settings: Settings) -> None:
        self._connector = Connector(settings)
        self._origins: dict[Origin, OriginPool] = {}

    @property
    def settings(self) -> Settings:
        """How connections are made."""
        return self._connector.settings

    def to(self, origin: Origin) -> OriginPool:
        """Return the connections to `origin`."""
        pool = self._origins.get(origin)
        if pool is None:
            pool = self._origins[origin] = OriginPool(origin, self._connector)
        return pool

    def close(self) -> None:
        """Close the idle connections. The pool stays usable: new ones are opened."""
        for pool in self._origins.values():
            pool.close()
