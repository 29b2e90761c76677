"""Printing the statistics from time to time, for programs that use swarm as a library."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import gevent

import swarm.core.stats as settings
from swarm.core.stats.table import stats_table

if TYPE_CHECKING:
    from swarm.core.stats.store import RequestStats

console_logger = logging.getLogger("swarm.stats_logger")


def stats_printer(stats: "RequestStats") -> Callable[[], None]:
    """Return a function that logs the statistics from time to time and never ends.

    Example:
        gevent.spawn(stats_printer(environment.stats))
    """

    def print_forever() -> None:
        while True:
            for line in stats_table(stats.snapshot()):
                console_logger.info(line)
            console_logger.info("")
            gevent.sleep(settings.CONSOLE_STATS_INTERVAL_SEC)

    return print_forever
