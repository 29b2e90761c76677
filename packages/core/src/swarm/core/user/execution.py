"""The loop that runs the tasks of a user or of a task set."""
# ruff: noqa: SLF001 - the loop works on the inside of its users, which users of swarm do not see

from typing import TYPE_CHECKING

from swarm.core.exception import (
    NO_FAULT,
    ControlFlow,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
    TestFileError,
)
from swarm.core.user.declaration import task_name
from swarm.core.user.failure import report
from swarm.core.user.state import UserState

if TYPE_CHECKING:
    from swarm.core.user.scheduler import Scheduler
    from swarm.core.user.user import User

FAILED_WAIT = 1.0
"""Seconds that a user waits when its wait time or its start failed, so that it cannot spin."""

_STOPPING = UserState.STOPPING


def run_tasks(owner: "Scheduler", user: "User") -> None:
    """Run the tasks of `owner`, waiting in between, until something is raised.

    Every iteration of every user passes here, so nothing is built or looked up that
    the task itself does not need.

    Raises:
        StopUser: If the user is to stop.
        InterruptTaskSet: If a task leaves its task set.
        RescheduleTask: If picking a task or the wait time hands over to the parent.
    """
    turn = user.environment.turn
    while True:
        if turn.holder is user:
            turn.give_way()
        if user._state is _STOPPING:
            raise StopUser
        turn.holder = user
        queue = owner._queue
        task = queue.popleft() if queue else owner.get_next_task()
        try:
            if not isinstance(task, type):
                task(owner)
            elif task(owner).run():
                continue
        except RescheduleTaskImmediately:
            continue
        except RescheduleTask:
            pass
        except StopTest as reason:
            user._ask_to_end_test(reason)
            raise StopUser from None
        except NO_FAULT:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a user's code raises
            report(user, error, f"The task {task_name(task)}")
        rest(owner, user)


def run_on_stop(owner: "Scheduler", user: "User") -> None:
    """Call `on_stop`; report what it raises, because the end of a user must go on.

    Raises:
        StopUser: If it, or a listener, ends the user or the test. Other steering has
            nothing left to steer.
    """
    try:
        try:
            owner.on_stop()
        except NO_FAULT:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a user's code raises
            where = "on_stop" if owner is user else f"on_stop of {type(owner).__name__}"
            report(user, error, where)
    except StopUser:
        raise
    except StopTest as reason:
        user._ask_to_end_test(reason)
        raise StopUser from None
    except ControlFlow:
        pass


def rest(owner: "Scheduler", user: "User") -> None:
    """Wait as `wait_time` says; a wait time that fails is reported and taken as one second."""
    try:
        seconds = owner.wait_time()
        try:
            if not seconds > 0:
                return
        except TypeError:
            raise TestFileError(f"wait_time returned {seconds!r}, no number of seconds") from None
    except NO_FAULT:
        raise
    except BaseException as error:  # noqa: BLE001 - the wait time may be the user's own
        report(user, error, "wait_time")
        seconds = FAILED_WAIT
    user._pause(seconds)
    user.environment.turn.holder = None  # the others have had their turn
