"""Task sets that are Markov chains."""

import itertools

import pytest

from support.users import live
from swarm.core import MarkovTaskSet, StopUser, TaskSet, User, tag, task, transition, transitions
from swarm.core.exception import TestFileError
from swarm.core.user.derivation import derive
from swarm.core.user.markov import (
    InvalidTransitionError,
    MarkovError,
    MarkovTagError,
    MarkovWeightError,
    NoTransitionsError,
    UnreachableTaskError,
    transition_probabilities,
)


def probabilities(chain):
    """The chain by names."""
    return {
        before.__name__: {after.__name__: share for after, share in following.items()}
        for before, following in transition_probabilities(chain).items()
    }


def visitor_of(chain, limit):
    class Visitor(User):
        tasks = [chain]

        def on_start(self):
            self.log = []

        def note(self, what):
            self.log.append(what)
            if len(self.log) == limit:
                raise StopUser

    return Visitor


class Shop(MarkovTaskSet):
    """Enter, look around, pay, and enter again."""

    @transition("look")
    def enter(self):
        self.user.note("enter")

    @transitions({"look": 3, "pay": 1})
    def look(self):
        self.user.note("look")

    @transition("enter")
    def pay(self):
        self.user.note("pay")


def test_the_first_task_declared_is_the_start_and_only_transitions_are_taken():
    log = live(visitor_of(Shop, 2000)).log
    assert log[0] == "enter"
    assert set(itertools.pairwise(log)) == {
        ("enter", "look"), ("look", "look"), ("look", "pay"), ("pay", "enter"),
    }  # fmt: skip


def test_transitions_are_taken_in_proportion_to_their_weights():
    log = live(visitor_of(Shop, 4000)).log
    after_look = [after for before, after in itertools.pairwise(log) if before == "look"]
    assert 0.71 < after_look.count("look") / len(after_look) < 0.79


def test_transitions_can_be_a_dict_a_list_of_names_or_of_tuples():
    class Chain(MarkovTaskSet):
        @transitions({"b": 3, "c": 1})
        def a(self): ...

        @transitions(["a", "c"])
        def b(self): ...

        @transitions([("a", 9), "b"])
        def c(self): ...

    assert probabilities(Chain) == {
        "a": {"b": 0.75, "c": 0.25},
        "b": {"a": 0.5, "c": 0.5},
        "c": {"a": 0.9, "b": 0.1},
    }


def test_several_transitions_add_up():
    class Chain(MarkovTaskSet):
        @transition("b", 2)
        @transition("a")
        @transition("b")
        def a(self): ...

        @transition("a")
        def b(self): ...

    assert probabilities(Chain)["a"] == {"b": 0.75, "a": 0.25}


def test_task_may_stand_beside_transition():
    class Chain(MarkovTaskSet):
        @task
        @transition("b")
        def a(self): ...

        @transition("a")
        @task
        def b(self): ...

    assert [each.__name__ for each in Chain.tasks] == ["a", "b"]


def test_a_nested_task_set_can_be_part_of_a_chain():
    class Chain(MarkovTaskSet):
        @transition("rest")
        class Nested(TaskSet):
            @task
            def inside(self):
                self.user.note("inside")
                self.interrupt()

        @transition("Nested")
        def rest(self):
            self.user.note("rest")

    assert live(visitor_of(Chain, 4)).log == ["inside", "rest", "inside", "rest"]


def test_a_chain_goes_on_after_a_task_that_fails():
    class Chain(MarkovTaskSet):
        @transition("b")
        def a(self):
            self.user.note("a")
            raise ValueError

        @transition("a")
        def b(self):
            self.user.note("b")

    assert live(visitor_of(Chain, 3)).log == ["a", "b", "a"]


def test_a_chain_can_be_extended_and_overridden_in_a_subclass():
    class Longer(Shop):
        @transitions(["enter", "complain"])
        def pay(self): ...

        @transition("enter")
        def complain(self): ...

    assert probabilities(Longer)["pay"] == {"enter": 0.5, "complain": 0.5}
    assert probabilities(Shop)["pay"] == {"enter": 1}


def test_a_base_for_chains_says_that_it_is_abstract():
    class Base(MarkovTaskSet):
        abstract = True

        @transition("b")
        def a(self): ...

    class Chain(Base):
        @transition("a")
        def b(self): ...

    assert probabilities(Chain) == {"a": {"b": 1}, "b": {"a": 1}}


def test_a_chain_can_have_a_variant_for_a_run():
    assert probabilities(derive(Shop, wait_time=lambda self: 3)) == probabilities(Shop)


def test_a_target_that_is_no_task_is_refused_with_those_that_are():
    with pytest.raises(InvalidTransitionError, match=r"Chain\.a leads to c, which is no") as caught:

        class Chain(MarkovTaskSet):
            @transitions(["b", "c"])
            def a(self): ...

            @transition("a")
            def b(self): ...

            def c(self): ...

    assert "a, b" in caught.value.hint


def test_a_task_that_nothing_can_follow_is_refused():
    with pytest.raises(NoTransitionsError, match=r"Chain\.b has no transitions"):

        class Chain(MarkovTaskSet):
            @transition("b")
            def a(self): ...

            @task
            def b(self): ...


@pytest.mark.parametrize("body", [{}, {"a": lambda self: None}, {"a": task(lambda self: None)}])
def test_a_class_without_transitions_is_refused(body):
    with pytest.raises(NoTransitionsError, match="Chain has no transitions"):
        type("Chain", (MarkovTaskSet,), body)


def test_a_task_that_cannot_be_reached_is_refused():
    with pytest.raises(UnreachableTaskError, match="from a to c, d"):

        class Chain(MarkovTaskSet):
            @transition("b")
            def a(self): ...

            @transition("a")
            def b(self): ...

            @transition("d")
            def c(self): ...

            @transition("c")
            def d(self): ...


def test_a_tag_on_a_task_is_refused():
    with pytest.raises(MarkovTagError, match=r"Chain\.a has tags"):

        class Chain(MarkovTaskSet):
            @tag("slow")
            @transition("a")
            def a(self): ...


def test_a_task_weight_is_refused():
    with pytest.raises(MarkovWeightError, match=r"Chain\.a has the task weight 3"):

        class Chain(MarkovTaskSet):
            @task(3)
            @transition("a")
            def a(self): ...


def test_functions_from_elsewhere_are_refused():
    with pytest.raises(MarkovError, match=r"Chain\.tasks lists print"):

        class Chain(MarkovTaskSet):
            tasks = [print]

            @transition("a")
            def a(self): ...


@pytest.mark.parametrize("weight", [0, -1, "3", None, float("nan"), float("inf"), True])
def test_transition_weights_that_make_no_sense_are_refused(weight):
    with pytest.raises(InvalidTransitionError, match="weight above 0"):
        transition("a", weight)
    with pytest.raises(InvalidTransitionError, match="weight above 0"):
        transitions([("a", weight)])


@pytest.mark.parametrize("targets", ["a", 3, None, len, {3: 1}, [3], [("a", 1, 2)], [], {}])
def test_transitions_that_make_no_sense_are_refused(targets):
    with pytest.raises(InvalidTransitionError):
        transitions(targets)


def test_transition_without_parentheses_is_refused():
    with pytest.raises(InvalidTransitionError, match="no name of a task"):

        @transition
        def a(self): ...


@pytest.mark.parametrize("base", [TaskSet, User])
def test_transitions_outside_of_a_chain_are_refused(base):
    with pytest.raises(TestFileError, match=r"Some\.a has transitions, but Some is no Markov"):

        class Some(base):
            @transition("a")
            def a(self): ...


def test_all_these_errors_are_errors_of_the_test_file():
    assert issubclass(MarkovError, TestFileError)
