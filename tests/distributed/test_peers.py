"""A coordinator and workers of another make, in processes of their own, without security."""

import json
import os
import pathlib
import socket
import subprocess

import pytest

from support import requires
from support.wait import until

FILE = pathlib.Path(__file__).parents[1] / "support" / "peer_file.py"


@pytest.fixture
def peer(server, tmp_path):
    """Returns a function that starts the peer's command."""
    program = os.environ.get("PEER_LOCUST") or requires.program("locust")
    processes = []

    def start(*options):
        environment = {**os.environ, "COUNTING_PORT": str(server.port)}
        with (tmp_path / f"{len(processes)}.log").open("w") as log:
            process = subprocess.Popen(
                [program, "-f", str(FILE), "--stop-timeout", "5", *options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait(10)
        process.stdout.close()


def test_a_worker_of_another_make_serves_our_coordinator(coordinator, worker, peer, server):
    runner = coordinator()
    process = peer("--worker", "--master-port", str(runner.port))
    worker(runner.port)
    assert runner.wait_for_workers(2, 30)
    runner.start(6, 20, wait=True)
    assert [node.users for node in runner.clients.values()] == [3, 3]
    until(lambda: server.total > 300, 20)
    runner.stop()
    counted = {name: entry.num_requests for (name, _), entry in runner.stats.entries.items()}
    assert counted == dict(server.counts)
    assert runner.dropped == 0
    runner.quit()
    assert process.wait(10) == 0


def test_our_worker_serves_a_coordinator_of_another_make(worker, peer, server):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = peer(
        *("--master", "--headless", "--users", "6", "--spawn-rate", "6", "--run-time", "3s"),
        *("--expect-workers", "1", "--master-bind-port", str(port), "--json"),
    )
    ours = worker(port)
    rows = json.loads(process.communicate(timeout=60)[0])
    assert {row["name"]: row["num_requests"] for row in rows} == dict(server.counts)
    assert sum(server.counts.values()) > 300
    assert ours.wait(10) == 0
