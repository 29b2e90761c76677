"""Sharing users out among workers so that the ratios hold on each and over all."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Worker = TypeVar("Worker", bound=Hashable)


def spread(
    counts: Mapping[str, int],
    workers: Sequence[Worker],
    present: Mapping[Worker, Mapping[str, int]] | None = None,
) -> dict[Worker, dict[str, int]]:
    """Share `counts` users by class out among the workers.

    Every worker gets an equal share of every class, give or take one user, and
    without `present` also of the sum. With `present`, the one more goes where such
    a user runs already, so that step after step of a ramp users are only added, or
    only removed, on every worker; the sums then differ by no more than the number
    of classes.

    Args:
        counts: Users by class, over all workers.
        workers: The workers; the result has them all.
        present: What each worker runs now.

    Raises:
        ValueError: If there are users and no workers.
    """
    if not workers:
        if any(counts.values()):
            raise ValueError("There are users to spread but no workers.")
        return {}
    running = present or {}
    shares: dict[Worker, dict[str, int]] = {worker: {} for worker in workers}
    totals = [0] * len(workers)
    for name, count in counts.items():
        base, extra = divmod(count, len(workers))
        # False sorts before True: those who have one more keep it, then the least loaded.
        turn = sorted(
            (running.get(worker, {}).get(name, 0) <= base, totals[index], index)
            for index, worker in enumerate(workers)
        )
        lucky = {index for _, _, index in turn[:extra]}
        for index, worker in enumerate(workers):
            share = base + (index in lucky)
            if share:
                shares[worker][name] = share
                totals[index] += share
    return shares
