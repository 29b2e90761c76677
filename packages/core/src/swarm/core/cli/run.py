"""A headless run: from an environment that is ready to the exit code."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

import gevent

from swarm.core.cli.exit import leave
from swarm.core.cli.idle import watch_for_idleness
from swarm.core.cli.keyboard import Keyboard
from swarm.core.cli.keys import user_keys
from swarm.core.cli.signals import EndSignals
from swarm.core.config import format_timespan
from swarm.core.exception import ExitCode
from swarm.core.reporting import ReporterLoop
from swarm.core.user import check_has_tasks

if TYPE_CHECKING:
    from swarm.core.cli.coordinate import Coordinator
    from swarm.core.env import Environment
    from swarm.core.plugins import PluginSet
    from swarm.core.rpc import Security
    from swarm.core.runners import Runner

logger = logging.getLogger("swarm.main")


def run_headless(
    environment: "Environment", plugins: "PluginSet", coordinator: "Coordinator | None" = None
) -> int:
    """Run the test until its end, whoever or whatever brings that about.

    Args:
        environment: The run, complete but for its runner.
        plugins: They attach to it and report on it.
        coordinator: If other processes are to run the users: gets them together.

    Returns:
        The exit code.

    Raises:
        SwarmError: If the run could not start.
    """
    with ExitStack() as undo:
        undo.callback(plugins.attach(environment))
        for user_class in environment.run_classes():  # complain before anything is written
            check_has_tasks(user_class)
        runner = (
            environment.create_local_runner()
            if coordinator is None
            else coordinator.create_runner(environment, plugins.versions())
        )
        undo.callback(runner.quit)
        reporters = plugins.reporters(environment)
        environment.events.init.fire(environment=environment, runner=runner, web_ui=None)
        with _ended_by_signals(runner, user_keys(runner)):
            if coordinator is not None:
                undo.enter_context(coordinator.workers())
                undo.callback(runner.quit)  # first: it tells them to end
                coordinator.wait_for_workers()
            if runner.closed and environment.process_exit_code is None:
                return ExitCode.INTERRUPTED
            loop = ReporterLoop(runner.view(), reporters)
            if not runner.closed:
                _run(environment, runner, loop)
            on_error = environment.parsed_options.exit_code_on_error
            return leave(environment, on_error, unfinished=loop.unfinished)


def run_worker(environment: "Environment", plugins: "PluginSet", security: "Security") -> int:
    """Run users as a coordinator says, until it is done with us.

    Args:
        environment: The run, complete but for its runner.
        plugins: They attach to it. Reporting is the coordinator's affair.
        security: How worker and coordinator recognise one another.

    Returns:
        The exit code. What failed in the test is in that of the coordinator.
    """
    options = environment.parsed_options
    with ExitStack() as undo:
        undo.callback(plugins.attach(environment))
        runner = environment.create_worker_runner(
            options.master_host, options.master_port, security=security, plugins=plugins.versions()
        )
        undo.callback(runner.quit)
        logger.info("Joining %s:%d as a worker", options.master_host, options.master_port)
        environment.events.init.fire(environment=environment, runner=runner, web_ui=None)
        with _ended_by_signals(runner):
            runner.greenlet.join()
        return leave(environment, on_error=ExitCode.OK)


def _run(environment: "Environment", runner: "Runner", loop: ReporterLoop) -> None:
    with loop:
        logger.info("Starting swarm %s", version("swarm-core"))
        with _ended_in_time(runner, _run_time(environment)):
            _start(environment, runner)
            watch = gevent.spawn(watch_for_idleness, runner)
            try:
                runner.greenlet.join()
            finally:
                watch.kill()


def _start(environment: "Environment", runner: "Runner") -> None:
    options = environment.parsed_options
    if environment.shape_class is not None:
        runner.start_shape()
    else:
        runner.start(options.users, options.spawn_rate)


def _run_time(environment: "Environment") -> float | None:
    """Return after how many seconds to end the test; None leaves that to others."""
    shape = environment.shape_class
    if shape is not None and not shape.use_common_options:
        return None
    limit: float | None = environment.parsed_options.run_time
    return limit


@contextmanager
def _ended_by_signals(
    runner: "Runner", keys: Mapping[str, Callable[[], None]] | None = None
) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM end the run in order, and keys change its load."""
    keyboard = Keyboard(keys or {})
    with EndSignals(keyboard.restore) as end:

        def wait_for_signal() -> None:
            end.requested.wait()
            logger.info("Got %s, ending the test (again to end at once)", end.name)
            runner.quit()

        watcher = gevent.spawn(wait_for_signal)
        if keys:
            keyboard.start()
        if keys and keyboard.usable:
            logger.info("Press ? to see the keys that change the load")
        try:
            yield
        finally:
            keyboard.stop()
            watcher.kill()


@contextmanager
def _ended_in_time(runner: "Runner", limit: float | None) -> Iterator[None]:
    """End the run after `limit` seconds, counted from now: the ramp is part of them."""
    if limit is None:
        if runner.environment.shape_class is None:
            logger.info("No run time limit set, use CTRL+C to interrupt")
        yield
        return
    shown = format_timespan(limit)
    logger.info("Run time limit set to %s", shown)

    started = time.monotonic()

    def end_in_time() -> None:
        # Not `spawn_later`: its time begins when the event loop last looked at the clock,
        # which after all the imports was long ago.
        while (remaining := started + limit - time.monotonic()) > 0:
            gevent.sleep(remaining)
        logger.info("The run time limit of %s is reached, ending the test", shown)
        runner.quit()

    timer = gevent.spawn(end_in_time)
    try:
        yield
    finally:
        timer.kill()
