"""swarm as a library: a load test from your own program, without the command.

HOST=http://127.0.0.1:8000 python examples/library.py
"""

import os

import gevent

from swarm.core import events, task
from swarm.core.env import Environment
from swarm.core.log import setup_logging
from swarm.core.stats import stats_history, stats_printer
from swarm.http import FastHttpUser


class Visitor(FastHttpUser):
    host = os.environ.get("HOST", "http://127.0.0.1:8000")

    @task
    def front_page(self):
        self.client.get("/")


def main(seconds=2.0):
    setup_logging("INFO")
    environment = Environment(user_classes=[Visitor], events=events)
    runner = environment.create_local_runner()
    # Only needed if somebody registered listeners for it.
    environment.events.init.fire(environment=environment, runner=runner, web_ui=None)
    gevent.spawn(stats_printer(environment.stats))
    gevent.spawn(stats_history, runner)
    runner.start(5, spawn_rate=10)
    gevent.spawn_later(seconds, runner.quit)
    runner.greenlet.join()
    total = environment.stats.total
    print(f"{total.num_requests} requests, {total.num_failures} failures")


if __name__ == "__main__":
    main()
