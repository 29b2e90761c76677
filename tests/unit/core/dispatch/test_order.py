from collections import Counter
from fractions import Fraction
from itertools import islice
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.dispatch import ClassSpec, SpawnOrder, apportion
from swarm.core.dispatch import order as order_module
from swarm.core.dispatch.order import interleave
from swarm.core.exception import ConfigError

weights = st.lists(
    st.one_of(st.integers(1, 50), st.floats(0.1, 20).map(lambda w: round(w, 2))),
    min_size=1,
    max_size=8,
)


def specs_of(*weights):
    return [ClassSpec(f"C{i}", weight=weight) for i, weight in enumerate(weights)]


@pytest.mark.parametrize(
    ("weights", "order"),
    [
        ({"A": 1}, "AAAA"),
        ({"A": 1, "B": 1}, "ABABAB"),
        ({"A": 1, "B": 1, "C": 1}, "ABCABC"),
        ({"A": 3, "B": 1}, "AABAAABA"),
        ({"A": 0.3, "B": 0.1}, "AABAAABA"),
        ({"A": 1, "B": 0}, "AAAA"),
        ({"A": 5, "B": 1}, "AAABAAAAABAA"),
    ],
)
def test_users_of_different_classes_take_turns_by_weight(weights, order):
    assert "".join(islice(interleave(weights), len(order))) == order


@given(weights, st.integers(1, 200))
def test_every_prefix_is_within_one_user_of_the_exact_quota(weights, users):
    total = sum(Fraction(str(weight)) for weight in weights)
    bound = 1 - Fraction(1, max(2 * len(weights) - 2, 1))
    for prefix in range(1, users + 1, 7):
        counts = apportion(specs_of(*weights), prefix)
        assert sum(counts.values()) == prefix
        for index, weight in enumerate(weights):
            quota = prefix * Fraction(str(weight)) / total
            assert abs(counts[f"C{index}"] - quota) <= bound


def test_the_quota_holds_where_divisor_methods_leave_it():
    # Sainte-Lague gives the big class 91 of 100 here, more than one off its exact 89.6.
    specs = specs_of(896, *[8] * 13)
    assert apportion(specs, 100)["C0"] in {89, 90}


@given(weights, st.integers(0, 100), st.integers(0, 100))
def test_a_larger_number_of_users_contains_the_smaller(weights, one, other):
    specs = specs_of(*weights)
    fewer, more = apportion(specs, min(one, other)), apportion(specs, max(one, other))
    assert all(fewer[name] <= more[name] for name in fewer)


def test_fixed_counts_are_filled_first_and_never_exceeded():
    specs = [ClassSpec("Web", 3), ClassSpec("Admin", 5, fixed_count=2), ClassSpec("App", 1)]
    assert [apportion(specs, n)["Admin"] for n in (0, 1, 2, 3, 100)] == [0, 1, 2, 2, 2]
    assert apportion(specs, 10) == {"Web": 6, "Admin": 2, "App": 2}


def test_too_few_users_share_the_fixed_counts_in_proportion():
    specs = [ClassSpec("A", fixed_count=4), ClassSpec("B", fixed_count=2), ClassSpec("C")]
    assert apportion(specs, 3) == {"A": 2, "B": 1, "C": 0}
    assert apportion(specs, 6) == {"A": 4, "B": 2, "C": 0}


def test_only_fixed_counts_limit_the_number_of_users():
    order = SpawnOrder([ClassSpec("A", fixed_count=4), ClassSpec("B", fixed_count=2)])
    assert order.limit == 6
    assert order.counts(100) == {"A": 4, "B": 2}
    assert SpawnOrder([ClassSpec("A")]).limit is None


def test_nobody_runs_where_no_class_has_a_weight():
    assert apportion([ClassSpec("A", weight=0)], 10) == {"A": 0}
    assert apportion([], 10) == {}


def test_two_classes_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="Two user classes are called A"):
        SpawnOrder([ClassSpec("A"), ClassSpec("A")])


def test_an_order_answers_in_any_sequence_of_questions():
    order = SpawnOrder(specs_of(2, 1))
    assert Counter(order.first(9)) == order.counts(9)
    assert order.counts(3) == apportion(specs_of(2, 1), 3)
    assert order.counts(30) == {"C0": 20, "C1": 10}


@given(weights, st.integers(0, 300))
def test_an_order_that_repeats_itself_is_the_same_as_one_worked_out_to_the_end(weights, users):
    named = {f"C{index}": weight for index, weight in enumerate(weights)}
    before = list(islice(interleave(named), users))
    with patch.object(order_module, "_LONGEST_PERIOD", 0):
        assert list(islice(interleave(named), users)) == before


def test_weights_without_a_short_period_are_no_burden():
    named = {"A": 0.123456789, "B": 3.14159265, "C": 1e-9}
    first = Counter(islice(interleave(named), 1000))
    assert first["A"] in {37, 38}
    assert first["C"] == 0
