"""All events of a run, each with the arguments its listeners get."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec

from swarm.core.event.hook import EventHook
from swarm.core.event.request import RequestEvent

if TYPE_CHECKING:
    from swarm.core.env import Environment

P = ParamSpec("P")


def _hook(_signature: Callable[P, None]) -> EventHook[P]:
    """Return a hook whose `fire` takes the arguments of `_signature`, checked by type checkers."""
    return EventHook()


# The signatures of the events. They are never called.
def _environment(*, environment: "Environment") -> None: ...
def _init(*, environment: "Environment", runner: Any, web_ui: Any) -> None: ...
def _parser(*, parser: Any) -> None: ...
def _nothing() -> None: ...
def _user_count(*, user_count: int) -> None: ...
def _exit_code(*, exit_code: int) -> None: ...
def _client(*, client_id: str) -> None: ...
def _client_data(*, client_id: str, data: dict[str, Any]) -> None: ...
def _heartbeat(*, client_id: str, timestamp: float) -> None: ...
def _user_error(
    *, user_instance: Any, exception: BaseException, tb: TracebackType | None
) -> None: ...
def _cpu(*, environment: "Environment", cpu_usage: float) -> None: ...
def _usage(*, environment: "Environment", cpu_usage: float, memory_usage: int) -> None: ...


class Events:
    """The event hooks of one environment.

    Listeners get keyword arguments; take `**kwargs` as well, so that a new
    argument in a later version does not break yours.
    """

    def __init__(self) -> None:
        self.request = RequestEvent()
        """A request is completed. See `RequestEvent.fire` for the arguments."""
        self.user_error = _hook(_user_error)
        """A task raised: user_instance, exception, tb (its traceback)."""
        self.init_command_line_parser = _hook(_parser)
        """Options may be added: parser."""
        self.init = _hook(_init)
        """Environment and runner exist: environment, runner, web_ui."""
        self.test_start = _hook(_environment)
        """A test starts, on each node; not fired again when the load changes: environment."""
        self.test_stopping = _hook(_environment)
        """A test is about to stop, before its users are stopped: environment."""
        self.test_stop = _hook(_environment)
        """A test has stopped, on each node: environment."""
        self.spawning_complete = _hook(_user_count)
        """All users of the ramp are spawned: user_count (over all nodes)."""
        self.reset_stats = _hook(_nothing)
        """The statistics were reset by the user; no arguments."""
        self.quitting = _hook(_environment)
        """The process is about to exit; `environment.process_exit_code` may be set: environment."""
        self.quit = _hook(_exit_code)
        """After quitting, just before the process exits: exit_code."""
        self.cpu_warning = _hook(_cpu)
        """The generator itself is saturated: environment, cpu_usage (percent of one core)."""
        self.usage_monitor = _hook(_usage)
        """Every few seconds: environment, cpu_usage (percent), memory_usage (bytes)."""
        self.report_to_master = _hook(_client_data)
        """On a worker, before a report is sent: client_id, data (a dict to add to)."""
        self.worker_report = _hook(_client_data)
        """On the coordinator, a report has come: client_id, data."""
        self.worker_connect = _hook(_client)
        """On the coordinator, a worker has joined: client_id."""
        self.heartbeat_sent = _hook(_heartbeat)
        """On the coordinator: client_id, timestamp (seconds since the epoch)."""
        self.heartbeat_received = _hook(_heartbeat)
        """On a worker: client_id, timestamp (seconds since the epoch)."""
