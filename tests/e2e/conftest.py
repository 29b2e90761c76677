"""What the tests of the command share: small test files that need no server."""

import textwrap

import pytest

PINGER = """
from swarm.core import User, constant, task

class Pinger(User):
    wait_time = constant(0.02)

    @task
    def ping(self):
        with self.environment.events.request.measure("PING", "pong") as request_meta:
            request_meta["response_length"] = 4
"""


@pytest.fixture
def write(tmp_path):
    """Write a test file into the directory that the command runs in."""

    def write_file(source: str = PINGER, name: str = "swarmfile.py") -> None:
        (tmp_path / name).write_text(textwrap.dedent(source))

    return write_file


@pytest.fixture
def pinger(write):
    """A test file whose user pings nothing fifty times a second."""
    write(PINGER)
