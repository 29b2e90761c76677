"""One row of the statistics: requests of one type and name."""

from typing import TYPE_CHECKING, Any

from swarm.core.stats.figures import Figures
from swarm.core.stats.histogram import Histogram
from swarm.core.stats.snapshot import EntrySnapshot
from swarm.core.stats.tally import NOTHING, Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from swarm.core.stats.store import RequestStats


class StatsEntry(Figures):
    """A row of the statistics, or all of them together (`stats.total`).

    Recording only notes a request; it is worked into the figures when its second
    is over or when somebody reads them.

    Args:
        stats: The statistics it belongs to.
        name: What was requested, for example "/cart".
        method: The type of the request, for example "GET".
    """

    __slots__ = (
        "_failed", "_last", "_length", "_none", "_note", "_pending", "_stats", "_tally",
        "method", "name",
    )  # fmt: skip

    def __init__(self, stats: "RequestStats", name: str, method: str) -> None:
        self.name = name
        self.method = method
        self._stats = stats
        # The list stays the same object, so that its append can be kept at hand.
        self._pending: list[float] = []
        self._note: Callable[[float], None] = self._pending.append
        self._tally = NOTHING
        self._forget()

    def _forget(self) -> None:
        self._pending.clear()
        self._none = 0
        self._failed = 0
        self._length: float = 0
        self._last: float | None = None

    @property
    def start_time(self) -> float:
        """When counting began, in epoch seconds."""
        return self._stats.start_time

    def log(self, response_time: float | None, content_length: int) -> None:
        """Count a request that took this long (ms) and answered with this many bytes."""
        self._stats.record(self.method, self.name, response_time, content_length, None)

    def log_error(self, error: BaseException | str) -> None:
        """Count a failure. The request itself is counted apart, with `log`."""
        self._stats.log_error(self.method, self.name, error)

    def reset(self) -> None:
        """Set all figures to zero."""
        self._forget()
        self._tally = NOTHING

    def snapshot(self) -> EntrySnapshot:
        """Return the figures as they are now."""
        return self._frozen(*self._span())

    def _frozen(self, start: float, end: float, now: float) -> EntrySnapshot:
        return EntrySnapshot(self.name, self.method, self._counted(), start, end, now)

    def _counted(self) -> Tally:
        self._stats.settle(self)
        return self._tally

    def _span(self) -> tuple[float, float, float]:
        return self._stats.span()

    def _absorb(self, *tallies: Tally) -> None:
        self._tally = Tally.merged((self._tally, *tallies))

    def _take(self, second: int) -> Tally | None:
        """Return what was noted since the last time, all of it in this epoch second."""
        pending = self._pending
        if not (pending or self._none or self._failed):
            return None
        values = pending.copy()
        # Not clear(): what another thread may just have added must not get lost.
        del pending[: len(values)]
        times = Histogram.of(values)
        if times.count < len(values):
            self._stats.complain_of(values)
        requests = len(values) + self._none
        taken = Tally(
            requests,
            requests - times.count,
            self._failed,
            _whole(self._length),
            None if self._last is None else self._stats.epoch + self._last,
            times,
            {second: requests} if requests else {},
            {second: self._failed} if self._failed else {},
            {second: times.counts} if times.count else {},
        )
        self._none = self._failed = 0
        self._length = 0
        return taken


def _whole(length: Any) -> int:
    """Return a sum of lengths as an integer; one that is none counts as nothing."""
    try:
        return max(int(length), 0)
    except (TypeError, ValueError, OverflowError):
        return 0
