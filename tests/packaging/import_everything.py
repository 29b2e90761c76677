"""Import every module of swarm where only its wheels are installed.

A script and no test: the environment it runs in has no pytest. Run by `nox -s packaging`.
"""

import importlib
import importlib.metadata
import pkgutil
import sys
import warnings

warnings.simplefilter("error")

import swarm.core  # noqa: E402 - warnings of its imports count


def main() -> int:
    """Import all modules but plugins of pytest; return how many failed."""
    others = {each.value for each in importlib.metadata.entry_points(group="pytest11")}
    modules = [each.name for each in pkgutil.walk_packages(swarm.__path__, "swarm.")]
    failures = {}
    for name in modules:
        if name in others or name.endswith("__main__"):
            continue
        try:
            importlib.import_module(name)
        except BaseException as error:
            failures[name] = f"{type(error).__name__}: {error}"
    for name, failure in failures.items():
        print(f"{name}: {failure}")
    print(f"{len(modules)} modules, {len(failures)} cannot be imported")
    return len(failures) or not modules


if __name__ == "__main__":
    if hasattr(swarm, "__file__") and swarm.__file__:
        sys.exit(f"{swarm.__file__} hides the namespace")
    sys.exit(main())
