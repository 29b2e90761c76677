"""The course of a run: its figures from time to time, in bounded memory."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import gevent

import swarm.core.stats as settings

if TYPE_CHECKING:
    from swarm.core.stats.store import RequestStats


class Counted(Protocol):
    """What `stats_history` needs of a runner."""

    @property
    def stats(self) -> "RequestStats":
        """The statistics of the run."""
        ...

    @property
    def user_count(self) -> int:
        """How many users there are now."""
        ...


def stats_history(runner: Counted) -> None:
    """Add a point to `runner.stats.history` from time to time, for ever.

    Example:
        gevent.spawn(stats_history, environment.runner)
    """
    while True:
        add_to_history(runner.stats, runner.user_count)
        gevent.sleep(settings.HISTORY_STATS_INTERVAL_SEC)


def add_to_history(stats: "RequestStats", user_count: int) -> None:
    """Add the present figures to the history, and thin it out when it has become long.

    Of the older half every other point goes, so that the history covers all of the run
    and is finest at its end.

    Args:
        stats: The statistics whose history is meant.
        user_count: How many users there are now.
    """
    total = stats.total
    now = stats.span()[2]
    point: dict[str, Any] = {
        "time": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
        "timestamp": now,
        "user_count": user_count,
        "current_rps": total.current_rps,
        "current_fail_per_sec": total.current_fail_per_sec,
        "total_avg_response_time": total.avg_response_time,
    }
    for fraction in settings.PERCENTILES_TO_CHART:
        point[f"response_time_percentile_{fraction}"] = (
            total.get_current_response_time_percentile(fraction) or 0.0
        )
    history = stats.history
    history.append(point)
    if len(history) > settings.MAX_HISTORY:
        older = len(history) // 2
        history[:older] = history[:older:2]
