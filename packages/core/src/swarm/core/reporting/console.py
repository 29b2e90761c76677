"""Statistics on the console: redrawn in place on a terminal, plain lines anywhere else."""

import logging
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

import swarm.core.stats as settings
from swarm.core.log import STATS_LOGGER
from swarm.core.reporting.page import Line, blank, counts, progress, summary, text_of
from swarm.core.reporting.view import RunSnapshot, RunView

if TYPE_CHECKING:
    from swarm.core.reporting.screen import Screen

console_logger = logging.getLogger(STATS_LOGGER)

MAX_ROWS = 50
"""Rows that the console shows; files carry all."""

_REDRAWN = 1.0  # seconds between two looks of the progress line
_NOT_ROWS = 8  # lines of the terminal that are not for rows


class ConsoleReporter:
    """Shows statistics while a run goes on and sums them up at its end.

    On a terminal they are drawn in place, with a progress line. Elsewhere they are
    plain lines that go through the logger `swarm.stats_logger`. What that logger
    does not let through is not shown on a terminal either.

    Args:
        periodic: Show something before the end.
    """

    def __init__(self, *, periodic: bool = True) -> None:
        self._periodic = periodic
        self._screen: Screen | None = None
        self._table: Sequence[Line] = ()
        self._next_table = -math.inf

    @property
    def interval(self) -> float:
        """`CONSOLE_STATS_INTERVAL_SEC`; the progress line moves at least every second."""
        if not self._periodic:
            return math.inf
        wanted = settings.CONSOLE_STATS_INTERVAL_SEC
        return min(wanted, _REDRAWN) if self._screen else wanted

    def start(self, run: RunView) -> None:
        """Find out whether there is a terminal."""
        del run
        stream = _terminal()
        if stream is not None:
            # Loading rich takes its time, and without a terminal nobody needs it.
            from swarm.core.reporting.screen import Screen  # noqa: PLC0415

            screen = Screen(stream)
            self._screen = screen if screen.capable else None

    def feed(self, snapshot: RunSnapshot) -> None:
        """Show how the run is doing."""
        if not self._periodic:
            return
        if self._screen is None:
            rows = counts(snapshot.stats, current=True, limit=MAX_ROWS)
            self._log([progress(snapshot), *(rows if snapshot.stats.entries else ())])
            return
        width, height = self._screen.size
        now = time.monotonic()
        if now >= self._next_table:
            self._next_table = now + settings.CONSOLE_STATS_INTERVAL_SEC - _REDRAWN / 2
            limit = min(max(height - _NOT_ROWS, 1), MAX_ROWS)
            self._table = counts(snapshot.stats, current=True, limit=limit, width=width)
        table = self._table if height > _NOT_ROWS and snapshot.stats.entries else ()
        self._screen.show(
            [blank(), *table, *([blank()] if table else []), progress(snapshot, width)]
        )

    def finish(self, snapshot: RunSnapshot) -> None:
        """Sum up the run."""
        if self._screen is None:
            self._log(summary(snapshot, limit=MAX_ROWS))
            return
        self._screen.close()
        width, _ = self._screen.size
        self._screen.print([blank(), *summary(snapshot, limit=MAX_ROWS, width=width), blank()])

    def _log(self, lines: Sequence[Line]) -> None:
        for line in lines:
            console_logger.info("%s", text_of(line))
        console_logger.info("")


def _terminal() -> TextIO | None:
    """Return the terminal that the tables of statistics go to, if they go to one."""
    if not console_logger.isEnabledFor(logging.INFO):
        return None
    for handler in console_logger.handlers:
        stream = getattr(handler, "stream", None)
        try:
            if stream is not None and stream.isatty():
                return stream  # type: ignore[no-any-return]
        except (AttributeError, ValueError):  # not a real stream, or closed
            continue
    return None
