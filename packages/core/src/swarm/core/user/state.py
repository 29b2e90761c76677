"""Where a user is in its life."""

from enum import Enum, auto


class UserState(Enum):
    """The states of a user, in the order in which it passes them."""

    READY = auto()
    """Made, but its greenlet has not begun."""
    RUNNING = auto()
    """In `on_start` or in a task."""
    WAITING = auto()
    """In `wait()`, where it can be ended at once."""
    STOPPING = auto()
    """Asked to stop; ends when its task is done."""
    ENDING = auto()
    """In `on_stop`."""
    STOPPED = auto()
    """Done."""
