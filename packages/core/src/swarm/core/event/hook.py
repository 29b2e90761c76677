"""One hook: a list of listeners and a way to call them all."""

import logging
import math
from collections import Counter
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

from swarm.core.event.measure import Measurement
from swarm.core.exception import ControlFlow

logger = logging.getLogger("swarm.event")

_LOGGED_FAILURES = 10
"""How often a listener's failure is logged with its traceback."""

P = ParamSpec("P")
Listener = TypeVar("Listener", bound=Callable[..., Any])


class EventHook(Generic[P]):
    """An event that listeners can be added to.

    Listeners are called with keyword arguments, in the order in which they were
    added. One that raises is logged (the first times with its traceback, then at every
    power of ten) and counted in `failures`; the others are still called and the caller
    never notices. Only `ControlFlow` (StopUser and its kin) passes, once all were called,
    because a listener raises it to steer the user.

    Example:
        my_event = EventHook()

        @my_event.add_listener
        def on_my_event(a, b, **kwargs):
            print(a, b)

        my_event.fire(a="foo", b="bar")
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[..., Any]] = []
        self.failures = 0
        """How many calls of listeners raised."""
        self._failures_of: Counter[str] = Counter()

    def add_listener(self, listener: Listener) -> Listener:
        """Call `listener` at every fire from now on. Usable as a decorator."""
        # A new list each time: a fire that is under way goes on with the old one.
        self._listeners = [*self._listeners, listener]
        return listener

    def remove_listener(self, listener: Callable[..., Any]) -> None:
        """Call `listener` no more.

        Raises:
            ValueError: If it is not a listener of this hook.
        """
        remaining = list(self._listeners)
        remaining.remove(listener)
        self._listeners = remaining

    def fire(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every listener with the given keyword arguments.

        With `reverse=True` they are called last-added first, for teardown.
        """
        reverse = kwargs.pop("reverse", False)
        self._call(args, kwargs, reverse=bool(reverse))

    def measure(
        self,
        request_type: str,
        name: str,
        response_length: int = 0,
        context: dict[str, Any] | None = None,
    ) -> Measurement:
        """Time a block and fire this event with the result.

        An exception raised in the block marks the request as failed and goes no
        further, unless it is a time-out of gevent, which its `with` outside has to see.
        `ControlFlow` passes and leaves no row. The block may add to or overwrite the
        dict it is given.

        Args:
            request_type: First column of the row, for example "GET" or "grpc".
            name: Second column of the row. Keep the number of names bounded.
            response_length: Size of the answer, in bytes.
            context: Data for listeners.

        Example:
            with self.environment.events.request.measure("db", "find") as request_meta:
                rows = connection.find(...)
                request_meta["response_length"] = len(rows)
        """
        return Measurement(self.fire, request_type, name, response_length, context)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any], *, reverse: bool) -> None:
        steering: ControlFlow | None = None
        for listener in self._listeners[::-1] if reverse else self._listeners:
            try:
                listener(*args, **kwargs)
            except ControlFlow as flow:
                steering = steering or flow
            except Exception as error:  # noqa: BLE001 - whatever a listener raises is its own affair
                self._failed(listener, error)
        if steering is not None:
            raise steering

    def _failed(self, listener: Callable[..., Any], error: Exception) -> None:
        self.failures += 1
        name = getattr(listener, "__qualname__", repr(listener))
        self._failures_of[name] += 1
        number = self._failures_of[name]
        # A listener of requests may fail thousands of times a second, and writing all that
        # down would take the time that the users need.
        if number <= _LOGGED_FAILURES:
            logger.error("The listener %s raised (failure %d)", name, number, exc_info=error)
        elif math.log10(number).is_integer():
            logger.error("The listener %s has raised %d times by now", name, number)
