import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.dispatch import Ramp
from swarm.core.exception import ConfigError

rates = st.one_of(st.floats(0.01, 1000), st.sampled_from([0.1, 0.3, 1 / 3, 7, 100, 1e6]))


@pytest.mark.parametrize(
    ("ramp", "elapsed", "users"),
    [
        (Ramp(0, 10, 2), 0, 1),
        (Ramp(0, 10, 2), 0.49, 1),
        (Ramp(0, 10, 2), 0.5, 2),
        (Ramp(0, 10, 2), 4.5, 10),
        (Ramp(0, 10, 2), 1000, 10),
        (Ramp(0, 3, 0.1), 9.99, 1),
        (Ramp(0, 3, 0.1), 10, 2),
        (Ramp(0, 3, 0.1), 20, 3),
        (Ramp(0, 5, 100), 0.04, 5),
        (Ramp(10, 0, 2), 0, 9),
        (Ramp(10, 0, 2), 0.5, 8),
        (Ramp(10, 4, 1), 5, 4),
        (Ramp(7, 7, 1), 0, 7),
        (Ramp(0, 5, 1), -1, 0),
        (Ramp(0, 5, float("inf")), 0, 5),
        (Ramp(0, 5, 1e308), 1e10, 5),
    ],
)
def test_users_after_so_many_seconds(ramp, elapsed, users):
    assert ramp.users_at(elapsed) == users


@given(st.integers(0, 300), st.integers(0, 300), rates)
def test_each_user_comes_or_goes_exactly_when_due(start, target, rate):
    ramp = Ramp(start, target, rate)
    direction = 1 if target > start else -1
    for step in range(0, ramp.steps, 13):
        assert ramp.users_at(step / rate) == start + direction * (step + 1)
    assert ramp.users_at(ramp.duration) == target


@given(st.integers(0, 300), st.integers(0, 300), rates, st.floats(0, 1000))
def test_the_next_step_is_later_and_changes_the_number(start, target, rate, elapsed):
    ramp = Ramp(start, target, rate)
    due = ramp.next_at(elapsed)
    if due is None:
        assert ramp.users_at(elapsed) == target
    else:
        assert due > elapsed - 1e-6
        assert abs(ramp.users_at(due) - ramp.users_at(elapsed)) >= 1


def test_steps_are_spread_evenly_within_the_second():
    ramp = Ramp(0, 100, 20)
    assert [ramp.users_at(tenth / 10) for tenth in range(5)] == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_that_leads_nowhere_is_refused(rate):
    with pytest.raises(ConfigError, match="spawn rate"):
        Ramp(0, 10, rate)


def test_a_number_of_users_that_nobody_can_mean_is_refused():
    with pytest.raises(ConfigError, match="more than 10000000"):
        Ramp(0, 10**9, 1)


def test_a_negative_number_of_users_is_refused():
    with pytest.raises(ConfigError, match="-3 users"):
        Ramp(0, -3, 1)
