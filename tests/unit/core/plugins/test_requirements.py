import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.plugins.requirements import satisfies, unconditional


def test_names_and_bounds_are_told_apart():
    assert list(unconditional(["gevent>=24.11.1", "flask <4, >=3", "rich", "a[b]>=1"])) == [
        ("gevent", ">=24.11.1"),
        ("flask", "<4, >=3"),
        ("rich", ""),
        ("a", ">=1"),
    ]


def test_what_holds_only_sometimes_is_left_out():
    assert list(unconditional(['x>=1; extra == "zstd"', 'y; python_version < "3"'])) == []


@pytest.mark.parametrize(
    ("version", "bounds", "held"),
    [
        ("1.2.3", ">=1.2", True),
        ("1.10", ">=1.9", True),
        ("1.1.9", ">=1.2", False),
        ("1.0", "==1", True),
        ("2.0.0", "<2", False),
        ("2.0", ">=1,<2", False),
        ("1.9.9", ">=1,<2", True),
        ("1.4.9", "~=1.4.2", True),
        ("1.5", "~=1.4.2", False),
        ("1.4.1", "~=1.4.2", False),
        ("1", "~=1.0", True),
        ("3.0", "!=3", False),
        ("2.1rc1", ">2", True),
        ("2", "<=2.0", True),
        ("9", "", True),
        ("9", "===x, @file", True),
    ],
)
def test_release_numbers_are_compared(version, bounds, held):
    assert satisfies(version, bounds) is held


releases = st.lists(st.integers(0, 99), min_size=1, max_size=4).map(lambda p: ".".join(map(str, p)))


@given(releases, releases)
def test_of_two_releases_one_is_at_least_the_other(one, other):
    assert satisfies(one, f">={other}") or satisfies(other, f">={one}")
    assert satisfies(one, f"=={one}")
    assert satisfies(one, f"<{other}") is not satisfies(one, f">={other}")
