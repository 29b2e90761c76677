from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.dispatch import ClassSpec, SpawnOrder, SpawnPlan, apportion
from swarm.core.exception import ConfigError

SPECS = [ClassSpec("A", 3), ClassSpec("B", 1), ClassSpec("Admin", fixed_count=2)]


def path(plan):
    return [plan.counts_after(step) for step in range(plan.ramp.steps + 1)]


def nonzero(counts):
    return {name: count for name, count in counts.items() if count}


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_ramp_along_the_order_is_right_at_every_step(start, users):
    order = SpawnOrder(SPECS)
    plan = SpawnPlan(order, order.counts(start), users, rate=1)
    direction = 1 if users > start else -1
    assert (
        path(plan)
        == [
            nonzero(apportion(SPECS, count)) for count in range(start, users + direction, direction)
        ][: abs(users - start) + 1]
    )


@given(
    st.dictionaries(st.sampled_from(["A", "B", "Admin", "Gone"]), st.integers(0, 20)),
    st.integers(0, 40),
)
def test_from_anywhere_the_sum_moves_one_way_by_one_and_ends_right(present, users):
    plan = SpawnPlan(SpawnOrder(SPECS), present, users, rate=1)
    sums = [sum(counts.values()) for counts in path(plan)]
    steps = {after - before for before, after in pairwise(sums)}
    assert steps <= {0, 1} or steps <= {0, -1}
    assert plan.counts_after(0) == nonzero(present)
    assert plan.counts_after(plan.ramp.steps) == nonzero(apportion(SPECS, users))
    assert min((count for counts in path(plan) for count in counts.values()), default=1) > 0


def test_changing_the_classes_exchanges_users_one_by_one():
    plan = SpawnPlan(SpawnOrder([ClassSpec("New")]), {"Old": 4}, 4, rate=2)
    assert path(plan) == [
        {"Old": 4},
        {"Old": 3, "New": 1},
        {"Old": 2, "New": 2},
        {"Old": 1, "New": 3},
        {"New": 4},
    ]
    assert plan.counts_at(0.5) == {"Old": 2, "New": 2}


def test_users_beyond_the_ratios_go_first():
    plan = SpawnPlan(SpawnOrder(SPECS[:2]), {"A": 2, "B": 6}, 4, rate=1)
    assert path(plan)[-1] == {"A": 3, "B": 1}
    assert path(plan)[1] == {"A": 2, "B": 5}


def test_a_plan_that_is_there_already_has_no_steps():
    plan = SpawnPlan(SpawnOrder(SPECS), apportion(SPECS, 10), 10, rate=1)
    assert plan.ramp.steps == 0
    assert plan.next_at(0) is None
    assert plan.target_count == 10


def test_bad_arguments_are_refused_even_where_nothing_is_to_do():
    with pytest.raises(ConfigError, match="spawn rate"):
        SpawnPlan(SpawnOrder(SPECS), {}, 0, rate=0)
    with pytest.raises(ConfigError, match="-1 users"):
        SpawnPlan(SpawnOrder(SPECS), {}, -1, rate=1)
