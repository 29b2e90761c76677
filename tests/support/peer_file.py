"""What a peer runs in our tests: it uses nothing but the peer's public interface.

The counting server's port comes in COUNTING_PORT.
"""

import os
import socket
import time

from locust import User, constant, task


class Asker(User):
    wait_time = constant(0.01)

    def on_start(self):
        self.connection = socket.create_connection(("127.0.0.1", int(os.environ["COUNTING_PORT"])))
        self.stream = self.connection.makefile("rwb")

    @task
    def ask(self):
        name, begin = type(self).__name__, time.perf_counter()
        self.stream.write(f"{name}\n".encode())
        self.stream.flush()
        assert self.stream.readline() == b"done\n"
        self.environment.events.request.fire(
            request_type="line",
            name=name,
            response_time=(time.perf_counter() - begin) * 1000,
            response_length=5,
            exception=None,
            context={},
        )


class Buyer(Asker):
    weight = 2
