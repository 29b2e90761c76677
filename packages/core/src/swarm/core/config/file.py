"""Reading configuration files, with the place of everything that is wrong in them."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from swarm.core.config.source import PYPROJECT, Setting
from swarm.core.exception import ConfigError

# key = value, key: value, key value or a key alone; an optional comment after a blank.
_LINE = re.compile(
    r"""(?:--)?(?P<key>[^\s:=\#;]+)
        (?P<sign>\s*[:=]\s*|\s+|$)
        (?P<value>(?:"[^"]*"|'[^']*'|\[.*?\](?=\s*(?:[\#;]|$))|.*?))
        (?:(?:^|\s+)[\#;].*)?$""",
    re.VERBOSE,
)
_TOML_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")
_TOML_SECTION = re.compile(r"^\s*\[+\s*tool\s*\.", re.MULTILINE)
_IGNORED = ("#", ";", "[", "---")


def read_file(path: Path, name: str) -> list[Setting]:
    """Return the settings of a file in either format; suffix and content tell which.

    Raises:
        ConfigError: If it is unreadable or malformed, or a pyproject.toml without a
            section for swarm.
    """
    if path.suffix.lower() != ".toml" and not _TOML_SECTION.search(_text(path, name)):
        return read_conf(path, name)
    settings = read_toml(path, name)
    if not settings and path.name == PYPROJECT:
        raise ConfigError(
            f"{name} has no section [tool.swarm]", hint="Options for swarm stand in that section."
        )
    return settings


def read_conf(path: Path, name: str, *, is_shared: bool = False) -> list[Setting]:
    """Return the settings of a file with lines like `users = 100`.

    Raises:
        ConfigError: If it is unreadable or malformed, or gives an option twice.
    """
    settings: list[Setting] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(_text(path, name).splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith(_IGNORED):
            continue
        match = _LINE.fullmatch(stripped)
        if match is None:
            raise ConfigError(
                f"{name}, line {number}: {stripped!r} is not understood",
                hint="Write lines like: users = 100",
            )
        key = match["key"]
        canonical = key.replace("_", "-")
        if canonical in lines:
            raise ConfigError(
                f"{name}: {key} is given twice, in lines {lines[canonical]} and {number}",
                hint="Keep one of them.",
            )
        lines[canonical] = number
        # A key alone is a flag that is set.
        value = _unquoted(match["value"]) if match["value"] or match["sign"].strip() else True
        settings.append(Setting(key, value, f"{name}, line {number}", is_shared))
    return settings


def read_toml(path: Path, name: str) -> list[Setting]:
    """Return the settings of [tool.swarm], or of the whole file if it is swarm's own.

    Raises:
        ConfigError: If it is unreadable or malformed.
    """
    text = _text(path, name)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(name, str(error)) from None
    tool = document.get("tool")
    table = tool.get("swarm") if isinstance(tool, dict) else None
    if table is None:
        table = {} if path.name == PYPROJECT else document
    if not isinstance(table, dict):
        raise ConfigError(
            f"{name}: [tool.swarm] is not a table", hint="Write a section [tool.swarm]."
        )
    return list(_settings(table, text, name))


def _settings(table: dict[str, Any], text: str, name: str) -> Iterator[Setting]:
    for key, value in table.items():
        line = _line_of(key, text)
        yield Setting(key, value, f"{name}, line {line}" if line else name)


def _line_of(key: str, text: str) -> int | None:
    """Return the line in which `key` is set, if it is set in the simple way and only once."""
    pattern = re.compile(rf"""^[ \t]*["']?{re.escape(key)}["']?[ \t]*=""", re.MULTILINE)
    found = list(pattern.finditer(text))
    return text.count("\n", 0, found[0].start()) + 1 if len(found) == 1 else None


def _not_toml(name: str, message: str) -> ConfigError:
    place = _TOML_PLACE.search(message)
    if place is None:
        return ConfigError(f"{name} is not valid TOML: {message}")
    return ConfigError(
        f"{name}, line {place[1]}, column {place[2]}: {message[: place.start()]}",
        hint='In TOML, texts stand in quotes: host = "https://www.example.com"',
    )


def _text(path: Path, name: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"The configuration file {name} cannot be read: {error.strerror}"
        ) from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{name}, line {line}: the file is not UTF-8 text", hint="Save it as UTF-8."
        ) from None


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
