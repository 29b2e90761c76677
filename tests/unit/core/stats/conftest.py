import pytest

from support.clock import FakeClock
from swarm.core.stats import RequestStats


@pytest.fixture
def clock():
    clock = FakeClock()
    clock.advance(0.25)  # not on the edge of a second
    return clock


@pytest.fixture
def stats(clock):
    return RequestStats(clock=clock)
