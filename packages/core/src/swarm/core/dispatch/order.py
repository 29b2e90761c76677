"""The order in which users join: ratios right at every prefix, nobody ever swapped.

Handing out users one at a time in a fixed order makes a ramp house-monotone: a larger
target only adds to a smaller one. Of all such orders this one stays closest to the
exact quotas. It is Tijdeman's solution of the chairman assignment problem: with n
classes no count is ever further than 1 - 1/(2n - 2) from its exact share, and no order
can promise less. (Divisor methods such as Sainte-Lague are house-monotone too, but
leave the quota by more than one user for some weights.)
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from itertools import chain, cycle, islice
from math import gcd, lcm

from swarm.core.dispatch.spec import ClassSpec
from swarm.core.exception import ConfigError

_LONGEST_PERIOD = 100_000
"""Orders that repeat themselves within so many users are worked out once."""


class SpawnOrder:
    """The users of a run in the order in which they join.

    Fixed counts come first. A target below their sum shares what there is among
    them in proportion to their fixed counts. If every class has a fixed count,
    the order ends where they are all there.

    Args:
        specs: The classes of the run.

    Raises:
        ConfigError: If two specs have one name.
    """

    def __init__(self, specs: Sequence[ClassSpec]) -> None:
        self.names = [spec.name for spec in specs]
        for name, occurrences in Counter(self.names).items():
            if occurrences > 1:
                raise ConfigError(
                    f"Two user classes are called {name}.", hint="Give each a name of its own."
                )
        fixed = {spec.name: spec.fixed_count for spec in specs if spec.fixed_count}
        weighted = {
            spec.name: spec.weight for spec in specs if spec.weight and not spec.fixed_count
        }
        self.fixed_total = sum(fixed.values())
        """How many users the fixed counts ask for."""
        self.limit = None if weighted else self.fixed_total
        """How many users there can be; None if there is no limit."""
        self._rest = chain(islice(interleave(fixed), self.fixed_total), interleave(weighted))
        self._known: list[str] = []

    def first(self, users: int) -> Sequence[str]:
        """Return the class names of the first `users` users."""
        missing = users - len(self._known)
        if missing > 0:
            self._known.extend(islice(self._rest, missing))
        return self._known[:users]

    def counts(self, users: int) -> dict[str, int]:
        """Return how many users of each class are among the first `users`."""
        return dict.fromkeys(self.names, 0) | Counter(self.first(users))


def apportion(specs: Sequence[ClassSpec], users: int) -> dict[str, int]:
    """Return how many users of each class make up `users`, fixed counts first.

    Args:
        specs: The classes; those that get nobody are in the result with 0.
        users: The total. It is not reached if every class has a fixed count and
            their sum is smaller, or if no class has a weight.
    """
    return SpawnOrder(specs).counts(users)


def interleave(weights: Mapping[str, float]) -> Iterator[str]:
    """Yield names without end, each prefix as near to the weights as it can be."""
    names = [name for name, weight in weights.items() if weight > 0]
    shares = _whole_numbers([weights[name] for name in names])
    period = sum(shares)
    places = _places(shares)
    if period > _LONGEST_PERIOD:
        yield from (names[index] for index in places)
    turn = []
    for index in islice(places, period):
        turn.append(names[index])
        yield names[index]
    # Now every class has exactly its share, and all begins anew.
    yield from cycle(turn)


def _places(shares: Sequence[int]) -> Iterator[int]:
    """Yield for each place the index of the class whose user takes it.

    The m-th user of a class has a place it may take at the earliest (or the class
    would be too far ahead) and one it must have taken at the latest (or too far
    behind). Giving each place to the user whose latest is nearest keeps all of these
    appointments. Whole numbers throughout, so that nothing drifts.
    """
    total = sum(shares)
    slack = max(2 * len(shares) - 2, 1)
    unit = [slack * share for share in shares]

    def earliest(index: int, number: int) -> int:
        return -(-(((number - 1) * slack + 1) * total) // unit[index])

    def latest(index: int, number: int) -> int:
        return ((number * slack - 1) * total) // unit[index] + 1

    waiting: list[tuple[int, int, int]] = []
    for index in range(len(shares)):
        heappush(waiting, (earliest(index, 1), index, 1))
    ready: list[tuple[int, int, int]] = []
    place = 0
    while waiting or ready:
        place += 1
        while waiting and waiting[0][0] <= place:
            _, index, number = heappop(waiting)
            heappush(ready, (latest(index, number), index, number))
        _, index, number = heappop(ready)
        heappush(waiting, (earliest(index, number + 1), index, number + 1))
        yield index


def _whole_numbers(weights: Sequence[float]) -> list[int]:
    """Return the smallest whole numbers that are to each other like the weights."""
    # str first: the user who writes 0.1 means a tenth, not the nearest double.
    fractions = [Fraction(str(weight)) for weight in weights]
    scale = lcm(*(fraction.denominator for fraction in fractions))
    numbers = [int(fraction * scale) for fraction in fractions]
    common = gcd(*numbers)
    return [number // common for number in numbers]
