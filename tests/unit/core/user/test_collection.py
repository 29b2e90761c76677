"""What `tasks` of a class consists of."""

import functools

import pytest

from swarm.core import SequentialTaskSet, TaskSet, User, task
from swarm.core.exception import TestFileError


def one(owner): ...
def two(owner): ...
def three(owner): ...


@pytest.fixture(params=[User, TaskSet])
def base(request):
    return request.param


def names(cls):
    return [each.__name__ for each in cls.tasks]


def test_a_list_stays_as_it_is(base):
    class Some(base):
        tasks = [one, two]

    assert Some.tasks == [one, two]


def test_a_dict_is_expanded_by_weight(base):
    class Some(base):
        tasks = {one: 3, two: 1}

    assert Some.tasks == [one, one, one, two]


def test_tuples_are_expanded_by_weight(base):
    class Some(base):
        tasks = [(one, 2), (two, 1), three]

    assert Some.tasks == [one, one, two, three]


def test_marked_methods_are_expanded_by_weight_in_the_order_of_declaration(base):
    class Some(base):
        @task
        def a(self): ...

        def helper(self): ...

        @task(2)
        def b(self): ...

    assert names(Some) == ["a", "b", "b"]


def test_a_list_and_methods_keep_their_order(base):
    class Some(base):
        @task
        def a(self): ...

        tasks = [one, two]

        @task
        def b(self): ...

    assert names(Some) == ["a", "one", "two", "b"]


def test_nested_task_sets_are_tasks(base):
    class Some(base):
        @task(2)
        class Nested(TaskSet):
            tasks = [one]

    assert Some.tasks == [Some.Nested, Some.Nested]


def test_weight_0_switches_a_task_off(base):
    class Some(base):
        tasks = {one: 0, two: 1}

        @task(0)
        def a(self): ...

    assert Some.tasks == [two]


def test_a_callable_object_can_be_a_task(base):
    partial = functools.partial(print, "hello")

    class Some(base):
        tasks = [partial]

    assert Some.tasks == [partial]


def test_tasks_of_base_classes_come_first(base):
    class Base(base):
        tasks = [one]

        @task
        def a(self): ...

    class Sub(Base):
        tasks = [two]

        @task
        def b(self): ...

    assert names(Sub) == ["one", "a", "two", "b"]
    assert names(Base) == ["one", "a"]


def test_tasks_of_several_bases_are_joined_and_a_common_base_counts_once(base):
    class Base(base):
        tasks = [one]

    class Left(Base):
        tasks = [two]

    class Right(Base):
        tasks = [three]

    class Both(Left, Right): ...

    assert sorted(names(Both)) == ["one", "three", "two"]


def test_tasks_of_a_mixin_that_is_no_user_are_found(base):
    class Mixin:
        @task(2)
        def a(self): ...

    class Some(Mixin, base): ...

    assert names(Some) == ["a", "a"]


def test_an_overriding_method_takes_the_place_and_the_weight_of_the_task(base):
    class Base(base):
        @task(2)
        def a(self): ...

        @task
        def b(self): ...

    class Sub(Base):
        def a(self): ...

    assert Sub.tasks == [Sub.a, Sub.a, Base.b]


def test_an_overriding_task_has_its_own_weight(base):
    class Base(base):
        @task(2)
        def a(self): ...

    class Sub(Base):
        @task(1)
        def a(self): ...

    assert Sub.tasks == [Sub.a]


def test_none_removes_an_inherited_task(base):
    class Base(base):
        @task
        def a(self): ...

        @task
        def b(self): ...

    class Sub(Base):
        a = None

    assert names(Sub) == ["b"]


def test_a_method_that_is_listed_is_overridden_too(base):
    class Base(base):
        def a(self): ...

        tasks = [a]

    class Sub(Base):
        def a(self): ...

    assert Sub.tasks == [Sub.a]


def test_the_same_function_can_be_a_task_of_several_classes(base):
    class Some(base):
        tasks = [one]

    class Other(base):
        tasks = {one: 2}

    assert (Some.tasks, Other.tasks) == ([one], [one, one])


def test_a_sequence_ignores_weights_but_not_repetition():
    class Some(SequentialTaskSet):
        tasks = [(one, 3), two, two]

        @task(5)
        def a(self): ...

    assert names(Some) == ["one", "two", "two", "a"]


def test_a_sequence_derived_from_a_weighted_set_has_each_task_once():
    class Weighted(TaskSet):
        tasks = {one: 3, two: 2}

    class Ordered(SequentialTaskSet, Weighted): ...

    assert Ordered.tasks == [one, two]


@pytest.mark.parametrize("tasks", ["one", 3, one])
def test_tasks_that_are_no_collection_are_refused(base, tasks):
    with pytest.raises(TestFileError, match=r"Some\.tasks is .* must be a list"):
        type("Some", (base,), {"tasks": tasks})


@pytest.mark.parametrize("tasks", [["one"], [3], [None], {"one": 1}])
def test_tasks_that_cannot_be_called_are_refused(base, tasks):
    with pytest.raises(TestFileError, match=r"Some\.tasks got .* cannot be called"):
        type("Some", (base,), {"tasks": tasks})


@pytest.mark.parametrize("weight", [-1, "3", 1.5, None])
def test_weights_that_make_no_sense_are_refused(base, weight):
    with pytest.raises(TestFileError, match=r"Some\.tasks: one got the weight"):
        type("Some", (base,), {"tasks": {one: weight}})


def test_a_tuple_that_is_no_pair_is_refused(base):
    with pytest.raises(TestFileError, match=r"a tuple must be \(task, weight\)"):
        type("Some", (base,), {"tasks": [(one, 1, 2)]})


def test_a_user_class_is_no_task(base):
    class Visitor(User): ...

    with pytest.raises(TestFileError, match="Visitor is no TaskSet"):
        type("Some", (base,), {"tasks": [Visitor]})


def test_tasks_none_means_no_tasks_of_its_own(base):
    class Some(base):
        tasks = None

    assert Some.tasks == []
