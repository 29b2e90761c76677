"""What the parsers of all subcommands have in common."""

import argparse
from typing import NoReturn

from swarm.core.exception import ConfigError


class CommandParser(argparse.ArgumentParser):
    """A parser whose complaints look like every other error of `swarm`."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with the arguments.

        Raises:
            ConfigError: Always.
        """
        raise ConfigError(f"{self.prog}: {message}", hint=f"{self.prog} --help")


def parser(name: str, description: str) -> CommandParser:
    """Return a parser for the subcommand `name`."""
    return CommandParser(prog=f"swarm {name}", description=description, allow_abbrev=False)
