"""The greenlet that feeds the reporters of a run."""

import logging
import math
from collections.abc import Callable, Iterable
from typing import Self

import gevent

from swarm.core.clock import Clock, SystemClock
from swarm.core.exception import SwarmError
from swarm.core.reporting.reporter import Reporter
from swarm.core.reporting.view import RunSnapshot, RunView

logger = logging.getLogger("swarm.reporting")

_SHORTEST_INTERVAL = 0.1
_LONGEST_PAUSE = 1.0  # an interval may be made shorter while the loop waits


class ReporterLoop:
    """Feeds each reporter of a run at its own interval.

    A reporter that raises is logged and counted in `failures`; it neither ends the
    run nor disturbs the others.

    Args:
        run: What to report on.
        reporters: Who reports.
        clock: Where time comes from.

    Example:
        with ReporterLoop(runner.view(), [ConsoleReporter()]):
            runner.start(100, spawn_rate=10)
            gevent.sleep(60)
            runner.stop()
    """

    def __init__(
        self, run: RunView, reporters: Iterable[Reporter], *, clock: Clock | None = None
    ) -> None:
        self._run = run
        self._reporters = list(reporters)
        self._clock = clock or SystemClock()
        self._greenlet: gevent.Greenlet[[], None] | None = None
        self._last_failure: dict[int, str] = {}
        self.failures = 0
        """How many calls of reporters raised."""
        self.unfinished: list[str] = []
        """The reporters that could not finish, so that a report is missing or incomplete."""

    def start(self) -> None:
        """Start the reporters, and begin to feed them.

        Raises:
            SwarmError: If a reporter cannot do its work. None is fed or finished then,
                since there is no run to tell of.
        """
        started: list[Reporter] = []
        for reporter in self._reporters:
            try:
                reporter.start(self._run)
            except SwarmError:
                self._reporters = []
                raise
            except Exception as error:  # noqa: BLE001 - a plugin's reporter may raise anything
                self._failed(reporter, error)
            else:
                started.append(reporter)
        self._reporters = started
        self._greenlet = gevent.spawn(self._feed_forever)

    def stop(self) -> None:
        """Feed no more and give the reporters how the run ended, once."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None
        reporters, self._reporters = self._reporters, []
        if not reporters:
            return
        snapshot = RunSnapshot.of(self._run)
        for reporter in reporters:
            if not self._guarded(reporter, reporter.finish, snapshot):
                self.unfinished.append(type(reporter).__name__)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _feed_forever(self) -> None:
        fed = {id(reporter): self._clock.monotonic() for reporter in self._reporters}
        while True:
            now = self._clock.monotonic()
            due = [r for r in self._reporters if now - fed[id(r)] >= self._interval(r)]
            if due:
                snapshot = RunSnapshot.of(self._run)
                for reporter in due:
                    fed[id(reporter)] = now
                    self._guarded(reporter, reporter.feed, snapshot)
            now = self._clock.monotonic()
            waits = [fed[id(r)] + self._interval(r) - now for r in self._reporters]
            self._clock.sleep(min(max(min(waits, default=math.inf), 0.0), _LONGEST_PAUSE))

    def _interval(self, reporter: Reporter) -> float:
        try:
            interval = float(reporter.interval)
        except Exception as error:  # noqa: BLE001 - a plugin's reporter may raise anything
            self._failed(reporter, error)
            return math.inf
        return max(interval, _SHORTEST_INTERVAL)

    def _guarded(
        self, reporter: Reporter, call: Callable[[RunSnapshot], None], snapshot: RunSnapshot
    ) -> bool:
        try:
            call(snapshot)
        except Exception as error:  # noqa: BLE001 - a plugin's reporter may raise anything
            self._failed(reporter, error)
            return False
        return True

    def _failed(self, reporter: Reporter, error: Exception) -> None:
        """Count a failure, and log it unless the reporter failed in the same way before."""
        self.failures += 1
        name = type(reporter).__name__
        # An error that was foreseen says all in its sentence.
        foreseen = isinstance(error, SwarmError)
        told = str(error) if foreseen else f"{type(error).__name__}: {error}"
        if self._last_failure.get(id(reporter)) != told:
            self._last_failure[id(reporter)] = told
            logger.error(
                "The reporter %s failed (%s); the run goes on",
                name,
                told,
                exc_info=None if foreseen else error,
            )
