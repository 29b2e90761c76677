"""One user, several requests at a time, as a browser does it."""

import gevent.pool

from swarm.core import constant, task
from swarm.http import FastHttpUser


class Browser(FastHttpUser):
    wait_time = constant(0.2)
    concurrency = 5

    @task
    def page_with_resources(self):
        self.client.get("/")
        pool = gevent.pool.Pool(self.concurrency)
        for number in range(1, 11):
            pool.spawn(self.client.get, f"/product/{number}", name="/product/[id]")
        pool.join()
