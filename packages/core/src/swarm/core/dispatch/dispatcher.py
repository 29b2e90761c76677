"""The dispatcher of a run: yields the users that are to run, when they are to run."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from swarm.core.clock import Clock, SystemClock
from swarm.core.dispatch.order import SpawnOrder
from swarm.core.dispatch.plan import SpawnPlan
from swarm.core.dispatch.spec import ClassSpec


class UsersDispatcher:
    """Decides which users run at every moment of a ramp.

    Subclass it and set `Environment(dispatcher_class=...)` to decide differently:
    override `plan` to keep the timing, or `dispatch` for everything.

    Args:
        specs: The user classes of the run and their shares.
        clock: Where time comes from.
    """

    resolution = 0.01
    """Shortest pause between two steps, in seconds. Steps that are due within it go together."""

    def __init__(self, specs: Sequence[ClassSpec], clock: Clock | None = None) -> None:
        self.specs = tuple(specs)
        self.clock: Clock = clock or SystemClock()
        self._orders: dict[tuple[ClassSpec, ...], SpawnOrder] = {}

    def order(self, user_classes: Collection[str] | None = None) -> SpawnOrder:
        """Return the order of the run's users, of these classes only if any are given."""
        specs = tuple(
            spec for spec in self.specs if user_classes is None or spec.name in user_classes
        )
        if specs not in self._orders:
            self._orders[specs] = SpawnOrder(specs)
        return self._orders[specs]

    def plan(
        self,
        present: Mapping[str, int],
        users: int,
        rate: float,
        user_classes: Collection[str] | None = None,
    ) -> SpawnPlan:
        """Return the way from the users that are there to `users`.

        Args:
            present: Users by class that are there now.
            users: How many there are to be.
            rate: Users a second.
            user_classes: Names of the classes to run; None for all.

        Raises:
            ConfigError: If `users` is negative or the rate is not above 0.
        """
        return SpawnPlan(self.order(user_classes), present, users, rate)

    def dispatch(self, plan: SpawnPlan) -> Iterator[dict[str, int]]:
        """Yield the users by class that are to run, each time that changes.

        Sleeps on the dispatcher's clock in between. Time runs from the first step;
        a caller that is late finds everything that is due by then in the next one.
        """
        began = self.clock.monotonic()
        while True:
            elapsed = self.clock.monotonic() - began
            yield plan.counts_at(elapsed)
            due = plan.next_at(elapsed)
            if due is None:
                return
            now = self.clock.monotonic() - began
            self.clock.sleep(max(due - now, self.resolution if due > now else 0))
