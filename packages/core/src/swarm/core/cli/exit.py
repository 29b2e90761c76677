"""The end of a run: who decides the exit code, and the last two events."""

import contextlib
import logging
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

from swarm.core.exception import ExitCode

if TYPE_CHECKING:
    from swarm.core.env import Environment

logger = logging.getLogger("swarm.main")

HIGHEST_CODE = 255


def exit_code(environment: "Environment", on_error: int, unfinished: Collection[str] = ()) -> int:
    """Return what a run that has ended exits with.

    The test's own word (`environment.process_exit_code`) wins. Otherwise a run in
    which a request failed or a task raised gives `on_error`, and one whose reports
    could not all be written (`unfinished` names the reporters) RUNTIME.
    """
    if environment.process_exit_code is not None:
        return _checked(environment.process_exit_code)
    runner = environment.runner
    if environment.stats.num_failures or environment.stats.errors:
        return on_error
    if runner is not None and runner.exceptions:
        return on_error
    return ExitCode.RUNTIME if unfinished else ExitCode.OK


def leave(environment: "Environment", on_error: int, unfinished: Collection[str] = ()) -> int:
    """Fire `quitting` (which may set the exit code) and `quit`, and flush.

    Args:
        environment: The run.
        on_error: The exit code if anything failed.
        unfinished: The reporters that could not write their report.

    Returns:
        The exit code of the process.
    """
    environment.events.quitting.fire(environment=environment)
    code = exit_code(environment, on_error, unfinished)
    logger.info("Shutting down (exit code %d)", code)
    environment.events.quit.fire(exit_code=code)
    flush()
    return code


def flush() -> None:
    """Bring all output to where it belongs; nobody at the other end is no error."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()


def _checked(code: object) -> int:
    # The system keeps the lowest 8 bits only: 256 would arrive as success.
    if isinstance(code, int) and 0 <= code <= HIGHEST_CODE:
        return int(code)
    logger.error(
        "environment.process_exit_code is %r, but an exit code is a whole number from 0 to %d;"
        " exiting with %d",
        code,
        HIGHEST_CODE,
        ExitCode.FAILURES,
    )
    return int(ExitCode.FAILURES)
