"""Several user classes in one process, from start to quit, with every number known before."""

from collections import Counter

import gevent

from support.wait import until
from swarm.core import (
    Environment,
    InterruptTaskSet,
    LoadTestShape,
    SequentialTaskSet,
    StopUser,
    TaskSet,
    User,
    constant,
    task,
)

ROUNDS = 5


class Buyer(User):
    """Goes through three steps in order, so many times, and leaves."""

    weight = 3
    wait_time = constant(0.001)
    rounds = 0

    def on_stop(self):
        self.environment.events.request.fire("life", "buyer left", None)

    @task
    class Purchase(SequentialTaskSet):
        @task
        def look(self):
            self.user.step("look")

        @task
        def pay(self):
            self.user.step("pay", ConnectionError("declined"))

        @task
        def leave(self):
            self.user.step("leave")
            self.user.rounds += 1
            if self.user.rounds == ROUNDS:
                raise StopUser

    def step(self, name, exception=None):
        self.environment.events.request.fire("step", name, 10.0, 100, exception)


class Reader(User):
    """Reads in a nested task set, fails in a task of its own, and leaves."""

    weight = 1
    wait_time = constant(0.001)

    def on_start(self):
        self.read = 0

    @task
    class Forum(TaskSet):
        @task
        def read(self):
            self.user.read += 1
            self.user.environment.events.request.fire("read", "thread", 1.0, 10)
            if self.user.read == ROUNDS:
                raise ValueError("the last page is missing")
            if self.user.read > ROUNDS:
                raise StopUser
            raise InterruptTaskSet


class Admin(User):
    """Exactly one of it, which stays."""

    fixed_count = 1
    wait_time = constant(100)

    @task
    def watch(self):
        with self.environment.events.request.measure("admin", "watch"):
            gevent.sleep(0)


def test_every_request_failure_exception_and_user_is_accounted_for():
    environment = Environment(user_classes=[Buyer, Reader, Admin])
    told = []
    environment.events.spawning_complete.add_listener(
        lambda user_count, **_: told.append(user_count)
    )
    runner = environment.create_local_runner()
    runner.start(41, spawn_rate=400)
    assert runner.target_user_classes_count == {"Buyer": 30, "Reader": 10, "Admin": 1}
    until(lambda: runner.state == "running" and runner.user_count == 1, limit=10)
    runner.quit()
    runner.greenlet.join()

    counted = Counter(
        {(row.method, row.name): row.num_requests for row in environment.stats.entries.values()}
    )
    assert counted == {
        ("step", "look"): 30 * ROUNDS,
        ("step", "pay"): 30 * ROUNDS,
        ("step", "leave"): 30 * ROUNDS,
        ("life", "buyer left"): 30,
        ("read", "thread"): 10 * (ROUNDS + 1),
        ("admin", "watch"): 1,
    }
    assert environment.stats.num_requests == counted.total()
    assert environment.stats.num_failures == 30 * ROUNDS
    (error,) = environment.stats.errors.values()
    assert (error.name, error.occurrences) == ("pay", 30 * ROUNDS)
    (exception,) = runner.exceptions
    assert (exception.msg, exception.count) == ("the last page is missing", 10)
    assert len(told) == 1
    assert runner.user_count == 0


def test_a_shape_leads_a_mixed_load_up_and_down_and_ends_it(monkeypatch):
    monkeypatch.setattr("swarm.core.runners.SHAPE_TICK_INTERVAL", 0.05)

    class Idle(User):
        wait_time = constant(100)

        @task
        def idle(self):
            pass

    class Busy(Idle):
        weight = 2

    class Steps(LoadTestShape):
        loads = iter([(6, 1000), (12, 1000, [Busy]), (3, 1000, [Idle, Busy]), None])

        def tick(self):
            return next(self.loads)

    environment = Environment(user_classes=[Idle, Busy], shape_class=Steps())
    runner = environment.create_local_runner()
    seen = []
    environment.events.spawning_complete.add_listener(
        lambda **_: seen.append(runner.target_user_classes_count)
    )
    runner.start_shape()
    gevent.spawn(runner.greenlet.join).get(timeout=5)
    assert seen == [{"Idle": 2, "Busy": 4}, {"Busy": 12}, {"Idle": 1, "Busy": 2}]
    assert runner.state == "stopped"
    assert environment.process_exit_code is None
