"""Statistics of a run: what was requested, how long it took, what failed.

The constants below may be changed by a test file; they are read when they are
used, so a change takes effect at once:

    import swarm.core.stats
    swarm.core.stats.CONSOLE_STATS_INTERVAL_SEC = 15
"""

from collections.abc import Callable
from typing import SupportsFloat

from swarm.core.stats.entry import StatsEntry
from swarm.core.stats.error import ErrorSnapshot, StatsError
from swarm.core.stats.histogram import Histogram
from swarm.core.stats.histogram import bucket_middle as _bucket_middle
from swarm.core.stats.history import stats_history
from swarm.core.stats.printer import stats_printer
from swarm.core.stats.snapshot import EntrySnapshot, StatsSnapshot
from swarm.core.stats.store import RequestStats

STATS_NAME_WIDTH: int | None = None
"""Width of the name column in plain tables; None fits it to the terminal (or 80 columns)."""
STATS_TYPE_WIDTH = 8
"""Width of the request type column in plain tables."""
CSV_STATS_INTERVAL_SEC: float = 1
"""Seconds between two writes of the CSV files."""
CONSOLE_STATS_INTERVAL_SEC: float = 2
"""Seconds between two prints of the statistics."""
HISTORY_STATS_INTERVAL_SEC: float = 5
"""Seconds between two points of the history."""
CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW: float = 10
"""Seconds that the "current" figures look back."""
PERCENTILES_TO_REPORT: list[float] = [
    0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0,
]  # fmt: skip
"""Percentiles of the summary and of the CSV files."""
PERCENTILES_TO_STATISTICS: list[float] = [0.95, 0.99]
"""Percentiles of the statistics table of the web UI."""
PERCENTILES_TO_CHART: list[float] = [0.5, 0.95]
"""Percentiles of the history and of the charts."""
MAX_ROWS = 10_000
"""Rows that are kept apart; further names share one row."""
MAX_ERRORS = 1_000
"""Kinds of errors that are kept apart; further ones share one line."""
MAX_HISTORY = 1_000
"""Points of the history; beyond that, older ones are thinned out."""

bucket_response_time: Callable[[float], SupportsFloat] = _bucket_middle
"""Maps a response time (ms) to the key under which it is counted. Replaceable."""

__all__ = [
    "CONSOLE_STATS_INTERVAL_SEC",
    "CSV_STATS_INTERVAL_SEC",
    "CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW",
    "HISTORY_STATS_INTERVAL_SEC",
    "MAX_ERRORS",
    "MAX_HISTORY",
    "MAX_ROWS",
    "PERCENTILES_TO_CHART",
    "PERCENTILES_TO_REPORT",
    "PERCENTILES_TO_STATISTICS",
    "STATS_NAME_WIDTH",
    "STATS_TYPE_WIDTH",
    "EntrySnapshot",
    "ErrorSnapshot",
    "Histogram",
    "RequestStats",
    "StatsEntry",
    "StatsError",
    "StatsSnapshot",
    "bucket_response_time",
    "stats_history",
    "stats_printer",
]
