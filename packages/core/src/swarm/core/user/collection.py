"""Collecting the tasks of a class from its bases, its `tasks` attribute and its marked methods."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from swarm.core.exception import TestFileError
from swarm.core.user.declaration import Task, check_task, check_weight, task_name, task_weight

_OWN = "_own_tasks"


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """One declaration of a task.

    Args:
        task: The function or TaskSet class.
        weight: Its weight, 0 or more.
        name: The attribute it lives under, by which a subclass can override it.
        owner: The class that declares it.
    """

    task: Task
    weight: int
    name: str | None
    owner: type


def collect(cls: type) -> list[Declared]:
    """Return the tasks of a class in the order of declaration, those of its bases first.

    A method that overrides a task takes the task's place: with the weight of its own
    `@task`, or with the weight of the one it overrides. `name = None` removes it.

    Raises:
        TestFileError: If something that is declared cannot be a task.
    """
    own = list(_declarations(cls))
    setattr(cls, _OWN, own)
    collected: list[Declared] = []
    homes: dict[str, type] = {}
    for klass in reversed(cls.__mro__):
        for declared in own if klass is cls else _own_of(klass):
            if declared.name is None:
                collected.append(declared)
            elif homes.setdefault(declared.name, klass) is klass:
                collected.extend(_in_force(cls, declared))
    return collected


def declare(cls: type, tasks: Any) -> Iterator[Declared]:
    """Yield the declarations of a `tasks` attribute: list, tuples or dict.

    Raises:
        TestFileError: If it is something else.
    """
    where = f"{cls.__name__}.tasks"
    if tasks is None:
        return
    if isinstance(tasks, str) or not hasattr(tasks, "__iter__"):
        raise TestFileError(
            f"{where} is {tasks!r}; it must be a list of tasks or a dict of tasks and weights"
        )
    for entry in tasks.items() if isinstance(tasks, Mapping) else tasks:
        task, weight = _task_and_weight(entry, where)
        check_task(task, where)
        name = getattr(task, "__name__", None)
        if name is not None and vars(cls).get(name) is not task:
            name = None  # a function from elsewhere, which no method overrides
        yield Declared(task, check_weight(weight, f"{where}: {task_name(task)}"), name, cls)


def _task_and_weight(entry: Any, where: str) -> tuple[Any, Any]:
    if not isinstance(entry, tuple):
        return entry, 1
    if len(entry) != 2:  # noqa: PLR2004 - a pair
        raise TestFileError(f"{where} contains {entry!r}; a tuple must be (task, weight)")
    return entry


def _declarations(cls: type) -> Iterator[Declared]:
    for name, value in list(vars(cls).items()):
        if name == "tasks":
            yield from declare(cls, value)
            continue
        weight = task_weight(value)
        if weight is not None:
            check_task(value, f"{cls.__name__}.{name}")
            yield Declared(value, weight, name, cls)


def _own_of(klass: type) -> list[Declared]:
    own: list[Declared] | None = vars(klass).get(_OWN)
    if own is not None:
        return own
    return list(_declarations(klass))  # a mixin that is no user and no task set


def _in_force(cls: type, declared: Declared) -> Iterator[Declared]:
    """Yield what stands in the place of a declaration after all overriding."""
    name = declared.name or ""
    current = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
    if current is declared.task:
        yield declared
    elif current is not None:
        check_task(current, f"{cls.__name__}.{name}")
        weight = task_weight(current)
        yield Declared(current, declared.weight if weight is None else weight, name, declared.owner)
