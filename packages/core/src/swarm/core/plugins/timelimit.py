"""A limit for code that is not ours: ends it when it hangs, whatever it hangs in."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import gevent

_GRACE = 0.5
"""Seconds by which the alarm comes after the limit, for the gentler way comes first."""


class TimeLimitError(Exception):
    """The code was not done in time."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the block with `TimeLimitError` when it takes longer than `seconds`.

    A block that waits cooperatively is ended by gevent. One that never lets the hub
    run, because it computes or waits in an unpatched call, is ended by an alarm signal;
    this needs the main thread and a system that has such signals.
    """
    # A gevent.Timeout is no Exception, so that `except Exception` in the block cannot
    # swallow it and hang on.
    timeout = gevent.Timeout(seconds)
    try:
        with timeout, _alarm(seconds + _GRACE, timeout):
            yield
    except gevent.Timeout as raised:
        if raised is not timeout:
            raise
        raise TimeLimitError(f"not done after {seconds:g} seconds") from None


@contextmanager
def _alarm(seconds: float, timeout: gevent.Timeout) -> Iterator[None]:
    on_main_thread = threading.current_thread() is threading.main_thread()
    if not (on_main_thread and hasattr(signal, "setitimer")):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        # Where the hub does run, gevent's timeout works, and an error would only harm it.
        if gevent.getcurrent() is not gevent.get_hub():
            raise timeout

    handler = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        # Somebody else may have been waiting for an alarm; it comes later now, but it comes.
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *timer)
