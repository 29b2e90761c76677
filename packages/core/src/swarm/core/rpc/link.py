"""What both ends of a connection have in common."""

import contextlib
import struct
from collections.abc import Callable
from typing import Any

import gevent
import zmq
import zmq.green

from swarm.core.rpc.codec import MAX_MESSAGE_BYTES
from swarm.core.rpc.security import Security

LINGER_MS = 1000
"""How long what was sent last has to get out once a socket is closed."""

MAX_QUEUED = 10_000
"""Messages that wait for a slow peer; further ones to it are dropped."""

_KEEPALIVE = (
    (zmq.TCP_KEEPALIVE, 1),
    (zmq.TCP_KEEPALIVE_IDLE, 30),
    (zmq.TCP_KEEPALIVE_INTVL, 10),
    (zmq.TCP_KEEPALIVE_CNT, 3),
)
_EVENT = struct.Struct("=HI")


class Link:
    """A ZeroMQ socket with a context, a watcher of handshakes and an orderly end.

    Args:
        kind: The type of the socket.
        security: Whether and how the other side is recognised.
    """

    def __init__(self, kind: int, security: Security) -> None:
        self.security = security
        self.closed = False
        """Whether it can no longer be used."""
        self._context: Any = zmq.green.Context()
        self._socket: Any = self._context.socket(kind)
        for option, value in _KEEPALIVE:
            self._socket.setsockopt(option, value)
        self._socket.setsockopt(zmq.LINGER, LINGER_MS)
        self._socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
        self._socket.setsockopt(zmq.SNDHWM, MAX_QUEUED)
        self._socket.setsockopt(zmq.RCVHWM, MAX_QUEUED)
        self._helpers: list[tuple[Any, gevent.Greenlet[..., Any]]] = []

    def close(self) -> None:
        """Close the socket. What was sent has a second to get out."""
        if self.closed:
            return
        self.closed = True
        with contextlib.suppress(zmq.ZMQError):
            self._socket.disable_monitor()
        for socket, greenlet in self._helpers:
            greenlet.kill()
            socket.close(0)
        self._socket.close()
        # Waits for what lingers, in a thread, so that other greenlets go on meanwhile.
        gevent.get_hub().threadpool.apply(zmq.Context.term, (self._context,))

    def _watch(self, events: int, heard: Callable[[int], None]) -> None:
        """Call `heard` with each of these events of the connection."""
        monitor = self._socket.get_monitor_socket(events)
        self._serve(monitor, lambda frames: heard(_EVENT.unpack(frames[0])[0]))

    def _serve(self, socket: Any, handle: Callable[[list[bytes]], None]) -> None:
        def loop() -> None:
            while True:
                handle(socket.recv_multipart())

        self._helpers.append((socket, gevent.spawn(loop)))
