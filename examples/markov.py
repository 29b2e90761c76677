"""MarkovTaskSet: what a user does next depends on what it did last, by weighted transitions."""

import random

from swarm.core import MarkovTaskSet, constant, transition, transitions
from swarm.http import FastHttpUser


class Visit(MarkovTaskSet):
    @transitions({"front_page": 1, "search": 3})
    def front_page(self):
        self.client.get("/")

    @transition("product")
    def search(self):
        self.client.get(f"/search?q={random.randint(1, 9)}", name="/search")

    @transitions([("product", 2), ("front_page", 1)])
    def product(self):
        self.client.get(f"/product/{random.randint(1, 100)}", name="/product/[id]")


class Visitor(FastHttpUser):
    wait_time = constant(0.1)
    tasks = [Visit]
