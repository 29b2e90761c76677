"""What reporters see of a runner."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swarm.core.runners.exception_log import ExceptionLog
    from swarm.core.runners.figures import RunFigures
    from swarm.core.runners.health import GeneratorHealth
    from swarm.core.runners.state import RunState
    from swarm.core.stats import RequestStats


class RunnerView:
    """A run as those who report on it see it: figures that are always up to date.

    Args:
        runner: The runner of the run.
    """

    __slots__ = ("_runner",)

    def __init__(self, runner: "RunFigures") -> None:
        self._runner = runner

    @property
    def state(self) -> "RunState":
        """Where the run is."""
        return self._runner.state

    @property
    def user_count(self) -> int:
        """How many users run."""
        return self._runner.user_count

    @property
    def target_user_count(self) -> int:
        """How many users there are to be."""
        return self._runner.target_user_count

    @property
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class run."""
        return self._runner.user_classes_count

    @property
    def stats(self) -> "RequestStats":
        """The statistics."""
        return self._runner.stats

    @property
    def exceptions(self) -> "ExceptionLog":
        """What the users' code has raised."""
        return self._runner.exceptions

    @property
    def start_time(self) -> float | None:
        """When the run has started (epoch seconds); None before."""
        return self._runner.start_time

    def run_time(self) -> float:
        """Return for how many seconds the run has been going, or went."""
        return self._runner.run_time()

    @property
    def host(self) -> str | None:
        """Base URL of the target, unless each user class has its own."""
        return self._runner.environment.host

    @property
    def options(self) -> Any:
        """The parsed command line; None for library use."""
        return self._runner.environment.parsed_options

    @property
    def health(self) -> "GeneratorHealth":
        """Whether the load generator kept up."""
        return self._runner.health
