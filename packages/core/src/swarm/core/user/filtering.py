"""Choosing tasks by their tags, or running each as often as the others."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeGuard

from swarm.core.user.declaration import Task, own_tags
from swarm.core.user.derivation import derive
from swarm.core.user.markov import MarkovTaskSet
from swarm.core.user.scheduler import expanded
from swarm.core.user.taskset import TaskSet

__all__ = ["derive", "equal_weight_tasks", "filter_tasks"]


def filter_tasks(
    tasks: Iterable[Task],
    tags: Collection[str] | None = None,
    exclude_tags: Collection[str] | None = None,
    *,
    inherited: Collection[str] = (),
) -> list[Task]:
    """Return the tasks that `--tags` and `--exclude-tags` leave; nested task sets are filtered too.

    A task set that has tasks left is replaced by a variant with only these; the class
    itself stays as it is. The tags of a task set count for every task in it. The chain
    of a MarkovTaskSet stays whole or goes as a whole.

    Args:
        tasks: The expanded `tasks` of a class.
        tags: Leave only tasks with at least one of these; None or empty for all.
        exclude_tags: Leave out tasks with any of these, whatever `tags` says.
        inherited: Tags of the class that the tasks belong to.
    """
    wanted = frozenset(tags or ())
    unwanted = frozenset(exclude_tags or ())

    def passes(marks: frozenset[str]) -> bool:
        return (not wanted or not wanted.isdisjoint(marks)) and unwanted.isdisjoint(marks)

    return _filter(tasks, passes, frozenset(inherited), ())


def equal_weight_tasks(tasks: Iterable[Task]) -> list[Task]:
    """Return each task once, also within nested task sets, so that all are equally probable.

    Args:
        tasks: The expanded `tasks` of a class.
    """
    return _equalise(tasks, ())


def _filter(
    tasks: Iterable[Task],
    passes: Callable[[frozenset[str]], bool],
    inherited: frozenset[str],
    outer: tuple[type, ...],
) -> list[Task]:
    variants: dict[Task, Task | None] = {}

    def variant(task: Task) -> Task | None:
        """Return what is left of a task."""
        marks = inherited | own_tags(task)
        if not _holds_tasks(task):
            return task if passes(marks) else None
        if task in outer:
            return task  # nested in itself: the outer one decides
        return _with_tasks(task, _filter(expanded(task), passes, marks, (*outer, task)))

    left = []
    for task in tasks:
        if task not in variants:
            variants[task] = variant(task)
        chosen = variants[task]
        if chosen is not None:
            left.append(chosen)
    return left


def _equalise(tasks: Iterable[Task], outer: tuple[type, ...]) -> list[Task]:
    equal: list[Task] = []
    for task in dict.fromkeys(tasks):
        if _holds_tasks(task) and task not in outer:
            equal.append(_with_tasks(task, _equalise(expanded(task), (*outer, task))) or task)
        else:
            equal.append(task)
    return equal


def _holds_tasks(task: Task) -> TypeGuard[type[TaskSet]]:
    return (
        isinstance(task, type) and issubclass(task, TaskSet) and not issubclass(task, MarkovTaskSet)
    )


def _with_tasks(task_set: type[TaskSet], tasks: list[Task]) -> type[TaskSet] | None:
    """Return the task set with these tasks: itself, a variant, or nothing if there are none."""
    if not tasks:
        return None
    return task_set if tasks == expanded(task_set) else derive(task_set, tasks=tasks)
