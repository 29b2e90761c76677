"""One line per request in a CSV file, for whatever you want to find out afterwards."""

import os

from swarm.core import constant, events, task
from swarm.core.reporting.csv_request_logger import CsvRequestLogger
from swarm.http import FastHttpUser

logger = CsvRequestLogger(os.environ.get("REQUEST_LOG", "requests.csv"), flush_interval=100)


@events.init.add_listener
def register(environment, **kwargs):
    logger.register(environment)


class Visitor(FastHttpUser):
    wait_time = constant(0.05)

    @task
    def front_page(self):
        self.client.get("/")
