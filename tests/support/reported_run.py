"""A run for reporters to look at: real statistics, without users.

Started as a program it has the core's own reporters report on it:

    reported_run.py SECONDS [console | quiet | csv PREFIX | json]
"""

import logging
import sys
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import gevent

from swarm.core.log import setup_logging
from swarm.core.reporting import ConsoleReporter, CsvReporter, JsonReporter, ReporterLoop
from swarm.core.runners.exception_log import ExceptionLog
from swarm.core.runners.health import GeneratorHealth
from swarm.core.stats import RequestStats


@dataclass
class ReportedRun:
    """What a runner shows to reporters, to be set at will."""

    stats: RequestStats = field(default_factory=RequestStats)
    state: str = "running"
    user_count: int = 10
    target_user_count: int = 10
    user_classes_count: dict[str, int] = field(default_factory=lambda: {"Visitor": 10})
    exceptions: ExceptionLog = field(default_factory=ExceptionLog)
    start_time: float | None = 1_700_000_000.0
    seconds: float = 12.0
    host: str | None = "http://127.0.0.1:8080"
    options: Any = None
    health: GeneratorHealth = field(
        default_factory=lambda: GeneratorHealth(cpu_usage=43.0, measured=True)
    )

    def run_time(self) -> float:
        return self.seconds


def spoilt() -> GeneratorHealth:
    """Return the health of a generator that was overloaded."""
    return GeneratorHealth(cpu_usage=99, worst_cpu_usage=99, hub_latency=0.02, measured=True)


def raise_and_log(run: ReportedRun, message: str = "no basket") -> None:
    """Let the run have an exception with a traceback."""
    try:
        raise ValueError(message)
    except ValueError as error:
        run.exceptions.record(error)


def main(seconds: float, kind: str, *arguments: str) -> None:
    setup_logging()
    run = ReportedRun(options=SimpleNamespace(run_time=seconds))
    raise_and_log(run)
    reporters = {
        "console": ConsoleReporter,
        "quiet": lambda: ConsoleReporter(periodic=False),
        "csv": lambda: CsvReporter(*arguments),
        "json": lambda: JsonReporter(stream=sys.stdout),
    }
    with ReporterLoop(run, [reporters[kind]()]):
        began = time.monotonic()
        requests = 0
        while time.monotonic() < began + seconds:
            run.seconds = time.monotonic() - began
            requests += 1
            error = ValueError("sold out") if requests % 50 == 0 else None
            run.stats.record("GET", "/basket/[id]", 0.5 + requests % 40, 512, error)
            run.stats.record("POST", "/pay[bold]!", 7.25, 100, None)
            if requests % 100 == 0:
                logging.getLogger("swarm.test").info("a log line")
                print("a print", flush=True)
            gevent.sleep(0.005)


if __name__ == "__main__":
    main(float(sys.argv[1]), *sys.argv[2:])
