"""SequentialTaskSet: the tasks in the order in which they are written, over and over."""

import itertools

from swarm.core import SequentialTaskSet, constant, task
from swarm.http import HttpUser

numbers = itertools.count(1)


class Order(SequentialTaskSet):
    def on_start(self):
        self.client.post("/login", json={"user": f"sequential-{next(numbers)}"})

    @task
    def choose(self):
        self.client.post("/cart", json={"id": 7})

    @task
    def look_at_it(self):
        self.client.get("/product/7")


class Buyer(HttpUser):
    wait_time = constant(0.1)
    tasks = [Order]
