"""A ramp: how many users there are to be after so many seconds."""

import math
from dataclasses import dataclass

from swarm.core.exception import ConfigError

MAX_USERS = 10_000_000
"""More users than a fleet could run. The order in which users join is kept in memory."""

_ROUNDING = 1e-9
"""Seconds times rate come out of floating point a hair below the whole number."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """From `start` users to `target`, up or down, at `rate` users a second.

    The first step is taken at once and the k-th after it k/rate seconds later, so
    that the steps are spread evenly within each second and over all seconds.

    Args:
        start: Users at the beginning.
        target: Users at the end.
        rate: Users a second; may be a fraction, or infinite for all at once.

    Raises:
        ConfigError: If a number of users is negative or beyond all reason, or the rate is
            not above 0.
    """

    start: int
    target: int
    rate: float

    def __post_init__(self) -> None:
        if self.start < 0 or self.target < 0:
            raise ConfigError(
                f"{min(self.start, self.target)} users are asked for.",
                hint="A number of users is 0 or more.",
            )
        if max(self.start, self.target) > MAX_USERS:
            raise ConfigError(
                f"{max(self.start, self.target)} users are asked for, more than {MAX_USERS}.",
                hint="Check where the number comes from.",
            )
        if math.isnan(self.rate) or self.rate <= 0:
            raise ConfigError(
                f"The spawn rate is {self.rate!r}.",
                hint="A spawn rate is a number of users a second above 0; 0.1 is one in 10 s.",
            )

    @property
    def steps(self) -> int:
        """How many users are added or removed in all."""
        return abs(self.target - self.start)

    @property
    def duration(self) -> float:
        """Seconds until the last step."""
        return max(self.steps - 1, 0) / self.rate

    def steps_at(self, elapsed: float) -> int:
        """Return how many steps have been taken `elapsed` seconds after the beginning."""
        if elapsed < 0:
            return 0
        due = math.inf if math.isinf(self.rate) else elapsed * self.rate + _ROUNDING
        return self.steps if due >= self.steps else min(math.floor(due) + 1, self.steps)

    def users_at(self, elapsed: float) -> int:
        """Return how many users there are to be `elapsed` seconds after the beginning."""
        steps = self.steps_at(elapsed)
        return self.start + steps if self.target > self.start else self.start - steps

    def next_at(self, elapsed: float) -> float | None:
        """Return when the next step is due, in seconds after the beginning; None if no more."""
        taken = self.steps_at(elapsed)
        return None if taken >= self.steps else taken / self.rate
