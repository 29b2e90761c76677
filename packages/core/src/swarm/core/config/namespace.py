"""The parsed options."""

import argparse
from collections.abc import Iterable
from typing import Any

from swarm.core.config.option import MASK


class Options(argparse.Namespace):
    """The options of a run, one attribute for each.

    Secrets are attributes like any other, but neither `repr` nor `dump` shows them.
    """

    # A slot keeps it out of vars(), which are the options and nothing else.
    __slots__ = ("_secrets",)

    def __init__(self, *, secrets: Iterable[str] = (), **values: Any) -> None:
        super().__init__(**values)
        self._secrets = frozenset(secrets)

    def dump(self) -> dict[str, Any]:
        """Return all options by name, with secrets masked, to be shown or stored."""
        return {
            name: MASK if name in self._secrets and value else value
            for name, value in sorted(vars(self).items())
        }

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.dump().items())
        return f"Options({shown})"
