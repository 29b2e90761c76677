"""Users that cannot be created with the settings of the run."""

import gevent
import pytest

from swarm.core import Environment, User, task
from swarm.core.exception import ConfigError, ExitCode


class Homeless(User):
    def __init__(self, environment):
        super().__init__(environment)
        raise ConfigError("Homeless has no host.", hint="Give --host.")

    @task
    def nothing(self):
        pass


@pytest.fixture
def runner():
    runner = Environment(user_classes=[Homeless]).create_local_runner()
    yield runner
    runner.quit()


def test_wrong_settings_end_the_test_with_one_clear_sentence(runner, caplog):
    runner.start(50, spawn_rate=1000)
    with gevent.Timeout(10):
        runner.greenlet.join()
    assert caplog.text.count("Homeless has no host. (Give --host.)") == 1
    assert "Traceback" not in caplog.text
    assert runner.environment.process_exit_code == ExitCode.USAGE


def test_the_tests_own_exit_code_stays(runner):
    runner.environment.process_exit_code = 0
    runner.start(1, spawn_rate=1)
    with gevent.Timeout(10):
        runner.greenlet.join()
    assert runner.environment.process_exit_code == 0


def test_users_spawned_by_hand_are_refused_without_ending_the_runner(runner, caplog):
    assert runner.spawn_users({"Homeless": 1}) == []
    assert "Homeless has no host." in caplog.text
    assert not runner.closed


def test_a_constructor_that_raises_what_is_no_exception_is_counted(caplog):
    class Outcome(BaseException):
        pass

    class Broken(User):
        def __init__(self, environment):
            raise Outcome("no luck")

        @task
        def nothing(self):
            pass

    runner = Environment(user_classes=[Broken]).create_local_runner()
    runner.start(3, spawn_rate=1000, wait=True)
    assert [(e.msg, e.count) for e in runner.exceptions] == [("no luck", 3)]
    assert runner.state == "running"
    runner.quit()
