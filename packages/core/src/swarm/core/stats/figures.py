"""The figures of a row, computed from its tally: the same for live rows and for snapshots."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence

import swarm.core.stats as settings
from swarm.core.stats.histogram import Histogram
from swarm.core.stats.tally import Tally, add_counts, window_seconds


class Figures:
    """Figures of one row. Times are in milliseconds, lengths in bytes, rates per second."""

    __slots__ = ()

    @abstractmethod
    def _counted(self) -> Tally:
        """Return the counters."""

    @abstractmethod
    def _span(self) -> tuple[float, float, float]:
        """Return (start of the run, its last request, now), in epoch seconds."""

    @property
    def num_requests(self) -> int:
        """Requests completed, failed ones included."""
        return self._counted().num_requests

    @property
    def num_none_requests(self) -> int:
        """Requests among them that have no response time."""
        return self._counted().num_none_requests

    @property
    def num_failures(self) -> int:
        """Requests that failed."""
        return self._counted().num_failures

    @property
    def total_response_time(self) -> float:
        """Sum of all response times, in milliseconds."""
        return self._counted().times.total

    @property
    def min_response_time(self) -> float | None:
        """The shortest response time in milliseconds; None as long as there is none."""
        return self._counted().times.minimum

    @property
    def max_response_time(self) -> float:
        """The longest response time in milliseconds; 0 as long as there is none."""
        return self._counted().times.maximum or 0.0

    @property
    def total_content_length(self) -> int:
        """Sum of all response lengths, in bytes."""
        return self._counted().total_content_length

    @property
    def last_request_timestamp(self) -> float | None:
        """When the last request was completed (epoch seconds); None if there was none."""
        return self._counted().last_request_timestamp

    @property
    def response_times(self) -> dict[float, int]:
        """The histogram: {middle of the bucket in milliseconds: how many}."""
        return dict(self._counted().times.counts)

    @property
    def num_reqs_per_sec(self) -> dict[int, int]:
        """Requests by epoch second, for the latest seconds that had any."""
        return dict(self._counted().requests_per_second)

    @property
    def num_fail_per_sec(self) -> dict[int, int]:
        """Failures by epoch second, for the latest seconds that had any."""
        return dict(self._counted().failures_per_second)

    @property
    def fail_ratio(self) -> float:
        """Failures per request, 0 to 1."""
        tally = self._counted()
        # Failures may be logged without a request; a ratio above 1 would help nobody.
        if not tally.num_requests:
            return 1.0 if tally.num_failures else 0.0
        return min(tally.num_failures / tally.num_requests, 1.0)

    @property
    def avg_response_time(self) -> float:
        """Mean response time in milliseconds; 0 without requests."""
        times = self._counted().times
        return times.total / times.count if times.count else 0.0

    @property
    def median_response_time(self) -> float:
        """Median response time in milliseconds; 0 without requests."""
        return self._counted().times.percentile(0.5)

    @property
    def avg_content_length(self) -> float:
        """Mean response length in bytes; 0 without requests."""
        tally = self._counted()
        return tally.total_content_length / tally.num_requests if tally.num_requests else 0.0

    @property
    def total_rps(self) -> float:
        """Requests per second from the start of the run to its last request."""
        return self._counted().num_requests / self._measured_seconds()

    @property
    def total_fail_per_sec(self) -> float:
        """Failures per second from the start of the run to its last request."""
        return self._counted().num_failures / self._measured_seconds()

    @property
    def current_rps(self) -> float:
        """Requests per second in the window of the latest seconds."""
        return self._current(self._counted().requests_per_second)

    @property
    def current_fail_per_sec(self) -> float:
        """Failures per second in the window of the latest seconds."""
        return self._current(self._counted().failures_per_second)

    def get_response_time_percentile(self, percent: float) -> float:
        """Return the response time (ms) that a fraction of the requests did not exceed.

        Args:
            percent: Between 0 and 1, for example 0.95.

        Raises:
            ValueError: If the fraction is not between 0 and 1.
        """
        return self._counted().times.percentile(percent)

    def get_current_response_time_percentile(self, percent: float) -> float | None:
        """Return the percentile over the latest seconds; None if they had no requests.

        Args:
            percent: Between 0 and 1, for example 0.95.

        Raises:
            ValueError: If the fraction is not between 0 and 1.
        """
        return self.get_current_response_time_percentiles([percent])[0]

    def get_current_response_time_percentiles(
        self, percents: Sequence[float]
    ) -> list[float | None]:
        """Return several percentiles over the latest seconds, in one go.

        Args:
            percents: Each between 0 and 1.

        Raises:
            ValueError: If one is not between 0 and 1.
        """
        tally = self._counted()
        recent = add_counts([tally.recent[s] for s in self._window() if s in tally.recent])
        if not recent:
            return [None] * len(percents)
        # A window knows only its buckets, but nothing in it is beyond the run's extremes.
        window = Histogram(recent)
        low, high = tally.times.minimum or 0.0, tally.times.maximum or 0.0
        return [min(max(window.percentile(p), low), high) for p in percents]

    def _measured_seconds(self) -> float:
        start, end, _ = self._span()
        # A rate is not known better than to the second, so the first second counts as a whole.
        return max(end - start, 1.0)

    def _window(self) -> Iterator[int]:
        """Yield the epoch seconds of the window, the current one first."""
        now = int(self._span()[2])
        return iter(range(now, now - window_seconds(), -1))

    def _current(self, per_second: Mapping[int, int]) -> float:
        """Return a rate over the window, which is shorter just after the start.

        The window ends now, so it has a part of the current second, and of the oldest
        second as much as belongs to it, taking that second's requests as evenly spread.
        """
        start, _, now = self._span()
        begin = max(now - settings.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW, start)
        count = 0.0
        for second in self._window():
            # What came before the start of the run was not counted, so it is not shared out.
            share = 1.0 if second <= start else min(max(second + 1 - begin, 0.0), 1.0)
            count += per_second.get(second, 0) * share
        return count / max(now - begin, 1.0)


class Totals:
    """What is said of all rows together: the same for live statistics and for snapshots."""

    __slots__ = ()

    total: Figures

    @property
    def num_requests(self) -> int:
        """Requests completed, failed ones included."""
        return self.total.num_requests

    @property
    def num_failures(self) -> int:
        """Requests that failed."""
        return self.total.num_failures

    @property
    def last_request_timestamp(self) -> float | None:
        """When the last request was completed (epoch seconds); None if there was none."""
        return self.total.last_request_timestamp
