"""Test data: a queue of accounts, each used by one user at a time and given back."""

from gevent.queue import Queue

from swarm.core import StopUser, constant, events, task
from swarm.http import HttpUser

accounts = Queue()


@events.test_start.add_listener
def fetch_accounts(environment, **kwargs):
    for number in range(100):
        accounts.put(f"account-{number}")


class Customer(HttpUser):
    wait_time = constant(0.1)
    account = None

    def on_start(self):
        if accounts.empty():
            raise StopUser  # more users than accounts
        self.account = accounts.get()
        self.client.post("/login", json={"user": self.account})

    def on_stop(self):
        if self.account is not None:
            accounts.put(self.account)

    @task
    def buy(self):
        self.client.post("/cart", json={"id": 1})
