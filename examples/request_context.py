"""Context: data that travels with each request to the listeners of the request event."""

import collections
import itertools

from swarm.core import constant, events, task
from swarm.http import HttpUser

numbers = itertools.count(1)
requests_by_user = collections.Counter()


@events.request.add_listener
def count_by_user(context, **kwargs):
    requests_by_user[context.get("user", "unknown")] += 1


@events.test_stop.add_listener
def show(environment, **kwargs):
    for user, count in requests_by_user.most_common(3):
        print(f"{user} made {count} requests")


class Visitor(HttpUser):
    wait_time = constant(0.1)

    def on_start(self):
        self.user = f"visitor-{next(numbers)}"

    def context(self):
        return {"user": getattr(self, "user", "unknown")}

    @task
    def from_the_user(self):
        self.client.get("/")

    @task
    def from_the_call(self):
        self.client.get("/product/1", context={"campaign": "spring"})

    @task
    def from_the_answer(self):
        with self.client.get("/product/2", catch_response=True) as response:
            response.request_meta["context"]["price"] = response.json()["price"]
