"""Runners: what starts, changes and ends the load of a run.

A runner plans (base, spawning, shaping) and has the users run somewhere (pool). The
local runner does both in one process; the same halves serve coordinator and workers.

The constants below may be set by users; they are read whenever they are needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

CPU_WARNING_THRESHOLD = 90
"""CPU usage of this process, in percent of one core, above which measurements are spoilt."""

CPU_MONITOR_INTERVAL = 5.0
"""Seconds between two looks at this process's CPU and memory usage."""

HUB_LATENCY_THRESHOLD = 0.05
"""Mean lateness of greenlets, in seconds, above which measurements are spoilt."""

HUB_SAMPLE_INTERVAL = 0.1
"""Seconds between two samples of how late greenlets get to run."""

SHAPE_TICK_INTERVAL = 1.0
"""Seconds between two ticks of a load shape."""

ON_STOP_LIMIT = 10.0
"""Seconds that users get for `on_stop` once they were ended, before they are killed in it."""

MAX_EXCEPTIONS = 500
"""How many different exceptions of users are listed; further ones are counted together."""

WORKER_LOG_REPORT_INTERVAL = 10
"""Seconds between two reports of a worker's log lines."""

HEARTBEAT_INTERVAL = 1.0
"""Seconds between two heartbeats of a worker."""

HEARTBEAT_LIVENESS = 3
"""Heartbeats that a worker may miss before it counts as missing."""

FORGET_WORKER_AFTER = 60.0
"""Seconds after which a worker that is missing is forgotten."""

COORDINATOR_SILENCE = 60.0
"""Seconds without a word of the coordinator after which a worker gives up."""

COORDINATOR_LOST = 600.0
"""The same for a coordinator that acknowledges reports: until then they are kept for it.

Users are stopped after `COORDINATOR_SILENCE` all the same."""

JOIN_INTERVAL = 5.0
"""Seconds between two attempts of a worker to join."""

JOIN_ATTEMPTS = 60
"""How often a worker tries to join."""

REPORT_INTERVAL = 3.0
"""Seconds between two reports of a worker's statistics."""

SPAWN_INTERVAL = 1.0
"""Seconds between two steps of a ramp over several workers."""

LAST_REPORT_LIMIT = 30.0
"""Seconds that the last reports of a run get to be acknowledged."""

STOP_LIMIT = 60.0
"""Seconds, beyond `stop_timeout`, that workers get to stop."""

QUIT_LIMIT = 5.0
"""Seconds that workers get to take leave."""

from swarm.core.rpc import Message  # noqa: E402 - the modules read the constants
from swarm.core.runners.base import Runner  # noqa: E402
from swarm.core.runners.exception_log import ExceptionLog, UserException  # noqa: E402
from swarm.core.runners.health import GeneratorHealth  # noqa: E402
from swarm.core.runners.local import LocalRunner  # noqa: E402
from swarm.core.runners.state import (  # noqa: E402
    STATE_CLEANUP,
    STATE_INIT,
    STATE_MISSING,
    STATE_RUNNING,
    STATE_SPAWNING,
    STATE_STOPPED,
    STATE_STOPPING,
    RunState,
)
from swarm.core.runners.view import RunnerView  # noqa: E402

if TYPE_CHECKING:
    from swarm.core.runners.coordinator import MasterRunner
    from swarm.core.runners.worker import WorkerRunner

__all__ = [
    "COORDINATOR_LOST",
    "COORDINATOR_SILENCE",
    "CPU_MONITOR_INTERVAL",
    "CPU_WARNING_THRESHOLD",
    "FORGET_WORKER_AFTER",
    "HEARTBEAT_INTERVAL",
    "HEARTBEAT_LIVENESS",
    "HUB_LATENCY_THRESHOLD",
    "HUB_SAMPLE_INTERVAL",
    "JOIN_ATTEMPTS",
    "JOIN_INTERVAL",
    "LAST_REPORT_LIMIT",
    "MAX_EXCEPTIONS",
    "ON_STOP_LIMIT",
    "QUIT_LIMIT",
    "REPORT_INTERVAL",
    "SHAPE_TICK_INTERVAL",
    "SPAWN_INTERVAL",
    "STATE_CLEANUP",
    "STATE_INIT",
    "STATE_MISSING",
    "STATE_RUNNING",
    "STATE_SPAWNING",
    "STATE_STOPPED",
    "STATE_STOPPING",
    "STOP_LIMIT",
    "WORKER_LOG_REPORT_INTERVAL",
    "ExceptionLog",
    "GeneratorHealth",
    "LocalRunner",
    "MasterRunner",
    "Message",
    "RunState",
    "Runner",
    "RunnerView",
    "UserException",
    "WorkerRunner",
]

# Exported lazily: a test that runs in one process does not load what nodes need.
_HOMES = {"MasterRunner": "coordinator", "WorkerRunner": "worker"}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
