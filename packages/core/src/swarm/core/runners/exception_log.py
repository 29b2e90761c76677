"""What the users' code has raised, grouped and counted."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType

import swarm.core.runners as settings

_LONGEST_MESSAGE = 2000


@dataclass(slots=True)
class UserException:
    """An exception that the users' code has raised, once or more often.

    Args:
        msg: Its text.
        traceback: Its formatted traceback.
        count: How often it was raised.
        nodes: Where it was raised: "local", or the ids of workers.
    """

    msg: str
    traceback: str
    count: int = 0
    nodes: set[str] = field(default_factory=set)


class ExceptionLog:
    """The exceptions of a run, grouped by message and traceback.

    There is room for `MAX_EXCEPTIONS` different ones; `omitted` counts the rest, so
    that messages that differ every time cannot fill the memory.
    """

    def __init__(self) -> None:
        self._groups: dict[tuple[object, ...], UserException] = {}
        self.omitted = 0
        """How many exceptions were raised that there was no room for."""

    def __iter__(self) -> Iterator[UserException]:
        return iter(list(self._groups.values()))

    def __len__(self) -> int:
        """How many different exceptions there are."""
        return len(self._groups)

    @property
    def total(self) -> int:
        """How many exceptions were raised, with those that there was no room for."""
        return sum(group.count for group in self._groups.values()) + self.omitted

    def record(
        self, error: BaseException, tb: TracebackType | None = None, node: str = "local"
    ) -> bool:
        """Count an exception.

        Args:
            error: What was raised.
            tb: Where; the exception's own traceback unless given.
            node: On which node.

        Returns:
            Whether it is the first of its kind.
        """
        tb = tb or error.__traceback__
        message = _message(error)
        # Formatting reads source files; the places alone tell whether that is needed.
        places = tuple((frame.f_code, line) for frame, line in traceback.walk_tb(tb))
        key = (type(error), message, places)
        if key in self._groups or self._has_room():
            return self._add(key, message, "" if key in self._groups else _text(error, tb), node)
        return False

    def add(self, message: str, traceback_text: str, node: str, count: int = 1) -> bool:
        """Count an exception that another node has formatted; return whether it is new."""
        key = (message, traceback_text)
        if key in self._groups or self._has_room(count):
            return self._add(key, message, traceback_text, node, count)
        return False

    def clear(self) -> None:
        """Forget everything."""
        self._groups.clear()
        self.omitted = 0

    def _has_room(self, count: int = 1) -> bool:
        if len(self._groups) < settings.MAX_EXCEPTIONS:
            return True
        self.omitted += count
        return False

    def _add(
        self, key: tuple[object, ...], message: str, text: str, node: str, count: int = 1
    ) -> bool:
        is_new = key not in self._groups
        group = self._groups.setdefault(key, UserException(message, text))
        group.count += count
        group.nodes.add(node)
        return is_new


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a user's exception may not even have a text
        text = ""
    return text[:_LONGEST_MESSAGE] or type(error).__name__


def _text(error: BaseException, tb: TracebackType | None) -> str:
    try:
        return "".join(traceback.format_exception(type(error), error, tb))
    except Exception:  # noqa: BLE001 - as above
        return "".join(traceback.format_tb(tb)) + type(error).__name__
