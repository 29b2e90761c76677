"""A load file for either tool: requests as fast as the users can make them.

Set by the environment: BENCH_USER (FastHttpUser or HttpUser), BENCH_RESULT (a file),
BENCH_WARM_UP and BENCH_WINDOW (seconds), BENCH_STARTED (epoch seconds at which the
process was started). The result is a JSON object with the requests of the window, its
length, the processor time of the process in it, and the time to the first request.
"""

import json
import os
import pathlib
import sys
import time

import gevent

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import either

BASE = getattr(either, os.environ["BENCH_USER"])
WARM_UP = float(os.environ.get("BENCH_WARM_UP", "2"))
WINDOW = float(os.environ.get("BENCH_WINDOW", "5"))
RESULT = pathlib.Path(os.environ["BENCH_RESULT"])
first_request: list[float] = []


class Load(BASE):  # type: ignore[misc, valid-type]
    @either.task
    def get(self) -> None:
        self.client.get("/")


def note_first_request(**_: object) -> None:
    first_request.append(time.time() - float(os.environ["BENCH_STARTED"]))
    either.events.request.remove_listener(note_first_request)


either.events.request.add_listener(note_first_request)


def sample(environment: object) -> None:
    """Write what happened between the end of the warm-up and the end of the window."""
    total = environment.stats.total  # type: ignore[attr-defined]
    gevent.sleep(WARM_UP)
    requests, cpu, wall = total.num_requests, time.process_time(), time.perf_counter()
    gevent.sleep(WINDOW)
    seconds = time.perf_counter() - wall
    RESULT.write_text(
        json.dumps(
            {
                "requests": total.num_requests - requests,
                "seconds": seconds,
                "cpu_seconds": time.process_time() - cpu,
                "failures": total.num_failures,
                "first_request": first_request[0] if first_request else None,
            }
        )
    )


@either.events.test_start.add_listener
def on_test_start(environment: object, **_: object) -> None:
    gevent.spawn(sample, environment)
