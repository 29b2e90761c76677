"""Test functions as users of a load test."""

import subprocess
import sys
import textwrap
import types
from pathlib import Path

import gevent
import pytest

from swarm.core.env import Environment
from swarm.core.exception import ConfigError, TestFileError
from swarm.core.plugins.contract import CollectsUsers, Plugin
from swarm.http.plugin import plugin

PATH = Path("test_shop.py")


def module_of(code):
    module = types.ModuleType("test_shop")
    exec(textwrap.dedent(code), vars(module))
    return module


def collect(code):
    return list(plugin.collect_users(module_of(code), PATH))


def run(classes, host, until):
    """Run one user of each class until `until(environment)` or 10 s have passed."""
    environment = Environment(user_classes=list(classes), host=host)
    runner = environment.create_local_runner()
    runner.start(len(classes), spawn_rate=100)
    with gevent.Timeout(10):
        while not until(environment):
            gevent.sleep(0.01)
    runner.quit()
    return environment


def test_the_plugin_collects_users():
    assert isinstance(plugin, Plugin)
    assert isinstance(plugin, CollectsUsers)
    assert (plugin.name, plugin.api) == ("http", 1)


def test_each_function_that_takes_a_session_becomes_a_user_class_of_its_name():
    classes = collect("""
        def test_one(session): "Do one."
        def test_two(fastsession): pass
        def test_both(session, fastsession, retries=3): pass
        def helper(session): pass
        def test_something_else(): pass
        def test_for_pytest_alone(tmp_path): pass
        test_data = [1, 2]
        """)

    assert [cls.__name__ for cls in classes] == ["test_one", "test_two", "test_both"]
    assert classes[0].__doc__ == "Do one."
    assert not any(cls.abstract for cls in classes)


def test_a_fixture_that_only_pytest_has_is_an_error_that_names_it():
    with pytest.raises(TestFileError, match=r"test_one in test_shop\.py takes 'tmp_path'") as info:
        collect("def test_one(session, tmp_path): pass")

    assert "session, fastsession or both" in info.value.hint


@pytest.mark.parametrize(
    "code", ["async def test_one(session): pass", "def test_one(session): yield"]
)
def test_a_function_that_would_not_run_is_an_error(code):
    with pytest.raises(TestFileError, match="generator or a coroutine"):
        collect(code)


@pytest.mark.parametrize("kind", ["session", "fastsession"])
def test_a_function_is_called_again_and_again_with_the_same_session(server, kind):
    classes = collect(f"""
        sessions = set()
        def test_visit({kind}):
            sessions.add(id({kind}))
            assert {kind}.get("/hello").text == "hello world"
        """)
    environment = run(classes, server.url, lambda env: env.stats.total.num_requests >= 10)

    assert environment.stats.get("/hello", "GET").num_failures == 0
    assert len(classes[0].function.__globals__["sessions"]) == 1


@pytest.mark.parametrize("kind", ["session", "fastsession"])
def test_a_failed_request_ends_the_call_and_is_no_error_of_the_test(server, kind, caplog):
    classes = collect(f"""
        def test_status({kind}):
            {kind}.get("/status/500").raise_for_status()
            {kind}.get("/never")
        def test_refused({kind}):
            {kind}.get("http://127.0.0.1:1/").raise_for_status()
            {kind}.get("/never")
        def test_verdict({kind}):
            with {kind}.get("/hello", catch_response=True) as response:
                response.failure("wrong")
            response.raise_for_status()
            {kind}.get("/never")
        """)
    environment = run(
        classes,
        server.url,
        lambda env: all(
            env.stats.get(n, "GET").num_failures > 1 for n in ("/status/500", "/hello")
        ),
    )

    assert ("/never", "GET") not in environment.stats.entries
    assert not [record for record in caplog.records if record.exc_info]


def test_any_other_error_is_reported_as_one_of_the_test(server):
    errors = []
    classes = collect("def test_bug(session): raise KeyError('oops')")
    environment = Environment(user_classes=classes, host=server.url)
    environment.events.user_error.add_listener(lambda exception, **_: errors.append(exception))
    runner = environment.create_local_runner()
    runner.start(1, spawn_rate=1)
    with gevent.Timeout(10):
        while not errors:
            gevent.sleep(0.01)
    runner.quit()

    assert isinstance(errors[0], KeyError)


def test_without_a_host_the_function_gives_the_base_url(server):
    classes = collect(f"""
        def test_visit(session):
            if not session.base_url:
                session.base_url = {server.url!r}
            session.get("/hello").raise_for_status()
        """)
    environment = run(classes, None, lambda env: env.stats.total.num_requests >= 2)

    assert environment.stats.total.num_failures == 0


def test_a_host_without_scheme_is_refused(server):
    [cls] = collect("def test_visit(session): pass")

    with pytest.raises(ConfigError, match="does not start with http://"):
        type("Hosted", (cls,), {"host": "example.com"})(Environment(user_classes=[cls]))


def test_the_command_runs_a_pytest_file(server, tmp_path):
    (tmp_path / "test_shop.py").write_text(
        "from swarm.http import HttpSession\n"
        "def test_shop(session: HttpSession):\n"
        "    assert session.get('/hello').text == 'hello world'\n"
    )
    command = [sys.executable, "-m", "swarm", "-f", "test_shop.py", "--headless"]
    done = subprocess.run(
        [*command, "-t", "1s", "--host", server.url],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "/hello" in done.stdout + done.stderr
