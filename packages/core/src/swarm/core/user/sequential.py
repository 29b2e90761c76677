"""A task set that runs its tasks in order."""

from typing import Any

from swarm.core.user.collection import Declared
from swarm.core.user.declaration import Task
from swarm.core.user.scheduler import no_tasks
from swarm.core.user.taskset import TaskSet


class SequentialTaskSet(TaskSet):
    """Tasks that run in the order of their declaration, again and again.

    Weights are ignored. A `tasks` list and methods with `@task` may be mixed; their
    order in the class counts. Tasks of base classes come first.
    """

    __slots__ = ("_position",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._position = 0

    @classmethod
    def _arrange(cls, collected: list[Declared]) -> list[Task]:
        return [declared.task for declared in collected if declared.weight]

    def get_next_task(self) -> Task:
        """Return the task after the last one, or the first.

        Raises:
            NoTasksError: If there are none.
        """
        tasks: Any = self.tasks  # a list since the class was created
        if not tasks:
            raise no_tasks(type(self))
        position = self._position
        self._position = (position + 1) % len(tasks)
        task: Task = tasks[position % len(tasks)]
        return task
