"""What a coordinator knows of one worker."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from swarm.core.runners.health import GeneratorHealth
from swarm.core.runners.spawn_order import SpawnOrder
from swarm.core.runners.state import RunState

_SKEW = 2.0
"""Seconds that a worker's clock may differ before its times are corrected."""


@dataclass(slots=True)
class WorkerNode:
    """A worker, as the coordinator sees it.

    Args:
        id: Its node id.
        index: Its number, from 0.
        version: What it runs.
    """

    id: str
    index: int
    version: str
    state: RunState = RunState.READY
    plugins: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """Users by class, as it has reported."""
    assigned: dict[str, int] = field(default_factory=dict)
    """Users by class that it was told to run."""
    cpu_usage: float = 0.0
    """Percent of one core."""
    memory_usage: int = 0
    """Bytes."""
    cpu_warned: bool = False
    heard: float = field(default_factory=time.monotonic)
    order: SpawnOrder | None = None
    """What it was told to run and has not confirmed yet."""
    ordered: float = 0.0
    stopped_at: float | None = None
    """When it has confirmed that all its users have stopped; None while they may run."""
    reported_at: float = 0.0
    skew: float | None = None
    health: GeneratorHealth = field(default_factory=GeneratorHealth)
    """Whether it kept up in this run."""
    is_ours: bool = False
    """Whether it is a worker of swarm, which confirms every order."""

    @property
    def users(self) -> int:
        """How many users it runs."""
        return sum(self.counts.values())

    @property
    def is_missing(self) -> bool:
        """Whether it has not been heard of for a while."""
        return self.state is RunState.MISSING

    def is_confirming(self, patience: float) -> bool:
        """Return whether it is still to confirm what it was told to run.

        A foreign worker is not waited for longer than `patience` seconds: what it
        says cannot be told from an answer to an earlier order.
        """
        late = not self.is_ours and time.monotonic() - self.ordered > patience
        return self.order is not None and not late

    def is_done(self, patience: float) -> bool:
        """Return whether all its users have stopped and it has reported everything.

        A foreign worker reports when its interval is over, after it has said that its
        users have stopped. It is not waited for longer than `patience` seconds.
        """
        if self.stopped_at is None:
            return False
        late = time.monotonic() - self.stopped_at > patience
        return self.is_ours or late or self.reported_at > self.stopped_at

    def take_counts(self, counts: Any) -> None:
        """Take the users by class that it has reported.

        Raises:
            ValueError: If these are none.
        """
        if not isinstance(counts, Mapping) or not all(
            isinstance(name, str) and isinstance(n, int) and n >= 0 for name, n in counts.items()
        ):
            raise ValueError(f"users by class are {counts!r}")
        self.counts = dict(counts)

    def correction(self, sent: object, now: float) -> int:
        """Return by how many seconds its times are behind ours, from when it has sent something.

        The quickest message tells it best, since others have been on the way for longer.
        """
        if isinstance(sent, int | float):
            self.skew = now - sent if self.skew is None else min(self.skew, now - sent)
        return 0 if self.skew is None or abs(self.skew) < _SKEW else round(self.skew)


def corrected(data: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Return a report whose times are so many seconds later."""
    if not seconds:
        return data

    def later(row: dict[str, Any]) -> dict[str, Any]:
        moved = dict(row)
        for key in ("start_time", "last_request_timestamp", "first_seen", "last_seen"):
            if isinstance(moved.get(key), int | float):
                moved[key] += seconds
        for key in ("num_reqs_per_sec", "num_fail_per_sec"):
            if key in moved:
                moved[key] = {int(second) + seconds: n for second, n in moved[key].items()}
        return moved

    return {
        **data,
        "stats": [later(row) for row in data["stats"]],
        "stats_total": later(data["stats_total"]),
        "errors": {key: later(error) for key, error in data["errors"].items()},
    }
