import pytest

from swarm.core.dispatch import ClassSpec
from swarm.core.exception import ConfigError


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), "3", None, True])
def test_a_weight_that_is_no_share_is_refused_by_name(weight):
    with pytest.raises(ConfigError, match="weight of user class Shopper"):
        ClassSpec("Shopper", weight=weight)


@pytest.mark.parametrize("fixed_count", [-1, 1.5, "2", None, True])
def test_a_fixed_count_that_is_no_number_of_users_is_refused_by_name(fixed_count):
    with pytest.raises(ConfigError, match="fixed_count of user class Admin") as refusal:
        ClassSpec("Admin", fixed_count=fixed_count)
    assert refusal.value.hint


def test_weights_may_be_fractions_and_zero():
    assert ClassSpec("A", weight=0.5).weight == 0.5
    assert ClassSpec("B", weight=0).weight == 0
