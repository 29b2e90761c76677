"""A proxy between a worker and its coordinator that loses and doubles messages."""

from collections.abc import Callable

import gevent
import zmq
import zmq.green

from swarm.core.rpc import decode


class FrameProxy:
    """Passes messages on as often as it is told to, for one worker without security.

    Args:
        port: The coordinator's port.
        copies: Asked with the direction ("up" to the coordinator, "down") and the type of
            each message how often it is to be passed on.
    """

    def __init__(self, port: int, copies: Callable[[str, str], int]) -> None:
        self._context = zmq.green.Context()
        self._front = self._context.socket(zmq.ROUTER)
        self.port = self._front.bind_to_random_port("tcp://127.0.0.1")
        self._back = self._context.socket(zmq.DEALER)
        self._back.linger = self._front.linger = 0
        self._target = f"tcp://127.0.0.1:{port}"
        self._copies = copies
        self._worker = b""
        self._greenlets = [gevent.spawn(self._up)]

    def close(self) -> None:
        """Pass on nothing more."""
        gevent.killall(self._greenlets)
        self._front.close()
        self._back.close()
        self._context.term()

    def _up(self):
        while True:
            identity, payload = self._front.recv_multipart()
            if not self._worker:
                self._worker = identity
                self._back.identity = identity
                self._back.connect(self._target)
                self._greenlets.append(gevent.spawn(self._down))
            for _ in range(self._copies("up", decode(payload).type)):
                self._back.send(payload)

    def _down(self):
        while True:
            payload = self._back.recv()
            for _ in range(self._copies("down", decode(payload).type)):
                self._front.send_multipart([self._worker, payload])
