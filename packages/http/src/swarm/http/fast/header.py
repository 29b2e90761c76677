"""The header fields of an answer, by name in any case."""

from collections.abc import Iterator, Mapping

from swarm.http.transport.response import Pairs


class ResponseHeaders(Mapping[str, str]):
    """Header fields as they came. A field that came more than once is joined with ", ".

    Args:
        pairs: Names and values in the order in which they came.
    """

    __slots__ = ("_values", "pairs")

    def __init__(self, pairs: Pairs = ()) -> None:
        self.pairs = pairs
        self._values: dict[str, tuple[str, list[str]]] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), (name, []))[1].append(value)

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._values[name.lower()][1])

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)})"

    def get_list(self, name: str) -> list[str]:
        """Return every value of a field, in order; an empty list if it did not come."""
        entry = self._values.get(name.lower())
        return [] if entry is None else list(entry[1])
