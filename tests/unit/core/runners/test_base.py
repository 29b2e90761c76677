import gevent
import pytest

from support.wait import until
from swarm.core import Environment, EventHook, StopTest, StopUser, User, constant, task
from swarm.core.exception import ConfigError, ExitCode, RunnerError
from swarm.core.runners import LocalRunner, MasterRunner, RunState, WorkerRunner

EVENTS = ("test_start", "spawning_complete", "test_stopping", "test_stop")


class Idler(User):
    wait_time = constant(100)

    @task
    def idle(self):
        pass


class Visitor(Idler):
    weight = 3


# The course of a run.


def test_events_and_the_lives_of_users_come_in_this_order(local):
    order = []

    class Reporter(Idler):
        def __init__(self, environment):
            super().__init__(environment)
            order.append("made")

        def on_start(self):
            order.append("on_start")

        def on_stop(self):
            order.append("on_stop")

    runner = local(Reporter)
    for name in EVENTS:
        getattr(runner.environment.events, name).add_listener(
            lambda name=name, **_: order.append((name, runner.state, runner.user_count))
        )
    runner.start(2, 1000, wait=True)
    until(lambda: order.count("on_start") == 2)
    runner.quit()
    starts = [item for item in order if item == "on_start"]
    assert len(starts) == 2
    assert [item for item in order if item != "on_start"] == [
        ("test_start", "spawning", 0),
        "made",
        "made",
        ("spawning_complete", "running", 2),
        ("test_stopping", "stopping", 2),
        "on_stop",
        "on_stop",
        ("test_stop", "cleanup", 0),
    ]
    assert runner.state is RunState.STOPPED


def test_a_runner_that_has_not_started_is_ready_and_has_no_figures(local):
    runner = local(Idler)
    assert runner.state is RunState.READY
    assert (runner.user_count, runner.target_user_count, runner.run_time()) == (0, 0, 0)
    assert runner.start_time is None


def test_changing_the_load_fires_test_start_only_once_and_each_ramp_is_complete(local, heard):
    runner = local(Idler)
    fired = heard(runner.environment, *EVENTS)
    runner.start(3, 1000, wait=True)
    runner.start(1, 1000, wait=True)
    assert fired == ["test_start", "spawning_complete", "spawning_complete"]


def test_spawning_complete_tells_the_number_of_users(local):
    runner, told = local(Idler, Visitor), []
    runner.environment.events.spawning_complete.add_listener(
        lambda user_count, **_: told.append(user_count)
    )
    runner.start(8, 1000, wait=True)
    runner.start(3, 1000, wait=True)
    assert told == [8, 3]


def test_a_second_run_starts_from_scratch(local, heard):
    runner = local(Idler)
    fired = heard(runner.environment, *EVENTS)
    runner.start(1, 10, wait=True)
    runner.environment.events.request.fire("GET", "/", 1.0)
    runner.exceptions.record(ValueError("old"))
    runner.stop()
    assert runner.stats.num_requests == 1
    runner.start(2, 1000, wait=True)
    assert runner.stats.num_requests == 0
    assert not runner.exceptions
    assert runner.user_count == 2
    assert fired.count("test_start") == 2


def test_run_time_goes_on_during_the_run_and_stands_still_after_it(local):
    runner = local(Idler)
    runner.start(1, 10, wait=True)
    gevent.sleep(0.02)
    during = runner.run_time()
    assert during >= 0.02
    runner.stop()
    after = runner.run_time()
    gevent.sleep(0.02)
    assert runner.run_time() == after > during


def test_no_users_is_a_load_too(local, heard):
    runner = local(Idler)
    fired = heard(runner.environment, *EVENTS)
    runner.start(0, 1, wait=True)
    assert runner.state is RunState.RUNNING
    runner.stop()
    assert fired == list(EVENTS)


# Arguments.


@pytest.mark.parametrize(
    ("users", "rate", "error"),
    [
        (-1, 1, ConfigError),
        (1, 0, ConfigError),
        (1, -5, ConfigError),
        (1, float("nan"), ConfigError),
        (1.5, 1, RunnerError),
        ("10", 1, RunnerError),
        (True, 1, RunnerError),
        (1, "fast", RunnerError),
        (None, None, RunnerError),
    ],
)
def test_a_load_that_makes_no_sense_is_refused_and_nothing_has_happened(local, users, rate, error):
    runner = local(Idler)
    with pytest.raises(error) as refusal:
        runner.start(users, rate)
    assert refusal.value.hint
    assert runner.state is RunState.READY


def test_without_user_classes_there_is_nothing_to_start(local):
    runner = local()
    with pytest.raises(RunnerError, match="no user classes"):
        runner.start(1, 1)
    assert runner.state is RunState.READY


@pytest.mark.parametrize("wrong", ["Idlr", 7, Visitor])
def test_a_restriction_to_classes_that_are_not_there_is_refused(local, wrong):
    runner = local(Idler)
    with pytest.raises(RunnerError, match="no user class"):
        runner.start(1, 1, user_classes=[wrong])
    assert runner.state is RunState.READY


def test_negative_weights_are_refused_before_anything_starts(local):
    class Wrong(Idler):
        pass

    Wrong.weight = -1
    runner = local(Wrong)
    with pytest.raises(ConfigError, match="weight of user class Wrong"):
        runner.start(1, 1)
    assert runner.state is RunState.READY


def test_fixed_counts_below_the_load_are_reached_with_a_warning(local, caplog):
    class Fixed(Idler):
        fixed_count = 2

    runner = local(Fixed)
    runner.start(5, 1000, wait=True)
    assert runner.user_count == runner.target_user_count == 2
    assert "There will be 2 users instead of 5" in caplog.text


# Ending.


def test_stop_is_for_those_who_have_started_and_quit_may_come_twice(local, heard):
    runner = local(Idler)
    fired = heard(runner.environment, *EVENTS)
    runner.stop()
    assert runner.state is RunState.READY
    runner.quit()
    runner.quit()
    runner.greenlet.join()
    assert runner.state is RunState.STOPPED
    assert fired == []


def test_join_returns_when_the_runner_quits_and_not_before(local):
    runner = local(Idler)
    waiting = gevent.spawn(runner.greenlet.join)
    runner.start(1, 10, wait=True)
    runner.stop()
    assert not waiting.ready()
    runner.quit()
    waiting.get(timeout=1)


def test_stopping_during_a_ramp_ends_the_ramp(local):
    runner = local(Idler)
    runner.start(1000, 100)
    until(lambda: runner.user_count >= 3)
    runner.stop()
    assert (runner.user_count, runner.target_user_count) == (0, 0)
    gevent.sleep(0.05)
    assert runner.user_count == 0


def test_two_who_stop_at_once_both_wait_for_the_one_end(local, heard):
    runner = local(Idler)
    fired = heard(runner.environment, "test_stopping", "test_stop")
    runner.start(3, 1000, wait=True)
    others = [gevent.spawn(runner.stop), gevent.spawn(runner.quit)]
    gevent.joinall(others, timeout=2)
    assert all(other.successful() for other in others)
    assert fired == ["test_stopping", "test_stop"]
    assert runner.closed


def test_starting_while_the_run_ends_is_refused(local):
    runner = local(Idler)
    errors = []

    @runner.environment.events.test_stopping.add_listener
    def again(**_):
        with pytest.raises(RunnerError, match="being ended") as refusal:
            runner.start(1, 1)
        errors.append(refusal.value)

    runner.start(1, 10, wait=True)
    runner.stop()
    assert len(errors) == 1


def test_a_user_may_quit_the_runner(local):
    class Quitter(Idler):
        @task
        def idle(self):
            self.environment.runner.quit()

    runner = local(Quitter)
    runner.start(3, 1000)
    gevent.spawn(runner.greenlet.join).get(timeout=2)
    assert runner.state is RunState.STOPPED
    assert runner.user_count == 0


@pytest.mark.parametrize("name", ["test_start", "spawning_complete", "test_stopping", "test_stop"])
def test_any_listener_may_quit_the_runner(local, name, heard):
    runner = local(Idler)
    fired = heard(runner.environment, "test_stop")
    getattr(runner.environment.events, name).add_listener(lambda **_: runner.quit())
    runner.start(2, 1000)
    if name.startswith("test_stop"):
        runner.stop()
    gevent.spawn(runner.greenlet.join).get(timeout=2)
    assert runner.state is RunState.STOPPED
    assert fired == ["test_stop"]
    assert runner.user_count == 0


def test_stop_test_does_not_wait_and_keeps_the_reason(local, caplog):
    caplog.set_level("INFO")
    runner = local(Idler)
    runner.start(1, 10, wait=True)
    runner.stop_test("enough data")
    assert runner.state is RunState.STOPPING
    gevent.spawn(runner.greenlet.join).get(timeout=2)
    assert runner.stop_reason == "enough data"
    assert "The test ends: enough data" in caplog.text


def test_stop_test_leaves_a_runner_with_a_web_ui_open_for_the_next_run(local):
    runner = local(Idler)
    runner.environment.web_ui = object()
    runner.start(1, 10, wait=True)
    runner.stop_test("enough")
    until(lambda: runner.state is RunState.STOPPED)
    assert not runner.closed
    runner.start(1, 10, wait=True)
    assert runner.user_count == 1


def test_stop_test_raised_in_a_task_ends_the_run(local):
    class Ender(Idler):
        @task
        def idle(self):
            raise StopTest("seen enough")

    runner = local(Ender)
    runner.start(2, 1000)
    gevent.spawn(runner.greenlet.join).get(timeout=2)
    assert runner.stop_reason == "seen enough"


def test_after_quitting_a_runner_can_start_again(local):
    runner = local(Idler)
    runner.start(1, 10, wait=True)
    runner.quit()
    runner.start(2, 1000, wait=True)
    assert runner.user_count == 2
    runner.environment.events.request.fire("GET", "/", 1.0)
    assert runner.stats.num_requests == 1
    runner.quit()
    runner.greenlet.join()


def test_a_runner_that_was_replaced_cannot_start_again(local):
    old = local(Idler)
    old.quit()
    old.environment.create_local_runner()
    with pytest.raises(RunnerError, match="another one"):
        old.start(1, 1)


# Listeners.


def test_a_listener_that_raises_does_not_disturb_the_run(local, caplog):
    runner = local(Idler)

    @runner.environment.events.test_start.add_listener
    def broken(**_):
        raise ValueError("my fault")

    runner.start(1, 10, wait=True)
    assert runner.state is RunState.RUNNING
    assert "my fault" in caplog.text


def test_stop_test_in_a_listener_of_test_start_ends_the_test_before_a_user_is_made(local, heard):
    runner = local(Idler)
    fired = heard(runner.environment, *EVENTS)

    @runner.environment.events.test_start.add_listener
    def refuse(**_):
        raise StopTest("no test data")

    runner.start(5, 1000)
    gevent.spawn(runner.greenlet.join).get(timeout=2)
    assert fired == ["test_start", "test_stopping", "test_stop"]
    assert runner.stop_reason == "no test data"


def test_steering_a_user_from_a_listener_of_the_run_is_only_logged(local, caplog):
    runner = local(Idler)

    @runner.environment.events.spawning_complete.add_listener
    def confused(**_):
        raise StopUser

    runner.start(1, 10, wait=True)
    assert runner.state is RunState.RUNNING
    assert "StopUser, which only tasks may do" in caplog.text


def test_a_listener_of_test_start_may_change_the_load_that_comes(local, heard):
    runner = local(Idler)
    fired = heard(runner.environment, "test_start", "spawning_complete")
    runner.environment.events.test_start.add_listener(lambda **_: runner.start(3, 1000))
    runner.start(1, 1000, wait=True)
    assert runner.user_count == 3
    assert fired == ["test_start", "spawning_complete"]


def test_a_listener_of_spawning_complete_may_change_the_load(local):
    runner = local(Idler)

    @runner.environment.events.spawning_complete.add_listener
    def more(user_count):
        if user_count < 4:
            runner.start(user_count + 1, 1000)

    runner.start(1, 1000, wait=True)
    assert runner.user_count == 4
    assert runner.state is RunState.RUNNING


# Statistics and exceptions.


def test_statistics_are_attached_from_creation_to_quit(local):
    runner = local(Idler)
    fire = runner.environment.events.request.fire
    fire("GET", "/", 1.0)
    assert runner.stats.num_requests == 1
    runner.quit()
    fire("GET", "/", 1.0)
    assert runner.stats.num_requests == 1


def test_environments_that_share_events_one_after_the_other_do_not_mix():
    first = Environment(user_classes=[Idler])
    first.create_local_runner().quit()
    second = Environment(user_classes=[Idler], events=first.events)
    runner = second.create_local_runner()
    second.events.request.fire("GET", "/", 1.0)
    second.events.user_error.fire(user_instance=None, exception=ValueError("x"), tb=None)
    runner.quit()
    assert (first.stats.num_requests, second.stats.num_requests) == (0, 1)
    assert (len(first.runner.exceptions), len(runner.exceptions)) == (0, 1)


def test_statistics_are_reset_when_a_ramp_up_is_complete_if_asked_for(local):
    started, counted = [], []

    class Requester(Idler):
        def on_start(self):
            started.append(self)
            self.environment.events.request.fire("GET", "/", 1.0)

    runner = local(Requester, reset_stats=True)
    runner.environment.events.spawning_complete.add_listener(
        lambda **_: counted.append(runner.stats.num_requests)
    )
    runner.start(10, 200, wait=True)
    until(lambda: len(started) == 10)
    assert counted == [0]
    runner.environment.events.request.fire("GET", "/", 1.0)
    before = runner.stats.num_requests
    runner.start(2, 1000, wait=True)
    assert runner.stats.num_requests == before >= 1


def test_exceptions_of_users_are_counted_by_kind(local):
    class Failing(Idler):
        @task
        def idle(self):
            raise ValueError("broken")

    runner = local(Failing)
    runner.start(5, 1000, wait=True)
    until(lambda: runner.exceptions.total == 5)
    (entry,) = runner.exceptions
    assert (entry.msg, entry.count, entry.nodes) == ("broken", 5, {"local"})
    assert "in idle" in entry.traceback


# Failing.


def test_a_dispatcher_that_raises_ends_the_run_with_an_exit_code(caplog):
    from swarm.core.dispatch import UsersDispatcher

    class Broken(UsersDispatcher):
        def plan(self, *arguments, **options):
            raise ValueError("no plan")

    environment = Environment(user_classes=[Idler], dispatcher_class=Broken)
    runner = environment.create_local_runner()
    runner.start(1, 1)
    gevent.spawn(runner.greenlet.join).get(timeout=2)
    assert environment.process_exit_code == ExitCode.RUNTIME
    assert "The dispatcher Broken raised ValueError: no plan" in caplog.text


def test_an_exit_code_that_the_user_has_set_is_kept(local):
    runner = local(Idler)
    runner.environment.process_exit_code = 42
    runner.fail("something is wrong")
    assert runner.environment.process_exit_code == 42


def test_own_dispatchers_decide_who_runs():
    from swarm.core.dispatch import SpawnOrder, UsersDispatcher

    class OnlyVisitors(UsersDispatcher):
        def order(self, user_classes=None):
            return SpawnOrder([spec for spec in self.specs if spec.name == "Visitor"])

    environment = Environment(user_classes=[Idler, Visitor], dispatcher_class=OnlyVisitors)
    runner = environment.create_local_runner()
    runner.start(4, 1000, wait=True)
    counts = runner.user_classes_count
    runner.quit()
    assert counts == {"Idler": 0, "Visitor": 4}


def test_on_a_node_that_is_alone_the_runner_is_neither_master_nor_worker(local):
    runner = local(Idler)
    assert isinstance(runner, LocalRunner)
    assert not isinstance(runner, MasterRunner | WorkerRunner)
    assert isinstance(runner.environment.events.test_start, EventHook)


def test_reporters_see_figures_that_are_up_to_date(local):
    runner = local(Idler, host="http://target", parsed_options="options")
    view = runner.view()
    runner.start(2, 1000, wait=True)
    assert (view.state, view.user_count, view.target_user_count) == ("running", 2, 2)
    assert view.user_classes_count == {"Idler": 2}
    assert view.stats is runner.environment.stats
    assert view.exceptions is runner.exceptions
    assert view.start_time == runner.start_time
    assert view.run_time() > 0
    assert (view.host, view.options) == ("http://target", "options")
    assert view.health is runner.health
    assert runner.errors == {}
    runner.stop()
    assert (view.state, view.user_count) == ("stopped", 0)
