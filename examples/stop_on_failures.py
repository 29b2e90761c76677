"""A greenlet beside the load: stop the run when too many requests fail."""

import gevent

from swarm.core import constant, events, task
from swarm.core.runners import STATE_CLEANUP, STATE_STOPPED, STATE_STOPPING
from swarm.http import FastHttpUser


class Visitor(FastHttpUser):
    wait_time = constant(0.05)

    @task
    def front_page(self):
        self.client.get("/")

    @task
    def missing_page(self):
        self.client.get("/no-such-page")


def watch(environment):
    while environment.runner.state not in {STATE_STOPPING, STATE_STOPPED, STATE_CLEANUP}:
        gevent.sleep(0.2)
        total = environment.runner.stats.total
        if total.num_requests > 20 and total.fail_ratio > 0.2:
            print(f"{total.fail_ratio:.0%} of the requests failed, that is enough")
            environment.runner.quit()
            return


@events.test_start.add_listener
def start_watching(environment, **kwargs):
    gevent.spawn(watch, environment)
