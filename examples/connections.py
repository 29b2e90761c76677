"""New connections on purpose: what a fresh visitor costs the server."""

from swarm.core import constant, task
from swarm.http import FastHttpUser, HttpUser


class FreshVisitor(HttpUser):
    wait_time = constant(0.1)

    @task
    def close_after_one_request(self):
        self.client.get("/", headers={"Connection": "close"}, name="/ (closes)")

    @task
    def close_the_session(self):
        self.client.get("/")
        self.client.close()  # connections are gone, the next request makes a new one
        self.client.get("/", name="/ (new connection)")


class FastFreshVisitor(FastHttpUser):
    wait_time = constant(0.1)

    @task
    def new_connection(self):
        self.client.client.clientpool.close()
        self.client.get("/", name="/ (new connection, fast)")
