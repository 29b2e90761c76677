"""Task sets, nested and sequential."""

from types import SimpleNamespace

import gevent
import pytest

from support.users import join, live, recorded_errors, start
from swarm.core import (
    Environment,
    InterruptTaskSet,
    RescheduleTask,
    RescheduleTaskImmediately,
    SequentialTaskSet,
    StopTest,
    StopUser,
    TaskSet,
    User,
    constant,
    tag,
    task,
)
from swarm.core.exception import TestFileError


class Logging(User):
    """Keeps a log and ends when it is long enough."""

    abstract = True
    limit = 8
    client = "the client"

    def __init__(self, environment):
        super().__init__(environment)
        self.log = []

    def note(self, what):
        self.log.append(what)
        if len(self.log) >= self.limit:
            raise StopUser


class LoggingSet(TaskSet):
    """Keeps the log of its user."""

    def note(self, what):
        self.user.note(what)

    def on_start(self):
        self.note(f"{type(self).__name__} on_start")

    def on_stop(self):
        self.user.log.append(f"{type(self).__name__} on_stop")


def test_a_task_set_runs_until_it_is_interrupted_and_then_its_parent_goes_on():
    class Visitor(Logging):
        @task
        class Forum(LoggingSet):
            @task
            def read(self):
                self.note("read")
                if self.user.log.count("read") % 2 == 0:
                    self.interrupt()

    assert live(Visitor).log == [
        "Forum on_start", "read", "read", "Forum on_stop",
        "Forum on_start", "read", "read", "Forum on_stop",
        "Forum on_start", "Forum on_stop",
    ]  # fmt: skip


def test_a_task_set_knows_its_parent_its_user_and_the_client():
    class Visitor(Logging):
        @task
        class Outer(TaskSet):
            @task
            class Inner(TaskSet):
                @task
                def check(self):
                    self.user.inner = self
                    raise StopUser

    user = live(Visitor)
    inner = user.inner
    assert inner.user is inner.parent.user is user
    assert isinstance(inner.parent, Visitor.Outer)
    assert inner.parent.parent is user
    assert inner.client == inner.parent.client == "the client"


def test_functions_listed_in_a_task_set_get_the_task_set():
    seen = []

    def read(task_set):
        seen.append(task_set)
        raise StopUser

    class Forum(TaskSet):
        tasks = [read]

    class Visitor(User):
        tasks = [Forum]

    user = live(Visitor)
    assert isinstance(seen[0], Forum)
    assert seen[0].user is user


@pytest.mark.parametrize("reschedule", [True, False])
def test_interrupt_says_whether_the_parent_waits_first(reschedule):
    class Visitor(Logging):
        def wait_time(self):
            self.note("wait")
            return 0

        @task
        class Forum(TaskSet):
            def wait_time(self):
                self.user.note("set waits")
                return 0

            @task
            def leave(self):
                self.user.note("leave")
                self.interrupt(reschedule=reschedule)

    log = live(Visitor).log
    assert "set waits" not in log
    assert log.count("wait") == (0 if reschedule else 4)


def test_interrupt_leaves_only_the_innermost_task_set():
    class Visitor(Logging):
        limit = 5

        @task
        class Outer(SequentialTaskSet):
            @task
            class Inner(LoggingSet):
                @task
                def leave(self):
                    self.interrupt()

            @task
            def after(self):
                self.user.note("after")

    assert live(Visitor).log == [
        "Inner on_start", "Inner on_stop", "after", "Inner on_start", "Inner on_stop",
        "after",
    ]  # fmt: skip


def test_raising_interrupt_is_the_same_as_calling_it():
    class Visitor(Logging):
        @task
        class Forum(LoggingSet):
            @task
            def leave(self):
                raise InterruptTaskSet

    assert live(Visitor).log[:4] == ["Forum on_start", "Forum on_stop"] * 2


def test_reschedule_task_in_a_task_stays_in_the_task_set():
    class Visitor(Logging):
        @task
        class Forum(LoggingSet):
            def wait_time(self):
                self.note("wait")
                return 0

            @task
            def read(self):
                self.note("read")
                raise RescheduleTask

    assert live(Visitor).log[:5] == ["Forum on_start", "read", "wait", "read", "wait"]


def test_reschedule_task_immediately_in_a_task_does_not_wait():
    class Visitor(Logging):
        @task
        class Forum(LoggingSet):
            def wait_time(self):
                self.note("wait")
                return 0

            @task
            def read(self):
                self.note("read")
                raise RescheduleTaskImmediately

    assert live(Visitor).log[:4] == ["Forum on_start", "read", "read", "read"]


@pytest.mark.parametrize(("steering", "waits"), [
    (RescheduleTask(), True),
    (InterruptTaskSet(reschedule=False), True),
    (RescheduleTaskImmediately(), False),
    (InterruptTaskSet(), False),
])  # fmt: skip
@pytest.mark.parametrize("place", ["on_start", "wait_time"])
def test_steering_outside_of_a_task_hands_over_to_the_parent(place, steering, waits):
    class Visitor(Logging):
        def wait_time(self):
            self.note("wait")
            return 0

        @task
        class Forum(TaskSet):
            def on_start(self):
                if place == "on_start":
                    raise steering

            def on_stop(self):
                self.user.note("left")

            def wait_time(self):
                raise steering

            @task
            def read(self):
                self.user.note("read")

    log = live(Visitor).log
    assert log.count("left") >= 3
    assert ("wait" in log) == waits


def test_an_error_in_on_start_is_reported_and_the_parent_waits_and_goes_on():
    class Visitor(Logging):
        def wait_time(self):
            self.note("wait")
            return 0

        @task
        class Forum(LoggingSet):
            def on_start(self):
                self.note("on_start")
                raise ValueError("closed")

            @task
            def read(self):
                self.note("read")

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    assert live(Visitor, environment).log[:4] == ["on_start", "wait", "on_start", "wait"]
    assert {str(e["exception"]) for e in errors} == {"closed"}


def test_an_error_in_on_stop_is_reported_and_the_parent_goes_on():
    class Visitor(Logging):
        limit = 3

        @task
        class Forum(TaskSet):
            def on_stop(self):
                raise ValueError("locked in")

            @task
            def leave(self):
                self.user.note("leave")
                self.interrupt()

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    assert live(Visitor, environment).log == ["leave"] * 3
    assert [str(e["exception"]) for e in errors] == ["locked in"] * 3


def test_an_empty_task_set_is_an_error_of_the_task_that_it_is():
    class Visitor(User):
        wait_time = constant(60)

        @task
        class Forum(TaskSet): ...

    environment = Environment(user_classes=[Visitor])
    errors = recorded_errors(environment)
    user = start(Visitor, environment)
    assert [str(e["exception"]) for e in errors] == [
        "No tasks defined on Forum; use @task or set tasks"
    ]
    assert user.stop()


def test_on_stop_of_all_task_sets_is_called_when_the_user_is_killed():
    class Visitor(Logging):
        limit = 100

        def on_stop(self):
            self.log.append("Visitor on_stop")

        @task
        class Outer(LoggingSet):
            @task
            class Inner(LoggingSet):
                @task
                def read(self):
                    gevent.sleep(60)

    user = start(Visitor)
    assert user.stop(force=True)
    assert join(user).log == [
        "Outer on_start", "Inner on_start", "Inner on_stop", "Outer on_stop", "Visitor on_stop",
    ]  # fmt: skip


def test_a_task_set_waits_as_its_user_does_unless_it_has_a_wait_time():
    class Visitor(User):
        wait_time = constant(3)

    class Plain(TaskSet): ...

    class Patient(TaskSet):
        wait_time = constant(7)

    user = Visitor(Environment(user_classes=[Visitor]))
    assert Plain(user).wait_time() == 3
    assert Plain(Patient(user)).wait_time() == 3
    assert Patient(user).wait_time() == 7


def test_wait_in_a_task_of_a_task_set_lets_the_user_be_stopped():
    class Visitor(Logging):
        @task
        class Forum(TaskSet):
            wait_time = constant(60)

            @task
            def read(self):
                self.user.note("before")
                self.wait()
                self.user.note("after")

    user = start(Visitor)
    assert user.stop()
    assert join(user, limit=1).log == ["before"]


@pytest.mark.parametrize("place", ["on_start", "wait_time", "on_stop"])
def test_stop_test_outside_of_a_task_ends_the_test(place):
    class Visitor(Logging):
        @task
        class Forum(TaskSet):
            def reach(self, name):
                self.user.note(name)
                if name == place:
                    raise StopTest("enough")

            def on_start(self):
                self.reach("on_start")

            def wait_time(self):
                self.reach("wait_time")
                return 0

            def on_stop(self):
                self.reach("on_stop")

            @task
            def read(self):
                self.user.note("read")
                if place == "on_stop":
                    self.interrupt()

    reasons = []
    environment = Environment(user_classes=[Visitor])
    environment.runner = SimpleNamespace(stop_test=reasons.append)
    assert live(Visitor, environment).log[-1] == "on_stop"
    assert reasons == ["enough"]


def test_other_steering_in_on_stop_has_nothing_left_to_steer():
    class Visitor(Logging):
        limit = 4

        @task
        class Forum(TaskSet):
            def on_stop(self):
                self.user.note("on_stop")
                raise InterruptTaskSet

            @task
            def leave(self):
                self.user.note("leave")
                self.interrupt()

    assert live(Visitor).log == ["leave", "on_stop"] * 2


# --- schedule_task ----------------------------------------------------------------------


def test_scheduled_tasks_run_in_order_before_the_others_and_first_goes_first():
    class Visitor(Logging):
        limit = 5

        @task
        class Forum(TaskSet):
            def on_start(self):
                self.schedule_task(Visitor.Forum.two)
                self.schedule_task(self.three)
                self.schedule_task(self.one, first=True)

            @task
            def other(self):
                self.user.note("other")

            def one(self):
                self.user.note("one")

            def two(self):
                self.user.note("two")

            def three(self):
                self.user.note("three")

    assert live(Visitor).log == ["one", "two", "three", "other", "other"]


def test_a_task_set_and_a_method_of_the_user_can_be_scheduled():
    class Visitor(Logging):
        limit = 3

        def greet(self):
            self.note("greet")

        class Nested(LoggingSet):
            @task
            def leave(self):
                self.interrupt()

        @task
        class Forum(TaskSet):
            @task
            def read(self):
                self.schedule_task(Visitor.Nested)
                self.schedule_task(self.user.greet)

    assert live(Visitor).log == ["Nested on_start", "Nested on_stop", "greet"]


def test_only_tasks_can_be_scheduled():
    class Visitor(User): ...

    user = Visitor(Environment(user_classes=[Visitor]))
    with pytest.raises(TestFileError, match="schedule_task of Visitor got 'read'"):
        user.schedule_task("read")


# --- SequentialTaskSet ------------------------------------------------------------------


def test_a_sequence_runs_in_the_order_of_declaration_again_and_again():
    def listed(task_set):
        task_set.user.note("listed")

    class Visitor(Logging):
        limit = 8

        @task
        class Steps(SequentialTaskSet):
            @task(100)
            def first(self):
                self.user.note("first")

            tasks = [listed]

            @task
            def last(self):
                self.user.note("last")

    assert live(Visitor).log == ["first", "listed", "last"] * 2 + ["first", "listed"]


def test_a_sequence_begins_anew_when_it_is_entered_again():
    class Visitor(Logging):
        limit = 4

        @task
        class Steps(SequentialTaskSet):
            @task
            def first(self):
                self.user.note("first")

            @task
            def second(self):
                self.user.note("second")
                self.interrupt()

            @task
            def never(self):
                self.user.note("never")

    assert live(Visitor).log == ["first", "second", "first", "second"]


def test_a_sequence_goes_on_after_a_step_that_fails():
    class Visitor(Logging):
        limit = 3

        @task
        class Steps(SequentialTaskSet):
            @task
            def first(self):
                self.user.note("first")
                raise ValueError

            @task
            def second(self):
                self.user.note("second")

    assert live(Visitor).log == ["first", "second", "first"]


def test_an_empty_sequence_says_so():
    class Steps(SequentialTaskSet): ...

    class Visitor(User): ...

    user = Visitor(Environment(user_classes=[Visitor]))
    with pytest.raises(TestFileError, match="No tasks defined on Steps"):
        Steps(user).get_next_task()


def test_tagging_a_task_set_leaves_its_tasks_as_they_are():
    @tag("slow")
    class Forum(TaskSet):
        @task
        def read(self): ...

    assert vars(Forum.read) == {"swarm_task_weight": 1}
