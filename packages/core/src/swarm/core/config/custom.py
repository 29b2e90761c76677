"""What a test file or plugin may say of an argument that it adds."""

import argparse
from collections.abc import Callable
from typing import Any

from swarm.core.config.action import Collect, SetBoolean
from swarm.core.config.option import Option
from swarm.core.config.values import boolean, whole_number


def custom_option(
    flags: tuple[str, ...], keywords: dict[str, Any]
) -> tuple[Callable[[argparse.Action], Option], dict[str, Any]]:
    """Divide the keyword arguments of `add_argument` into swarm's and argparse's.

    Returns:
        What makes the Option once argparse has made its action, and argparse's part.
    """
    usual = dict(keywords)
    env = usual.pop("env_var", None)
    in_web_ui = usual.pop("include_in_web_ui", True)
    secret = usual.pop("is_secret", False)
    required = usual.pop("is_required", False)
    multiple = usual.pop("is_multiple", False)
    # argparse sees only the command line, but the value may come from elsewhere.
    demanded = usual.pop("required", False)
    if "action" not in usual:
        usual |= _action_for(usual, multiple=multiple)
    usual["help"] = _help(usual, env, secret=secret)

    def make(argument: argparse.Action) -> Option:
        kind = _kind(argument)
        return Option(
            flags=flags,
            dest=argument.dest,
            help=str(keywords.get("help") or ""),
            default=argument.default,
            choices=tuple(argument.choices) if argument.choices is not None else None,
            metavar=argument.metavar if isinstance(argument.metavar, str) else None,
            env=env,
            in_web_ui=in_web_ui and argument.help != argparse.SUPPRESS,
            secret=secret,
            required=required,
            demanded=demanded,
            custom=True,
            **kind,
        )

    return make, usual


def _action_for(keywords: dict[str, Any], *, multiple: bool) -> dict[str, Any]:
    if isinstance(keywords.get("default"), bool) and "type" not in keywords:
        return {"action": SetBoolean, "type": boolean}
    if multiple:
        return {"action": Collect, "nargs": keywords.get("nargs", "+")}
    if keywords.get("nargs") in {"*", "+"}:
        return {"action": Collect}
    return {}


def _kind(argument: argparse.Action) -> dict[str, Any]:
    """Return how a value is read from a file, given what argparse will do with it."""
    kind: dict[str, Any] = {"type": argument.type, "nargs": argument.nargs}
    if isinstance(argument, argparse._CountAction):  # noqa: SLF001 - argparse has no public name
        return {"type": whole_number}
    if isinstance(argument, SetBoolean) or argument.nargs == 0:
        return {"is_flag": True}
    if isinstance(argument, argparse._AppendAction):  # noqa: SLF001 - argparse has no public name
        kind["nargs"] = "+"
    return kind


def _help(keywords: dict[str, Any], env: str | None, *, secret: bool) -> str:
    """Return the help with the default and the environment variable added."""
    text = str(keywords.get("help") or "")
    if text == argparse.SUPPRESS:
        return text
    notes = []
    default = keywords.get("default")
    shown = not secret and default not in (None, "", False, [], argparse.SUPPRESS)
    if shown and "default" not in text.lower():
        words = ", ".join(map(str, default)) if isinstance(default, list) else str(default)
        notes.append(f"default: {words}".replace("%", "%%"))
    if env:
        notes.append(f"env: {env}")
    return " ".join(filter(None, [text, f"({'; '.join(notes)})" if notes else ""]))
