import time

import gevent
import pytest
from gevent.event import Event

from support.wait import until
from swarm.core import StopTest, StopUser, User, constant, task
from swarm.core.exception import RunnerError
from swarm.core.runners import RunState


class A(User):
    wait_time = constant(100)

    @task
    def idle(self):
        pass


class B(A):
    weight = 3


class Fixed(A):
    fixed_count = 2


# Ramps.


def test_users_come_one_by_one_at_the_rate(local):
    came = []

    class Timed(A):
        def __init__(self, environment):
            super().__init__(environment)
            came.append(time.monotonic())

    runner = local(Timed)
    began = time.monotonic()
    runner.start(6, 20, wait=True)
    late = [moment - began - number / 20 for number, moment in enumerate(came)]
    assert len(late) == 6
    assert min(late) > -0.001
    assert max(late) < 0.2


def test_the_load_can_go_up_and_down_while_running(local):
    runner = local(A, B, Fixed)
    runner.start(10, 1000, wait=True)
    assert runner.user_classes_count == {"A": 2, "B": 6, "Fixed": 2}
    runner.start(18, 1000, wait=True)
    assert runner.user_classes_count == {"A": 4, "B": 12, "Fixed": 2}
    runner.start(6, 1000, wait=True)
    until(lambda: runner.user_count == 6)
    assert runner.user_classes_count == {"A": 1, "B": 3, "Fixed": 2}
    assert runner.target_user_classes_count == {"A": 1, "B": 3, "Fixed": 2}


def test_going_up_ends_nobody_and_going_down_makes_nobody(local):
    made, ended = [], []

    class Noted(A):
        def __init__(self, environment):
            super().__init__(environment)
            made.append(self)

        def on_stop(self):
            ended.append(self)

    runner = local(Noted, B)
    runner.start(10, 1000, wait=True)
    runner.start(30, 1000, wait=True)
    assert ended == []
    before = len(made)
    runner.start(5, 1000, wait=True)
    assert len(made) == before


def test_a_new_load_during_a_ramp_goes_on_from_the_users_that_are_there(local, heard):
    runner = local(A)
    fired = heard(runner.environment, "spawning_complete")
    runner.start(1000, 100)
    until(lambda: runner.user_count >= 5)
    there = runner.user_count
    runner.start(there + 2, 1000, wait=True)
    assert runner.user_count == there + 2
    runner.start(1000, 100)
    until(lambda: runner.user_count >= there + 4)
    runner.start(2, 1000, wait=True)
    until(lambda: runner.user_count == 2)
    assert fired == ["spawning_complete"] * 2


def test_a_new_load_interrupts_a_slow_ramp_at_once(local):
    runner = local(A)
    runner.start(10, 0.01)
    until(lambda: runner.user_count == 1)
    began = time.monotonic()
    runner.start(3, 1000, wait=True)
    assert time.monotonic() - began < 1
    assert runner.user_count == 3


def test_slow_constructors_are_finished_however_often_the_load_changes(local):
    class Slow(A):
        def __init__(self, environment):
            super().__init__(environment)
            gevent.sleep(0.05)

    runner = local(Slow)
    for users in range(10, 16):
        runner.start(users, 1000)
        gevent.sleep(0.02)
    until(lambda: runner.user_count >= 2)
    runner.start(2, 1000, wait=True)
    until(lambda: runner.user_count == 2)


def test_a_restriction_to_classes_exchanges_the_others(local):
    runner = local(A, B)
    runner.start(4, 1000, wait=True)
    runner.start(4, 1000, wait=True, user_classes=[A])
    until(lambda: runner.user_classes_count == {"A": 4, "B": 0})
    runner.start(8, 1000, wait=True, user_classes=["A", "B"])
    until(lambda: runner.user_classes_count == {"A": 2, "B": 6})


def test_spawn_rates_below_one_a_second_are_kept(local):
    runner = local(A)
    runner.start(2, 10 / 3)
    until(lambda: runner.user_count == 1)
    assert runner.state is RunState.SPAWNING
    assert runner.spawn_rate == 10 / 3
    began = time.monotonic()
    until(lambda: runner.user_count == 2)
    assert time.monotonic() - began > 0.2


def test_thousands_of_users_come_and_go_in_no_time(local):
    runner = local(A, B)
    began = time.perf_counter()
    runner.start(5000, float("inf"), wait=True)
    assert runner.user_classes_count == {"A": 1250, "B": 3750}
    assert time.perf_counter() - began < 1
    began = time.perf_counter()
    runner.stop()
    assert runner.user_count == 0
    assert time.perf_counter() - began < 1


# Users that end or fail by themselves.


def test_users_that_stop_themselves_are_not_replaced(local):
    class Short(A):
        @task
        def idle(self):
            raise StopUser

    runner = local(Short, B)
    runner.start(8, 1000, wait=True)
    until(lambda: runner.user_count == 6)
    assert runner.user_classes_count == {"Short": 0, "B": 6}
    assert runner.target_user_count == 8
    gevent.sleep(0.05)
    assert runner.user_count == 6
    assert runner.state is RunState.RUNNING


def test_during_a_ramp_they_are_not_replaced_either(local):
    made = []

    class Short(A):
        def __init__(self, environment):
            super().__init__(environment)
            made.append(self)

        @task
        def idle(self):
            raise StopUser

    runner = local(Short)
    runner.start(10, 200, wait=True)
    until(lambda: runner.user_count == 0)
    assert len(made) == 10


def test_the_next_load_makes_up_for_them(local):
    leave = Event()

    class Short(A):
        @task
        def idle(self):
            if not leave.is_set():
                leave.wait()
                raise StopUser

    runner = local(Short)
    runner.start(3, 1000, wait=True)
    leave.set()
    until(lambda: runner.user_count == 0)
    runner.start(4, 1000, wait=True)
    assert runner.user_count == 4


def test_constructors_that_raise_are_logged_once_and_counted(local, caplog):
    class Broken(A):
        def __init__(self, environment):
            super().__init__(environment)
            raise ValueError("no account")

    runner = local(Broken, B)
    runner.start(8, 1000, wait=True)
    assert runner.state is RunState.RUNNING
    assert runner.user_classes_count == {"Broken": 0, "B": 6}
    (entry,) = runner.exceptions
    assert (entry.msg, entry.count) == ("no account", 2)
    assert caplog.text.count("A user of class Broken could not be created") == 1
    assert "pool.py" not in entry.traceback


def test_a_constructor_may_do_without_its_user_or_end_the_test(local):
    class Shy(A):
        def __init__(self, environment):
            super().__init__(environment)
            raise StopUser

    class Ender(A):
        def __init__(self, environment):
            super().__init__(environment)
            raise StopTest("no licence")

    runner = local(Shy)
    runner.start(2, 1000, wait=True)
    assert (runner.user_count, len(runner.exceptions)) == (0, 0)
    other = local(Ender)
    other.start(2, 1000)
    gevent.spawn(other.greenlet.join).get(timeout=2)
    assert other.stop_reason == "no licence"


# Past the dispatcher.


def test_users_can_be_spawned_and_changed_by_hand(local):
    runner = local(A, B)
    users = runner.spawn_users({"A": 2, "B": 1})
    users[0].my_custom_token = "token"
    assert sorted(type(user).__name__ for user in users) == ["A", "A", "B"]
    assert runner.user_classes_count == {"A": 2, "B": 1}
    assert runner.state is RunState.READY


def test_users_can_be_stopped_by_hand(local):
    runner = local(A, B)
    runner.start(8, 1000, wait=True)
    runner.stop_users({"A": 1, "B": 4})
    assert runner.user_classes_count == {"A": 1, "B": 2}
    runner.stop_users({"A": 10})
    assert runner.user_classes_count == {"A": 0, "B": 2}


def test_spawning_by_hand_can_wait_for_the_end_of_the_users(local):
    done = []

    class Short(A):
        @task
        def idle(self):
            gevent.sleep(0.01)
            done.append(self)
            raise StopUser

    users = local(Short).spawn_users({"Short": 3}, wait=True)
    assert set(done) == set(users)


def test_users_spawned_by_hand_end_with_stop_and_without_events(local, heard):
    runner = local(A)
    fired = heard(runner.environment, "test_stopping", "test_stop")
    runner.spawn_users({"A": 3})
    runner.stop()
    assert runner.user_count == 0
    assert fired == []
    runner.spawn_users({"A": 3})
    runner.quit()
    assert runner.user_count == 0


def test_a_ramp_reckons_with_users_spawned_by_hand(local):
    runner = local(A)
    runner.spawn_users({"A": 3})
    runner.start(5, 1000, wait=True)
    assert runner.user_count == 5


@pytest.mark.parametrize("numbers", [{"C": 1}, {"A": -1}, {"A": 1.5}, {"A": True}])
def test_what_is_no_number_of_users_of_a_class_is_refused(local, numbers):
    runner = local(A)
    with pytest.raises(RunnerError) as refusal:
        runner.spawn_users(numbers)
    assert refusal.value.hint
    with pytest.raises(RunnerError):
        runner.stop_users(numbers)
    assert runner.user_count == 0


def test_classes_as_the_run_has_set_them_are_used(local):
    runner = local(A, host="http://target")
    (user,) = runner.spawn_users({"A": 1})
    assert user.host == "http://target"
    assert A.host is None


def test_a_user_may_stop_others_and_itself(local):
    class Stopper(A):
        @task
        def idle(self):
            self.environment.runner.stop_users({"Stopper": 1, "A": 2})

    runner = local(Stopper, A)
    runner.spawn_users({"A": 2})
    runner.spawn_users({"Stopper": 1})
    until(lambda: runner.user_count == 0)


def test_spawning_leaves_the_process_settings_of_gevent_alone(local):
    runner, before = local(A), gevent.config.track_greenlet_tree
    runner.spawn_users({"A": 1})
    assert gevent.config.track_greenlet_tree is before
