"""What a test needs of the machine. Where it is missing the test skips; under CI it fails."""

import shutil
import socket
from importlib.util import find_spec
from typing import NoReturn

import pytest

SYSTEM_PATHS = "/usr/local/sbin:/usr/sbin:/sbin"


def program(name: str) -> str:
    """Return the path of a program, or skip. Servers may lie where only root looks."""
    path = shutil.which(name) or shutil.which(name, path=SYSTEM_PATHS)
    if path is None:
        _miss(f"the program {name}")
    return path


def module(name: str) -> None:
    """Skip if a module is not installed."""
    if find_spec(name) is None:
        _miss(f"the Python package {name}")


def ipv6() -> None:
    """Skip if this machine has no IPv6 loopback."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        _miss("IPv6 on the loopback interface")


def _miss(what: str) -> NoReturn:
    pytest.skip(f"needs {what}", allow_module_level=True)
