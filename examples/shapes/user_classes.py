"""A load shape that says at each moment which kinds of users there are."""

from swarm.core import LoadTestShape, constant, task
from swarm.http import FastHttpUser


class Reader(FastHttpUser):
    wait_time = constant(0.1)

    @task
    def read(self):
        self.client.get("/", name="read")


class Searcher(FastHttpUser):
    wait_time = constant(0.1)

    @task
    def search(self):
        self.client.get("/search?q=1", name="search")


class ReadersFirst(LoadTestShape):
    stages = [
        (1.5, 4, [Reader]),
        (3, 8, [Reader, Searcher]),
        (4, 4, [Searcher]),
    ]

    def tick(self):
        for until, users, user_classes in self.stages:
            if self.get_run_time() < until:
                return users, 20, user_classes
        return None
