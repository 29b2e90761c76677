"""The runner of a test that runs in one process."""

from swarm.core.runners.hosting import HostingRunner


class LocalRunner(HostingRunner):
    """Runs the whole test in this process.

    Args:
        environment: The run.
        clock: Where time comes from.
    """
