"""What the tests of the command share."""

import logging
import sys
import textwrap

import pytest

from swarm.core.cli.command import main
from swarm.core.event import events


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty directory to work in; call it to write a test file into it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", sys.path[:])

    def write(source: str, name: str = "swarmfile.py"):
        (tmp_path / name).write_text(textwrap.dedent(source))
        return tmp_path

    return write


@pytest.fixture
def run(project, monkeypatch, capsys):
    """Run the command in this process; return its exit code, stdout and stderr."""
    hooks = [hook for hook in vars(events).values() if hasattr(hook, "_listeners")]
    listeners = [hook._listeners for hook in hooks]
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def call(*arguments: str):
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    yield call
    for hook, before in zip(hooks, listeners, strict=True):
        hook._listeners = before
    for logger in (root, logging.getLogger("swarm.stats_logger")):
        for handler in logger.handlers[:]:
            if handler not in handlers:
                logger.removeHandler(handler)
    root.setLevel(level)
    logging.getLogger("swarm.stats_logger").propagate = True
