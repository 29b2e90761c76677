"""FastHttpUser.rest(): JSON interfaces with little ceremony, and a base class for your own."""

from contextlib import contextmanager

from swarm.core import constant, task
from swarm.http import FastHttpUser


class ShopApi(FastHttpUser):
    """What all users of this interface have in common."""

    abstract = True

    @contextmanager
    def call(self, method, path, **kwargs):
        with self.rest(method, path, **kwargs) as response:
            if response.js is not None and "error" in response.js:
                response.failure(f"error from the shop: {response.js['error']}")
            yield response


class Client(ShopApi):
    wait_time = constant(0.1)

    def on_start(self):
        with self.call("POST", "/login", json={"user": f"rest-{id(self)}"}):
            pass

    @task
    def fill_the_cart(self):
        with self.call("POST", "/cart", json={"id": 5}) as response:
            if response.js is None:
                pass  # not JSON: marked as failed already
            elif response.js.get("items", 0) < 1:
                response.failure(f"the cart is empty: {response.text}")

    @task
    def without_caches(self):
        # rest_ adds a time stamp to the query string and leaves it out of the name.
        with self.rest_("GET", "/product/3"):
            pass
