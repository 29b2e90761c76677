"""From what -f says to the files and modules that are meant, before any is imported."""

import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from swarm.core.cli.explain import explained
from swarm.core.exception import TestFileError
from swarm.core.text import did_you_mean, join

DEFAULT_FILES = ("swarmfile.py", "locustfile.py")
"""Looked for in this order when no file is named."""

_PACKAGE = "__init__.py"
_MODULE_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class TestFile:
    """A file to import.

    Args:
        path: Where it lies.
        shown: What messages call it.
        module: Its dotted name, if it is part of a package; else its stem is its name.
        root: The directory that must be on `sys.path` for it.
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    path: Path
    shown: str
    module: str | None
    root: Path


def locate(names: Sequence[str] | None, directory: Path) -> list[TestFile]:
    """Return the files that `names` mean, each once, in the given order.

    Args:
        names: Paths of files or directories, names of modules or packages, or URLs.
            Without any, the default file is looked for.
        directory: What relative paths start from.

    Raises:
        TestFileError: If one means nothing, or a directory holds no Python files.
    """
    found: dict[Path, TestFile] = {}
    for name in names or [_default(directory)]:
        for file in _meant(name, directory):
            found.setdefault(file.path, file)
    return list(found.values())


def _default(directory: Path) -> str:
    for name in DEFAULT_FILES:
        if (directory / name).is_file():
            return name
    others = sorted(path.name for path in directory.glob("[!_]*.py"))[:3]
    example = f" -f {others[0]}" if len(others) == 1 else " -f FILE"
    here = f" (here are {join(others)})" if len(others) > 1 else ""
    raise TestFileError(
        f"There is no test file: {directory} contains neither {join(DEFAULT_FILES, 'nor')}",
        hint=f"Name your test file:{example}{here}",
    )


def _meant(name: str, directory: Path) -> Iterable[TestFile]:
    if name.lower().startswith(("http://", "https://")):
        # Imported here: the HTTP client of the library takes its time to load.
        from swarm.core.cli.download import download  # noqa: PLC0415 - see above

        path = download(name)
        return [TestFile(path.resolve(), name, None, path.parent.resolve())]
    path = (directory / Path(name).expanduser()).resolve()
    if path.is_dir():
        files = list(_in_directory(path, directory))
        if not files:
            raise TestFileError(
                f"The directory {name} contains no test files",
                hint="Python files whose name begins with _ do not count.",
            )
        return files
    if path.exists():
        return [_file(path, name, directory)]
    with_suffix = path.with_name(f"{path.name}.py")
    if with_suffix.is_file():
        return [_file(with_suffix, name, directory)]
    return _module(name, directory) or _nothing(name, path)


def _file(path: Path, name: str, directory: Path) -> TestFile:
    if path.suffix != ".py":
        raise TestFileError(f"{name} is not a Python file", hint="Its name must end in .py.")
    if path.name == _PACKAGE:
        return _part_of_package(path, directory)
    return TestFile(path, _shown(path, directory), None, path.parent)


def _nothing(name: str, path: Path) -> list[TestFile]:
    neighbours = [file.name for file in path.parent.glob("*.py")] if path.parent.is_dir() else []
    suggestion = did_you_mean(path.name, neighbours)
    raise TestFileError(
        f"Could not find the test file {name}",
        hint=suggestion or "Give the path of a .py file or directory, a module name or a URL.",
    )


def _in_directory(folder: Path, directory: Path) -> Iterator[TestFile]:
    """Yield the files of a directory and then of those in it; `_*` and `.*` do not count."""
    is_package = (folder / _PACKAGE).is_file()
    if is_package:
        yield _part_of_package(folder / _PACKAGE, directory)
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith(("_", ".")))
    for path in entries:
        if path.suffix == ".py" and path.is_file():
            own = _part_of_package(path, directory) if is_package else None
            yield own or TestFile(
                path.resolve(), _shown(path, directory), None, path.parent.resolve()
            )
    for path in entries:
        # Links are not followed, they may lead in circles; virtual environments hold no tests.
        if path.is_dir() and not path.is_symlink() and not (path / "pyvenv.cfg").exists():
            yield from _in_directory(path, directory)


def _part_of_package(path: Path, directory: Path) -> TestFile:
    parts = [] if path.name == _PACKAGE else [path.stem]
    folder = path.parent
    while (folder / _PACKAGE).is_file():
        parts.append(folder.name)
        folder = folder.parent
    return TestFile(path, _shown(path, directory), ".".join(reversed(parts)), folder)


def _module(name: str, directory: Path) -> list[TestFile]:
    """Return the file of the module `name`, or those of the package; none if there is none."""
    if not _MODULE_NAME.fullmatch(name):
        return []
    own = directory.resolve().joinpath(*name.split("."))
    if own.is_dir():
        return list(_in_directory(own, directory))
    file = own.with_name(f"{own.name}.py")
    if file.is_file():
        return [TestFile(file, _shown(file, directory), name, directory.resolve())]
    return _installed_module(name, directory)


def _installed_module(name: str, directory: Path) -> list[TestFile]:
    before = sys.path[:]
    sys.path.insert(0, str(directory))
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if name.startswith(error.name or name):
            return []
        raise explained(name, None, error) from error
    except (Exception, SystemExit) as error:  # the packages around a module are imported
        raise explained(name, None, error) from error
    finally:
        sys.path[:] = before
    if spec is None:
        return []
    folders = list(spec.submodule_search_locations or ())
    if folders:
        return [file for folder in folders for file in _in_directory(Path(folder), directory)]
    if not spec.origin or not spec.origin.endswith(".py"):
        return []
    path = Path(spec.origin).resolve()
    return [TestFile(path, _shown(path, directory), name, path.parents[name.count(".")])]


def _shown(path: Path, directory: Path) -> str:
    try:
        return str(path.relative_to(directory.resolve()))
    except ValueError:
        return str(path)
