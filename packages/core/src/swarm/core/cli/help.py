"""The text of `swarm --help`."""

from collections.abc import Mapping
from typing import Protocol

from swarm.core.cli.table import columns
from swarm.core.config import Parser


class Described(Protocol):
    """What this needs to know of a command."""

    @property
    def help(self) -> str:
        """One line about it."""
        ...


def help_text(parser: Parser, commands: Mapping[str, Described]) -> str:
    """Return the options of `parser`, with the commands before the examples."""
    rows = [(f"  swarm {name}", command.help) for name, command in commands.items()]
    listed = "\n".join(["Commands:", *columns(rows)])
    parser.epilog = f"{listed}\n\n{parser.epilog or ''}".rstrip()
    return parser.format_help()
