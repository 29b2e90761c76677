"""All statistics of a run, and the recorder that every request goes through."""

import logging
from collections.abc import Sequence
from math import floor, inf
from typing import TYPE_CHECKING, Any

import swarm.core.stats as settings
from swarm.core.clock import Clock, SystemClock
from swarm.core.stats.entry import StatsEntry
from swarm.core.stats.error import ErrorLog, StatsError
from swarm.core.stats.figures import Totals
from swarm.core.stats.histogram import valid_or_none
from swarm.core.stats.snapshot import RowKey, StatsSnapshot

if TYPE_CHECKING:
    from swarm.core.stats.tally import Tally

logger = logging.getLogger("swarm.stats")

OTHER_NAMES = "(other names)"
"""The row of the requests whose names came after there were too many."""


class RequestStats(Totals):
    """The statistics of a run: rows by (name, method), all of them together, errors.

    It has one writer, `record`, which is attached to the request event and kept
    short: it notes the request in its row. What was noted is worked in when the
    second is over or when somebody reads.

    Times are counted on from the machine's clock as it was at the beginning, so that
    setting that clock upsets neither rates nor windows.

    Args:
        clock: Where time comes from.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._monotonic = self._clock.monotonic
        self._errors = ErrorLog()
        self._settled: list[Tally] = []
        self._warned = False
        self.entries: dict[RowKey, StatsEntry] = {}
        """The rows, by (name, method)."""
        self.total: StatsEntry = StatsEntry(self, "Aggregated", "")
        """All rows together."""
        self.history: list[dict[str, Any]] = []
        """Figures of the run over time, see `stats_history`."""
        self.invalid_response_times = 0
        """How many response times were no finite numbers."""
        self.start_time = 0.0
        """When counting began, in epoch seconds."""
        self.epoch = 0.0
        """What makes epoch seconds of the clock's monotonic ones."""
        self._second = 0
        self._next_second = 0.0
        self._begin()

    @property
    def errors(self) -> dict[str, StatsError]:
        """The errors by their key."""
        return self._errors.errors

    def record(
        self,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int,
        exception: BaseException | None,
    ) -> None:
        """Count a completed request.

        Args:
            request_type: First column of the row ("GET", "grpc").
            name: Second column of the row.
            response_time: Milliseconds; None for a request that has no duration.
            response_length: Bytes of the answer.
            exception: What went wrong; None for a success.
        """
        now = self._monotonic()
        if now >= self._next_second:
            self._turn(now)
        try:
            row = self.entries[name, request_type]
        except (KeyError, TypeError):
            row = self._row(name, request_type)
        # The row's own attributes: a method call for each would double the cost.
        row._last = now  # noqa: SLF001
        if response_time is None:
            row._none += 1  # noqa: SLF001
        else:
            row._note(response_time)  # noqa: SLF001
        if response_length:
            try:
                row._length += response_length  # noqa: SLF001
            except TypeError:
                logger.debug(
                    "%s %s: the length %r is no number", request_type, name, response_length
                )
        if exception is not None:
            row._failed += 1  # noqa: SLF001
            self._errors.add(row.method, row.name, exception, self.epoch + now)

    def log_request(
        self, method: str, name: str, response_time: float | None, content_length: int
    ) -> None:
        """Count a request that took this long (ms) and answered with this many bytes."""
        self.record(method, name, response_time, content_length, None)

    def log_error(self, method: str, name: str, error: BaseException | str) -> None:
        """Count a failure. The request itself is counted apart, with `log_request`."""
        now = self._monotonic()
        if now >= self._next_second:
            self._turn(now)
        row = self._row(name, method)
        row._last = now  # noqa: SLF001 - as in record
        row._failed += 1  # noqa: SLF001
        self._errors.add(row.method, row.name, error, self.epoch + now)

    def get(self, name: str, method: str) -> StatsEntry:
        """Return the row of this name and method; a new, empty one if there is none yet."""
        return self._row(name, method)

    def reset_all(self) -> None:
        """Set all figures to zero and keep the rows. A run may be under way."""
        for row in self.entries.values():
            row.reset()
        self._clear()

    def clear_all(self) -> None:
        """Set all figures to zero and remove the rows."""
        self.entries.clear()
        self._warned = False
        self._clear()

    def snapshot(self) -> StatsSnapshot:
        """Return the statistics as they are now."""
        self._settle_all()
        span = self.span()
        frozen = {key: row._frozen(*span) for key, row in self.entries.items()}  # noqa: SLF001
        errors = {key: error.snapshot() for key, error in self.errors.items()}
        return StatsSnapshot(self.total._frozen(*span), frozen, errors)  # noqa: SLF001

    def merge(self, other: StatsSnapshot) -> None:
        """Add what another process has counted."""
        self._settle_all()
        for entry in other.entries.values():
            self._row(entry.name, entry.method)._absorb(entry.tally)  # noqa: SLF001
        for error in other.errors.values():
            self._errors.absorb(error)
        self.total._absorb(other.total.tally)  # noqa: SLF001
        if other.num_requests or other.num_failures:
            self.start_time = min(self.start_time, other.start_time)

    def span(self) -> tuple[float, float, float]:
        """Return (start of the run, its last request, now), in epoch seconds."""
        now = self.epoch + self._monotonic()
        return self.start_time, self.total.last_request_timestamp or self.start_time, now

    def settle(self, row: StatsEntry) -> None:
        """Work what was noted into this row's figures."""
        if row is self.total:
            self._settle_all()
            return
        tally = row._take(self._second)  # noqa: SLF001
        if tally is not None:
            row._absorb(tally)  # noqa: SLF001
            # The total gets them all in one go.
            self._settled.append(tally)

    def complain_of(self, values: Sequence[Any]) -> None:
        """Count the invalid response times among the values and log the first of a run."""
        invalid = [value for value in values if valid_or_none(value) is None]
        if invalid and not self.invalid_response_times:
            logger.warning(
                "A response time that is no finite number of milliseconds (%r) was reported; "
                "such requests are counted without a response time",
                invalid[0],
            )
        self.invalid_response_times += len(invalid)

    def _settle_all(self) -> None:
        for row in list(self.entries.values()):
            self.settle(row)
        if self._settled:
            settled, self._settled = self._settled, []
            self.total._absorb(*settled)  # noqa: SLF001

    def _turn(self, now: float) -> None:
        """Work in what belongs to the second that is over, and go on with the present one."""
        self._settle_all()
        self._second = floor(self.epoch + now)
        self._next_second = self._second + 1 - self.epoch

    def _clear(self) -> None:
        self.total.reset()
        self._settled.clear()
        self._errors.clear()
        self.history.clear()
        self.invalid_response_times = 0
        self._begin()

    def _begin(self) -> None:
        self.start_time = self._clock.time()
        self.epoch = self.start_time - self._monotonic()
        self._next_second = -inf  # so that the next request begins a second

    def _row(self, name: Any, method: Any) -> StatsEntry:
        """Return a row, a new one unless there are too many already."""
        key = (str(name), str(method))
        row = self.entries.get(key)
        if row is None and len(self.entries) >= settings.MAX_ROWS:
            key = (OTHER_NAMES, "")
            row = self.entries.get(key)
            self._warn_of_names(name)
        if row is None:
            row = self.entries[key] = StatsEntry(self, *key)
        return row

    def _warn_of_names(self, name: Any) -> None:
        if self._warned:
            return
        self._warned = True
        logger.warning(
            "There are more than %d different request names (the latest is %.100r); further ones "
            'are counted together as "%s". Give requests that differ only in an id one name, for '
            'example name="/item/[id]", or raise swarm.core.stats.MAX_ROWS.',
            settings.MAX_ROWS,
            name,
            OTHER_NAMES,
        )
