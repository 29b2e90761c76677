"""One test across several processes, from the command line."""

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from support.command import Running, environment, swarm
from support.http_server import HttpServer
from swarm.core.cli.orders import Orders
from swarm.core.exception import ExitCode

SPAWNED = "All users spawned"
SECRET = "correct horse battery staple"
LOAD = ("--headless", "-u", "4", "-r", "20")
COORDINATOR = ("--master", "--master-bind-port", "0", *LOAD)
JOIN = re.compile(r"^  (SWARM_SECRET=\S+ )?(swarm --worker .+)$", re.MULTILINE)


@pytest.fixture
def server():
    with HttpServer() as running:
        yield running


@pytest.fixture
def visitor(write, server):
    """A test file whose users make requests that the server counts."""
    write(f"""
        from swarm.core import constant, task
        from swarm.http import FastHttpUser

        class Visitor(FastHttpUser):
            host = "{server.url}"
            wait_time = constant(0.02)

            @task
            def visit(self):
                self.client.get("/hello")
    """)


def total(folder):
    return json.loads((folder / "figures.json").read_text())["stats"][-1]


def join_command(running):
    """Return the command that a coordinator prints: its arguments, and its variables."""
    running.wait_for("--master-port")
    deadline = time.monotonic() + 10
    while not (found := JOIN.search(running.text)):
        assert time.monotonic() < deadline, running.text
        time.sleep(0.01)
    variables = dict(part.split("=", 1) for part in (found[1] or "").split())
    return shlex.split(found[2])[1:], variables


def ended(processes, limit=10.0):
    """Return whether none of these processes is left."""
    _, left = psutil.wait_procs(processes, timeout=limit)
    return not [p for p in left if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.usefixtures("visitor")
def test_worker_processes_lose_no_request(tmp_path, server):
    arguments = [*LOAD, "-t", "1500ms", "-s", "5s", "--processes", "2"]
    code, out, err = swarm(*arguments, "--json-file", "figures.json", cwd=tmp_path)
    assert code == ExitCode.OK, err
    assert total(tmp_path)["num_requests"] == server.counters()["/hello"] > 50
    assert total(tmp_path)["num_failures"] == 0
    assert err.count("Summary") == 1
    assert "Traceback" not in out + err


@pytest.mark.usefixtures("visitor")
def test_the_first_interrupt_ends_parent_and_workers_with_one_summary(tmp_path, server):
    arguments = [*LOAD, "-s", "5s", "--processes", "2", "--json-file", "figures.json"]
    with Running(arguments, tmp_path) as running:
        running.wait_for(SPAWNED)
        workers = psutil.Process(running.pid).children()
        # As a terminal does it: to all of them.
        for pid in (running.pid, *(worker.pid for worker in workers)):
            os.kill(pid, signal.SIGINT)
        code, out, err = running.finish()
    assert len(workers) == 2
    assert code == ExitCode.OK, err
    assert err.count("Summary") == 1
    assert ended(workers)
    assert total(tmp_path)["num_requests"] == server.counters()["/hello"] > 0
    assert "Traceback" not in out + err


@pytest.mark.usefixtures("pinger")
@pytest.mark.parametrize("role", [(), ("--worker", "--master-port", "1")], ids=["all", "workers"])
def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path, role):
    with Running([*LOAD, "--processes", "2", *role], tmp_path) as running:
        running.wait_for("Worker processes started: 2" if role else SPAWNED)
        workers = psutil.Process(running.pid).children()
        os.kill(running.pid, signal.SIGKILL)
        assert len(workers) == 2
        assert ended(workers)


@pytest.mark.usefixtures("pinger")
def test_a_worker_process_that_dies_is_told_and_the_others_go_on(tmp_path):
    with Running([*LOAD, "--processes", "2"], tmp_path) as running:
        running.wait_for(SPAWNED)
        first, _ = psutil.Process(running.pid).children()
        first.kill()
        running.wait_for(f"(pid {first.pid}) has ended with exit code -9")
        assert running.alive
        running.signal(signal.SIGINT)
        code, _, err = running.finish()
    assert code == ExitCode.OK, err
    assert err.count("Summary") == 1


def test_a_test_that_only_workers_cannot_load_ends_at_once(tmp_path, write):
    write("""
        import sys
        from swarm.core import User, task

        if "--master-bind-port" not in sys.argv and sys.orig_argv[1:2] == ["-P"]:
            raise RuntimeError("not here")

        class Idle(User):
            @task
            def idle(self):
                pass
    """)
    code, _, err = swarm(*LOAD, "--processes", "2", cwd=tmp_path)
    assert code == ExitCode.RUNTIME
    assert "All worker processes have ended" in err
    assert err.count("has ended with exit code 3") == 2


@pytest.mark.usefixtures("pinger")
def test_the_coordinator_gives_up_on_workers_that_do_not_come(tmp_path):
    arguments = [*COORDINATOR, "--expect-workers", "3", "--expect-workers-max-wait", "500ms"]
    code, _, err = swarm(*arguments, cwd=tmp_path, timeout=20)
    assert code == ExitCode.RUNTIME
    assert "Waiting for workers to join: 0 of 3" in err
    assert "swarm: error: Only 0 of 3 workers joined within 500ms" in err
    assert "Traceback" not in err
    assert "Summary" not in err


@pytest.mark.usefixtures("pinger")
def test_an_interrupt_while_workers_are_awaited_ends_the_coordinator(tmp_path):
    with Running(COORDINATOR, tmp_path) as running:
        running.wait_for("Waiting for workers to join: 0 of 1")
        running.signal(signal.SIGINT)
        code, _, err = running.finish()
    assert code == ExitCode.INTERRUPTED
    assert "Summary" not in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("pinger")
def test_an_interrupt_while_worker_processes_start_leaves_none_behind(tmp_path):
    with Running([*LOAD, "--processes", "2"], tmp_path) as running:
        running.wait_for("Waiting for workers to join: 0 of 2")
        workers = psutil.Process(running.pid).children()
        running.signal(signal.SIGINT)
        code, _, err = running.finish(timeout=9)  # sooner than worker processes are given up on
    assert len(workers) == 2
    assert code == ExitCode.INTERRUPTED
    assert ended(workers)
    assert "Traceback" not in err


@pytest.mark.usefixtures("visitor")
def test_several_workers_for_a_coordinator_elsewhere_end_with_their_parent(tmp_path, server):
    arguments = [*COORDINATOR, "--expect-workers", "2", "-s", "5s", "--json-file", "figures.json"]
    with Running(arguments, tmp_path) as coordinator:
        command, _ = join_command(coordinator)
        with Running([*command, "--processes", "2"], tmp_path) as parent:
            coordinator.wait_for(SPAWNED)
            workers = psutil.Process(parent.pid).children()
            parent.signal(signal.SIGTERM)
            worker = parent.finish()
        code, _, err = coordinator.finish()
    assert worker.code == ExitCode.OK, worker.err
    assert len(workers) == 2
    assert ended(workers)
    assert "there are no workers left" in err
    assert code == ExitCode.RUNTIME
    # Users that are given to a worker which is leaving may be in the middle of a request.
    in_flight = server.counters()["/hello"] - total(tmp_path)["num_requests"]
    assert 0 <= in_flight <= 4
    assert total(tmp_path)["num_requests"] > 0


@pytest.mark.usefixtures("pinger")
def test_the_printed_command_joins_without_the_test_file(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    arguments = [*COORDINATOR, "--master-bind-host", "*", "-t", "1s", "--json-file", "figures.json"]
    with Running(arguments, tmp_path) as coordinator:
        command, variables = join_command(coordinator)
        assert command[:3] == ["--worker", "-f", "-"]
        worker = swarm(*command, cwd=elsewhere, **variables)
        code, _, err = coordinator.finish()
    assert worker.code == ExitCode.OK, worker.err
    assert "Summary" not in worker.text
    assert code == ExitCode.OK, err
    assert total(tmp_path)["num_requests"] > 10


@pytest.mark.usefixtures("pinger")
def test_a_directory_reaches_workers_that_start_several_processes(tmp_path):
    folder = tmp_path / "load"
    folder.mkdir()
    (folder / "_names.py").write_text("NAME = 'pong'\n")
    source = (tmp_path / "swarmfile.py").read_text().replace('"pong"', "NAME")
    (folder / "ping.py").write_text(f"from _names import NAME\n{source}")
    (folder / "more.py").write_text(source.replace("NAME", '"more"').replace("Pinger", "More"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run = [*COORDINATOR, "-f", "load", "--expect-workers", "2", "-t", "1s", "--insecure"]
    with Running([*run, "--json-file", "figures.json"], tmp_path) as coordinator:
        command, variables = join_command(coordinator)
        assert not variables
        worker = swarm(*command, "--processes", "2", cwd=elsewhere)
        code, _, err = coordinator.finish()
    assert worker.code == ExitCode.OK, worker.err
    assert code == ExitCode.OK, err
    rows = json.loads((tmp_path / "figures.json").read_text())["stats"]
    assert {row["name"] for row in rows} == {"pong", "more", "Aggregated"}


@pytest.mark.usefixtures("pinger")
@pytest.mark.parametrize(
    "variables", [{"SWARM_SECRET": "some other secret"}, {}], ids=["wrong secret", "no secret"]
)
def test_a_worker_without_the_right_secret_is_told_so_in_one_line(tmp_path, variables):
    with Running(COORDINATOR, tmp_path, SWARM_SECRET=SECRET) as coordinator:
        command, given = join_command(coordinator)
        assert not given
        assert SECRET not in coordinator.text
        command[command.index("-f") + 1] = "swarmfile.py"
        code, _, err = swarm(*command, cwd=tmp_path, timeout=40, **variables)
        assert coordinator.alive
    assert code == ExitCode.RUNTIME
    assert err.count("does not let this worker in") == 1, err
    assert "Traceback" not in err


@pytest.mark.usefixtures("pinger")
def test_an_interrupt_ends_a_worker_in_order_and_the_coordinator_goes_on(tmp_path):
    arguments = [*COORDINATOR, "--expect-workers", "2"]
    with Running(arguments, tmp_path) as coordinator, contextlib.ExitStack() as stack:
        command, _ = join_command(coordinator)
        workers = [stack.enter_context(Running(command, tmp_path)) for _ in range(2)]
        coordinator.wait_for(SPAWNED)
        workers[0].signal(signal.SIGINT)
        assert workers[0].finish().code == ExitCode.OK
        coordinator.wait_for("has left; there are 1")
        assert coordinator.alive
        coordinator.signal(signal.SIGINT)
        code, _, err = coordinator.finish()
        assert workers[1].finish().code == ExitCode.OK
    assert code == ExitCode.OK
    assert err.count("Summary") == 1


@pytest.mark.usefixtures("pinger")
def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, _, err = swarm("--master", "--master-bind-port", port, *LOAD, cwd=tmp_path)
    assert code == ExitCode.RUNTIME
    assert f"Cannot listen for workers at 127.0.0.1:{port}" in err
    assert "Traceback" not in err


def test_test_files_are_not_taken_from_just_anybody(tmp_path):
    code, _, err = swarm("--worker", "-f", "-", cwd=tmp_path)
    assert code == ExitCode.USAGE
    assert "must be certain that it is the right one" in err


def test_a_worker_of_another_machine_is_told_that_it_needs_a_secret(tmp_path):
    code, _, err = swarm("--worker", "-f", "-", "--master-host", "192.0.2.1", cwd=tmp_path)
    assert code == ExitCode.USAGE
    assert "needs the secret of the coordinator at 192.0.2.1" in err


@pytest.mark.usefixtures("pinger")
def test_a_worker_process_ends_with_the_pipe_of_its_orders_where_the_system_kills_none(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, Orders(port=1).to_line())
    command = [sys.executable, "-P", "-m", "swarm.core.cli.child", str(reading), "--worker"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path), pass_fds=[reading], stderr=subprocess.PIPE
    ) as worker:
        os.close(reading)
        try:
            first = worker.stderr.readline()
            assert worker.poll() is None, first
            os.close(writing)
            deadline = time.monotonic() + 10
            while worker.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert worker.returncode == ExitCode.RUNTIME
        finally:
            worker.kill()


@pytest.mark.usefixtures("pinger")
def test_a_worker_process_whose_parent_has_gone_before_it_began_does_not_begin(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, Orders(parent=1, port=1).to_line())
    command = [sys.executable, "-P", "-m", "swarm.core.cli.child", str(reading), "--worker"]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(tmp_path),
        pass_fds=[reading],
        capture_output=True,
        timeout=30,
        check=False,
    )
    os.close(reading)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (ExitCode.RUNTIME, b"")
