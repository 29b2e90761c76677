"""What the runners have in common whose users run in this process."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import gevent

from swarm.core.clock import Clock
from swarm.core.env.settings import suggestion
from swarm.core.exception import RunnerError, SwarmError
from swarm.core.runners.base import Runner
from swarm.core.runners.pool import UserPool

if TYPE_CHECKING:
    from swarm.core.env import Environment
    from swarm.core.user import User

logger = logging.getLogger("swarm.runners")


class HostingRunner(Runner):
    """Runs users in this process.

    Args:
        environment: The run.
        clock: Where time comes from.
    """

    def __init__(self, environment: "Environment", clock: Clock | None = None) -> None:
        super().__init__(environment, clock)
        self._pool = UserPool(environment, self.exceptions, self.stop_test, self._refused)

    @property
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class run now, with those that are about to end."""
        return self._pool.counts()

    @property
    def user_count(self) -> int:
        """How many users run now, with those that are about to end."""
        return self._pool.count

    def spawn_users(
        self,
        user_classes_spawn_count: Mapping[str, int],
        wait: bool = False,  # noqa: FBT001, FBT002 - documented form
    ) -> list["User"]:
        """Start users right now, past the dispatcher, and return them.

        Args:
            user_classes_spawn_count: How many users by name of their class.
            wait: Whether to return only when they have ended.

        Raises:
            RunnerError: If there is no such class or a number is negative.
        """
        if not self.is_active:
            self._pool.use(self.environment.run_classes())
        self._check(user_classes_spawn_count)
        self._open()
        users = self._pool.add(user_classes_spawn_count)
        if wait:
            gevent.joinall([user.greenlet for user in users if user.greenlet is not None])
        return users

    def stop_users(self, user_classes_stop_count: Mapping[str, int]) -> None:
        """End users and return when they have ended; at once if a user calls it.

        Args:
            user_classes_stop_count: How many users by name of their class.

        Raises:
            RunnerError: If there is no such class or a number is negative.
        """
        self._check(user_classes_stop_count)
        enders = [self._pool.dismiss(*item) for item in user_classes_stop_count.items()]
        if not self._pool.runs(gevent.getcurrent()):
            gevent.joinall([ender for ender in enders if ender is not None])

    def _refused(self, error: SwarmError) -> None:
        """A user cannot be created with these settings, so no other one can be either."""
        if self.is_active:
            self.fail(str(error), error.hint, exit_code=error.exit_code)
        elif not self.is_ending:
            logger.error("%s %s", error, error.hint)

    def _check(self, numbers: Mapping[str, Any]) -> None:
        known = dict.fromkeys([*self._pool.class_names, *self._pool.counts()])
        for name, number in numbers.items():
            if name not in known:
                raise RunnerError(
                    f"{name!r} is no user class of this run.", hint=suggestion(str(name), known)
                )
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise RunnerError(
                    f"{number!r} is no number of users.", hint="It is a whole number of 0 or more."
                )

    def _prepare(self, classes: list[type["User"]]) -> None:
        self._pool.use(classes)

    def _present(self) -> dict[str, int]:
        return self._pool.staying()

    def _deploy(self, counts: Mapping[str, int], wanted: Callable[[], bool]) -> None:
        self._pool.reach(counts, wanted)

    def _withdraw(self) -> None:
        self._pool.end_all()

    def _is_user(self, greenlet: object) -> bool:
        return self._pool.runs(greenlet)
