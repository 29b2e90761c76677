"""What a plugin is: a name, the API it is written for, and any of six capabilities.

A distribution offers itself under up to three entry-point groups:

- `swarm.users`: a user class. Listed without being imported.
- `swarm.prepare`: a callable without arguments that imports little. It runs after
  gevent's patch and before any plugin or test file is imported, for libraries that
  must be told about gevent first.
- `swarm.plugins`: an object (or a module) that satisfies `Plugin` and any of the
  capabilities below. A capability is one method; a plugin has it by having the method.

What carries the same name in several groups is one plugin and stands or falls together.

Example:
    # pyproject.toml
    [project.entry-points."swarm.plugins"]
    kafka = "swarm_kafka.plugin:plugin"

    # swarm_kafka/plugin.py
    class KafkaPlugin:
        name = "kafka"
        api = 1

        def add_options(self, parser):
            parser.add_argument("--kafka-brokers", env_var="KAFKA_BROKERS", default="")

        def attach(self, environment):
            listener = environment.events.request.add_listener(publish)
            return lambda: environment.events.request.remove_listener(listener)

    plugin = KafkaPlugin()
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import argparse

    from swarm.core.env import Environment
    from swarm.core.reporting import Reporter
    from swarm.core.user import User

API_VERSION = 1
"""The version of this contract. It grows when a plugin written for the former one may break."""

OLDEST_API_VERSION = 1
"""The oldest version of the contract whose plugins are still admitted."""

USERS = "swarm.users"
PREPARE = "swarm.prepare"
PLUGINS = "swarm.plugins"
GROUPS = (USERS, PREPARE, PLUGINS)


@runtime_checkable
class Plugin(Protocol):
    """The part that every plugin object has."""

    name: str
    """The name of its entry point."""
    api: int
    """The `API_VERSION` it is written for."""


@runtime_checkable
class OffersOptions(Protocol):
    """Adds command-line options, which are also environment variables and file keys.

    Example:
        def add_options(self, parser):
            group = parser.add_argument_group("Kafka")
            group.add_argument("--kafka-brokers", env_var="KAFKA_BROKERS", default="")
    """

    def add_options(self, parser: "argparse.ArgumentParser") -> None:
        """Call `parser.add_argument`. Called once for every parser that is built, so keep
        nothing of it; the values arrive in `environment.parsed_options`.
        """  # noqa: D205 - one thought
        ...


@runtime_checkable
class AttachesToEnvironment(Protocol):
    """Listens to the events of one run, or changes its environment before it starts.

    Example:
        def attach(self, environment):
            listener = environment.events.request.add_listener(self.on_request)
            return lambda: environment.events.request.remove_listener(listener)
    """

    def attach(self, environment: "Environment") -> Callable[[], None] | None:
        """Set up for this run.

        Returns:
            What takes everything back when the run is over, if there is anything.
        """
        ...


@runtime_checkable
class OffersReporters(Protocol):
    """Shows or keeps the figures of a run while it goes on and at its end.

    Example:
        def reporters(self, environment):
            if environment.parsed_options.kafka_topic:
                yield TopicReporter(environment.parsed_options.kafka_topic)
    """

    def reporters(self, environment: "Environment") -> "Iterable[Reporter]":
        """Return the reporters for this run: none where its options ask for none."""
        ...


@dataclass(frozen=True)
class Command:
    """A subcommand of `swarm`.

    Args:
        help: One line for the list of commands.
        run: Gets the arguments after the command's name and returns an exit code.
    """

    help: str
    run: Callable[[Sequence[str]], int]


@runtime_checkable
class OffersCommands(Protocol):
    """Adds subcommands: `swarm NAME …`.

    Example:
        def commands(self):
            return {"kafka-topics": Command("list the topics", list_topics)}
    """

    def commands(self) -> Mapping[str, Command]:
        """Return the commands by name."""
        ...


@runtime_checkable
class ExtendsWebUI(Protocol):
    """Adds pages, routes or tabs to the web UI.

    Example:
        def extend_web(self, web_ui):
            web_ui.app.add_url_rule("/kafka", view_func=lag_page)
    """

    def extend_web(self, web_ui: Any) -> None:
        """Change the web UI after its own routes are made and before it serves."""
        ...


@runtime_checkable
class CollectsUsers(Protocol):
    """Finds user classes in test files of a style of its own, such as `test_*` functions.

    Example:
        def collect_users(self, module, path):
            return [as_user(f) for name, f in vars(module).items() if name.startswith("topic_")]
    """

    def collect_users(self, module: ModuleType, path: Path) -> "Sequence[type[User]]":
        """Return the user classes that stand for what `module` defines.

        Args:
            module: A test file that defines no user class, imported.
            path: Where it lies.
        """
        ...


CAPABILITIES: Mapping[str, type] = {
    "options": OffersOptions,
    "environment": AttachesToEnvironment,
    "reporters": OffersReporters,
    "commands": OffersCommands,
    "web": ExtendsWebUI,
    "users": CollectsUsers,
}
"""What reports call the capabilities."""


def capabilities_of(plugin: object) -> tuple[str, ...]:
    """Return the names of the capabilities that `plugin` has."""
    return tuple(label for label, protocol in CAPABILITIES.items() if isinstance(plugin, protocol))
