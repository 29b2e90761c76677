"""Several workers on this machine, for a coordinator elsewhere."""

import logging
from collections.abc import Sequence

import gevent

from swarm.core.cli.orders import Orders
from swarm.core.cli.processes import WorkerProcesses, process_count
from swarm.core.cli.signals import EndSignals

logger = logging.getLogger("swarm.main")


def run_worker_processes(arguments: Sequence[str], wanted: int) -> int:
    """Start workers and wait until all have ended.

    Args:
        arguments: The command line of this process, which is theirs too.
        wanted: How many; -1 for one for each core.

    Returns:
        0, or the first exit code among theirs that tells of a failure.
    """
    number = process_count(wanted)
    with EndSignals() as end, WorkerProcesses(arguments, number, Orders()) as processes:
        logger.info("Worker processes started: %d", number)

        def pass_on() -> None:
            end.requested.wait()
            logger.info("Got %s, ending the workers (again to end at once)", end.name)
            processes.terminate()

        passing = gevent.spawn(pass_on)
        try:
            processes.watch()
        finally:
            passing.kill()
    return processes.exit_code
