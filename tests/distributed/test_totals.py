"""Coordinator and workers in processes of their own: what is reported is what happened."""

import signal

import gevent
import pytest

import swarm.core.runners as settings
from support.frame_proxy import FrameProxy
from support.wait import until
from swarm.core.runners import RunState

SECRET = "correct horse battery staple"


def joined(runner, number):
    assert runner.wait_for_workers(number, 30)


def counted(runner):
    return {name: entry.num_requests for (name, _), entry in runner.stats.entries.items()}


def test_two_workers_report_exactly_what_the_server_has_counted(coordinator, worker, server):
    runner = coordinator(SECRET)
    processes = [worker(runner.port, SECRET) for _ in range(2)]
    joined(runner, 2)
    runner.start(12, 20, wait=True)
    assert runner.user_classes_count == {"Asker": 4, "Buyer": 8}
    assert [node.users for node in runner.clients.values()] == [6, 6]
    until(lambda: server.total > 500, 20)
    runner.stop()
    assert counted(runner) == dict(server.counts)
    assert runner.stats.num_failures == 0
    assert runner.user_count == 0
    runner.start(2, 20, wait=True)
    server.counts.clear()
    until(lambda: server.total > 20, 20)
    runner.quit()
    assert runner.stats.num_requests >= server.total
    assert [process.wait(10) for process in processes] == [0, 0]


def test_users_of_a_killed_worker_go_on_elsewhere(coordinator, worker, server, monkeypatch):
    monkeypatch.setattr(settings, "HEARTBEAT_INTERVAL", 0.5)
    runner = coordinator()
    first, _ = worker(runner.port), worker(runner.port)
    joined(runner, 2)
    runner.start(9, 100, wait=True)
    first.kill()
    until(lambda: runner.worker_count == 1, 10)
    until(lambda: runner.user_classes_count == {"Asker": 3, "Buyer": 6}, 10)
    before = server.total
    until(lambda: server.total > before + 100, 10)
    runner.stop()
    lost = server.total - runner.stats.num_requests
    # What the killed worker has not reported yet: an interval's worth at most.
    assert 0 <= lost < settings.REPORT_INTERVAL * 2 * 5 / 0.01


def test_a_worker_that_was_frozen_goes_on_and_loses_nothing(
    coordinator, worker, server, monkeypatch
):
    monkeypatch.setattr(settings, "HEARTBEAT_INTERVAL", 0.5)
    runner = coordinator()
    first, _ = worker(runner.port), worker(runner.port)
    joined(runner, 2)
    runner.start(6, 100, wait=True)
    first.send_signal(signal.SIGSTOP)
    until(lambda: runner.worker_count == 1, 10)
    until(lambda: runner.user_count == 6, 10)
    first.send_signal(signal.SIGCONT)
    until(lambda: runner.worker_count == 2, 10)
    until(lambda: [node.users for node in runner.clients.values()] == [3, 3], 10)
    runner.stop()
    assert counted(runner) == dict(server.counts)


def test_a_worker_that_joins_in_the_run_gets_its_share(coordinator, worker, server):
    runner = coordinator(SECRET)
    worker(runner.port, SECRET)
    joined(runner, 1)
    runner.start(6, 100, wait=True)
    worker(runner.port, SECRET)
    joined(runner, 2)
    until(
        lambda: [node.counts for node in runner.clients.values()] == [{"Asker": 1, "Buyer": 2}] * 2
    )
    runner.stop()
    assert counted(runner) == dict(server.counts)


@pytest.mark.parametrize(
    ("direction", "copies"),
    [("up", 0), ("up", 2), ("down", 0)],
    ids=["lost", "doubled", "acknowledgement lost"],
)
def test_reports_that_are_lost_or_doubled_change_no_total(
    coordinator, worker, server, direction, copies
):
    runner = coordinator()
    reports = []
    kind = "stats" if direction == "up" else "report_acknowledged"

    def pass_on(way, message_type):
        if (way, message_type) != (direction, kind):
            return 1
        reports.append(message_type)
        return copies if len(reports) % 2 else 1

    proxy = FrameProxy(runner.port, pass_on)
    worker(proxy.port)
    joined(runner, 1)
    runner.start(4, 100, wait=True)
    until(lambda: len(reports) >= 2, 20)
    runner.stop()
    assert counted(runner) == dict(server.counts)
    assert len(reports) >= 3
    proxy.close()


def test_the_test_ends_if_its_last_worker_leaves(coordinator, worker):
    runner = coordinator()
    process = worker(runner.port)
    joined(runner, 1)
    runner.start(2, 100, wait=True)
    process.terminate()
    process.wait(10)
    runner.clients[next(iter(runner.clients))].heard -= 100  # as if it were long ago
    until(lambda: runner.closed, 10)
    assert runner.state is RunState.STOPPED
    assert runner.environment.process_exit_code == 5
    assert runner.stop_reason == "The test ends, as there are no workers left"


@pytest.mark.parametrize("secret", [["another secret"], []], ids=["wrong", "none"])
def test_a_worker_without_the_secret_ends_with_one_clear_line(coordinator, worker, caplog, secret):
    runner = coordinator(SECRET)
    process = worker(runner.port, *secret)
    with gevent.Timeout(20):
        assert process.wait() == 5
    lines = [line for line in process.stderr.read().splitlines() if "ERROR" in line]
    assert len(lines) == 1
    assert "does not let this worker in" in lines[0]
    assert caplog.text.count("A connection was refused") == 1
    assert runner.worker_count == 0


def test_messages_go_to_one_worker_or_to_all(coordinator, worker):
    runner = coordinator(SECRET)
    heard = []
    runner.register_message("echoed", lambda msg, **_: heard.append((msg.node_id, msg.data)))
    for _ in range(2):
        worker(runner.port, SECRET)
    joined(runner, 2)
    first, second = runner.clients
    runner.send_message("echo", {"a": [1, None]})
    until(lambda: sorted(heard) == sorted([(first, {"a": [1, None]}), (second, {"a": [1, None]})]))
    heard.clear()
    runner.send_message("echo", "you", client_id=second)
    until(lambda: heard == [(second, "you")])


def test_a_worker_waits_for_a_coordinator_that_comes_later(coordinator, worker, server):
    first = coordinator(SECRET)
    port = first.port
    first.quit()
    worker(port, SECRET)
    gevent.sleep(0.2)
    runner = coordinator(SECRET, port=port)
    joined(runner, 1)
    runner.start(2, 10, wait=True)
    until(lambda: server.total > 10)
    runner.stop()
    assert counted(runner) == dict(server.counts)
