"""Ramps in real time: one greenlet that walks from the present load to the one asked for."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gevent
from gevent.event import Event

from swarm.core.clock import Clock
from swarm.core.dispatch import Ramp
from swarm.core.exception import RunnerError

if TYPE_CHECKING:
    from swarm.core.dispatch import UsersDispatcher

logger = logging.getLogger("swarm.runners")


@dataclass(frozen=True, slots=True, eq=False)
class LoadRequest:
    """A load that was asked for. Each request is its own, even if it asks for the same.

    Args:
        users: How many users there are to be.
        rate: Users a second on the way.
        user_classes: Names of the classes to run; None for all.
    """

    users: int
    rate: float
    user_classes: frozenset[str] | None = None

    @classmethod
    def checked(cls, users: Any, rate: Any, user_classes: Iterable[Any] | None) -> "LoadRequest":
        """Return a request for a load that somebody has asked for.

        Args:
            users: How many users.
            rate: Users a second.
            user_classes: The classes to run, or their names; None for all.

        Raises:
            RunnerError: If something is of a type that cannot be meant.
            ConfigError: If the numbers make no ramp.
        """
        if isinstance(users, bool) or not isinstance(users, int):
            raise RunnerError(
                f"The number of users is {users!r}.", hint="It is a whole number of 0 or more."
            )
        if isinstance(rate, bool) or not isinstance(rate, int | float):
            raise RunnerError(
                f"The spawn rate is {rate!r}.", hint="It is a number of users a second above 0."
            )
        Ramp(0, users, rate)  # refuses numbers that make no ramp
        names = None if user_classes is None else frozenset(map(_class_name, user_classes))
        return cls(users, rate, names)


@dataclass(frozen=True, slots=True)
class SpawnTarget:
    """Where the ramps of a run go to work.

    Args:
        present: Returns the users by class that are there now.
        deploy: Makes users by class be there; asks in between whether that is still wanted.
        complete: Called when the load that was asked for is there.
        fail: Called with what the dispatcher raised, which ends the run.
    """

    present: Callable[[], dict[str, int]]
    deploy: Callable[[Mapping[str, int], Callable[[], bool]], None]
    complete: Callable[[], None]
    fail: Callable[[Exception], None]


class InterruptibleClock:
    """A clock whose `sleep` ends early when `interrupt` is called.

    Args:
        clock: Where time comes from.
    """

    def __init__(self, clock: Clock) -> None:
        self.monotonic = clock.monotonic
        self.time = clock.time
        self._interrupted = Event()

    def sleep(self, seconds: float) -> None:
        """Let other greenlets run for this many seconds, or until interrupted."""
        if seconds > 0:
            self._interrupted.wait(seconds)
        else:
            gevent.sleep(0)
        self._interrupted.clear()

    def interrupt(self) -> None:
        """End a sleep, the present one or else the next."""
        self._interrupted.set()


class Spawner:
    """Carries out load requests, the latest one only.

    A request that comes during a ramp takes over from the users that are there by
    then. The user that is being made at that moment is finished first, so that slow
    constructors get done however often the load changes.

    Args:
        dispatcher: Plans the ramps. Its clock is the one below.
        clock: What the dispatcher sleeps on.
        target: Where the users run.
    """

    def __init__(
        self, dispatcher: "UsersDispatcher", clock: InterruptibleClock, target: SpawnTarget
    ) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._target = target
        self._request: LoadRequest | None = None
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def target_counts(self, users: int, user_classes: Collection[str] | None) -> dict[str, int]:
        """Return the users by class that a request would lead to."""
        return self._dispatcher.order(user_classes).counts(users)

    def ask(self, request: LoadRequest) -> None:
        """Begin the ramp to another load."""
        self._request = request
        self._clock.interrupt()
        if self._greenlet is None or self._greenlet.dead:
            self._greenlet = gevent.spawn(self._run)

    def wait(self) -> None:
        """Wait until the load that was asked for is there."""
        if self._greenlet is not None and self._greenlet is not gevent.getcurrent():
            self._greenlet.join()

    def cancel(self, timeout: float) -> None:
        """End the ramp where it is, waiting at most `timeout` seconds for that."""
        self._request = None
        if self._greenlet is not None:
            self._greenlet.kill(timeout=timeout)

    def _run(self) -> None:
        try:
            while (request := self._request) is not None:
                if self._carry_out(request):
                    self._target.complete()
                if self._request is request:
                    return
        except Exception as error:  # noqa: BLE001 - a dispatcher may be the user's own
            self._target.fail(error)

    def _carry_out(self, request: LoadRequest) -> bool:
        """Walk the ramp; return whether it was walked to its end."""

        def is_current() -> bool:
            return self._request is request

        plan = self._dispatcher.plan(
            self._target.present(), request.users, request.rate, request.user_classes
        )
        for counts in self._dispatcher.dispatch(plan):
            if not is_current():
                return False
            self._target.deploy(counts, is_current)
        return is_current()


def _class_name(user_class: Any) -> str:
    if isinstance(user_class, str):
        return user_class
    if isinstance(user_class, type):
        return user_class.__name__
    raise RunnerError(f"{user_class!r} is no user class.", hint="Give the class itself.")
