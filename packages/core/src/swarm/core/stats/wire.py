"""Counters in the shape that nodes exchange, foreign nodes included.

What comes in is checked: a malformed report is refused with a ValueError, so that
it can be dropped instead of spoiling the figures.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from swarm.core.stats.histogram import Histogram
from swarm.core.stats.tally import Tally


def tally_to_dict(tally: Tally) -> dict[str, Any]:
    """Return the counters under the keys of the wire."""
    times = tally.times
    return {
        "last_request_timestamp": tally.last_request_timestamp,
        "num_requests": tally.num_requests,
        "num_none_requests": tally.num_none_requests,
        "num_failures": tally.num_failures,
        "total_response_time": times.total,
        # Ours alone, and ignored by others: what the sum above lacks of the exact one.
        "total_response_time_residue": times.residue,
        "max_response_time": times.maximum or 0.0,
        "min_response_time": times.minimum,
        "total_content_length": tally.total_content_length,
        "response_times": dict(times.counts),
        "num_reqs_per_sec": dict(tally.requests_per_second),
        "num_fail_per_sec": dict(tally.failures_per_second),
    }


def tally_from_dict(data: Mapping[str, Any]) -> Tally:
    """Return the counters that a node has sent.

    Raises:
        ValueError: If something is missing, or is no number, or is negative.
    """
    counts = _counts(data, "response_times")
    if not _are_numbers(counts):
        counts = {_number(key): n for key, n in counts.items()}
    minimum, last = data.get("min_response_time"), data.get("last_request_timestamp")
    times = Histogram(
        counts,
        _number(data.get("total_response_time")),
        None if minimum is None else _number(minimum),
        _number(data.get("max_response_time")) if counts else None,
        float(data.get("total_response_time_residue", 0.0)),
    )
    last = None if last is None else _number(last)
    return Tally(
        _count(data.get("num_requests")),
        _count(data.get("num_none_requests")),
        _count(data.get("num_failures")),
        _count(data.get("total_content_length")),
        last,
        times,
        {int(key): n for key, n in _counts(data, "num_reqs_per_sec").items()},
        {int(key): n for key, n in _counts(data, "num_fail_per_sec").items()},
        # A report does not say when each response came; that is about now.
        {int(last): counts} if last is not None and counts else {},
    )


def text(data: Mapping[str, Any], key: str) -> str:
    """Return a text that a node has sent.

    Raises:
        ValueError: If it is missing or is no text.
    """
    value = data.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key} must be a text, not {value!r}")  # noqa: TRY004 - one error for all malformed reports
    return value


def _number(value: Any) -> float:
    # JSON has texts as keys, hence not only numbers.
    number = float(value) if isinstance(value, int | float | str) else math.nan
    if not 0 <= number < math.inf:
        raise ValueError(f"{value!r} is no number of at least 0")
    return value if isinstance(value, int) else number


def _count(value: Any) -> int:
    if not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(f"{value!r} is no count")
    return int(value)


def _counts(data: Mapping[str, Any], key: str) -> dict[Any, int]:
    value = data.get(key)
    if not isinstance(value, Mapping):
        raise ValueError(f"{key} must be a map, not {value!r}")  # noqa: TRY004 - one error for all malformed reports
    counts = value.values()
    # A report has thousands of these. As a rule they are fine, which is found at once.
    if set(map(type, counts)) <= {int} and min(counts, default=0) >= 0:
        return dict(value)
    return {k: _count(n) for k, n in value.items()}


def _are_numbers(values: Iterable[Any]) -> bool:
    """Return whether all are plain numbers of at least 0. Infinity and NaN spoil the sum."""
    values = list(values)
    return (
        set(map(type, values)) <= {int, float}
        and math.isfinite(sum(values))
        and min(values, default=0) >= 0
    )
