"""What the keys do to a run."""

import gevent
import pytest

from swarm.core import Environment, LoadTestShape, User, constant, task
from swarm.core.cli.keys import HELP, user_keys


class Idle(User):
    wait_time = constant(60)

    @task
    def nothing(self):
        pass


@pytest.fixture
def runner():
    runner = Environment(user_classes=[Idle]).create_local_runner()
    yield runner
    runner.quit()


def _settled(runner):
    with gevent.Timeout(10):
        while runner.state != "running" or runner.user_count != runner.target_user_count:
            gevent.sleep(0.005)
    return runner.user_count


def test_each_key_changes_the_load_by_its_step(runner):
    keys = user_keys(runner)
    runner.start(5, spawn_rate=1000, wait=True)
    counts = []
    for key in "wWsS":
        keys[key]()
        counts.append(_settled(runner))
    assert counts == [6, 16, 15, 5]


def test_there_are_never_fewer_than_no_users(runner):
    keys = user_keys(runner)
    runner.start(3, spawn_rate=1000, wait=True)
    keys["S"]()
    assert _settled(runner) == 0
    keys["w"]()
    assert _settled(runner) == 1


def test_a_key_works_within_a_second_however_gentle_the_ramp_was(runner):
    runner.start(1, spawn_rate=0.01, wait=True)
    with gevent.Timeout(5):
        user_keys(runner)["W"]()
        assert _settled(runner) == 11


def test_a_ramp_under_way_keeps_its_rate(runner):
    runner.start(1000, spawn_rate=2)
    user_keys(runner)["W"]()
    assert runner.target_user_count == 1010
    assert runner.spawn_rate == 2


def test_a_load_shape_is_not_interfered_with(runner, caplog):
    class Steady(LoadTestShape):
        def tick(self):
            return 2, 100

    runner.environment.shape_class = Steady
    runner.start_shape()
    with gevent.Timeout(10):
        while runner.user_count != 2:
            gevent.sleep(0.005)
    with caplog.at_level("INFO"):
        user_keys(runner)["W"]()
    assert runner.target_user_count == 2
    assert "load shape decides" in caplog.text


def test_before_and_after_the_test_keys_do_nothing(runner):
    keys = user_keys(runner)
    keys["w"]()
    runner.start(1, spawn_rate=100, wait=True)
    runner.stop()
    keys["w"]()
    assert runner.user_count == runner.target_user_count == 0


@pytest.mark.parametrize("key", ["?", "\r", "\n", "h"])
def test_help_tells_the_keys(runner, caplog, key):
    with caplog.at_level("INFO"):
        user_keys(runner)[key]()
    assert HELP in caplog.text
