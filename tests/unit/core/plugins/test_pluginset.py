import argparse
import logging
import types
from pathlib import Path

import pytest

from swarm.core.config import build_parser
from swarm.core.exception import ConfigError, PluginError
from swarm.core.plugins import Selection, load

RAISES = "raise ValueError('broken pipe')"


@pytest.fixture
def plugins(site):
    def load_named(*names):
        selection = Selection(names, "--plugins") if names else Selection()
        return load(selection, offers=site.offers())

    return load_named


@pytest.fixture
def environment():
    return types.SimpleNamespace(log=[])


def statuses(loaded):
    return {row.name: row.status for row in loaded.report()}


# options


def test_options_are_added(install, plugins):
    install("a", "def add_options(self, parser): parser.add_argument('--a-brokers', default='x')")
    parser = argparse.ArgumentParser()
    plugins().add_options(parser)
    assert parser.parse_args([]).a_brokers == "x"


def test_an_option_that_exists_leaves_the_plugin_out_with_all_of_its_options(
    install, plugins, caplog
):
    install(
        "a",
        "def add_options(self, parser):",
        "    parser.add_argument('--fresh')",
        "    parser.add_argument('--host')",
    )
    parser = argparse.ArgumentParser()
    parser.add_argument("--host")
    loaded = plugins()
    loaded.add_options(parser)
    assert "--fresh" not in parser.format_help()
    assert statuses(loaded) == {"a": "broken"}
    assert loaded.plugins == []
    (record,) = caplog.records
    assert "a (swarm-a 1.0)" in record.message
    assert "conflicting option string: --host" in record.message


def test_an_option_that_exists_ends_the_run_if_the_plugin_was_named(install, plugins):
    install("a", "def add_options(self, parser): parser.add_argument('--help')")
    with pytest.raises(PluginError, match=r"adding its options: .*--help"):
        plugins("a").add_options(argparse.ArgumentParser())


def test_an_option_of_the_core_leaves_the_plugin_out(install, plugins, caplog):
    install(
        "a",
        "def add_options(self, parser):",
        "    parser.add_argument('--fresh')",
        "    parser.add_argument_group('A').add_argument('--users')",
    )
    install("b", "def add_options(self, parser): parser.add_argument('--b', env_var='B_B')")
    loaded = plugins()
    parser = build_parser(plugins=[loaded])
    assert "fresh" not in parser.known
    assert parser.known["b"].env == "B_B"
    assert statuses(loaded) == {"a": "broken", "b": "loaded"}
    assert "conflicts with swarm's own option --users" in caplog.text


def test_of_two_plugins_with_one_option_the_first_has_it(install, plugins):
    for name in ("a", "b"):
        install(
            name, f"def add_options(self, parser): parser.add_argument('--same', default='{name}')"
        )
    parser = argparse.ArgumentParser()
    loaded = plugins()
    loaded.add_options(parser)
    assert parser.parse_args([]).same == "a"
    assert statuses(loaded) == {"a": "loaded", "b": "broken"}


# environment


ATTACH = """
def attach(self, environment):
    environment.log.append('+' + self.name)
    return lambda: environment.log.append('-' + self.name)
"""


def test_plugins_are_attached_and_detached_the_last_first(install, plugins, environment):
    for name in ("a", "b"):
        install(name, ATTACH)
    detach = plugins().attach(environment)
    assert environment.log == ["+a", "+b"]
    detach()
    assert environment.log == ["+a", "+b", "-b", "-a"]


def test_detaching_twice_is_harmless(install, plugins, environment):
    install("a", ATTACH)
    detach = plugins().attach(environment)
    detach()
    detach()
    assert environment.log == ["+a", "-a"]


def test_a_plugin_needs_no_detach(install, plugins, environment):
    install("a", "def attach(self, environment): environment.log.append('a')")
    plugins().attach(environment)()
    assert environment.log == ["a"]


def test_a_plugin_that_cannot_attach_is_left_out(install, plugins, environment, caplog):
    install("a", f"def attach(self, environment): {RAISES}")
    install("b", ATTACH)
    loaded = plugins()
    loaded.attach(environment)
    assert environment.log == ["+b"]
    assert statuses(loaded) == {"a": "broken", "b": "loaded"}
    assert "failed when attaching to the run: ValueError: broken pipe" in caplog.text


def test_a_named_plugin_that_cannot_attach_ends_the_run_and_the_others_are_detached(
    install, plugins, environment
):
    install("a", ATTACH)
    install("b", f"def attach(self, environment): {RAISES}")
    with pytest.raises(PluginError, match=r"b .*attaching to the run"):
        plugins("a", "b").attach(environment)
    assert environment.log == ["+a", "-a"]


def test_a_plugin_that_fails_when_detaching_is_logged_and_the_others_are_detached(
    install, plugins, environment, caplog
):
    install("a", ATTACH)
    install("b", "def attach(self, environment): return lambda: 1 / 0")
    plugins().attach(environment)()
    assert environment.log == ["+a", "-a"]
    assert "b (swarm-b 1.0) failed when detaching" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_plugin_may_tell_the_user_what_is_wrong_with_the_options(install, plugins, environment):
    install(
        "a",
        "def attach(self, environment):",
        "    from swarm.core.exception import ConfigError",
        "    raise ConfigError('--a-brokers is missing')",
    )
    with pytest.raises(ConfigError, match="--a-brokers is missing"):
        plugins().attach(environment)


# reporters


def test_reporters_of_all_plugins_are_gathered(install, plugins, environment):
    install("a", "def reporters(self, environment): yield 'first'; yield 'second'")
    install("b", "def reporters(self, environment): return ['third']")
    assert plugins().reporters(environment) == ["first", "second", "third"]


def test_a_plugin_that_fails_halfway_gives_no_reporters(install, plugins, environment):
    install("a", f"def reporters(self, environment):\n    yield 'first'\n    {RAISES}")
    loaded = plugins()
    assert loaded.reporters(environment) == []
    assert statuses(loaded) == {"a": "broken"}


# commands


COMMANDS = """
def commands(self):
    from swarm.core.plugins import Command
    return {{'{}': Command('help of ' + self.name, lambda arguments: len(arguments))}}
"""


def test_commands_are_offered_by_name(install, plugins):
    install("a", COMMANDS.format("topics"))
    command = plugins().commands()["topics"]
    assert (command.help, command.run(["x", "y"])) == ("help of a", 2)


def test_a_command_that_is_taken_leaves_the_plugin_out(install, plugins, caplog):
    install("a", COMMANDS.format("doctor"))
    loaded = plugins()
    assert loaded.commands(taken=["doctor"]) == {}
    assert "offers a command that exists already: doctor" in caplog.text
    assert statuses(loaded) == {"a": "broken"}


def test_of_two_plugins_with_one_command_the_first_has_it(install, plugins):
    install("a", COMMANDS.format("same"))
    install("b", COMMANDS.format("same"))
    assert plugins().commands()["same"].help == "help of a"


# web UI and test files


def test_plugins_extend_the_web_ui(install, plugins):
    install("a", "def extend_web(self, web_ui): web_ui.append('a')")
    pages = []
    plugins().extend_web(pages)
    assert pages == ["a"]


def test_plugins_find_users_in_files_of_their_style(install, plugins):
    install("a", "def collect_users(self, module, path): return [module.Thing, str(path)]")
    module = types.SimpleNamespace(Thing=int)
    assert plugins().collect_users(module, Path("x.py")) == [int, "x.py"]


def test_a_plugin_that_fails_at_a_test_file_is_left_out_with_the_file_s_name(
    install, plugins, caplog
):
    install("a", f"def collect_users(self, module, path): {RAISES}")
    assert plugins().collect_users(types.SimpleNamespace(), Path("x.py")) == []
    assert "looking for users in x.py" in caplog.text


# failures


def test_a_plugin_that_was_left_out_is_not_asked_again(install, plugins, environment):
    install("a", f"def attach(self, environment): {RAISES}", "def commands(self): return {'x': 1}")
    loaded = plugins()
    loaded.attach(environment)
    assert loaded.commands() == {}


def test_a_plugin_that_exits_is_left_out_like_one_that_raises(install, plugins, environment):
    install("a", "def attach(self, environment): raise SystemExit(9)")
    loaded = plugins()
    loaded.attach(environment)
    assert statuses(loaded) == {"a": "broken"}


def test_where_a_plugin_failed_is_logged_for_those_who_look(install, plugins, environment, caplog):
    install("a", f"def attach(self, environment): {RAISES}")
    with caplog.at_level(logging.DEBUG, "swarm.plugins"):
        plugins().attach(environment)
    assert "swarm_a_plugin.py" in caplog.text
