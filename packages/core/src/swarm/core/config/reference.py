"""The table of all options for the documentation.

`python -m swarm.core.config.reference docs/reference/options.md` writes the page anew.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from swarm.core.config.catalogue import GROUPS
from swarm.core.config.option import Option

_INTRODUCTION = """\
# Options

Every option with its names on the command line, in the environment and in configuration files.
[Configuration](../guide/configuration.md) says where these files lie and which source wins.

A flag such as `--headless` that a file or the environment sets is unset with `--no-headless`.
Times are seconds (`90`) or have units (`500ms`, `30s`, `20m`, `3h`, `1h30m`, `1d`).

<!-- Made by: python -m swarm.core.config.reference docs/reference/options.md -->
"""

_HEAD = """\
| Command line | Environment | File | Description |
|---|---|---|---|"""


def render_reference() -> str:
    """Return the page in Markdown."""
    parts = [_INTRODUCTION]
    for group in GROUPS:
        rows = "\n".join(_row(option) for option in group.options)
        description = f"{group.description}\n\n" if group.description else ""
        parts.append(f"\n## {group.title}\n\n{description}{_HEAD}\n{rows}\n")
    return "".join(parts)


def _row(option: Option) -> str:
    value = f" {option.metavar}" if option.metavar and option.flags else ""
    more = " ..." if option.is_list else ""
    names = option.flags or (option.metavar or option.dest,)
    flags = ", ".join(f"`{name}{value}{more}`" for name in names)
    env = f"`{option.env}`" if option.env else ""
    keys = ", ".join(f"`{key}`" for key in option.keys)
    return f"| {flags} | {env} | {keys} | {_escaped(option.help)} |"


def _escaped(text: str) -> str:
    # What looks like a tag would be swallowed.
    for character in "\\<>|*_@":
        text = text.replace(character, f"\\{character}")
    # Two dashes would become one long one.
    return f"{text.replace('--', chr(92) + '--')}."


def main(arguments: Sequence[str]) -> None:
    """Write the page to the file that is named, or to stdout."""
    if arguments:
        Path(arguments[0]).write_text(render_reference(), encoding="utf-8")
    else:
        sys.stdout.write(render_reference())


if __name__ == "__main__":
    main(sys.argv[1:])
