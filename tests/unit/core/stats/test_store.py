import logging
import math

import pytest

import swarm.core.stats as settings
from swarm.core.event import Events
from swarm.core.stats import RequestStats
from swarm.core.stats.store import OTHER_NAMES


def test_a_fired_request_is_counted_in_its_row_and_in_the_total():
    events, stats = Events(), RequestStats()
    events.request.add_recorder(stats.record)
    events.request.fire(request_type="GET", name="/", response_time=12.5, response_length=100)
    events.request.fire("GET", "/", 7.5, 50, ValueError("no"))
    for row in (stats.total, stats.entries["/", "GET"]):
        assert (row.num_requests, row.num_failures, row.total_response_time) == (2, 1, 20.0)
        assert (row.min_response_time, row.max_response_time) == (7.5, 12.5)
        assert (row.total_content_length, row.avg_content_length) == (150, 75)
        assert (row.fail_ratio, row.avg_response_time) == (0.5, 10.0)
    assert (stats.num_requests, stats.num_failures) == (2, 1)


def test_a_row_that_nobody_requested_is_empty(stats):
    row = stats.get("/", "GET")
    assert (row.num_requests, row.num_failures, row.fail_ratio) == (0, 0, 0)
    assert (row.min_response_time, row.max_response_time) == (None, 0)
    assert (row.avg_response_time, row.median_response_time, row.avg_content_length) == (0, 0, 0)
    assert row.get_current_response_time_percentile(0.5) is None
    assert row.last_request_timestamp is None


def test_a_request_without_response_time_counts_but_has_no_part_in_the_times(stats):
    stats.record("GET", "/", None, 10, None)
    stats.record("GET", "/", 8.0, 10, None)
    row = stats.get("/", "GET")
    assert (row.num_requests, row.num_none_requests, row.avg_response_time) == (2, 1, 8.0)
    assert sum(row.response_times.values()) == 1


@pytest.mark.parametrize("bad", [math.nan, math.inf, "fast", object()], ids=repr)
def test_an_invalid_response_time_is_counted_as_none_and_reported_once(stats, caplog, bad):
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            stats.record("GET", "/", bad, 0, None)
            stats.record("GET", "/", 5.0, 0, None)
            assert stats.total.total_response_time > 0
    assert (stats.num_requests, stats.total.num_none_requests) == (6, 3)
    assert stats.total.total_response_time == 15.0
    assert stats.invalid_response_times == 3
    assert len(caplog.records) == 1


@pytest.mark.parametrize("length", ["12", None, math.nan, -7, [1]], ids=repr)
def test_an_invalid_length_breaks_nothing(stats, length):
    stats.record("GET", "/", 1.0, length, None)
    assert (stats.num_requests, stats.total.total_content_length) == (1, 0)


def test_names_of_any_type_become_text(stats):
    stats.record(None, 17, 1.0, 0, None)
    stats.record("GET", ["/", 1], 1.0, 0, None)
    assert set(stats.entries) == {("17", "None"), ("['/', 1]", "GET")}
    assert stats.num_requests == 2


def test_requests_and_errors_can_be_logged_one_by_one(stats):
    stats.log_request("GET", "/", 3.0, 7)
    stats.log_error("GET", "/", ValueError("no"))
    row = stats.get("/", "GET")
    row.log(5.0, 3)
    row.log_error("no")
    assert (row.num_requests, row.num_failures, row.total_content_length) == (2, 2, 10)
    assert {e.error: e.occurrences for e in stats.errors.values()} == {"ValueError: no": 1, "no": 1}


def test_names_beyond_the_cap_share_a_row_and_one_warning(stats, monkeypatch, caplog):
    monkeypatch.setattr(settings, "MAX_ROWS", 3)
    with caplog.at_level(logging.WARNING):
        for i in range(10):
            stats.record("GET", f"/{i}", 1.0, 0, ValueError("no") if i == 9 else None)
    assert set(stats.entries) == {("/0", "GET"), ("/1", "GET"), ("/2", "GET"), (OTHER_NAMES, "")}
    assert stats.entries[OTHER_NAMES, ""].num_requests == 7
    assert stats.num_requests == 10
    assert [e.name for e in stats.errors.values()] == [OTHER_NAMES]
    assert len(caplog.records) == 1
    assert 'name="/item/[id]"' in caplog.text


def test_errors_that_differ_in_ids_are_one_line_with_a_readable_sample(stats, clock):
    for i in range(100):
        clock.advance(1)
        stats.record("GET", "/", 1.0, 0, ValueError(f"user {i} not found"))
    [error] = stats.errors.values()
    assert (error.method, error.name, error.error) == ("GET", "/", "ValueError: user 0 not found")
    assert (error.occurrences, error.last_seen - error.first_seen) == (100, 99)


def test_kinds_of_errors_beyond_the_cap_share_a_line_and_one_warning(stats, monkeypatch, caplog):
    monkeypatch.setattr(settings, "MAX_ERRORS", 2)
    with caplog.at_level(logging.WARNING):
        for word in ("one", "two", "three", "four", "three"):
            stats.record("GET", "/", 1.0, 0, ValueError(word))
    found = {error.error: error.occurrences for error in stats.errors.values()}
    assert found == {"ValueError: one": 1, "ValueError: two": 1, "(other errors)": 3}
    assert len(caplog.records) == 1


def test_remembered_texts_are_bounded(stats):
    for i in range(1_000, 11_000):
        stats.record("GET", "/", 1.0, 0, ValueError(f"user {i}"))
    assert len(stats._errors._known) <= 4096
    assert [e.occurrences for e in stats.errors.values()] == [10_000]


def test_a_reset_sets_all_to_zero_and_keeps_the_rows(stats, clock):
    stats.record("GET", "/", 1.0, 5, ValueError("no"))
    clock.advance(3)
    row = stats.get("/", "GET")
    stats.reset_all()
    assert stats.entries == {("/", "GET"): row}
    assert (row.num_requests, row.num_failures, row.total_content_length) == (0, 0, 0)
    assert (stats.num_requests, dict(stats.errors), stats.start_time) == (0, {}, clock.time())
    assert stats.last_request_timestamp is None
    stats.record("GET", "/", 2.0, 0, None)
    assert (row.num_requests, row.max_response_time) == (1, 2.0)


def test_what_was_noted_before_a_reset_does_not_come_back(stats):
    for _ in range(5):
        stats.record("GET", "/", 1.0, 5, None)
    stats.reset_all()
    assert (stats.num_requests, stats.get("/", "GET").num_requests) == (0, 0)


def test_clearing_drops_the_rows(stats):
    stats.record("GET", "/", 1.0, 0, None)
    stats.clear_all()
    assert (stats.entries, stats.num_requests) == ({}, 0)


def test_reading_in_between_changes_nothing(clock):
    read, unread = RequestStats(clock=clock), RequestStats(clock=clock)
    for i in range(300):
        clock.advance(0.037)
        for stats in (read, unread):
            stats.record("GET", f"/{i % 3}", i * 1.1, i, ValueError("no") if i % 7 == 0 else None)
        assert read.total.num_requests == i + 1
        assert read.get("/0", "GET").num_requests == i // 3 + 1
    assert read.snapshot() == unread.snapshot()


@pytest.mark.parametrize("jump", [-3600, 3600, -0.5])
def test_a_machine_whose_clock_is_set_loses_nothing_and_keeps_its_rates(stats, clock, jump):
    began = clock.time()
    for step in range(1000):
        if step == 700:
            clock.set(jump)
        stats.record("GET", "/", 1.0, 0, ValueError("no") if step % 2 else None)
        clock.advance(0.1)
    total = stats.total
    assert stats.num_requests == 1000
    assert total.current_rps == pytest.approx(10, rel=0.01)
    assert total.current_fail_per_sec == pytest.approx(5, rel=0.02)
    assert total.total_rps == pytest.approx(10, rel=0.01)
    assert total.get_current_response_time_percentile(0.5) == pytest.approx(1, rel=0.005)
    assert total.last_request_timestamp == pytest.approx(began + 99.9)
    assert [e.last_seen for e in stats.errors.values()] == pytest.approx([began + 99.9])


def test_a_reset_takes_over_the_machines_clock_as_it_is_now(stats, clock):
    stats.record("GET", "/", 1.0, 0, None)
    clock.set(3600)
    stats.reset_all()
    stats.record("GET", "/", 1.0, 0, None)
    assert stats.start_time == clock.time()
    assert stats.last_request_timestamp == pytest.approx(clock.time())
    assert list(stats.total.num_reqs_per_sec) == [int(clock.time())]
