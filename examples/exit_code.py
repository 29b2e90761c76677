"""Verdict for a pipeline: the exit code says whether the run was good enough."""

import logging

from swarm.core import constant, events, task
from swarm.http import FastHttpUser


class Visitor(FastHttpUser):
    wait_time = constant(0.05)

    @task
    def front_page(self):
        self.client.get("/")


@events.quitting.add_listener
def judge(environment, **kwargs):
    total = environment.stats.total
    if total.num_requests == 0:
        logging.error("Nothing was tested")
        environment.process_exit_code = 1
    elif total.fail_ratio > 0.01:
        logging.error("More than 1 %% of the requests failed")
        environment.process_exit_code = 1
    elif total.get_response_time_percentile(0.95) > 800:
        logging.error("The 95th percentile is above 800 ms")
        environment.process_exit_code = 1
    else:
        environment.process_exit_code = 0
