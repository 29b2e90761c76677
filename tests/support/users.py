"""Running users without a runner, in a real environment."""

from typing import Any, TypeVar

import gevent
from gevent.pool import Group

from swarm.core.env import Environment
from swarm.core.user import User, UserState

AnyUser = TypeVar("AnyUser", bound=User)


def start(cls: type[AnyUser], environment: Environment | None = None) -> AnyUser:
    """Start a user in a greenlet and let it run until it first gives way."""
    user = cls(environment or Environment(user_classes=[cls]))
    user.start(Group())
    while user._state is UserState.READY:
        gevent.sleep(0)
    return user


def live(cls: type[AnyUser], environment: Environment | None = None, limit: float = 5) -> AnyUser:
    """Run a user to its end, which its own tasks must bring about."""
    return join(start(cls, environment), limit)


def join(user: AnyUser, limit: float = 5) -> AnyUser:
    """Wait until a user has ended; what ended it in an unexpected way is raised."""
    assert user.greenlet is not None
    try:
        user.greenlet.get(timeout=limit)
    except gevent.Timeout:
        user.greenlet.kill(block=False)
        raise AssertionError(f"{type(user).__name__} did not end within {limit} s") from None
    return user


def recorded_errors(environment: Environment) -> list[dict[str, Any]]:
    """Return a list that every `user_error` event from now on is added to."""
    errors: list[dict[str, Any]] = []

    def record(**kwargs: Any) -> None:
        errors.append(kwargs)

    environment.events.user_error.add_listener(record)
    return errors
