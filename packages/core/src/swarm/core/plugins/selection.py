"""Which plugins a project wants, and who said so."""

import argparse
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarm.core.exception import ConfigError
from swarm.core.plugins.discovery import Offer, normalized

OPTION = "--plugins"
VARIABLE = "SWARM_PLUGINS"
KEY = "plugins"


@dataclass(frozen=True)
class Selection:
    """The plugins that were named.

    Args:
        names: Names of plugins or of distributions; None when nobody named any, which
            means all that are installed. The core's own load in any case.
        origin: Who named them, in the words of a message: "--plugins".
    """

    names: tuple[str, ...] | None = None
    origin: str = ""

    def names_of(self, offer: Offer) -> tuple[str, ...]:
        """Return the given names that mean `offer`.

        A plugin is meant by its own name and by that of its distribution, with or without
        the customary prefix `swarm-`.
        """
        own = {normalized(offer.name), normalized(offer.distribution), offer.family}
        return tuple(name for name in self.names or () if normalized(name) in own)

    def names_exactly(self, offer: Offer) -> bool:
        """Return whether `offer` was named itself and not only its distribution."""
        return normalized(offer.name) in map(normalized, self.names or ())

    def admits(self, offer: Offer, offers: Sequence[Offer]) -> bool:
        """Return whether `offer`, one of `offers`, is to be loaded.

        What carries the name of its distribution comes along with every other plugin of
        that distribution: `db` of swarm-db with `postgres` of swarm-db.
        """
        if self.names is None or offer.is_core or self.names_of(offer):
            return True
        if normalized(offer.name) != offer.family:
            return False
        return any(
            self.names_of(sibling)
            for sibling in offers
            if sibling.distribution == offer.distribution
        )


ALL = Selection()
"""Nobody named any plugin."""


def select(arguments: Sequence[str], environ: Mapping[str, str], directory: Path) -> Selection:
    """Find out which plugins are wanted.

    The first of these that says anything decides: `--plugins http,grpc`, the environment
    variable `SWARM_PLUGINS`, `plugins` in `swarm.toml`, `plugins` in `[tool.swarm]` of
    `pyproject.toml`. An empty value means none but the core's own; with it a broken plugin
    cannot get in anybody's way.

    Args:
        arguments: The command line without the program's name. Other options are ignored.
        environ: The environment variables.
        directory: Where the configuration files lie.

    Raises:
        ConfigError: If a configuration file cannot be read or names no names.
    """
    argument = _argument(arguments)
    if argument is not None:
        return Selection(_split(argument), OPTION)
    if VARIABLE in environ:
        return Selection(_split(environ[VARIABLE]), f"the environment variable {VARIABLE}")
    for file, tables in (("swarm.toml", ()), ("pyproject.toml", ("tool", "swarm"))):
        path = directory / file
        value = _read(path, *tables, KEY)
        if value is not None:
            return Selection(_names_in(value, path), file)
    return ALL


def _argument(arguments: Sequence[str]) -> str | None:
    """Return the value of the last `--plugins`, which must be known before options are."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument(OPTION, dest="plugins")
    try:
        value: str | None = parser.parse_known_args(list(arguments))[0].plugins
    except argparse.ArgumentError:
        return None  # the real parser says it better
    return value


def _split(names: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in names.split(","))))


def _names_in(value: Any, path: Path) -> tuple[str, ...]:
    if isinstance(value, str):
        return _split(value)
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(filter(None, (name.strip() for name in value)))
    raise ConfigError(
        f"{path}: plugins must be a list of names, not {value!r}",
        hint='Write plugins = ["http", "grpc"].',
    )


def _read(path: Path, *keys: str) -> Any:
    """Return what stands under `keys` in a TOML file, None if it is not there."""
    try:
        with path.open("rb") as file:
            value: Any = tomllib.load(file)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
