"""Reporting what a task raised, with the user's own traceback."""

import logging
import traceback
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from swarm.core.exception import SwarmError

if TYPE_CHECKING:
    from swarm.core.user.user import User

logger = logging.getLogger("swarm.user")

_HERE = __name__.rpartition(".")[0]

REPEAT_INTERVAL = 5.0
"""Seconds between two log messages about failures of one kind."""

_Kind: TypeAlias = tuple[object, ...]


class FailureLog:
    """Logs what the users of one environment raise, without drowning the log in it.

    A user that fails in a tight loop does so ten thousand times a second. The first
    failure of a kind is logged with its traceback, later ones as a line with their
    number, and no more often than every `REPEAT_INTERVAL`. Of one kind are exceptions
    of one type that were raised in one place, whatever their texts.
    """

    def __init__(self) -> None:
        self._told: dict[_Kind, float] = {}
        self._untold: dict[_Kind, int] = {}

    def clear(self) -> None:
        """Begin anew: the next failure of each kind is the first one."""
        self._told.clear()
        self._untold.clear()

    def write(
        self, user: "User", error: BaseException, tb: TracebackType | None, where: str
    ) -> None:
        """Log that `where` of `user` raised `error`, unless that was said a moment ago."""
        now = monotonic()
        kind = (where, type(user).__name__, type(error), *_places(tb))
        first = kind not in self._told
        if not first and now - self._told[kind] < REPEAT_INTERVAL:
            self._untold[kind] = self._untold.get(kind, 0) + 1
            return
        self._told[kind] = now
        count = self._untold.pop(kind, 0) + 1
        repeated = f" ({count} times since it was last logged)" if count > 1 else ""
        exc_info = (type(error), error, tb) if first and tb is not None else None
        logger.error(
            "%s of %s failed: %s%s",
            where,
            type(user).__name__,
            _text(error),
            repeated,
            exc_info=exc_info,
        )


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
    user.environment.failure_log.write(user, error, tb, where)
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


def _places(tb: TracebackType | None) -> list[tuple[str, int]]:
    return [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(tb)]
