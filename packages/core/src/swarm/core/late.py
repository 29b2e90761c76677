"""Resolving a name when it is needed, where a lower room offers what an upper one builds.

The environment's documented `create_local_runner()` must return a runner, but the
environment may not import the runners, which import it. Naming the class and
resolving it on the call keeps the import graph a tree.
"""

from importlib import import_module
from typing import Any


def resolve(path: str) -> Any:
    """Return the object that `path` ("package.module:name") names.

    Raises:
        ImportError: If there is no such module or name.
    """
    module_name, _, name = path.partition(":")
    module = import_module(module_name)
    try:
        return getattr(module, name)
    except AttributeError as error:
        raise ImportError(f"{module_name} has no {name}", name=module_name) from error
