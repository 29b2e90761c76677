"""The statistics as aligned lines of text: pure functions, no terminal needed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

import swarm.core.stats as settings
from swarm.core.stats.error import ErrorSnapshot
from swarm.core.stats.snapshot import EntrySnapshot, StatsSnapshot

WIDEST_NAME = 80
"""Characters of a name that are shown where there is room for them."""

_NARROWEST_NAME = 16


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Args:
        title: Its heading.
        cell: Makes the text for a row.
        need: The lower, the longer the column stays when there is little room; 0 stays always.
        style: What the terminal shows the cell in, if it means something.
    """

    title: str
    cell: Callable[[EntrySnapshot], str]
    need: int = 0
    style: Callable[[EntrySnapshot], str] = lambda _entry: ""


def milliseconds(value: float | None) -> str:
    """Return a response time with as many digits as mean something: 0.084, 7.41, 128, 90061."""
    if value is None:
        return "-"
    if value >= 100 or value == 0:  # noqa: PLR2004 - three digits say enough
        return f"{value:.0f}"
    if value >= 10:  # noqa: PLR2004 - as above
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def rate(value: float) -> str:
    """Return a rate per second: 0.25, 12.5, 50123."""
    if value >= 100 or value == 0:  # noqa: PLR2004 - three digits say enough
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - as above


def percent(fraction: float) -> str:
    """Return a percentile's name: 50%, 99.9%, 100%."""
    return f"{round(fraction * 100, 6):g}%"


def share(ratio: float) -> str:
    """Return a ratio as a percentage: never 0% unless it is 0, never 100% unless it is 1."""
    if ratio in {0.0, 1.0}:
        return f"{ratio * 100:.0f}%"
    return f"{min(max(ratio * 100, 0.1), 99.9):.1f}%"


def failures(entry: EntrySnapshot) -> str:
    """Return how many requests failed, and which part of all: 12 (0.4%)."""
    return f"{entry.num_failures} ({share(entry.fail_ratio)})" if entry.num_failures else "0"


def one_line(text: str) -> str:
    """Return the text without line breaks, tabs and other control characters."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def text_width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(combining(character) != 0 for character in text)


def fit(text: str, width: int) -> str:
    """Return the text on one line in exactly `width` columns: padded, or cut with an ellipsis."""
    text = one_line(text)
    if text_width(text) > width:
        while text_width(text) >= width:
            text = text[:-1]
        text += "…"
    return text + " " * (width - text_width(text))


def busiest(stats: StatsSnapshot, limit: int | None = None) -> list[EntrySnapshot]:
    """Return the rows by name, or those with the most requests when there are too many."""
    rows = sorted(stats.entries.values(), key=lambda entry: (entry.name, entry.method))
    if limit is None or len(rows) <= limit:
        return rows
    chosen = set(map(id, sorted(rows, key=lambda entry: -entry.num_requests)[:limit]))
    return [row for row in rows if id(row) in chosen]


def count_columns(*, current: bool) -> list[Column]:
    """Return the columns of counts, response times and rates.

    Args:
        current: The rates of the latest seconds, not those of the whole run.
    """

    def red(entry: EntrySnapshot) -> str:
        return "red" if entry.num_failures else ""

    def percentile(fraction: float, need: int) -> Column:
        return Column(
            percent(fraction),
            lambda e: milliseconds(e.get_response_time_percentile(fraction)),
            need,
        )

    return [
        Column("# reqs", lambda e: str(e.num_requests)),
        Column("# fails", failures, 0, red),
        Column("Avg", lambda e: milliseconds(e.avg_response_time), 2),
        Column("Min", lambda e: milliseconds(e.min_response_time), 4),
        Column("Med", lambda e: milliseconds(e.median_response_time), 3),
        *(percentile(p, 1 + i) for i, p in enumerate(settings.PERCENTILES_TO_STATISTICS)),
        Column("Max", lambda e: milliseconds(e.max_response_time), 3),
        Column("req/s", lambda e: rate(e.current_rps if current else e.total_rps)),
        Column(
            "fails/s",
            lambda e: rate(e.current_fail_per_sec if current else e.total_fail_per_sec),
            5,
            red,
        ),
    ]


def percentile_columns() -> list[Column]:
    """Return the columns of `PERCENTILES_TO_REPORT`; those in the middle go first."""
    wanted = list(settings.PERCENTILES_TO_REPORT)
    kept = [f for f in (0.5, 0.95, 0.99, 1.0, 0.9, 0.999) if f in wanted]

    def column(fraction: float) -> Column:
        need = kept.index(fraction) if fraction in kept else len(kept) + 1
        return Column(
            percent(fraction),
            lambda e: milliseconds(e.get_response_time_percentile(fraction)),
            need,
        )

    return [column(fraction) for fraction in wanted]


class Grid:
    """Rows laid out in columns: type, name, and as many columns of numbers as there is room for.

    Args:
        columns: The columns of numbers, from left to right.
        rows: What to lay out.
        total: The last line, for all rows.
        width: Characters that a line may have; None for as many as it takes.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[EntrySnapshot],
        total: EntrySnapshot,
        width: int | None = None,
    ) -> None:
        self.rows = list(rows)
        self.total = total
        every = [*rows, total]
        longest_type = max(text_width(one_line(entry.method)) for entry in every)
        self.type_width = max(min(longest_type, settings.STATS_TYPE_WIDTH), len("Type"))
        cells = {c: [c.cell(entry) for entry in every] for c in columns}
        widths = {c: max(len(c.title), *map(len, texts)) + 2 for c, texts in cells.items()}
        longest_name = min(max(text_width(one_line(e.name)) for e in every), WIDEST_NAME)
        if width is not None:
            spare = width - self.type_width - 2
            least = min(longest_name, _NARROWEST_NAME)
            widths = _fitting(widths, spare - least)
            longest_name = min(longest_name, max(spare - sum(widths.values()), least))
        self.name_width = settings.STATS_NAME_WIDTH or longest_name
        self.columns = list(widths)
        self.widths = [widths[column] for column in self.columns]
        self._cells = [[cells[c][i] for c in self.columns] for i in range(len(every))]
        self.width = self.type_width + 2 + self.name_width + sum(self.widths)

    def heading(self) -> str:
        """Return the line of the titles."""
        return self.label("Type", "Name") + "".join(self.padded([c.title for c in self.columns]))

    def cells(self, index: int) -> list[str]:
        """Return the padded numbers of a row; those of the total after the last row."""
        return self.padded(self._cells[index])

    def label(self, kind: str, name: str) -> str:
        """Return type and name, padded."""
        return f"{fit(kind, self.type_width)}  {fit(name, self.name_width)}"

    def padded(self, texts: Iterable[str]) -> list[str]:
        """Return texts aligned right in the columns of numbers."""
        return [f"{text:>{width}}" for text, width in zip(texts, self.widths, strict=True)]

    def lines(self) -> list[str]:
        """Return heading and rows, without the total."""
        return [self.heading(), "-" * self.width, *map(self.row, range(len(self.rows)))]

    def row(self, index: int) -> str:
        """Return the line of a row; that of the total after the last row."""
        entry = [*self.rows, self.total][index]
        return self.label(entry.method, entry.name) + "".join(self.cells(index))


def stats_table(
    stats: StatsSnapshot,
    *,
    current: bool = True,
    limit: int | None = None,
    width: int | None = None,
) -> list[str]:
    """Return the table of counts, response times (ms) and rates.

    Args:
        stats: What to show.
        current: Show the rates of the latest seconds, not those of the whole run.
        limit: Show no more rows than this, those with the most requests.
        width: Characters that a line may have; None for as many as it takes.
    """
    return _table(count_columns(current=current), stats, limit, width)


def percentiles_table(
    stats: StatsSnapshot, *, limit: int | None = None, width: int | None = None
) -> list[str]:
    """Return the table of response time percentiles (ms).

    Args:
        stats: What to show.
        limit: Show no more rows than this, those with the most requests.
        width: Characters that a line may have; None for as many as it takes.
    """
    return [
        "Response time percentiles (ms)",
        *_table(percentile_columns(), stats, limit, width),
    ]


def error_report(errors: Iterable[ErrorSnapshot], *, limit: int | None = None) -> list[str]:
    """Return the errors, the most frequent first; nothing if there are none.

    Args:
        errors: What to show.
        limit: Show no more lines than this.
    """
    found = most_frequent(errors)
    if not found:
        return []
    width = max(len("# occurrences"), len(str(found[0].occurrences)))
    lines = ["Error report", f"{'# occurrences':>{width}}  Error", "-" * (width + WIDEST_NAME)]
    lines += [f"{error.occurrences:>{width}}  {told(error)}" for error in found[:limit]]
    return [*lines, *and_more(len(found), limit)]


def most_frequent(errors: Iterable[ErrorSnapshot]) -> list[ErrorSnapshot]:
    """Return the errors, the most frequent first."""
    return sorted(errors, key=lambda e: (-e.occurrences, e.name, e.method, e.error))


def told(error: ErrorSnapshot) -> str:
    """Return where an error happened and what it was, on one line."""
    where = " ".join(part for part in (error.method, error.name) if part)
    return one_line(f"{where}: {error.error}" if where else error.error)


def and_more(total: int, limit: int | None) -> list[str]:
    """Return the line that says how many are not shown, if any."""
    left = 0 if limit is None else total - limit
    if left <= 0:
        return []
    return [f"… and {left} more {'row' if left == 1 else 'rows'}"]


def _table(
    columns: Sequence[Column], stats: StatsSnapshot, limit: int | None, width: int | None
) -> list[str]:
    grid = Grid(columns, busiest(stats, limit), stats.total, width)
    return [
        *grid.lines(),
        *and_more(len(stats.entries), limit),
        "-" * grid.width,
        grid.row(len(grid.rows)),
    ]


def _fitting(widths: dict[Column, int], room: int) -> dict[Column, int]:
    """Return the columns that fit, leaving out the least needed ones first."""
    left = dict(widths)
    for column in sorted(widths, key=lambda c: -c.need):
        if sum(left.values()) <= room or column.need == 0:
            break
        del left[column]
    return left
