"""Where time comes from, so that whatever waits can be tested without waiting."""

import time
from typing import Protocol

import gevent


class Clock(Protocol):
    """A source of time that can also wait."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""
        ...

    def time(self) -> float:
        """Seconds since the epoch, for what people and files see."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let other greenlets run for this many seconds."""
        ...


class SystemClock:
    """The machine's clock. `sleep` yields to other greenlets."""

    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)

    def sleep(self, seconds: float) -> None:
        """Let other greenlets run for this many seconds."""
        gevent.sleep(seconds)
