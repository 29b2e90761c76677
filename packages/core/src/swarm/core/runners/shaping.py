"""Driving a run by a load shape: ask it once a second, carry out what it says."""

import logging
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import gevent

import swarm.core.runners as settings
from swarm.core.exception import RunnerError, StopTest

if TYPE_CHECKING:
    from swarm.core.clock import Clock
    from swarm.core.runners.base import Runner
    from swarm.core.shape import LoadTestShape

logger = logging.getLogger(__name__)

_HINT = (
    "tick() returns (users, spawn_rate) or (users, spawn_rate, user_classes), with users a "
    "whole number of 0 or more and spawn_rate a number above 0, or None to end the test."
)
_OPTIONS = {"users": "--users", "spawn_rate": "--spawn-rate", "run_time": "--run-time"}

Load = tuple[int, float, frozenset[str] | None]
"""Users, users a second, names of the classes to run or None for all."""


class ShapeDriver:
    """Asks a shape for the load, about once a second, and has the runner carry it out.

    Args:
        shape: The shape.
        runner: Runs the users.
        clock: Where time comes from.
    """

    def __init__(self, shape: "LoadTestShape", runner: "Runner", clock: "Clock") -> None:
        self._shape = shape
        self._runner = runner
        self._clock = clock
        self._load: Load | None = None

    def run(self) -> None:
        """Drive the run until the shape ends it."""
        due = self._clock.monotonic()
        while self._tick():
            # On a fixed beat, so that ticks do not drift; beats that were missed are left out.
            late = self._clock.monotonic() - due
            due += settings.SHAPE_TICK_INTERVAL * (late // settings.SHAPE_TICK_INTERVAL + 1)
            gevent.sleep(max(due - self._clock.monotonic(), 0))

    def _tick(self) -> bool:
        """Ask once and carry it out; return whether to go on."""
        name = type(self._shape).__name__
        try:
            tick = self._shape.tick()
        except StopTest as reason:
            self._runner.stop_test(str(reason))
            return False
        except Exception as error:  # noqa: BLE001 - whatever the user's shape raises
            # The first traceback entry is ours and says nothing about the fault.
            own = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
            self._runner.fail(f"The load shape {name} raised {type(error).__name__}: {error}", own)
            return False
        if tick is None:
            logger.info("The load shape %s has ended the test", name)
            self._runner.finish()
            return False
        return self._carry_out(tick, name)

    def _carry_out(self, tick: Any, name: str) -> bool:
        try:
            load = parse_tick(tick)
            if load != self._load:
                self._load = load
                self._runner.start(load[0], load[1], user_classes=load[2])
        except RunnerError as error:
            if not self._runner.is_ending:
                self._runner.fail(f"The load shape {name} returned {tick!r}. {error} {error.hint}")
            return False
        return True


def parse_tick(tick: Any) -> Load:
    """Return what a shape's tick says.

    Raises:
        RunnerError: If it says nonsense.
    """
    if not isinstance(tick, tuple | list) or len(tick) not in {2, 3}:
        raise RunnerError("That is no load.", hint=_HINT)
    users, rate, *rest = tick
    if not _is_number(users) or users != int(users) or users < 0:
        raise RunnerError(f"{users!r} is no number of users.", hint=_HINT)
    if not _is_number(rate) or rate <= 0:
        raise RunnerError(f"{rate!r} is no spawn rate.", hint=_HINT)
    return int(users), rate, _class_names(rest[0] if rest else None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _class_names(user_classes: Any) -> frozenset[str] | None:
    if user_classes is None:
        return None
    if isinstance(user_classes, str) or not isinstance(user_classes, Iterable):
        raise RunnerError(f"{user_classes!r} is no list of user classes.", hint=_HINT)
    return frozenset(map(class_name, user_classes)) or None


def class_name(user_class: Any) -> str:
    """Return the name of a user class that was given as a class or by its name.

    Raises:
        RunnerError: If it is neither.
    """
    if isinstance(user_class, str):
        return user_class
    if isinstance(user_class, type):
        return user_class.__name__
    raise RunnerError(f"{user_class!r} is no user class.", hint="Give the class itself.")


def ignored_options(shape: "LoadTestShape", options: Any) -> list[str]:
    """Return the options that a shape makes meaningless, of those that were given."""
    if options is None or shape.use_common_options:
        return []
    return [flag for name, flag in _OPTIONS.items() if getattr(options, name, None) is not None]
