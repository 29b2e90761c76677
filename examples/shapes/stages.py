"""A load shape of stages: so many users until such a time."""

from swarm.core import LoadTestShape, constant, task
from swarm.http import FastHttpUser


class Visitor(FastHttpUser):
    wait_time = constant(0.1)

    @task
    def front_page(self):
        self.client.get("/")


class Stages(LoadTestShape):
    stages = [
        {"until": 1, "users": 5, "spawn_rate": 10},
        {"until": 2, "users": 10, "spawn_rate": 10},
        {"until": 3, "users": 2, "spawn_rate": 20},
    ]

    def tick(self):
        run_time = self.get_run_time()
        for stage in self.stages:
            if run_time < stage["until"]:
                return stage["users"], stage["spawn_rate"]
        return None  # ends the test
