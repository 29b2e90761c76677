"""How often each task runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core import (
    MarkovTaskSet,
    SequentialTaskSet,
    TaskSet,
    User,
    task,
    transition,
    transitions,
)
from swarm.core.user.ratio import ratio_lines, task_ratios


class Reader(User):
    """Mostly reads."""

    @task(3)
    def read(self): ...

    @task
    class Write(TaskSet):
        @task
        def thread(self): ...

        @task(4)
        def comment(self): ...


class Admin(User):
    """Does one thing."""

    @task
    def restart(self): ...


def approximately(tree):
    """Return the same tree, whose ratios compare with tolerance."""
    return {
        name: {
            "ratio": pytest.approx(node["ratio"], abs=1e-6),
            **({"tasks": approximately(node["tasks"])} if "tasks" in node else {}),
        }
        for name, node in tree.items()
    }


def test_the_tree_per_class_has_shares_within_each_level():
    assert task_ratios({Reader: 3, Admin: 1})["per_class"] == approximately({
        "Reader": {"ratio": 0.75, "tasks": {
            "read": {"ratio": 0.75},
            "Write": {"ratio": 0.25, "tasks": {
                "thread": {"ratio": 0.2}, "comment": {"ratio": 0.8},
            }},
        }},
        "Admin": {"ratio": 0.25, "tasks": {"restart": {"ratio": 1}}},
    })  # fmt: skip


def test_the_total_tree_has_shares_of_everything():
    assert task_ratios({Reader: 3, Admin: 1})["total"] == approximately({
        "Reader": {"ratio": 0.75, "tasks": {
            "read": {"ratio": 0.5625},
            "Write": {"ratio": 0.1875, "tasks": {
                "thread": {"ratio": 0.0375}, "comment": {"ratio": 0.15},
            }},
        }},
        "Admin": {"ratio": 0.25, "tasks": {"restart": {"ratio": 0.25}}},
    })  # fmt: skip


def test_a_sequence_runs_each_step_equally_often():
    class Steps(SequentialTaskSet):
        @task(5)
        def first(self): ...

        @task
        def second(self): ...

    class Visitor(User):
        tasks = [Steps]

    tree = task_ratios({Visitor: 1})["total"]["Visitor"]["tasks"]["Steps"]["tasks"]
    assert tree == approximately({"first": {"ratio": 0.5}, "second": {"ratio": 0.5}})


def test_a_chain_has_the_ratios_of_the_long_run():
    class Chain(MarkovTaskSet):
        @transition("b")
        def a(self): ...

        @transitions({"a": 1, "b": 3})
        def b(self): ...

    class Visitor(User):
        tasks = [Chain]

    tree = task_ratios({Visitor: 1})["total"]["Visitor"]["tasks"]["Chain"]["tasks"]
    assert tree == approximately({"a": {"ratio": 0.2}, "b": {"ratio": 0.8}})


def test_a_chain_that_alternates_has_equal_ratios():
    class Chain(MarkovTaskSet):
        @transition("b")
        def a(self): ...

        @transition("a")
        def b(self): ...

    class Visitor(User):
        tasks = [Chain]

    tree = task_ratios({Visitor: 1})["total"]["Visitor"]["tasks"]["Chain"]["tasks"]
    assert tree == approximately({"a": {"ratio": 0.5}, "b": {"ratio": 0.5}})


def test_tasks_of_the_same_name_are_told_apart():
    class Left(TaskSet):
        @task
        def visit(self): ...

    class Right(TaskSet):
        @task
        def visit(self): ...

    class Visitor(User):
        tasks = {Left.visit: 1, Right.visit: 3}

    tree = task_ratios({Visitor: 1})["total"]["Visitor"]["tasks"]
    assert {name.split("<locals>.")[1]: node["ratio"] for name, node in tree.items()} == {
        "Left.visit": 0.25,
        "Right.visit": 0.75,
    }


def test_a_task_set_nested_in_itself_is_shown_once():
    class Loop(TaskSet):
        @task
        def visit(self): ...

    Loop.tasks.append(Loop)

    class Visitor(User):
        tasks = [Loop]

    tree = task_ratios({Visitor: 1})["total"]["Visitor"]["tasks"]["Loop"]["tasks"]
    assert tree == approximately({"visit": {"ratio": 0.5}, "Loop": {"ratio": 0.5}})


def test_a_class_without_tasks_or_users_has_no_part():
    class Idle(User): ...

    assert task_ratios({Idle: 0}) == {
        "per_class": {"Idle": {"ratio": 0}},
        "total": {"Idle": {"ratio": 0}},
    }


@given(st.integers(1, 50), st.integers(1, 50))
def test_the_ratios_of_all_leaves_add_up_to_1(readers, admins):
    def leaves(tree):
        for node in tree.values():
            yield from leaves(node["tasks"]) if "tasks" in node else [node["ratio"]]

    total = task_ratios({Reader: readers, Admin: admins})["total"]
    assert sum(leaves(total)) == pytest.approx(1)


def test_lines_are_indented_by_level_and_aligned():
    assert list(ratio_lines(task_ratios({Reader: 3, Admin: 1})["per_class"])) == [
        "*  75.0 % Reader",
        "  *  75.0 % read",
        "  *  25.0 % Write",
        "    *  20.0 % thread",
        "    *  80.0 % comment",
        "*  25.0 % Admin",
        "  * 100.0 % restart",
    ]
