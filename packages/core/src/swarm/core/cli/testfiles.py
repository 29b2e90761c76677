"""Loading test files: from what -f says to user classes and the shape of the load."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from swarm.core.cli.importing import forget_test_files, import_test_file
from swarm.core.cli.locate import TestFile, locate
from swarm.core.exception import ConfigError, TestFileError
from swarm.core.shape import LoadTestShape
from swarm.core.text import did_you_mean, join
from swarm.core.user import User

Collector: TypeAlias = Callable[[ModuleType, Path], Sequence[type[User]]]
"""Makes user classes of what a test file without any defines; see `CollectsUsers`."""

_ABSTRACT_HINT = "Bases that are only to be inherited from need: abstract = True"


@dataclass(frozen=True)
class LoadedTests:
    """What the test files define.

    Args:
        files: The files in the order in which they were imported.
        user_classes: The user classes by name, in the order of their definition.
        shape_class: The shape of the load, if one is defined.
        located: The files with their place in packages.
    """

    files: tuple[Path, ...]
    user_classes: dict[str, type[User]]
    shape_class: type[LoadTestShape] | None
    located: tuple[TestFile, ...] = ()


def load_test_files(
    names: Sequence[str] | None, directory: Path, collectors: Sequence[Collector] = ()
) -> LoadedTests:
    """Import test files and collect what they define.

    Args:
        names: Paths of files or directories, names of modules or packages, or URLs; the
            default file if there are none.
        directory: What relative paths start from. It is put on `sys.path`.
        collectors: Asked in turn if no file defines a user class.

    Raises:
        TestFileError: If a file is missing or broken, two classes share a name, there are
            several shapes or no users.
        PluginError: If a file imports a plugin that is not installed.
    """
    files = locate(names, directory)
    forget_test_files()
    modules = [(file, import_test_file(file, directory)) for file in files]
    users = _Collection("user class")
    shapes = _Collection("shape class")
    for file, module in modules:
        users.add(_defined(module, User), file)
        shapes.add(_defined(module, LoadTestShape), file)
    if not users.classes:
        for file, module in modules:
            for collect in collectors:
                users.add(collect(module, file.path), file)
    if not users.classes:
        raise _no_users(files, modules)
    if len(shapes.classes) > 1:
        found = [f"{name} ({shapes.homes[name]})" for name in shapes.classes]
        raise TestFileError(
            f"There can be only one load shape, but several are defined: {join(found)}",
            hint=f"Keep them in separate files and name one with -f. {_ABSTRACT_HINT}",
        )
    return LoadedTests(
        files=tuple(file.path for file in files),
        user_classes=users.classes,
        shape_class=next(iter(shapes.classes.values()), None),
        located=tuple(files),
    )


def select_user_classes(
    available: Mapping[str, type[User]], names: Sequence[str]
) -> list[type[User]]:
    """Return the user classes that were named, each once; all if none was named.

    Raises:
        ConfigError: If there is no such class.
    """
    for name in names:
        if name not in available:
            others = f"There are {join(available)}." if len(available) > 1 else ""
            only = f"The only one is {next(iter(available))}." if len(available) == 1 else ""
            suggestion = did_you_mean(name, available)
            raise ConfigError(
                f"There is no user class {name}",
                hint=" ".join(filter(None, [suggestion, others or only])),
            )
    return [available[name] for name in dict.fromkeys(names or available)]


class _Collection:
    """Classes by name, and the files that they come from."""

    def __init__(self, kind: str) -> None:
        self.classes: dict[str, type] = {}
        self.homes: dict[str, str] = {}
        self._kind = kind

    def add(self, classes: Sequence[type], file: TestFile) -> None:
        """Add classes. One that several files import counts once.

        Raises:
            TestFileError: If another one has the same name.
        """
        for class_ in classes:
            name = class_.__name__
            if self.classes.setdefault(name, class_) is not class_:
                first = self.homes[name]
                where = f"{first} and {file.shown}" if first != file.shown else f"{first}, twice"
                raise TestFileError(
                    f"The {self._kind} {name} is defined in {where}",
                    hint="Rename one, or name only one of the files with -f: statistics and "
                    "options tell classes by their names.",
                )
            self.homes.setdefault(name, file.shown)


def _defined(module: ModuleType, base: Any) -> list[type]:
    """Return the concrete subclasses of `base` that `module` defines or imports.

    Those of swarm's own packages are there to be inherited from.
    """
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, base)
        and value is not base
        and not value.__dict__.get("abstract", False)
        and not value.__module__.startswith("swarm.")
    ]
    return list(dict.fromkeys(found))


def _no_users(
    files: Sequence[TestFile], modules: Sequence[tuple[TestFile, ModuleType]]
) -> TestFileError:
    shown = join(file.shown for file in files)
    verb = "defines" if len(files) == 1 else "define"
    namespaces = [vars(module) for _, module in modules]
    if any(
        inspect.isclass(value) and issubclass(value, User) and value.__module__ == space["__name__"]
        for space in namespaces
        for value in space.values()
    ):
        return TestFileError(
            f"{shown} {verb} only abstract user classes", hint="Remove: abstract = True"
        )
    if any(
        name.startswith("test_") and inspect.isfunction(value)
        for space in namespaces
        for name, value in space.items()
    ):
        return TestFileError(
            f"{shown} {verb} test_* functions but no user class, and no plugin runs these",
            hint="pip install swarm-http, which runs those that take `session` or `fastsession`",
        )
    return TestFileError(
        f"{shown} {verb} no user class",
        hint="A test needs a class that inherits from User or from a protocol's, such as HttpUser.",
    )
