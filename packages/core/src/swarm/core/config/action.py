"""What happens when an option stands on the command line."""

import argparse
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

BEGUN = "_begun_lists"
"""Attribute of a namespace that is being parsed: the lists that the command line began."""


class SetValue(argparse.Action, ABC):
    """Sets its attribute to what `new_value` says."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse's signature
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Set the attribute."""
        negated = (option_string or "").startswith("--no-")
        setattr(namespace, self.dest, self.new_value(namespace, values, negated=negated))

    @abstractmethod
    def new_value(self, namespace: argparse.Namespace, values: Any, *, negated: bool) -> Any:
        """Return what the attribute becomes; `negated` if the option was given as `--no-x`."""


class SetFlag(SetValue):
    """`--x` sets, `--no-x` unsets, so that the command line can overrule a file."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        super().__init__([*option_strings, *_negations(option_strings)], dest, nargs=0, **kwargs)

    def new_value(self, namespace: argparse.Namespace, values: Any, *, negated: bool) -> bool:  # noqa: ARG002 - a flag has no value
        """Return whether it is set."""
        return not negated


class SetBoolean(SetValue):
    """As `SetFlag`, and takes a value too: `--x false`."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        strings = [*option_strings, *_negations(option_strings)]
        super().__init__(strings, dest, nargs="?", const=True, **kwargs)

    def new_value(self, namespace: argparse.Namespace, values: Any, *, negated: bool) -> bool:  # noqa: ARG002 - the former value does not matter
        """Return what the value says, or its opposite."""
        return bool(values) is not negated


class Collect(SetValue):
    """`--x a b --x c` gives [a, b, c] in place of what a file or the environment says."""

    def new_value(self, namespace: argparse.Namespace, values: Any, *, negated: bool) -> list[Any]:  # noqa: ARG002 - a list cannot be negated
        """Return the list that was begun the first time, extended."""
        begun: dict[str, list[Any]] = vars(namespace).setdefault(BEGUN, {})
        begun.setdefault(self.dest, []).extend(values)
        return begun[self.dest]


def _negations(option_strings: Sequence[str]) -> list[str]:
    return [f"--no-{string[2:]}" for string in option_strings if string.startswith("--")]
