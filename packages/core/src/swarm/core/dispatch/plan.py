"""The way from the users that are there to those that are wanted, step by step."""

from collections import Counter
from collections.abc import Mapping, Sequence

from swarm.core.dispatch.order import SpawnOrder, interleave
from swarm.core.dispatch.ramp import Ramp


class SpawnPlan:
    """A ramp from `present` users to the first `users` of `order`.

    Going up along the order only adds and going down only removes. Where the users
    that are there are not the first of the order (some classes were taken out of the
    run, users have stopped by themselves), additions and removals go hand in hand:
    the sum still moves in one direction only and the ratios are right at the end.

    Args:
        order: The order of the run's users.
        present: Users by class at the beginning, also of classes that are not in the order.
        users: How many there are to be at the end.
        rate: Steps a second. A user exchanged for one of another class is one step.

    Raises:
        ConfigError: If `users` is negative or the rate is not above 0.
    """

    def __init__(
        self, order: SpawnOrder, present: Mapping[str, int], users: int, rate: float
    ) -> None:
        Ramp(0, users, rate)  # says what is wrong with the arguments, if anything is
        self.present = {name: count for name, count in present.items() if count}
        self.target = {name: count for name, count in order.counts(users).items() if count}
        """Users by class at the end; classes without users are left out."""
        self._additions = _additions(order.first(users), self.present)
        self._removals = _removals(order, self.present, self.target)
        self.ramp = Ramp(0, max(len(self._additions), len(self._removals)), rate)

    @property
    def target_count(self) -> int:
        """How many users there are at the end."""
        return sum(self.target.values())

    def counts_after(self, steps: int) -> dict[str, int]:
        """Return the users by class after so many steps; classes without users are left out."""
        if steps >= self.ramp.steps:
            return dict(self.target)
        counts = Counter(self.present)
        counts.update(self._additions[: _share(steps, len(self._additions), self.ramp.steps)])
        counts.subtract(self._removals[: _share(steps, len(self._removals), self.ramp.steps)])
        return {name: count for name, count in counts.items() if count}

    def counts_at(self, elapsed: float) -> dict[str, int]:
        """Return the users by class `elapsed` seconds after the beginning."""
        return self.counts_after(self.ramp.steps_at(elapsed))

    def next_at(self, elapsed: float) -> float | None:
        """Return when the next step is due, in seconds after the beginning; None if no more."""
        return self.ramp.next_at(elapsed)


def _share(steps: int, part: int, whole: int) -> int:
    """Return how many of `part` are done after `steps` of `whole`, spread evenly."""
    return steps * part // whole


def _additions(wanted: Sequence[str], present: Mapping[str, int]) -> list[str]:
    if not present:
        return list(wanted)
    seen: Counter[str] = Counter()
    additions = []
    for name in wanted:
        seen[name] += 1
        if seen[name] > present.get(name, 0):
            additions.append(name)
    return additions


def _removals(
    order: SpawnOrder, present: Mapping[str, int], target: Mapping[str, int]
) -> list[str]:
    """Return who goes, in turn: first who is beyond the ratios, then back along the order."""
    excess = Counter(present)
    excess.subtract(target)
    leaving = +excess
    regular: list[str] = []
    seen: Counter[str] = Counter()
    for name in order.first(sum(present.values())):
        seen[name] += 1
        if target.get(name, 0) < seen[name] <= present.get(name, 0):
            regular.append(name)
    beyond = leaving - Counter(regular)
    mixed = interleave(beyond)
    return [next(mixed) for _ in range(beyond.total())] + regular[::-1]
