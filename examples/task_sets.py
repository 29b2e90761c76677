"""Nested TaskSets: a user goes into the catalogue, browses there for a while, and leaves."""

import random

from swarm.core import TaskSet, between, task
from swarm.http import HttpUser


class Shop(TaskSet):
    @task
    class Catalogue(TaskSet):
        def on_start(self):
            self.client.get("/search", params={"q": random.randint(1, 9)}, name="/search")

        @task(4)
        def product(self):
            self.client.get(f"/product/{random.randint(1, 100)}", name="/product/[id]")

        @task
        def leave(self):
            self.interrupt()  # back to the Shop, which picks its next task at once

    @task
    def front_page(self):
        self.client.get("/")


class Visitor(HttpUser):
    wait_time = between(0.05, 0.2)
    tasks = [Shop]
