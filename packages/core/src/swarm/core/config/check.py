"""Options that contradict each other, found before anything is started."""

from collections.abc import Callable
from typing import Any

from swarm.core.exception import ConfigError
from swarm.core.text import join

FETCHED = "-"
"""In place of a test file: it comes from the coordinator."""


def check_contradictions(options: Any) -> None:
    """Look for options that cannot both be meant.

    Raises:
        ConfigError: At the first contradiction.
    """
    for rule in _RULES:
        rule(options)


def _full_history_needs_csv(options: Any) -> None:
    if options.csv_full_history and not options.csv:
        raise ConfigError(
            "--csv-full-history says what is in the CSV files, but --csv does not ask for any",
            hint="Add --csv PREFIX.",
        )


def _summary_or_periodic(options: Any) -> None:
    if options.only_summary and options.print_stats:
        raise _exclusive("--only-summary", "--print-stats")


def _one_listing(options: Any) -> None:
    listings = {
        "--list": options.list_users,
        "--show-task-ratio": options.show_task_ratio,
        "--show-task-ratio-json": options.show_task_ratio_json,
    }
    wanted = [flag for flag, given in listings.items() if given]
    if len(wanted) > 1:
        raise _exclusive(wanted[0], wanted[1])


def _log_file_needs_log(options: Any) -> None:
    for flag, given in (
        ("--skip-log", options.skip_log),
        ("--skip-log-setup", options.skip_log_setup),
    ):
        if given and options.logfile:
            raise ConfigError(
                f"With {flag} nothing is written to the --logfile",
                hint=f"Give only one of {flag} and --logfile.",
            )


def _tags_apart(options: Any) -> None:
    both = sorted(set(options.tags or ()) & set(options.exclude_tags or ()))
    if both:
        plural = "s" if len(both) > 1 else ""
        raise ConfigError(
            f"The tag{plural} {join(both)} cannot be both included and excluded",
            hint="Name it only once, with --tags or with --exclude-tags.",
        )


def _one_role(options: Any) -> None:
    if options.master and options.worker:
        raise ConfigError(
            "--master and --worker contradict each other",
            hint="A process is one or the other. --processes 2 starts a coordinator and 2 workers.",
        )


def _coordinator_expects_workers(options: Any) -> None:
    # A worker may well share the coordinator's configuration file.
    if options.master or options.worker or options.processes is not None:
        return
    for flag, given in (
        ("--expect-workers", options.expect_workers),
        ("--expect-workers-max-wait", options.expect_workers_max_wait),
    ):
        if given:
            raise ConfigError(
                f"{flag} is for a coordinator, but this process runs the whole test by itself",
                hint="Add --master, or --processes to start workers on this machine.",
            )


def _worker_fetches_files(options: Any) -> None:
    files = options.swarmfile or []
    if FETCHED not in files:
        return
    if not options.worker:
        raise ConfigError(
            "-f - fetches the test files from the coordinator, which only a worker can do",
            hint="Add --worker, or name the test file.",
        )
    if len(files) > 1:
        raise ConfigError(
            "-f - fetches all test files from the coordinator, so no others can be named",
            hint="Give -f - alone.",
        )


def _secret_or_insecure(options: Any) -> None:
    if options.secret_file and options.insecure:
        raise _exclusive("--secret-file", "--insecure")


def _exclusive(one: str, other: str) -> ConfigError:
    return ConfigError(f"{one} and {other} contradict each other", hint="Give only one of them.")


_RULES: tuple[Callable[[Any], None], ...] = (
    _full_history_needs_csv,
    _summary_or_periodic,
    _one_listing,
    _log_file_needs_log,
    _tags_apart,
    _one_role,
    _coordinator_expects_workers,
    _worker_fetches_files,
    _secret_or_insecure,
)
