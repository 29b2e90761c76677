"""Load shapes: test code that decides from second to second how many users there are."""

import inspect
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, Self, TypeAlias

from swarm.core.exception import SwarmError

TickValue: TypeAlias = tuple[float, float] | tuple[float, float, Sequence[type] | None] | None
"""What `tick()` returns: (users, spawn rate), the same with user classes, or None for the end."""


class ShapeError(SwarmError):
    """A load shape that cannot be used, or that returned something nobody can follow."""


class LoadTestShape(ABC):
    """Base class for custom load shapes. A shape in the test file is used by itself.

    Example:
        class MyShape(LoadTestShape):
            def tick(self):
                run_time = self.get_run_time()
                if run_time < 600:
                    return round(run_time, -2), 20
                return None
    """

    abstract: ClassVar[bool] = True
    """Whether the class is only meant to be derived from. A subclass is not unless it says so."""

    use_common_options: ClassVar[bool] = False
    """Whether --users, --spawn-rate and --run-time make sense together with this shape."""

    runner: Any = None
    """The runner, once the shape is in use."""

    _started: float | None = None

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        """Explain what is missing, where Python would only name it.

        Raises:
            ShapeError: If the class has no `tick`.
        """
        if inspect.isabstract(cls):
            raise ShapeError(
                f"The load shape {cls.__name__} has no tick() method",
                hint="Define tick(self); if the class is only a base, set abstract = True.",
            )
        return super().__new__(cls)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "abstract" not in vars(cls):
            cls.abstract = False

    @abstractmethod
    def tick(self) -> TickValue:
        """Return what the load is to be now; called about once per second.

        Returns:
            (user count, spawn rate in users per second), optionally with a list of the
            user classes that users are to be spawned of; None ends the test.
        """

    def get_run_time(self) -> float:
        """Return the seconds since the test started."""
        if self._started is None:
            self.reset_time()
            return 0.0
        return time.monotonic() - self._started

    def reset_time(self) -> None:
        """Let the run time begin at 0 now."""
        self._started = time.monotonic()

    def get_current_user_count(self) -> int:
        """Return how many users are running now."""
        return int(self.runner.user_count) if self.runner is not None else 0


@dataclass(frozen=True, slots=True)
class Tick:
    """What the load is to be.

    Args:
        user_count: Number of users.
        spawn_rate: Users to start or stop per second.
        user_classes: The classes to spawn; None for all.
    """

    user_count: int
    spawn_rate: float
    user_classes: tuple[type, ...] | None = None


def parse_tick(value: object, known_classes: Iterable[type]) -> Tick | None:
    """Check what `tick()` returned.

    Args:
        value: The return value.
        known_classes: The user classes of the run.

    Returns:
        The wanted load, with the run's own variants of the classes; None for the end.

    Raises:
        ShapeError: If it is nonsense; the message says in which way.
    """
    if value is None:
        return None
    if not isinstance(value, tuple | list) or len(value) not in {2, 3}:
        raise _nonsense(value, "it must be (users, spawn rate) or (users, spawn rate, classes)")
    users, rate = value[0], value[1]
    if not _is_number(users) or users < 0:
        raise _nonsense(value, f"the user count {users!r} is no number of 0 or more")
    if not _is_number(rate) or rate <= 0:
        raise _nonsense(value, f"the spawn rate {rate!r} is no number above 0")
    classes = value[2] if len(value) == 3 else None  # noqa: PLR2004 - the third of three
    return Tick(round(users), float(rate), _parse_classes(value, classes, list(known_classes)))


def _parse_classes(
    value: object, classes: Any, known_classes: list[type]
) -> tuple[type, ...] | None:
    if classes is None:
        return None
    if not isinstance(classes, Iterable) or isinstance(classes, str):
        raise _nonsense(value, f"{classes!r} is no list of user classes")
    chosen = []
    for cls in classes:
        # The run may use variants of the classes in the test file, derived from them.
        match = next((known for known in known_classes if _is_variant(known, cls)), None)
        if match is None:
            names = ", ".join(known.__name__ for known in known_classes)
            raise _nonsense(value, f"{cls!r} is no user class of this run ({names})")
        chosen.append(match)
    if not chosen:
        raise _nonsense(value, "the list of user classes is empty; leave it out for all")
    return tuple(chosen)


def _is_variant(known: type, cls: object) -> bool:
    return known is cls or (
        isinstance(cls, type)
        and issubclass(known, cls)
        and (known.__module__, known.__qualname__) == (cls.__module__, cls.__qualname__)
    )


def _is_number(value: object) -> bool:
    # Real has numpy's whole numbers too, with which shapes are computed.
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


def _nonsense(value: object, problem: str) -> ShapeError:
    return ShapeError(f"The load shape's tick() returned {value!r}: {problem}")
