"""swarm's core: users and tasks, events, runner, statistics. It knows no protocol.

Importing this package patches the standard library with gevent before it does
anything else (see `swarm.core.patching`). Names are loaded when first used, so
that importing one of them does not import the world.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from swarm.core.patching import patch

patch()

if TYPE_CHECKING:
    from swarm.core.debug import run_single_user
    from swarm.core.env import Environment
    from swarm.core.event import EventHook, Events, events
    from swarm.core.exception import (
        InterruptTaskSet,
        RescheduleTask,
        RescheduleTaskImmediately,
        StopTest,
        StopUser,
        SwarmError,
    )
    from swarm.core.shape import LoadTestShape
    from swarm.core.user import (
        MarkovTaskSet,
        SequentialTaskSet,
        TaskSet,
        User,
        between,
        constant,
        constant_pacing,
        constant_throughput,
        tag,
        task,
        transition,
        transitions,
    )

__all__ = [
    "Environment",
    "EventHook",
    "Events",
    "InterruptTaskSet",
    "LoadTestShape",
    "MarkovTaskSet",
    "RescheduleTask",
    "RescheduleTaskImmediately",
    "SequentialTaskSet",
    "StopTest",
    "StopUser",
    "SwarmError",
    "TaskSet",
    "User",
    "between",
    "constant",
    "constant_pacing",
    "constant_throughput",
    "events",
    "run_single_user",
    "tag",
    "task",
    "transition",
    "transitions",
]

_HOMES = {
    "swarm.core.debug": ("run_single_user",),
    "swarm.core.env": ("Environment",),
    "swarm.core.event": ("EventHook", "Events", "events"),
    "swarm.core.exception": (
        "InterruptTaskSet",
        "RescheduleTask",
        "RescheduleTaskImmediately",
        "StopTest",
        "StopUser",
        "SwarmError",
    ),
    "swarm.core.shape": ("LoadTestShape",),
    "swarm.core.user": (
        "MarkovTaskSet",
        "SequentialTaskSet",
        "TaskSet",
        "User",
        "between",
        "constant",
        "constant_pacing",
        "constant_throughput",
        "tag",
        "task",
        "transition",
        "transitions",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
