from support.clock import FakeClock
from swarm.core.dispatch import ClassSpec, UsersDispatcher


def dispatched(clock, users, rate, present=None, **options):
    dispatcher = UsersDispatcher([ClassSpec("A", 3), ClassSpec("B", 1)], clock)
    plan = dispatcher.plan(present or {}, users, rate, **options)
    began = clock.monotonic()
    return [(round(clock.monotonic() - began, 6), counts) for counts in dispatcher.dispatch(plan)]


def test_users_come_one_by_one_when_due():
    assert dispatched(FakeClock(), 4, rate=2) == [
        (0, {"A": 1}),
        (0.5, {"A": 2}),
        (1.0, {"A": 2, "B": 1}),
        (1.5, {"A": 3, "B": 1}),
    ]


def test_users_go_one_by_one_when_due():
    assert dispatched(FakeClock(), 2, rate=0.1, present={"A": 3, "B": 1}) == [
        (0, {"A": 2, "B": 1}),
        (10, {"A": 2}),
    ]


def test_a_huge_rate_goes_in_few_batches():
    steps = dispatched(FakeClock(), 5000, rate=50_000)
    assert len(steps) <= 12
    assert steps[-1][1] == {"A": 3750, "B": 1250}
    assert 0.0999 <= steps[-1][0] <= 0.11


def test_a_load_that_is_there_already_is_one_empty_step():
    assert dispatched(FakeClock(), 4, rate=1, present={"A": 3, "B": 1}) == [(0, {"A": 3, "B": 1})]


def test_only_the_classes_asked_for_run():
    steps = dispatched(FakeClock(), 2, rate=1, user_classes={"B"})
    assert steps[-1][1] == {"B": 2}


def test_a_slow_taker_finds_all_that_is_due():
    clock = FakeClock()
    dispatcher = UsersDispatcher([ClassSpec("A")], clock)
    seen = []
    for counts in dispatcher.dispatch(dispatcher.plan({}, 10, rate=1)):
        seen.append(counts["A"])
        clock.advance(3.5)
    assert seen == [1, 4, 8, 10]
