"""Starting programs of this repository in processes of their own."""

import contextlib
import pathlib
import subprocess
import sys
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parents[2]


@contextlib.contextmanager
def serving(script: pathlib.Path, *arguments: str) -> Iterator[str]:
    """Run a server script that prints its address once it listens; gives that address."""
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            if not address:
                raise RuntimeError(f"{script.name} did not start (exit {process.wait()})")
            yield address
        finally:
            process.terminate()
            process.wait(10)
