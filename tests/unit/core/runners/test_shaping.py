import gevent
import pytest

import swarm.core.runners as settings
from support.clock import FakeClock
from support.wait import until
from swarm.core import LoadTestShape, StopTest, StopUser, User, constant, task
from swarm.core.dispatch import UsersDispatcher
from swarm.core.exception import ExitCode, RunnerError
from swarm.core.runners import RunState
from swarm.core.runners.shaping import ShapeDriver


class A(User):
    wait_time = constant(100)

    @task
    def idle(self):
        pass


class B(A):
    pass


class Elsewhere(A):
    pass


@pytest.fixture(autouse=True)
def quick_ticks(monkeypatch):
    monkeypatch.setattr(settings, "SHAPE_TICK_INTERVAL", 0.02)


def shape_of(*ticks, **members):
    """Return a shape that says one thing after the other, and the last for ever."""
    remaining = list(ticks)

    def tick(self):
        value = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        if isinstance(value, BaseException):
            raise value
        return value

    return type("Script", (LoadTestShape,), {"tick": tick, **members})()


def joined(runner):
    gevent.spawn(runner.greenlet.join).get(timeout=3)


def test_the_load_follows_the_shape_to_its_end(local, heard):
    runner = local(A, B, shape_class=shape_of((2, 1000), (6, 1000), (1, 1000), None))
    seen = []
    runner.environment.events.spawning_complete.add_listener(
        lambda user_count, **_: seen.append(user_count)
    )
    fired = heard(runner.environment, "test_start", "test_stop")
    runner.start_shape()
    joined(runner)
    assert seen == [2, 6, 1]
    assert fired == ["test_start", "test_stop"]
    assert runner.state is RunState.STOPPED
    assert runner.environment.process_exit_code is None


def test_a_load_that_stays_the_same_is_not_started_again(local, heard):
    runner = local(A, shape_class=shape_of(*[(2, 1000)] * 4, None))
    fired = heard(runner.environment, "spawning_complete")
    runner.start_shape()
    joined(runner)
    assert fired == ["spawning_complete"]


def test_a_tick_may_choose_the_classes(local):
    runner = local(A, B, shape_class=shape_of((2, 1000, [A]), (2, 1000, [A]), (4, 1000, [B])))
    runner.start_shape()
    until(lambda: runner.user_classes_count == {"A": 2, "B": 0})
    until(lambda: runner.user_classes_count == {"A": 0, "B": 4})


def test_a_tick_may_choose_classes_that_the_run_has_derived_its_own_from(local):
    runner = local(A, B, host="http://target", shape_class=shape_of((3, 1000, [B])))
    runner.start_shape()
    until(lambda: runner.user_classes_count == {"A": 0, "B": 3})


def test_a_shape_knows_its_runner_and_starts_its_time_with_the_run(local):
    class Knowing(LoadTestShape):
        def tick(self):
            self.times = [*getattr(self, "times", []), self.get_run_time()]
            return self.get_current_user_count() + 1, 1000

    shape = Knowing()
    shape.reset_time()
    gevent.sleep(0.05)
    runner = local(A, shape_class=shape)
    runner.start_shape()
    until(lambda: runner.user_count >= 3)
    assert shape.runner is runner
    assert shape.times[0] < 0.04


def test_the_class_of_a_shape_will_do(local):
    runner = local(A, shape_class=type(shape_of((1, 1000))))
    runner.start_shape()
    until(lambda: runner.user_count == 1)


@pytest.mark.parametrize(
    "nonsense",
    [
        "fast",
        7,
        (),
        (1,),
        (1, 2, [A], 4),
        (-1, 1),
        (1, 0),
        (1, -1),
        ("many", 1),
        (float("nan"), 1),
        (True, 1),
        (1e300, 1),
        (1, None),
        (1, 1, 5),
        (1, 1, [Elsewhere]),
        {"users": 1},
    ],
)
def test_nonsense_ends_the_run_with_one_clear_error_and_an_exit_code(local, caplog, nonsense):
    runner = local(A, B, shape_class=shape_of((1, 1000), nonsense))
    runner.start_shape()
    joined(runner)
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert "The load shape Script cannot be followed" in errors[0].message
    assert errors[0].exc_info is None
    assert runner.environment.process_exit_code == ExitCode.RUNTIME
    assert runner.state is RunState.STOPPED


def test_nonsense_at_the_first_tick_starts_nothing(local, heard):
    runner = local(A, shape_class=shape_of("nonsense"))
    fired = heard(runner.environment, "test_start")
    runner.start_shape()
    joined(runner)
    assert fired == []
    assert runner.environment.process_exit_code == ExitCode.RUNTIME


class Outcome(BaseException):
    pass


@pytest.mark.parametrize("kind", [ValueError, StopUser, Outcome])
def test_a_tick_that_raises_ends_the_run_and_shows_only_the_users_frames(local, caplog, kind):
    runner = local(A, shape_class=shape_of((1, 1000), kind("no table")))
    runner.start_shape()
    joined(runner)
    assert f"The load shape Script raised {kind.__name__}: no table" in caplog.text
    assert "in tick" in caplog.text
    assert "core/runners/shaping.py" not in caplog.text
    assert runner.environment.process_exit_code == ExitCode.RUNTIME


def test_a_dispatcher_that_raises_ends_the_run_of_a_shape(local, caplog):
    class Broken(UsersDispatcher):
        def __init__(self, specs, clock=None):
            raise ValueError("no plan")

    runner = local(A, shape_class=shape_of((1, 1000)), dispatcher_class=Broken)
    runner.start_shape()
    joined(runner)
    assert "The load shape Script cannot be followed: ValueError: no plan" in caplog.text
    assert runner.environment.process_exit_code == ExitCode.RUNTIME


def test_a_tick_may_raise_stop_test(local):
    runner = local(A, shape_class=shape_of((1, 1000), StopTest("seen enough")))
    runner.start_shape()
    joined(runner)
    assert runner.stop_reason == "seen enough"
    assert runner.environment.process_exit_code is None


def test_a_shape_may_quit_the_runner_itself(local):
    class Quitting(LoadTestShape):
        def tick(self):
            self.runner.quit()
            return 1, 1

    runner = local(A, shape_class=Quitting())
    runner.start_shape()
    joined(runner)
    assert runner.environment.process_exit_code is None


def test_stopping_the_run_ends_the_shape(local):
    runner = local(A, shape_class=shape_of((2, 1000)))
    runner.start_shape()
    until(lambda: runner.user_count == 2)
    runner.stop()
    assert runner.shape_greenlet.dead
    gevent.sleep(0.05)
    assert runner.user_count == 0


def test_a_shape_that_is_at_work_is_not_started_twice(local, caplog):
    caplog.set_level("INFO")
    runner = local(A, shape_class=shape_of((2, 1000)))
    runner.start_shape()
    greenlet = runner.shape_greenlet
    runner.start_shape()
    assert runner.shape_greenlet is greenlet
    assert "at work already" in caplog.text


def test_without_a_shape_there_is_nothing_to_start(local):
    with pytest.raises(RunnerError, match="no load shape"):
        local(A).start_shape()


class Options:
    users = 10
    spawn_rate = None
    run_time = 60
    tags = exclude_tags = None


def test_options_that_a_shape_makes_meaningless_are_pointed_out(local, caplog):
    runner = local(A, shape_class=shape_of((1, 1000)), parsed_options=Options())
    runner.start_shape()
    assert "--users is ignored" in caplog.text
    assert "--run-time is ignored" in caplog.text
    assert "--spawn-rate" not in caplog.text


def test_a_shape_that_uses_common_options_gets_no_warning(local, caplog):
    shape = shape_of((1, 1000), use_common_options=True)
    runner = local(A, shape_class=shape, parsed_options=Options())
    runner.start_shape()
    until(lambda: runner.user_count == 1)
    assert shape.runner.environment.parsed_options.users == 10
    assert "ignored" not in caplog.text


def test_ticks_keep_their_beat_and_leave_out_those_they_missed(monkeypatch, local):
    monkeypatch.setattr(settings, "SHAPE_TICK_INTERVAL", 1)
    clock, moments = FakeClock(now=0), []

    class Slow(LoadTestShape):
        def tick(self):
            moments.append(clock.monotonic())
            clock.advance(2.4 if len(moments) == 2 else 0.3)
            return None if len(moments) == 5 else (0, 1)

    runner = local(A)
    ShapeDriver(Slow(), runner, clock).run()
    assert moments == pytest.approx([0, 1, 4, 5, 6])
