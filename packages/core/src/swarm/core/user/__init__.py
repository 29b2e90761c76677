"""Users, task sets, the decorators that declare tasks, and wait times."""

from swarm.core.user.declaration import tag, task
from swarm.core.user.derivation import derive
from swarm.core.user.markov import MarkovTaskSet, transition, transitions
from swarm.core.user.scheduler import NoTasksError
from swarm.core.user.sequential import SequentialTaskSet
from swarm.core.user.state import UserState
from swarm.core.user.taskset import TaskSet
from swarm.core.user.turn import Turn
from swarm.core.user.user import User, check_has_tasks, check_user_class
from swarm.core.user.wait_time import between, constant, constant_pacing, constant_throughput

__all__ = [
    "MarkovTaskSet",
    "NoTasksError",
    "SequentialTaskSet",
    "TaskSet",
    "Turn",
    "User",
    "UserState",
    "between",
    "check_has_tasks",
    "check_user_class",
    "constant",
    "constant_pacing",
    "constant_throughput",
    "derive",
    "tag",
    "task",
    "transition",
    "transitions",
]
