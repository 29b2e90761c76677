"""What the keys do to a run."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from swarm.core.exception import SwarmError
from swarm.core.runners import RunState

if TYPE_CHECKING:
    from swarm.core.runners import Runner

logger = logging.getLogger("swarm.main")

STEPS = {"w": 1, "W": 10, "s": -1, "S": -10}
"""By how many users each key changes the load."""
HELP_KEYS = "?hH\r\n"
HELP = "Keys: w adds 1 user, W adds 10, s stops 1, S stops 10, Ctrl-C ends the test"


def user_keys(runner: "Runner") -> dict[str, Callable[[], None]]:
    """Return the action for each key that means anything."""
    actions: dict[str, Callable[[], None]] = {
        key: partial(change_users, runner, step) for key, step in STEPS.items()
    }
    return actions | dict.fromkeys(HELP_KEYS, partial(logger.info, HELP))


def change_users(runner: "Runner", step: int) -> None:
    """Add `step` users to what the load is to be, or take them away, but not below 0."""
    if runner.shape_greenlet is not None:
        logger.info("The load shape decides how many users there are; keys cannot change that")
        return
    if not runner.is_active:
        return
    wanted = max(runner.target_user_count + step, 0)
    # A ramp that is under way goes on at its own rate. Otherwise a person who presses a
    # key wants to see it work within a second, however gentle the ramp was.
    hurry = runner.state is RunState.RUNNING
    rate = max(runner.spawn_rate, abs(step)) if hurry else runner.spawn_rate
    try:
        runner.start(wanted, rate)
    except SwarmError as error:
        logger.warning("%s", error)
