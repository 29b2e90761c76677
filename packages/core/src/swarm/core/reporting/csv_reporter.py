"""--csv: statistics, history, failures and exceptions in four files."""

import csv
import io
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

import gevent

import swarm.core.stats as settings
from swarm.core.reporting.file import prepare, replace, rewrite, unwritable
from swarm.core.reporting.view import RunSnapshot, RunView
from swarm.core.stats import EntrySnapshot, Histogram
from swarm.core.stats.snapshot import StatsSnapshot
from swarm.core.stats.table import percent

NOT_AVAILABLE = "N/A"
"""What stands for a percentile of no requests at all; data frames read it as missing."""

Cell = str | int | float | None

STATS_COLUMNS = (
    "Type", "Name", "Request Count", "Failure Count", "Median Response Time",
    "Average Response Time", "Min Response Time", "Max Response Time", "Average Content Size",
    "Requests/s", "Failures/s",
)  # fmt: skip
HISTORY_COLUMNS = ("Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s")
HISTORY_TOTALS = (
    "Total Request Count", "Total Failure Count", "Total Median Response Time",
    "Total Average Response Time", "Total Min Response Time", "Total Max Response Time",
    "Total Average Content Size",
)  # fmt: skip
FAILURES_COLUMNS = ("Method", "Name", "Error", "Occurrences")
EXCEPTIONS_COLUMNS = ("Count", "Message", "Traceback", "Nodes")

_ROWS_AT_ONCE = 100  # then the users get their turn
_LARGEST_SHARE = 0.1  # of the generator's time that writing may take


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield rows as lines of CSV, with quotes around what has commas, quotes or line breaks."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for count, row in enumerate(rows, 1):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        if count % _ROWS_AT_ONCE == 0:
            gevent.sleep(0)


def stats_rows(
    stats: StatsSnapshot, percentiles: "Callable[[EntrySnapshot], Sequence[Cell]] | None" = None
) -> Iterator[Sequence[Cell]]:
    """Yield the rows of `_stats.csv`: titles, a row for each entry, and the aggregate.

    Args:
        stats: The statistics.
        percentiles: Gives the last columns of a row; computed unless given.
    """
    last = percentiles or reported_percentiles
    yield (*STATS_COLUMNS, *map(percent, settings.PERCENTILES_TO_REPORT))
    for entry in (*stats.entries.values(), stats.total):
        yield (
            entry.method,
            entry.name,
            entry.num_requests,
            entry.num_failures,
            *_totals(entry),
            entry.total_rps,
            entry.total_fail_per_sec,
            *last(entry),
        )


def failures_rows(stats: StatsSnapshot) -> Iterator[Sequence[Cell]]:
    """Yield the rows of `_failures.csv`."""
    yield FAILURES_COLUMNS
    for error in stats.errors.values():
        yield error.method, error.name, error.error, error.occurrences


def exceptions_rows(snapshot: RunSnapshot) -> Iterator[Sequence[Cell]]:
    """Yield the rows of `_exceptions.csv`."""
    yield EXCEPTIONS_COLUMNS
    for raised in snapshot.exceptions:
        yield raised.count, raised.msg, raised.traceback, ", ".join(raised.nodes)


def reported_percentiles(entry: EntrySnapshot) -> Sequence[Cell]:
    """Return the response times (ms) at `PERCENTILES_TO_REPORT`."""
    if entry.min_response_time is None:
        return [NOT_AVAILABLE] * len(settings.PERCENTILES_TO_REPORT)
    return [entry.get_response_time_percentile(p) for p in settings.PERCENTILES_TO_REPORT]


class CsvReporter:
    """Keeps PREFIX_stats.csv, _stats_history.csv, _failures.csv and _exceptions.csv up to date.

    Whatever was written is kept if the process is killed: the history is appended to
    and handed to the operating system each time, the others are replaced as a whole.

    Args:
        prefix: Path and beginning of the name of the files. Folders are made.
        full_history: Add a row for each entry to the history, not only the aggregate.
    """

    def __init__(self, prefix: str | Path, *, full_history: bool = False) -> None:
        self._files = {
            name: Path(f"{prefix}_{name}.csv")
            for name in ("stats", "stats_history", "failures", "exceptions")
        }
        self._full_history = full_history
        self._history: TextIO | None = None
        self._took = 0.0
        # Percentiles of rows that did not change need not be computed again.
        self._known: dict[tuple[str, str], tuple[Histogram, Sequence[Cell]]] = {}

    @property
    def interval(self) -> float:
        """`CSV_STATS_INTERVAL_SEC`, or more if writing thousands of rows would steal the time."""
        return max(settings.CSV_STATS_INTERVAL_SEC, self._took / _LARGEST_SHARE)

    def start(self, run: RunView) -> None:
        """Make the files, with their titles.

        Raises:
            ConfigError: If one cannot be written.
        """
        del run
        for path in self._files.values():
            prepare(path, "--csv")
        path = self._files["stats_history"]
        try:
            self._history = rewrite(path)
        except OSError as error:
            raise unwritable(path, error, "Choose another place with --csv.") from error
        percentiles = map(percent, settings.PERCENTILES_TO_REPORT)
        self._append([(*HISTORY_COLUMNS, *percentiles, *HISTORY_TOTALS)])
        empty: list[tuple[str, Sequence[str]]] = [
            ("stats", (*STATS_COLUMNS, *map(percent, settings.PERCENTILES_TO_REPORT))),
            ("failures", FAILURES_COLUMNS),
            ("exceptions", EXCEPTIONS_COLUMNS),
        ]
        for name, titles in empty:
            replace(self._files[name], "".join(csv_lines([titles])))

    def feed(self, snapshot: RunSnapshot) -> None:
        """Add to the history and write the other files anew."""
        # What other greenlets do meanwhile is counted as well; then it is a busy time to write.
        began = time.perf_counter()
        self._append(self._history_rows(snapshot))
        self._write(snapshot)
        self._took = time.perf_counter() - began

    def finish(self, snapshot: RunSnapshot) -> None:
        """Write the final figures."""
        if self._history is None:
            return
        with closing(self._history):
            self.feed(snapshot)
        self._history = None

    def _write(self, snapshot: RunSnapshot) -> None:
        contents: dict[str, Iterable[Sequence[Cell]]] = {
            "stats": stats_rows(snapshot.stats, self._percentiles),
            "failures": failures_rows(snapshot.stats),
            "exceptions": exceptions_rows(snapshot),
        }
        for name, rows in contents.items():
            replace(self._files[name], "".join(csv_lines(rows)))

    def _append(self, rows: Iterable[Sequence[Cell]]) -> None:
        if self._history is not None:
            try:
                self._history.write("".join(csv_lines(rows)))
                self._history.flush()
            except OSError as error:
                raise unwritable(self._files["stats_history"], error) from error

    def _history_rows(self, snapshot: RunSnapshot) -> Iterator[Sequence[Cell]]:
        stats = snapshot.stats
        entries = [*stats.entries.values()] if self._full_history else []
        for entry in (*entries, stats.total):
            yield (
                int(snapshot.time),
                snapshot.user_count,
                entry.method,
                entry.name,
                entry.current_rps,
                entry.current_fail_per_sec,
                *_current_percentiles(entry),
                entry.num_requests,
                entry.num_failures,
                *_totals(entry),
            )

    def _percentiles(self, entry: EntrySnapshot) -> Sequence[Cell]:
        key, times = (entry.name, entry.method), entry.tally.times
        known = self._known.get(key)
        if known is None or known[0] is not times:
            known = self._known[key] = (times, reported_percentiles(entry))
        return known[1]


def _totals(entry: EntrySnapshot) -> tuple[Cell, ...]:
    """Return median, mean, shortest and longest response time, and the mean length."""
    return (
        entry.median_response_time,
        entry.avg_response_time,
        entry.min_response_time or 0,
        entry.max_response_time,
        entry.avg_content_length,
    )


def _current_percentiles(entry: EntrySnapshot) -> Sequence[Any]:
    found = entry.get_current_response_time_percentiles(settings.PERCENTILES_TO_REPORT)
    return [NOT_AVAILABLE if value is None else value for value in found]
