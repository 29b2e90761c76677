"""@task and @tag."""

import functools

import pytest

from swarm.core import TaskSet, User, tag, task
from swarm.core.exception import TestFileError
from swarm.core.user.declaration import own_tags, task_weight


def test_task_without_weight_marks_a_function_with_weight_1():
    @task
    def visit(user): ...

    assert task_weight(visit) == 1


def test_task_with_empty_parentheses_is_the_same():
    @task()
    def visit(user): ...

    assert task_weight(visit) == 1


def test_task_takes_a_weight():
    @task(7)
    def visit(user): ...

    assert task_weight(visit) == 7


def test_what_is_not_marked_has_no_weight():
    def visit(user): ...

    assert task_weight(visit) is None


def test_a_marked_function_is_returned_as_it_is():
    def visit(user): ...

    assert task(3)(visit) is visit


def test_a_mark_survives_a_decorator_that_uses_wraps():
    def twice(function):
        @functools.wraps(function)
        def wrapper(*args):
            function(*args)
            function(*args)

        return wrapper

    @twice
    @task(4)
    def visit(user): ...

    assert task_weight(visit) == 4


def test_a_subclass_of_a_task_set_that_is_a_task_is_not_one_itself():
    @task(5)
    class Forum(TaskSet): ...

    class Wiki(Forum): ...

    assert task_weight(Forum) == 5
    assert task_weight(Wiki) is None


@pytest.mark.parametrize("weight", [-1, 1.5, True, float("nan")])
def test_a_weight_that_is_no_whole_number_of_0_or_more_is_refused(weight):
    with pytest.raises(TestFileError, match=r"@task .*weight"):
        task(weight)


def test_a_weight_that_would_fill_memory_is_refused_with_a_hint():
    with pytest.raises(TestFileError, match="more than 1000000") as caught:
        task(10_000_001)
    assert "relative" in caught.value.hint


@pytest.mark.parametrize("nonsense", ["browse", None, [1]])
def test_task_on_something_that_is_no_function_and_no_weight_is_refused(nonsense):
    with pytest.raises(TestFileError, match="neither a function"):
        task(nonsense)


@pytest.mark.parametrize("wrapped", [property(lambda self: 1), classmethod(lambda cls: 1)])
def test_a_decorated_thing_that_cannot_be_called_is_refused(wrapped):
    with pytest.raises(TestFileError, match="cannot be called"):
        task(3)(wrapped)


@pytest.mark.parametrize("name", ["on_start", "on_stop"])
def test_hooks_cannot_be_tasks(name):
    def function(user): ...

    function.__name__ = name
    with pytest.raises(TestFileError, match=f"{name} cannot be a task"):
        task(function)


def test_an_async_task_is_refused_because_it_would_never_run():
    async def visit(user): ...

    with pytest.raises(TestFileError, match="visit is async"):
        task(visit)


def test_a_task_with_a_yield_is_refused_because_it_would_never_run():
    def visit(user):
        yield

    with pytest.raises(TestFileError, match="visit contains a yield"):
        task(visit)


def test_a_class_that_is_no_task_set_cannot_be_a_task():
    with pytest.raises(TestFileError, match="Page is no TaskSet"):

        @task
        class Page: ...


def test_a_user_class_cannot_be_a_task():
    with pytest.raises(TestFileError, match="Visitor is no TaskSet"):

        @task
        class Visitor(User): ...


def test_something_that_cannot_be_marked_is_refused():
    with pytest.raises(TestFileError, match="@task cannot mark"):
        task(len)


def test_tags_add_up():
    @tag("a")
    @tag("b", "c")
    def visit(user): ...

    assert own_tags(visit) == {"a", "b", "c"}


def test_tags_of_a_class_count_for_its_subclasses_and_not_the_other_way_round():
    @tag("base")
    class Base(TaskSet): ...

    @tag("sub")
    class Sub(Base): ...

    assert own_tags(Sub) == {"base", "sub"}
    assert own_tags(Base) == {"base"}


def test_tag_and_task_can_be_in_any_order():
    @tag("a")
    @task(2)
    def one(user): ...

    @task(2)
    @tag("a")
    def two(user): ...

    assert own_tags(one) == own_tags(two) == {"a"}
    assert task_weight(one) == task_weight(two) == 2


@pytest.mark.parametrize("tags", [(), ("",), (3,), (len,)])
def test_tag_needs_names(tags):
    with pytest.raises(TestFileError, match="@tag needs one or more names"):
        tag(*tags)


def test_tag_without_parentheses_is_refused():
    with pytest.raises(TestFileError, match="@tag needs one or more names"):

        @tag
        def visit(user): ...


def test_a_tag_on_something_that_is_no_task_is_refused():
    with pytest.raises(TestFileError, match="neither a function nor a class"):
        tag("a")(3)
