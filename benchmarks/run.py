"""swarm beside its peer, on one machine, in one run: `nox -s bench`.

    python benchmarks/run.py --peer-python PATH [--quick] [--only rates,events] [--json FILE]

Client and server are each pinned to a core; the tools take turns, and what is compared
is the median of the rounds. Absolute figures depend on the machine, ratios hardly do.
"""

import argparse
import collections
import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import target
from rich.console import Console
from rich.table import Table

CASES = pathlib.Path(__file__).parent / "cases"
CLIENT_CORE = 0
MEMORY_USERS = 5000
COMMANDS = {"swarm": "swarm", "peer": "locust"}
MODULES = {"swarm": "swarm.core", "peer": "locust"}


@dataclasses.dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is swarm's advantage: above 1 swarm is ahead."""

    name: str
    swarm: float
    other: float
    unit: str
    target: float
    higher_is_better: bool = True
    against: str = "peer"

    @property
    def ratio(self) -> float:
        """How many times better swarm is."""
        a, b = (self.swarm, self.other) if self.higher_is_better else (self.other, self.swarm)
        return a / b if b else float("inf")

    @property
    def reached(self) -> bool:
        """Whether the ratio is what was asked for."""
        return self.ratio >= self.target


@dataclasses.dataclass(frozen=True)
class Bench:
    """What every measurement needs to know."""

    pythons: dict[str, str]
    folder: pathlib.Path
    rounds: int
    window: float

    def case(self, tool: str, script: str, *arguments: str) -> dict[str, float]:
        """Run a script of cases/ with a tool's interpreter; it prints a JSON object."""
        command = [self.pythons[tool], str(CASES / script), *arguments]
        run = subprocess.run(
            target.pinned(CLIENT_CORE, command), stdout=subprocess.PIPE, timeout=300, check=False
        )
        lines = run.stdout.decode().strip().splitlines()
        if not lines:
            raise SystemExit(f"{script} of the {tool} printed nothing (exit {run.returncode})")
        return dict(json.loads(lines[-1]))

    def rate(self, tool: str, user: str, users: int, port: int, warm_up: float = 2.0) -> dict:
        """Run the command of a tool headless with the common load file."""
        result = self.folder / "result.json"
        result.unlink(missing_ok=True)
        command = [
            *(self.pythons[tool], "-m", MODULES[tool]),
            *("-f", str(CASES / "rate.py"), "--headless", "--only-summary"),
            *("--host", f"http://127.0.0.1:{port}", "-u", str(users), "-r", str(users)),
            *("-t", str(int(warm_up + self.window + 1)), "--loglevel", "ERROR"),
        ]
        environment = os.environ | {
            "BENCH_USER": user,
            "BENCH_RESULT": str(result),
            "BENCH_WARM_UP": str(warm_up),
            "BENCH_WINDOW": str(self.window),
            "BENCH_STARTED": str(time.time()),
        }
        run = subprocess.run(
            target.pinned(CLIENT_CORE, command),
            env=environment,
            cwd=self.folder,
            capture_output=True,
            timeout=120,
            check=False,
        )
        if not result.exists():
            raise SystemExit(f"{tool} made no load:\n{run.stdout.decode()}{run.stderr.decode()}")
        outcome = json.loads(result.read_text())
        if outcome["failures"]:
            raise SystemExit(f"{outcome['failures']} requests of the {tool} failed")
        return dict(outcome)

    def in_turn(self, measure: Callable[[str], float], *tools: str) -> dict[str, float]:
        """Measure each tool once a round, in turn, and return the medians."""
        values = collections.defaultdict(list)
        for _ in range(self.rounds):
            for tool in tools:
                values[tool].append(measure(tool))
        return {tool: statistics.median(each) for tool, each in values.items()}


def rates(bench: Bench) -> Iterator[Figure]:
    """Requests per second of one core, for both kinds of HTTP users and the bare loop."""
    with target.serving(bench.folder) as port:
        for user, wanted in (("FastHttpUser", 3.5), ("HttpUser", 2.2)):
            for users in (10, 100):

                def measure(tool: str, user: str = user, users: int = users) -> float:
                    if tool == "bare":
                        arguments = (str(port), str(users), str(bench.window))
                        outcome = bench.case("swarm", "bare_loop.py", *arguments)
                    else:
                        outcome = bench.rate(tool, user, users, port)
                    return outcome["requests"] / outcome["seconds"]

                fast = user == "FastHttpUser"
                each = bench.in_turn(measure, "swarm", "peer", *(["bare"] if fast else []))
                name = f"{user}, {users} users"
                yield Figure(name, each["swarm"], each["peer"], "requests/s", wanted)
                if fast:
                    name = f"{user}, {users} users, beside bare sockets"
                    bare = each["bare"]
                    yield Figure(name, each["swarm"], bare, "requests/s", 0.5, against="loop")


def events(bench: Bench) -> Iterator[Figure]:
    """What a fired request event with its statistics costs."""
    each = bench.in_turn(
        lambda tool: bench.case(tool, "event_cost.py")["microseconds"], "swarm", "peer"
    )
    yield Figure(
        "request event with statistics",
        each["swarm"],
        each["peer"],
        "µs",
        1.0,
        higher_is_better=False,
    )


def memory(bench: Bench) -> Iterator[Figure]:
    """Memory and spawn time of 5 000 users."""
    with target.serving(bench.folder) as port:
        for user in ("User", "FastHttpUser", "HttpUser"):
            outcomes: dict[str, list[dict[str, float]]] = collections.defaultdict(list)

            def measure(tool: str, user: str = user, outcomes: dict = outcomes) -> float:
                arguments = (user, f"http://127.0.0.1:{port}", str(MEMORY_USERS))
                outcome = bench.case(tool, "memory.py", *arguments)
                outcomes[tool].append(outcome)
                return outcome["bytes_each"] / 1000

            each = bench.in_turn(measure, "swarm", "peer")
            label = f"{user}, {MEMORY_USERS} users"
            yield Figure(
                f"{label}: memory each",
                each["swarm"],
                each["peer"],
                "kB",
                1.0,
                higher_is_better=False,
            )
            spawn = {
                tool: statistics.median(o["spawn_seconds"] for o in outcomes[tool]) * 1000
                for tool in outcomes
            }
            yield Figure(
                f"{label}: spawned in",
                spawn["swarm"],
                spawn["peer"],
                "ms",
                1.0,
                higher_is_better=False,
            )


def start(bench: Bench) -> Iterator[Figure]:
    """`--version` and the time to the first request."""

    def version(tool: str) -> float:
        # The installed command, as people start it.
        script = pathlib.Path(bench.pythons[tool]).parent / COMMANDS[tool]
        started = time.perf_counter()
        subprocess.run([script, "--version"], check=True, stdout=subprocess.DEVNULL)
        return (time.perf_counter() - started) * 1000

    more = dataclasses.replace(bench, rounds=bench.rounds * 3, window=0.2)
    each = more.in_turn(version, "swarm", "peer")
    yield Figure("--version", each["swarm"], each["peer"], "ms", 1.0, higher_is_better=False)
    with target.serving(bench.folder) as port:
        for user in ("FastHttpUser", "HttpUser"):

            def first(tool: str, user: str = user) -> float:
                return more.rate(tool, user, 1, port, warm_up=0.3)["first_request"] * 1000

            each = more.in_turn(first, "swarm", "peer")
            name = f"{user}: time to first request"
            yield Figure(name, each["swarm"], each["peer"], "ms", 1.0, higher_is_better=False)


PARTS = {"rates": rates, "events": events, "memory": memory, "start": start}


def table(figures: list[Figure], peer_version: str) -> Table:
    title = f"swarm beside {peer_version}, Python {platform.python_version()}"
    shown = Table(title=title, title_justify="left")
    for heading in ("figure", "unit"):
        shown.add_column(heading)
    for heading in ("swarm", "beside", "ratio", "wanted"):
        shown.add_column(heading, justify="right")
    shown.add_column("")
    for f in figures:
        shown.add_row(
            f.name,
            f.unit,
            f"{f.swarm:,.2f}" if f.swarm < 100 else f"{f.swarm:,.0f}",
            (f"{f.other:,.2f}" if f.other < 100 else f"{f.other:,.0f}") + f" ({f.against})",
            f"{f.ratio:.2f}×",
            f"≥ {f.target:g}×",
            "[green]reached[/]" if f.reached else "[red]missed[/]",
        )
    return shown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", required=True, help="interpreter that has the peer")
    parser.add_argument("--quick", action="store_true", help="one short round: a smoke test")
    parser.add_argument("--only", help=f"comma list of {', '.join(PARTS)}", default=",".join(PARTS))
    parser.add_argument("--json", help="write the figures to this file", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="swarm-bench-") as folder:
        bench = Bench(
            pythons={"swarm": sys.executable, "peer": options.peer_python},
            folder=pathlib.Path(folder),
            rounds=1 if options.quick else 3,
            window=1.0 if options.quick else 4.0,
        )
        figures = []
        for part in options.only.split(","):
            for figure in PARTS[part](bench):
                figures.append(figure)
                print(
                    f"{figure.name}: {figure.swarm:.2f} {figure.unit}, {figure.ratio:.2f}×",
                    flush=True,
                )
    version = subprocess.run(
        [options.peer_python, "-m", "locust", "--version"], capture_output=True, check=True
    ).stdout.decode()
    Console(width=130).print(table(figures, " ".join(version.split()[:2])))
    if options.json:
        options.json.write_text(json.dumps([dataclasses.asdict(f) for f in figures], indent=2))
    return 0 if all(f.reached for f in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
