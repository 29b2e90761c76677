"""Typed hooks, the request event that all measurements go through, and `measure()`."""

from swarm.core.event.hook import EventHook
from swarm.core.event.measure import Measurement
from swarm.core.event.registry import Events
from swarm.core.event.request import Recorder, RequestEvent

events = Events()
"""For listeners at the module level of a test file; the command's environment uses these."""

__all__ = ["EventHook", "Events", "Measurement", "Recorder", "RequestEvent", "events"]
