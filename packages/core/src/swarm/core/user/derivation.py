"""Per-run variants of classes, so that a run never changes a class of the test file."""

import types
from typing import Any, TypeVar

from swarm.core.exception import ConfigError, TestFileError
from swarm.core.user.scheduler import Scheduler

T = TypeVar("T", bound=Scheduler)


def derive(cls: type[T], **attributes: Any) -> type[T]:
    """Return a subclass that differs from `cls` in some attributes and is called the same.

    Args:
        cls: A user or task set class.
        attributes: What is to differ. `tasks` replaces the tasks instead of adding to them.

    Raises:
        ConfigError: If an attribute makes no sense, for example a negative weight.

    Example:
        derive(MyUser, host="https://example.com", weight=3)
    """
    tasks = attributes.pop("tasks", cls.tasks)
    namespace: dict[str, Any] = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
    }
    if "abstract" in vars(cls):
        namespace["abstract"] = vars(cls)["abstract"]
    namespace.update(attributes)
    try:
        derived: type[T] = types.new_class(cls.__name__, (cls,), {}, lambda b: b.update(namespace))
        derived._replace_tasks(tasks)  # noqa: SLF001 - completes the new class
    except TestFileError as error:
        raise ConfigError(str(error), hint=error.hint) from None
    return derived
