import pytest

import swarm.core.stats as settings
from swarm.core.stats.tally import SECONDS_KEPT


def run(stats, clock, seconds, rate, response_time=10.0, *, failing=0):
    """Let time pass with so many requests a second, evenly spread; every failing-th fails."""
    count = int(seconds * rate)
    for i in range(count):
        clock.advance(seconds / count)
        error = ValueError("no") if failing and i % failing == 0 else None
        stats.record("GET", "/", response_time, 0, error)


@pytest.mark.parametrize("seconds", [1, 1.5, 3, 9.9, 10, 17.3, 100])
def test_the_current_rate_is_right_from_the_first_second_on(stats, clock, seconds):
    run(stats, clock, seconds, 40)
    assert stats.total.current_rps == pytest.approx(40, rel=0.03)
    assert stats.get("/", "GET").current_rps == pytest.approx(40, rel=0.03)
    assert stats.total.total_rps == pytest.approx(40, rel=0.05)


def test_a_first_second_that_is_not_over_counts_as_a_whole_one(stats, clock):
    run(stats, clock, 0.1, 50)
    assert stats.total.current_rps == 5
    assert stats.total.total_rps == 5


def test_the_current_rate_of_failures_is_right(stats, clock):
    run(stats, clock, 20, 40, failing=4)
    assert stats.total.current_fail_per_sec == pytest.approx(10, rel=0.03)
    assert stats.total.total_fail_per_sec == pytest.approx(10, rel=0.05)


def test_the_current_rate_follows_the_load_and_falls_to_zero_in_a_pause(stats, clock):
    run(stats, clock, 30, 40)
    clock.advance(5)
    assert stats.total.current_rps == pytest.approx(20, rel=0.05)
    clock.advance(6)
    assert stats.total.current_rps == 0
    assert stats.total.get_current_response_time_percentile(0.5) is None
    run(stats, clock, 10, 8)
    assert stats.total.current_rps == pytest.approx(8, rel=0.03)


def test_the_current_percentiles_are_those_of_the_window_for_total_and_row(stats, clock):
    run(stats, clock, 30, 20, 500.0)
    run(stats, clock, 12, 20, 100.0)
    for row in (stats.total, stats.get("/", "GET"), stats.snapshot().total):
        assert row.get_current_response_time_percentile(0.95) == pytest.approx(100, rel=0.005)
        assert row.get_response_time_percentile(0.95) == pytest.approx(500, rel=0.005)


def test_the_window_can_be_changed_while_running(stats, clock, monkeypatch):
    monkeypatch.setattr(settings, "CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW", 3)
    run(stats, clock, 20, 40)
    run(stats, clock, 4, 10)
    assert stats.total.current_rps == pytest.approx(10, rel=0.1)


def test_requests_are_counted_in_the_second_in_which_they_ended(stats, clock):
    for pause, count in ((0.5, 3), (1, 1), (4, 4)):
        clock.advance(pause)
        for i in range(count):
            stats.record("GET", "/", 1.0, 0, ValueError("no") if i == 0 else None)
    start = 1_700_000_000
    assert stats.total.num_reqs_per_sec == {start: 3, start + 1: 1, start + 5: 4}
    assert stats.get("/", "GET").num_fail_per_sec == {start: 1, start + 1: 1, start + 5: 1}
    assert stats.last_request_timestamp == start + 5.75


def test_memory_does_not_grow_with_the_length_of_the_run(stats, clock):
    for _ in range(3000):
        clock.advance(1)
        stats.record("GET", "/", 1.0, 0, ValueError("no"))
    for row in (stats.total, stats.get("/", "GET")):
        assert len(row.num_reqs_per_sec) == SECONDS_KEPT
        assert len(row.num_fail_per_sec) == SECONDS_KEPT
        assert len(row._counted().recent) == settings.CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW + 1
    assert stats.num_requests == 3000


def test_the_rates_of_the_rows_add_up_to_that_of_the_total(stats, clock):
    for i in range(100):
        clock.advance(0.1)
        stats.record("GET", f"/{i % 3}", 1.0, 0, None)
    rows = stats.entries.values()
    assert sum(r.total_rps for r in rows) == pytest.approx(stats.total.total_rps)
    assert sum(r.current_rps for r in rows) == pytest.approx(stats.total.current_rps)
