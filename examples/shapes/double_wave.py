"""A load shape with two waves, one after the other, as on a day with two rush hours."""

import math

from swarm.core import LoadTestShape, constant, task
from swarm.http import FastHttpUser


class Visitor(FastHttpUser):
    wait_time = constant(0.1)

    @task
    def front_page(self):
        self.client.get("/")


class DoubleWave(LoadTestShape):
    lowest = 2
    first_peak = 12
    second_peak = 8
    duration = 6  # seconds

    def tick(self):
        share = self.get_run_time() / self.duration
        if share >= 1:
            return None
        first = self.first_peak * math.exp(-(((share - 0.25) / 0.1) ** 2))
        second = self.second_peak * math.exp(-(((share - 0.75) / 0.1) ** 2))
        return round(self.lowest + first + second), 20
