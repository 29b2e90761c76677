"""`swarm help`: the same as `swarm --help`."""

from collections.abc import Sequence

from swarm.core.cli.commands import BUILT_IN
from swarm.core.exception import ConfigError
from swarm.core.text import did_you_mean


def run(arguments: Sequence[str]) -> int:
    """Print the options and commands, or the help of the command that is named."""
    from swarm.core.cli.boot import boot  # noqa: PLC0415 - `boot` prints this list of commands

    if not arguments:
        return boot(["--help"])
    name = arguments[0]
    if name in BUILT_IN and name != "help":
        return BUILT_IN[name].run(["--help"])
    if name in BUILT_IN or name.startswith("-"):
        return boot(["--help"])
    raise ConfigError(
        f"There is no command {name}",
        hint=did_you_mean(name, BUILT_IN) or f"The commands are {', '.join(BUILT_IN)}.",
    )
