"""A load shape that climbs in steps, each only when the one before has been reached."""

from swarm.core import LoadTestShape, constant, task
from swarm.http import FastHttpUser


class Visitor(FastHttpUser):
    wait_time = constant(0.1)

    @task
    def front_page(self):
        self.client.get("/")


class Steps(LoadTestShape):
    step = 4
    most = 12
    wanted = step
    time_limit = 20  # seconds

    def tick(self):
        if self.get_run_time() > self.time_limit:
            return None
        if self.get_current_user_count() >= self.wanted:
            if self.wanted >= self.most:
                return None
            self.wanted += self.step
        return self.wanted, 10
