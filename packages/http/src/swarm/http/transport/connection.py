"""One connection: a socket, the wait for its bytes, and the alarm that ends the wait."""

import socket
import weakref
from collections.abc import Callable
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from gevent import getcurrent, monkey
from gevent.hub import Hub, get_hub

from swarm.http.transport.error import NoAnswerError, ReadTimeoutError

if TYPE_CHECKING:
    from greenlet import greenlet

RECEIVE_SIZE = 65536

_READ, _WRITE = 1, 2  # the event loop's masks

# The unpatched class: its calls go straight to the kernel. Waiting is done here, before
# they are made. gevent's own socket tries first and waits when the kernel says "would
# block", which is an exception for nearly every answer and costs as much as the rest.
PlainSocket: type[socket.socket] = monkey.get_original("socket", "socket")


class Connection(Protocol):
    """What the exchange of requests needs of a connection."""

    fresh: bool
    """Whether no request has been answered over it yet."""
    used_at: float
    """When it was last waited on, by `time.perf_counter()`."""

    def send(
        self,
        data: bytes | bytearray | memoryview,
        timeout: float | None,
        *,
        until_answer: bool = False,
    ) -> int:
        """Send `data` and return how many bytes of it were sent: all of them, as a rule.

        Args:
            data: What to send.
            timeout: How long to wait at most for the server to take more, in seconds.
            until_answer: Whether to stop where the server takes no more, but has sent
                something. A connection with TLS cannot tell, and goes on.

        Raises:
            NoAnswerError: If the connection is broken and nothing was sent.
            ReadTimeoutError: If the server took nothing for `timeout` seconds.
            OSError: If the connection broke on the way.
        """
        ...

    def receive(self, timeout: float | None, now: float) -> bytes:
        """Wait for bytes and return them, b"" once the server has closed.

        Args:
            timeout: How long to wait at most, in seconds; None for ever.
            now: The present `time.perf_counter()`.

        Raises:
            ReadTimeoutError: If nothing came in time.
            OSError: If the connection broke.
        """
        ...

    def is_stale(self) -> bool:
        """Tell whether the server has closed it, or sent what nobody asked for."""
        ...

    def close(self) -> None:
        """Close it; closing twice is fine."""
        ...


class PlainConnection:
    """A connection without TLS.

    It must be used by one greenlet at a time, in the thread that made it.

    Args:
        sock: A connected, non-blocking socket.
    """

    __slots__ = (
        "__weakref__",
        "_alarm",
        "_alarm_at",
        "_due",
        "_hub",
        "_reader",
        "_sock",
        "_waiting",
        "fresh",
        "used_at",
    )

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._hub: Hub = get_hub()
        self._reader = self._hub.loop.io(sock.fileno(), _READ)
        self._waiting: greenlet | None = None
        self._due = inf
        self._alarm: Any = None
        self._alarm_at = inf
        self.fresh = True
        self.used_at = 0.0

    def send(
        self,
        data: bytes | bytearray | memoryview,
        timeout: float | None,
        *,
        until_answer: bool = False,
    ) -> int:
        """See `Connection.send`."""
        try:
            sent = self._sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise NoAnswerError(
                f"The connection broke before the request was sent: {error.strerror}.", sent=False
            ) from error
        if sent != len(data):
            sent += self._send_rest(memoryview(data)[sent:], timeout, until_answer=until_answer)
        return sent

    def _send_rest(self, data: memoryview, timeout: float | None, *, until_answer: bool) -> int:
        """Go on sending each time the kernel has room again."""
        events = _READ | _WRITE if until_answer else _WRITE
        watcher = self._hub.loop.io(self._sock.fileno(), events)
        sent = 0
        try:
            while sent < len(data):
                self._wait(watcher, timeout, perf_counter())
                try:
                    sent += self._sock.send(data[sent:])
                except BlockingIOError:
                    if until_answer:  # no room, so this is what has woken us
                        break
        finally:
            watcher.stop()
            watcher.close()
        return sent

    def receive(self, timeout: float | None, now: float) -> bytes:
        """See `Connection.receive`."""
        while True:
            self._wait(self._reader, timeout, now)
            try:
                return self._sock.recv(RECEIVE_SIZE)
            except BlockingIOError:  # the kernel thought better of it; it may
                now = perf_counter()

    def _wait(self, watcher: Any, timeout: float | None, now: float) -> None:
        """Let others run until the watcher fires, at most `timeout` seconds.

        Setting a timer for each wait would cost more than the wait. So there is one
        alarm, which stays set from wait to wait; when it goes off it looks whether
        the present wait is due and is set anew if not.
        """
        self.used_at = now
        if timeout is None:
            self._due = inf
        else:
            self._due = now + timeout
            if self._due < self._alarm_at:
                self._set_alarm(timeout)
        self._waiting = getcurrent()
        try:
            self._hub.wait(watcher)
        finally:
            self._waiting = None

    def _set_alarm(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.stop()
            self._alarm.close()
        self._alarm = self._hub.loop.timer(seconds, ref=False)
        # Weak: a running timer must not keep a forgotten connection open.
        self._alarm.start(_alarm_went_off, weakref.ref(self), update=True)
        self._alarm_at = self._due

    def _on_alarm(self) -> None:
        self._alarm_at = inf
        waiting = self._waiting
        if waiting is None or self._due == inf:
            return
        left = self._due - perf_counter()
        if left > 0:
            self._set_alarm(left)
            return
        self._waiting = None
        waiting.throw(ReadTimeoutError("The server sent nothing within the network timeout."))

    def is_stale(self) -> bool:
        """See `Connection.is_stale`."""
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """See `Connection.close`."""
        alarm, self._alarm = self._alarm, None
        if alarm is not None:
            alarm.stop()
            alarm.close()
        self._reader.stop()
        self._reader.close()
        self._sock.close()

    @property
    def family(self) -> int:
        """The address family of the socket."""
        return self._sock.family

    def detach(self) -> int:
        """Give up the socket and return its file descriptor, for TLS to go on with."""
        descriptor = self._sock.detach()
        self.close()
        return descriptor

    def __del__(self) -> None:
        self.close()


def _alarm_went_off(reference: Callable[[], PlainConnection | None]) -> None:
    connection = reference()
    if connection is not None:
        connection._on_alarm()  # noqa: SLF001 - the callback of that class
