"""The core's own reporters, as plugins like anybody's."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from swarm.core.reporting.console import ConsoleReporter
from swarm.core.reporting.csv_reporter import CsvReporter
from swarm.core.reporting.json_reporter import JsonReporter
from swarm.core.reporting.reporter import Reporter

if TYPE_CHECKING:
    from swarm.core.env import Environment


class ConsolePlugin:
    """Tables and a progress line on the console, and the summary at the end."""

    name = "console"
    api = 1

    def reporters(self, environment: "Environment") -> Iterator[Reporter]:
        """Yield the console's reporter. With `--only-summary` it is silent until the end."""
        options = environment.parsed_options
        headless = getattr(options, "headless", True) and not getattr(
            options, "only_summary", False
        )
        yield ConsoleReporter(periodic=headless or getattr(options, "print_stats", False))


class CsvPlugin:
    """Statistics in CSV files: `--csv`, `--csv-full-history`."""

    name = "csv"
    api = 1

    def reporters(self, environment: "Environment") -> Iterator[Reporter]:
        """Yield the reporter if `--csv` asks for it."""
        options = environment.parsed_options
        if prefix := getattr(options, "csv", None):
            yield CsvReporter(prefix, full_history=getattr(options, "csv_full_history", False))


class JsonPlugin:
    """The final statistics as JSON: `--json`, `--json-file`."""

    name = "json"
    api = 1

    def reporters(self, environment: "Environment") -> Iterator[Reporter]:
        """Yield the reporter if one of the options asks for it."""
        options = environment.parsed_options
        path = getattr(options, "json_file", None)
        # Taken now: while a run goes on, the console may stand in for stdout.
        stream = sys.stdout if getattr(options, "json", False) else None
        if stream is not None or path is not None:
            yield JsonReporter(stream=stream, path=path)


console = ConsolePlugin()
csv = CsvPlugin()
json = JsonPlugin()
