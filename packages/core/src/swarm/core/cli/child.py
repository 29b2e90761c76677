"""The door of a worker process that `--processes` has started.

It must not outlive the process that has started it, whatever ends that: the system is
told to kill it then, and where the system knows no such thing, the end of the pipe that
the orders came through tells it.
"""

import ctypes
import os
import signal
import sys

import gevent
from gevent.socket import wait_read

from swarm.core.cli import command
from swarm.core.cli.orders import Orders
from swarm.core.exception import ExitCode

_PR_SET_PDEATHSIG = 1
_CHUNK = 4096


def main() -> int:
    """Run a worker with the parent's arguments; the first argument is the pipe's descriptor."""
    pipe = int(sys.argv[1])
    arguments = sys.argv[2:]
    sys.argv = ["swarm", *arguments]
    _die_with_parent()
    # Ctrl-C in a terminal reaches all processes. The parent ends its workers in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders = Orders.from_line(_read_line(pipe))
    if os.getppid() != orders.parent:  # it has died before we could ask to die with it
        return ExitCode.RUNTIME
    gevent.spawn(_end_with_pipe, pipe)
    return command.main(arguments, orders)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _read_line(pipe: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(pipe, _CHUNK)
        if not part:
            os._exit(ExitCode.RUNTIME)  # nobody is left to be told anything
        line += part
    return line


def _end_with_pipe(pipe: int) -> None:
    wait_read(pipe)
    os._exit(ExitCode.RUNTIME)


if __name__ == "__main__":
    sys.exit(main())
