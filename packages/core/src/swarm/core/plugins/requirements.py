"""Requirements as installed metadata states them, compared by release numbers.

Nothing here decides what is installed; pip does that, with all the rules. This is for
telling a person what does not fit, and for that release numbers are enough.
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator

_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*\(?(?P<bounds>[^;)]*)\)?\s*(?P<marker>;.*)?$"
)
_BOUND = re.compile(r"(?P<operator>>=|<=|==|!=|~=|<|>)\s*(?P<release>[0-9]+(?:\.[0-9]+)*)")
_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}


def unconditional(requirements: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the bounds of each requirement that holds for everybody.

    What only an extra, another system or another Python needs is left out.
    """
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match and not match["marker"]:
            yield match["name"], match["bounds"].strip()


def satisfies(version: str, bounds: str) -> bool:
    """Return whether `version` is within `bounds`, such as ">=1.2,<2".

    A bound in a form that is not understood counts as held.
    """
    found = _release(version)
    return all(
        _holds(found, match["operator"], match["release"])
        for match in map(_BOUND.fullmatch, (bound.strip() for bound in bounds.split(",")))
        if match
    )


def _holds(found: tuple[int, ...], comparison: str, release: str) -> bool:
    if comparison == "~=":  # 1.4.2 admits 1.4.3 and 1.4.10, but not 1.5
        prefix = tuple(int(part) for part in release.split(".")[:-1])
        padded = found + (0,) * len(prefix)
        return found >= _release(release) and padded[: len(prefix)] == prefix
    return _COMPARE[comparison](found, _release(release))


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a release, without closing zeros: 1.0 is 1."""
    numbers = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    parts = [int(part) for part in numbers[0].split(".")] if numbers else []
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)
