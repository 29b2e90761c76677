"""What the runners of a coordinator and of its workers are instances of.

Test files tell with `isinstance(environment.runner, MasterRunner)` on which node they
run. In a process that runs the whole test, neither holds.
"""

from swarm.core.runners.base import Runner


class MasterRunner(Runner):
    """A runner that plans the load and has workers run the users."""


class WorkerRunner(Runner):
    """A runner that runs the users that a coordinator has planned."""
