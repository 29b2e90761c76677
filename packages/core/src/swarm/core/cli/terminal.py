"""What is known about the terminal: whether there is one, and its colours."""

import os
from typing import TextIO

RED, GREEN, YELLOW, BOLD = "31", "32", "33", "1"


def is_terminal(stream: TextIO) -> bool:
    """Return whether `stream` is a terminal; a closed or missing stream is none."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def colours_wanted(stream: TextIO) -> bool:
    """Return whether colours on `stream` would be seen as colours and are welcome."""
    return (
        is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def paint(text: str, colour: str, *, wanted: bool) -> str:
    """Return `text` in the given colour, or as it is when colours are not wanted."""
    return f"\x1b[{colour}m{text}\x1b[0m" if wanted else text
