"""Whether the load generator itself kept up, or has spoilt what it measured."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import swarm.core.runners as settings

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class GeneratorHealth:
    """How the generator did, in one run so far.

    Args:
        cpu_usage: Percent of one core, at the last look.
        worst_cpu_usage: The highest so far.
        memory_usage: Resident memory in bytes, at the last look.
        hub_latency: How late greenlets got to run, in seconds, on average since the
            look before the last.
        worst_hub_latency: The highest such average so far.
        longest_stall: The longest time that no greenlet got to run, in seconds.
        measured: Whether there was a look at all.
    """

    cpu_usage: float = 0.0
    worst_cpu_usage: float = 0.0
    memory_usage: int = 0
    hub_latency: float = 0.0
    worst_hub_latency: float = 0.0
    longest_stall: float = 0.0
    measured: bool = False

    def with_worst_of(self, others: "Iterable[GeneratorHealth]") -> "GeneratorHealth":
        """Return this with the worst figures of other processes that took part."""
        all_of_them = [self, *others]
        return replace(
            self,
            worst_cpu_usage=max(health.worst_cpu_usage for health in all_of_them),
            worst_hub_latency=max(health.worst_hub_latency for health in all_of_them),
            longest_stall=max(health.longest_stall for health in all_of_them),
            measured=any(health.measured for health in all_of_them),
        )

    @property
    def reasons(self) -> tuple[str, ...]:
        """What has spoilt the measurement, one sentence each; none if nothing has."""
        reasons = []
        if self.worst_cpu_usage > settings.CPU_WARNING_THRESHOLD:
            reasons.append(
                f"The load generator used {self.worst_cpu_usage:.0f} % of a CPU core "
                f"(limit {settings.CPU_WARNING_THRESHOLD:g} %)."
            )
        if self.worst_hub_latency > settings.HUB_LATENCY_THRESHOLD:
            reasons.append(
                f"Users got to run {self.worst_hub_latency * 1000:.0f} ms late on average "
                f"(limit {settings.HUB_LATENCY_THRESHOLD * 1000:g} ms), "
                f"at worst {self.longest_stall * 1000:.0f} ms."
            )
        return tuple(reasons)

    @property
    def spoilt(self) -> bool:
        """Whether response times and rates cannot be trusted."""
        return bool(self.reasons)

    def summary(self) -> str:
        """Return in plain words whether the measurement can be trusted."""
        if not self.measured:
            return "The load generator was not watched."
        if not self.spoilt:
            return (
                f"The load generator kept up: at most {self.worst_cpu_usage:.0f} % of a CPU core, "
                f"users at most {self.worst_hub_latency * 1000:.1f} ms late on average."
            )
        return (
            f"{' '.join(self.reasons)} Response times are too high and rates too low; "
            "run fewer users per process or share the load among more processes."
        )
