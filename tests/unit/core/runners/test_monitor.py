import gevent
import pytest

import swarm.core.runners as settings
from support.clock import FakeClock
from support.wait import until
from swarm.core import Environment, StopTest, User, constant, task
from swarm.core.clock import SystemClock
from swarm.core.runners.monitor import UsageMonitor


class FakeProcess:
    """A process whose figures are given, since a test cannot order its CPU usage."""

    def __init__(self, *percents):
        self.percents = list(percents)

    def cpu_percent(self):
        return self.percents.pop(0)

    def memory_info(self):
        return type("Memory", (), {"rss": 12345})()


@pytest.fixture
def active():
    return [True]


@pytest.fixture
def monitor(active):
    return UsageMonitor(Environment(), FakeClock(), lambda: active[0], call)


def test_a_look_tells_the_listeners_usage_and_memory(monitor):
    seen = []
    monitor._environment.events.usage_monitor.add_listener(lambda **a: seen.append(a))
    monitor._process = FakeProcess(42.0)
    monitor.look()
    (told,) = seen
    assert told == {
        "environment": monitor._environment,
        "cpu_usage": 42.0,
        "memory_usage": 12345,
    }
    assert monitor.health.measured


def test_a_real_process_has_memory_and_usage(monitor):
    sum(range(100_000))
    monitor.look()
    assert monitor.health.memory_usage > 1_000_000
    assert monitor.health.cpu_usage >= 0


def test_the_cpu_warning_is_logged_once_and_fired_each_time(monitor, caplog):
    fired = []
    monitor._environment.events.cpu_warning.add_listener(
        lambda cpu_usage, **_: fired.append(cpu_usage)
    )
    monitor._process = FakeProcess(95, 50, 99)
    for _ in range(3):
        monitor.look()
    assert fired == [95, 99]
    assert caplog.text.count("CPU usage of the load generator is") == 1
    assert monitor.warned
    assert monitor.health.spoilt
    assert monitor.health.worst_cpu_usage == 99


def test_without_a_test_nothing_is_spoilt(monitor, active):
    active[0] = False
    monitor._process = FakeProcess(99)
    monitor.sample(3)
    monitor.look()
    assert monitor.health.cpu_usage == 99
    assert not monitor.health.spoilt
    assert not monitor.health.measured
    assert not monitor.warned


def test_hub_latency_is_the_mean_since_the_last_look_and_the_worst_is_kept(monitor):
    monitor._process = FakeProcess(0, 0)
    for late in (0.01, 0.03, -0.001):
        monitor.sample(late)
    monitor.update()
    assert monitor.health.hub_latency == pytest.approx(0.04 / 3)
    assert monitor.health.longest_stall == 0.03
    monitor.update()
    assert monitor.health.hub_latency == 0
    assert monitor.health.worst_hub_latency == pytest.approx(0.04 / 3)


def test_a_new_run_begins_with_a_clean_record(monitor):
    monitor._process = FakeProcess(99, 0, 0)
    monitor.sample(1)
    monitor.look()
    monitor.reset()
    assert not monitor.health.spoilt
    assert not monitor.warned
    monitor.update()
    assert monitor.health.hub_latency == 0


def test_it_looks_at_the_interval_that_is_set_and_notices_a_blocked_hub(monkeypatch):
    monkeypatch.setattr(settings, "CPU_MONITOR_INTERVAL", 0.03)
    monkeypatch.setattr(settings, "HUB_SAMPLE_INTERVAL", 0.005)
    environment, looks = Environment(), []
    environment.events.usage_monitor.add_listener(lambda **a: looks.append(a))
    watching = UsageMonitor(environment, SystemClock(), lambda: True, call)
    greenlet = gevent.spawn(watching.run)
    until(lambda: len(looks) >= 2)
    block_the_hub(0.06)
    until(lambda: watching.health.longest_stall > 0.03)
    greenlet.kill()
    assert watching.health.worst_hub_latency > 0.005


def call(fire, **arguments):
    fire(**arguments)


def block_the_hub(seconds):
    clock = SystemClock()
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        pass


def test_a_failing_listener_does_not_end_the_watch(monkeypatch, local):
    monkeypatch.setattr(settings, "CPU_MONITOR_INTERVAL", 0.01)
    runner, calls = local(), []

    @runner.environment.events.usage_monitor.add_listener
    def broken(**_):
        calls.append(1)
        raise ValueError

    until(lambda: len(calls) >= 3)
    assert runner.current_memory_usage > 1_000_000
    assert runner.hub_latency >= 0
    assert runner.current_cpu_usage >= 0
    assert not runner.cpu_warning_emitted


def test_the_end_of_a_run_adds_no_look_that_is_too_short_to_mean_anything(monitor):
    monitor._process = FakeProcess(1087)
    monitor.conclude()
    assert not monitor.health.measured
    monitor._looked -= 60
    monitor.conclude()
    assert monitor.health.worst_cpu_usage == 1087


def test_a_listener_may_end_the_test_because_of_what_it_sees(monkeypatch, local):
    class Visitor(User):
        wait_time = constant(0.01)

        @task
        def visit(self):
            pass

    monkeypatch.setattr(settings, "CPU_MONITOR_INTERVAL", 0.02)
    runner = local(Visitor)

    @runner.environment.events.usage_monitor.add_listener
    def too_much(**_):
        if runner.user_count:
            raise StopTest("too much memory")

    runner.start(1, spawn_rate=1)
    until(lambda: runner.closed)
    assert runner.stop_reason == "too much memory"
