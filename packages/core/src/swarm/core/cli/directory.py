"""Where the command was called: relative paths and the project's files start from there."""

from pathlib import Path

from swarm.core.exception import ConfigError


def working_directory() -> Path:
    """Return the current directory.

    Raises:
        ConfigError: If somebody has deleted it meanwhile.
    """
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise ConfigError(
            "The current directory does not exist any more", hint="Change to one that does."
        ) from None
