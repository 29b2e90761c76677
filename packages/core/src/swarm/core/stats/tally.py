"""What is counted of one row, as an immutable value that can be added up.

Folding in the requests of a second, the sum over all rows and the reports of
workers are all the same operation: `Tally.merged`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from math import ceil
from typing import TypeVar

import swarm.core.stats as settings
from swarm.core.stats.histogram import EMPTY, Histogram

SECONDS_KEPT = 60
"""For how many of the latest seconds requests are kept second by second."""

Value = TypeVar("Value")
Counts = Mapping[float, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counters of one row. Mappings are never changed once they are in here.

    `recent` has the distribution of response times of each of the latest seconds,
    for the sliding window. It does not travel between nodes.
    """

    num_requests: int = 0
    num_none_requests: int = 0
    num_failures: int = 0
    total_content_length: int = 0
    last_request_timestamp: float | None = None
    times: Histogram = EMPTY
    requests_per_second: Mapping[int, int] = field(default_factory=dict)
    failures_per_second: Mapping[int, int] = field(default_factory=dict)
    recent: Mapping[int, Counts] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def merged(cls, tallies: Iterable["Tally"]) -> "Tally":
        """Return the sum. The order of the tallies makes no difference."""
        parts = list(tallies)
        if len(parts) <= 1:
            return parts[0] if parts else NOTHING
        kept = max(SECONDS_KEPT, window_seconds())
        return cls(
            sum(t.num_requests for t in parts),
            sum(t.num_none_requests for t in parts),
            sum(t.num_failures for t in parts),
            sum(t.total_content_length for t in parts),
            max(
                (t.last_request_timestamp for t in parts if t.last_request_timestamp), default=None
            ),
            Histogram.merged(t.times for t in parts),
            _newest(_sum(t.requests_per_second for t in parts), kept),
            _newest(_sum(t.failures_per_second for t in parts), kept),
            _newest(_sum_by_second([t.recent for t in parts]), window_seconds()),
        )

    def merge(self, other: "Tally") -> "Tally":
        """Return the sum of both."""
        return Tally.merged((self, other))


NOTHING = Tally()


def window_seconds() -> int:
    """Return how many seconds, the current one included, the sliding window touches."""
    return ceil(settings.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW) + 1


def _sum(mappings: Iterable[Mapping[int, int]]) -> dict[int, int]:
    first, *others = mappings
    counts = dict(first)
    for mapping in others:
        for second, count in mapping.items():
            counts[second] = counts.get(second, 0) + count
    return counts


def _sum_by_second(mappings: list[Mapping[int, Counts]]) -> dict[int, Counts]:
    """Merge distributions that belong to the same second; the rest is shared, not copied."""
    first, *others = mappings
    merged: dict[int, Counts] = dict(first)
    shared: dict[int, list[Counts]] = {}
    for second, counts in chain.from_iterable(m.items() for m in others):
        if second in merged:
            shared.setdefault(second, [merged[second]]).append(counts)
        else:
            merged[second] = counts
    for second, group in shared.items():
        merged[second] = add_counts(group)
    return merged


def add_counts(parts: list[Counts]) -> Counts:
    """Return the sum of several {milliseconds: count}."""
    if len(parts) == 1:
        return parts[0]
    total: dict[float, int] = {}
    for key, count in chain.from_iterable(part.items() for part in parts):
        total[key] = total.get(key, 0) + count
    return total


def _newest(by_second: dict[int, Value], kept: int) -> dict[int, Value]:
    """Leave out the oldest seconds beyond `kept`, in any grouping of merges the same ones."""
    excess = len(by_second) - kept
    if excess == 1:  # as usual, with every second that passes
        del by_second[min(by_second)]
    elif excess > 1:
        for second in sorted(by_second)[:excess]:
            del by_second[second]
    return by_second
