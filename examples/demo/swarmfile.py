"""Three kinds of visitors of the shop (shop.py): most look, some buy, a program polls prices."""

import itertools
import random

from swarm.core import SequentialTaskSet, between, constant_throughput, tag, task
from swarm.http import FastHttpUser, HttpUser

names = itertools.count(1)


class Visitor(HttpUser):
    """Looks around and searches, buys nothing."""

    weight = 5
    wait_time = between(0.1, 0.5)

    @task
    def front_page(self):
        self.client.get("/")

    @task(3)
    def look_at_a_product(self):
        # One row in the statistics for all products, whatever their number.
        self.client.get(f"/product/{random.randint(1, 100)}", name="/product/[id]")

    @tag("search")
    @task
    def search(self):
        with self.client.get(
            "/search", params={"q": random.randint(1, 9)}, name="/search", catch_response=True
        ) as response:
            if not response.json():
                response.failure("nothing found")


class Purchase(SequentialTaskSet):
    """Two things into the cart, then to the checkout, again and again."""

    @task
    def fill_the_cart(self):
        for _ in range(2):
            self.client.post("/cart", json={"id": random.randint(1, 100)})

    @task
    def check_out(self):
        with self.client.post("/checkout", catch_response=True) as response:
            if response.status_code == 503:
                response.failure("the bank does not answer")


class Buyer(HttpUser):
    """Logs in once and then buys."""

    weight = 2
    wait_time = between(0.2, 0.8)
    tasks = [Purchase]

    def on_start(self):
        self.client.post("/login", json={"user": f"buyer-{next(names)}"})


class PriceRobot(FastHttpUser):
    """One program that asks for prices fifty times a second."""

    fixed_count = 1
    wait_time = constant_throughput(50)

    @task
    def price(self):
        with self.rest(
            "GET", f"/product/{random.randint(1, 100)}", name="/product/[id]"
        ) as response:
            if response.js and response.js["price"] <= 0:
                response.failure("a price must be positive")
