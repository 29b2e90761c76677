"""A task set whose next task depends on the one before: a Markov chain."""

import math
import random
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, ClassVar, TypeAlias, TypeVar

from swarm.core.exception import TestFileError
from swarm.core.user.collection import Declared
from swarm.core.user.declaration import TRANSITIONS, Task, own_tags, task, task_name, task_weight
from swarm.core.user.taskset import TaskSet

Targets: TypeAlias = Mapping[str, float] | Sequence[str | tuple[str, float]]
"""{name: weight}, or a list of names and (name, weight) tuples."""

T = TypeVar("T", bound=Task)

_random = random.random


class MarkovError(TestFileError):
    """A MarkovTaskSet that makes no sense. The message names the class and the task."""


class InvalidTransitionError(MarkovError):
    """A transition leads nowhere, or its weight is no number above 0."""


class NoTransitionsError(MarkovError):
    """A class without transitions, or a task that nothing can follow."""


class UnreachableTaskError(MarkovError):
    """No chain of transitions from the first task leads to this task."""


class MarkovTagError(MarkovError):
    """A tag on a single task of a chain. Leaving it out would break the chain."""


class MarkovWeightError(MarkovError):
    """A task weight in a chain, where only transitions have weights."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What may follow a task.

    Args:
        tasks: The tasks that may follow.
        limits: Their weights, added up; the last is the total.
    """

    tasks: tuple[Task, ...]
    limits: tuple[float, ...]

    def probabilities(self) -> dict[Task, float]:
        """Return the probability of each task."""
        total = self.limits[-1]
        lower = 0.0
        shares: dict[Task, float] = {}
        for following, limit in zip(self.tasks, self.limits, strict=True):
            shares[following] = (limit - lower) / total
            lower = limit
        return shares


def transition(target: str, weight: float = 1) -> Callable[[T], T]:
    """Say which task may follow the decorated one. Several add up.

    Args:
        target: Name of the task.
        weight: How likely it is, relative to the other transitions.

    Raises:
        InvalidTransitionError: If `target` is no name or the weight is no number above 0.

    Example:
        class Shop(MarkovTaskSet):
            @transition("look")
            def enter(self): ...

            @transition("look", 3)
            @transition("enter")
            def look(self): ...
    """
    if not isinstance(target, str):
        raise InvalidTransitionError(
            f"@transition got {target!r}, which is no name of a task",
            hint='Write @transition("other_task") or @transition("other_task", 2).',
        )
    return transitions({target: weight})


def transitions(targets: Targets) -> Callable[[T], T]:
    """Say which tasks may follow the decorated one.

    Args:
        targets: {name: weight}, or a list of names and (name, weight) tuples.

    Raises:
        InvalidTransitionError: If they make no sense.

    Example:
        @transitions({"look": 3, "leave": 1})
        def enter(self): ...

        @transitions(["leave", ("look", 3)])
        def pay(self): ...
    """
    pairs = _pairs(targets)

    def decorate(decorated: T) -> T:
        if task_weight(decorated) is None:
            task(decorated)
        # Decorators apply from the bottom up; what stands on top comes first.
        setattr(decorated, TRANSITIONS, (*pairs, *_targets(decorated)))
        return decorated

    return decorate


class MarkovTaskSet(TaskSet):
    """Tasks whose order is a Markov chain: each says with `@transition` what may follow it.

    The first task declared is the start. Transitions make a method a task; `@task` is
    not needed. The chain is checked when the class is created. A class that is
    only a base for others, without tasks of its own yet, says `abstract = True`.

    Raises:
        MarkovError: If the chain makes no sense.

    Example:
        class Shop(MarkovTaskSet):
            @transitions({"look": 3, "pay": 1})
            def look(self): ...

            @transition("look")
            def pay(self): ...
    """

    __slots__ = ("_current",)

    abstract: ClassVar[bool] = True

    _choices: ClassVar[dict[Task, Choice]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._current: Task | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "abstract" not in vars(cls):
            cls.abstract = False
        super().__init_subclass__(**kwargs)

    @classmethod
    def _arrange(cls, collected: list[Declared]) -> list[Task]:
        if cls.abstract:
            return []
        chain = {_named(cls, declared): declared.task for declared in collected}
        for declared in collected:
            _check_marks(cls, declared)
        if not any(map(_targets, chain.values())):
            raise NoTransitionsError(
                f"{cls.__name__} has no transitions",
                hint='Put @transition("name_of_the_next_task") above its tasks.',
            )
        cls._choices = {each: _choice(cls, each, chain) for each in chain.values()}
        _check_reachable(cls)
        return list(cls._choices)

    def get_next_task(self) -> Task:
        """Return the first task, or one that may follow the last."""
        current = self._current
        if current is None:
            self._current = first = next(iter(self._choices))
            return first
        choice = self._choices[current]
        index = bisect(choice.limits, _random() * choice.limits[-1])
        self._current = following = choice.tasks[index]
        return following


def transition_probabilities(cls: type[MarkovTaskSet]) -> dict[Task, dict[Task, float]]:
    """Return for each task of a chain, the first one first, what follows it how probably."""
    return {before: choice.probabilities() for before, choice in cls._choices.items()}


def _pairs(targets: Any) -> tuple[tuple[str, float], ...]:
    if isinstance(targets, str) or not isinstance(targets, Mapping | Sequence):
        raise InvalidTransitionError(
            f"Transitions are given as {targets!r}, which is no dict and no list of names",
            hint='Write @transition("other_task", 2) or @transitions({"a": 3, "b": 1}).',
        )
    entries = list(targets.items() if isinstance(targets, Mapping) else targets)
    if not entries:
        raise InvalidTransitionError("@transitions needs at least one target")
    return tuple(_pair(entry) for entry in entries)


def _pair(entry: Any) -> tuple[str, float]:
    match entry:
        case str(name):
            return name, 1
        case (str(name), int() | float() as weight) if not isinstance(weight, bool):
            if math.isfinite(weight) and weight > 0:
                return name, weight
    raise InvalidTransitionError(
        f"{entry!r} is no transition; it takes the name of a task and a weight above 0"
    )


def _targets(declared: Task) -> tuple[tuple[str, float], ...]:
    targets: tuple[tuple[str, float], ...] = getattr(declared, "__dict__", {}).get(TRANSITIONS, ())
    return targets


def _named(cls: type, declared: Declared) -> str:
    if declared.name is None:
        raise MarkovError(
            f"{cls.__name__}.tasks lists {task_name(declared.task)}, which is no method of it",
            hint="The tasks of a MarkovTaskSet are its methods, with @transition.",
        )
    return declared.name


def _check_marks(cls: type, declared: Declared) -> None:
    where = f"{cls.__name__}.{declared.name}"
    if declared.weight != 1:
        raise MarkovWeightError(
            f"{where} has the task weight {declared.weight}, which means nothing here",
            hint="Give the weight to the transitions that lead to it.",
        )
    if not isinstance(declared.task, type) and own_tags(declared.task):
        raise MarkovTagError(
            f"{where} has tags, which a task of a MarkovTaskSet cannot have",
            hint="Without the task, the chain would break. Tag the whole class.",
        )


def _choice(cls: type, before: Task, chain: dict[str, Task]) -> Choice:
    weights: dict[str, float] = {}
    for name, weight in _targets(before):
        weights[name] = weights.get(name, 0) + weight
    if not weights:
        raise NoTransitionsError(
            f"{cls.__name__}.{task_name(before)} has no transitions, so nothing can follow it",
            hint="A task may lead to itself or back to the first one.",
        )
    for name in weights:
        if name not in chain:
            raise InvalidTransitionError(
                f"{cls.__name__}.{task_name(before)} leads to {name}, which is no task of it",
                hint=f"Its tasks are {', '.join(chain)}.",
            )
    return Choice(tuple(chain[name] for name in weights), tuple(accumulate(weights.values())))


def _check_reachable(cls: type[MarkovTaskSet]) -> None:
    first = next(iter(cls._choices))
    reached = {first}
    frontier = [first]
    while frontier:
        new = [each for each in cls._choices[frontier.pop()].tasks if each not in reached]
        reached.update(new)
        frontier.extend(new)
    lost = [task_name(each) for each in cls._choices if each not in reached]
    if lost:
        raise UnreachableTaskError(
            f"{cls.__name__}: no transitions lead from {task_name(first)} to {', '.join(lost)}",
            hint="Add a transition to each, or remove them.",
        )
