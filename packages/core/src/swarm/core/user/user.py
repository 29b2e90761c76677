"""A simulated user."""

import math
import time
from typing import TYPE_CHECKING, Any, ClassVar

import gevent
from gevent.pool import Group

from swarm.core.exception import (
    NO_FAULT,
    ControlFlow,
    InterruptTaskSet,
    StopTest,
    StopUser,
    TestFileError,
)
from swarm.core.user.declaration import task_name
from swarm.core.user.execution import FAILED_WAIT, rest, run_on_stop, run_tasks
from swarm.core.user.failure import report
from swarm.core.user.pause import sleep
from swarm.core.user.scheduler import NoTasksError, Scheduler, expanded, no_tasks
from swarm.core.user.state import UserState

if TYPE_CHECKING:
    from swarm.core.env import Environment

_READY = UserState.READY
_RUNNING = UserState.RUNNING
_WAITING = UserState.WAITING
_STOPPING = UserState.STOPPING


class User(Scheduler):
    """A simulated user of the system under test; derive your own from it.

    Each user runs in a greenlet of its own: `on_start`, then one task after the
    other with `wait_time` in between, and `on_stop` when it ends. What a task raises
    is logged with its traceback, reported as `user_error`, and the user goes on.
    An `on_start` that raises is reported too and called again after the wait time (at
    least one second), so that no task runs with a user that is not ready. `on_stop`
    is called unless `on_start` failed.

    Args:
        environment: The run that the user belongs to.

    Example:
        class MyUser(User):
            wait_time = between(1, 5)

            @task
            def my_task(self):
                print("executing my_task")
    """

    __slots__ = ("_state", "environment", "greenlet")

    abstract: ClassVar[bool] = True
    """Whether the class is only meant to be derived from. A subclass is not unless it says so."""

    weight: float = 1
    """How many users of this class there are, relative to the other classes."""

    fixed_count: int = 0
    """If above 0: exactly this many users, spawned first, whatever the weights."""

    host: str | None = None
    """Address of the system under test, for example "https://example.com"."""

    def __init__(self, environment: "Environment") -> None:
        super().__init__()
        self.environment = environment
        self.greenlet: gevent.Greenlet[[], None] | None = None
        self._state = _READY

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "abstract" not in vars(cls):
            cls.abstract = False
        super().__init_subclass__(**kwargs)
        check_user_class(cls)

    def on_start(self) -> None:
        """Prepare, for example log in; called when the user starts."""

    def on_stop(self) -> None:
        """Clean up; called when the user stops, also when it is killed."""

    def wait_time(self) -> float:
        """Return the seconds to wait after a task: none, unless you set `wait_time`."""
        return 0

    def wait(self) -> None:
        """Sleep for `wait_time`. The user can be stopped here even in the middle of a task.

        Use `gevent.sleep()` or `time.sleep()` to sleep without this.
        """
        self._pause(self.wait_time())

    def context(self) -> dict[str, Any]:
        """Return data for the context of every request of this user. Override it."""
        return {}

    @classmethod
    def json(cls) -> dict[str, Any]:
        """Return what may be configured of this class. Override it to offer more."""
        return {
            "host": cls.host,
            "weight": cls.weight,
            "fixed_count": cls.fixed_count,
            "tasks": list(dict.fromkeys(map(task_name, expanded(cls)))),
        }

    @classmethod
    def fullname(cls) -> str:
        """Return module and name of the class, the same for all its per-run variants."""
        parts = f"{cls.__module__}.{cls.__qualname__}".split(".")
        return ".".join(part for part in parts if part != "<locals>")

    def start(self, group: Group) -> "gevent.Greenlet[[], None]":
        """Start running in a greenlet of `group` and return the greenlet.

        Raises:
            TestFileError: If a constructor has left out that of `User`.
        """
        if not hasattr(self, "_state"):
            raise TestFileError(
                f"The __init__ of {type(self).__name__} does not call that of User",
                hint="Begin it with super().__init__(environment); a dataclass calls it in "
                "__post_init__.",
            )
        self.greenlet = greenlet = group.spawn(self.run)
        return greenlet

    def stop(self, force: bool = False) -> bool:  # noqa: FBT001, FBT002 - the runner's short form
        """Ask the user to stop. `on_stop` is called in its own greenlet; nothing waits for it.

        Args:
            force: End it in the middle of a task. Otherwise it ends when its task is
                done, or at once if it waits. One that is in `on_stop` is left to finish it.

        Returns:
            Whether it could be ended now, or is ending already.
        """
        greenlet = self.greenlet
        state = self._state
        if greenlet is None or greenlet.dead or state is UserState.ENDING:
            return True
        if state is _RUNNING:
            self._state = _STOPPING
        if greenlet is gevent.getcurrent():
            return False  # its own task asked: it ends when the task is done
        if not force and state is not _WAITING and state is not _READY:
            return False
        if state is _WAITING:
            self._state = _STOPPING
        greenlet.kill(block=False)
        return True

    def run(self) -> None:
        """Live: start, run tasks, stop. The body of the user's greenlet."""
        self._state = _RUNNING
        started = True
        try:
            while not self._try_to_start():
                started = False
                self._pause(self._wait_after_failure())
                started = True
            self._settle_tasks()
            self._paced = time.monotonic()
            self._run_until_stopped()
        except StopTest as reason:
            self._ask_to_end_test(reason)
        except (ControlFlow, gevent.GreenletExit):
            pass
        finally:
            self._end(on_stop=started)

    def _end(self, *, on_stop: bool) -> None:
        self._state = UserState.ENDING
        try:
            if on_stop:
                run_on_stop(self, self)
        except StopUser:
            pass  # that is what it does
        finally:
            self._state = UserState.STOPPED
            if self.environment.turn.holder is self:
                self.environment.turn.holder = None  # which would keep it and all it has

    def _try_to_start(self) -> bool:
        try:
            self.on_start()
        except (StopUser, StopTest):
            raise
        except ControlFlow:
            pass  # there is no parent to hand over to: on_start is left, that is all
        except NO_FAULT:
            raise
        except BaseException as error:  # noqa: BLE001 - the user's own code
            report(self, error, "on_start")
            return False
        return True

    def _wait_after_failure(self) -> float:
        try:
            return max(FAILED_WAIT, self.wait_time())
        except NO_FAULT:
            raise
        except BaseException:  # noqa: BLE001 - reported when it is used after a task
            return FAILED_WAIT

    def _run_until_stopped(self) -> None:
        """Run tasks; what leaves a task set has nowhere to go from here, so the user goes on."""
        while True:
            try:
                run_tasks(self, self)
            except (StopUser, StopTest):
                raise
            except InterruptTaskSet as leaving:
                at_once = leaving.reschedule
            except ControlFlow:
                at_once = True
            except NoTasksError as error:
                report(self, error, "The user")
                return
            except NO_FAULT:
                raise
            except BaseException as error:  # noqa: BLE001 - get_next_task may be the user's own
                report(self, error, "get_next_task")
                at_once = False
            if not at_once:
                rest(self, self)

    def _pause(self, seconds: float) -> None:
        """Sleep in a way that `stop()` ends at once.

        Raises:
            StopUser: If the user has been asked to stop already.
        """
        before = self._state
        if before is _STOPPING:
            raise StopUser
        self._state = _WAITING
        try:
            sleep(seconds)
        finally:
            if self._state is _WAITING:
                self._state = before
        if self._state is _STOPPING:
            sleep(0)  # killed in the very moment of waking up: take it here, not in on_stop

    def _ask_to_end_test(self, reason: StopTest) -> None:
        runner = self.environment.runner
        if runner is not None:
            runner.stop_test(str(reason))


def check_user_class(cls: type[User]) -> None:
    """Check the attributes of a user class that a run depends on.

    Called when a class is created; call it again for attributes that were set later.

    Raises:
        TestFileError: If one of them makes no sense; the message names the class.
    """
    if not _is_number(cls.weight) or cls.weight < 0:
        raise TestFileError(
            f"{cls.__name__}.weight is {cls.weight!r}; a weight is a number of 0 or more"
        )
    count: object = cls.fixed_count
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise TestFileError(
            f"{cls.__name__}.fixed_count is {count!r}; a count is a whole number of 0 or more"
        )
    if cls.host is not None and not isinstance(cls.host, str):
        raise TestFileError(
            f"{cls.__name__}.host is {cls.host!r}; a host is a text",
            hint='For example host = "https://example.com".',
        )


def check_has_tasks(cls: type[User]) -> None:
    """Check that a user class that is to run has something to do.

    Raises:
        NoTasksError: If it has no tasks and does not choose them in its own way.
    """
    if not cls.tasks and cls.get_next_task is User.get_next_task:
        raise no_tasks(cls)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
