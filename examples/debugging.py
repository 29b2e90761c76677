"""One user in a debugger: `HOST=http://127.0.0.1:8000 python examples/debugging.py`.

Set a break point in a task; run the file itself rather than the swarm command.
"""

import os

from swarm.core import constant, run_single_user, task
from swarm.http import HttpUser


class Visitor(HttpUser):
    host = os.environ.get("HOST", "http://127.0.0.1:8000")
    wait_time = constant(0.2)

    @task
    def front_page(self):
        with self.client.get("/", catch_response=True) as response:
            pass  # a good place for a break point: look at `response`


if __name__ == "__main__":
    run_single_user(Visitor, include_length=True, include_time=True)
