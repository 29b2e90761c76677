import pathlib
import signal
import subprocess
import sys

import pytest

import swarm.core.runners as settings
from support.counting_server import counting
from support.worker_node import Asker, Buyer
from swarm.core import Environment
from swarm.core.rpc import Security

SCRIPT = pathlib.Path(__file__).parents[1] / "support" / "worker_node.py"


@pytest.fixture
def server():
    """The server under load, which counts."""
    with counting() as server:
        yield server


@pytest.fixture
def coordinator():
    """Returns a function that makes a coordinator; it quits at the end of the test."""
    runners = []

    def make(secret="", *, port=0, **settings):
        security = Security.from_secret(secret) if secret else Security.insecure()
        environment = Environment(user_classes=[Asker, Buyer], stop_timeout=5, **settings)
        runners.append(environment.create_master_runner("127.0.0.1", port, security=security))
        return runners[-1]

    yield make
    settings.QUIT_LIMIT, limit = 0.5, settings.QUIT_LIMIT
    for runner in runners:
        runner.quit()
    settings.QUIT_LIMIT = limit


@pytest.fixture
def worker(server):
    """Returns a function that starts a worker in a process of its own."""
    processes = []

    def start(port, *secret):
        command = [sys.executable, str(SCRIPT), str(port), str(server.port), *secret]
        processes.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait(10)
        process.stderr.close()
