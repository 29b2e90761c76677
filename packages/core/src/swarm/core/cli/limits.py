"""The limit of open files: every connection of a user takes one."""

import logging
import resource

logger = logging.getLogger("swarm.main")

WANTED_OPEN_FILES = 10_000


def raise_open_files_limit(wanted: int = WANTED_OPEN_FILES) -> int:
    """Allow this process at least `wanted` open files if the system lets it.

    A system that says no is worth a warning and nothing more: a small test is
    well served by a small limit.

    Returns:
        The limit that now holds; -1 if there is none.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    # Only a privileged process may lift its hard limit; any may go up to it.
    for target in (wanted, hard):
        new_hard = hard if hard == resource.RLIM_INFINITY else max(target, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, new_hard))
        except (ValueError, OSError):
            continue
        soft = target
        break
    if soft < wanted:
        logger.warning(
            "The system lets this process open no more than %d files, so it cannot hold more than"
            " about as many connections. Raise the limit with: ulimit -n %d",
            soft,
            wanted,
        )
    return soft
