"""The users that run in this process: adding, removing and counting them."""

import itertools
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gevent
from gevent.pool import Group

from swarm.core.dispatch.order import interleave
from swarm.core.exception import NO_FAULT, ControlFlow, StopTest, SwarmError
from swarm.core.runners.stopping import UserGreenlet, end_users
from swarm.core.user.pause import wait_for_timer

if TYPE_CHECKING:
    from swarm.core.env import Environment
    from swarm.core.runners.exception_log import ExceptionLog
    from swarm.core.user import User

logger = logging.getLogger("swarm.runners")

_LONGEST_TURN = 0.05
"""Seconds of spawning after which the users that are there get to run."""


class UserGroup(Group):
    """The users of one class. The group is all that is kept of them."""

    greenlet_class = UserGreenlet

    def spawn(self, *args: Any, **kwargs: Any) -> Any:
        """Start a greenlet, without noting who has spawned it.

        gevent notes the spawning stack of every greenlet, which only its debugging
        tools read; for thousands of users that is most of the time and much memory.
        """
        config: Any = gevent.config
        tracked = config.track_greenlet_tree
        config.track_greenlet_tree = False
        try:
            return super().spawn(*args, **kwargs)
        finally:
            config.track_greenlet_tree = tracked

    def some(self, number: int | None = None) -> list[UserGreenlet]:
        """Return so many of the greenlets, or all."""
        greenlets: Iterable[Any] = self.greenlets
        return list(itertools.islice(greenlets, number))


class UserPool:
    """The users of this process.

    Args:
        environment: What the users run in.
        exceptions: Where constructors that raise are counted.
        end_test: Called with a reason if a constructor raises StopTest.
        refuse: Called if a constructor says with a SwarmError that the settings are wrong.
    """

    def __init__(
        self,
        environment: "Environment",
        exceptions: "ExceptionLog",
        end_test: Callable[[str], None],
        refuse: Callable[[SwarmError], None],
    ) -> None:
        self._environment = environment
        self._exceptions = exceptions
        self._end_test = end_test
        self._refuse = refuse
        self._classes: dict[str, type[User]] = {}
        self._staying: dict[str, UserGroup] = {}
        self._leaving: dict[str, UserGroup] = {}
        self._enders = Group()
        self._assigned: Counter[str] = Counter()

    def use(self, classes: Iterable[type["User"]]) -> None:
        """Make users of these classes from now on."""
        self._classes = {cls.__name__: cls for cls in classes}

    @property
    def class_names(self) -> list[str]:
        """The names of the classes that users can be made of."""
        return list(self._classes)

    @property
    def count(self) -> int:
        """How many users run, with those that are about to end."""
        groups = itertools.chain(self._staying.values(), self._leaving.values())
        return sum(len(group) for group in groups)

    def counts(self) -> dict[str, int]:
        """Return how many users of each class run, with those that are about to end."""
        counts = dict.fromkeys(self._classes, 0)
        for groups in (self._staying, self._leaving):
            for name, group in groups.items():
                counts[name] = counts.get(name, 0) + len(group)
        return counts

    def staying(self) -> dict[str, int]:
        """Return how many users of each class run and are to go on.

        From here on `reach` counts from these: users that have stopped by themselves
        are no longer reckoned with.
        """
        counts = {name: len(group) for name, group in self._staying.items() if group}
        self._assigned = Counter(counts)
        return counts

    def reach(self, counts: Mapping[str, int], wanted: Callable[[], bool] = lambda: True) -> None:
        """Add and remove users so that there would be `counts` if none stopped by itself.

        Args:
            counts: Users by class.
            wanted: Asked before each user is added; False leaves the rest.
        """
        change = Counter(counts)
        change.subtract(self._assigned)
        for name, number in (-change).items():
            self._assigned[name] -= number
            self._remove(name, number)
        self.add(+change, wanted)

    def add(
        self, numbers: Mapping[str, int], wanted: Callable[[], bool] = lambda: True
    ) -> list["User"]:
        """Start users, mixed by class, and return them. Constructors that raise are counted."""
        users = []
        turn = time.monotonic()
        for name in _mixed(numbers):
            if not wanted():
                break
            self._assigned[name] += 1
            user = self._start(self._classes[name])
            if user is not None:
                users.append(user)
            if time.monotonic() - turn > _LONGEST_TURN:
                wait_for_timer(0)
                turn = time.monotonic()
        return users

    def dismiss(self, name: str, number: int) -> "gevent.Greenlet[[], None] | None":
        """Begin to end so many users of a class; return the greenlet that sees to it."""
        number = min(number, len(self._staying.get(name, ())))
        self._assigned[name] -= number
        return self._remove(name, number)

    def end_all(self) -> None:
        """End all users and wait until they have ended."""
        self._assigned.clear()
        for name, group in list(self._staying.items()):
            self._end(name, group.some())
        self._enders.join()
        self._leaving.clear()

    def runs(self, greenlet: object) -> bool:
        """Return whether this is the greenlet of a user."""
        return isinstance(greenlet, UserGreenlet)

    def _start(self, cls: type["User"]) -> "User | None":
        try:
            user = cls(self._environment)
            group = self._staying.get(cls.__name__)
            if group is None:
                group = self._staying[cls.__name__] = UserGroup()
            greenlet: Any = user.start(group)
            greenlet.user = user
        except StopTest as reason:
            self._end_test(str(reason))
        except ControlFlow:
            pass  # the user has no use for itself
        except SwarmError as error:
            self._refuse(error)
        except NO_FAULT:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever the user's constructor raises
            self._failed(cls, error)
        else:
            return user
        return None

    def _failed(self, cls: type["User"], error: BaseException) -> None:
        # The first traceback entry is ours and says nothing about the fault.
        tb = error.__traceback__.tb_next if error.__traceback__ else None
        if self._exceptions.record(error, tb):
            logger.error(
                "A user of class %s could not be created: %s: %s",
                cls.__name__,
                type(error).__name__,
                error,
                exc_info=(type(error), error, tb),
            )

    def _remove(self, name: str, number: int) -> "gevent.Greenlet[[], None] | None":
        group = self._staying.get(name)
        return None if group is None else self._end(name, group.some(number))

    def _end(
        self, name: str, greenlets: Sequence[UserGreenlet]
    ) -> "gevent.Greenlet[[], None] | None":
        if not greenlets:
            return None
        staying = self._staying[name]
        leaving = self._leaving.setdefault(name, UserGroup())
        for greenlet in greenlets:
            staying.discard(greenlet)
            leaving.add(greenlet)

        def see_off() -> None:
            for immortal in end_users(greenlets, self._environment.stop_timeout):
                leaving.discard(immortal)

        return self._enders.spawn(see_off)


def _mixed(numbers: Mapping[str, int]) -> Iterable[str]:
    """Return each name so many times, evenly mixed, so that ratios hold while users are added."""
    present = {name: number for name, number in numbers.items() if number > 0}
    return itertools.islice(interleave(present), sum(present.values()))
