"""What the console shows, as lines of styled pieces: for a terminal and, without styles, for a log.

The layout is our own and plain because it is made while the load is on: laying out
25 rows takes half a millisecond, where a table of rich stops the users for 25.
"""

import textwrap
from collections.abc import Iterable, Sequence

from swarm.core.reporting.view import RunSnapshot
from swarm.core.stats import ErrorSnapshot, StatsSnapshot
from swarm.core.stats.table import (
    Column,
    Grid,
    and_more,
    busiest,
    count_columns,
    milliseconds,
    most_frequent,
    one_line,
    percentile_columns,
    rate,
    share,
    text_width,
    told,
)
from swarm.core.text import counted

Piece = tuple[str, str]
"""A text and the style of rich that it is shown in; "" for none."""
Line = Sequence[Piece]

BUSY_CPU = 75.0
"""Percent of a core from which on the generator's own load is shown as a warning."""
LATE = 0.01
"""Seconds of lateness from which on the generator's own lateness is shown."""

_STATE_STYLES = {"running": "bold green", "spawning": "bold yellow", "stopping": "bold yellow"}
_LONGEST_TRACEBACK = 30
_BAR = 16


def blank() -> Line:
    """Return an empty line."""
    return [("", "")]


def text_of(line: Line) -> str:
    """Return a line without its styles."""
    return "".join(text for text, _ in line).rstrip()


def table(
    stats: StatsSnapshot,
    columns: Sequence[Column],
    *,
    limit: int | None = None,
    width: int | None = None,
) -> list[Line]:
    """Return the rows and the total under the titles of the columns.

    Args:
        stats: What to show.
        columns: Columns of numbers; the less needed ones go when there is no room.
        limit: No more rows than this, those with the most requests.
        width: Characters that a line may have; None for as many as it takes.
    """
    grid = Grid(columns, busiest(stats, limit), stats.total, width)
    rule: Line = [("─" * grid.width, "dim")]
    rows = [_row(grid, index, "") for index in range(len(grid.rows))]
    more: list[Line] = [[(line, "dim")] for line in and_more(len(stats.entries), limit)]
    total = _row(grid, len(grid.rows), "bold")
    return [[(grid.heading(), "bold")], rule, *rows, *more, rule, total]


def counts(
    stats: StatsSnapshot, *, current: bool, limit: int | None = None, width: int | None = None
) -> list[Line]:
    """Return the table of counts, response times and rates."""
    return table(stats, count_columns(current=current), limit=limit, width=width)


def progress(snapshot: RunSnapshot, width: int | None = None) -> Line:
    """Return the line that says how the run is doing.

    Args:
        snapshot: The run.
        width: Characters that the line may have; None for as many as it takes.
    """
    total, health = snapshot.stats.total, snapshot.health
    users = counted(snapshot.user_count, "user")
    if snapshot.user_count != snapshot.target_user_count:
        users = f"{snapshot.user_count}/{counted(snapshot.target_user_count, 'user')}"
    current = total.get_current_response_time_percentile(0.95)
    # Each part with how dispensable it is.
    parts: list[tuple[int, Piece]] = [
        (0, (snapshot.state, _STATE_STYLES.get(snapshot.state, "bold"))),
        (7, (_bar(snapshot), "")),
        (1, (_elapsed(snapshot), "")),
        (1, (users, "")),
        (0, (f"{rate(total.current_rps)} req/s", "bold")),
        (2, (_failing(snapshot), "red" if total.num_failures else "")),
        (1, (f"p95 {'-' if current is None else milliseconds(current)} ms", "")),
        (3, _cpu(snapshot)),
    ]
    if health.hub_latency >= LATE:
        parts.append((4, (f"late {health.hub_latency * 1000:.0f} ms", "yellow")))
    parts = [part for part in parts if part[1][0]]
    while width is not None and _length(parts) > width and len(parts) > 1:
        parts.remove(max(parts, key=lambda part: part[0]))
    return [piece for _, part in parts for piece in (part, ("  ", ""))][:-1]


def summary(snapshot: RunSnapshot, *, limit: int, width: int | None = None) -> list[Line]:
    """Return how the run ended: rows, percentiles, errors, exceptions, and what spoilt it.

    Args:
        snapshot: The run at its end.
        limit: No more rows, and no more errors, than this.
        width: Characters that a line may have; None for as many as it takes.
    """
    stats = snapshot.stats
    lines = [_headline(snapshot), blank()]
    if stats.total.num_requests or stats.total.num_failures:
        lines += counts(stats, current=False, limit=limit, width=width)
    else:
        lines.append([("No request was made.", "")])
    if stats.total.min_response_time is not None:
        lines += [blank(), [("Response time percentiles (ms)", "bold")], blank()]
        lines += table(stats, percentile_columns(), limit=limit, width=width)
    lines += _errors(stats.errors.values(), limit, width)
    lines += _exceptions(snapshot, limit, width)
    if snapshot.health.spoilt:
        lines += [blank(), *_wrapped("", f"Spoilt: {snapshot.health.summary()}", width, "bold red")]
    return lines


def duration(seconds: float) -> str:
    """Return a time as people write it on a clock: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _row(grid: Grid, index: int, style: str) -> Line:
    entry = [*grid.rows, grid.total][index]
    cells = zip(grid.columns, grid.cells(index), strict=True)
    return [
        (grid.label(entry.method, entry.name), style),
        *((cell, " ".join(filter(None, (style, column.style(entry))))) for column, cell in cells),
    ]


def _headline(snapshot: RunSnapshot) -> Line:
    total = snapshot.stats.total
    told_of = [f"{counted(total.num_requests, 'request')} in {snapshot.run_time:.1f} s"]
    if snapshot.host:
        told_of.append(one_line(snapshot.host))
    return [("Summary", "bold"), (f"  {', '.join(told_of)}; times in ms", "")]


def _errors(errors: Iterable[ErrorSnapshot], limit: int, width: int | None) -> list[Line]:
    found = most_frequent(errors)
    if not found:
        return []
    digits = len(str(found[0].occurrences))
    lines = [blank(), [("Error report", "bold")], blank()]
    for error in found[:limit]:
        lines += _wrapped(f"{error.occurrences:>{digits}}  ", told(error), width, "red")
    return [*lines, *([(line, "dim")] for line in and_more(len(found), limit))]


def _exceptions(snapshot: RunSnapshot, limit: int, width: int | None) -> list[Line]:
    exceptions = snapshot.exceptions
    if not exceptions:
        return []
    digits = len(str(exceptions[0].count))
    lines = [blank(), [("Exceptions in the users' code", "bold")]]
    for raised in exceptions[:limit]:
        lines.append(blank())
        trace = raised.traceback.rstrip().splitlines()
        # The last line has the type as well: "KeyError: 'x'" says more than "'x'".
        title = trace.pop() if trace and raised.msg in trace[-1] else raised.msg
        lines += _wrapped(f"{raised.count:>{digits}}  ", one_line(title), width, "red")
        if len(trace) > _LONGEST_TRACEBACK:
            trace = [*trace[:5], "  …", *trace[5 - _LONGEST_TRACEBACK :]]
        lines += [[(" " * (digits + 2) + one_line(line), "dim")] for line in trace]
    more = and_more(len(exceptions), limit)
    if snapshot.omitted_exceptions:
        more.append(f"… and {snapshot.omitted_exceptions} of further kinds, which were not kept")
    return [*lines, *([(line, "dim")] for line in more)]


def _wrapped(beginning: str, text: str, width: int | None, style: str) -> list[Line]:
    """Return a text broken into lines that stand under each other."""
    parts = [text]
    if width is not None:
        wide = text_width(text) - len(text)  # characters that take two columns
        parts = textwrap.wrap(text, max(width - len(beginning) - wide, 20)) or [""]
    indents = [beginning, *[" " * len(beginning)] * (len(parts) - 1)]
    return [[(i, ""), (part, style)] for i, part in zip(indents, parts, strict=True)]


def _elapsed(snapshot: RunSnapshot) -> str:
    elapsed = duration(snapshot.run_time)
    return f"{elapsed}/{duration(snapshot.time_limit)}" if snapshot.time_limit else elapsed


def _bar(snapshot: RunSnapshot) -> str:
    if not snapshot.time_limit:
        return ""
    done = round(min(snapshot.run_time / snapshot.time_limit, 1.0) * _BAR)
    return "━" * done + "╌" * (_BAR - done)


def _failing(snapshot: RunSnapshot) -> str:
    total = snapshot.stats.total
    if not total.num_failures:
        return "0 fails"
    return f"{counted(total.num_failures, 'fail')} ({share(total.fail_ratio)})"


def _cpu(snapshot: RunSnapshot) -> Piece:
    health = snapshot.health
    if not health.measured:
        return "", ""
    if health.spoilt:
        return f"CPU {health.cpu_usage:.0f}%: overloaded", "bold red"
    return f"CPU {health.cpu_usage:.0f}%", "yellow" if health.cpu_usage >= BUSY_CPU else ""


def _length(parts: Sequence[tuple[int, Piece]]) -> int:
    return sum(len(text) + 2 for _, (text, _) in parts) - 2
