"""`swarm plugins`: what is installed, what is selected, and what is wrong with it."""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from swarm.core.cli.commands.parsing import parser
from swarm.core.cli.directory import working_directory
from swarm.core.cli.table import columns
from swarm.core.exception import ExitCode
from swarm.core.plugins import Row, load, select

HEAD = ("name", "distribution", "version", "status", "provides")


def run(arguments: Sequence[str]) -> int:
    """Print the plugins as a table, or with --json as an array of objects.

    A broken plugin is what this command is there to show, so it is no failure.
    """
    options = _options(arguments)
    selection = select(arguments, os.environ, working_directory())
    rows = load(selection, strict=False, all_user_types=True).report()
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        print("\n".join(table(rows)))
    return ExitCode.OK


def table(rows: Sequence[Row]) -> list[str]:
    """Return the lines of the table, with what is wrong below it."""
    if not rows:
        return ["No plugins are installed."]
    cells = [
        (row.name, row.distribution or "-", row.version or "-", row.status, ", ".join(row.provides))
        for row in rows
    ]
    lines = columns([HEAD, *cells])
    for row in rows:
        if row.error:
            lines += ["", f"{row.name}: it {row.error}"]
            if row.hint:
                lines.append(f"  hint: {row.hint}")
    return lines


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    commands = parser("plugins", "List the plugins: installed, selected, and what they provide.")
    commands.add_argument("--json", action="store_true", help="print a JSON array")
    commands.add_argument("--plugins", metavar="NAMES", help="select these, separated by commas")
    return commands.parse_args(list(arguments))
