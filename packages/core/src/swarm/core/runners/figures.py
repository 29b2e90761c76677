"""The state and the figures of a run, for those who look at it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from swarm.core.clock import Clock
from swarm.core.runners.exception_log import ExceptionLog
from swarm.core.runners.monitor import UsageMonitor
from swarm.core.runners.state import ACTIVE, ENDING, RunState, moved
from swarm.core.runners.view import RunnerView

if TYPE_CHECKING:
    from swarm.core.env import Environment
    from swarm.core.runners.health import GeneratorHealth
    from swarm.core.stats import RequestStats
    from swarm.core.stats.error import StatsError


class RunFigures(ABC):
    """What can be read off a runner.

    Args:
        environment: The run.
        clock: Where time comes from.
    """

    def __init__(self, environment: "Environment", clock: Clock) -> None:
        self.environment = environment
        self.exceptions = ExceptionLog()
        """What the users' code has raised in this run."""
        self.start_time: float | None = None
        """When the run has started, in seconds since the epoch; None before."""
        self.spawn_rate = 0.0
        """Users a second of the latest ramp."""
        self.target_user_classes_count: dict[str, int] = {}
        """How many users of each class there are to be."""
        self.stop_reason = ""
        """Why the run was ended, where somebody gave a reason."""
        self._clock = clock
        self._state = RunState.READY
        self._began = 0.0
        self._ran: float | None = None
        self._monitor = UsageMonitor(environment, clock, lambda: self.is_active, self._fire)

    @abstractmethod
    def _fire(self, fire: Callable[..., None], **arguments: Any) -> None:
        """Fire an event whose listeners may end the test but steer no user."""

    @property
    @abstractmethod
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class run now."""

    @property
    def user_count(self) -> int:
        """How many users run now."""
        return sum(self.user_classes_count.values())

    @property
    def state(self) -> RunState:
        """Where the run is."""
        return self._state

    @property
    def is_active(self) -> bool:
        """Whether a test is on."""
        return self._state in ACTIVE

    @property
    def is_ending(self) -> bool:
        """Whether a test is being ended."""
        return self._state in ENDING

    def _go(self, following: RunState) -> None:
        self._state = moved(self._state, following)

    @property
    def stats(self) -> "RequestStats":
        """The statistics of the run."""
        return self.environment.stats

    @property
    def errors(self) -> "dict[str, StatsError]":
        """The failures of the run by their key."""
        return self.stats.errors

    @property
    def target_user_count(self) -> int:
        """How many users there are to be."""
        return sum(self.target_user_classes_count.values())

    @property
    def health(self) -> "GeneratorHealth":
        """Whether the load generator itself keeps up, or spoils the measurement."""
        return self._monitor.health

    @property
    def current_cpu_usage(self) -> float:
        """CPU usage of this process at the last look, in percent of one core."""
        return self.health.cpu_usage

    @property
    def current_memory_usage(self) -> int:
        """Resident memory of this process at the last look, in bytes."""
        return self.health.memory_usage

    @property
    def hub_latency(self) -> float:
        """How late greenlets get to run, on average between the last looks, in seconds."""
        return self.health.hub_latency

    @property
    def cpu_warning_emitted(self) -> bool:
        """Whether the log says that CPU usage is too high in this run."""
        return self._monitor.warned

    def run_time(self) -> float:
        """Return for how many seconds the run has been going, or went; 0 before the first."""
        if self.start_time is None:
            return 0.0
        return self._clock.monotonic() - self._began if self._ran is None else self._ran

    def view(self) -> RunnerView:
        """Return what reporters see of this runner."""
        return RunnerView(self)
