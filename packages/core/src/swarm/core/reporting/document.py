"""The figures of a run as plain data, in the shape that /stats/requests has."""

from typing import Any

import swarm.core.stats as settings
from swarm.core.reporting.view import RunSnapshot
from swarm.core.stats import EntrySnapshot
from swarm.core.stats.table import busiest, most_frequent


def document(
    snapshot: RunSnapshot, *, limit: int | None = None, percentiles: list[float] | None = None
) -> dict[str, Any]:
    """Return what is known of the run. Times are in milliseconds, rates per second.

    Args:
        snapshot: The run.
        limit: No more rows, and no more errors, than this; the aggregate covers all.
        percentiles: Which ones each row has; `PERCENTILES_TO_STATISTICS` unless given.
    """
    stats, total = snapshot.stats, snapshot.stats.total
    wanted = settings.PERCENTILES_TO_STATISTICS if percentiles is None else percentiles
    current = total.get_current_response_time_percentiles(settings.PERCENTILES_TO_CHART)
    return {
        "stats": [_row(entry, wanted) for entry in (*busiest(stats, limit), total)],
        "errors": [error.to_dict() for error in most_frequent(stats.errors.values())[:limit]],
        "total_rps": total.total_rps,
        "total_fail_per_sec": total.total_fail_per_sec,
        "current_rps": total.current_rps,
        "current_fail_per_sec": total.current_fail_per_sec,
        "fail_ratio": total.fail_ratio,
        "current_response_time_percentiles": {
            f"response_time_percentile_{fraction}": value
            for fraction, value in zip(settings.PERCENTILES_TO_CHART, current, strict=True)
        },
        "state": snapshot.state,
        "user_count": snapshot.user_count,
    }


def final_document(snapshot: RunSnapshot) -> dict[str, Any]:
    """Return everything that is known of a run that is over, for `--json`."""
    wanted = sorted({*settings.PERCENTILES_TO_STATISTICS, *settings.PERCENTILES_TO_REPORT})
    return {
        **document(snapshot, percentiles=wanted),
        "exceptions": [
            {"count": e.count, "msg": e.msg, "traceback": e.traceback, "nodes": list(e.nodes)}
            for e in snapshot.exceptions
        ],
        "omitted_exceptions": snapshot.omitted_exceptions,
        "host": snapshot.host,
        "start_time": snapshot.stats.start_time,
        "run_time": snapshot.run_time,
        "generator": {"spoilt": snapshot.health.spoilt, "summary": snapshot.health.summary()},
    }


def _row(entry: EntrySnapshot, percentiles: list[float]) -> dict[str, Any]:
    return {
        "method": entry.method,
        "name": entry.name,
        "num_requests": entry.num_requests,
        "num_failures": entry.num_failures,
        "min_response_time": entry.min_response_time,
        "max_response_time": entry.max_response_time,
        "current_rps": entry.current_rps,
        "current_fail_per_sec": entry.current_fail_per_sec,
        "avg_response_time": entry.avg_response_time,
        "median_response_time": entry.median_response_time,
        "total_rps": entry.total_rps,
        "total_fail_per_sec": entry.total_fail_per_sec,
        **{
            f"response_time_percentile_{fraction}": entry.get_response_time_percentile(fraction)
            for fraction in percentiles
        },
        "avg_content_length": entry.avg_content_length,
    }
