"""Watching the generator's own CPU usage, memory and hub latency."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import gevent
import psutil

import swarm.core.runners as settings
from swarm.core.runners.health import GeneratorHealth

if TYPE_CHECKING:
    from swarm.core.clock import Clock
    from swarm.core.env import Environment

logger = logging.getLogger("swarm.runners")

_SHORTEST_LOOK = 0.5
"""Seconds between looks below which a CPU usage says nothing: the system counts in ticks."""


class UsageMonitor:
    """Looks at this process regularly and fires `usage_monitor` and `cpu_warning`.

    Args:
        environment: Whose events to fire.
        clock: Where time comes from.
        is_active: Whether a test is on; at other times nothing can be spoilt.
        fire: Calls the `fire` of an event; listeners may end the test.
    """

    def __init__(
        self,
        environment: "Environment",
        clock: "Clock",
        is_active: Callable[[], bool],
        fire: Callable[..., None],
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._is_active = is_active
        self._fire = fire
        self._process = psutil.Process()
        self.health = GeneratorHealth()
        """How the generator did in this run so far."""
        self.warned = False
        """Whether a log line has said that the CPU usage is too high."""
        self.reset()

    def reset(self) -> None:
        """Begin anew, for a new run."""
        self.health = GeneratorHealth()
        self.warned = False
        self._late = self._worst = 0.0
        self._samples = 0
        self._process.cpu_percent()  # counts from here
        self._looked = self._clock.monotonic()

    def run(self) -> None:
        """Sample hub latency and look at the process every `CPU_MONITOR_INTERVAL`, for ever."""
        looked = self._clock.monotonic()
        while True:
            before = self._clock.monotonic()
            pause = min(settings.HUB_SAMPLE_INTERVAL, settings.CPU_MONITOR_INTERVAL)
            gevent.sleep(pause)
            now = self._clock.monotonic()
            self.sample(now - before - pause)
            if now - looked >= settings.CPU_MONITOR_INTERVAL:
                looked = now
                self.look()

    def sample(self, late: float) -> None:
        """Note that a greenlet got to run `late` seconds after it was due."""
        self._late += max(late, 0.0)
        self._worst = max(self._worst, late)
        self._samples += 1

    def look(self) -> None:
        """Take the figures since the last look and tell the listeners."""
        self.update()
        health = self.health
        events = self._environment.events
        if health.cpu_usage > settings.CPU_WARNING_THRESHOLD and self._is_active():
            if not self.warned:
                self.warned = True
                logger.warning(
                    "CPU usage of the load generator is %.0f %%: response times are too high and "
                    "rates too low. See the docs on running more than one process.",
                    health.cpu_usage,
                )
            self._fire(
                events.cpu_warning.fire,
                environment=self._environment,
                cpu_usage=health.cpu_usage,
            )
        self._fire(
            events.usage_monitor.fire,
            environment=self._environment,
            cpu_usage=health.cpu_usage,
            memory_usage=health.memory_usage,
        )

    def conclude(self) -> None:
        """Take the last figures of a run, unless the last look was just now."""
        if self._clock.monotonic() - self._looked >= _SHORTEST_LOOK:
            self.update()

    def update(self) -> None:
        """Take the figures since the last look, without telling anybody."""
        self._looked = self._clock.monotonic()
        cpu = self._process.cpu_percent()
        latency = self._late / self._samples if self._samples else 0.0
        old = self.health
        self.health = replace(
            old, cpu_usage=cpu, memory_usage=self._process.memory_info().rss, hub_latency=latency
        )
        if self._is_active():
            self.health = replace(
                self.health,
                worst_cpu_usage=max(old.worst_cpu_usage, cpu),
                worst_hub_latency=max(old.worst_hub_latency, latency),
                longest_stall=max(old.longest_stall, self._worst),
                measured=True,
            )
        self._late = self._worst = 0.0
        self._samples = 0
