"""What is installed: read from metadata, without importing any of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import NamedTuple

from swarm.core.plugins.contract import GROUPS

CORE = "swarm-core"
"""The distribution whose plugins always load."""

_PREFIX = "swarm-"


def normalized(name: str) -> str:
    """Return `name` in the form in which names of distributions are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class Offer:
    """All that one distribution offers under one name.

    Args:
        name: The name of its entry points.
        distribution: The distribution that offers it, as it spells itself.
        version: The version of the distribution.
        requires: The requirements of the distribution.
        parts: Its entry points by group.
    """

    name: str
    distribution: str
    version: str = ""
    requires: tuple[str, ...] = ()
    parts: Mapping[str, EntryPoint] = field(default_factory=dict)

    @property
    def is_core(self) -> bool:
        """Whether it is one of the core's own."""
        return normalized(self.distribution) == CORE

    @property
    def family(self) -> str:
        """The name of its distribution without the customary prefix: `db` for `swarm-db`."""
        return normalized(self.distribution).removeprefix(_PREFIX)


def discover(found: Iterable[EntryPoint] | None = None) -> tuple[Offer, ...]:
    """List what installed distributions offer, sorted by name. Imports nothing.

    Args:
        found: The entry points to look at; those of the running Python if left out.
    """
    if found is None:
        installed = entry_points()
        found = [each for group in GROUPS for each in installed.select(group=group)]
    owners: dict[str, _Owner] = {}
    parts: dict[tuple[str, str], dict[str, EntryPoint]] = {}
    for entry_point in found:
        owner = _owner(entry_point.dist)
        owners[owner.name] = owner
        parts.setdefault((entry_point.name, owner.name), {})[entry_point.group] = entry_point
    return tuple(
        Offer(name, owner, owners[owner].version, owners[owner].requires, parts[name, owner])
        for name, owner in sorted(parts)
    )


class _Owner(NamedTuple):
    name: str
    version: str = ""
    requires: tuple[str, ...] = ()


def _owner(distribution: Distribution | None) -> _Owner:
    """Read who offers an entry point. Damaged metadata costs its own distribution only."""
    unknown = _Owner("unknown distribution")
    if distribution is None:
        return unknown
    try:
        metadata = distribution.metadata
        requires = tuple(distribution.requires or ())
        return _Owner(metadata["Name"] or unknown.name, metadata["Version"] or "", requires)
    except Exception:  # noqa: BLE001 - the parser of metadata raises what it likes
        return unknown
