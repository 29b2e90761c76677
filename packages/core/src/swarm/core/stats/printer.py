"""Printing the statistics from time to time, for programs that use swarm as a library."""

import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import gevent

import swarm.core.stats as settings
from swarm.core.log import STATS_LOGGER
from swarm.core.stats.table import stats_table

if TYPE_CHECKING:
    from swarm.core.stats.store import RequestStats

console_logger = logging.getLogger(STATS_LOGGER)


def stats_printer(stats: "RequestStats") -> Callable[[], None]:
    """Return a function that logs the statistics from time to time and never ends.

    Example:
        gevent.spawn(stats_printer(environment.stats))
    """

    def print_forever() -> None:
        while True:
            for line in stats_table(stats.snapshot(), width=_terminal_width()):
                console_logger.info(line)
            console_logger.info("")
            gevent.sleep(settings.CONSOLE_STATS_INTERVAL_SEC)

    return print_forever


def _terminal_width() -> int | None:
    """Return how many columns stderr has, None if it is no terminal."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return None
