"""A set of tasks that a user enters, runs and leaves again."""

import time
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Union

from swarm.core.exception import (
    NO_FAULT,
    InterruptTaskSet,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)
from swarm.core.user.execution import run_on_stop, run_tasks
from swarm.core.user.scheduler import Scheduler

if TYPE_CHECKING:
    from swarm.core.user.user import User


class TaskSet(Scheduler):
    """Tasks that belong together, such as those of one part of a site.

    A TaskSet class is a task like a function is. When it is picked, an instance is
    made, and the user runs its tasks until one of them calls `interrupt()`. Then the
    user goes on in the parent. Task sets can be nested in each other.

    Args:
        parent: The user or the task set that picked this one.

    Example:
        class MyUser(User):
            @task
            class Forum(TaskSet):
                wait_time = between(5, 10)

                @task(3)
                def read(self):
                    self.client.get("/forum")

                @task
                def leave(self):
                    self.interrupt()
    """

    __slots__ = ("_parent", "_user")

    runs_as_task: ClassVar[bool] = True

    def __init__(self, parent: Union["TaskSet", "User"]) -> None:
        super().__init__()
        self._parent = parent
        self._user: User = parent.user if isinstance(parent, TaskSet) else parent

    @property
    def parent(self) -> Any:
        """The task set that this one is nested in, or the user."""
        return self._parent

    @property
    def user(self) -> Any:
        """The user that runs this task set."""
        return self._user

    @property
    def client(self) -> Any:
        """The `client` of the user."""
        return self.user.client

    def on_start(self) -> None:
        """Prepare; called when a user enters this task set."""

    def on_stop(self) -> None:
        """Clean up; called when a user leaves this task set, also when it is killed."""

    def interrupt(self, reschedule: bool = True) -> NoReturn:  # noqa: FBT001, FBT002 - documented form
        """Leave this task set and go on in its parent.

        Args:
            reschedule: Whether the parent picks its next task at once, without waiting.

        Raises:
            InterruptTaskSet: Always; that is how a task is left.
        """
        raise InterruptTaskSet(reschedule)

    def wait_time(self) -> float:
        """Return the seconds to wait after a task; those of the user unless overridden."""
        return self._user.wait_time()

    def wait(self) -> None:
        """Sleep for `wait_time`. The user can be stopped here even in the middle of a task.

        Use `gevent.sleep()` or `time.sleep()` to sleep without this.
        """
        self._user._pause(self.wait_time())  # noqa: SLF001 - the user's own task set

    def run(self) -> bool:
        """Run tasks until one leaves this task set.

        Errors in `on_start` are errors of the parent's task: it reports them, waits and
        goes on. `on_stop` is called unless `on_start` failed.

        Returns:
            Whether the parent is to pick its next task at once, without waiting.
        """
        started = True
        at_once = False
        try:
            try:
                self.on_start()
            except NO_FAULT:
                raise
            except BaseException:
                started = False
                raise
            self._settle_tasks()
            self._paced = time.monotonic()
            self._user.environment.turn.holder = None  # entering is no turn of its own
            run_tasks(self, self._user)
        except InterruptTaskSet as leaving:
            at_once = leaving.reschedule
        except RescheduleTaskImmediately:
            at_once = True
        except RescheduleTask:
            pass
        except StopTest as reason:
            self._user._ask_to_end_test(reason)  # noqa: SLF001 - the user's own task set
            raise StopUser from None
        finally:
            if started:
                run_on_stop(self, self._user)
        return at_once
