"""A worker's reports: each is sent until it is acknowledged, and counted once."""

import time
from collections.abc import Callable
from typing import Any

from gevent.event import Event
from gevent.lock import RLock

_SEND_AGAIN = 1.0


class Outbox:
    """The reports of a worker, one under way at a time.

    Until it is acknowledged, what is counted meanwhile waits where it is counted, so
    that a connection that is down costs neither figures nor memory.

    Args:
        make: Returns what there is to report, which is then no longer counted elsewhere.
        send: Sends a report.
    """

    def __init__(
        self, make: Callable[[], dict[str, Any]], send: Callable[[dict[str, Any]], None]
    ) -> None:
        self.is_acknowledged = False
        """Whether the coordinator acknowledges reports. Foreign ones do not."""
        self._make = make
        self._send = send
        self._number = 0
        self._pending: dict[str, Any] | None = None
        self._lock = RLock()
        self._acknowledged = Event()

    def post(self, epoch: int | None) -> None:
        """Send the report that is under way again, or else a new one.

        Args:
            epoch: What a new one counts for.
        """
        with self._lock:
            if self._pending is None:
                self._number += 1
                self._acknowledged.clear()
                mark = {"number": self._number, "epoch": epoch}
                self._pending = {**self._make(), "swarm": mark}
            self._pending["swarm"]["sent"] = time.time()
            self._send(self._pending)
            if not self.is_acknowledged:
                self._pending = None

    def acknowledge(self, number: object) -> None:
        """The coordinator has counted the report with this number."""
        if self._pending is not None and self._pending["swarm"]["number"] == number:
            self._pending = None
            self._acknowledged.set()

    def flush(self, epoch: int | None, limit: float) -> bool:
        """Report all there is and wait until it is acknowledged.

        Args:
            epoch: What it counts for.
            limit: Seconds after which to give up.

        Returns:
            Whether it was acknowledged, as far as the coordinator does that.
        """
        deadline = time.monotonic() + limit
        if not self._settle(epoch, deadline):
            return False
        self.post(epoch)
        return self._settle(epoch, deadline)

    def _settle(self, epoch: int | None, deadline: float) -> bool:
        while self._pending is not None:
            if time.monotonic() > deadline:
                return False
            if not self._acknowledged.wait(_SEND_AGAIN):
                self.post(epoch)
        return True
