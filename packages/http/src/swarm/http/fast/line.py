"""Cutting a stream of pieces into lines."""

from collections.abc import Iterable, Iterator
from typing import AnyStr


def lines_of(pieces: Iterable[AnyStr], delimiter: AnyStr | None = None) -> Iterator[AnyStr]:
    r"""Yield lines without their ends, each as soon as it is complete.

    Args:
        pieces: Bytes or text, cut anywhere, even within "\r\n".
        delimiter: What separates lines; by default every kind of line end.
    """
    pending = None
    for piece in pieces:
        text = piece if pending is None else pending + piece
        pending = None
        if delimiter:
            *lines, pending = text.split(delimiter)
        else:
            lines, pending = _split(text)
        yield from lines
    if pending:
        yield from pending.split(delimiter) if delimiter else pending.splitlines()


def _split(text: AnyStr) -> tuple[list[AnyStr], AnyStr | None]:
    """Return the complete lines of `text` and what is not complete yet."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return [], None
    last = lines[-1]
    bare = last.splitlines()[0]
    # A carriage return at the very end may be half of a line end.
    half = last[-1:] in ("\r", b"\r")
    if bare != last and not half:
        return [line.splitlines()[0] for line in lines], None
    return [line.splitlines()[0] for line in lines[:-1]], last
