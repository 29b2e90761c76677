"""Which plugins a project wants, and who said so."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from swarm.core.config.source import Setting, file_settings
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
    """Find out which plugins are wanted, before anything else of the options is known.

    The first of these that says anything decides: `--plugins http,grpc`, the environment
    variable `SWARM_PLUGINS`, `plugins` in the configuration files, which are those of all
    options (`[tool.swarm]` of `pyproject.toml`, `swarm.toml` and so on). An empty value
    means none but the core's own; with it a broken plugin cannot get in anybody's way.

    Args:
        arguments: The command line without the program's name. Other options are ignored.
        environ: The environment variables.
        directory: Where the configuration files lie.

    Raises:
        ConfigError: If a configuration file cannot be read or names no names.
    """
    given, config = _arguments(arguments)
    if given is not None:
        return Selection(_split(given), OPTION)
    if VARIABLE in environ:
        return Selection(_split(environ[VARIABLE]), f"the environment variable {VARIABLE}")
    home, extra = environ.get("HOME"), config or environ.get("SWARM_CONFIG")
    settings = file_settings(
        directory, Path(home) if home else None, Path(extra) if extra else None
    )
    for setting in reversed(settings):
        if setting.key == KEY:
            return Selection(_names_in(setting), setting.origin)
    return ALL


def _arguments(arguments: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the values of `--plugins` and `--config`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument(OPTION, dest="plugins")
    parser.add_argument("--config")
    try:
        known, _ = parser.parse_known_args(list(arguments))
    except argparse.ArgumentError:
        return None, None  # the real parser says it better
    return known.plugins, known.config


def _split(names: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in names.split(","))))


def _names_in(setting: Setting) -> tuple[str, ...]:
    if isinstance(setting.raw, str):
        return _split(setting.raw)
    if isinstance(setting.raw, list) and all(isinstance(name, str) for name in setting.raw):
        return _split(",".join(setting.raw))
    raise ConfigError(
        f"{setting.origin}: plugins must be a list of names, not {setting.raw!r}",
        hint='Write plugins = ["http", "grpc"].',
    )
