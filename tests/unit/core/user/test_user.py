"""The life of a user."""

import gc
import logging
import time

import gevent
import pytest
from gevent.event import Event
from gevent.pool import Group

from support.users import join, live, recorded_errors, start
from swarm.core import (
    Environment,
    InterruptTaskSet,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
    TaskSet,
    User,
    constant,
    task,
)
from swarm.core.exception import TestFileError
from swarm.core.user import UserState, check_has_tasks, check_user_class


class Counting(User):
    """Ends itself after a number of tasks."""

    limit = 3

    def __init__(self, environment):
        super().__init__(environment)
        self.log = []

    def on_start(self):
        self.log.append("on_start")

    def on_stop(self):
        self.log.append("on_stop")

    def done(self, name):
        self.log.append(name)
        if len(self.log) > self.limit:
            raise StopUser


class RunnerThatListens:
    """The part of a runner that users see."""

    def __init__(self):
        self.reasons = []

    def stop_test(self, reason=""):
        self.reasons.append(reason)


# --- the course of a life ---------------------------------------------------------------


def test_a_user_starts_runs_tasks_and_stops():
    class Visitor(Counting):
        @task
        def visit(self):
            self.done("visit")

    assert live(Visitor).log == ["on_start", "visit", "visit", "visit", "on_stop"]


def test_plain_functions_get_the_user():
    seen = []

    def visit(user):
        seen.append(user)
        raise StopUser

    class Visitor(User):
        tasks = [visit]

    assert seen == [live(Visitor)]


def test_tasks_are_picked_in_proportion_to_their_weights():
    class Visitor(Counting):
        limit = 4000

        @task(3)
        def often(self):
            self.done("often")

        @task(1)
        def rarely(self):
            self.done("rarely")

    log = live(Visitor).log
    assert 2800 < log.count("often") < 3200


def test_tasks_that_are_assigned_later_are_expanded():
    class Visitor(Counting):
        limit = 400

    def often(user):
        user.done("often")

    def rarely(user):
        user.done("rarely")

    Visitor.tasks = {often: 3, rarely: 1}
    log = live(Visitor).log
    assert log.count("often") > log.count("rarely") > 0
    assert Visitor.tasks == {often: 3, rarely: 1}


def test_tasks_can_be_set_for_one_user_in_on_start():
    class Visitor(Counting):
        def on_start(self):
            self.tasks = [Visitor.visit]

        def visit(self):
            self.done("visit")

    assert live(Visitor).log.count("visit") == 4
    assert Visitor.tasks == []


def test_get_next_task_can_be_overridden():
    class Visitor(Counting):
        def get_next_task(self):
            return Visitor.second if self.log[-1] == "first" else Visitor.first

        def first(self):
            self.done("first")

        def second(self):
            self.done("second")

    assert live(Visitor).log == ["on_start", "first", "second", "first", "on_stop"]


def test_a_user_without_tasks_reports_it_and_ends(caplog):
    class Idle(User): ...

    environment = Environment(user_classes=[Idle])
    errors = recorded_errors(environment)
    live(Idle, environment)
    assert [str(e["exception"]) for e in errors] == [
        "No tasks defined on Idle; use @task or set tasks"
    ]
    assert "No tasks defined on Idle" in caplog.text


def test_scheduled_tasks_go_first():
    class Visitor(Counting):
        limit = 5

        def on_start(self):
            self.schedule_task(self.later)
            self.schedule_task(Visitor.sooner, first=True)

        @task
        def visit(self):
            self.done("visit")

        def sooner(self):
            self.done("sooner")

        def later(self):
            self.done("later")

    assert live(Visitor).log[:3] == ["sooner", "later", "visit"]


def test_on_stop_is_called_when_a_user_is_killed_in_a_task():
    class Visitor(Counting):
        @task
        def visit(self):
            self.log.append("visit")
            gevent.sleep(60)
            self.log.append("never")

    user = start(Visitor)
    user.greenlet.kill()
    assert user.log == ["on_start", "visit", "on_stop"]


def test_on_stop_is_called_when_a_user_is_killed_in_on_start():
    class Visitor(Counting):
        def on_start(self):
            super().on_start()
            gevent.sleep(60)

    user = start(Visitor)
    assert user.stop(force=True)
    assert join(user).log == ["on_start", "on_stop"]


def test_a_user_that_never_began_calls_nothing_when_it_is_stopped():
    class Visitor(Counting):
        tasks = [Counting.done]

    user = Visitor(Environment(user_classes=[Visitor]))
    group = Group()
    user.start(group)
    assert user.stop()
    group.join(timeout=2)
    assert len(group) == 0
    assert user.log == []


# --- stopping ---------------------------------------------------------------------------


def test_a_waiting_user_can_be_stopped_at_once():
    class Visitor(Counting):
        wait_time = constant(60)

        @task
        def visit(self):
            self.log.append("visit")

    user = start(Visitor)
    assert user.stop()
    assert join(user, limit=1).log == ["on_start", "visit", "on_stop"]


def test_a_busy_user_finishes_its_task():
    go_on = Event()

    class Visitor(Counting):
        wait_time = constant(60)

        @task
        def visit(self):
            go_on.wait()
            self.log.append("visit")

    user = start(Visitor)
    assert not user.stop()
    gevent.sleep(0.01)
    assert not user.greenlet.dead
    go_on.set()
    assert join(user).log == ["on_start", "visit", "on_stop"]


def test_a_busy_user_in_a_nested_task_set_leaves_all_of_them():
    go_on = Event()

    class Visitor(Counting):
        @task
        class Outer(TaskSet):
            def on_stop(self):
                self.user.log.append("outer.on_stop")

            @task
            class Inner(TaskSet):
                def on_stop(self):
                    self.user.log.append("inner.on_stop")

                @task
                def visit(self):
                    go_on.wait()
                    self.user.log.append("visit")

    user = start(Visitor)
    assert not user.stop()
    go_on.set()
    assert join(user).log == ["on_start", "visit", "inner.on_stop", "outer.on_stop", "on_stop"]


def test_wait_in_a_task_lets_the_user_be_stopped_in_the_middle():
    class Visitor(Counting):
        wait_time = constant(60)

        @task
        def visit(self):
            self.log.append("before")
            self.wait()
            self.log.append("after")

    user = start(Visitor)
    assert user.stop()
    assert join(user, limit=1).log == ["on_start", "before", "on_stop"]


def test_a_user_that_was_asked_to_stop_ends_in_its_next_wait():
    go_on = Event()

    class Visitor(Counting):
        wait_time = constant(60)

        @task
        def visit(self):
            go_on.wait()
            self.log.append("before")
            self.wait()
            self.log.append("after")

    user = start(Visitor)
    assert not user.stop()
    go_on.set()
    assert join(user, limit=1).log == ["on_start", "before", "on_stop"]


def test_force_ends_a_busy_user():
    class Visitor(Counting):
        @task
        def visit(self):
            gevent.sleep(60)

    user = start(Visitor)
    assert user.stop(force=True)
    assert join(user, limit=1).log == ["on_start", "on_stop"]


def test_a_user_that_neither_waits_nor_does_io_can_be_stopped():
    class Visitor(Counting):
        @task
        def visit(self): ...

    user = start(Visitor)
    assert not user.stop()
    assert join(user, limit=1).log == ["on_start", "on_stop"]


def test_a_user_that_is_in_on_start_finishes_it_and_runs_no_task():
    go_on = Event()

    class Visitor(Counting):
        def on_start(self):
            go_on.wait()
            self.log.append("on_start")

        @task
        def visit(self):
            self.done("visit")

    user = start(Visitor)
    assert not user.stop()
    go_on.set()
    assert join(user).log == ["on_start", "on_stop"]


@pytest.mark.parametrize("force", [False, True])
def test_a_user_in_on_stop_counts_as_ended_and_is_left_to_finish(force):
    go_on = Event()

    class Visitor(User):
        finished = False

        @task
        def visit(self):
            raise StopUser

        def on_stop(self):
            go_on.wait()
            self.finished = True

    user = start(Visitor)
    assert user.stop(force)
    gevent.sleep(0.01)
    go_on.set()
    assert join(user).finished


def test_a_user_can_be_killed_in_on_stop():
    class Visitor(User):
        @task
        def visit(self):
            raise StopUser

        def on_stop(self):
            gevent.sleep(60)

    user = start(Visitor)
    user.greenlet.kill(timeout=1)
    assert user.greenlet.dead
    assert user._state is UserState.STOPPED


def test_a_user_that_stops_itself_from_a_task_finishes_the_task():
    class Visitor(Counting):
        wait_time = constant(60)

        @task
        def visit(self):
            self.stop(force=True)
            gevent.sleep(0)
            self.log.append("visit")

    assert live(Visitor).log == ["on_start", "visit", "on_stop"]


def test_stopping_a_user_that_has_ended_or_never_started_does_nothing():
    class Visitor(User):
        @task
        def visit(self):
            raise StopUser

    user = Visitor(Environment(user_classes=[Visitor]))
    assert user.stop()
    user = live(Visitor)
    assert user.stop()
    assert user._state is UserState.STOPPED


def test_a_kill_that_comes_while_a_user_wakes_up_does_not_cut_off_on_stop():
    """Both timers run out in one turn of the event loop, the one of who stops it first."""

    class Visitor(User):
        runs = 0
        finished = False
        wait_time = constant(0.02)

        @task
        def visit(self):
            self.runs += 1

        def on_stop(self):
            gevent.sleep(0.001)
            self.finished = True

    user = start(Visitor)
    gevent.spawn_later(0.01, user.stop)
    gevent.sleep(0)
    deadline = time.monotonic() + 0.04
    while time.monotonic() < deadline:
        pass
    assert join(user).finished
    assert user.runs == 1


# --- errors -----------------------------------------------------------------------------


def test_a_task_that_raises_is_reported_and_the_user_waits_and_goes_on(caplog):
    class Visitor(Counting):
        wait_time = constant(0.001)

        @task
        def visit(self):
            self.done("visit")
            raise ValueError("broken page")

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    user = live(Visitor, environment)
    assert user.log == ["on_start", "visit", "visit", "visit", "on_stop"]
    assert [str(e["exception"]) for e in errors] == ["broken page"] * 2
    assert all(e["user_instance"] is user for e in errors)
    assert "The task visit of Visitor failed: ValueError: broken page" in caplog.text


def test_the_logged_traceback_begins_in_the_users_code(caplog):
    class Visitor(Counting):
        limit = 1

        @task
        class Nested(TaskSet):
            @task
            def visit(self):
                self.user.log.append("visit")
                if len(self.user.log) > 2:
                    raise StopUser
                raise ValueError("broken page")

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    live(Visitor, environment)
    assert errors[0]["tb"].tb_frame.f_code.co_name == "visit"
    assert "in visit" in caplog.text
    assert "execution.py" not in caplog.text
    assert "taskset.py" not in caplog.text


def test_a_task_that_takes_no_argument_is_reported_without_a_traceback_of_swarm(caplog):
    class Visitor(Counting):
        wait_time = constant(60)

        @task
        def visit(): ...

    user = start(Visitor)
    user.stop()
    join(user)
    assert "takes 0 positional arguments but 1 was given" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_gevent_timeout_that_a_task_lets_out_is_an_error_of_the_task():
    class Visitor(Counting):
        @task
        def visit(self):
            self.done("visit")
            with gevent.Timeout(0.001):
                gevent.sleep(60)

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    assert live(Visitor, environment).log.count("visit") == 3
    assert len(errors) == 2


def test_errors_are_raised_if_the_environment_does_not_catch_them():
    class Visitor(Counting):
        @task
        def visit(self):
            raise ValueError("broken page")

    user = Visitor(Environment(user_classes=[Visitor], catch_exceptions=False))
    with pytest.raises(ValueError, match="broken page"):
        user.run()
    assert user.log == ["on_start", "on_stop"]


def test_an_error_in_on_start_is_reported_and_on_start_is_tried_again(monkeypatch):
    monkeypatch.setattr("swarm.core.user.user.FAILED_WAIT", 0.001)

    class Visitor(Counting):
        attempts = 0

        def on_start(self):
            self.attempts += 1
            if self.attempts < 3:
                raise ConnectionError("no login")
            self.log.append("on_start")

        @task
        def visit(self):
            self.done("visit")

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    assert live(Visitor, environment).log == ["on_start", "visit", "visit", "visit", "on_stop"]
    assert [str(e["exception"]) for e in errors] == ["no login"] * 2


def test_a_user_whose_on_start_failed_can_be_stopped_while_it_waits_and_has_no_on_stop():
    class Visitor(Counting):
        def on_start(self):
            raise ConnectionError("no login")

    user = start(Visitor)
    assert user._state is UserState.WAITING
    assert user.stop()
    assert join(user, limit=1).log == []


def test_an_error_in_on_stop_is_reported(caplog):
    class Visitor(User):
        def on_stop(self):
            raise ValueError("no logout")

        @task
        def visit(self):
            raise StopUser

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    live(Visitor, environment)
    assert [str(e["exception"]) for e in errors] == ["no logout"]
    assert "on_stop of Visitor" in caplog.text


def test_an_error_in_get_next_task_is_reported_and_the_user_goes_on():
    class Visitor(Counting):
        def get_next_task(self):
            self.done("pick")
            raise LookupError("no idea")

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    assert live(Visitor, environment).log.count("pick") == 3
    assert len(errors) == 2


@pytest.mark.parametrize("value", ["soon", None, [1]])
def test_a_wait_time_that_is_no_number_is_reported_and_does_not_spin(value, caplog):
    class Visitor(User):
        runs = 0

        def wait_time(self):
            return value

        @task
        def visit(self):
            self.runs += 1

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    user = start(Visitor, environment)
    gevent.sleep(0.02)
    assert user.runs == 1
    assert len(errors) == 1
    assert f"wait_time returned {value!r}, no number of seconds" in caplog.text
    assert user.stop()


def test_a_wait_time_that_raises_is_reported_and_taken_as_a_second():
    class Visitor(User):
        runs = 0

        def wait_time(self):
            raise ValueError("no time")

        @task
        def visit(self):
            self.runs += 1

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    user = start(Visitor, environment)
    gevent.sleep(0.02)
    assert user.runs == 1
    assert [str(e["exception"]) for e in errors] == ["no time"]
    assert user.stop()


def test_a_wait_time_that_raises_does_not_hinder_a_user_whose_on_start_failed():
    class Visitor(Counting):
        def on_start(self):
            raise ConnectionError("no login")

        def wait_time(self):
            raise ValueError("no time")

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    user = start(Visitor, environment)
    assert user._state is UserState.WAITING
    assert [str(e["exception"]) for e in errors] == ["no login"]
    assert user.stop()


def test_a_listener_of_user_error_can_stop_the_user():
    class Visitor(Counting):
        @task
        def visit(self):
            self.log.append("visit")
            raise ValueError("broken page")

    environment = Environment(user_classes=[Visitor])

    @environment.events.user_error.add_listener
    def give_up(**kwargs):
        raise StopUser

    assert live(Visitor, environment).log == ["on_start", "visit", "on_stop"]


def test_nothing_of_a_failed_task_is_kept_alive(caplog):
    caplog.set_level(logging.CRITICAL, "swarm.user")

    class Payload: ...

    class Visitor(Counting):
        wait_time = constant(60)

        @task
        def visit(self):
            payload = Payload()
            raise ValueError(payload is not None)

    user = start(Visitor)
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, Payload)]
    assert user.stop()


# --- steering ---------------------------------------------------------------------------


def test_stop_user_in_on_start_ends_the_user():
    class Visitor(Counting):
        def on_start(self):
            super().on_start()
            raise StopUser

        @task
        def visit(self):
            self.done("visit")

    assert live(Visitor).log == ["on_start", "on_stop"]


@pytest.mark.parametrize(
    "steering", [RescheduleTask(), RescheduleTaskImmediately(), InterruptTaskSet()]
)
def test_other_steering_in_on_start_only_leaves_on_start(steering):
    class Visitor(Counting):
        def on_start(self):
            super().on_start()
            raise steering

        @task
        def visit(self):
            self.done("visit")

    assert live(Visitor).log == ["on_start", "visit", "visit", "visit", "on_stop"]


@pytest.mark.parametrize(("steering", "waits"), [
    (RescheduleTask(), True),
    (RescheduleTaskImmediately(), False),
    (InterruptTaskSet(reschedule=False), True),
    (InterruptTaskSet(reschedule=True), False),
])  # fmt: skip
def test_steering_in_a_task_of_a_user_leaves_the_task(steering, waits):
    class Visitor(Counting):
        def wait_time(self):
            self.log.append("wait")
            return 0

        @task
        def visit(self):
            self.log.append("visit")
            if self.log.count("visit") == 3:
                raise StopUser
            raise steering

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    log = live(Visitor, environment).log
    assert log.count("wait") == (2 if waits else 0)
    assert errors == []


@pytest.mark.parametrize("place", ["on_start", "visit", "on_stop", "nested", "wait_time"])
def test_stop_test_ends_the_user_and_asks_the_runner_to_end_the_test(place):
    class Visitor(Counting):
        def reach(self, name):
            self.log.append(name)
            if name == place:
                raise StopTest("enough")

        def on_start(self):
            self.reach("on_start")

        def on_stop(self):
            self.reach("on_stop")

        def wait_time(self):
            self.reach("wait_time")
            return 0

        @task
        def visit(self):
            self.reach("visit")
            if place == "on_stop":
                raise StopUser

        @task
        class Nested(TaskSet):
            def on_stop(self):
                self.user.log.append("nested.on_stop")

            @task
            def visit(self):
                self.user.reach("nested")
                self.interrupt()

    environment = Environment(user_classes=[Visitor])
    environment.runner = RunnerThatListens()
    user = live(Visitor, environment)
    assert environment.runner.reasons == ["enough"]
    assert user.log[-1] == "on_stop"


def test_stop_test_without_a_runner_ends_the_user():
    class Visitor(Counting):
        @task
        def visit(self):
            raise StopTest

    assert live(Visitor).log == ["on_start", "on_stop"]


def test_steering_from_wait_time_makes_the_user_go_on():
    class Visitor(Counting):
        def wait_time(self):
            raise RescheduleTask

        @task
        def visit(self):
            self.done("visit")

    assert live(Visitor).log.count("visit") == 3


# --- the class --------------------------------------------------------------------------


def test_a_subclass_is_abstract_only_if_it_says_so():
    class Base(User):
        abstract = True

    class Visitor(Base): ...

    assert User.abstract
    assert Base.abstract
    assert not Visitor.abstract


@pytest.mark.parametrize("weight", [-1, "3", float("nan"), float("inf"), None, True])
def test_a_weight_that_makes_no_sense_names_the_class(weight):
    with pytest.raises(TestFileError, match=r"Visitor\.weight is .* a number of 0 or more"):
        type("Visitor", (User,), {"weight": weight})


@pytest.mark.parametrize("count", [-1, "3", 1.5, None, True])
def test_a_fixed_count_that_makes_no_sense_names_the_class(count):
    with pytest.raises(TestFileError, match=r"Visitor\.fixed_count is .* a whole number"):
        type("Visitor", (User,), {"fixed_count": count})


def test_a_host_that_is_no_text_names_the_class():
    with pytest.raises(TestFileError, match=r"Visitor\.host is 80"):
        type("Visitor", (User,), {"host": 80})


def test_attributes_that_were_set_later_can_be_checked_too():
    class Visitor(User): ...

    check_user_class(Visitor)
    Visitor.weight = -3
    with pytest.raises(TestFileError, match=r"Visitor\.weight is -3"):
        check_user_class(Visitor)


def test_a_class_without_tasks_can_be_found_before_the_run():
    class Idle(User): ...

    class Choosing(User):
        def get_next_task(self):
            return print

    class Busy(User):
        tasks = [print]

    check_has_tasks(Choosing)
    check_has_tasks(Busy)
    with pytest.raises(TestFileError, match="No tasks defined on Idle; use @task or set tasks"):
        check_has_tasks(Idle)


def test_fullname_is_module_and_name():
    class Visitor(User): ...

    assert Visitor.fullname() == (f"{__name__}.test_fullname_is_module_and_name.Visitor")


def test_json_tells_what_can_be_configured():
    class Visitor(User):
        host = "https://example.com"
        weight = 2
        tasks = {print: 2}

    assert Visitor.json() == {
        "host": "https://example.com",
        "weight": 2,
        "fixed_count": 0,
        "tasks": ["print"],
    }


def test_json_can_be_overridden():
    class Visitor(User):
        @classmethod
        def json(cls):
            return {"host": cls.host, "own": 3}

    assert Visitor.json() == {"host": None, "own": 3}


def test_context_is_empty_unless_overridden():
    class Visitor(User): ...

    environment = Environment(user_classes=[Visitor])
    assert Visitor(environment).context() == {}
    assert Visitor(environment).environment is environment


# --- faults that are no `Exception` -------------------------------------------------------


class Outcome(BaseException):
    """What pytest.fail(), asyncio's cancelled futures and others derive their errors from."""


@pytest.mark.parametrize("where", ["on_start", "task", "get_next_task", "wait_time"])
def test_a_fault_is_reported_and_the_user_goes_on_whatever_its_class(where, monkeypatch):
    monkeypatch.setattr("swarm.core.user.execution.FAILED_WAIT", 0.0)
    monkeypatch.setattr("swarm.core.user.user.FAILED_WAIT", 0.0)

    class Visitor(Counting):
        failed = False

        def fail_once(self, place):
            if place == where and not self.failed:
                self.failed = True
                raise Outcome(where)

        def on_start(self):
            self.fail_once("on_start")
            super().on_start()

        def get_next_task(self):
            self.fail_once("get_next_task")
            return super().get_next_task()

        def wait_time(self):
            self.fail_once("wait_time")
            return 0

        @task
        def visit(self):
            self.fail_once("task")
            self.done("visit")

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    assert live(Visitor, environment).log == ["on_start", "visit", "visit", "visit", "on_stop"]
    assert [str(error["exception"]) for error in errors] == [where]


def test_a_fault_in_on_stop_is_reported_whatever_its_class(caplog):
    class Visitor(Counting):
        def on_stop(self):
            raise Outcome("on_stop")

        @task
        def visit(self):
            raise StopUser

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    live(Visitor, environment)
    assert [str(error["exception"]) for error in errors] == ["on_stop"]
    assert "on_stop of Visitor failed: Outcome: on_stop" in caplog.text


def test_a_task_that_ends_its_greenlet_is_no_fault():
    class Visitor(Counting):
        @task
        def visit(self):
            raise gevent.GreenletExit

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    assert live(Visitor, environment).log == ["on_start", "on_stop"]
    assert errors == []


def test_a_constructor_that_leaves_out_that_of_user_is_pointed_at():
    class Visitor(User):
        def __init__(self, environment):
            self.basket = []

    with pytest.raises(TestFileError, match="__init__ of Visitor does not call that of User"):
        Visitor(Environment()).start(Group())


@pytest.mark.parametrize("base", [User, TaskSet])
def test_a_wait_time_that_is_no_function_is_refused_with_the_way_to_write_it(base):
    with pytest.raises(TestFileError, match="wait_time is 5, which is no function") as refused:
        type("Visitor", (base,), {"wait_time": 5})
    assert "constant(5)" in refused.value.hint
