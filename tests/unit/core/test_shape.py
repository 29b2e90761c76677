"""Load shapes."""

import math
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clock import FakeClock
from swarm.core import LoadTestShape, User
from swarm.core.exception import ExitCode
from swarm.core.shape import ShapeError, Tick, parse_tick
from swarm.core.user import derive


class Steps(LoadTestShape):
    """The reference's example."""

    time_limit = 600
    spawn_rate = 20

    def tick(self):
        run_time = self.get_run_time()
        if run_time < self.time_limit:
            return round(run_time, -2), self.spawn_rate
        return None


class UserA(User): ...


class UserB(User): ...


@pytest.fixture
def clock(monkeypatch):
    clock = FakeClock()
    monkeypatch.setattr("swarm.core.shape.time", clock)
    return clock


def test_a_shape_gives_the_load_by_run_time_until_its_end(clock):
    shape = Steps()
    shape.reset_time()
    assert parse_tick(shape.tick(), []) == Tick(0, 20)
    clock.advance(260)
    assert parse_tick(shape.tick(), []) == Tick(300, 20)
    clock.advance(400)
    assert parse_tick(shape.tick(), []) is None


def test_the_run_time_begins_when_it_is_first_asked_for(clock):
    shape = Steps()
    clock.advance(100)
    assert shape.get_run_time() == 0
    clock.advance(5)
    assert shape.get_run_time() == 5


def test_reset_time_begins_anew(clock):
    shape = Steps()
    shape.reset_time()
    clock.advance(5)
    shape.reset_time()
    clock.advance(2)
    assert shape.get_run_time() == 2


def test_the_run_time_needs_no_call_of_the_base_constructor(clock):
    class Own(Steps):
        def __init__(self):
            self.stages = []

    assert Own().get_run_time() == 0


def test_the_current_user_count_is_the_runners():
    shape = Steps()
    assert shape.get_current_user_count() == 0
    shape.runner = SimpleNamespace(user_count=7)
    assert shape.get_current_user_count() == 7


def test_a_subclass_is_abstract_only_if_it_says_so():
    class Base(LoadTestShape):
        abstract = True

        def tick(self):
            return None

    class Own(Base): ...

    assert LoadTestShape.abstract
    assert Base.abstract
    assert not Own.abstract
    assert not Steps.use_common_options


def test_a_shape_without_tick_says_so():
    class Own(LoadTestShape):
        def tik(self): ...

    with pytest.raises(ShapeError, match=r"Own has no tick\(\) method") as caught:
        Own()
    assert "abstract = True" in caught.value.hint


# --- parse_tick -------------------------------------------------------------------------


def test_none_ends_the_test():
    assert parse_tick(None, [UserA]) is None


@pytest.mark.parametrize(
    "value", [(10, 2), [10, 2], (10.0, 2.0), (9.6, 2), (10, 2, None), (Fraction(10), 2)]
)
def test_users_and_rate_are_taken_as_numbers(value):
    assert parse_tick(value, [UserA]) == Tick(10, 2.0, None)


def test_user_classes_are_taken_in_any_collection():
    assert parse_tick((10, 2, [UserA]), [UserA, UserB]) == Tick(10, 2.0, (UserA,))
    assert parse_tick((10, 2, (UserB, UserA)), [UserA, UserB]).user_classes == (UserB, UserA)


def test_classes_of_the_test_file_stand_for_their_variants_in_the_run():
    variant = derive(UserA, weight=3)
    assert parse_tick((10, 2, [UserA]), [variant, UserB]).user_classes == (variant,)


def test_a_base_class_does_not_stand_for_what_is_derived_from_it():
    class Special(UserA): ...

    with pytest.raises(ShapeError, match="no user class of this run"):
        parse_tick((10, 2, [UserA]), [Special])


@pytest.mark.parametrize(("value", "problem"), [
    ((), "must be"),
    ((10,), "must be"),
    ((10, 2, None, 4), "must be"),
    (10, "must be"),
    ("10", "must be"),
    ({"users": 10}, "must be"),
    (("10", 2), "user count '10'"),
    ((-1, 2), "user count -1"),
    ((math.nan, 2), "user count nan"),
    ((math.inf, 2), "user count inf"),
    ((None, 2), "user count None"),
    ((True, 2), "user count True"),
    ((10, "2"), "spawn rate '2'"),
    ((10, 0), "spawn rate 0"),
    ((10, -2), "spawn rate -2"),
    ((10, math.nan), "spawn rate nan"),
    ((10, math.inf), "spawn rate inf"),
    ((10, None), "spawn rate None"),
    ((10, 2, "UserA"), "no list of user classes"),
    ((10, 2, UserA), "no list of user classes"),
    ((10, 2, ["UserA"]), "no user class of this run (UserA)"),
    ((10, 2, [UserB]), "no user class of this run (UserA)"),
    ((10, 2, [None]), "no user class of this run (UserA)"),
    ((10, 2, []), "is empty"),
])  # fmt: skip
def test_nonsense_is_named(value, problem):
    with pytest.raises(ShapeError) as caught:
        parse_tick(value, [UserA])
    assert problem in str(caught.value)
    assert "tick() returned" in str(caught.value)
    assert caught.value.exit_code == ExitCode.RUNTIME


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner),
))  # fmt: skip
def test_whatever_is_returned_is_a_load_or_a_clear_error(value):
    try:
        tick = parse_tick(value, [UserA])
    except ShapeError:
        return
    assert tick is None or (tick.user_count >= 0 and 0 < tick.spawn_rate < math.inf)
