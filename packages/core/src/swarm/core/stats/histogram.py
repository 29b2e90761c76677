"""Response times in buckets whose middle is within 0.4 % of every value in them.

A bucket is the upper half of an IEEE single: sign, exponent and seven bits of
mantissa. So a bucket is at most 1/128 of its value wide, and putting a whole
batch of values into buckets takes a conversion and a slice, both in C.
"""

import logging
import math
import struct
import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

import swarm.core.stats as settings

logger = logging.getLogger("swarm.stats")

SMALLEST = 1e-6
"""Milliseconds (one nanosecond); anything shorter is counted as zero."""
LARGEST = 1e15
"""Milliseconds (30 000 years); anything longer is no response time."""

_UPPER_HALF = 1 if sys.byteorder == "little" else 0


@cache
def _middle(code: int) -> float:
    """Return the middle, in milliseconds, of the bucket with this code."""
    low, high = (struct.unpack(">f", struct.pack(">HH", c, 0))[0] for c in (code, code + 1))
    return 0.0 if high <= SMALLEST else (low + high) / 2


def bucket_middle(response_time: float) -> float:
    """Return the middle of the bucket that a response time (both in ms) falls into."""
    return _middle(struct.unpack(">H", struct.pack(">f", response_time)[:2])[0])


class Histogram:
    """An immutable distribution of response times in milliseconds.

    Count, sum, minimum and maximum are exact. A percentile is within 0.4 % of the
    order statistic it stands for. Merging loses nothing: it is associative and
    commutative, and the result is that of one process that saw all values.

    Args:
        counts: How many values there are in each bucket, by the bucket's middle.
        total: Sum of all values.
        minimum: The smallest value; None means to take it from the buckets.
        maximum: The largest value; None means to take it from the buckets.
        residue: What `total` lacks of the exact sum because it is a float.
        count: The sum of `counts`, if it is known.
    """

    __slots__ = (
        "_cumulative",
        "_keys",
        "count",
        "counts",
        "maximum",
        "minimum",
        "residue",
        "total",
    )

    def __init__(
        self,
        counts: Mapping[float, int] | None = None,
        total: float = 0.0,
        minimum: float | None = None,
        maximum: float | None = None,
        residue: float = 0.0,
        count: int | None = None,
    ) -> None:
        self.counts: Mapping[float, int] = {} if counts is None else counts
        self.count = sum(self.counts.values()) if count is None else count
        self.total = total
        self.residue = residue
        if self.counts:
            if minimum is None:
                minimum = min(self.counts)
            if maximum is None:
                maximum = max(self.counts)
        self.minimum = minimum
        self.maximum = maximum
        self._keys: list[float] | None = None
        self._cumulative: list[int] = []

    @classmethod
    def of(cls, values: Sequence[float]) -> "Histogram":
        """Return the distribution of the valid ones among `values`.

        Negative values count as zero. What is no finite number is left out; compare
        `count` with the number of values to know how many there were.
        """
        if not values:
            return EMPTY
        try:
            histogram = cls._of_numbers(values)
        except Exception:  # noqa: BLE001 - user code sends whatever it likes; sort it out one by one
            histogram = None
        if histogram is None:
            valid = [v for v in map(valid_or_none, values) if v is not None]
            histogram = cls._of_numbers(valid) if valid else EMPTY
        return histogram or EMPTY

    @classmethod
    def _of_numbers(cls, values: Sequence[float]) -> "Histogram | None":
        """Return the distribution, or None when not all values are response times."""
        total = math.fsum(values)
        # False as well if the sum is not a number, which one bad value is enough for.
        if not 0.0 <= total < math.inf:
            return None
        minimum, maximum = float(min(values)), float(max(values))
        if minimum < 0.0 or maximum > LARGEST:
            return None
        # What the rounded sum lacks; with it the sum is good for 100 bits, hence exact.
        residue = math.fsum((*values, -total)) if len(values) > 1 else 0.0
        return cls(_buckets(values), total, minimum, maximum, residue, len(values))

    @classmethod
    def merged(cls, histograms: Iterable["Histogram"]) -> "Histogram":
        """Return the distribution of all values of all the histograms."""
        present = [h for h in histograms if h.count]
        if len(present) <= 1:
            return present[0] if present else EMPTY
        # The largest is copied, which is quick, and the others are counted on top.
        present.sort(key=lambda h: len(h.counts), reverse=True)
        counts = dict(present[0].counts)
        for histogram in present[1:]:
            for key, count in histogram.counts.items():
                counts[key] = counts.get(key, 0) + count
        parts = [part for h in present for part in (h.total, h.residue)]
        total = math.fsum(parts)
        return cls(
            counts,
            total,
            min(h.minimum for h in present if h.minimum is not None),
            max(h.maximum for h in present if h.maximum is not None),
            math.fsum((*parts, -total)),
            sum(h.count for h in present),
        )

    def merge(self, other: "Histogram") -> "Histogram":
        """Return the distribution of the values of both."""
        return Histogram.merged((self, other))

    def percentile(self, fraction: float) -> float:
        """Return the response time (ms) that this fraction of the values does not exceed.

        It stands for the value of rank `ceil(fraction * count)` in ascending order;
        0 gives the exact minimum, 1 the exact maximum. Without values it is 0.

        Args:
            fraction: Between 0 and 1, for example 0.95.

        Raises:
            ValueError: If the fraction is not between 0 and 1.
        """
        if not 0 <= fraction <= 1:
            raise ValueError(f"a percentile is a fraction between 0 and 1, not {fraction!r}")
        if not self.count or self.minimum is None or self.maximum is None:
            return 0.0
        # Rounded first: 0.07 * 100 is a little more than 7, yet the seventh is meant.
        rank = math.ceil(round(fraction * self.count, 6))
        if rank <= 1:
            return self.minimum
        if rank >= self.count:
            return self.maximum
        if self._keys is None:
            keys = sorted(self.counts)
            self._cumulative = list(accumulate(self.counts[key] for key in keys))
            self._keys = keys
        middle = self._keys[bisect_left(self._cumulative, rank)]
        return min(max(middle, self.minimum), self.maximum)

    def _identity(self) -> tuple[Any, ...]:
        return (self.counts, self.total, self.residue, self.minimum, self.maximum)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((self.count, self.total, self.minimum, self.maximum))

    def __repr__(self) -> str:
        return f"<Histogram of {self.count} values from {self.minimum} to {self.maximum} ms>"


EMPTY = Histogram()


def _buckets(values: Sequence[float]) -> dict[float, int]:
    """Count valid values by bucket, with the user's own bucketing if there is one."""
    if settings.bucket_response_time is not bucket_middle:
        return _own_buckets(values)
    halves = array("H", array("f", values).tobytes())
    counts: dict[float, int] = {}
    # Several codes, those below a nanosecond, may share a bucket.
    for code, count in Counter(halves[_UPPER_HALF::2]).items():
        middle = _middle(code)
        counts[middle] = counts.get(middle, 0) + count
    return counts


def _own_buckets(values: Sequence[float]) -> dict[float, int]:
    function: Any = settings.bucket_response_time
    counts: dict[float, int] = {}
    for value in values:
        try:
            # The key is kept as the function gives it, an int stays an int.
            key = function(value)
        except Exception:  # noqa: BLE001 - the function is the user's own and may raise anything
            key = None
        if valid_or_none(key) is None or key < 0:
            _bucketing_failed(function)
            key = bucket_middle(float(value))
        counts[key] = counts.get(key, 0) + 1
    return counts


def valid_or_none(value: Any) -> float | None:
    """Return a response time as a float of at least 0, None if it is no finite number."""
    if isinstance(value, str | bytes | bytearray):
        return None
    try:
        number = float(value)
    except Exception:  # noqa: BLE001 - a value of the user's own class may raise anything
        return None
    if not math.isfinite(number) or number > LARGEST:
        return None
    return max(number, 0.0)


@cache
def _bucketing_failed(function: Any) -> None:
    """Say once for each function that it does not work."""
    logger.warning(
        "The function %r in swarm.core.stats.bucket_response_time raised or returned no number "
        "of at least 0; the standard buckets are used instead",
        function,
    )
