"""Execute one block of documentation the way a reader would use it.

    python run_block.py FILE HOST

The file is loaded as a test file. If it defines users, one of each class runs against HOST
until it has been through its tasks for a moment; functions named test_* are loaded by the
plugins. Any failed request and any exception makes the exit code 1.
"""

import pathlib
import sys
import time
import types

import gevent

from swarm.core import Environment, LoadTestShape, User, events
from swarm.core.config import build_parser, parse_options

RUN_FOR = 0.4  # seconds
PATIENCE = 10.0  # seconds, for the first request


def load(path):
    namespace = {"__name__": path.stem, "__file__": str(path)}
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    return namespace


def of_kind(namespace, kind):
    return [
        value
        for value in namespace.values()
        if isinstance(value, type)
        and issubclass(value, kind)
        and value.__module__ == namespace["__name__"]
        and not value.__dict__.get("abstract", False)
    ]


def pytest_style(namespace, path):
    from swarm.http.plugin import plugin

    module = types.ModuleType(path.stem)
    module.__dict__.update(namespace)
    return list(plugin.collect_users(module, path))


def main(path, host):
    namespace = load(path)
    users = of_kind(namespace, User) or pytest_style(namespace, path)
    if not users:
        return 0
    options = parse_options([], environ={}, directory=path.parent, parser=build_parser(events))
    environment = Environment(user_classes=users, events=events, host=host, parsed_options=options)
    runner = environment.create_local_runner()
    for shape in of_kind(namespace, LoadTestShape):
        first = shape()
        first.runner = runner
        first.reset_time()
        if first.tick() is None:
            raise SystemExit(f"{shape.__name__} ends the test before it begins")
    events.init.fire(environment=environment, runner=runner, web_ui=None)
    runner.start(max(len(users), 1), spawn_rate=100)
    gevent.sleep(RUN_FOR)
    asks = "client." in path.read_text()
    deadline = time.monotonic() + PATIENCE
    while asks and not environment.stats.total.num_requests and time.monotonic() < deadline:
        gevent.sleep(0.05)
    runner.quit()
    runner.greenlet.join()
    problems = [f"{e.method} {e.name}: {e.error}" for e in environment.stats.errors.values()]
    problems += [str(e) for e in runner.exceptions]
    if asks and not environment.stats.total.num_requests:
        problems.append("no request was made")
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(pathlib.Path(sys.argv[1]), sys.argv[2]))
