"""Plugins as the `swarm` command meets them, from distributions that are really installed."""

import json

import pytest

from support.command import swarm
from support.distributions import Site

RUN = ("--headless", "-u", "1", "-t", "300ms", "--only-summary")
WORKING = """
class Counting:
    name = "counting"
    api = 1

    def __init__(self):
        self.seen = 0

    def add_options(self, parser):
        parser.add_argument("--greeting", default="hello")

    def attach(self, environment):
        self.greeting = environment.parsed_options.greeting
        environment.events.request.add_listener(self.count)
        return self.detach

    def count(self, **kwargs):
        self.seen += 1

    def detach(self):
        print(f"{self.greeting}: counted {'some' if self.seen else 'none'}")

    def commands(self):
        from swarm.core.plugins import Command
        return {"count-to": Command("count", lambda words: print(*range(int(words[0]))) or 7)}

plugin = Counting()
"""


@pytest.fixture
def command(tmp_path, pinger):
    """Run `swarm` beside the distributions of `command.site`."""

    def run(*arguments, **variables):
        return swarm(*arguments, cwd=tmp_path, PYTHONPATH=str(run.site.path), **variables)

    run.site = Site(tmp_path / "site")
    return run


@pytest.fixture
def working(command):
    command.site.install(
        "swarm-counting",
        {"swarm.plugins": {"counting": "swarm_counting:plugin"}},
        {"swarm_counting.py": WORKING},
    )


@pytest.fixture
def broken(command):
    command.site.install(
        "swarm-broken",
        {"swarm.plugins": {"broken": "swarm_broken:plugin"}},
        {"swarm_broken.py": "import library_that_is_missing"},
    )


@pytest.mark.usefixtures("working")
def test_a_plugin_adds_options_listens_and_is_detached_at_the_end(command):
    result = command(*RUN, "--greeting", "moin")
    assert result.code == 0, result.text
    assert "moin: counted some" in result.out


@pytest.mark.usefixtures("working")
def test_a_plugin_adds_commands(command):
    result = command("count-to", "3")
    assert (result.code, result.out) == (7, "0 1 2\n")


@pytest.mark.usefixtures("working")
def test_a_plugin_that_is_not_selected_adds_nothing(command):
    result = command(*RUN, "--greeting", "moin", "--plugins", "http")
    assert result.code == 2
    assert "Unknown option --greeting" in result.err


@pytest.mark.usefixtures("working", "broken")
def test_a_broken_plugin_that_nobody_named_costs_one_warning(command):
    result = command(*RUN)
    assert result.code == 0, result.text
    assert "hello: counted some" in result.out
    lines = [line for line in result.text.splitlines() if "swarm-broken" in line]
    assert len(lines) == 1
    assert "No module named 'library_that_is_missing'" in lines[0]
    assert "Traceback" not in result.text


@pytest.mark.usefixtures("broken")
def test_a_broken_plugin_that_was_named_ends_the_run_before_it_begins(command):
    result = command(*RUN, SWARM_PLUGINS="broken")
    assert result.code == 4
    assert (
        "broken (swarm-broken 1.0), named by the environment variable SWARM_PLUGINS" in result.err
    )
    assert "hint: pip install --upgrade --force-reinstall swarm-broken" in result.err
    assert "Traceback" not in result.text


def test_a_missing_plugin_named_in_the_project_ends_the_run_with_its_pip_line(command, tmp_path):
    (tmp_path / "swarm.toml").write_text('plugins = ["grpc"]\n')
    result = command(*RUN)
    assert result.code == 4
    assert "grpc, named by swarm.toml, line 1, is not installed" in result.err
    assert "hint: pip install swarm-grpc" in result.err


@pytest.mark.usefixtures("broken")
def test_an_empty_selection_gets_past_a_broken_plugin(command):
    result = command(*RUN, "--plugins=")
    assert result.code == 0, result.text
    assert "swarm-broken" not in result.text


def test_a_hook_that_raises_names_its_plugin(command):
    command.site.install(
        "swarm-hooked",
        {"swarm.prepare": {"hooked": "hooked:prepare"}},
        {"hooked.py": "def prepare(): raise OSError('no such device')"},
    )
    result = command(*RUN, "--plugins", "hooked")
    assert result.code == 4
    assert "hooked (swarm-hooked 1.0)" in result.err
    assert "prepare hook: OSError: no such device" in result.err


@pytest.mark.usefixtures("working", "broken")
def test_plugins_are_listed_for_programs(command):
    result = command("plugins", "--json", "--plugins", "broken,grpc")
    assert result.code == 0
    rows = {row["name"]: row for row in json.loads(result.out)}
    statuses = {name: rows[name]["status"] for name in ("broken", "console", "counting", "grpc")}
    assert statuses == {
        "broken": "broken",
        "console": "loaded",
        "counting": "not selected",
        "grpc": "missing",
    }
    assert rows["counting"]["distribution"] == "swarm-counting"
    assert rows["counting"]["version"] == "1.0"
    assert rows["grpc"]["hint"] == "pip install swarm-grpc"


@pytest.mark.usefixtures("broken")
def test_the_doctor_finds_a_broken_plugin_and_a_file_that_hides_swarm(command, tmp_path):
    (tmp_path / "swarm.py").touch()
    result = command("doctor", "--json")
    assert result.code == 1
    failed = {check["name"] for check in json.loads(result.out) if not check["ok"]}
    assert {"plugin broken", "working directory"} <= failed
