"""Noticing that a test goes on without any user."""

import logging
from typing import TYPE_CHECKING

import gevent

from swarm.core.runners import RunState

if TYPE_CHECKING:
    from swarm.core.runners import Runner

logger = logging.getLogger("swarm.main")

INTERVAL = 1.0
"""Seconds between two looks. Users must be missing at two looks in a row."""


def watch_for_idleness(runner: "Runner") -> None:
    """Look after a test whose users have all gone by themselves, for ever.

    Users that have worked and then stopped leave a test that a listener may fill again,
    so that is only said. If there was never a request, there is nothing to wait for:
    the test ends, lest it hang in a pipeline for as long as its time limit allows.
    """
    missing = told = False
    while True:
        gevent.sleep(INTERVAL)
        was_missing, missing = missing, _is_deserted(runner)
        if not (missing and was_missing):
            told = told and missing
        elif not runner.stats.num_requests:
            runner.fail(
                "No user is running and none has made a request",
                "The log above says why the users have stopped.",
            )
            return
        elif not told:
            told = True
            logger.warning(
                "All users have stopped by themselves; the test goes on without any"
                " until it is ended or users are added"
            )


def _is_deserted(runner: "Runner") -> bool:
    return (
        runner.state is RunState.RUNNING and runner.target_user_count > 0 and runner.user_count == 0
    )
