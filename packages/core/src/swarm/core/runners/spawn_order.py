"""What a coordinator tells a worker to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class SpawnOrder:
    """The users that a worker is to run from now on.

    Args:
        timestamp: When it was given; of two orders the later one holds.
        counts: Users by class.
        host: Base URL of the target; None leaves each class its own.
        stop_timeout: Seconds that busy users get to finish.
        options: Options of the coordinator.
        epoch: What reports count for, see `WorkerRunner`; None of a foreign coordinator.
        ramp: The number of the ramp; in a new one, users that are gone are replaced.
    """

    timestamp: float
    counts: Mapping[str, int]
    host: str | None = None
    stop_timeout: float | None = None
    options: Mapping[str, Any] | None = None
    epoch: int | None = None
    ramp: int | None = None

    @classmethod
    def from_dict(cls, data: Any) -> "SpawnOrder":
        """Return the order that has come.

        Raises:
            ValueError: If it is malformed.
        """
        if not isinstance(data, Mapping):
            raise ValueError("a spawn message without data")  # noqa: TRY004 - one error for all malformed messages
        counts, stamp = data.get("user_classes_count"), data.get("timestamp")
        host, options = data.get("host"), data.get("parsed_options")
        timeout = data.get("stop_timeout")
        ours = data.get("swarm")
        ours = ours if isinstance(ours, Mapping) else {}
        if (
            not isinstance(counts, Mapping)
            or not all(isinstance(n, int) and n >= 0 for n in counts.values())
            or not isinstance(stamp, int | float)
            or not isinstance(host, str | None)
            or not isinstance(timeout, int | float | None)
            or not isinstance(options, Mapping | None)
        ):
            raise ValueError("a malformed spawn message")
        return cls(
            stamp, dict(counts), host or None, timeout, options, ours.get("epoch"), ours.get("ramp")
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the order as it travels."""
        return {
            "timestamp": self.timestamp,
            "user_classes_count": dict(self.counts),
            "host": self.host,
            "stop_timeout": self.stop_timeout,
            "parsed_options": dict(self.options or {}),
            "swarm": {"epoch": self.epoch, "ramp": self.ramp},
        }
