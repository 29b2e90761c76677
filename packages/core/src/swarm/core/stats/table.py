"""The statistics as plain, aligned lines of text: pure functions, no terminal needed."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import swarm.core.stats as settings
from swarm.core.stats.error import ErrorSnapshot
from swarm.core.stats.snapshot import EntrySnapshot, StatsSnapshot

_NARROWEST_NAME = 12


class _Column(NamedTuple):
    title: str
    width: int
    cell: Callable[[EntrySnapshot], str]


def milliseconds(value: float | None) -> str:
    """Return a response time with as many digits as it has meaning: 0.084, 7.4, 128, 90061."""
    if value is None:
        return "-"
    if value >= 100 or value == 0:  # noqa: PLR2004
        return f"{value:.0f}"
    if value >= 10:  # noqa: PLR2004
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def rate(value: float) -> str:
    """Return a rate per second: 0.25, 12.5, 50123."""
    if value >= 1000 or value == 0:  # noqa: PLR2004
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004


def percent(fraction: float) -> str:
    """Return a percentile's name: 50%, 99.9%, 100%."""
    return f"{round(fraction * 100, 6):g}%"


def failures(entry: EntrySnapshot) -> str:
    """Return how many requests failed, and which part of all: 12 (0.4%)."""
    share = entry.fail_ratio * 100
    # Never "0%" when something failed, never "100%" when something worked.
    precision = 0 if share in {0.0, 100.0} else 1
    shown = min(max(share, 0.1), 99.9) if precision else share
    return f"{entry.num_failures} ({shown:.{precision}f}%)"


def one_line(text: str) -> str:
    """Return the text without line breaks, tabs and control characters."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def clip(text: str, width: int) -> str:
    """Return the text cut to a width, with an ellipsis where it was cut."""
    text = one_line(text)
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def busiest(entries: Iterable[EntrySnapshot], limit: int | None = None) -> list[EntrySnapshot]:
    """Return the rows by name, or only those with the most requests when there are too many."""
    rows = sorted(entries, key=lambda entry: (entry.name, entry.method))
    if limit is None or len(rows) <= limit:
        return rows
    return sorted(rows, key=lambda entry: -entry.num_requests)[:limit]


def stats_table(
    stats: StatsSnapshot, *, current: bool = True, limit: int | None = None
) -> list[str]:
    """Return the table of counts, response times (ms) and rates.

    Args:
        stats: What to show.
        current: Show the rates of the latest seconds, not those of the whole run.
        limit: Show no more rows than this, those with the most requests.
    """
    columns = [
        _Column("# reqs", 9, lambda e: str(e.num_requests)),
        _Column("# fails", 16, failures),
        _Column("Avg", 8, lambda e: milliseconds(e.avg_response_time)),
        _Column("Min", 8, lambda e: milliseconds(e.min_response_time)),
        _Column("Max", 8, lambda e: milliseconds(e.max_response_time)),
        _Column("Med", 8, lambda e: milliseconds(e.median_response_time)),
        _Column("req/s", 8, lambda e: rate(e.current_rps if current else e.total_rps)),
        _Column(
            "fails/s",
            8,
            lambda e: rate(e.current_fail_per_sec if current else e.total_fail_per_sec),
        ),
    ]
    return _table(stats, columns, limit)


def percentiles_table(stats: StatsSnapshot, *, limit: int | None = None) -> list[str]:
    """Return the table of response time percentiles (ms).

    Args:
        stats: What to show.
        limit: Show no more rows than this, those with the most requests.
    """
    columns = [
        _Column(percent(p), 8, lambda e, p=p: milliseconds(e.get_response_time_percentile(p)))  # type: ignore[misc]
        for p in settings.PERCENTILES_TO_REPORT
    ]
    columns.append(_Column("# reqs", 9, lambda e: str(e.num_requests)))
    return [
        "Response time percentiles (milliseconds)",
        *_table(stats, columns, limit),
    ]


def error_report(errors: Iterable[ErrorSnapshot], *, limit: int | None = None) -> list[str]:
    """Return the errors, the most frequent first; nothing if there are none.

    Args:
        errors: What to show.
        limit: Show no more lines than this.
    """
    found = sorted(errors, key=lambda e: (-e.occurrences, e.name, e.method, e.error))
    if not found:
        return []
    lines = ["Error report", f"{'# occurrences':<18} Error", _rule([18, 60])]
    for error in found[:limit]:
        where = " ".join(part for part in (error.method, error.name) if part)
        told = one_line(f"{where}: {error.error}" if where else error.error)
        lines.append(f"{error.occurrences:<18} {told}")
    lines.extend(_and_more(len(found), limit))
    return [*lines, _rule([18, 60])]


def _table(stats: StatsSnapshot, columns: Sequence[_Column], limit: int | None) -> list[str]:
    rows = busiest(stats.entries.values(), limit)
    cells = [[column.cell(entry) for column in columns] for entry in (*rows, stats.total)]
    widths = [
        max(column.width, len(column.title), *(len(row[i]) for row in cells))
        for i, column in enumerate(columns)
    ]
    type_width, name_width = _label_widths([*rows, stats.total], sum(widths) + len(widths))
    rule = _rule([type_width, name_width, *widths])

    def line(kind: str, name: str, values: Iterable[str]) -> str:
        numbers = " ".join(f"{value:>{width}}" for value, width in zip(values, widths, strict=True))
        label = f"{clip(kind, type_width):<{type_width}} {clip(name, name_width):<{name_width}}"
        return f"{label} {numbers}"

    lines = [line("Type", "Name", [column.title for column in columns]), rule]
    lines += [line(e.method, e.name, row) for e, row in zip(rows, cells, strict=False)]
    lines += _and_more(len(stats.entries), limit)
    return [*lines, rule, line("", stats.total.name, cells[-1])]


def _label_widths(rows: Sequence[EntrySnapshot], taken: int) -> tuple[int, int]:
    """Return the widths of type and name: what they need, or what the numbers leave them."""
    kind = settings.STATS_TYPE_WIDTH
    longest = max(len(entry.name) for entry in rows)
    if settings.STATS_NAME_WIDTH is not None:
        return kind, settings.STATS_NAME_WIDTH
    room = shutil.get_terminal_size((80, 24)).columns - taken - kind - 1
    return kind, min(max(longest, _NARROWEST_NAME), max(room, _NARROWEST_NAME))


def _rule(widths: Iterable[int]) -> str:
    return "-" * (sum(widths) + len(list(widths)) - 1)


def _and_more(total: int, limit: int | None) -> list[str]:
    left = 0 if limit is None else total - limit
    if left <= 0:
        return []
    return [f"… and {left} more {'row' if left == 1 else 'rows'}"]
