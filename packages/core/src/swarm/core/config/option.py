"""What an option is: everything about it in one declaration."""

import argparse
import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from swarm.core.config.values import (
    boolean,
    exit_code,
    listening_port,
    port,
    process_count,
    spawn_rate,
    user_count,
    whole_number,
    worker_count,
)

FieldKind = Literal["text", "password", "checkbox", "number", "select", "multiselect"]

_NUMBERS = (
    int,
    float,
    whole_number,
    user_count,
    spawn_rate,
    exit_code,
    port,
    listening_port,
    worker_count,
    process_count,
)

MASK = "********"
"""Shown in place of a secret."""


@dataclass(frozen=True)
class UIField:
    """How a form shows an option.

    Args:
        dest: Name of the attribute in the parsed options.
        label: What stands beside the input.
        kind: Which input it is.
        help: One sentence about it.
        default: What it is filled with; "" for a secret, which never leaves the process.
        choices: What can be picked, for select and multiselect.
        required: Whether it must be filled in.
        custom: Whether a test file or plugin added it.
    """

    dest: str
    label: str
    kind: FieldKind
    help: str
    default: Any
    choices: tuple[Any, ...]
    required: bool
    custom: bool


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option: on the command line, in the environment, in files and in forms.

    Args:
        flags: What introduces it on the command line; none for positional arguments.
        help: What it is for. The reference and `--help` both show it.
        dest: Name of the attribute in the parsed options; by default the first long flag.
        type: Makes the value from its text; raises `argparse.ArgumentTypeError`.
        default: The value when nobody gives one.
        is_flag: Whether it is either true or false and takes no value.
        nargs: "*" or "+" for several values, "?" for an optional one.
        choices: The admitted values.
        metavar: What stands for the value in the help.
        env: Environment variable; "" makes it from `dest`, None means there is none.
        in_files: Whether configuration files may set it.
        splits: Whether one text with several values is split at blanks and commas.
        empty_counts: Whether an empty environment variable is a value and not a gap.
        in_web_ui: Whether the form of the web UI shows it.
        secret: Whether its value must never be shown.
        required: Whether the form insists on a value.
        demanded: Whether the command line, environment and files must give a value.
        custom: Whether a test file or plugin added it.
    """

    flags: tuple[str, ...] = ()
    help: str = ""
    dest: str = ""
    type: Callable[[str], Any] | None = None
    default: Any = None
    is_flag: bool = False
    nargs: str | int | None = None
    choices: tuple[Any, ...] | None = None
    metavar: str | None = None
    env: str | None = ""
    in_files: bool = True
    splits: bool = True
    empty_counts: bool = False
    in_web_ui: bool = False
    secret: bool = False
    required: bool = False
    demanded: bool = False
    custom: bool = False

    def __post_init__(self) -> None:
        if not self.dest:
            object.__setattr__(self, "dest", self.long_flags[0][2:].replace("-", "_"))
        if self.env == "":
            object.__setattr__(self, "env", f"SWARM_{self.dest.upper()}")

    @property
    def long_flags(self) -> tuple[str, ...]:
        """The flags with two dashes."""
        return tuple(flag for flag in self.flags if flag.startswith("--"))

    @property
    def keys(self) -> tuple[str, ...]:
        """What it is called in configuration files."""
        if not self.in_files:
            return ()
        return tuple(flag[2:] for flag in self.long_flags) or (self.dest.replace("_", "-"),)

    @property
    def title(self) -> str:
        """What messages call it: the first long flag, else any flag, else the name."""
        return next(iter(self.long_flags + self.flags), self.metavar or self.dest)

    @property
    def is_list(self) -> bool:
        """Whether it holds several values."""
        return self.nargs in {"*", "+"} or isinstance(self.nargs, int)

    def read(self, raw: Any) -> Any:
        """Return the value that a file or the environment gives.

        Args:
            raw: Text, or what TOML makes of numbers, booleans, arrays and tables.

        Raises:
            argparse.ArgumentTypeError: If it is not acceptable.
        """
        if self.is_list:
            parts = raw if isinstance(raw, list) else self._split(raw)
            values = [self._convert(part) for part in parts]
            if self.nargs == "+" and not values:
                raise argparse.ArgumentTypeError("the list is empty")
            return values
        if isinstance(raw, list):
            # Test files and plugins are one text with commas on the command line.
            raw = ",".join(str(part) for part in raw)
        return self._convert(raw)

    def ui_field(self) -> UIField:
        """Return how a form shows this option."""
        return UIField(
            dest=self.dest,
            label=self.dest.replace("_", " ").capitalize(),
            kind=self._kind(),
            help=self.help,
            default="" if self.secret else self.default,
            choices=self.choices or (),
            required=self.required,
            custom=self.custom,
        )

    def with_default(self, default: Any) -> "Option":
        """Return the same option with another default."""
        return replace(self, default=default)

    def _convert(self, raw: Any) -> Any:
        text = _as_text(raw)
        if self.is_flag:
            return boolean(text)
        if isinstance(raw, bool) and self.type is not boolean:
            raise argparse.ArgumentTypeError("a value is needed, not only true or false")
        value: Any = text
        if self.type is not None:
            value = convert(self.type, text)
        if self.choices is not None and value not in self.choices:
            raise argparse.ArgumentTypeError(
                f"{value!r} is none of {', '.join(map(str, self.choices))}"
            )
        return value

    def _split(self, raw: Any) -> Sequence[Any]:
        """Return the parts of a text that stands for a list: `[a, "b c"]`, `a, b` or `a b`."""
        text = _as_text(raw).strip()
        if not self.splits:
            return [text] if text else []
        if text.startswith("[") and text.endswith("]"):
            text = text[1:-1]
        lexer = shlex.shlex(text, posix=True)
        lexer.whitespace += ","
        lexer.whitespace_split = True
        lexer.commenters = ""
        try:
            return list(lexer)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} has a quote without its partner") from None

    def _kind(self) -> FieldKind:
        if self.choices:
            return "multiselect" if self.is_list else "select"
        if self.secret:
            return "password"
        if self.is_flag or isinstance(self.default, bool):
            return "checkbox"
        numeric = self.type in _NUMBERS or isinstance(self.default, int | float)
        return "number" if numeric else "text"


def convert(type_: Callable[[str], Any], text: str) -> Any:
    """Return `type_(text)`, with every complaint of it as an ArgumentTypeError."""
    try:
        return type_(text)
    except argparse.ArgumentTypeError:
        raise
    except (TypeError, ValueError):
        kind = {int: "a whole number", float: "a number"}.get(type_)  # type: ignore[call-overload]
        wanted = kind or f"a valid {getattr(type_, '__name__', 'value')}"
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}") from None


def _as_text(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, dict | list):
        return json.dumps(raw)
    return str(raw)
