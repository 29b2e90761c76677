"""The statistics at one moment: immutable, mergeable, and in the shape of the wire."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from swarm.core.stats.error import ErrorSnapshot
from swarm.core.stats.figures import Figures, Totals
from swarm.core.stats.tally import NOTHING, Tally
from swarm.core.stats.wire import tally_from_dict, tally_to_dict, text

RowKey = tuple[str, str]
"""Name and method of a row."""

Mergeable = TypeVar("Mergeable", "EntrySnapshot", ErrorSnapshot)


@dataclass(frozen=True, slots=True)
class EntrySnapshot(Figures):
    """A row at one moment, with the same figures as the live `StatsEntry`.

    Args:
        name: What was requested.
        method: The type of the request.
        tally: The counters.
        start_time: When counting began, in epoch seconds.
        end_time: When the last request of the run, in whatever row, was completed.
        time: The moment, in epoch seconds.
    """

    name: str
    method: str
    tally: Tally = NOTHING
    start_time: float = 0.0
    end_time: float = field(default=0.0, compare=False)
    time: float = field(default=0.0, compare=False)

    def merge(self, other: "EntrySnapshot") -> "EntrySnapshot":
        """Return the figures of both together. Associative and commutative."""
        return EntrySnapshot(
            self.name,
            self.method,
            self.tally.merge(other.tally),
            min(self.start_time, other.start_time),
            max(self.end_time, other.end_time),
            max(self.time, other.time),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it travels between nodes."""
        return {
            "name": self.name,
            "method": self.method,
            "start_time": self.start_time,
            **tally_to_dict(self.tally),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "EntrySnapshot":
        """Return the entry that a node has sent.

        Raises:
            ValueError: If it is malformed.
        """
        tally = tally_from_dict(data)
        try:
            start = float(data["start_time"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("an entry without a valid start_time") from error
        end = tally.last_request_timestamp or start
        return cls(text(data, "name"), text(data, "method"), tally, start, end, end)

    def _counted(self) -> Tally:
        return self.tally

    def _span(self) -> tuple[float, float, float]:
        return self.start_time, self.end_time, self.time


@dataclass(frozen=True, slots=True)
class StatsSnapshot(Totals):
    """All statistics at one moment.

    Args:
        total: All rows together.
        entries: The rows by (name, method).
        errors: The errors by their key.
    """

    total: EntrySnapshot
    entries: Mapping[RowKey, EntrySnapshot] = field(default_factory=dict)
    errors: Mapping[str, ErrorSnapshot] = field(default_factory=dict)

    @property
    def start_time(self) -> float:
        """When counting began, in epoch seconds."""
        return self.total.start_time

    def merge(self, other: "StatsSnapshot") -> "StatsSnapshot":
        """Return the statistics of both together. Associative and commutative."""
        return StatsSnapshot(
            self.total.merge(other.total),
            _merged(self.entries, other.entries),
            _merged(self.errors, other.errors),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the statistics as they travel between nodes."""
        return {
            "stats": [entry.to_dict() for entry in self.entries.values()],
            "stats_total": self.total.to_dict(),
            "errors": {key: error.to_dict() for key, error in self.errors.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "StatsSnapshot":
        """Return the statistics that a node has sent.

        Raises:
            ValueError: If they are malformed.
        """
        try:
            rows: Iterable[Mapping[str, Any]] = data["stats"]
            total, errors = data["stats_total"], data["errors"].values()
            entries = [EntrySnapshot.from_dict(row) for row in rows]
            whole = EntrySnapshot.from_dict(total)
            # The sender's keys are its own business: what groups errors here is our key.
            found = [ErrorSnapshot.from_dict(error) for error in errors]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"malformed statistics: {error!r}") from error
        return cls(
            whole,
            _collect(((e.name, e.method), e) for e in entries),
            _collect((e.key, e) for e in found),
        )


def _merged(mine: Mapping[Any, Mergeable], theirs: Mapping[Any, Mergeable]) -> dict[Any, Mergeable]:
    return _collect(chain(mine.items(), theirs.items()))


def _collect(pairs: Iterable[tuple[Any, Mergeable]]) -> dict[Any, Mergeable]:
    """Merge the values that have the same key."""
    collected: dict[Any, Mergeable] = {}
    for key, value in pairs:
        present = collected.get(key)
        collected[key] = value if present is None else present.merge(value)
    return collected
