import pytest

from support.clock import FakeClock
from support.reported_run import ReportedRun
from swarm.core.stats import RequestStats


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def run(clock):
    """A run of 20 seconds with two rows, 1 failure in 10 in one of them."""
    run = ReportedRun(stats=RequestStats(clock=clock))
    for i in range(200):
        clock.advance(0.1)
        error = ValueError(f"user {i} has no basket") if i % 10 == 0 else None
        run.stats.record("GET", "/", 20.0 + i / 10, 100, error)
        run.stats.record("POST", "/cart", 5.0, 300, None)
    return run
