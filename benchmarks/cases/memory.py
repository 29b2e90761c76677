"""Memory and spawn time of many users that have each made one request.

python memory.py USER HOST COUNT, where USER is User, FastHttpUser or HttpUser.
"""

import gc
import json
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import either
import gevent
import psutil

PATIENCE = 120.0


def user_class(base: type, host: str, done: list[int]) -> type:
    class OneRequest(base):  # type: ignore[misc, valid-type]
        @either.task
        def once(self) -> None:
            if hasattr(self, "client"):
                self.client.get("/")
            done[0] += 1
            gevent.sleep(3600)

    OneRequest.host = host
    OneRequest.abstract = False
    return OneRequest


def main(base_name: str, host: str, count: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    done = [0]
    cls = user_class(getattr(either, base_name), host, done)
    environment = either.Environment(user_classes=[cls], events=either.events)
    runner = environment.create_local_runner()
    # Two users first: what is loaded or cached once is no cost of a user.
    runner.spawn_users({cls.__name__: 2})
    wait_until(done, 2)
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    started = time.perf_counter()
    runner.spawn_users({cls.__name__: count})
    spawned = time.perf_counter() - started
    wait_until(done, count + 2)
    gc.collect()
    each = (process.memory_info().rss - before) / count
    print(json.dumps({"bytes_each": each, "spawn_seconds": spawned}))
    sys.stdout.flush()
    # Nobody is interested in an orderly end of sleeping users.
    psutil.Process().kill()


def wait_until(done: list[int], wanted: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while done[0] < wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"only {done[0]} of {wanted} users made their request")
        gevent.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
