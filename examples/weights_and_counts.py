"""Several kinds of users: weights share them out, fixed_count says exactly how many."""

from swarm.core import constant, task
from swarm.http import HttpUser


class Mobile(HttpUser):
    weight = 3
    wait_time = constant(0.2)

    @task
    def look(self):
        self.client.get("/", headers={"User-Agent": "mobile"})


class Desktop(HttpUser):
    weight = 1
    wait_time = constant(0.2)

    @task
    def look(self):
        self.client.get("/", headers={"User-Agent": "desktop"})


class Administrator(HttpUser):
    """One, whatever the number of users; spawned before all others."""

    fixed_count = 1
    wait_time = constant(1)

    @task
    def report(self):
        self.client.get("/search", params={"q": 1}, name="/search (admin)")
