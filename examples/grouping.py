"""Four ways to keep changing addresses in one row of the statistics."""

from swarm.core import constant, task
from swarm.http import HttpUser


class Visitor(HttpUser):
    wait_time = constant(0.1)

    @task
    def by_argument(self):
        for number in range(1, 4):
            self.client.get(f"/product/{number}", name="/product/[by argument]")

    @task
    def by_attribute(self):
        # For libraries that use the session and know nothing of `name`.
        self.client.request_name = "/product/[by attribute]"
        for number in range(1, 4):
            self.client.get(f"/product/{number}")
        self.client.request_name = None

    @task
    def by_context_manager(self):
        with self.client.rename_request("/product/[by context manager]"):
            for number in range(1, 4):
                self.client.get(f"/product/{number}")

    @task
    def by_the_answer(self):
        with self.client.get("/product/10", catch_response=True) as response:
            response.request_meta["name"] = f"/product/[price {response.json()['price']}]"
