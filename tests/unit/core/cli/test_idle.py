"""A test that goes on without any user."""

import gevent
import pytest

from swarm.core import Environment, StopUser, User, constant, task
from swarm.core.cli import idle
from swarm.core.exception import ExitCode


class Once(User):
    @task
    def ping(self):
        with self.environment.events.request.measure("PING", "pong"):
            pass
        raise StopUser


class Never(User):
    def on_start(self):
        raise StopUser

    @task
    def nothing(self):
        pass


class Idle(User):
    wait_time = constant(60)

    @task
    def nothing(self):
        pass


@pytest.fixture
def watched(monkeypatch):
    """Start a watched run of one user class."""
    monkeypatch.setattr(idle, "INTERVAL", 0.02)
    runners = []

    def start(user_class, users=2):
        runner = Environment(user_classes=[user_class]).create_local_runner()
        runners.append(runner)
        runner.start(users, spawn_rate=1000, wait=True)
        runner.watch = gevent.spawn(idle.watch_for_idleness, runner)
        return runner

    yield start
    for runner in runners:
        runner.watch.kill()
        runner.quit()


def test_users_that_stopped_without_any_request_end_the_test(watched, caplog):
    runner = watched(Never)
    with gevent.Timeout(10):
        runner.greenlet.join()
    assert runner.environment.process_exit_code == ExitCode.RUNTIME
    assert "none has made a request" in caplog.text


def test_users_that_stopped_after_their_work_are_mentioned_once(watched, caplog):
    runner = watched(Once)
    with gevent.Timeout(10):
        while "All users have stopped by themselves" not in caplog.text:
            gevent.sleep(0.01)
    gevent.sleep(0.1)
    assert caplog.text.count("All users have stopped by themselves") == 1
    assert runner.is_active


def test_users_that_are_there_or_not_wanted_are_no_matter(watched, caplog):
    runner = watched(Idle)
    gevent.sleep(0.1)
    runner.start(0, spawn_rate=1000, wait=True)
    gevent.sleep(0.1)
    assert runner.is_active
    assert "stopped by themselves" not in caplog.text
