"""The head of a request: header fields, checked and encoded once for many requests."""

import re
from collections.abc import Iterable, Iterator, KeysView, Mapping, MutableMapping
from functools import lru_cache
from typing import Any

from swarm.http.transport.error import InvalidRequestError

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_FORBIDDEN = re.compile(r"[\r\n\0]").search

_MOST_VARIANTS = 64

Value = str | bytes
Fields = tuple[tuple[str, Value], ...]


def check_method(method: str) -> str:
    """Return the method in capitals.

    Raises:
        InvalidRequestError: If it is no token, so that it could smuggle something in.
    """
    if not _TOKEN(method):
        raise InvalidRequestError(f"The method {method!r} is invalid.")
    return method.upper()


@lru_cache(maxsize=512)
def format_fields(fields: Fields) -> str:
    """Return header fields as they go over the wire, each with its line end.

    The text stands for latin-1 bytes. A value that needs more is sent as UTF-8.

    Raises:
        InvalidRequestError: If a name is no token or a value contains a line break,
            which would let data smuggle in header fields or whole requests.
    """
    return "".join([f"{name}: {_value(name, value)}\r\n" for name, value in fields])


def _value(name: Any, value: Any) -> str:
    if not isinstance(name, str) or not _TOKEN(name):
        raise InvalidRequestError(f"The header name {name!r} is invalid.")
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    if _FORBIDDEN(text):
        raise InvalidRequestError(f"The value of the header {name} contains a line break.")
    text = text.strip(" \t")
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("latin-1")
    return text


class Headers(MutableMapping[str, Value]):
    """Header fields to send, by name in any case. They are encoded anew only after a change.

    Args:
        fields: The fields to begin with.
    """

    __slots__ = ("_block", "_fields", "_host_lines", "_variants")

    def __init__(self, fields: Mapping[str, Value] | Iterable[tuple[str, Value]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields: dict[str, tuple[str, Value]] = {
            k.lower(): (k, _as_value(v)) for k, v in pairs
        }
        self._block: str | None = None
        self._variants: dict[Any, Headers] | None = None
        self._host_lines: str | None = None

    def __getitem__(self, name: str) -> Value:
        return self._fields[name.lower()][1]

    def __setitem__(self, name: str, value: Value) -> None:
        self._block = self._variants = None
        self._fields[name.lower()] = (name, _as_value(value))

    def __delitem__(self, name: str) -> None:
        self._block = self._variants = None
        del self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)})"

    @property
    def names(self) -> KeysView[str]:
        """The names in lower case."""
        return self._fields.keys()

    def block(self, host_lines: str) -> str:
        """Return all fields as they go over the wire, those of the connection first.

        Args:
            host_lines: The Host line and what else the origin (or its proxy) asks for.

        Raises:
            InvalidRequestError: See `format_fields`.
        """
        if self._host_lines is not host_lines or self._block is None:
            first = host_lines
            if "host" in self._fields:  # the test file's own; a proxy's line stays
                first = host_lines.partition("\r\n")[2]
            self._block = first + format_fields(tuple(self._fields.values()))
            self._host_lines = host_lines
        return self._block

    def variant(self, changes: Mapping[Any, Any]) -> "Headers":
        """Return what `merged` does, for reading only: the same object for the same changes.

        Requests of one kind tend to ask for the same fields; writing them once will do.
        """
        for value in changes.values():
            # 1, 1.0 and True are the same key, but not the same text.
            if type(value) is not str and value is not None:
                return self.merged(changes)
        key = tuple(changes.items())
        found = None if self._variants is None else self._variants.get(key)
        if found is None:
            if self._variants is None or len(self._variants) >= _MOST_VARIANTS:
                self._variants = {}
            found = self._variants[key] = self.merged(changes)
        return found

    def merged(self, extra: Mapping[Any, Any]) -> "Headers":
        """Return these fields with `extra` over them; a value of None takes a field away."""
        result = Headers()
        result._fields = dict(self._fields)
        for name, value in extra.items():
            low = str(name).lower()
            if value is None:
                result._fields.pop(low, None)
            else:
                result._fields[low] = (name, _as_value(value))
        return result


def _as_value(value: Any) -> Value:
    return value if isinstance(value, str | bytes) else str(value)
