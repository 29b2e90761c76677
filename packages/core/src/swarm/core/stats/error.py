"""Failures by kind: how often, where, and one sample of the text."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import swarm.core.stats as settings
from swarm.core.stats.grouping import error_key, error_text
from swarm.core.stats.wire import text

logger = logging.getLogger("swarm.stats")

OTHER_ERRORS = "(other errors)"
"""The text under which errors are counted once there are too many kinds."""

_CACHED_TEXTS = 4096


@dataclass(frozen=True, slots=True)
class ErrorSnapshot:
    """A kind of error at one moment.

    Args:
        method: The type of the requests that failed.
        name: What was requested.
        error: The text of one such error.
        occurrences: How many there were.
        first_seen: When the first one happened (epoch seconds), if that is known.
        last_seen: When the latest one happened (epoch seconds), if that is known.
    """

    method: str
    name: str
    error: str
    occurrences: int = 0
    first_seen: float | None = None
    last_seen: float | None = None

    @property
    def key(self) -> str:
        """What identifies this kind of error, the same in every process."""
        return error_key(self.method, self.name, self.error)

    def merge(self, other: "ErrorSnapshot") -> "ErrorSnapshot":
        """Return both together, with the text of the earlier one. Associative, commutative."""
        first = min(self, other, key=ErrorSnapshot._order)
        seen = [s.last_seen for s in (self, other) if s.last_seen is not None]
        return ErrorSnapshot(
            first.method,
            first.name,
            first.error,
            self.occurrences + other.occurrences,
            first.first_seen,
            max(seen, default=None),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the error as it travels between nodes and as the web API shows it."""
        return {
            "name": self.name,
            "method": self.method,
            "error": self.error,
            "occurrences": self.occurrences,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ErrorSnapshot":
        """Return the error that a node has sent.

        Raises:
            ValueError: If it is malformed.
        """
        occurrences = data.get("occurrences")
        if not isinstance(occurrences, int) or occurrences < 0:
            raise ValueError(f"occurrences must be a count, not {occurrences!r}")
        first, last = data.get("first_seen"), data.get("last_seen")
        return cls(
            text(data, "method"),
            text(data, "name"),
            text(data, "error"),
            occurrences,
            None if first is None else float(first),
            None if last is None else float(last),
        )

    def _order(self) -> tuple[float, str]:
        return (float("inf") if self.first_seen is None else self.first_seen, self.error)


class StatsError:
    """A kind of error, being counted.

    Args:
        method: The type of the requests that failed.
        name: What was requested.
        error: What went wrong; an exception is turned into a text.
        occurrences: How many there were.
    """

    __slots__ = ("error", "first_seen", "last_seen", "method", "name", "occurrences")

    def __init__(
        self, method: str, name: str, error: BaseException | str, occurrences: int = 0
    ) -> None:
        self.method = method
        self.name = name
        self.error = error_text(error)
        self.occurrences = occurrences
        self.first_seen: float | None = None
        self.last_seen: float | None = None

    def occurred(self, now: float) -> None:
        """Count one more, at this epoch second."""
        self.occurrences += 1
        self.last_seen = now
        if self.first_seen is None:
            self.first_seen = now

    def snapshot(self) -> ErrorSnapshot:
        """Return it as it is now."""
        return ErrorSnapshot(
            self.method, self.name, self.error, self.occurrences, self.first_seen, self.last_seen
        )

    def absorb(self, other: ErrorSnapshot) -> None:
        """Add the occurrences of the same kind of error on another node."""
        merged = self.snapshot().merge(other) if self.occurrences else other
        self.error = merged.error if self.error != OTHER_ERRORS else OTHER_ERRORS
        self.occurrences = merged.occurrences
        self.first_seen, self.last_seen = merged.first_seen, merged.last_seen


class ErrorLog:
    """All errors of a run, by kind, with a cap on the number of kinds."""

    def __init__(self) -> None:
        self.errors: dict[str, StatsError] = {}
        # What a text belongs to. Finding its shape takes longer than counting it, and a
        # server that is down produces the same few texts thousands of times a second.
        self._known: dict[tuple[str, str, str], StatsError] = {}

    def add(self, method: str, name: str, error: Any, now: float) -> None:
        """Count an error that happened at this epoch second."""
        found = error_text(error)
        known = self._known.get((method, name, found))
        if known is None:
            known = self._kind(method, name, found)
            if len(self._known) >= _CACHED_TEXTS:
                self._known.clear()
            self._known[method, name, found] = known
        known.occurred(now)

    def absorb(self, other: ErrorSnapshot) -> None:
        """Add an error that another node has counted."""
        self._kind(other.method, other.name, other.error).absorb(other)

    def clear(self) -> None:
        """Forget all errors."""
        self.errors.clear()
        self._known.clear()

    def _kind(self, method: str, name: str, found: str) -> StatsError:
        """Return what errors of this kind are counted in."""
        key = error_key(method, name, found)
        kind = self.errors.get(key)
        if kind is None and len(self.errors) >= settings.MAX_ERRORS:
            method, name, found = "", "", OTHER_ERRORS
            key = error_key(method, name, found)
            kind = self.errors.get(key)
            if kind is None:
                logger.warning(
                    "There are more than %d kinds of errors; further ones are counted together "
                    "as %s. Raise swarm.core.stats.MAX_ERRORS to keep more apart.",
                    settings.MAX_ERRORS,
                    OTHER_ERRORS,
                )
        if kind is None:
            kind = self.errors[key] = StatsError(method, name, found)
        return kind
