"""What the dispatcher knows of a user class: its name and its share."""

import math
from dataclasses import dataclass

from swarm.core.exception import ConfigError


@dataclass(frozen=True, slots=True)
class ClassSpec:
    """The share of one user class.

    Args:
        name: Name of the class; unique within a run.
        weight: Share relative to the other classes; 0 means none.
        fixed_count: If above 0, exactly this many users, whatever the weight.

    Raises:
        ConfigError: If weight or fixed_count is negative or not a number.
    """

    name: str
    weight: float = 1
    fixed_count: int = 0

    def __post_init__(self) -> None:
        if not _is_number(self.weight) or not math.isfinite(self.weight) or self.weight < 0:
            raise ConfigError(
                f"The weight of user class {self.name} is {self.weight!r}.",
                hint="A weight is a number of 0 or more; 3 means three times as many users as 1.",
            )
        if not _is_whole(self.fixed_count) or self.fixed_count < 0:
            raise ConfigError(
                f"The fixed_count of user class {self.name} is {self.fixed_count!r}.",
                hint="A fixed_count is a whole number of users; 0 means that the weight counts.",
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
