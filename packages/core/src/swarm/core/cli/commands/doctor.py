"""`swarm doctor`: what may keep swarm from working here, one line each."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

from swarm.core.cli.commands.parsing import parser
from swarm.core.cli.directory import working_directory
from swarm.core.cli.limits import raise_open_files_limit
from swarm.core.cli.terminal import GREEN, RED, YELLOW, colours_wanted, paint
from swarm.core.exception import ExitCode
from swarm.core.plugins import load, select
from swarm.core.plugins.doctor import Check, examine


def run(arguments: Sequence[str]) -> int:
    """Print all checks, those that failed with a hint.

    Returns:
        0 if everything is as it should be, 1 if not.
    """
    options = _options(arguments)
    directory = working_directory()
    raise_open_files_limit()  # a run does so first, so judge what it leaves
    selection = select(arguments, os.environ, directory)
    rows = load(selection, strict=False, all_user_types=True).report()
    checks = examine(directory, rows)
    if options.json:
        print(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        print("\n".join(lines(checks, colours=colours_wanted(sys.stdout))))
    return ExitCode.OK if all(check.ok for check in checks) else ExitCode.FAILURES


def lines(checks: Sequence[Check], *, colours: bool = False) -> list[str]:
    """Return what is printed of the checks."""
    printed = []
    for check in checks:
        mark = paint("ok  ", GREEN, wanted=colours) if check.ok else _bad(colours=colours)
        printed.append(f"{mark}  {check.name}: {check.detail}")
        if check.hint:
            printed.append(f"      {paint('hint:', YELLOW, wanted=colours)} {check.hint}")
    failed = sum(not check.ok for check in checks)
    verdict = f"{failed} of {len(checks)} checks failed." if failed else "Everything is in order."
    return [*printed, "", verdict]


def _bad(*, colours: bool) -> str:
    return paint("FAIL", RED, wanted=colours)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    commands = parser("doctor", "Check this installation and the project in this directory.")
    commands.add_argument("--json", action="store_true", help="print a JSON array")
    commands.add_argument("--plugins", metavar="NAMES", help="select these, separated by commas")
    return commands.parse_args(list(arguments))
