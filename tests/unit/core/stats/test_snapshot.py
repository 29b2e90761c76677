import dataclasses
import json

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clock import FakeClock
from swarm.core.stats import EntrySnapshot, ErrorSnapshot, RequestStats, StatsSnapshot

requests = st.lists(
    st.tuples(
        st.floats(0.001, 2),  # seconds since the previous request
        st.sampled_from(["GET", "POST"]),
        st.sampled_from(["/", "/a"]),
        st.none() | st.floats(0.001, 1e8),
        st.integers(0, 10**6),
        st.none() | st.sampled_from(["user 1 gone", "user 22 gone", "timeout"]),
    ),
    max_size=40,
)


def record(log, *processes):
    """Give each request to one of the processes in turn."""
    clock = FakeClock()
    all_stats = [RequestStats(clock=clock) for _ in range(processes[0] if processes else 1)]
    for i, (pause, *request) in enumerate(log):
        clock.advance(pause)
        all_stats[i % len(all_stats)].record(*request)
    return [stats.snapshot() for stats in all_stats]


@given(requests)
def test_merging_processes_gives_what_one_process_would_have(log):
    [whole] = record(log)
    one, two, three = record(log, 3)
    for merged in (
        one.merge(two).merge(three),
        three.merge(two.merge(one)),
        two.merge(three.merge(one)),
    ):
        assert merged == whole
        assert merged.total.response_times == whole.total.response_times
        assert merged.total.current_rps == whole.total.current_rps
        assert merged.total.total_rps == whole.total.total_rps
        current = [s.total.get_current_response_time_percentile(0.9) for s in (merged, whole)]
        assert current[0] == current[1]


@given(requests)
def test_live_statistics_take_in_the_snapshots_of_other_processes(log):
    [whole] = record(log)
    collected = RequestStats(clock=FakeClock())
    for snapshot in record(log, 3):
        collected.merge(snapshot)
    assert collected.snapshot() == whole


@given(requests)
def test_the_wire_keeps_everything(log):
    [snapshot] = record(log)
    packed = msgpack.packb(snapshot.to_dict())
    unpacked = StatsSnapshot.from_dict(msgpack.unpackb(packed, strict_map_key=False))
    assert unpacked == snapshot
    assert StatsSnapshot.from_dict(json.loads(json.dumps(snapshot.to_dict()))) == snapshot


def test_an_entry_has_the_shape_of_the_wire():
    [snapshot] = record([(0.0, "GET", "/", 147.0, 10, "no")])
    [entry] = snapshot.to_dict()["stats"]
    assert entry == {
        "name": "/",
        "method": "GET",
        "last_request_timestamp": 1_700_000_000.0,
        "start_time": 1_700_000_000.0,
        "num_requests": 1,
        "num_none_requests": 0,
        "num_failures": 1,
        "total_response_time": 147.0,
        "total_response_time_residue": 0.0,
        "max_response_time": 147.0,
        "min_response_time": 147.0,
        "total_content_length": 10,
        "response_times": {147.5: 1},
        "num_reqs_per_sec": {1_700_000_000: 1},
        "num_fail_per_sec": {1_700_000_000: 1},
    }
    [error] = snapshot.to_dict()["errors"].values()
    assert error == {
        "name": "/",
        "method": "GET",
        "error": "no",
        "occurrences": 1,
        "first_seen": 1_700_000_000.0,
        "last_seen": 1_700_000_000.0,
    }


FOREIGN = {
    "name": "/",
    "method": "http",
    "last_request_timestamp": 1000,
    "start_time": 990,
    "num_requests": 3,
    "num_none_requests": 0,
    "num_failures": 1,
    "total_response_time": 460,
    "max_response_time": 203,
    "min_response_time": 101,
    "total_content_length": 30,
    "response_times": {100: 1, 150: 1, 200: 1},
    "num_reqs_per_sec": {1000: 3},
    "num_fail_per_sec": {1000: 1},
}


def test_the_report_of_a_foreign_worker_is_understood():
    entry = EntrySnapshot.from_dict(FOREIGN)
    assert (entry.num_requests, entry.num_failures, entry.max_response_time) == (3, 1, 203)
    assert entry.get_response_time_percentile(0.5) == 150
    assert entry.get_response_time_percentile(1.0) == 203
    error = {"name": "/", "method": "http", "error": "user 7 gone", "occurrences": 2}
    report = {"stats": [FOREIGN], "stats_total": FOREIGN, "errors": {"its own key": error}}
    stats = RequestStats()
    stats.record("http", "/", 120.0, 0, ValueError("x"))
    stats.log_error("http", "/", "user 8 gone")
    stats.merge(StatsSnapshot.from_dict(report))
    assert (stats.num_requests, stats.start_time) == (4, 990)
    assert {e.error: e.occurrences for e in stats.errors.values()} == {
        "ValueError: x": 1,
        "user 8 gone": 3,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"num_requests": "many"},
        {"num_failures": -1},
        {"response_times": None},
        {"response_times": {"fast": 1}},
        {"response_times": {-1: 1}},
        {"response_times": {1: -1}},
        {"total_response_time": float("nan")},
        {"num_reqs_per_sec": [1]},
        {"num_reqs_per_sec": {"now": 1}},
        {"name": 17},
        {"start_time": None},
        {"max_response_time": []},
    ],
    ids=str,
)
def test_a_malformed_entry_is_refused(change):
    with pytest.raises(ValueError, match=r".+"):
        EntrySnapshot.from_dict(FOREIGN | change)


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"stats": 1, "stats_total": FOREIGN, "errors": {}},
        {"stats": [], "stats_total": [], "errors": {}},
    ],
    ids=str,
)
def test_malformed_statistics_are_refused(report):
    with pytest.raises(ValueError, match=r".+"):
        StatsSnapshot.from_dict(report)


@pytest.mark.parametrize("occurrences", [-1, "3", None])
def test_a_malformed_error_is_refused(occurrences):
    with pytest.raises(ValueError, match="occurrences"):
        ErrorSnapshot.from_dict({"name": "", "method": "", "error": "", "occurrences": occurrences})


def test_a_snapshot_stays_as_it_is_while_the_run_goes_on(stats, clock):
    stats.record("GET", "/", 5.0, 1, ValueError("no"))
    snapshot = stats.snapshot()
    before = snapshot.to_dict()
    stats.record("GET", "/", 50.0, 1, ValueError("no"))
    snapshot.total.response_times.clear()
    clock.advance(60)
    assert snapshot.to_dict() == before
    assert snapshot.total.current_rps == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.total.name = "x"


def test_a_row_that_did_not_change_is_not_copied(stats):
    stats.record("GET", "/", 5.0, 1, None)
    one, two = stats.snapshot(), stats.snapshot()
    assert one.total.tally is two.total.tally


def test_a_snapshot_has_the_figures_of_the_live_row(stats, clock):
    for i in range(50):
        clock.advance(0.3)
        stats.record("GET", "/", i + 0.5, i, ValueError("no") if i % 5 == 0 else None)
    row, snapshot = stats.get("/", "GET"), stats.get("/", "GET").snapshot()
    for figure in (
        "num_requests", "num_none_requests", "num_failures", "total_response_time",
        "min_response_time", "max_response_time", "total_content_length", "start_time",
        "last_request_timestamp", "response_times", "num_reqs_per_sec", "num_fail_per_sec",
        "fail_ratio", "avg_response_time", "median_response_time", "current_rps",
        "current_fail_per_sec", "total_rps", "total_fail_per_sec", "avg_content_length",
    ):  # fmt: skip
        assert getattr(snapshot, figure) == getattr(row, figure), figure
    assert snapshot.get_response_time_percentile(0.9) == row.get_response_time_percentile(0.9)
