import logging
from types import SimpleNamespace

import gevent
import pytest

import swarm.core.stats as settings
from swarm.core.stats import stats_history, stats_printer
from swarm.core.stats.history import add_to_history


def test_a_point_has_the_current_figures(stats, clock):
    for _ in range(200):
        clock.advance(0.1)
        stats.record("GET", "/", 50.0, 0, ValueError("no"))
    add_to_history(stats, 7)
    [point] = stats.history
    assert point["time"] == "2023-11-14T22:13:40.250+00:00"
    assert (point["user_count"], point["total_avg_response_time"]) == (7, 50.0)
    assert point["current_rps"] == pytest.approx(10, rel=0.02)
    assert point["current_fail_per_sec"] == pytest.approx(10, rel=0.02)
    assert point["response_time_percentile_0.95"] == pytest.approx(50.0, rel=0.005)


def test_a_long_history_is_thinned_out_and_still_covers_the_run(stats, clock, monkeypatch):
    monkeypatch.setattr(settings, "MAX_HISTORY", 40)
    first = clock.time() + 5
    for _ in range(1000):
        clock.advance(5)
        add_to_history(stats, 1)
    times = [point["timestamp"] for point in stats.history]
    assert len(times) <= 40
    assert (times[0], times[-1]) == (first, clock.time())
    assert times == sorted(times)


def test_the_history_grows_while_its_greenlet_runs(stats, monkeypatch):
    monkeypatch.setattr(settings, "HISTORY_STATS_INTERVAL_SEC", 0.01)
    greenlet = gevent.spawn(stats_history, SimpleNamespace(stats=stats, user_count=3))
    with gevent.Timeout(5):
        while len(stats.history) < 3:
            gevent.sleep(0.01)
    greenlet.kill()
    assert {point["user_count"] for point in stats.history} == {3}


def test_the_printer_logs_the_table_again_and_again(stats, monkeypatch, caplog):
    monkeypatch.setattr(settings, "CONSOLE_STATS_INTERVAL_SEC", 0.01)
    monkeypatch.setattr(logging.getLogger("swarm.stats_logger"), "propagate", True)
    stats.record("GET", "/", 5.0, 0, None)
    with caplog.at_level(logging.INFO, "swarm.stats_logger"):
        greenlet = gevent.spawn(stats_printer(stats))
        with gevent.Timeout(5):
            while caplog.text.count("Aggregated") < 2:
                gevent.sleep(0.01)
        greenlet.kill()
    assert caplog.messages[2].startswith("GET   /")
