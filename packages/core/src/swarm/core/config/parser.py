"""The parser of the command line, which plugins and test files can add arguments to."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from swarm.core.config import action as actions
from swarm.core.config.catalogue import EXAMPLES, GROUPS, core_options
from swarm.core.config.custom import custom_option
from swarm.core.config.help import HelpFormatter
from swarm.core.config.option import Option, UIField
from swarm.core.exception import ConfigError
from swarm.core.text import did_you_mean

_ANY_HELP = "swarm --help lists all options."


class Parser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` with swarm's options, whose errors are ConfigErrors.

    `add_argument` of the parser and of its groups takes these keyword arguments besides
    the usual ones:

    - `env_var`: environment variable that sets the argument,
    - `include_in_web_ui` (True): whether the form of the web UI shows it,
    - `is_secret` (False): whether its value is never shown,
    - `is_required` (False): whether the form insists on a value,
    - `is_multiple` (False): whether it takes several values.

    With a default of True or False and no action, `--x` sets, `--no-x` unsets and
    `--x false` works as well.

    Example:
        @events.init_command_line_parser.add_listener
        def add_arguments(parser, **kwargs):
            parser.add_argument("--env", choices=["dev", "prod"], default="dev", help="Where to")
    """

    def __init__(self) -> None:
        super().__init__(
            prog="swarm",
            usage="swarm [options] [UserClass ...]",
            formatter_class=HelpFormatter,
            epilog=EXAMPLES,
            add_help=False,
            allow_abbrev=False,
            exit_on_error=False,
        )
        self.known: dict[str, Option] = {}
        """All options by the name of their attribute."""
        self.problems: list[str] = []
        """What is wrong with custom arguments; one sentence each."""
        self._argument_of: dict[str, argparse.Action] = {}
        self._core_names = frozenset(option.dest for option in core_options())
        self._add_core()

    def add_argument(self, *flags: str, **keywords: Any) -> argparse.Action:
        """Add a custom argument; see the class for the additional keyword arguments."""
        return self._add_custom(super().add_argument, flags, keywords)

    def add_argument_group(self, *args: Any, **kwargs: Any) -> "ArgumentGroup":
        """Add a group with a headline of its own."""
        group = ArgumentGroup(self, *args, **kwargs)
        self._action_groups.append(group)
        return group

    def add_mutually_exclusive_group(self, *, required: bool = False) -> "ExclusiveGroup":
        """Add a group of arguments of which only one may be given."""
        group = ExclusiveGroup(self, required=required)
        self._mutually_exclusive_groups.append(group)
        return group

    def ui_fields(self) -> list[UIField]:
        """Return what the form of the web UI shows, the core's own options first."""
        return [
            option.with_default(self._argument_of[name].default).ui_field()
            for name, option in self.known.items()
            if option.in_web_ui
        ]

    def defaults(self) -> dict[str, Any]:
        """Return the values that hold when nobody says anything."""
        values = {
            name: argument.default
            for name, argument in self._argument_of.items()
            if argument.default is not argparse.SUPPRESS
        }
        # argparse would call the type of a positional argument's default, and lists are
        # mutable: every parse gets its own.
        return {
            name: list(value) if isinstance(value, list) else value
            for name, value in ({"user_classes": []} | values).items()
        }

    def value(self, option: Option, raw: Any) -> Any:
        """Return the value of `option` that a file or the environment gives as `raw`.

        Raises:
            argparse.ArgumentTypeError: If it is not acceptable.
        """
        value = option.read(raw)
        argument = self._argument_of[option.dest]
        if isinstance(argument, argparse._StoreConstAction):  # noqa: SLF001 - there is no public name
            return argument.const if value else argument.default
        return value

    def secrets(self) -> frozenset[str]:
        """Return the names of the options whose values must not be shown."""
        return frozenset(name for name, option in self.known.items() if option.secret)

    def read_arguments(
        self, arguments: Sequence[str], namespace: argparse.Namespace, *, strict: bool
    ) -> None:
        """Set on `namespace` what the command line says.

        Args:
            arguments: The command line without the program's name.
            namespace: Has a value for every option already.
            strict: Whether unknown options are errors; else they are passed over.

        Raises:
            ConfigError: If the command line makes no sense.
        """
        before = namespace.user_classes
        del namespace.user_classes
        try:
            _, extras = self.parse_known_args(list(arguments), namespace)
        except argparse.ArgumentError as error:
            raise self._wrong(error) from None
        vars(namespace).pop(actions.BEGUN, None)
        unknown = [extra for extra in extras if extra.startswith("-") and extra != "--"]
        if unknown and strict:
            raise self._unknown(unknown[0])
        # argparse takes only the first of several runs of positional arguments.
        more = [extra for extra in extras if not extra.startswith("-")]
        namespace.user_classes = [*getattr(namespace, "user_classes", []), *more] or before

    def error(self, message: str) -> NoReturn:
        """Raise what argparse complains about.

        Raises:
            ConfigError: Always.
        """
        raise ConfigError(message[:1].upper() + message[1:], hint=_ANY_HELP)

    def _add_core(self) -> None:
        own_group = self._action_groups.pop()
        for group in GROUPS:
            shown = ArgumentGroup(self, group.title, group.description or None)
            self._action_groups.append(shown)
            for option in group.options:
                self._register(option, shown.add_core(option))
        own_group.title = "Custom arguments"
        self._action_groups.append(own_group)

    def _register(self, option: Option, argument: argparse.Action) -> None:
        self.known.setdefault(option.dest, option)
        self._argument_of.setdefault(option.dest, argument)

    def _add_custom(
        self,
        add: Callable[..., argparse.Action],
        flags: tuple[str, ...],
        keywords: dict[str, Any],
    ) -> argparse.Action:
        """Add an argument, or note what is wrong with it.

        Listeners are isolated from each other, so raising would only be logged. The
        problem is kept instead, and raised by whoever fired the event.
        """
        problem = self._conflict(flags, keywords)
        if problem:
            self.problems.append(problem)
            return argparse.Action(list(flags), keywords.get("dest", ""))
        option, usual = custom_option(flags, keywords)
        argument = add(*flags, **usual)
        self._register(option(argument), argument)
        return argument

    def _conflict(self, flags: tuple[str, ...], keywords: dict[str, Any]) -> str:
        shown = "/".join(flags)
        if not flags or not all(flag.startswith("-") for flag in flags):
            return f"The custom argument {shown or '(without a name)'} must begin with --"
        for flag in flags:
            owner = self._option_string_actions.get(flag)
            if owner is not None and owner.dest in self._core_names:
                return f"The custom argument {shown} conflicts with swarm's own option {flag}"
            if owner is not None:
                return f"The custom argument {shown} is added twice"
        dest = keywords.get("dest") or _dest(flags)
        if dest in self._core_names:
            return (
                f"The custom argument {shown} would be stored as {dest}, which belongs to "
                f"swarm's own {self.known[dest].title}"
            )
        variable = keywords.get("env_var")
        for option in self.known.values():
            if variable and option.env == variable and option.dest != dest:
                return (
                    f"The custom argument {shown} reads the environment variable {variable}, "
                    f"which belongs to {option.title}"
                )
        return ""

    def _wrong(self, error: argparse.ArgumentError) -> ConfigError:
        flag = (error.argument_name or "").split("/")[0]
        argument = self._option_string_actions.get(flag)
        option = self.known.get(argument.dest) if argument else None
        if option is None:
            return ConfigError(str(error), hint=_ANY_HELP)
        if option.secret:
            return ConfigError(f"{option.title}: the value is not accepted")
        return ConfigError(f"{option.title}: {error.message}")

    def _unknown(self, text: str) -> ConfigError:
        flag = text.partition("=")[0]
        candidates = [
            known for known in self._option_string_actions if not known.startswith("--no-")
        ]
        suggestion = did_you_mean(flag, candidates)
        return ConfigError(f"Unknown option {flag}", hint=suggestion or _ANY_HELP)


class ArgumentGroup(argparse._ArgumentGroup):  # noqa: SLF001 - argparse has no public name for it
    """Arguments under a headline of their own."""

    def __init__(self, parser: Parser, *args: Any, **kwargs: Any) -> None:
        super().__init__(parser, *args, **kwargs)
        self._parser = parser

    def add_argument(self, *flags: str, **keywords: Any) -> argparse.Action:
        """Add a custom argument; see `Parser` for the additional keyword arguments."""
        return self._parser._add_custom(super().add_argument, flags, keywords)  # noqa: SLF001 - its group

    def add_core(self, option: Option) -> argparse.Action:
        """Add an option of the core."""
        common: dict[str, Any] = {"help": option.help.replace("%", "%%"), "default": option.default}
        if not option.flags:
            common["default"] = argparse.SUPPRESS
            return super().add_argument(
                option.dest, nargs=option.nargs, metavar=option.metavar, **common
            )
        common["dest"] = option.dest
        if option.is_flag:
            return super().add_argument(*option.flags, action=actions.SetFlag, **common)
        if option.is_list:
            common |= {"action": actions.Collect, "nargs": option.nargs}
        return super().add_argument(
            *option.flags,
            type=option.type or str,
            choices=option.choices,
            metavar=option.metavar,
            **common,
        )


class ExclusiveGroup(argparse._MutuallyExclusiveGroup):  # noqa: SLF001 - no public name
    """Arguments of which only one may be given."""

    def __init__(self, parser: Parser, *, required: bool = False) -> None:
        super().__init__(parser, required=required)
        self._parser = parser

    def add_argument(self, *flags: str, **keywords: Any) -> argparse.Action:
        """Add a custom argument; see `Parser` for the additional keyword arguments."""
        return self._parser._add_custom(super().add_argument, flags, keywords)  # noqa: SLF001 - its group


def _dest(flags: Sequence[str]) -> str:
    long = [flag for flag in flags if flag.startswith("--")]
    return (long or list(flags))[0].lstrip("-").replace("-", "_")
