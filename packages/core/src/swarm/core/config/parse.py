"""From all sources to the options of a run, in two phases.

Which options there are is only known once the test files and plugins are loaded, and
which of these to load is itself an option. So the first phase, `early_options`, reads
what the core knows and passes over the rest; the second, `parse_options`, reads
everything and insists on sense.
"""

import argparse
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from swarm.core.config.check import check_contradictions
from swarm.core.config.namespace import Options
from swarm.core.config.option import Option
from swarm.core.config.parser import Parser
from swarm.core.config.source import Setting, environment_settings, file_settings
from swarm.core.config.users import load_config_users
from swarm.core.event import Events
from swarm.core.exception import ConfigError
from swarm.core.text import did_you_mean

logger = logging.getLogger("swarm.main")


@runtime_checkable
class AddsOptions(Protocol):
    """The part of a plugin that matters here."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Call `parser.add_argument`."""
        ...


def build_parser(events: Events | None = None, plugins: Iterable[object] = ()) -> Parser:
    """Return a parser with the options of the core, the plugins and the test files.

    Args:
        events: Their `init_command_line_parser` is fired with the parser.
        plugins: Those among them that have `add_options(parser)` are asked.

    Raises:
        ConfigError: If a custom argument conflicts with another option, or a listener fails.
    """
    parser = Parser()
    for plugin in plugins:
        if isinstance(plugin, AddsOptions):
            plugin.add_options(parser)
    failures = 0
    if events is not None:
        before = events.init_command_line_parser.failures
        events.init_command_line_parser.fire(parser=parser)
        failures = events.init_command_line_parser.failures - before
    if parser.problems:
        raise ConfigError(parser.problems[0], hint="Rename it where add_argument is called for it.")
    if failures:
        raise ConfigError(
            "A listener of init_command_line_parser failed, so its arguments are missing",
            hint="The log above says where.",
        )
    return parser


def early_options(
    arguments: Sequence[str], *, environ: Mapping[str, str], directory: Path | None = None
) -> Options:
    """Return what is known before test files and plugins are loaded.

    Args:
        arguments: The command line without the program's name.
        environ: The environment variables.
        directory: Where the project lies; by default the current directory.

    Raises:
        ConfigError: If a value or a file makes no sense. Unknown options are passed over.
    """
    return _parse(Parser(), arguments, environ, directory or Path.cwd(), strict=False)


def parse_options(
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str],
    directory: Path | None = None,
    parser: Parser | None = None,
) -> Options:
    """Return the options of a run.

    Each of these overrules the ones before it: `./pyproject.toml` [tool.swarm],
    `./swarm.toml`, `~/.swarm.conf`, `./swarm.conf`, the file that `--config` names, the
    environment, the arguments.

    Args:
        arguments: The command line without the program's name.
        environ: The environment variables.
        directory: Where the project lies; by default the current directory.
        parser: From `build_parser`, if there may be custom arguments.

    Raises:
        ConfigError: If anything is unknown, makes no sense or contradicts itself.
    """
    where = directory or Path.cwd()
    options = _parse(parser or Parser(), arguments, environ, where, strict=True)
    if not options.help and not options.version:
        check_contradictions(options)
        if options.config_users is not None:
            options.config_users = load_config_users(options.config_users, where)
    return options


def default_options(**values: Any) -> Options:
    """Return options for use as a library, where there is no command line.

    Args:
        values: Options that are to differ from their default.

    Raises:
        ConfigError: If there is no such option.
    """
    parser = Parser()
    defaults = parser.defaults()
    for name in values:
        if name not in defaults:
            raise ConfigError(f"There is no option {name}", hint=did_you_mean(name, defaults))
    return Options(secrets=parser.secrets(), **(defaults | values))


def _parse(
    parser: Parser,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    directory: Path,
    *,
    strict: bool,
) -> Options:
    # Twice, because the command line is the strongest source but names one of the others.
    first = Options(**parser.defaults())
    parser.read_arguments(arguments, first, strict=strict)
    options = Options(secrets=parser.secrets(), **parser.defaults())
    if not first.help and not first.version:
        _read_sources(parser, options, first.config, environ, directory, strict=strict)
    parser.read_arguments(arguments, options, strict=strict)
    if strict and not options.help and not options.version:
        _check_demanded(parser, options)
    return options


def _read_sources(
    parser: Parser,
    options: Options,
    config: str | None,
    environ: Mapping[str, str],
    directory: Path,
    *,
    strict: bool,
) -> None:
    from_environment = list(environment_settings(parser.known.values(), environ))
    if config is None:
        config = next((s.raw for o, s in from_environment if o.dest == "config"), None)
    home = environ.get("HOME") or environ.get("USERPROFILE")
    by_key = {key: option for option in parser.known.values() for key in option.keys}
    files = file_settings(directory, Path(home) if home else None, Path(config) if config else None)
    for setting in files:
        option = by_key.get(setting.key.replace("_", "-")) or by_key.get(setting.key)
        if option is not None:
            _set(parser, options, option, setting)
        elif strict:
            _unknown_key(parser, setting, by_key)
    for option, setting in from_environment:
        _set(parser, options, option, setting)


def _set(parser: Parser, options: Options, option: Option, setting: Setting) -> None:
    try:
        value = parser.value(option, setting.raw)
    except argparse.ArgumentTypeError as error:
        reason = "the value is not accepted" if option.secret else str(error)
        what = "" if setting.key == option.env else f"{setting.key}: "
        origin = setting.origin[:1].upper() + setting.origin[1:] if not what else setting.origin
        raise ConfigError(f"{origin}: {what}{reason}") from None
    setattr(options, option.dest, value)


def _unknown_key(parser: Parser, setting: Setting, by_key: Mapping[str, Option]) -> None:
    key = setting.key.replace("_", "-")
    if f"--{key}" in (flag for option in parser.known.values() for flag in option.flags):
        raise ConfigError(
            f"{setting.origin}: {setting.key} cannot be set in a file",
            hint=f"Give --{key} on the command line.",
        )
    suggestion = did_you_mean(key, by_key)
    message = f"{setting.origin}: there is no option {setting.key}"
    if setting.is_shared:
        logger.warning("%s. It is passed over. %s", message, suggestion)
        return
    raise ConfigError(message, hint=suggestion or "swarm --help lists all options.")


def _check_demanded(parser: Parser, options: Options) -> None:
    for name, option in parser.known.items():
        if option.demanded and getattr(options, name, None) is None:
            elsewhere = f" or the environment variable {option.env}" if option.env else ""
            raise ConfigError(
                f"The option {option.title} is required", hint=f"Give it a value{elsewhere}."
            )
