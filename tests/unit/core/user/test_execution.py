"""Fairness and cost of the task loop."""

import time

import gevent
import pytest

from support.users import join, live, start
from swarm.core import Environment, InterruptTaskSet, StopUser, TaskSet, User, task
from swarm.core.user import Turn


@pytest.fixture
def switches(monkeypatch):
    """Counts how often users give way without waiting."""
    given_way = []
    real = Turn.give_way

    def give_way(turn):
        given_way.append(turn)
        real(turn)

    monkeypatch.setattr(Turn, "give_way", give_way)
    return given_way


class Spinning(User):
    """Neither waits nor does I/O."""

    runs = 0

    @task
    def spin(self):
        self.runs += 1


class Limited(User):
    """Ends after ten tasks."""

    abstract = True
    runs = 0

    def done(self):
        self.runs += 1
        if self.runs == 10:
            raise StopUser


def test_users_that_never_wait_take_turns():
    environment = Environment(user_classes=[Spinning])
    users = [start(Spinning, environment) for _ in range(5)]
    gevent.sleep(0.02)
    for user in users:
        user.stop()
    runs = [join(user).runs for user in users]
    assert min(runs) > 10
    assert max(runs) - min(runs) <= 5


def test_users_that_never_wait_leave_time_for_timers():
    user = start(Spinning)
    begin = time.monotonic()
    gevent.sleep(0.01)
    assert time.monotonic() - begin < 0.2
    user.stop()
    assert join(user).runs > 10


def test_a_user_whose_wait_is_over_runs_after_a_few_tasks_of_one_that_computes():
    computed = 0

    class Computing(User):
        @task
        def compute(self):
            nonlocal computed
            end = time.monotonic() + 0.002
            while time.monotonic() < end:
                pass
            computed += 1

    environment = Environment()
    computing = start(Computing, environment)
    in_between = []
    for _ in range(10):
        before = computed
        gevent.sleep(0.001)
        in_between.append(computed - before)
    computing.stop(force=True)
    join(computing)
    assert max(in_between) <= 5  # gevent on its own makes it fifty


def test_a_user_that_spins_between_nested_task_sets_takes_turns_too():
    class Nesting(User):
        @task
        class Empty(TaskSet):
            def on_start(self):
                raise InterruptTaskSet

            tasks = [print]

    user = start(Nesting)
    gevent.sleep(0.01)
    user.stop()
    join(user)


def test_a_user_gives_way_if_nobody_has_run_since_its_last_task(switches):
    class Visitor(Limited):
        @task
        def visit(self):
            self.done()

    live(Visitor)
    assert len(switches) == 9


def test_a_user_does_not_give_way_if_somebody_else_has_run(switches):
    class Visitor(Limited):
        @task
        def visit(self):
            gevent.sleep(0)  # as any I/O does
            self.done()

    environment = Environment(user_classes=[Visitor])
    users = [start(Visitor, environment) for _ in range(3)]
    for user in users:
        join(user)
    # Of 30 tasks, only those before the second user and after the last but one are alone.
    assert len(switches) <= 3


def test_a_user_that_has_waited_does_not_give_way_as_well(switches):
    class Visitor(Limited):
        def wait_time(self):
            return 0.0001

        @task
        def visit(self):
            self.done()

    live(Visitor)
    assert switches == []


def test_entering_a_task_set_is_no_reason_to_give_way(switches):
    class Visitor(User):
        @task
        class Nested(TaskSet):
            @task
            def visit(self):
                raise StopUser

    live(Visitor)
    assert switches == []


def test_the_loop_costs_about_as_much_as_a_few_function_calls():
    """Compared with function calls on the same machine, so that a slow machine is no failure."""
    number = 10_000

    class Visitor(User):
        left = number

        @task
        def visit(self):
            self.environment.turn.holder = None
            self.left -= 1
            if not self.left:
                raise StopUser

    def nothing(argument):
        return argument

    def seconds(function, *arguments):
        begin = time.perf_counter()
        function(*arguments)
        return time.perf_counter() - begin

    def calls():
        for _ in range(number):
            nothing(nothing(nothing(nothing(nothing(None)))))

    environment = Environment(user_classes=[Visitor])
    assert min(seconds(Visitor(environment).run) / seconds(calls) for _ in range(10)) < 8
