"""Reporting what a task raised, with the user's own traceback."""

import logging
from types import TracebackType
from typing import TYPE_CHECKING

from swarm.core.exception import SwarmError

if TYPE_CHECKING:
    from swarm.core.user.user import User

logger = logging.getLogger("swarm.user")

_HERE = __name__.rpartition(".")[0]


def report(user: "User", error: BaseException, where: str) -> None:
    """Log what a user's code raised and fire `user_error`; raise it if the environment says so.

    Args:
        user: Whose code it was.
        error: What was raised.
        where: What was being run, for the log.

    Raises:
        BaseException: `error`, if the environment does not catch exceptions.
        ControlFlow: What a listener raises to steer the user.
    """
    tb = own_traceback(error.__traceback__)
    error = error.with_traceback(tb)
    if not user.environment.catch_exceptions:
        raise error
    logger.error(
        "%s of %s failed: %s", where, type(user).__name__, _text(error), exc_info=_info(error, tb)
    )
    user.environment.events.user_error.fire(user_instance=user, exception=error, tb=tb)


def own_traceback(tb: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that begins in the user's code.

    The task loop is always its first part and says nothing about the fault.
    None if all of it is the loop's, as for a task that takes no argument.
    """
    while tb is not None and str(tb.tb_frame.f_globals.get("__name__", "")).startswith(_HERE):
        tb = tb.tb_next
    return tb


def _text(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, SwarmError):
        return f"{text} ({error.hint})" if error.hint else text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _info(
    error: BaseException, tb: TracebackType | None
) -> tuple[type[BaseException], BaseException, TracebackType | None] | None:
    return None if tb is None else (type(error), error, tb)
