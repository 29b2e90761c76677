"""Whose turn it is, so that a user that never waits does not keep the others from running."""

from time import monotonic

import gevent

from swarm.core.user.pause import wait_for_timer

_LONGEST_ROUND = 0.001
"""Seconds of giving way the cheap way, after which timers and sockets have their turn."""


class Turn:
    """Who ran last, shared by all users of one environment.

    A user writes itself down before a task. If it still stands there after the
    task, nobody else has run, and it gives way once. If somebody else stands there,
    the others have had their turn and the user goes on without paying for a switch.
    """

    __slots__ = ("_looked", "holder")

    def __init__(self) -> None:
        self.holder: object = None
        self._looked = 0.0

    def give_way(self) -> None:
        """Let others run: those who wait for nothing, and now and then those whose wait is over."""
        if monotonic() - self._looked < _LONGEST_ROUND:
            gevent.sleep(0)
        else:
            wait_for_timer(0)
            self._looked = monotonic()
