"""Running the real `swarm` command in a process of its own, as a person does."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

SWARM = str(Path(sys.executable).with_name("swarm"))
TIMEOUT = 60.0
"""Seconds after which a command that has not ended is taken for hanging."""


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything a person sees."""
        return self.out + self.err


def environment(home: Path, **variables: str) -> dict[str, str]:
    """Return environment variables without this machine's own settings of swarm."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("SWARM_", "COV_"))}
    return {**inherited, "HOME": str(home), "TERM": "dumb", "COLUMNS": "120", **variables}


class Running:
    """A `swarm` that runs. Leaving the block ends it, however the block ended."""

    def __init__(self, arguments: Sequence[str], cwd: Path, **variables: str) -> None:
        self._process = subprocess.Popen(
            [SWARM, *arguments],
            cwd=cwd,
            env=environment(cwd, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._seen = {"out": b"", "err": b""}
        self._readers = [
            threading.Thread(target=self._read, args=(name, pipe), daemon=True)
            for name, pipe in (("out", self._process.stdout), ("err", self._process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name, pipe) -> None:
        for chunk in iter(lambda: pipe.read1(65536), b""):
            self._seen[name] += chunk
        pipe.close()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return (self._seen["out"] + self._seen["err"]).decode(errors="replace")

    def wait_for(self, text: str, timeout: float = TIMEOUT) -> None:
        """Wait until `text` is printed."""
        deadline = time.monotonic() + timeout
        while text not in self.text:
            ended = self._process.poll() is not None
            if (ended and text not in self.text) or time.monotonic() > deadline:
                raise AssertionError(f"{text!r} did not appear in:\n{self.text}")
            time.sleep(0.01)

    def signal(self, number: int) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def finish(self, timeout: float = TIMEOUT) -> Result:
        """Wait for the end."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"the command hangs, having printed:\n{self.text}") from None
        for reader in self._readers:
            reader.join(timeout=5)
        return Result(code, *(self._seen[name].decode(errors="replace") for name in self._seen))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join(timeout=5)


def swarm(*arguments: str, cwd: Path, timeout: float = TIMEOUT, **variables: str) -> Result:
    """Run `swarm` to its end."""
    with Running(arguments, cwd, **variables) as running:
        return running.finish(timeout)
