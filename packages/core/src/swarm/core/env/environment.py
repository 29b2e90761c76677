"""The Environment: what one run consists of."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from swarm.core.dispatch import UsersDispatcher
from swarm.core.env.run_classes import Overrides, derive_classes, unique_classes
from swarm.core.env.settings import checked_settings
from swarm.core.event import Events
from swarm.core.exception import ConfigError, RunnerAlreadyExistsError, RunnerError
from swarm.core.late import resolve
from swarm.core.stats import RequestStats
from swarm.core.user.failure import FailureLog
from swarm.core.user.turn import Turn

if TYPE_CHECKING:
    from swarm.core.rpc import Security
    from swarm.core.runners import LocalRunner, MasterRunner, Runner, WorkerRunner
    from swarm.core.shape import LoadTestShape
    from swarm.core.user import User


class Environment:
    """The state of one run: what to run, against what, and what came of it.

    Nothing is shared between two environments, unless they are given the same events.

    Args:
        user_classes: The user classes to run.
        shape_class: A load shape, or its class, that controls the number of users.
        tags: Run only tasks with one of these tags; None takes them from `parsed_options`.
        swarmfile: Name (not path) of the test file.
        exclude_tags: Run no tasks with one of these tags; None takes them from
            `parsed_options`.
        events: The event hooks; new ones unless given. Pass `swarm.core.events` to
            hear what listeners at the module level of a test file hear.
        host: Base URL of the target; takes the place of the user classes' own.
        reset_stats: Whether to reset the statistics once all users are spawned.
        stop_timeout: Seconds that busy users get to finish their task when they are
            stopped; None or 0 ends them at once.
        catch_exceptions: Whether exceptions in tasks are logged and counted, and the
            user goes on. If not, they end the user.
        parsed_options: The parsed command line; None for library use.
        parsed_swarmfiles: Names of all test files.
        available_user_classes: The user classes that the web UI offers, by name.
        available_shape_classes: The shapes that the web UI offers, by name.
        available_user_tasks: The tasks that the web UI offers, by name of user class.
        dispatcher_class: Decides which users run at every moment.
        profile: Name to group runs by.

    Raises:
        ConfigError: If two user classes have one name, if something in
            `user_classes` is no user class, or if `stop_timeout` is no time.
    """

    def __init__(  # noqa: PLR0913 - documented form, keywords only
        self,
        *,
        user_classes: Sequence[type["User"]] | None = None,
        shape_class: "LoadTestShape | type[LoadTestShape] | None" = None,
        tags: Sequence[str] | None = None,
        swarmfile: str | None = None,
        exclude_tags: Sequence[str] | None = None,
        events: Events | None = None,
        host: str | None = None,
        reset_stats: bool = False,
        stop_timeout: float | None = None,
        catch_exceptions: bool = True,
        parsed_options: Any = None,
        parsed_swarmfiles: Sequence[str] | None = None,
        available_user_classes: Mapping[str, type["User"]] | None = None,
        available_shape_classes: Mapping[str, Any] | None = None,
        available_user_tasks: Mapping[str, Sequence[Any]] | None = None,
        dispatcher_class: type[UsersDispatcher] = UsersDispatcher,
        profile: str | None = None,
    ) -> None:
        self.events = events or Events()
        """The event hooks of the run."""
        self.user_classes: list[type[User]] = unique_classes(user_classes or ())
        """The user classes to run, as they were defined. See `run_classes`."""
        self.shape_class = shape_class
        """The load shape that controls the number of users; None without one."""
        self.tags = tags if tags is not None else getattr(parsed_options, "tags", None)
        self.exclude_tags = (
            exclude_tags
            if exclude_tags is not None
            else getattr(parsed_options, "exclude_tags", None)
        )
        self.swarmfile = swarmfile
        self.parsed_swarmfiles = list(parsed_swarmfiles or ())
        self.host = host
        """Base URL of the target; None leaves each user class its own."""
        self.reset_stats = reset_stats
        self.stop_timeout = _checked_timeout(stop_timeout)
        """Seconds that busy users get to finish their task when they are stopped."""
        self.catch_exceptions = catch_exceptions
        self.parsed_options = parsed_options
        self.dispatcher_class = dispatcher_class
        self.profile = profile
        self.available_user_classes = dict(available_user_classes or {})
        self.available_shape_classes = dict(available_shape_classes or {})
        self.available_user_tasks = dict(available_user_tasks or {})
        self.stats = RequestStats()
        """The statistics of the run."""
        self.runner: Runner | None = None
        """The runner, once one was created."""
        self.web_ui: Any = None
        self.process_exit_code: int | None = None
        """If set, what the `swarm` command exits with."""
        self.worker_logs: dict[str, list[str]] = {}
        """Captured logs by worker."""
        self.turn = Turn()
        """Whose turn it is among the users of this process."""
        self.failure_log = FailureLog()
        """Logs what users raise."""
        self._settings: dict[str, dict[str, Any]] = {}
        self._equal_weights = False

    def config_users(self, settings: Sequence[Mapping[str, Any]]) -> None:
        """Set attributes of user classes for this run, as `--config-users` does.

        The classes themselves stay as they are. What is set for a class twice, the
        later setting wins; both win over `host`.

        Args:
            settings: Dicts with "user_class_name" and the attributes to set. `tasks`
                takes the names of the tasks to keep.

        Raises:
            ConfigError: If a class is unknown or a value cannot be right.
        """
        known = {cls.__name__: cls for cls in self.user_classes}
        for name, attributes in checked_settings(settings, known):
            self._settings[name] = {**self._settings.get(name, {}), **attributes}

    def assign_equal_weights(self) -> None:
        """Let every user pick each of its tasks with the same probability in this run."""
        self._equal_weights = True

    def run_classes(self) -> list[type["User"]]:
        """Return the classes that a run of this environment makes its users of.

        They are subclasses, of the same name, of those in `user_classes` where
        something is set differently for the run: host, settings, tags, equal weights.
        Abstract classes and those whose tasks are all filtered out are not among them.

        Raises:
            ConfigError: If two classes have one name or no task is left at all.
        """
        overrides = Overrides(
            self.host, self._settings, self.tags, self.exclude_tags, self._equal_weights
        )
        return derive_classes(unique_classes(self.user_classes), overrides)

    def create_local_runner(self) -> "LocalRunner":
        """Create a runner that runs the users in this process.

        Raises:
            RunnerAlreadyExistsError: If there is one already that has not quit.
        """
        self._refuse_second_runner()
        runner: LocalRunner = resolve("swarm.core.runners:LocalRunner")(self)
        self.runner = runner
        return runner

    def create_master_runner(
        self,
        master_bind_host: str = "127.0.0.1",
        master_bind_port: int = 5557,
        *,
        security: "Security | None" = None,
        test_files: Callable[[], Sequence[Any]] | None = None,
        plugins: Mapping[str, str] | None = None,
    ) -> "MasterRunner":
        """Create a runner that plans the load and has workers run it.

        Args:
            master_bind_host: The address to listen at; "*" for all of this machine.
            master_bind_port: The port to listen at; 0 for any free one, which is
                `runner.port` then.
            security: How workers are recognised. None makes a new secret where others
                could come in, `runner.security.secret`, and is insecure on loopback.
            test_files: Returns the test files for workers that ask for them: URLs and
                dicts of "filename" and "contents".
            plugins: Names and versions of the plugins, to compare with those of workers.

        Raises:
            RunnerAlreadyExistsError: If there is one already that has not quit.
            RunnerError: If the address cannot be listened at.
        """
        self._refuse_second_runner()
        make = resolve("swarm.core.runners:MasterRunner")
        runner: MasterRunner = make(
            self,
            master_bind_host,
            master_bind_port,
            security=security,
            test_files=test_files,
            plugins=plugins,
        )
        self.runner = runner
        return runner

    def create_worker_runner(
        self,
        master_host: str,
        master_port: int = 5557,
        *,
        security: "Security | None" = None,
        plugins: Mapping[str, str] | None = None,
    ) -> "WorkerRunner":
        """Create a runner that runs the users that a coordinator tells it to.

        It joins in the background. `runner.greenlet.join()` returns once it was told to
        quit, or has given up on the coordinator; then `process_exit_code` says so.

        Args:
            master_host: Where the coordinator is.
            master_port: Its port.
            security: The same as the coordinator's; None is insecure.
            plugins: Names and versions of the plugins.

        Raises:
            RunnerAlreadyExistsError: If there is one already that has not quit.
        """
        self._refuse_second_runner()
        make = resolve("swarm.core.runners:WorkerRunner")
        runner: WorkerRunner = make(
            self, master_host, master_port, security=security, plugins=plugins
        )
        self.runner = runner
        return runner

    def create_web_ui(self, *_address: Any, **_options: Any) -> Any:
        """Create the web UI and serve it.

        Raises:
            RunnerError: Always, in this version.
        """
        raise _later("create_web_ui")

    def _refuse_second_runner(self) -> None:
        if self.runner is not None and not self.runner.closed:
            raise RunnerAlreadyExistsError(
                "The environment has a runner already.", hint="Call runner.quit() first."
            )


def _later(name: str) -> RunnerError:
    return RunnerError(
        f"{name}() comes with a later version of swarm-core.",
        hint="Use create_local_runner(), which runs the test in this process.",
    )


def _checked_timeout(stop_timeout: Any) -> float | None:
    if stop_timeout is None:
        return None
    if (
        isinstance(stop_timeout, bool)
        or not isinstance(stop_timeout, int | float)
        or not stop_timeout >= 0
    ):
        raise ConfigError(
            f"stop_timeout is {stop_timeout!r}.", hint="It is a number of seconds, 0 or more."
        )
    return float(stop_timeout)
