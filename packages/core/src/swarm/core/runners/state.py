"""The states of a run and the ways from one to another."""

from enum import StrEnum

from swarm.core.exception import RunnerError


class RunState(StrEnum):
    """Where a run is. The values are what peers on the wire and the web UI read."""

    READY = "ready"
    """Nothing has run yet."""
    SPAWNING = "spawning"
    """Users are being added or removed."""
    RUNNING = "running"
    """All users of the load are there."""
    STOPPING = "stopping"
    """Users are being ended."""
    CLEANUP = "cleanup"
    """The users have ended; listeners of `test_stop` are at work."""
    STOPPED = "stopped"
    """The run is over; another one may start."""
    MISSING = "missing"
    """A worker that has not been heard of for a while."""


STATE_INIT = RunState.READY
STATE_SPAWNING = RunState.SPAWNING
STATE_RUNNING = RunState.RUNNING
STATE_STOPPING = RunState.STOPPING
STATE_CLEANUP = RunState.CLEANUP
STATE_STOPPED = RunState.STOPPED
STATE_MISSING = RunState.MISSING

ACTIVE = frozenset({RunState.SPAWNING, RunState.RUNNING})
"""A test is on."""
ENDING = frozenset({RunState.STOPPING, RunState.CLEANUP})
"""A test is being ended."""

_NEXT = {
    RunState.READY: {RunState.SPAWNING, RunState.STOPPED},
    RunState.SPAWNING: {RunState.SPAWNING, RunState.RUNNING, RunState.STOPPING},
    RunState.RUNNING: {RunState.SPAWNING, RunState.STOPPING},
    RunState.STOPPING: {RunState.CLEANUP},
    RunState.CLEANUP: {RunState.STOPPED},
    RunState.STOPPED: {RunState.SPAWNING, RunState.STOPPED},
    RunState.MISSING: set(RunState),
}


def moved(current: RunState, following: RunState) -> RunState:
    """Return `following` if there is a way to it.

    Any state may become MISSING, since that is about the connection and not the run.

    Raises:
        RunnerError: If there is no way from `current` to `following`.
    """
    if following is not RunState.MISSING and following not in _NEXT[current]:
        raise RunnerError(f"A run that is {current} cannot become {following}.")
    return following
