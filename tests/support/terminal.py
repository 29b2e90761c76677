"""A command on a pseudo terminal of its own, as in a person's terminal window."""

import contextlib
import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from support.command import TIMEOUT, environment


class TerminalWindow:
    """A process whose input, output and controlling terminal is a pseudo terminal."""

    def __init__(self, command: Sequence[str], cwd: Path, **variables: str) -> None:
        self._person, self._program = pty.openpty()
        self.modes_before = self.modes
        self._seen = b""

        def take_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment(cwd, TERM="xterm", **variables),
            stdin=self._program,
            stdout=self._program,
            stderr=self._program,
            preexec_fn=take_terminal,  # noqa: PLW1509 - it allocates nothing and takes no lock
        )

    @property
    def modes(self) -> int:
        """Whether keys are shown and lines are edited."""
        return termios.tcgetattr(self._program)[3] & (termios.ECHO | termios.ICANON)

    @property
    def text(self) -> str:
        """Everything that was shown so far."""
        while select.select([self._person], [], [], 0)[0]:
            with contextlib.suppress(OSError):
                chunk = os.read(self._person, 65536)
                if chunk:
                    self._seen += chunk
                    continue
            break
        return self._seen.decode(errors="replace")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._person, keys.encode())

    def wait_for(self, text: str, timeout: float = TIMEOUT) -> None:
        """Wait until `text` is shown."""
        self.wait_until(lambda: text in self.text, f"{text!r} to appear", timeout)

    def wait_until(self, condition, what: str = "a condition", timeout: float = TIMEOUT) -> None:
        """Wait until `condition()` is true."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}; shown:\n{self.text}")
            time.sleep(0.02)

    def signal(self, number: int) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def finish(self) -> int:
        """Wait for the end; return the exit code."""
        # Reading on matters: a full terminal would block the process.
        self.wait_until(lambda: self.text is None or self._process.poll() is not None, "the end")
        return self._process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._person)
        os.close(self._program)
