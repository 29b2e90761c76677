"""`swarm help`: the same as `swarm --help`, or the help of one command."""

import os
from collections.abc import Sequence

from swarm.core.cli.commands import BUILT_IN
from swarm.core.cli.directory import working_directory
from swarm.core.exception import ConfigError
from swarm.core.plugins import load, select
from swarm.core.text import did_you_mean


def run(arguments: Sequence[str]) -> int:
    """Print the options and commands, or the help of the command that is named.

    Raises:
        ConfigError: If there is no such command.
    """
    from swarm.core.cli.boot import boot  # noqa: PLC0415 - which imports the list of commands

    name = arguments[0] if arguments else "help"
    if name == "help" or name.startswith("-"):
        return boot(["--help"])
    if name in BUILT_IN:
        return BUILT_IN[name].run(["--help"])
    commands = load(select([], os.environ, working_directory())).commands(taken=BUILT_IN)
    if name in commands:
        return commands[name].run(["--help"])
    known = [*BUILT_IN, *commands]
    raise ConfigError(
        f"There is no command {name}",
        hint=did_you_mean(name, known) or f"The commands are {', '.join(known)}.",
    )
