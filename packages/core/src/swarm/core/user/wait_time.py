"""Ready-made `wait_time` functions. All times are in seconds."""

import math
import random
import time
from collections.abc import Callable
from typing import Any

from swarm.core.exception import TestFileError


def constant(wait_time: float) -> Callable[[Any], float]:
    """Wait the same time after each task.

    Args:
        wait_time: Seconds.

    Raises:
        TestFileError: If it is no number of 0 or more.

    Example:
        class MyUser(User):
            wait_time = constant(3)
    """
    _check("constant", wait_time)

    def wait(_instance: Any) -> float:
        return wait_time

    return wait


def between(min_wait: float, max_wait: float) -> Callable[[Any], float]:
    """Wait a random time after each task, evenly spread between two limits.

    Args:
        min_wait: Seconds.
        max_wait: Seconds, at least `min_wait`.

    Raises:
        TestFileError: If they are no numbers of 0 or more, or in the wrong order.

    Example:
        class MyUser(User):
            wait_time = between(3.0, 10.5)
    """
    _check("between", min_wait)
    _check("between", max_wait)
    if max_wait < min_wait:
        raise TestFileError(
            f"between({min_wait}, {max_wait}) has its limits in the wrong order",
            hint=f"Write between({max_wait}, {min_wait}).",
        )
    spread = max_wait - min_wait

    def wait(_instance: Any) -> float:
        return min_wait + random.random() * spread

    return wait


def constant_pacing(wait_time: float) -> Callable[[Any], float]:
    """Wait so long that a task starts once every `wait_time` seconds.

    The time is measured from the scheduled start of the task, so a late wake-up
    does not add up. A task that takes longer is followed by the next at once, and
    time that was lost is not made up for.

    Args:
        wait_time: Seconds from the start of a task to the start of the next.

    Raises:
        TestFileError: If it is no number of 0 or more.
    """
    _check("constant_pacing", wait_time)
    return _pacing(wait_time)


def constant_throughput(task_runs_per_second: float) -> Callable[[Any], float]:
    """Wait so long that at most this many tasks start per second and user.

    The inverse of `constant_pacing`. A task that makes two requests makes two
    requests per run: the request rate is higher than the throughput then.

    Args:
        task_runs_per_second: Tasks per second, above 0; 0.1 is one every ten seconds.

    Raises:
        TestFileError: If it is no number above 0.
    """
    _check("constant_throughput", task_runs_per_second)
    if task_runs_per_second == 0:
        raise TestFileError("constant_throughput(0) would never run a task")
    return _pacing(1 / task_runs_per_second)


def _pacing(period: float) -> Callable[[Any], float]:
    def wait(instance: Any) -> float:
        now = time.monotonic()
        # `_paced` is the scheduled start of the task that has just run: the loop sets it
        # when it starts, and each wait moves it on to the start of the next task.
        started = getattr(instance, "_paced", None)
        due = float((now if started is None else started) + period)
        instance._paced = max(due, now)  # noqa: SLF001 - state of the user, kept by its wait time
        return max(0.0, due - now)

    return wait


def _check(name: str, value: object) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or value < 0
    ):
        raise TestFileError(f"{name} got {value!r}; it takes a number of 0 or more")
