"""Worker processes on this machine: started anew, and none is left behind."""

import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import gevent

from swarm.core.cli.orders import Orders
from swarm.core.config.values import ONE_PER_CORE

logger = logging.getLogger("swarm.main")

LAST_PATIENCE = 5.0
"""Seconds between asking a worker to end and killing it."""
_LOOK_INTERVAL = 0.05


def process_count(wanted: int) -> int:
    """Return how many workers `--processes` means: -1 is one for each core we may use."""
    if wanted != ONE_PER_CORE:
        return wanted
    if hasattr(os, "sched_getaffinity"):  # containers and taskset take cores away
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkerProcesses:
    """Starts workers. Leaving the block ends them, however the block ended.

    Args:
        arguments: The command line of this process, which is theirs too.
        count: How many.
        orders: Where they join.
    """

    def __init__(self, arguments: Sequence[str], count: int, orders: Orders) -> None:
        self.patience = 0.0
        """Seconds that they get to end by themselves when the block is left."""
        self._arguments = list(arguments)
        self._count = count
        self._orders = orders
        self._processes: list[subprocess.Popen[bytes]] = []
        self._pipes: list[int] = []

    def __enter__(self) -> Self:
        try:
            for _ in range(self._count):
                self._start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        try:
            self.end(self.patience)
        finally:
            self.kill()

    @property
    def alive(self) -> int:
        """How many of them have not ended."""
        return sum(process.poll() is None for process in self._processes)

    @property
    def exit_code(self) -> int:
        """The first exit code of theirs that tells of a failure; 0 if none does."""
        codes = (process.poll() for process in self._processes)
        # A process that was killed by a signal has its negative number; shells add 128.
        return next((code if code > 0 else 128 - code for code in codes if code), 0)

    def watch(self, ended: Callable[[], None] = lambda: None) -> None:
        """Say which ones end, and call `ended` once all have. Returns after that."""
        running = dict(enumerate(self._processes, 1))
        while running:
            gevent.sleep(_LOOK_INTERVAL)
            for number, process in list(running.items()):
                if process.poll() is None:
                    continue
                del running[number]
                if process.returncode:
                    logger.error(
                        "Worker process %d (pid %d) has ended with exit code %d",
                        number,
                        process.pid,
                        process.returncode,
                    )
        ended()

    def terminate(self) -> None:
        """Ask all of them to end in order."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()

    def end(self, patience: float) -> None:
        """Wait until they have ended; ask those that do not, and kill those that will not.

        Args:
            patience: Seconds that they get to end by themselves.
        """
        if not self._all_ended(patience):
            if patience:
                logger.warning("Worker processes that do not end: %d. Ending them", self.alive)
            self.terminate()
            self._all_ended(LAST_PATIENCE)

    def kill(self) -> None:
        """End those that are left, at once."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        self._all_ended(LAST_PATIENCE)
        for pipe in self._pipes:
            os.close(pipe)
        self._pipes.clear()

    def _start(self) -> None:
        ours, theirs = os.pipe()[::-1]
        self._pipes.append(ours)
        # -P: a file swarm.py in this directory must not pass for the package.
        command = [sys.executable, "-P", "-m", "swarm.core.cli.child", str(theirs)]
        try:
            self._processes.append(
                subprocess.Popen(  # noqa: S603 - ourselves
                    [*command, *self._arguments], stdin=subprocess.DEVNULL, pass_fds=[theirs]
                )
            )
        finally:
            os.close(theirs)
        os.write(ours, self._orders.to_line())

    def _all_ended(self, patience: float) -> bool:
        # Looking again and again: gevent's `wait` may sleep through the end of a process
        # when nothing else goes on in the event loop.
        deadline = time.monotonic() + patience
        while self.alive:
            if time.monotonic() > deadline:
                return False
            gevent.sleep(_LOOK_INTERVAL)
        return True
