"""From arguments to a run that is ready, in the one order that works.

gevent's patch is in place already (importing `swarm.core` applies it). Then come the
prepare hooks of the selected plugins and the plugins themselves, then the test files,
and only then is it known which options there are.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from swarm.__main__ import version_line
from swarm.core.cli import listing
from swarm.core.cli.commands import BUILT_IN
from swarm.core.cli.directory import working_directory
from swarm.core.cli.help import help_text
from swarm.core.cli.limits import raise_open_files_limit
from swarm.core.cli.orders import Orders
from swarm.core.cli.run import run_headless, run_worker
from swarm.core.cli.testfiles import LoadedTests, load_test_files, select_user_classes
from swarm.core.cli.work import run_worker_processes
from swarm.core.config import Options, build_parser, early_options, parse_options
from swarm.core.config.check import FETCHED, check_contradictions
from swarm.core.env import Environment
from swarm.core.event import events
from swarm.core.exception import ConfigError, ExitCode, SwarmError, TestFileError
from swarm.core.log import log_greenlet_errors, setup_logging, silence_logging
from swarm.core.plugins import Command, PluginSet, load, select
from swarm.core.text import did_you_mean

if TYPE_CHECKING:
    from swarm.core.cli.coordinate import Coordinator
    from swarm.core.rpc import Security

logger = logging.getLogger("swarm.main")


def boot(arguments: Sequence[str], orders: Orders | None = None) -> int:
    """Do what the arguments ask for, which is most often to run a test.

    Args:
        arguments: The command line without the program's name.
        orders: If this is a worker that `--processes` has started: where it joins.

    Returns:
        The exit code.

    Raises:
        SwarmError: If anything is wrong with the options, plugins or test files.
    """
    directory = working_directory()
    plugins = load(select(arguments, os.environ, directory))
    commands = plugins.commands(taken=BUILT_IN)
    if arguments and arguments[0] in commands:
        return commands[arguments[0]].run(arguments[1:])
    early = early_options(arguments, environ=os.environ, directory=directory)
    _set_up_logging(early)
    if orders is not None and orders.host is not None and early.loglevel == "INFO":
        # The coordinator that has started this worker tells the story for both.
        logging.getLogger("swarm").setLevel(logging.WARNING)
    for warning in plugins.warnings():
        logger.warning(warning)
    if early.version:
        print(version_line())
        return ExitCode.OK
    if early.help:
        return _print_help(early, directory, plugins, commands)
    return _boot_test(arguments, orders, early, plugins, commands)


def _boot_test(
    arguments: Sequence[str],
    orders: Orders | None,
    early: Options,
    plugins: PluginSet,
    commands: Mapping[str, Command],
) -> int:
    directory = working_directory()
    check_contradictions(early)
    if orders is not None:
        orders.apply(early)
    if early.worker and early.processes is not None:
        return run_worker_processes(arguments, early.processes)
    given = _given_security(early, orders, directory)
    try:
        tests = _load(early, given, directory, plugins)
    except TestFileError:
        _refuse_unknown_command(arguments, commands, early)
        raise
    options = parse_options(
        arguments,
        environ=os.environ,
        directory=directory,
        parser=build_parser(events, [plugins]),
    )
    if orders is not None:
        orders.apply(options)
    environment = _environment(options, tests, [*BUILT_IN, *commands])
    if _print_listing(options, tests, environment):
        return ExitCode.OK
    raise_open_files_limit()
    if options.worker:
        from swarm.core.cli.secret import worker_security  # noqa: PLC0415 - only distributed tests load ZeroMQ

        return run_worker(environment, plugins, worker_security(options, given))
    _require_headless(options)
    _settle_load(options, environment)
    return run_headless(environment, plugins, _coordinator(arguments, options, given, tests))


def _coordinator(
    arguments: Sequence[str], options: Options, given: "Security | None", tests: LoadedTests
) -> "Coordinator | None":
    """Return what gets workers together; None if the test runs in this process alone."""
    if not options.master and options.processes is None:
        return None
    from swarm.core.cli.coordinate import Coordinator  # noqa: PLC0415 - only distributed tests load ZeroMQ
    from swarm.core.cli.sharing import pack  # noqa: PLC0415 - as above

    share = partial(pack, tests.located, options.swarmfile or (), working_directory())
    return Coordinator(options, arguments, given, share)


def _given_security(options: Options, orders: Orders | None, directory: Path) -> "Security | None":
    """Return what is said about who may take part, where that matters at all."""
    if not (options.master or options.worker or options.processes is not None):
        return None
    from swarm.core.cli.secret import given_security  # noqa: PLC0415 - only distributed tests load ZeroMQ
    from swarm.core.rpc import Security  # noqa: PLC0415 - as above

    if orders is not None and orders.secret is not None:
        return Security.from_secret(orders.secret)
    return given_security(options, os.environ, directory)


def _load(
    options: Options, given: "Security | None", directory: Path, plugins: PluginSet
) -> LoadedTests:
    names: Sequence[str] | None = options.swarmfile
    if options.worker and names == [FETCHED]:
        from swarm.core.cli.sharing import fetch  # noqa: PLC0415 - only distributed tests load ZeroMQ

        directory, names = fetch(options, given)
    return load_test_files(names, directory, [plugins.collect_users])


def _set_up_logging(options: Options) -> None:
    if options.skip_log_setup:
        log_greenlet_errors()
    elif options.skip_log:
        silence_logging()
    else:
        setup_logging(options.loglevel, options.logfile)


def _print_help(
    early: Options, directory: Path, plugins: PluginSet, commands: Mapping[str, Command]
) -> int:
    """Print the help, with the options of the test files if there are any to be had."""
    try:
        load_test_files(early.swarmfile, directory, [plugins.collect_users])
    except SwarmError:
        if early.swarmfile:  # someone who names a file wants to see its options
            raise
    print(help_text(build_parser(events, [plugins]), {**BUILT_IN, **commands}), end="")
    return ExitCode.OK


def _refuse_unknown_command(
    arguments: Sequence[str], commands: Mapping[str, Command], early: Options
) -> None:
    """Complain about a word that can only have been meant as a command.

    Where there is no test file, nobody can mean one of its user classes.

    Raises:
        ConfigError: If that is the case.
    """
    word = arguments[0] if arguments else ""
    if word and not word.startswith("-") and not early.swarmfile:
        raise _unknown_word(word, [], [*BUILT_IN, *commands])


def _unknown_word(word: str, classes: Sequence[str], commands: Sequence[str]) -> ConfigError:
    there_are = [f"The commands are {', '.join(commands)}."]
    if classes:
        there_are.insert(0, f"The user classes are {', '.join(classes)}.")
    return ConfigError(
        f"{word} is neither a user class of this test nor a command",
        hint=did_you_mean(word, [*classes, *commands]) or " ".join(there_are),
    )


def _environment(options: Options, tests: LoadedTests, commands: Sequence[str]) -> Environment:
    for name in options.user_classes:
        if name not in tests.user_classes:
            raise _unknown_word(name, list(tests.user_classes), commands)
    names = [path.name for path in tests.files]
    environment = Environment(
        user_classes=select_user_classes(tests.user_classes, options.user_classes),
        shape_class=tests.shape_class,
        swarmfile=",".join(names),
        parsed_swarmfiles=names,
        events=events,
        host=options.host,
        reset_stats=options.reset_stats,
        stop_timeout=options.stop_timeout,
        parsed_options=options,
        available_user_classes=tests.user_classes,
        available_shape_classes=(
            {tests.shape_class.__name__: tests.shape_class} if tests.shape_class else {}
        ),
        profile=options.profile,
    )
    if options.config_users:
        environment.config_users(options.config_users)
    if options.equal_weights:
        environment.assign_equal_weights()
    return environment


def _print_listing(options: Options, tests: LoadedTests, environment: Environment) -> bool:
    """Print what was asked for in place of a run; return whether anything was."""
    if options.list_users:
        print("\n".join(tests.user_classes))
    elif options.show_task_ratio:
        ratios = listing.ratios(environment.run_classes(), options.users)
        print("\n".join(listing.ratio_table(ratios)))
    elif options.show_task_ratio_json:
        print(listing.ratio_json(listing.ratios(environment.run_classes(), options.users)))
    else:
        return False
    return True


def _require_headless(options: Options) -> None:
    if not options.headless:
        raise ConfigError(
            "The web interface comes with a later version of swarm-core",
            hint="Run the test without it: add --headless (or headless = true in swarm.conf).",
        )


def _settle_load(options: Options, environment: Environment) -> None:
    """Fill in the smallest load, unless a load shape decides."""
    if environment.shape_class is None:
        options.users = 1 if options.users is None else options.users
        options.spawn_rate = 1.0 if options.spawn_rate is None else options.spawn_rate
