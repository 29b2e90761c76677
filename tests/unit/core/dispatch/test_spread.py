import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.dispatch import ClassSpec, SpawnOrder, spread

counts = st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 200), max_size=5)


@given(counts, st.integers(1, 20))
def test_every_worker_gets_an_equal_share_of_every_class_and_of_all(counts, workers):
    shares = spread(counts, range(workers))
    assert set(shares) == set(range(workers))
    for name, count in counts.items():
        held = [share.get(name, 0) for share in shares.values()]
        assert sum(held) == count
        assert max(held) - min(held) <= 1
    sums = [sum(share.values()) for share in shares.values()]
    assert max(sums) - min(sums) <= 1


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.integers(1, 12),
    st.integers(0, 80),
    st.integers(0, 80),
)
def test_a_ramp_only_adds_or_only_removes_on_every_worker(weights, workers, start, end):
    order = SpawnOrder([ClassSpec(f"C{i}", weight) for i, weight in enumerate(weights)])
    direction = 1 if end > start else -1
    shares = spread(order.counts(start), range(workers))
    for users in range(start, end, direction):
        following = spread(order.counts(users + direction), range(workers), shares)
        for worker, share in following.items():
            for name in set(share) | set(shares[worker]):
                moved = share.get(name, 0) - shares[worker].get(name, 0)
                assert moved in {0, direction}
        shares = following
        sums = [sum(share.values()) for share in shares.values()]
        assert max(sums) - min(sums) <= len(weights)


def test_a_worker_that_joins_gets_its_share():
    before = spread({"A": 10, "B": 5}, ["w1"])
    after = spread({"A": 10, "B": 5}, ["w1", "w2"], before)
    assert after["w1"]["A"] == after["w2"]["A"] == 5
    assert after["w1"]["B"] == 3
    assert after["w2"]["B"] == 2


def test_without_workers_there_can_be_no_users():
    assert spread({"A": 0}, []) == {}
    with pytest.raises(ValueError, match="no workers"):
        spread({"A": 1}, [])


def test_ten_thousand_users_on_a_hundred_workers_take_no_time():
    counts = {f"C{i}": 2000 for i in range(5)}
    fastest = min(timed(lambda: spread(counts, range(100))) for _ in range(5))
    assert fastest < 0.05


def timed(action):
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
