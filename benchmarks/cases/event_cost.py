"""What a fired request event costs with its statistics, in microseconds.

Half of the response times fall into few buckets, half are spread wide; 20 names.
The statistics are read at the end, inside the measured time.
"""

import json
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import either

EVENTS = 200_000
NAMES = [f"/path/{i}" for i in range(20)]
ROUNDS = 5


class Idle(either.User):  # type: ignore[misc]
    @either.task
    def nothing(self) -> None:
        pass


def main() -> None:
    environment = either.Environment(user_classes=[Idle], events=either.events)
    environment.create_local_runner()
    dice = random.Random(1)
    times = [dice.expovariate(1 / 20) if i % 2 else dice.uniform(1, 9) for i in range(EVENTS)]
    fire = environment.events.request.fire
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for i, response_time in enumerate(times):
            fire(
                request_type="GET",
                name=NAMES[i % 20],
                response_time=response_time,
                response_length=11,
                response=None,
                context={},
                exception=None,
            )
        p99 = environment.stats.total.get_response_time_percentile(0.99)
        rounds.append((time.perf_counter() - started) / EVENTS * 1e6)
        if not p99 or environment.stats.total.num_requests < EVENTS:
            raise SystemExit("the events were not recorded")
    print(json.dumps({"microseconds": min(rounds)}))


if __name__ == "__main__":
    main()
