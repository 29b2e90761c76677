import os
import subprocess
import sys

import pytest

from swarm.core import StopTest, StopUser, User, constant, events, run_single_user, tag, task
from swarm.core.exception import ConfigError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A directory without configuration, and the shared events as they were."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = {name: hook._listeners for name, hook in vars(events).items()}
    yield
    for name, hook in vars(events).items():
        hook._listeners = before[name]


class Visitor(User):
    wait_time = constant(0)
    rounds = 3

    def on_start(self):
        self.done = 0

    @task
    def visit(self):
        events.request.fire(
            "GET",
            f"/page/{self.done}",
            38.4 if self.done else None,
            1234,
            exception=ConnectionRefusedError(61, "refused") if self.done else None,
            context={"account": self.done},
            response=Answer(b"a=\xff"),
            start_time=1_700_000_000.25,
        )
        self.done += 1
        if self.done == self.rounds:
            raise StopUser


class Answer:
    def __init__(self, body):
        self.request = type("Request", (), {"body": body})()


def printed(capsys):
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_every_request_is_printed_under_a_header(capsys):
    run_single_user(Visitor, loglevel=None)
    header, first, second, _third = printed(capsys)
    assert header == ["type", "name", "resp_ms", "exception"]
    assert first == ["GET", "/page/0"]
    assert second == ["GET", "/page/1", "38", "ConnectionRefusedError(61,", "'refused')"]


def test_more_columns_are_printed_if_asked_for(capsys):
    run_single_user(
        Visitor,
        include_length=True,
        include_time=True,
        include_context=True,
        include_payload=True,
        loglevel=None,
    )
    header, first, *_ = printed(capsys)
    assert header == [
        "time",
        "type",
        "name",
        "resp_ms",
        "length",
        "exception",
        "context",
        "payload",
    ]
    assert first[1].endswith(".250")
    assert first[2:] == ["GET", "/page/0", "1234", '{"account":', "0}", "a=\\xff"]


def test_it_can_be_used_again_and_leaves_no_listener_behind(capsys):
    before = events.request._listeners, events.request._recorders
    for _ in range(2):
        run_single_user(Visitor, loglevel=None)
    assert len(printed(capsys)) == 8
    assert (events.request._listeners, events.request._recorders) == before


def test_init_and_test_start_are_fired_each_time_and_the_end_is_not(capsys):
    fired = []
    for name in ("init", "test_start", "test_stop", "quitting", "quit"):
        getattr(events, name).add_listener(
            lambda name=name, **arguments: fired.append((name, sorted(arguments)))
        )
    run_single_user(Visitor, loglevel=None)
    assert fired == [
        ("init", ["environment", "runner", "web_ui"]),
        ("test_start", ["environment"]),
    ]


def test_what_a_task_raises_is_raised_so_that_a_debugger_sees_it(capsys):
    ended = []

    class Failing(User):
        @task
        def fail(self):
            raise ValueError("my fault")

        def on_stop(self):
            ended.append(self)

    with pytest.raises(ValueError, match="my fault"):
        run_single_user(Failing, loglevel=None)
    assert len(ended) == 1


def test_quitting_the_runner_ends_the_user(capsys):
    ended = []

    class Quitter(User):
        wait_time = constant(0.001)

        @task
        def leave(self):
            self.environment.runner.quit()

        def on_stop(self):
            ended.append(self)

    run_single_user(Quitter, loglevel=None)
    assert len(ended) == 1


@pytest.mark.parametrize("where", ["task", "test_start"])
def test_stop_test_ends_it(capsys, where):
    class Ender(User):
        @task
        def end(self):
            raise StopTest("enough")

    if where == "test_start":

        @events.test_start.add_listener
        def refuse(**_):
            raise StopTest("no data")

    run_single_user(Ender, loglevel=None)
    assert ("no data" in capsys.readouterr().out) is (where == "test_start")


def test_options_come_from_configuration_and_custom_arguments(tmp_path, capsys):
    (tmp_path / "swarm.conf").write_text("host = http://configured\n")
    seen = []

    @events.init_command_line_parser.add_listener
    def add(parser):
        parser.add_argument("--my-argument", default="mine")

    class Looking(User):
        @task
        def look(self):
            seen.append((self.host, self.environment.parsed_options.my_argument))
            raise StopUser

    run_single_user(Looking, loglevel=None)
    assert seen == [("http://configured", "mine")]


def test_a_class_that_cannot_run_is_refused():
    class Base(User):
        abstract = True

    with pytest.raises(ConfigError, match="Base cannot run"):
        run_single_user(Base, loglevel=None)


def test_tags_of_the_configuration_count(tmp_path, capsys):
    (tmp_path / "swarm.conf").write_text("tags = wanted\n")
    ran = []

    class Tagged(User):
        @task
        def plain(self):
            ran.append("plain")
            raise StopUser

        @tag("wanted")
        @task
        def wanted(self):
            ran.append("wanted")
            raise StopUser

    run_single_user(Tagged, loglevel=None)
    assert ran == ["wanted"]


SCRIPT = """
import logging

from swarm.core import StopUser, User, run_single_user, task


class Visitor(User):
    @task
    def visit(self):
        with self.environment.events.request.measure("step", "one"):
            pass
        logging.warning("seen")
        logging.info("unseen")
        raise StopUser


if __name__ == "__main__":
    run_single_user(Visitor)
"""


def test_a_test_file_can_be_run_by_itself(tmp_path):
    (tmp_path / "my_test.py").write_text(SCRIPT)
    result = subprocess.run(
        [sys.executable, "my_test.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert result.returncode == 0, result.stderr
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["type", "name"],
        ["step", "one"],
    ]
    assert "WARNING" in result.stderr
    assert "seen" in result.stderr
    assert "unseen" not in result.stderr


def test_names_that_are_no_plain_text_are_printed_on_one_line(capsys):
    class Odd(Visitor):
        @task
        def visit(self):
            events.request.fire(None, 5, 1.5, 0)
            events.request.fire("GET", "a\n\x1b[31mb", 1.5, 0, context={(1, 2): 3})
            raise StopUser

    run_single_user(Odd, loglevel=None, include_context=True)
    _header, first, second = printed(capsys)
    assert first == ["None", "5", "1.50"]
    assert second == ["GET", "a", "[31mb", "1.50", "{(1,", "2):", "3}"]
