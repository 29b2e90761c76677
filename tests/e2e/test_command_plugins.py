"""A third party's plugin and the command: the order of the boot, and each capability."""

import json

import pytest

from support.command import swarm
from swarm.core.exception import ExitCode

METADATA = "Metadata-Version: 2.1\nName: swarm-echo\nVersion: 1.2.3\n"
ENTRY_POINTS = """
[swarm.prepare]
echo = swarm_echo_prepare:prepare

[swarm.plugins]
echo = swarm_echo:plugin
"""
PREPARE = """
import sys

def prepare():
    from gevent import monkey
    print("prepare", monkey.is_module_patched("socket"), "swarm_echo" in sys.modules)
"""
PLUGIN = """
import math
import sys

from swarm.core.plugins import Command

print("plugin imported", "swarmfile" in sys.modules)

class Last:
    interval = math.inf

    def start(self, run):
        print("reporter starts", run.state)

    def feed(self, snapshot):
        pass

    def finish(self, snapshot):
        print("reporter ends", snapshot.stats.total.num_requests)

class Echo:
    name = "echo"
    api = 1

    def add_options(self, parser):
        parser.add_argument("--echo", default="nothing", help="What to say")

    def attach(self, environment):
        print("attached", environment.parsed_options.echo)
        return lambda: print("detached", environment.runner.state)

    def reporters(self, environment):
        return [Last()]

    def commands(self):
        return {"echo": Command("say it again", lambda arguments: print(*arguments) or 7)}

plugin = Echo()
"""
TEST = """
from swarm.core import StopTest, User, events, task

print("test file imported")

class Once(User):
    @task
    def once(self):
        with self.environment.events.request.measure("PING", "pong"):
            pass
        raise StopTest

for name in ("init", "test_start", "test_stop", "quitting", "quit"):
    getattr(events, name).add_listener(lambda name=name, **kwargs: print(name))
"""


@pytest.fixture
def project(tmp_path, write):
    """A project with a test file, and a directory with the plugin to put on Python's path."""
    site = tmp_path / "site"
    info = site / "swarm_echo-1.2.3.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (site / "swarm_echo_prepare.py").write_text(PREPARE)
    (site / "swarm_echo.py").write_text(PLUGIN)
    write(TEST)

    def run(*arguments):
        return swarm(*arguments, cwd=tmp_path, timeout=30, PYTHONPATH=str(site))

    return run


def test_the_order_of_a_run(project):
    result = project("--headless", "--echo", "hello")
    assert result.code == ExitCode.OK, result.text
    assert result.out.splitlines() == [
        "prepare True False",
        "plugin imported False",
        "test file imported",
        "attached hello",
        "init",
        "reporter starts ready",
        "test_start",
        "test_stop",
        "reporter ends 1",
        "quitting",
        "quit",
        "detached stopped",
    ]


def test_its_command_and_its_options_are_in_the_help(project):
    result = project("echo", "two", "--words")
    assert (result.code, result.out.splitlines()[-1]) == (7, "two --words")
    shown = project("--help").out
    assert "swarm echo     say it again" in shown
    assert "--echo" in shown


def test_it_is_listed_with_what_it_provides(project):
    rows = json.loads(project("plugins", "--json").out.split("\n", 2)[2])
    row = next(row for row in rows if row["name"] == "echo")
    assert (row["distribution"], row["version"], row["status"]) == ("swarm-echo", "1.2.3", "loaded")
    assert {"options", "environment", "reporters", "commands"} <= set(row["provides"])


def test_it_can_be_left_out(project):
    result = project("--headless", "--plugins", "")
    assert result.code == ExitCode.OK, result.text
    assert result.out.splitlines()[0] == "test file imported"
    refused = project("--headless", "--plugins", "", "--echo", "hello")
    assert refused.code == ExitCode.USAGE
    assert "--echo" in refused.err


def test_a_broken_one_is_left_out_unless_it_was_named(project, tmp_path):
    (tmp_path / "site" / "swarm_echo.py").write_text("raise RuntimeError('not today')\n")
    tolerated = project("--headless")
    assert tolerated.code == ExitCode.OK, tolerated.text
    assert "echo (swarm-echo 1.2.3) is left out" in tolerated.err
    named = project("--headless", "--plugins", "echo")
    assert named.code == ExitCode.PLUGIN
    assert "not today" in named.err
    assert "Traceback" not in named.text
