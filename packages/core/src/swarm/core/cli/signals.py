"""SIGINT and SIGTERM: the first one asks for an orderly end, a second one ends the process."""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

import gevent
from gevent.event import Event

from swarm.core.exception import ExitCode

WATCHED = (signal.SIGINT, signal.SIGTERM)
ECHO_WINDOW = 0.25
"""Seconds within which a second signal is taken for an echo of the first.

`timeout`, process managers and wrappers send one signal to the process and once
more to its group. Nobody presses Ctrl-C twice that fast on purpose.
"""


class EndSignals:
    """Turns the first SIGINT or SIGTERM into `requested`; the second ends the process at once.

    Used as a context manager around a run; the handlers that were there before
    come back afterwards. A signal that the process was started to ignore (as
    `nohup` and background jobs of scripts do) stays ignored.

    Args:
        before_exit: Called before the process is ended at once, to mend what a
            dead process would leave broken (the terminal). It must be quick.
    """

    def __init__(self, before_exit: Callable[[], None] = lambda: None) -> None:
        self.requested = Event()
        """Set in the event loop, soon after the first signal has come."""
        self.name = ""
        """Name of the first signal ("SIGINT"); empty until one has come."""
        self._before_exit = before_exit
        self._came_at: float | None = None
        self._previous: dict[signal.Signals, Any] = {}
        # Of all that a signal handler could do to an event loop, only this is safe
        # at any moment: the handler may interrupt the loop itself.
        self._waker = gevent.get_hub().loop.async_()

    def __enter__(self) -> Self:
        self._waker.start(self.requested.set)
        for number in WATCHED:
            previous = signal.getsignal(number)
            if previous is not signal.SIG_IGN:
                self._previous[number] = previous
                signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        for number, previous in self._previous.items():
            signal.signal(number, previous)
        self._previous.clear()
        self._waker.stop()
        self._waker.close()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._came_at is None:
            self._came_at = now
            self.name = signal.Signals(number).name
            self._waker.send()
        elif now - self._came_at > ECHO_WINDOW:
            self._end_now()

    def _end_now(self) -> NoReturn:
        try:
            self._before_exit()
        finally:
            # Neither `sys.exit` nor a print: both need what the interrupted code may hold.
            os.write(2, b"\nswarm: interrupted again, ended at once without a summary\n")
            os._exit(ExitCode.INTERRUPTED)
