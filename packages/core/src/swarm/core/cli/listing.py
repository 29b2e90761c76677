"""What is printed of a test instead of running it: its users, and how often each task runs."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from swarm.core.dispatch import ClassSpec, apportion
from swarm.core.user.ratio import RatioTree, ratio_lines, task_ratios

if TYPE_CHECKING:
    from swarm.core.user import User

RULE = "-" * 60


def ratios(classes: Sequence[type["User"]], users: int | None) -> dict[str, RatioTree]:
    """Return how often each task runs.

    Args:
        classes: The classes of the run.
        users: How many users there are to be, which matters as soon as a class has a
            fixed_count; None goes by the weights alone.

    Raises:
        ConfigError: If a weight makes no sense.
    """
    specs = [ClassSpec(cls.__name__, cls.weight, cls.fixed_count) for cls in classes]
    shares: Mapping[str, float]
    if users is None:
        shares = {spec.name: spec.fixed_count or spec.weight for spec in specs}
    else:
        shares = apportion(specs, users)
    return task_ratios({cls: shares.get(cls.__name__, 0) for cls in classes})


def ratio_table(found: Mapping[str, RatioTree]) -> list[str]:
    """Return the lines of `--show-task-ratio`."""
    return [
        "Task ratio per user class",
        RULE,
        *ratio_lines(found["per_class"]),
        "",
        "Total task ratio",
        RULE,
        *ratio_lines(found["total"]),
    ]


def ratio_json(found: Mapping[str, RatioTree]) -> str:
    """Return the text of `--show-task-ratio-json`."""
    return json.dumps(found, indent=4)
