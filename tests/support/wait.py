"""Waiting for something to become true instead of for time to pass."""

from collections.abc import Callable
from time import monotonic

import gevent


def until(condition: Callable[[], object], limit: float = 5.0) -> None:
    """Let other greenlets run until the condition holds."""
    deadline = monotonic() + limit
    while not condition():
        assert monotonic() < deadline, f"still not true after {limit} s"
        gevent.sleep(0.002)
