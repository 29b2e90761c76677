"""A run from the command line: what it says, writes and exits with."""

import csv
import json

import pytest

from support.command import swarm
from swarm.core.exception import ExitCode

SHORT = ("--headless", "-u", "3", "-r", "100", "-t", "500ms")


@pytest.mark.usefixtures("pinger")
def test_a_run_tells_its_story_and_its_figures_on_stderr(tmp_path):
    code, out, err = swarm(*SHORT, cwd=tmp_path)
    assert code == ExitCode.OK
    story = [
        "Starting swarm 0.1.0",
        "Ramping to 3 users at 100.00 users per second",
        'All users spawned: {"Pinger": 3} (3 total users)',
        "The run time limit of 500ms is reached",
        "Shutting down (exit code 0)",
    ]
    positions = [err.find(line) for line in story]
    assert -1 not in positions, err
    assert positions == sorted(positions)
    assert "pong" in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.usefixtures("pinger")
def test_run_time_is_counted_from_the_start_of_the_test(tmp_path):
    # 100 users at 1 per second would take 100 seconds
    result = swarm("--headless", "-u", "100", "-r", "1", "-t", "1s", cwd=tmp_path, timeout=20)
    assert result.code == ExitCode.OK
    assert "All users spawned" not in result.err


@pytest.mark.usefixtures("pinger")
def test_json_on_stdout_is_nothing_but_json(tmp_path):
    code, out, _ = swarm(*SHORT, "--json", cwd=tmp_path)
    row, total = json.loads(out)["stats"]
    assert code == ExitCode.OK
    assert (row["method"], row["name"]) == ("PING", "pong")
    assert row["num_requests"] == total["num_requests"] > 5


@pytest.mark.usefixtures("pinger")
def test_files_of_a_run_agree_with_each_other(tmp_path):
    result = swarm(*SHORT, "--json-file", "figures.json", "--csv", "out/run", cwd=tmp_path)
    assert result.code == ExitCode.OK, result.err
    row, _ = json.loads((tmp_path / "figures.json").read_text())["stats"]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "run_stats.csv",
        "run_stats_history.csv",
        "run_failures.csv",
        "run_exceptions.csv",
    }
    with (tmp_path / "out" / "run_stats.csv").open() as file:
        rows = {line["Name"]: line for line in csv.DictReader(file)}
    assert int(rows["pong"]["Request Count"]) == row["num_requests"]
    assert int(rows["Aggregated"]["Request Count"]) == row["num_requests"]


FAILING = """
from swarm.core import User, constant, task

class Failing(User):
    wait_time = constant(0.05)

    @task
    def fail(self):
        with self.environment.events.request.measure("PING", "pong"):
            raise ConnectionRefusedError("nobody there")
"""


def test_failed_requests_give_exit_code_1_and_an_error_report(tmp_path, write):
    write(FAILING)
    result = swarm(*SHORT, cwd=tmp_path)
    assert result.code == ExitCode.FAILURES
    assert "nobody there" in result.err
    assert "Traceback" not in result.text


def test_exit_code_on_error_replaces_the_1(tmp_path, write):
    write(FAILING)
    assert swarm(*SHORT, "--exit-code-on-error", "0", cwd=tmp_path).code == 0
    assert swarm(*SHORT, "--exit-code-on-error", "77", cwd=tmp_path).code == 77


def test_a_task_that_raises_is_logged_counted_and_gives_exit_code_1(tmp_path, write):
    write("""
        from swarm.core import User, constant, task

        class Broken(User):
            wait_time = constant(0.1)

            @task
            def divide(self):
                return 1 / 0
    """)
    result = swarm(*SHORT, cwd=tmp_path)
    assert result.code == ExitCode.FAILURES
    assert "ZeroDivisionError" in result.err
    assert "return 1 / 0" in result.err


@pytest.mark.parametrize(
    ("limit", "code"), [("0.5", 42), ("2", 0)], ids=["too many failures", "few enough"]
)
def test_the_test_itself_decides_in_quitting(tmp_path, write, limit, code):
    write(
        FAILING
        + f"""
from swarm.core import events

@events.quitting.add_listener
def judge(environment, **kwargs):
    environment.process_exit_code = 42 if environment.stats.total.fail_ratio > {limit} else 0
"""
    )
    assert swarm(*SHORT, cwd=tmp_path).code == code


def test_quit_is_the_last_event_and_knows_the_exit_code(tmp_path, write):
    write(
        FAILING
        + """
from swarm.core import events

for name in ("init", "test_start", "test_stopping", "test_stop", "quitting", "quit"):
    def tell(name=name, **kwargs):
        print("event", name, kwargs.get("exit_code", ""))
    getattr(events, name).add_listener(tell)
"""
    )
    out = swarm(*SHORT, cwd=tmp_path).out
    told = [line.split()[1:] for line in out.splitlines() if line.startswith("event ")]
    assert told == [
        ["init"],
        ["test_start"],
        ["test_stopping"],
        ["test_stop"],
        ["quitting"],
        ["quit", "1"],
    ]


ENDINGS = {
    "StopTest in a task": "raise StopTest",
    "StopTest with a reason": "raise StopTest('seen enough')",
    "runner.quit()": "self.environment.runner.quit()",
}


@pytest.mark.parametrize("statement", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_task_can_end_the_run(tmp_path, write, statement):
    write(f"""
        from swarm.core import StopTest, User, constant, task

        class Ender(User):
            wait_time = constant(0.05)

            @task
            def once(self):
                with self.environment.events.request.measure("PING", "pong"):
                    pass
                {statement}
    """)
    result = swarm("--headless", "-u", "2", "-t", "1h", cwd=tmp_path, timeout=30)
    assert result.code == ExitCode.OK
    assert "pong" in result.err
    assert "Shutting down (exit code 0)" in result.err
    assert "Traceback" not in result.text


def test_a_load_shape_that_is_done_ends_the_run(tmp_path, write):
    write("""
        from swarm.core import LoadTestShape, User, constant, task

        class Pinger(User):
            wait_time = constant(0.05)

            @task
            def ping(self):
                with self.environment.events.request.measure("PING", "pong"):
                    pass

        class Short(LoadTestShape):
            def tick(self):
                return (2, 10) if self.get_run_time() < 1 else None
    """)
    result = swarm("--headless", cwd=tmp_path, timeout=30)
    assert result.code == ExitCode.OK
    assert "pong" in result.err
    told = swarm("--headless", "-u", "5", "-t", "1h", cwd=tmp_path, timeout=30)
    assert told.code == ExitCode.OK
    assert "--users" in told.err
    assert "use_common_options" in told.err


@pytest.mark.usefixtures("pinger")
def test_log_lines_go_to_the_log_file_when_there_is_one(tmp_path):
    result = swarm(*SHORT, "--logfile", "run.log", cwd=tmp_path)
    assert result.code == ExitCode.OK
    assert "Starting swarm" not in result.text
    assert "Starting swarm" in (tmp_path / "run.log").read_text()
