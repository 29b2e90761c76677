"""Files that must be right even if the process is killed while it writes them."""

import contextlib
import os
from pathlib import Path
from typing import TextIO

from swarm.core.exception import ConfigError


def rewrite(path: Path) -> TextIO:
    """Open a text file for new content. The caller decides about line ends.

    Names of requests may hold what is no valid text; it is escaped, not choked on.

    Raises:
        OSError: If it cannot be written.
    """

    def appending(name: str, flags: int) -> int:
        # If a second run empties the file meanwhile, there must be no gap where we were.
        return os.open(name, flags | os.O_APPEND, 0o666)

    return open(
        path, "w", newline="", encoding="utf-8", errors="backslashreplace", opener=appending
    )


def prepare(path: Path, option: str) -> None:
    """Make the folders of a file, and make sure that it can be written.

    Args:
        path: The file. Its content, if it exists, stays as it is.
        option: The option that names it, for the message.

    Raises:
        ConfigError: If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8"):
            pass
    except (OSError, ValueError) as error:
        raise unwritable(path, error, f"Choose another place with {option}.") from error


def unwritable(path: Path | str, error: Exception, hint: str = "") -> ConfigError:
    """Return the error that says that a file cannot be written."""
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError(f"The file {path} cannot be written: {reason}", hint=hint)


def replace(path: Path, content: str) -> None:
    """Give a file new content all at once: a reader sees the old or the new, never a part.

    Raises:
        ConfigError: If it cannot be written. The old content is still there then.
    """
    try:
        _replace(path, content)
    except OSError as error:
        raise unwritable(path, error) from error


def _replace(path: Path, content: str) -> None:
    if path.exists() and not path.is_file():
        # A device or a pipe cannot be replaced, only written to.
        with rewrite(path) as stream:
            stream.write(content)
        return
    target = path.resolve()  # a link stays a link
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with rewrite(part) as stream:
            stream.write(content)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
