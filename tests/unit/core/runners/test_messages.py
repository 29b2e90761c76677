import gevent
import pytest
from gevent.event import Event

from swarm.core import Environment
from swarm.core.runners import Message
from swarm.core.runners.messages import MessageHandlers


@pytest.fixture
def environment():
    return Environment()


@pytest.fixture
def handlers(environment):
    made = MessageHandlers(environment)
    yield made
    made.close()


def test_handlers_get_the_environment_and_the_message(handlers, environment):
    seen = []
    handlers.register("greeting", lambda **arguments: seen.append(arguments))
    handlers.deliver(Message("greeting", {"to": "you"}, "node-1"))
    assert seen == [
        {"environment": environment, "msg": Message("greeting", {"to": "you"}, "node-1")}
    ]


def test_handlers_of_a_type_are_called_in_order_and_others_are_not(handlers):
    seen = []
    handlers.register("a", lambda **_: seen.append(1))
    handlers.register("a", lambda **_: seen.append(2))
    handlers.register("b", lambda **_: seen.append(3))
    handlers.deliver(Message("a", None))
    assert seen == [1, 2]


def test_a_handler_that_raises_does_not_disturb_the_others(handlers, caplog):
    seen = []

    def broken(**_):
        raise ValueError("my fault")

    handlers.register("a", broken)
    handlers.register("a", lambda **_: seen.append(1))
    handlers.deliver(Message("a", None))
    assert seen == [1]
    assert "broken of the message 'a' raised" in caplog.text
    assert "my fault" in caplog.text


def test_a_message_without_a_handler_is_logged(handlers, caplog):
    handlers.deliver(Message("unheard", None))
    assert "Nobody handles the message 'unheard'" in caplog.text


def test_a_concurrent_handler_holds_up_nothing(handlers):
    go, seen = Event(), []

    def slow(**_):
        go.wait()
        seen.append("slow")

    handlers.register("a", slow, concurrent=True)
    handlers.register("a", lambda **_: seen.append("quick"))
    handlers.deliver(Message("a", None))
    gevent.sleep(0)
    assert seen == ["quick"]
    go.set()
    gevent.sleep(0)
    gevent.sleep(0)
    assert seen == ["quick", "slow"]


def test_a_concurrent_handler_that_raises_is_logged(handlers, caplog):
    def broken(**_):
        raise ValueError("my fault")

    handlers.register("a", broken, concurrent=True)
    handlers.deliver(Message("a", None))
    gevent.sleep(0)
    assert "my fault" in caplog.text


def test_alone_a_runner_gets_its_own_messages(local):
    runner = local()
    seen = []

    def set_up(environment, msg, **_):
        environment.runner.send_message("done", len(msg.data))

    runner.register_message("users", set_up)
    runner.register_message("done", lambda msg, **_: seen.append(msg.data))
    runner.send_message("users", ["a", "b"])
    assert seen == [2]
