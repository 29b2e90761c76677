"""Running a test as the coordinator of workers."""

import logging
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import gevent

from swarm.core.cli.orders import Orders
from swarm.core.cli.processes import WorkerProcesses, process_count
from swarm.core.cli.secret import SECRET_VARIABLE, address_for_here, address_for_others, is_loopback
from swarm.core.config import Options, format_timespan
from swarm.core.exception import RunnerError
from swarm.core.rpc import Security

if TYPE_CHECKING:
    from swarm.core.env import Environment
    from swarm.core.runners import MasterRunner

logger = logging.getLogger("swarm.main")

DEFAULT_PORT = 5557
"""Where workers look for a coordinator unless they are told."""

PATIENCE = 10.0
"""Seconds that worker processes get to end by themselves, once their run is over."""
PROGRESS_INTERVAL = 10.0
"""Seconds between two lines that say which workers are still missing."""
_LOOK_INTERVAL = 0.05


class Coordinator:
    """Makes the runner of a coordinator and gets its workers together.

    Args:
        options: The options of this process.
        arguments: Its command line, which worker processes are given too.
        given: What the user says about who may take part; None if nothing.
        test_files: Returns the test files for workers that ask for them.
    """

    def __init__(
        self,
        options: Options,
        arguments: Sequence[str],
        given: Security | None,
        test_files: Callable[[], Sequence[Any]],
    ) -> None:
        self.options = options
        self.arguments = arguments
        self.given = given
        self.test_files = test_files
        self._runner: MasterRunner | None = None

    @property
    def runner(self) -> "MasterRunner":
        """The runner that was created."""
        if self._runner is None:
            raise RunnerError("The coordinator has no runner yet")
        return self._runner

    def create_runner(
        self, environment: "Environment", plugins: Mapping[str, str]
    ) -> "MasterRunner":
        """Create the runner and tell how workers join.

        Raises:
            RunnerError: If the address cannot be listened at.
        """
        host = self.options.master_bind_host
        security = self._security(host)
        # Test files are only sent where it is certain, or given up, who receives them.
        sends_files = security.is_secure or self.options.insecure
        runner = environment.create_master_runner(
            host,
            self._port(),
            security=security,
            test_files=self.test_files if sends_files else None,
            plugins=plugins,
        )
        self._runner = runner
        if self.options.master or not is_loopback(host):
            self._tell_how_to_join(runner.port, security)
        return runner

    @contextmanager
    def workers(self) -> Iterator[None]:
        """Start the worker processes that are wanted, and see to it that they end."""
        if self.options.processes is None:
            yield
            return
        runner = self.runner
        host = address_for_here(self.options.master_bind_host)
        orders = Orders(host=host, port=runner.port, secret=runner.security.secret or None)
        number = process_count(self.options.processes)
        with WorkerProcesses(self.arguments, number, orders) as processes:
            logger.info("Worker processes started: %d", number)
            watch = gevent.spawn(processes.watch, self._deserted)
            try:
                yield
                # Those that have joined are told to end. Without a run, some may not have.
                processes.patience = PATIENCE if runner.start_time is not None else 0.0
            finally:
                watch.kill()

    def wait_for_workers(self) -> None:
        """Wait until as many workers have joined as are expected, or the runner quits.

        Raises:
            RunnerError: If they take longer than --expect-workers-max-wait.
        """
        runner, expected = self.runner, self._expected()
        limit = self.options.expect_workers_max_wait
        began = told = time.monotonic()
        if runner.worker_count < expected:
            logger.info("Waiting for workers to join: %d of %d", runner.worker_count, expected)
        while runner.worker_count < expected and not runner.closed:
            now = time.monotonic()
            if limit and now - began > limit:
                raise RunnerError(
                    f"Only {runner.worker_count} of {expected} workers joined within "
                    f"{format_timespan(limit)}",
                    hint="Do they reach this coordinator, and do they have its secret?",
                )
            if now - told > PROGRESS_INTERVAL:
                told = now
                logger.info("Waiting for workers to join: %d of %d", runner.worker_count, expected)
            gevent.sleep(_LOOK_INTERVAL)
        if not runner.closed:
            logger.info("Workers that have joined: %d", runner.worker_count)

    def _expected(self) -> int:
        if self.options.expect_workers is not None:
            return int(self.options.expect_workers)
        return process_count(self.options.processes) if self.options.processes else 1

    def _port(self) -> int:
        if self.options.master_bind_port is not None:
            return int(self.options.master_bind_port)
        # Only our own children join: two such tests on one machine need not collide.
        return DEFAULT_PORT if self.options.master else 0

    def _security(self, host: str) -> Security:
        if self.given is not None:
            return self.given
        if self.options.processes is None and is_loopback(host):
            return Security.insecure()
        return Security.generate()

    def _tell_how_to_join(self, port: int, security: Security) -> None:
        """Print the command for workers. Not logged: a secret has no place in a log file."""
        who, files = "Workers", "-"
        if security.is_secure and self.given is not None:
            who = "Workers that have the same secret"
        elif not security.is_secure and not self.options.insecure:
            # Without a secret nobody runs what comes over the network.
            who = "Workers on this machine"
            files = ",".join(self.options.swarmfile or ())
        command = ["swarm", "--worker", *(["-f", files] if files else [])]
        command += ["--master-host", address_for_others(self.options.master_bind_host)]
        command += ["--master-port", str(port)]
        if self.options.insecure:
            command.append("--insecure")
        text = shlex.join(command)
        if security.is_secure and self.given is None:
            text = f"{SECRET_VARIABLE}={shlex.quote(security.secret)} {text}"
        sys.stderr.write(f"{who} join with:\n\n  {text}\n\n")
        sys.stderr.flush()

    def _deserted(self) -> None:
        if not self.runner.closed and not self.runner.worker_count:
            self.runner.fail("All worker processes have ended, so nobody can run the users")
