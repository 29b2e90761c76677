"""How errors look: one clear sentence and a hint, and never a traceback of swarm's own."""

import logging
import os
import sys
import tempfile
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

from swarm.core.cli.terminal import BOLD, RED, YELLOW, colours_wanted, paint
from swarm.core.exception import ExitCode, SwarmError

logger = logging.getLogger("swarm.main")

_OWN_ROOT = str(Path(__file__).resolve().parents[1]) + os.sep


def render(error: SwarmError, *, colours: bool = False) -> str:
    """Return the lines that tell a person about `error`, with a final newline."""
    lines = [_line("error", str(error) or type(error).__name__, RED, colours=colours)]
    if error.hint:
        lines.append(f"{paint('hint:', YELLOW, wanted=colours)} {error.hint}")
    return "\n".join(lines) + "\n"


def report(error: SwarmError, stream: TextIO | None = None) -> ExitCode:
    """Tell about an error that the user can mend.

    At log level DEBUG its traceback is logged as well.

    Returns:
        What the process is to exit with.
    """
    out = sys.stderr if stream is None else stream
    logger.debug("Where the error comes from", exc_info=error)
    _write(out, render(error, colours=colours_wanted(out)))
    return error.exit_code


def report_internal(error: BaseException, stream: TextIO | None = None) -> ExitCode:
    """Tell about a defect of swarm: ask for a report, keep the traceback out of sight.

    The traceback goes to a file that can be attached to the report, or is printed
    at log level DEBUG.
    """
    out = sys.stderr if stream is None else stream
    colours = colours_wanted(out)
    text = "".join(traceback.format_exception(error))
    what = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    lines = [_line("internal error", what, RED, colours=colours)]
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        where = "add the traceback below"
        lines.append(text)
    else:
        saved = _save(text)
        where = f"attach {saved}" if saved else "add the output of the same with --loglevel DEBUG"
    hint = f"this is a defect of swarm, please report it; {where}"
    lines.insert(1, f"{paint('hint:', YELLOW, wanted=colours)} {hint}")
    _write(out, "\n".join(lines).rstrip() + "\n")
    return ExitCode.INTERNAL


def user_traceback(error: BaseException) -> str:
    """Return the traceback of an exception of user code, without the frames that led there.

    The user did not write swarm, the import machinery or gevent, so frames of theirs
    at the top only hide the line that matters.
    """
    trimmed = traceback.TracebackException.from_exception(error)
    trimmed.stack = traceback.StackSummary.from_list(_from_user_code(error.__traceback__))
    return "".join(trimmed.format()).rstrip()


def _from_user_code(tb: TracebackType | None) -> list[traceback.FrameSummary]:
    frames = list(traceback.extract_tb(tb))
    for position, frame in enumerate(frames):
        if not is_foreign(frame.filename):
            return frames[position:]
    return []


def is_foreign(filename: str) -> bool:
    """Return whether a frame of this file belongs to swarm or to Python's import machinery."""
    return filename.startswith((_OWN_ROOT, "<frozen importlib"))


def _line(kind: str, text: str, colour: str, *, colours: bool) -> str:
    name = paint("swarm:", BOLD, wanted=colours)
    return f"{name} {paint(kind + ':', colour, wanted=colours)} {text}"


def _save(text: str) -> str:
    try:
        descriptor, path = tempfile.mkstemp(prefix="swarm-crash-", suffix=".txt", text=True)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return ""
    return path


def _write(stream: TextIO, text: str) -> None:
    """Write whatever the stream's encoding can take; a closed stream is nobody's loss."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except (OSError, ValueError):
        return
