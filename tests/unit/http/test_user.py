"""HttpUser: its client and its host."""

import gevent
import pytest
from urllib3 import PoolManager

from swarm.core.env import Environment
from swarm.core.exception import ConfigError
from swarm.core.user import task
from swarm.http import FastHttpUser, HttpSession, HttpUser


def visitor(address, **attributes):
    class Visitor(HttpUser):
        host = address

        @task
        def visit(self):
            self.client.get("/hello")

    for name, value in attributes.items():
        setattr(Visitor, name, value)
    return Visitor


def created(cls):
    return cls(Environment(user_classes=[cls]))


def test_http_user_itself_is_abstract_and_its_subclasses_are_not():
    assert HttpUser.abstract
    assert not visitor("http://localhost").abstract


def test_its_client_is_a_session_on_the_host():
    user = created(visitor("http://localhost:8000/base"))

    assert isinstance(user.client, HttpSession)
    assert user.client.base_url == "http://localhost:8000/base"
    assert user.client.user is user
    assert not user.client.trust_env


@pytest.mark.parametrize("kind", [HttpUser, FastHttpUser])
def test_a_missing_host_is_one_clear_error_with_a_hint(kind):
    class Visitor(kind):
        pass

    with pytest.raises(ConfigError, match="Visitor has no host") as info:
        created(Visitor)
    assert "--host" in info.value.hint


@pytest.mark.parametrize("kind", [HttpUser, FastHttpUser])
def test_a_host_without_scheme_is_an_error_that_shows_the_right_spelling(kind):
    class Visitor(kind):
        host = "localhost:8000"

    with pytest.raises(ConfigError, match="does not start with http://") as info:
        created(Visitor)
    assert "http://localhost:8000" in info.value.hint


def test_each_user_has_connections_and_cookies_of_its_own(server):
    cls = visitor(server.url)
    one, two = created(cls), created(cls)
    one.client.get("/set-cookies?c=a=1")

    assert one.client.get("/cookies").text == "a=1"
    assert two.client.get("/cookies").text == ""
    numbers = {user.client.get("/echo").json()["connection"] for user in (one, two)}
    assert len(numbers) == 2
    one.client.close()
    two.client.close()


def test_users_with_a_pool_manager_share_its_connections(server):
    pool = PoolManager(maxsize=1, block=True)
    cls = visitor(server.url, pool_manager=pool)
    numbers = {created(cls).client.get("/echo").json()["connection"] for _ in range(3)}

    assert len(numbers) == 1
    pool.clear()


def test_a_run_counts_the_requests_of_its_users(server):
    environment = Environment(user_classes=[visitor(server.url)])
    runner = environment.create_local_runner()
    runner.start(3, spawn_rate=100)
    with gevent.Timeout(10):
        while environment.stats.total.num_requests < 50:
            gevent.sleep(0.01)
    runner.quit()

    row = environment.stats.get("/hello", "GET")
    assert row.num_requests >= 50
    assert row.num_failures == 0
    assert row.avg_content_length == 11


def test_a_user_costs_little_to_create(server):
    # No adapter, cookie jar or connection is made before the first request.
    client = created(visitor(server.url)).client

    assert not {"adapters", "cookies", "headers", "own_adapter"} & {*vars(client)}
