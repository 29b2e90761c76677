"""The smallest useful test: two kinds of requests, one three times as often as the other.

swarm -f examples/basic.py --headless -H http://127.0.0.1:8000 -u 10 -t 30s
"""

import random

from swarm.core import between, task
from swarm.http import HttpUser


class Visitor(HttpUser):
    wait_time = between(0.1, 0.5)

    @task
    def front_page(self):
        self.client.get("/")

    @task(3)
    def product(self):
        # `name` groups all products in one row of the statistics.
        self.client.get(f"/product/{random.randint(1, 100)}", name="/product/[id]")
