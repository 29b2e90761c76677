"""Coordinator and workers over real sockets, in one process so that both can be looked at."""

import logging
from argparse import Namespace

import gevent
import pytest

import swarm.core.runners as settings
from support.wait import until
from swarm.core import Environment, StopTest, User, constant, task
from swarm.core.dispatch import UsersDispatcher
from swarm.core.exception import RunnerAlreadyExistsError, RunnerError
from swarm.core.rpc import Client, Security, new_node_id
from swarm.core.runners import GeneratorHealth, RunState
from swarm.core.stats import RequestStats


class Visitor(User):
    wait_time = constant(0.01)

    @task
    def visit(self):
        with self.environment.events.request.measure("block", "visit"):
            pass


class Idler(User):
    wait_time = constant(60)

    @task
    def idle(self):
        pass


class Clumsy(User):
    wait_time = constant(60)

    @task
    def stumble(self):
        raise ValueError("ouch")


class Quitter(User):
    @task
    def give_up(self):
        raise StopTest("enough")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(settings, "HEARTBEAT_INTERVAL", 0.05)
    monkeypatch.setattr(settings, "REPORT_INTERVAL", 0.1)
    monkeypatch.setattr(settings, "WORKER_LOG_REPORT_INTERVAL", 0.1)
    monkeypatch.setattr(settings, "SPAWN_INTERVAL", 0.1)


@pytest.fixture
def nodes():
    """Returns a function that makes a coordinator with workers; they quit in the end."""
    made = []

    def make(*classes, workers=1, **options):
        environment = Environment(user_classes=classes, **options)
        coordinator = environment.create_master_runner("127.0.0.1", 0)
        made.append(coordinator)
        team = [join(coordinator, *classes) for _ in range(workers)]
        assert coordinator.wait_for_workers(workers, 10)
        return coordinator, *team

    def join(coordinator, *classes, **options):
        environment = Environment(user_classes=classes)
        worker = environment.create_worker_runner("127.0.0.1", coordinator.port, **options)
        made.append(worker)
        return worker

    make.join = join
    yield make
    for runner in made:
        runner.quit()
    for runner in made:
        runner.greenlet.join(5)
        assert runner.closed


@pytest.fixture
def stranger(nodes):
    """Returns a coordinator and what speaks to it by hand, without being a worker of swarm."""
    (coordinator,) = nodes(Visitor, workers=0)
    client = Client("127.0.0.1", coordinator.port, new_node_id(), Security.insecure())
    yield coordinator, client
    client.close()


def received(client, kind):
    """Return the data of the next message of this type."""
    with gevent.Timeout(5):
        while (message := client.recv()).type != kind:
            pass
    return message.data


def test_both_ends_fire_the_events_of_a_run(nodes, heard):
    coordinator, worker = nodes(Visitor)
    names = ["test_start", "spawning_complete", "test_stopping", "test_stop"]
    on_both = [heard(runner.environment, *names) for runner in (coordinator, worker)]
    coordinator.start(2, 100, wait=True)
    until(lambda: "spawning_complete" in on_both[1])
    coordinator.stop()
    assert on_both == [names, names]


def test_events_of_the_connection_have_their_arguments(nodes):
    coordinator, worker = nodes(Visitor)
    seen = []
    for environment, name in [
        (coordinator.environment, "heartbeat_sent"),
        (worker.environment, "heartbeat_received"),
    ]:
        getattr(environment.events, name).add_listener(
            lambda client_id, timestamp, name=name: seen.append((name, client_id, timestamp > 0))
        )
    expected = {(name, worker.client_id, True) for name in ("heartbeat_sent", "heartbeat_received")}
    until(lambda: set(seen) == expected)


def test_a_worker_that_joins_is_announced(nodes):
    (coordinator,) = nodes(Visitor, workers=0)
    joined = []
    coordinator.environment.events.worker_connect.add_listener(
        lambda client_id, **_: joined.append(client_id)
    )
    worker = nodes.join(coordinator, Visitor)
    until(lambda: joined == [worker.client_id])
    until(lambda: worker.worker_index == 0)


def test_listeners_add_to_reports_and_read_them(nodes):
    coordinator, worker = nodes(Visitor)
    read = []
    worker.environment.events.report_to_master.add_listener(
        lambda client_id, data: data.update(extra=[client_id])
    )
    coordinator.environment.events.worker_report.add_listener(
        lambda client_id, data: read.append((client_id, data["extra"]))
    )
    coordinator.start(1, 100, wait=True)
    until(lambda: (worker.client_id, [worker.client_id]) in read)


def test_what_cannot_travel_is_left_out_of_a_report(nodes, caplog):
    coordinator, worker = nodes(Visitor)
    worker.environment.events.report_to_master.add_listener(
        lambda data, **_: data.update(extra=object())
    )
    coordinator.start(1, 100, wait=True)
    until(lambda: coordinator.stats.num_requests)
    assert "What listeners of report_to_master have added is left out" in caplog.text


def test_exceptions_of_workers_are_counted_with_their_node(nodes):
    coordinator, first, second = nodes(Clumsy, workers=2)
    coordinator.start(4, 1000, wait=True)
    until(lambda: coordinator.exceptions.total == 4)
    (group,) = coordinator.exceptions
    assert (group.msg, group.nodes) == ("ouch", {first.client_id, second.client_id})
    assert "ValueError: ouch" in group.traceback


def test_log_lines_of_workers_are_gathered(nodes):
    coordinator, worker = nodes(Visitor)
    logging.getLogger("test").warning("look here")
    until(lambda: "look here" in str(coordinator.environment.worker_logs.get(worker.client_id)))


def test_a_task_on_a_worker_ends_the_whole_test(nodes):
    coordinator, worker = nodes(Quitter)
    coordinator.start(1, 100)
    until(lambda: coordinator.closed and worker.closed, 10)
    assert coordinator.stop_reason == "enough"


def test_options_of_the_coordinator_reach_the_workers(nodes):
    options = Namespace(
        region="north", web_token_secret="s", master_port=1, tags=None, odd=object()
    )
    coordinator, worker = nodes(
        Visitor, parsed_options=options, host="http://target", stop_timeout=3
    )
    coordinator.start(1, 100, wait=True)
    environment = worker.environment
    assert vars(environment.parsed_options) == {"region": "north", "tags": None}
    assert (environment.host, environment.stop_timeout) == ("http://target", 3)


def test_a_reset_after_the_ramp_forgets_what_was_before(nodes):
    coordinator, _ = nodes(Visitor, reset_stats=True, parsed_options=Namespace(reset_stats=True))
    coordinator.start(3, 10, wait=True)
    start = coordinator.stats.start_time
    until(lambda: coordinator.stats.num_requests)
    assert coordinator.stats.start_time == start
    assert start > coordinator.start_time


def test_ratios_hold_on_every_worker(nodes):
    coordinator, *team = nodes(Visitor, Idler, workers=3)
    coordinator.start(12, 100, wait=True)
    assert [worker.user_classes_count for worker in team] == [{"Visitor": 2, "Idler": 2}] * 3
    coordinator.start(6, 100, wait=True)
    until(lambda: [worker.user_count for worker in team] == [2, 2, 2])


def test_a_dispatcher_of_ones_own_decides_where_the_ramp_ends(nodes):
    class Half(UsersDispatcher):
        def dispatch(self, plan):
            for counts in super().dispatch(plan):
                yield {name: min(count, 4) for name, count in counts.items()}

    coordinator, worker = nodes(Idler, dispatcher_class=Half)
    coordinator.start(8, 1000, wait=True)
    until(lambda: worker.user_count == 4)
    assert coordinator.state is RunState.RUNNING


def test_workers_that_leave_together_report_all_and_take_no_more_users(nodes):
    coordinator, *team = nodes(Visitor, workers=3)
    served = []
    for worker in team:
        worker.environment.events.request.add_listener(lambda **_: served.append(1))
    coordinator.start(6, 100, wait=True)
    gevent.joinall([gevent.spawn(worker.quit) for worker in team])
    until(lambda: coordinator.closed and all(worker.closed for worker in team), 10)
    assert coordinator.stats.num_requests == len(served)


def test_what_a_worker_has_not_got_ends_it_and_says_so(nodes):
    coordinator, good = nodes(Visitor, Idler)
    bad = nodes.join(coordinator, Visitor)
    coordinator.wait_for_workers(2, 5)
    coordinator.start(4, 100)
    until(lambda: bad.closed)
    until(lambda: good.user_count == 4)
    assert bad.environment.process_exit_code == 5
    (group,) = coordinator.exceptions
    assert group.msg == "The coordinator's test has Idler, which this worker's has not."


def test_saturation_of_a_worker_is_saturation_of_the_run(nodes, monkeypatch):
    coordinator, worker = nodes(Visitor)
    coordinator.start(1, 100, wait=True)
    worker._monitor.health = GeneratorHealth(worst_cpu_usage=99, measured=True)
    until(lambda: coordinator.health.worst_cpu_usage == 99)
    assert coordinator.view().health.spoilt


def test_versions_and_plugins_are_compared(nodes, caplog):
    (coordinator,) = nodes(Visitor, workers=0)
    worker = nodes.join(coordinator, Visitor, plugins={"http": "1.0"})
    until(lambda: worker.client_id in coordinator.clients)
    until(lambda: coordinator.clients[worker.client_id].plugins == {"http": "1.0"})
    assert f"Worker {worker.client_id} has other plugins, or other versions: http" in caplog.text


def test_without_workers_there_is_no_run(nodes):
    (coordinator,) = nodes(Visitor, workers=0)
    with pytest.raises(RunnerError, match="There are no workers yet"):
        coordinator.start(1, 1)
    assert coordinator.state is RunState.READY
    assert coordinator.wait_for_workers(1, 0.05) is False


def test_a_worker_starts_nothing_by_itself(nodes):
    _, worker = nodes(Visitor)
    with pytest.raises(RunnerError, match="cannot start a test"):
        worker.start(1, 1)


def test_what_has_quit_starts_no_more(nodes):
    coordinator, worker = nodes(Visitor)
    coordinator.quit()
    worker.greenlet.join(5)
    for runner in (coordinator, worker):
        with pytest.raises(RunnerError, match="has quit"):
            runner._open()


def test_there_is_one_runner_at_a_time(nodes):
    coordinator, worker = nodes(Visitor)
    with pytest.raises(RunnerAlreadyExistsError):
        coordinator.environment.create_worker_runner("127.0.0.1", 1)
    with pytest.raises(RunnerAlreadyExistsError):
        worker.environment.create_master_runner("127.0.0.1", 0)


def test_messages_that_cannot_travel_or_have_no_receiver_are_refused(nodes):
    coordinator, worker = nodes(Visitor)
    for runner in (coordinator, worker):
        with pytest.raises(RunnerError, match="no plain value"):
            runner.send_message("custom", object())
    with pytest.raises(RunnerError, match="There is no worker nobody"):
        coordinator.send_message("custom", None, "nobody")


def test_a_coordinator_beyond_loopback_makes_a_secret():
    runner = Environment(user_classes=[Visitor]).create_master_runner("*", 0)
    try:
        assert runner.security.is_secure
        assert runner.security.secret
    finally:
        runner.quit()


def test_test_files_are_handed_out():
    files = [{"filename": "a.py", "contents": "x"}]
    environment = Environment(user_classes=[Visitor])
    runner = environment.create_master_runner("127.0.0.1", 0, test_files=lambda: files)
    client = Client("127.0.0.1", runner.port, "w", Security.insecure())
    client.send("locustfile", {"version": "1"})
    assert received(client, "locustfile") == {"locustfiles": files}
    client.close()
    runner.quit()


def test_workers_of_a_coordinator_that_is_gone_work_for_its_successor(nodes):
    first, worker = nodes(Visitor)
    first.start(2, 100, wait=True)
    first.greenlet.kill()
    first._server.close()
    first.clients.clear()
    served = []
    environment = Environment(user_classes=[Visitor])
    second = environment.create_master_runner("127.0.0.1", first.port)
    assert second.wait_for_workers(1, 10)
    until(lambda: not worker.is_active and not worker.is_ending)
    worker.environment.events.request.add_listener(lambda **_: served.append(1))
    second.start(2, 100, wait=True)
    until(lambda: served)
    second.stop()
    counted = second.stats.num_requests
    second.quit()
    assert counted == len(served)


def test_twenty_workers_that_join_at_once_share_the_users(nodes):
    coordinator, *team = nodes(Visitor, Idler, workers=20)
    coordinator.start(80, 1000, wait=True)
    assert {worker.worker_index for worker in team} == set(range(20))
    assert [worker.user_classes_count for worker in team] == [{"Visitor": 2, "Idler": 2}] * 20
    served = []
    for worker in team:
        worker.environment.events.request.add_listener(lambda **_: served.append(1))
    before = coordinator.stats.num_requests
    coordinator.stop()
    assert coordinator.stats.num_requests >= before + len(served)


# What nodes of other makes send.


def test_an_unknown_node_is_told_to_join_anew(stranger):
    _, client = stranger
    client.send("heartbeat", {"state": "ready"})
    assert received(client, "reconnect") is None


def test_indexes_are_stable_and_a_second_join_is_harmless(stranger):
    coordinator, client = stranger
    client.send("client_ready", -1)
    client.send("client_ready", -1)
    assert [received(client, "ack")["index"] for _ in range(2)] == [0, 0]
    assert coordinator.worker_count == 1


def test_a_worker_of_old_is_refused(stranger, caplog):
    coordinator, client = stranger
    client.send("client_ready", None)
    until(lambda: "is refused" in caplog.text)
    assert coordinator.worker_count == 0


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("stats", None),
        ("stats", {"stats": [{}], "stats_total": {}, "errors": {}}),
        ("heartbeat", {"state": "dancing"}),
        ("spawning_complete", {"user_classes_count": {"Visitor": -1}}),
        ("exception", "text"),
        ("unheard of", 1),
    ],
)
def test_messages_that_make_no_sense_are_dropped_and_counted(stranger, kind, data):
    coordinator, client = stranger
    client.send("client_ready", -1)
    client.send(kind, data)
    until(lambda: coordinator.dropped == 1)


def report(**extra):
    stats = RequestStats()
    stats.log_request("GET", "/", 10, 100)
    stats.log_error("GET", "/", "oops")
    return {**stats.snapshot().to_dict(), "user_classes_count": {"Visitor": 1}, **extra}


def test_reports_without_numbers_are_counted_as_they_come(stranger):
    coordinator, client = stranger
    client.send("client_ready", -1)
    client.send("stats", report())
    client.send("stats", report())
    until(lambda: coordinator.stats.num_requests == 2)
    assert coordinator.user_classes_count["Visitor"] == 1


def test_a_report_is_counted_once_and_acknowledged_every_time(stranger):
    coordinator, client = stranger
    client.send("client_ready", "1")
    for number in (1, 1, 2, 1):
        client.send("stats", report(swarm={"number": number, "epoch": coordinator._epoch}))
    numbers = [received(client, "report_acknowledged")["number"] for _ in range(4)]
    assert numbers == [1, 1, 2, 1]
    assert coordinator.stats.num_requests == 2


def test_a_report_of_an_earlier_run_is_acknowledged_and_not_counted(stranger):
    coordinator, client = stranger
    client.send("client_ready", "1")
    client.send("stats", report(swarm={"number": 1, "epoch": -1}))
    assert received(client, "report_acknowledged") == {"number": 1, "epoch": coordinator._epoch}
    assert coordinator.stats.num_requests == 0


def test_a_worker_whose_clock_is_wrong_does_not_upset_the_figures(stranger):
    coordinator, client = stranger
    client.send("client_ready", "1")
    hour = 3600.0
    data = report()
    start = coordinator.stats.start_time
    for row in (*data["stats"], data["stats_total"]):
        row["start_time"] -= hour
        row["last_request_timestamp"] -= hour
        row["num_reqs_per_sec"] = {s - 3600: n for s, n in row["num_reqs_per_sec"].items()}
    sent = data["stats_total"]["last_request_timestamp"]
    client.send(
        "stats", {**data, "swarm": {"number": 1, "epoch": coordinator._epoch, "sent": sent}}
    )
    until(lambda: coordinator.stats.num_requests == 1)
    assert coordinator.stats.start_time == pytest.approx(start, abs=2)
    assert coordinator.stats.last_request_timestamp == pytest.approx(start, abs=5)


def test_a_missing_worker_is_forgotten_and_the_test_ends(stranger, monkeypatch):
    monkeypatch.setattr(settings, "FORGET_WORKER_AFTER", 0.2)
    coordinator, client = stranger
    client.send("client_ready", -1)
    assert coordinator.wait_for_workers(1, 5)
    coordinator.start(1, 1)
    until(lambda: [node.is_missing for node in coordinator.clients.values()] == [True])
    until(lambda: coordinator.closed, 10)
    assert coordinator.environment.process_exit_code == 5


def test_a_worker_that_still_runs_after_the_end_is_stopped(stranger):
    _, client = stranger
    client.send("client_ready", -1)
    client.send("heartbeat", {"state": "running"})
    assert received(client, "stop") is None


def test_a_worker_gives_up_on_nobody(monkeypatch):
    monkeypatch.setattr(settings, "JOIN_INTERVAL", 0.05)
    monkeypatch.setattr(settings, "JOIN_ATTEMPTS", 2)
    environment = Environment(user_classes=[Visitor])
    runner = environment.create_worker_runner("127.0.0.1", 9)
    runner.greenlet.join(5)
    assert runner.closed
    assert environment.process_exit_code == 5
    assert runner.stop_reason == "There is no coordinator at 127.0.0.1:9."


def test_the_users_of_a_silent_coordinator_are_stopped_and_their_figures_kept(nodes, monkeypatch):
    coordinator, worker = nodes(Visitor)
    served = []
    worker.environment.events.request.add_listener(lambda **_: served.append(1))
    coordinator.start(2, 100, wait=True)
    until(lambda: coordinator.stats.num_requests)
    monkeypatch.setattr(settings, "COORDINATOR_SILENCE", 0.3)
    with monkeypatch.context() as deaf:
        deaf.setattr(coordinator._server, "send", lambda *_: True)
        until(lambda: not worker.is_active and not worker.user_count)
        assert not worker.closed
    monkeypatch.setattr(settings, "COORDINATOR_SILENCE", 60)
    coordinator.start(3, 100, wait=True)
    coordinator.stop()
    assert coordinator.stats.num_requests == len(served)
