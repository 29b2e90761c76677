"""`@task` and `@tag`: they only mark what they decorate; the class collects the marks."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, overload

from swarm.core.exception import TestFileError

Task: TypeAlias = Callable[..., Any]
"""A function that takes its user or task set, or a TaskSet class."""

Tasks: TypeAlias = Sequence[Task] | Sequence[tuple[Task, int]] | Mapping[Task, int]
"""What the `tasks` attribute takes: a list, (task, weight) tuples, or {task: weight}."""

MAX_WEIGHT = 1_000_000
"""Weights are expanded into a list; a larger one would only fill memory."""

_WEIGHT = "swarm_task_weight"
_TAGS = "swarm_tags"
TRANSITIONS = "swarm_transitions"
"""The mark of `@transition`, which means something only in a MarkovTaskSet."""
_RESERVED = frozenset({"on_start", "on_stop"})

T = TypeVar("T", bound=Task)


@overload
def task(weight: T, /) -> T: ...
@overload
def task(weight: int = 1) -> Callable[[T], T]: ...
def task(weight: Any = 1) -> Any:
    """Declare a method, or a nested TaskSet class, as a task of its class.

    Args:
        weight: How often it is picked, relative to the other tasks. 0 switches it off.

    Raises:
        TestFileError: If the weight is no whole number of 0 or more, or if what is
            decorated cannot be a task.

    Example:
        class ForumPage(TaskSet):
            @task(100)
            def read_thread(self):
                pass

            @task
            def create_thread(self):
                pass
    """
    if callable(weight):
        return _mark_task(weight, 1)
    if not isinstance(weight, int):
        raise TestFileError(
            f"@task got {weight!r}, which is neither a function, nor a TaskSet, nor a weight",
            hint="Write @task or @task(3) above a method; put @task above @staticmethod "
            "and @property away.",
        )
    check_weight(weight, "@task")

    def decorate(decorated: T) -> T:
        return _mark_task(decorated, weight)

    return decorate


def tag(*tags: str) -> Callable[[T], T]:
    """Give a task, a TaskSet or a user class tags for `--tags` and `--exclude-tags`.

    Tags of a class count for every task in it.

    Args:
        tags: One or more names.

    Raises:
        TestFileError: If there are no tags, or one is no text.
    """
    names: tuple[object, ...] = tags
    if not names or not all(isinstance(name, str) and name for name in names):
        raise TestFileError(
            "@tag needs one or more names", hint='Write @tag("checkout") or @tag("a", "b").'
        )

    def decorate(decorated: T) -> T:
        _check_taggable(decorated)
        marks = vars(decorated).get(_TAGS, frozenset())
        _set_mark(decorated, _TAGS, marks | frozenset(tags), "@tag")
        return decorated

    return decorate


def task_weight(declared: Any) -> int | None:
    """Return the weight that `@task` gave, or None for what is not marked.

    A class's own mark counts only: a subclass of a TaskSet that is a task
    somewhere is not a task by itself.
    """
    weight: int | None = _marks(declared).get(_WEIGHT)
    return weight


def own_tags(declared: Any) -> frozenset[str]:
    """Return the tags that `@tag` gave to a function, or to a class and its bases."""
    if not isinstance(declared, type):
        return frozenset(_marks(declared).get(_TAGS, ()))
    return frozenset().union(*(vars(base).get(_TAGS, ()) for base in declared.__mro__))


def task_name(declared: Task) -> str:
    """Return the name under which a task appears in messages and tables."""
    return str(getattr(declared, "__name__", None) or repr(declared))


def check_weight(weight: object, where: str) -> int:
    """Return a task's weight if it is a whole number of 0 or more.

    Args:
        weight: What was given.
        where: Who gave it, for the message.

    Raises:
        TestFileError: If it is not.
    """
    if isinstance(weight, bool) or not isinstance(weight, int) or weight < 0:
        raise TestFileError(
            f"{where} got the weight {weight!r}; a weight is a whole number of 0 or more"
        )
    if weight > MAX_WEIGHT:
        raise TestFileError(
            f"{where} got the weight {weight}, more than {MAX_WEIGHT}",
            hint="Weights are relative: {a: 2, b: 1} means the same as {a: 2000, b: 1000}.",
        )
    return weight


def check_task(declared: object, where: str) -> None:
    """Check that something is a function or a TaskSet class.

    Args:
        declared: The would-be task.
        where: Who declared it, for the message.

    Raises:
        TestFileError: If it is not.
    """
    _check_callable(declared, where)
    if isinstance(declared, type) and not getattr(declared, "runs_as_task", False):
        raise TestFileError(
            f"{where}: the class {declared.__name__} is no TaskSet, so it cannot be a task",
            hint="A task is a function, a method or a class derived from TaskSet.",
        )


def _mark_task(decorated: T, weight: int) -> T:
    check_task(decorated, "@task")
    name = task_name(decorated)
    if name in _RESERVED:
        raise TestFileError(
            f"{name} cannot be a task",
            hint=f"Remove @task: {name} is called by itself when a user or task set "
            "starts or stops.",
        )
    _set_mark(decorated, _WEIGHT, weight, "@task")
    return decorated


def _check_callable(declared: object, where: str) -> None:
    """Check that something can be called, and that a call runs its code."""
    if not callable(declared):
        raise TestFileError(
            f"{where} got {declared!r}, which cannot be called",
            hint="A task is a function, a method or a TaskSet class.",
        )
    function = getattr(declared, "__func__", declared)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TestFileError(
            f"{where}: {task_name(declared)} is async, which a user cannot run",
            hint="Write a plain def. Calls that wait do not block other users.",
        )
    if inspect.isgeneratorfunction(function):
        raise TestFileError(
            f"{where}: {task_name(declared)} contains a yield, so a call would not run it",
            hint="Write a function without yield.",
        )


def _check_taggable(decorated: object) -> None:
    if not callable(decorated):
        raise TestFileError(
            f"@tag got {decorated!r}, which is neither a function nor a class",
            hint="Put @tag above a task or a TaskSet.",
        )


def _set_mark(decorated: object, name: str, value: object, where: str) -> None:
    try:
        setattr(decorated, name, value)
    except (AttributeError, TypeError):
        raise TestFileError(
            f"{where} cannot mark {decorated!r}", hint="Wrap it in a function of your own."
        ) from None


def _marks(declared: object) -> Mapping[str, Any]:
    return getattr(declared, "__dict__", {})
