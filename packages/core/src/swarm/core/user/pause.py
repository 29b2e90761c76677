"""Sleeping cheaply: users spend most of their lives here, thousands at a time."""

import gevent
from gevent import get_hub, getcurrent


def sleep(seconds: float) -> None:
    """Let other greenlets run for this many seconds.

    Does what `gevent.sleep` does, without the waiter in between: a sleeping
    greenlet keeps its C stack, and the shorter path saves half a kilobyte of it.
    """
    if seconds <= 0:
        gevent.sleep(0)
        return
    hub = get_hub()
    timer = hub.loop.timer(seconds)
    hub.loop.update_now()  # a long task has passed since the loop last looked at the clock
    timer.start(getcurrent().switch, timer)
    woken_by = None
    try:
        while woken_by is not timer:  # anything else is a stray switch
            woken_by = hub.switch()
    finally:
        timer.stop()
        timer.close()
