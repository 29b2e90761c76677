"""The parsed options that a coordinator hands to its workers at the start of a run."""

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swarm.core.env import Environment

_OF_THE_NODE = frozenset(
    {
        "autoquit",
        "autostart",
        "config",
        "csv",
        "csv_full_history",
        "csv_prefix",
        "enable_rebalancing",
        "exit_code_on_error",
        "expect_workers",
        "expect_workers_max_wait",
        "headless",
        "host",
        "html_file",
        "insecure",
        "json",
        "json_file",
        "locustfile",
        "logfile",
        "loglevel",
        "master",
        "master_bind_host",
        "master_bind_port",
        "master_host",
        "master_port",
        "only_summary",
        "plugins",
        "print_stats",
        "processes",
        "quiet",
        "secret_file",
        "skip_log_setup",
        "swarmfile",
        "tls_cert",
        "tls_key",
        "web_base_path",
        "web_host",
        "web_login",
        "web_port",
        "worker",
    }
)
"""What each node was given for itself."""

_PLAIN = (str, int, float, bool, type(None))


def options_for_workers(options: Any) -> dict[str, Any]:
    """Return the options that workers are to have too.

    What is of this node alone, a secret, or no plain value, is left out.
    """
    if options is None:
        return {}
    return {
        name: value
        for name, value in vars(options).items()
        if name not in _OF_THE_NODE and "secret" not in name and _is_plain(value)
    }


def take_options(environment: "Environment", options: Mapping[str, Any]) -> None:
    """Give a worker's environment the coordinator's options."""
    if environment.parsed_options is None:
        environment.parsed_options = Namespace()
    for name, value in options.items():
        if name not in _OF_THE_NODE:
            setattr(environment.parsed_options, name, value)
    environment.tags = options.get("tags", environment.tags)
    environment.exclude_tags = options.get("exclude_tags", environment.exclude_tags)
    environment.reset_stats = bool(options.get("reset_stats", environment.reset_stats))


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(isinstance(part, _PLAIN) for part in value)
    return isinstance(value, _PLAIN)
