"""Tags, equal weights and per-run variants of classes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core import (
    MarkovTaskSet,
    SequentialTaskSet,
    TaskSet,
    User,
    constant,
    tag,
    task,
    transition,
)
from swarm.core.exception import ConfigError
from swarm.core.user.filtering import derive, equal_weight_tasks, filter_tasks


class Tagged(User):
    """The reference's example."""

    @tag("tag1")
    @task
    def task1(self): ...

    @tag("tag1", "tag2")
    @task(2)
    def task2(self): ...

    @tag("tag3")
    @task
    def task3(self): ...

    @task
    def task4(self): ...


def names(tasks):
    return [each.__name__ for each in tasks]


def distinct(tasks):
    return list(dict.fromkeys(names(tasks)))


@pytest.mark.parametrize(("tags", "exclude_tags", "left"), [
    (None, None, ["task1", "task2", "task3", "task4"]),
    ([], [], ["task1", "task2", "task3", "task4"]),
    (["tag1"], None, ["task1", "task2"]),
    (["tag2", "tag3"], None, ["task2", "task3"]),
    (None, ["tag3"], ["task1", "task2", "task4"]),
    (["tag1"], ["tag2"], ["task1"]),
    (["tag1"], ["tag1"], []),
    (["unknown"], None, []),
])  # fmt: skip
def test_tags_choose_tasks_and_exclusion_wins(tags, exclude_tags, left):
    assert distinct(filter_tasks(Tagged.tasks, tags, exclude_tags)) == left


def test_filtering_keeps_weights_and_leaves_the_class_as_it_is():
    assert names(filter_tasks(Tagged.tasks, {"tag1"})) == ["task1", "task2", "task2"]
    assert names(Tagged.tasks) == ["task1", "task2", "task2", "task3", "task4"]


@given(
    st.sets(st.sampled_from(["tag1", "tag2", "tag3"]), min_size=1),
    st.sets(st.sampled_from(["tag1", "tag2", "tag3"])),
)
def test_what_is_included_is_what_excluding_would_leave_out(tags, others):
    included = set(filter_tasks(Tagged.tasks, tags))
    excluded = set(filter_tasks(Tagged.tasks, None, tags))
    assert included | excluded == set(Tagged.tasks)
    assert not included & excluded
    assert set(filter_tasks(Tagged.tasks, tags, others)) == included - set(
        filter_tasks(Tagged.tasks, others or ["none"])
    )


class Forum(TaskSet):
    @tag("read")
    @task(3)
    def read(self): ...

    @tag("write")
    @task
    def write(self): ...

    @task
    class Admin(TaskSet):
        @tag("write")
        @task
        def edit(self): ...


def test_nested_task_sets_are_filtered_too():
    (left,) = filter_tasks([Forum], ["write"])
    assert names(left.tasks) == ["write", "Admin"]
    assert issubclass(left, Forum)
    assert names(Forum.tasks) == ["read", "read", "read", "write", "Admin"]


def test_a_task_set_without_tasks_that_pass_is_left_out():
    (left,) = filter_tasks([Forum], ["read"])
    assert names(left.tasks) == ["read"] * 3
    assert filter_tasks([Forum], ["nothing"]) == []


def test_a_task_set_that_keeps_all_its_tasks_is_the_same_class():
    assert filter_tasks([Forum, Forum], None, ["nothing"]) == [Forum, Forum]


def test_a_repeated_task_set_becomes_the_same_variant_each_time():
    one, two = filter_tasks([Forum, Forum], ["write"])
    assert one is two


def test_tags_of_a_task_set_count_for_all_its_tasks():
    @tag("forum")
    class TaggedForum(Forum): ...

    assert filter_tasks([TaggedForum], ["forum"]) == [TaggedForum]
    assert filter_tasks([TaggedForum], None, ["forum"]) == []
    (left,) = filter_tasks([TaggedForum], ["forum"], ["write"])
    assert names(left.tasks) == ["read"] * 3


def test_tags_of_a_user_class_count_for_all_its_tasks():
    def visit(user): ...

    assert filter_tasks([visit], ["vip"], inherited={"vip"}) == [visit]
    assert filter_tasks([visit], None, ["vip"], inherited={"vip"}) == []


def test_a_sequence_keeps_its_order():
    class Steps(SequentialTaskSet):
        @tag("a")
        @task
        def first(self): ...

        @task
        def second(self): ...

        @tag("a")
        @task
        def third(self): ...

    (left,) = filter_tasks([Steps], ["a"])
    assert names(left.tasks) == ["first", "third"]


def test_a_chain_stays_whole_or_goes():
    @tag("chain")
    class Chain(MarkovTaskSet):
        @transition("b")
        def a(self): ...

        @transition("a")
        def b(self): ...

    assert filter_tasks([Chain], ["chain"]) == [Chain]
    assert filter_tasks([Chain], ["other"]) == []
    assert filter_tasks([Chain], None, ["chain"]) == []


def test_a_task_set_that_is_nested_in_itself_is_no_endless_loop():
    class Loop(TaskSet):
        @tag("a")
        @task
        def visit(self): ...

        @task
        def other(self): ...

    Loop.tasks.append(Loop)
    (left,) = filter_tasks([Loop], ["a"])
    assert names(left.tasks) == ["visit", "Loop"]
    assert len(equal_weight_tasks([Loop, Loop])) == 1


def test_equal_weights_leave_each_task_once_at_every_level():
    (left, other) = equal_weight_tasks([Forum, Forum, Tagged.task1])
    assert names(left.tasks) == ["read", "write", "Admin"]
    assert other is Tagged.task1
    assert names(Forum.tasks).count("read") == 3


# --- derive -----------------------------------------------------------------------------


def test_a_variant_is_called_the_same_and_is_a_subclass():
    variant = derive(Tagged, host="https://example.com", weight=3)
    assert variant is not Tagged
    assert issubclass(variant, Tagged)
    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        assert getattr(variant, name) == getattr(Tagged, name)
    assert variant.fullname() == Tagged.fullname()
    assert (variant.host, variant.weight) == ("https://example.com", 3)
    assert (Tagged.host, Tagged.weight) == (None, 1)


def test_a_variant_has_the_tasks_of_its_class_or_exactly_those_given():
    assert derive(Tagged, weight=2).tasks == Tagged.tasks
    fewer = derive(Tagged, tasks=[Tagged.task1])
    assert fewer.tasks == [Tagged.task1]
    assert derive(fewer, weight=2).tasks == [Tagged.task1]
    assert derive(Tagged, tasks=[]).tasks == []
    assert derive(Tagged, tasks={Tagged.task1: 2}).tasks == [Tagged.task1] * 2


def test_a_variant_of_an_abstract_class_is_abstract():
    class Base(User):
        abstract = True

    assert derive(Base, weight=2).abstract
    assert not derive(Tagged, weight=2).abstract
    assert not derive(derive(Tagged, weight=2), weight=3).abstract


def test_a_variant_can_have_attributes_of_its_own():
    variant = derive(Tagged, greeting="hello", wait_time=constant(3))
    assert variant.greeting == "hello"
    assert variant(None).wait_time() == 3
    assert not hasattr(Tagged, "greeting")


def test_a_variant_that_makes_no_sense_is_an_error_of_the_configuration():
    with pytest.raises(ConfigError, match=r"Tagged\.weight is -1"):
        derive(Tagged, weight=-1)
    with pytest.raises(ConfigError, match=r"Tagged\.tasks is 'task1'"):
        derive(Tagged, tasks="task1")
