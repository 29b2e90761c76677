"""gevent's monkey patch, applied before anything else binds `socket` or `ssl`."""

import os

SKIP_VARIABLE = "SWARM_SKIP_MONKEY_PATCH"


def patch() -> bool:
    """Make the standard library cooperative, once per process.

    Set the environment variable `SWARM_SKIP_MONKEY_PATCH=1` to leave the process
    as it is, for library use beside packages that cannot live with the patch.

    Returns:
        Whether the process is patched after the call.
    """
    if os.environ.get(SKIP_VARIABLE, "") not in {"", "0"}:
        return False
    from gevent import monkey  # noqa: PLC0415 - gevent is not even loaded when skipped

    if not monkey.is_module_patched("socket"):
        monkey.patch_all()
    return True
