"""Who is to run when. Pure: counts and seconds in, counts and seconds out, no I/O.

A run's users are put in one fixed order in which the class ratios are right at
every prefix (`order`). A ramp is a walk along that order at a given rate (`ramp`,
`plan`); several workers share the result so that the ratios hold on each (`spread`).
"""

from swarm.core.dispatch.dispatcher import UsersDispatcher
from swarm.core.dispatch.order import SpawnOrder, apportion
from swarm.core.dispatch.plan import SpawnPlan
from swarm.core.dispatch.ramp import Ramp
from swarm.core.dispatch.spec import ClassSpec
from swarm.core.dispatch.spread import spread

__all__ = [
    "ClassSpec",
    "Ramp",
    "SpawnOrder",
    "SpawnPlan",
    "UsersDispatcher",
    "apportion",
    "spread",
]
