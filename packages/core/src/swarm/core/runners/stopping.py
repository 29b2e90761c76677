"""Ending users: in time, in order, and in any case."""

import logging
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gevent

import swarm.core.runners as settings

if TYPE_CHECKING:
    from swarm.core.user import User

logger = logging.getLogger("swarm.runners")

_LAST_WORDS = 1.0
"""Seconds that a user which was killed in `on_stop` has to be gone."""


if TYPE_CHECKING:
    _Greenlet = gevent.Greenlet[..., Any]
else:
    _Greenlet = gevent.Greenlet  # takes no type arguments when it runs


class UserGreenlet(_Greenlet):
    """The greenlet of a user. It knows its user, so that nobody else needs to keep track."""

    __slots__ = ("_user",)

    # Weak: the user knows its greenlet too. An ended user is gone at once, and its
    # connections with it, not when the garbage collector happens to come by.
    _user: "weakref.ref[User]"

    @property
    def user(self) -> "User | None":
        """The user; it is there for as long as it runs."""
        return self._user()

    @user.setter
    def user(self, user: "User") -> None:
        self._user = weakref.ref(user)


def end_users(greenlets: Sequence[UserGreenlet], stop_timeout: float | None) -> list[UserGreenlet]:
    """End these users and wait until they have ended.

    Those that wait are ended at once. Those in a task get `stop_timeout` seconds to
    finish it. Then every user has `ON_STOP_LIMIT` seconds for its `on_stop`; one that
    takes longer is killed in it.

    Args:
        greenlets: The users' greenlets.
        stop_timeout: Seconds; None or 0 ends busy users at once too.

    Returns:
        Those that could not be ended at all.
    """
    if stop_timeout:
        busy = [greenlet for greenlet in greenlets if not _stop(greenlet, force=False)]
        gevent.joinall(busy, timeout=stop_timeout)
        late = [greenlet for greenlet in busy if not greenlet.dead]
    else:
        late = list(greenlets)
    for greenlet in late:
        _stop(greenlet, force=True)
    gevent.joinall(greenlets, timeout=settings.ON_STOP_LIMIT)
    return _kill([greenlet for greenlet in greenlets if not greenlet.dead])


def _stop(greenlet: UserGreenlet, *, force: bool) -> bool:
    user = greenlet.user
    if user is None:
        return True
    try:
        return user.stop(force)
    except Exception:
        logger.exception("stop() of %s raised; the user is killed", type(user).__name__)
        greenlet.kill(block=False)
        return True


def _kill(stuck: list[UserGreenlet]) -> list[UserGreenlet]:
    if not stuck:
        return []
    logger.warning(
        "%d users (%s) had not ended after %g s, in on_stop or a task that caught its end; "
        "they are killed",
        len(stuck),
        ", ".join(sorted({type(greenlet.user).__name__ for greenlet in stuck})),
        settings.ON_STOP_LIMIT,
    )
    for greenlet in stuck:
        greenlet.kill(block=False)
    gevent.joinall(stuck, timeout=_LAST_WORDS)
    immortal = [greenlet for greenlet in stuck if not greenlet.dead]
    if immortal:
        logger.error(
            "%d users catch GreenletExit and cannot be ended; they are left to themselves. "
            "Look for a bare `except:` or `except BaseException:` in the test file.",
            len(immortal),
        )
    return immortal
