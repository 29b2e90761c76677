"""Choose tasks by tag: `swarm -f examples/tags.py --headless --tags read --exclude-tags slow`."""

from swarm.core import constant, tag, task
from swarm.http import FastHttpUser


class Visitor(FastHttpUser):
    wait_time = constant(0.1)

    @tag("read")
    @task
    def front_page(self):
        self.client.get("/")

    @tag("read", "slow")
    @task
    def search(self):
        self.client.get("/search?q=1", name="/search")

    @tag("write")
    @task
    def log_in(self):
        self.client.post("/login", json={"user": "tagged"})
