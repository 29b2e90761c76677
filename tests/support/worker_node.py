"""A worker whose users ask a counting server. Run as a script it joins a coordinator.

Arguments: the coordinator's port, the counting server's port, and the secret if any.
"""

import logging
import os
import socket
import sys

from swarm.core import Environment, User, constant, task


class Asker(User):
    """Asks every 10 ms and is told so over one connection."""

    wait_time = constant(0.01)
    server_port = 0

    def on_start(self):
        self.connection = socket.create_connection(("127.0.0.1", self.server_port))
        self.stream = self.connection.makefile("rwb")

    def on_stop(self):
        self.stream.close()
        self.connection.close()

    @task
    def ask(self):
        name = type(self).__name__
        with self.environment.events.request.measure("line", name):
            self.stream.write(f"{name}\n".encode())
            self.stream.flush()
            assert self.stream.readline() == b"done\n"


class Buyer(Asker):
    """A second class, twice as frequent."""

    weight = 2


def main() -> int:
    """Join, work, and return the exit code."""
    from swarm.core.rpc import Security

    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    port, server_port, *secret = sys.argv[1:]
    Asker.server_port = int(server_port)
    security = Security.from_secret(secret[0]) if secret else Security.insecure()
    environment = Environment(user_classes=[Asker, Buyer], stop_timeout=5)
    runner = environment.create_worker_runner("127.0.0.1", int(port), security=security)
    runner.register_message("echo", lambda msg, **_: runner.send_message("echoed", msg.data))
    runner.register_message("break", lambda **_: os._exit(9))
    runner.greenlet.join()
    return environment.process_exit_code or 0


if __name__ == "__main__":
    sys.exit(main())
