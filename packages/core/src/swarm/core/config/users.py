"""What --config-users says: attributes for user classes, as JSON text or in JSON files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from swarm.core.exception import ConfigError

_EXAMPLE = """Write it like: --config-users '{"user_class_name": "MyUser", "fixed_count": 1}'"""
_NAME = "user_class_name"


def load_config_users(values: Iterable[str], directory: Path) -> list[dict[str, Any]]:
    """Return one dict for each configured user class.

    Args:
        values: JSON objects, JSON arrays of objects, or paths of files with either.
        directory: What relative paths start from.

    Raises:
        ConfigError: If one is neither JSON nor a readable file, or does not name its class.
    """
    return [entry for value in values for entry in _entries(value.strip(), directory)]


def _entries(value: str, directory: Path) -> list[dict[str, Any]]:
    if value.startswith(("{", "[")):
        text, origin = value, "--config-users"
    else:
        text, origin = _read(value, directory), value
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{origin} is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            hint=_EXAMPLE,
        ) from None
    except RecursionError:
        raise ConfigError(f"{origin} is nested too deeply", hint=_EXAMPLE) from None
    entries = document if isinstance(document, list) else [document]
    for entry in entries:
        if not isinstance(entry, dict):
            raise ConfigError(f"{origin}: {entry!r} is not a JSON object", hint=_EXAMPLE)
        if not isinstance(entry.get(_NAME), str):
            raise ConfigError(
                f"{origin}: an object does not say with {_NAME} which class it is for",
                hint=_EXAMPLE,
            )
    return entries


def _read(name: str, directory: Path) -> str:
    try:
        return (directory / Path(name).expanduser()).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"--config-users: {name!r} is neither JSON nor a file that exists", hint=_EXAMPLE
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"--config-users: {name} is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"--config-users: {name} cannot be read: {error}") from error
