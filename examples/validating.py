"""catch_response: decide yourself what is a success and what a failure."""

from json import JSONDecodeError

from swarm.core import RescheduleTask, constant, task
from swarm.http import HttpUser


class Careful(HttpUser):
    wait_time = constant(0.1)

    @task
    def check_the_content(self):
        with self.client.get("/product/7", name="/product/[id]", catch_response=True) as response:
            try:
                if response.json()["id"] != 7:
                    response.failure("that is another product")
                elif response.elapsed.total_seconds() > 5:
                    response.failure("took longer than five seconds")
            except JSONDecodeError:
                response.failure("the answer is not JSON")
            except KeyError:
                response.failure("the answer has no id")

    @task
    def expect_an_error(self):
        with self.client.get(
            "/product/0", name="/product/[missing]", catch_response=True
        ) as response:
            if response.status_code == 404:
                response.success()

    @task
    def leave_no_trace(self):
        with self.client.get("/product/0", catch_response=True) as response:
            if response.status_code == 404:
                raise RescheduleTask  # neither a success nor a failure: no row at all
