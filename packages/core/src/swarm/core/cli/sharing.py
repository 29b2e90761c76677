"""Test files on their way from a coordinator to workers that were started with `-f -`."""

import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from swarm.core.cli.locate import TestFile
from swarm.core.cli.secret import worker_security
from swarm.core.exception import ConfigError, TestFileError
from swarm.core.rpc import Security, fetch_test_files

logger = logging.getLogger("swarm.main")

NAME, CONTENTS = "filename", "contents"
MODULE = "module"
"""The dotted name by which a file is imported, if it is part of a package."""
SUPPORT = "support"
"""Whether a file is there only to be imported by others."""


def pack(
    files: Sequence[TestFile], names: Iterable[str] = (), directory: Path = Path()
) -> list[dict[str, Any]]:
    """Return the test files as they travel, and what belongs to their packages and directories.

    Args:
        files: The test files, in the order in which they are loaded.
        names: What they were named by; of directories, all Python files are packed.
        directory: What relative names start from.

    Raises:
        TestFileError: If one cannot be read.
    """
    folders = [_resolved(name, directory) for name in names]
    folders = [folder for folder in folders if folder.is_dir()]
    loose = [file.root for file in files if not file.module]
    base = Path(os.path.commonpath([*loose, *folders])) if loose else Path()
    packed = {file.path: _packed(file.path, file.root if file.module else base) for file in files}
    for file in files:
        if file.module:
            packed[file.path][MODULE] = file.module
            for path in _python_files(file.root / file.module.partition(".")[0]):
                packed.setdefault(path, _packed(path, file.root) | {SUPPORT: True})
    for folder in folders if loose else ():
        for path in _python_files(folder):
            packed.setdefault(path, _packed(path, base) | {SUPPORT: True})
    return list(packed.values())


def unpack(entries: Iterable[Any]) -> tuple[Path, list[str]]:
    """Write test files that a coordinator has sent into a directory that goes with the process.

    Args:
        entries: URLs, and dicts as `pack` makes them.

    Returns:
        The directory, and what is to be loaded, in order.

    Raises:
        TestFileError: If a file has a name that leads out of the directory.
    """
    folder = Path(tempfile.mkdtemp(prefix="swarm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    names = []
    for entry in entries:
        if isinstance(entry, str):
            names.append(_checked_url(entry))
            continue
        path = folder / _checked_name(entry[NAME])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(entry[CONTENTS], encoding="utf-8", newline="")
        if not entry.get(SUPPORT):
            names.append(str(entry.get(MODULE) or path))
    return folder, names


def fetch(options: Any, given: Security | None) -> tuple[Path, list[str]]:
    """Get the test files from the coordinator.

    Args:
        options: Say where it is.
        given: What the user says about who may take part; None if nothing.

    Returns:
        The directory in which they are, and what is to be loaded.

    Raises:
        ConfigError: If it would not be certain who sends them.
        RunnerError: If the coordinator does not send them.
        TestFileError: If what it sends is no good.
    """
    security = worker_security(options, given)
    if not security.is_secure and not options.insecure:
        raise ConfigError(
            "-f - runs whatever comes from the coordinator, so it must be certain that it is the "
            "right one",
            hint="Give both the same secret with SWARM_SECRET or --secret-file, or name the test "
            "file here.",
        )
    version = metadata.version("swarm-core")
    logger.info("Getting the test files from %s:%d", options.master_host, options.master_port)
    return unpack(
        fetch_test_files(options.master_host, options.master_port, security, version=version)
    )


def _resolved(name: str, directory: Path) -> Path:
    return (directory / Path(name).expanduser()).resolve()


def _python_files(folder: Path) -> Iterator[Path]:
    """Yield the Python files below a folder, but for hidden ones and virtual environments."""
    for place, below, names in os.walk(folder):
        here = Path(place)
        below[:] = sorted(
            name
            for name in below
            if not name.startswith(".") and not (here / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            if name.endswith(".py") and not name.startswith("."):
                yield here / name


def _packed(path: Path, base: Path) -> dict[str, Any]:
    try:
        contents = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TestFileError(f"{path} cannot be sent to workers: {error}") from error
    return {NAME: path.relative_to(base).as_posix(), CONTENTS: contents}


def _checked_name(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name or path.suffix != ".py":
        raise TestFileError(f"The coordinator sent a test file named {name!r}, which is refused")
    return path


def _checked_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise TestFileError(f"The coordinator sent {url!r}, which is no address of a test file")
    return url
