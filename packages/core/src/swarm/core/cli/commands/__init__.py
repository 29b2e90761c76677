"""The subcommands: `swarm NAME ...` does something other than running a test."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple


class BuiltIn(NamedTuple):
    """A subcommand of the core, imported when it is called."""

    help: str
    module: str

    def run(self, arguments: Sequence[str]) -> int:
        """Call it with the arguments after its name; return the exit code."""
        run: Callable[[Sequence[str]], int] = import_module(self.module).run
        return run(arguments)


_HERE = __name__
BUILT_IN: Mapping[str, BuiltIn] = {
    "help": BuiltIn("Show the options and commands", f"{_HERE}.help"),
    "plugins": BuiltIn("List the plugins, installed and selected", f"{_HERE}.plugins"),
    "doctor": BuiltIn("Check this installation and project", f"{_HERE}.doctor"),
}
"""What `swarm` knows besides running a test. Plugins add to it."""
