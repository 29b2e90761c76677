"""The classes of a run: as the user defined them, with what is different for this run.

A run never changes a class that the user defined, so that a second run, or another
environment, finds it as it was.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from swarm.core.env.settings import suggestion
from swarm.core.exception import ConfigError
from swarm.core.user.declaration import own_tags, task_name
from swarm.core.user.filtering import derive, equal_weight_tasks, filter_tasks
from swarm.core.user.scheduler import expanded

if TYPE_CHECKING:
    from swarm.core.user import User

logger = logging.getLogger("swarm.env")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is different for a run.

    Args:
        host: Base URL in place of the classes' own; None for none.
        settings: Attributes by class name.
        tags: Keep only tasks with one of these tags; None or empty keeps all.
        exclude_tags: Keep no task with one of these tags.
        equal_weights: Whether every task of a class is equally likely.
    """

    host: str | None
    settings: Mapping[str, Mapping[str, Any]]
    tags: Sequence[str] | None
    exclude_tags: Sequence[str] | None
    equal_weights: bool


def unique_classes(user_classes: Iterable[Any]) -> list[type["User"]]:
    """Return the classes, each once.

    Raises:
        ConfigError: If two different ones have one name, or one is no class.
    """
    by_name: dict[str, type[User]] = {}
    for cls in user_classes:
        if not isinstance(cls, type) or not hasattr(cls, "fixed_count"):
            raise ConfigError(
                f"{cls!r} is among the user classes but is no user class.",
                hint="Give classes that are derived from swarm.core.User, not instances.",
            )
        other = by_name.setdefault(cls.__name__, cls)
        if other is not cls:
            raise ConfigError(
                f"Two user classes are called {cls.__name__}: "
                f"one in {other.__module__}, one in {cls.__module__}.",
                hint="Give each a name of its own; users are counted by the name of their class.",
            )
    return list(by_name.values())


def derive_classes(
    user_classes: Sequence[type["User"]], overrides: Overrides
) -> list[type["User"]]:
    """Return the classes that the users of a run are made of.

    Raises:
        ConfigError: If the filters leave no task at all, or a task is unknown.
    """
    classes: list[type[User]] = []
    without_tasks: list[str] = []
    for cls in user_classes:
        if vars(cls).get("abstract", False):
            continue
        attributes = _attributes(cls, overrides)
        if attributes.get("tasks") == [] and cls.tasks:
            without_tasks.append(cls.__name__)
            continue
        classes.append(derive(cls, **attributes) if attributes else cls)
    if without_tasks and not classes:
        raise ConfigError(
            f"No task is left to run after filtering by tags ({_filters(overrides)}).",
            hint="Compare --tags and --exclude-tags with the @tag decorators in the test file.",
        )
    for name in without_tasks:
        logger.warning("%s is left out: no task of it matches %s", name, _filters(overrides))
    return classes


def _attributes(cls: type["User"], overrides: Overrides) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if overrides.host is not None:
        attributes["host"] = overrides.host
    attributes.update(overrides.settings.get(cls.__name__, {}))
    own: list[Any] = expanded(cls)
    tasks = own
    if "tasks" in attributes:
        tasks = _named_tasks(cls, own, attributes["tasks"])
    if overrides.tags or overrides.exclude_tags:
        tasks = filter_tasks(tasks, overrides.tags, overrides.exclude_tags, inherited=own_tags(cls))
    if overrides.equal_weights:
        tasks = equal_weight_tasks(tasks)
    if tasks != own:
        attributes["tasks"] = tasks
    else:
        attributes.pop("tasks", None)
    return attributes


def _named_tasks(cls: type["User"], own: Sequence[Any], names: Sequence[str]) -> list[Any]:
    known = {task_name(task): task for task in own}
    for name in names:
        if name not in known:
            raise ConfigError(
                f"{cls.__name__} has no task called {name}.", hint=suggestion(name, known)
            )
    return [task for task in own if task_name(task) in names]


def _filters(overrides: Overrides) -> str:
    parts = [
        f"{option} {' '.join(tags)}"
        for option, tags in (("--tags", overrides.tags), ("--exclude-tags", overrides.exclude_tags))
        if tags
    ]
    return ", ".join(parts) or "the selected tasks"
