"""The secret that coordinator and workers share: where it comes from, and who needs one."""

import ipaddress
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from swarm.core.exception import ConfigError
from swarm.core.rpc import Security

SECRET_VARIABLE = "SWARM_SECRET"  # noqa: S105 - the name of a variable

_EVERYWHERE = {"*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to be told apart
_ELSEWHERE = ("192.0.2.1", 9)  # an address for documentation: nothing is sent to it


def given_security(options: Any, environ: Mapping[str, str], directory: Path) -> Security | None:
    """Return what the user says about who may take part; None if nothing is said.

    Raises:
        ConfigError: If the file of the secret cannot be read, or the secret is no good.
    """
    if options.insecure:
        return Security.insecure()
    if options.secret_file:
        return Security.from_secret(_read(directory / Path(options.secret_file).expanduser()))
    if environ.get(SECRET_VARIABLE):
        return Security.from_secret(environ[SECRET_VARIABLE])
    return None


def worker_security(options: Any, given: Security | None) -> Security:
    """Return the security of a worker.

    Raises:
        ConfigError: If it needs a secret and has none.
    """
    if given is not None:
        return given
    if not is_loopback(options.master_host):
        raise ConfigError(
            f"A worker needs the secret of the coordinator at {options.master_host}",
            hint="Run the command that the coordinator prints, or give the secret with "
            f"{SECRET_VARIABLE} or --secret-file. With --insecure on both sides there is none.",
        )
    return Security.insecure()


def is_loopback(host: str) -> bool:
    """Return whether only processes on this machine reach this address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address_for_here(bind_host: str) -> str:
    """Return where processes on this machine reach what listens at `bind_host`."""
    return _EVERYWHERE.get(bind_host, bind_host)


def address_for_others(bind_host: str) -> str:
    """Return where other machines reach what listens at `bind_host`, as far as we can tell."""
    if bind_host not in _EVERYWHERE:
        return bind_host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward:
        try:
            outward.connect(_ELSEWHERE)  # which only looks up the way there
        except OSError:
            return socket.gethostname()
        address: str = outward.getsockname()[0]
        return address


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(
            f"The secret cannot be read from {path}: {reason}", hint="Check --secret-file."
        ) from None
