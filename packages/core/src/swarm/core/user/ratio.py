"""How often each task runs: per user class and over all, as data and as text."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from swarm.core.user.declaration import Task, task_name
from swarm.core.user.markov import MarkovTaskSet, transition_probabilities
from swarm.core.user.scheduler import expanded
from swarm.core.user.taskset import TaskSet
from swarm.core.user.user import User

RatioTree: TypeAlias = dict[str, dict[str, Any]]
"""{name: {"ratio": 0..1, "tasks": RatioTree}}; "tasks" only where tasks are nested."""

_STEPS = 10_000
_PRECISION = 1e-9


def task_ratios(user_counts: Mapping[type[User], float]) -> dict[str, RatioTree]:
    """Return the share of each task.

    Args:
        user_counts: For each user class how many users of it there are, or its weight.

    Returns:
        Under "per_class" each task's share within its class or task set, under
        "total" its share of all tasks. Both are trees by user class.
    """
    total = sum(user_counts.values()) or 1
    per_class: RatioTree = {}
    for cls, count in user_counts.items():
        per_class[cls.__name__] = _node(count / total, _level(cls, ()))
    return {"per_class": per_class, "total": _scaled(per_class, 1)}


def ratio_lines(tree: RatioTree, indent: int = 0) -> Iterator[str]:
    """Yield a line of text for each node of a tree, such as "   75.0 view_items"."""
    for name, node in tree.items():
        yield f"{'  ' * indent}* {node['ratio'] * 100:5.1f} % {name}"
        yield from ratio_lines(node.get("tasks", {}), indent + 1)


def _node(ratio: float, tasks: RatioTree) -> dict[str, Any]:
    return {"ratio": ratio, "tasks": tasks} if tasks else {"ratio": ratio}


def _scaled(tree: RatioTree, factor: float) -> RatioTree:
    scaled = {}
    for name, node in tree.items():
        ratio = node["ratio"] * factor
        scaled[name] = _node(ratio, _scaled(node.get("tasks", {}), ratio))
    return scaled


def _level(owner: type[User] | type[TaskSet], outer: tuple[type, ...]) -> RatioTree:
    shares = _shares(owner)
    tree: RatioTree = {}
    for task, share in shares.items():
        nested: RatioTree = {}
        if isinstance(task, type) and issubclass(task, TaskSet) and task not in outer:
            nested = _level(task, (*outer, task))
        tree[_label(task, shares)] = _node(share, nested)
    return tree


def _shares(owner: type[User] | type[TaskSet]) -> dict[Task, float]:
    if issubclass(owner, MarkovTaskSet):
        return _stationary(transition_probabilities(owner))
    shares: dict[Task, float] = {}
    tasks = expanded(owner)
    for task in tasks:
        shares[task] = shares.get(task, 0) + 1 / len(tasks)
    return shares


def _stationary(chain: dict[Task, dict[Task, float]]) -> dict[Task, float]:
    """Return how often each task of a Markov chain runs in the long run.

    The chain is made lazy (half of the time it stays where it is), which leaves the
    result as it is and lets chains that alternate settle too.
    """
    shares = dict.fromkeys(chain, 0.0)
    shares[next(iter(chain))] = 1.0
    for _ in range(_STEPS):
        following = {task: share / 2 for task, share in shares.items()}
        for task, share in shares.items():
            for target, probability in chain[task].items():
                following[target] += share * probability / 2
        moved = sum(abs(following[task] - shares[task]) for task in chain)
        shares = following
        if moved < _PRECISION:
            break
    return shares


def _label(task: Task, among: Mapping[Task, float]) -> str:
    """Return the name of a task, with its module and class where another is called the same."""
    name = task_name(task)
    if sum(task_name(other) == name for other in among) == 1:
        return name
    return f"{task.__module__}.{task.__qualname__}"
