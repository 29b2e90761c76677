"""What User and TaskSet share: a collection of tasks and a choice of the next one."""

import random
from collections import deque
from typing import Any, ClassVar, cast

from swarm.core.exception import TestFileError
from swarm.core.user.collection import Declared, collect, declare
from swarm.core.user.declaration import TRANSITIONS, Task, Tasks, check_task, task_name

_random = random.random


class NoTasksError(TestFileError):
    """A user or task set is to run and has nothing to do."""


class Scheduler:
    """Something that runs tasks. Use `User` and `TaskSet`, not this class.

    When a subclass is created, `tasks` becomes the list of everything it declares
    and inherits, with each task as often as its weight says.
    """

    __slots__ = ("_paced", "_queue")

    tasks: Tasks = ()
    """The functions and TaskSet classes to run: a list, (task, weight) tuples, or {task: weight}.

    A task is picked at random each time, in proportion to its weight. It is called
    with the user or the task set that runs it.
    """

    _arranged: ClassVar[object] = ()
    """The very object that stands in `tasks` as long as nobody has replaced it."""

    def __init__(self) -> None:
        self._queue: deque[Task] | None = None
        self._paced: float | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not callable(cls.wait_time):
            raise TestFileError(
                f"{cls.__name__}.wait_time is {cls.wait_time!r}, which is no function",
                hint="For example wait_time = constant(5) or wait_time = between(1, 5).",
            )
        cls.tasks = cls._arranged = cls._arrange(collect(cls))

    @classmethod
    def _arrange(cls, collected: list[Declared]) -> list[Task]:
        """Turn declarations into what `tasks` holds at run time."""
        for declared in collected:
            if declared.name is not None and TRANSITIONS in vars(declared.task):
                raise TestFileError(
                    f"{cls.__name__}.{declared.name} has transitions, "
                    f"but {cls.__name__} is no MarkovTaskSet"
                )
        return [declared.task for declared in collected for _ in range(declared.weight)]

    def on_start(self) -> None:
        """Prepare; called before the first task."""

    def on_stop(self) -> None:
        """Clean up; called after the last task, also when the user is killed."""

    def wait_time(self) -> float:
        """Return the seconds to wait after a task."""
        raise NotImplementedError

    def get_next_task(self) -> Task:
        """Return the task to run next. Override it to choose in your own way.

        Raises:
            NoTasksError: If there are none.
        """
        tasks: Any = self.tasks  # a list since the class was created
        try:
            task: Task = tasks[int(_random() * len(tasks))]
        except IndexError:
            raise no_tasks(type(self)) from None
        return task

    def schedule_task(self, task_callable: Task, first: bool = False) -> None:  # noqa: FBT001, FBT002 - documented form
        """Put a task into the queue, which goes before the choice of the next task.

        Args:
            task_callable: A function, a method or a TaskSet class.
            first: Whether it goes before everything else in the queue.

        Raises:
            TestFileError: If it cannot be a task.
        """
        check_task(task_callable, f"schedule_task of {type(self).__name__}")
        if self._queue is None:
            self._queue = deque()
        if first:
            self._queue.appendleft(_taking_owner(task_callable))
        else:
            self._queue.append(_taking_owner(task_callable))

    @classmethod
    def _replace_tasks(cls, tasks: Tasks) -> None:
        """Let the class have exactly these tasks."""
        if not (isinstance(tasks, list) and tasks == cls.tasks):
            cls.tasks = cls._arranged = cls._arrange(list(declare(cls, tasks)))

    def _settle_tasks(self) -> None:
        """Keep an expanded list here if `tasks` was assigned after the class was created."""
        if self.tasks is not self._arranged:
            vars(self)["tasks"] = expanded(self)


def expanded(scheduler: Scheduler | type[Scheduler]) -> list[Task]:
    """Return the tasks of a class or an instance, each as often as its weight says.

    A `tasks` that was assigned after the class had been created is expanded here.

    Raises:
        TestFileError: If it makes no sense.
    """
    tasks = scheduler.tasks
    if tasks is not scheduler._arranged:  # noqa: SLF001 - this module's own
        cls = scheduler if isinstance(scheduler, type) else type(scheduler)
        return cls._arrange(list(declare(cls, tasks)))
    return cast("list[Task]", tasks)


def no_tasks(cls: type) -> NoTasksError:
    """Return the error that says that a class has nothing to do."""
    return NoTasksError(f"No tasks defined on {cls.__name__}; use @task or set tasks")


def _taking_owner(task: Task) -> Task:
    """Return a task that can be called with its owner, as all tasks are."""
    if not isinstance(getattr(task, "__self__", None), Scheduler):
        return task

    def run_bound(_owner: object) -> None:
        task()

    run_bound.__name__ = task_name(task)
    return run_bound
