"""What became of one plugin: selected or not, loaded or left out, and why."""

from dataclasses import dataclass
from enum import StrEnum

from swarm.core.exception import PluginError
from swarm.core.plugins.contract import PLUGINS, PREPARE, USERS, Plugin, capabilities_of
from swarm.core.plugins.discovery import Offer


class Status(StrEnum):
    """What `swarm plugins` says of a plugin."""

    NOT_SELECTED = "not selected"
    SELECTED = "selected"
    LOADED = "loaded"
    BROKEN = "broken"
    INCOMPATIBLE = "incompatible"
    DUPLICATE = "duplicate"
    MISSING = "missing"


LEFT_OUT = frozenset({Status.BROKEN, Status.INCOMPATIBLE, Status.DUPLICATE, Status.MISSING})
"""What a run warns about, or ends at if the plugin was named."""


@dataclass(frozen=True)
class Row:
    """One plugin in a report.

    Args:
        name: What it is selected by.
        distribution: The distribution that offers it; "" if none does.
        version: The version of the distribution.
        provides: User types, hooks and capabilities.
        status: A `Status`.
        error: Why it is left out, "" if it is not.
        hint: What to do about it.
    """

    name: str
    distribution: str
    version: str
    provides: tuple[str, ...]
    status: str
    error: str
    hint: str = ""


@dataclass
class Member:
    """One plugin of a set.

    Args:
        offer: What is installed.
        origin: Who named it or its distribution; "" if it is there because all are.
        is_exact: Whether it was named itself.
        status: What became of it.
        error: Why it is left out.
        hint: What to do about it.
        plugin: Its plugin object, once loaded.
        user_type: Its user class, once loaded.
    """

    offer: Offer
    origin: str = ""
    is_exact: bool = False
    status: Status = Status.SELECTED
    error: str = ""
    hint: str = ""
    plugin: Plugin | None = None
    user_type: type | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it is selected and nothing has gone wrong with it."""
        return self.status in {Status.SELECTED, Status.LOADED}

    @property
    def title(self) -> str:
        """What messages call it."""
        installed = f"{self.offer.distribution} {self.offer.version}".strip()
        return f"{self.offer.name} ({installed})" if installed else self.offer.name

    def leave_out(self, status: Status, error: str, hint: str) -> None:
        """Take it out of the set because of `error`."""
        self.status, self.error, self.hint = status, error, hint
        self.plugin = self.user_type = None

    def as_error(self) -> PluginError:
        """Return what ends the run, since it was named."""
        by = f", named by {self.origin}," if self.origin else ""
        return PluginError(f"The plugin {self.title}{by} {self.error}", hint=self.hint)

    def as_row(self) -> Row:
        """Return its row of the report."""
        return Row(
            name=self.offer.name,
            distribution=self.offer.distribution,
            version=self.offer.version,
            provides=self._provides(),
            status=str(self.status),
            error=self.error,
            hint=self.hint,
        )

    def _provides(self) -> tuple[str, ...]:
        parts = self.offer.parts
        provides = []
        if USERS in parts:
            provides.append(f"user type {parts[USERS].value.rpartition(':')[2]}")
        if PREPARE in parts:
            provides.append("prepare hook")
        if self.plugin is not None:
            provides.extend(capabilities_of(self.plugin))
        elif PLUGINS in parts:
            provides.append("plugin object")
        return tuple(provides)
