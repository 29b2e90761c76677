"""Checking what a user sets for user classes, as `--config-users` does."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from swarm.core.exception import ConfigError
from swarm.core.text import did_you_mean

_CLASS_KEY = "user_class_name"
_EXAMPLE = 'For example {"user_class_name": "WebUser", "fixed_count": 1}.'


def checked_settings(
    settings: Any, known: Mapping[str, type]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield class name and attributes of each setting.

    Args:
        settings: What the user has set.
        known: The user classes by name.

    Raises:
        ConfigError: If a setting is no such dict, its class is unknown, or a value is
            of a type that the attribute cannot have.
    """
    if not isinstance(settings, Sequence) or isinstance(settings, str | bytes):
        raise ConfigError(
            f"The user configuration is {_kind(settings)} instead of a list of objects.",
            hint=_EXAMPLE,
        )
    for setting in settings:
        name = _class_name(setting, known)
        attributes = {key: value for key, value in setting.items() if key != _CLASS_KEY}
        for attribute, value in attributes.items():
            _check(known[name], attribute, value)
        yield name, attributes


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return a hint that says which names there are, and which one may have been meant."""
    return f"{did_you_mean(name, known)} There are: {', '.join(known) or 'none'}.".strip()


def _class_name(setting: Any, known: Mapping[str, type]) -> str:
    if not isinstance(setting, Mapping):
        raise ConfigError(
            f"The user configuration has {_kind(setting)} where an object is expected.",
            hint=_EXAMPLE,
        )
    name = setting.get(_CLASS_KEY)
    if not isinstance(name, str):
        raise ConfigError(
            f"A user configuration does not say with {_CLASS_KEY} which class it is for.",
            hint=_EXAMPLE,
        )
    if name not in known:
        raise ConfigError(
            f"The user configuration is for {name}, which is no user class of this run.",
            hint=suggestion(name, known),
        )
    return name


def _check(cls: type, attribute: Any, value: Any) -> None:
    where = f"The user configuration sets {cls.__name__}.{attribute} to {value!r}"
    if not isinstance(attribute, str) or not attribute.isidentifier() or _is_private(attribute):
        raise ConfigError(f"{where}, which is no attribute that can be set.", hint=_EXAMPLE)
    if attribute in _EXPECTATIONS:
        fits, expected = _EXPECTATIONS[attribute]
        if not fits(value):
            raise ConfigError(f"{where}.", hint=f"{attribute} is {expected}.")
    elif callable(getattr(cls, attribute, None)):
        raise ConfigError(
            f"{where}, but {attribute} is a method.", hint="Only plain values can be set."
        )


def _is_private(attribute: str) -> bool:
    return attribute.startswith("__")


def _is_weight(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and value >= 0
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_host(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


_EXPECTATIONS = {
    "weight": (_is_weight, "a number of 0 or more"),
    "fixed_count": (_is_count, "a whole number of 0 or more"),
    "host": (_is_host, "a URL in quotes, or null"),
    "tasks": (_is_names, "a list of names of tasks"),
}


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    return {str: "text", list: "a list", type(None): "nothing"}.get(type(value), repr(value))
