"""Where options come from besides the command line: files and the environment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarm.core.config.option import Option
from swarm.core.exception import ConfigError

PYPROJECT = "pyproject.toml"
TOML_FILE = "swarm.toml"
CONF_FILE = "swarm.conf"


@dataclass(frozen=True)
class Setting:
    """A value that somebody gave an option outside the command line.

    Args:
        key: What it was called there.
        raw: Text, or what TOML makes of numbers, booleans, arrays and tables.
        origin: Where it stands, in the words of a message: "swarm.conf, line 3".
        is_shared: Whether it stands in a file that many projects share, where a key that
            nothing here knows may well belong to another project.
    """

    key: str
    raw: Any
    origin: str
    is_shared: bool = False


def environment_settings(
    options: Iterable[Option], environ: Mapping[str, str]
) -> Iterator[tuple[Option, Setting]]:
    """Yield what the environment variables say of `options`.

    An empty variable says nothing, unless emptiness means something to the option:
    tools that start containers pass variables on whether or not they are set.
    """
    for option in options:
        text = environ.get(option.env) if option.env else None
        if option.env and text is not None and (text or option.empty_counts):
            yield option, Setting(option.env, text, f"the environment variable {option.env}")


def file_settings(directory: Path, home: Path | None, extra: Path | None) -> list[Setting]:
    """Return what the configuration files say, the strongest last.

    Args:
        directory: Where the project lies.
        home: Where the user's own file lies, if there is such a place.
        extra: The file that `--config` names.

    Raises:
        ConfigError: If a file is unreadable or malformed, or `extra` does not exist.
    """
    # Imported here: most runs of `swarm --version` and the like find no file to read.
    from swarm.core.config.file import read_conf, read_file, read_toml  # noqa: PLC0415 - see above

    settings: list[Setting] = []
    if (directory / PYPROJECT).is_file():
        settings += read_toml(directory / PYPROJECT, PYPROJECT)
    if (directory / TOML_FILE).is_file():
        settings += read_toml(directory / TOML_FILE, TOML_FILE)
    own = home / f".{CONF_FILE}" if home else None
    if own and own.is_file():
        settings += read_conf(own, f"~/.{CONF_FILE}", is_shared=True)
    if (directory / CONF_FILE).is_file():
        settings += read_conf(directory / CONF_FILE, CONF_FILE)
    if extra is not None:
        path = directory / extra.expanduser()
        if not path.exists():
            raise ConfigError(
                f"The configuration file {extra} does not exist",
                hint="It is named by --config or SWARM_CONFIG.",
            )
        settings += read_file(path, str(extra))
    return settings
