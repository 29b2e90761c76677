"""Ctrl-C and kill: an orderly end, or an end at once."""

import csv
import json
import signal
import time

import pytest

from support.command import Running
from swarm.core.cli.signals import ECHO_WINDOW
from swarm.core.exception import ExitCode

ENDLESS = ("--headless", "-u", "2", "-r", "10")
SPAWNED = "All users spawned"


@pytest.mark.usefixtures("pinger")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_the_first_signal_ends_the_run_with_one_summary(tmp_path, number):
    with Running([*ENDLESS, "--json-file", "f.json"], tmp_path) as running:
        running.wait_for("No run time limit set, use CTRL+C to interrupt")
        running.wait_for(SPAWNED)
        running.signal(number)
        code, out, err = running.finish()
    assert code == ExitCode.OK
    assert err.count("Summary") == 1, err
    assert f"Got {number.name}" in err
    assert err.count("Shutting down") == 1
    assert json.loads((tmp_path / "f.json").read_text())["stats"][0]["num_requests"] > 0
    assert "Traceback" not in out + err


STUBBORN = """
from swarm.core import User, constant, events, task
import gevent

class Stubborn(User):
    wait_time = constant(0.05)

    @task
    def ping(self):
        with self.environment.events.request.measure("PING", "pong"):
            pass

@events.test_stopping.add_listener
def linger(**kwargs):
    print("lingering", flush=True)
    gevent.sleep(3600)
"""


def test_a_second_signal_ends_at_once_and_leaves_the_csv_files(tmp_path, write):
    write(STUBBORN)
    with Running([*ENDLESS, "--csv", "run"], tmp_path) as running:
        running.wait_for(SPAWNED)
        deadline = time.monotonic() + 10
        history = tmp_path / "run_stats_history.csv"
        while not (history.exists() and len(history.read_text().splitlines()) > 1):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        running.signal(signal.SIGINT)
        running.wait_for("lingering")
        time.sleep(ECHO_WINDOW)
        while running.alive:  # one may still come within the window of a slow machine
            running.signal(signal.SIGINT)
            time.sleep(0.05)
        code, _, err = running.finish()
    assert code == ExitCode.INTERRUPTED
    assert "without a summary" in err
    assert "Traceback" not in err
    with history.open() as file:
        assert list(csv.DictReader(file))


def test_an_interrupt_while_the_test_file_is_imported_is_no_traceback(tmp_path, write):
    write("import time\nprint('importing', flush=True)\ntime.sleep(3600)\n")
    with Running(ENDLESS, tmp_path) as running:
        running.wait_for("importing")
        running.signal(signal.SIGINT)
        code, _, err = running.finish()
    assert code == ExitCode.INTERRUPTED
    assert "Traceback" not in err
    assert "interrupted" in err


def test_users_in_the_middle_of_a_task_get_stop_timeout_to_finish(tmp_path, write):
    write("""
        import gevent
        from swarm.core import User, constant, task

        class Slow(User):
            wait_time = constant(0)

            @task
            def slow(self):
                with self.environment.events.request.measure("PING", "slow"):
                    gevent.sleep(0.7)
    """)
    counts = {}
    for timeout in ("0", "10s"):
        with Running([*ENDLESS, "-s", timeout, "--json-file", "f.json"], tmp_path) as running:
            running.wait_for(SPAWNED)
            time.sleep(0.2)
            running.signal(signal.SIGTERM)
            assert running.finish().code == ExitCode.OK
        *_, total = json.loads((tmp_path / "f.json").read_text())["stats"]
        counts[timeout] = total["num_requests"]
    assert counts == {"0": 0, "10s": 2}
