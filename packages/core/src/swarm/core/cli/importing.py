"""Importing one test file under a name that hides nothing and can be found again."""

import importlib
import importlib.util
import sys
import sysconfig
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

from swarm.core.cli.explain import explained
from swarm.core.cli.locate import TestFile
from swarm.core.exception import TestFileError

_NAMESPACE = "swarm"
_INNOCENT = frozenset({"test", "tests"})  # installed by mistake so often that nobody imports them


class _Loader(SourceFileLoader):
    """Marks the modules that were imported as test files."""


def forget_test_files() -> None:
    """Forget the test files of a former run in this process, so that they are read afresh."""
    for name, module in list(sys.modules.items()):
        if _is_test_file(module):
            del sys.modules[name]


def import_test_file(file: TestFile, directory: Path) -> ModuleType:
    """Import a test file as a module that can be found under its name, as pickle needs.

    `directory` and that of the file stay on `sys.path`, the latter in front.

    Raises:
        TestFileError: If it fails, or its name or a neighbour's hides another module.
        PluginError: If it imports a plugin that is not installed.
    """
    top = file.module.partition(".")[0] if file.module else _stem(file)
    _refuse_taken(top, file)
    for folder in (directory.resolve(), file.root):
        _refuse_hidden_namespace(folder)
        if str(folder) in sys.path:
            sys.path.remove(str(folder))
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        if file.module:
            _forget_other_package(top, file.root / top)
            return _import(file.module)
        return _execute(_free_name(file), file.path)
    except (Exception, SystemExit) as error:
        raise explained(file.shown, file.path, error) from error


def _import(name: str) -> ModuleType:
    # importlib.import_module would put a frame of its own into tracebacks.
    __import__(name)
    return sys.modules[name]


def _execute(name: str, path: Path) -> ModuleType:
    loaded = sys.modules.get(name)
    if loaded is not None:  # another test file has imported it
        return loaded
    loader = _Loader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:  # only possible without a loader
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    # As the import system does, for modules that replace themselves.
    return sys.modules.get(name, module)


def _stem(file: TestFile) -> str:
    # A dot would make it look like a part of a package.
    return file.path.stem.replace(".", "_")


def _free_name(file: TestFile) -> str:
    """Return the stem, or more of the path where another test file has the same stem."""
    name = _stem(file)
    parts = [part.replace(".", "_") for part in file.path.parts[1:-1]]
    while name in sys.modules and _file_of(sys.modules[name]) != file.path and parts:
        name = f"{parts.pop()}.{name}"
    return name


def _forget_other_package(top: str, own: Path) -> None:
    """Forget a package that has the same name as ours but lies elsewhere: a former run's."""
    if top in sys.modules and not _lies_in(sys.modules[top], own):
        for former in [key for key in sys.modules if key == top or key.startswith(f"{top}.")]:
            del sys.modules[former]


def _refuse_taken(name: str, file: TestFile) -> None:
    own = file.root / name if file.module else file.path
    owner = ""
    if name in sys.stdlib_module_names:
        owner = "Python's own module"
    elif name == _NAMESPACE:
        owner = "the package"
    elif name not in _INNOCENT and _is_installed(name, own):
        owner = "the installed package"
    if owner:
        raise TestFileError(
            f"{file.shown} has the name of {owner} {name} and would hide it",
            hint=f"Rename it, for example to {name}_test.",
        )


def _is_installed(name: str, own: Path) -> bool:
    """Return whether an installed distribution has a module `name` that is not `own`."""
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    spec = PathFinder.find_spec(name, sorted(paths))
    if spec is None or spec.origin is None:
        return False
    origin = Path(spec.origin).resolve()
    return not origin.is_relative_to(own) and origin != own.with_suffix(".py")


def _refuse_hidden_namespace(folder: Path) -> None:
    for name in (f"{_NAMESPACE}.py", f"{_NAMESPACE}/__init__.py"):
        if (folder / name).is_file():
            raise TestFileError(
                f"{folder / name} hides the package swarm, so nothing of it can be imported",
                hint="Rename it.",
            )


def _is_test_file(module: object) -> bool:
    # Not getattr: some modules import others when they are asked for an attribute.
    return type(module) is ModuleType and isinstance(vars(module).get("__loader__"), _Loader)


def _file_of(module: ModuleType) -> Path | None:
    file = vars(module).get("__file__")
    return Path(file).resolve() if isinstance(file, str) else None


def _lies_in(module: ModuleType, own: Path) -> bool:
    """Return whether a package or module is, or extends to, `own` or `own`.py."""
    places = [Path(place).resolve() for place in vars(module).get("__path__") or ()]
    file = _file_of(module)
    return own in places or file in {own / "__init__.py", own.with_suffix(".py")}
