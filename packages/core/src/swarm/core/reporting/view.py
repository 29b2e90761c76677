"""What reporters see of a run: a narrow view of the live one, and immutable snapshots."""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from swarm.core.stats import RequestStats, StatsSnapshot


class RaisedException(Protocol):
    """An exception that users' code has raised, and how often."""

    @property
    def count(self) -> int:
        """How often."""
        ...

    @property
    def msg(self) -> str:
        """Its text."""
        ...

    @property
    def traceback(self) -> str:
        """Its formatted traceback."""
        ...

    @property
    def nodes(self) -> Collection[str]:
        """Where."""
        ...


class RaisedExceptions(Protocol):
    """The exceptions that users' code has raised."""

    @property
    def omitted(self) -> int:
        """How many were raised that there was no room for."""
        ...

    def __iter__(self) -> Iterator[RaisedException]:
        """Give each kind once."""
        ...


class Health(Protocol):
    """Whether the load generator kept up. An immutable value."""

    @property
    def cpu_usage(self) -> float:
        """Percent of one core, at the last look."""
        ...

    @property
    def hub_latency(self) -> float:
        """How late greenlets got to run, in seconds, at the last look."""
        ...

    @property
    def measured(self) -> bool:
        """Whether there was a look at all."""
        ...

    @property
    def spoilt(self) -> bool:
        """Whether response times and rates cannot be trusted."""
        ...

    def summary(self) -> str:
        """Return in plain words whether the measurement can be trusted."""
        ...


class RunView(Protocol):
    """A run while it goes on."""

    @property
    def state(self) -> str:
        """Where the run is: ready, spawning, running, stopping, cleanup, stopped."""
        ...

    @property
    def user_count(self) -> int:
        """How many users run."""
        ...

    @property
    def target_user_count(self) -> int:
        """How many users there are to be."""
        ...

    @property
    def user_classes_count(self) -> Mapping[str, int]:
        """How many users of each class run."""
        ...

    @property
    def stats(self) -> RequestStats:
        """The statistics."""
        ...

    @property
    def exceptions(self) -> RaisedExceptions:
        """What users' code has raised."""
        ...

    @property
    def start_time(self) -> float | None:
        """When the run has started (epoch seconds); None before."""
        ...

    def run_time(self) -> float:
        """Return for how many seconds the run has been going, or went."""
        ...

    @property
    def host(self) -> str | None:
        """Base URL of the target, unless each user class has its own."""
        ...

    @property
    def options(self) -> Any:
        """The parsed command line; None for library use."""
        ...

    @property
    def health(self) -> Health:
        """Whether the load generator kept up."""
        ...


@dataclass(frozen=True, slots=True)
class ExceptionSnapshot:
    """An exception that users' code has raised, at one moment.

    Args:
        count: How often it was raised.
        msg: Its text.
        traceback: Its formatted traceback.
        nodes: Where it was raised: "local", or the ids of workers.
    """

    count: int
    msg: str
    traceback: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """A run at one moment.

    Args:
        time: The moment, in epoch seconds.
        run_time: For how many seconds the run has been going, or went.
        state: Where the run is.
        user_count: How many users run.
        target_user_count: How many users there are to be.
        user_classes_count: How many users of each class run.
        stats: The statistics.
        exceptions: What users' code has raised, the most frequent first.
        health: Whether the load generator kept up.
        host: Base URL of the target, unless each user class has its own.
        time_limit: For how many seconds the run is to go; None without a limit.
        omitted_exceptions: How many more were raised, of kinds that there was no room for.
    """

    time: float
    run_time: float
    state: str
    user_count: int
    target_user_count: int
    user_classes_count: Mapping[str, int]
    stats: StatsSnapshot
    exceptions: tuple[ExceptionSnapshot, ...]
    health: Health
    host: str | None = None
    time_limit: float | None = None
    omitted_exceptions: int = 0

    @classmethod
    def of(cls, run: RunView) -> "RunSnapshot":
        """Return the run as it is now."""
        raised = [
            ExceptionSnapshot(e.count, e.msg, e.traceback, tuple(sorted(e.nodes)))
            for e in run.exceptions
        ]
        return cls(
            time.time(),
            run.run_time(),
            str(run.state),
            run.user_count,
            run.target_user_count,
            dict(run.user_classes_count),
            run.stats.snapshot(),
            tuple(sorted(raised, key=lambda e: -e.count)),
            run.health,
            run.host,
            getattr(run.options, "run_time", None),
            run.exceptions.omitted,
        )
