"""The runner of a coordinator: it plans the load and has workers run the users."""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gevent

import swarm.core.runners as settings
from swarm.core.clock import Clock
from swarm.core.dispatch import spread
from swarm.core.exception import RunnerError
from swarm.core.rpc import Message, Security, Server, UnsendableMessageError
from swarm.core.runners.base import Runner
from swarm.core.runners.health import GeneratorHealth
from swarm.core.runners.node import WorkerNode, corrected
from swarm.core.runners.options import options_for_workers
from swarm.core.runners.spawn_order import SpawnOrder
from swarm.core.runners.spawning import LoadRequest
from swarm.core.runners.state import ACTIVE, RunState
from swarm.core.runners.worker import version
from swarm.core.stats import StatsSnapshot

if TYPE_CHECKING:
    from swarm.core.env import Environment
    from swarm.core.user import User

logger = logging.getLogger("swarm.runners")

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PAUSE = 0.02
"""Seconds between two looks at what workers have said."""

_SEND_AGAIN = 5.0
"""Seconds after which a worker that has not confirmed its users is told again."""

_FOREIGN_LIMIT = 10.0
"""Seconds that the end of a ramp waits for foreign workers to confirm their users."""

_LOG_LINES = 1000
"""Log lines that are kept of each worker."""


class MasterRunner(Runner):
    """Plans the load and has workers run the users.

    Args:
        environment: The run.
        master_bind_host: The address to listen at; "*" for all of this machine.
        master_bind_port: The port; 0 for any free one.
        security: How workers are recognised; None is insecure on loopback and makes a
            new secret otherwise.
        test_files: Returns the test files for workers that ask.
        plugins: Names and versions of the plugins, to compare with those of workers.
        clock: Where time comes from.

    Raises:
        RunnerError: If the address cannot be listened at.
    """

    def __init__(
        self,
        environment: "Environment",
        master_bind_host: str,
        master_bind_port: int,
        *,
        security: Security | None = None,
        test_files: Callable[[], Sequence[Any]] | None = None,
        plugins: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        if security is None:
            is_open = master_bind_host not in _LOOPBACK
            security = Security.generate() if is_open else Security.insecure()
        self.security = security
        """How workers are recognised."""
        self.clients: dict[str, WorkerNode] = {}
        """The workers by node id, missing ones included."""
        self._server = Server(master_bind_host, master_bind_port, security)
        self._test_files = test_files
        self._plugins = dict(plugins or {})
        self._indexes: dict[str, int] = {}
        self._counted: dict[str, int] = {}
        self._planned: dict[str, int] = {}
        # Later than those of a coordinator that was here before, whose reports may yet come.
        self._epoch = time.time_ns() // 1_000_000
        self._ramp = 0
        self._stamp = 0.0
        self._distributed = 0.0
        self._leaving = False
        self._receivers: dict[str, Callable[[WorkerNode, Any], None]] = {
            "heartbeat": self._on_heartbeat,
            "hello": self._on_hello,
            "spawning": self._on_spawning,
            "spawning_complete": self._on_spawning_complete,
            "stats": self._on_stats,
            "exception": self._on_exception,
            "logs": self._on_logs,
            "client_stopped": self._on_client_stopped,
            "stop_test": self._on_stop_test,
            "quit": self._on_quit,
        }
        try:
            super().__init__(environment, clock)
        except BaseException:
            self._server.close()
            raise

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return self._server.port

    @property
    def dropped(self) -> int:
        """How many messages were dropped, as malformed or of no use."""
        return self._server.dropped

    @property
    def worker_count(self) -> int:
        """How many workers there are, without those that are missing."""
        return len(self._connected())

    @property
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class run, as the workers have said last."""
        counts: Counter[str] = Counter(dict.fromkeys(self._class_names, 0))
        for node in self._connected():
            counts.update(node.counts)
        return dict(counts)

    @property
    def health(self) -> GeneratorHealth:
        """Whether coordinator and workers kept up: the worst of all."""
        own = super().health
        return own.with_worst_of(node.health for node in self.clients.values())

    def wait_for_workers(self, number: int, timeout: float | None = None) -> bool:
        """Wait until there are so many workers.

        Args:
            number: How many.
            timeout: Seconds to wait at most; None or 0 for as long as it takes.

        Returns:
            Whether they are there.
        """
        deadline = time.monotonic() + timeout if timeout else None
        while self.worker_count < number:
            if self.closed or (deadline is not None and time.monotonic() > deadline):
                return False
            gevent.sleep(_PAUSE)
        return True

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """Send a message to the workers.

        Args:
            msg_type: What the workers have registered a listener for.
            data: What to tell them, made of plain values.
            client_id: The worker to send to; None for all.

        Raises:
            RunnerError: If the data cannot travel, or there is no such worker.
        """
        if client_id is not None and client_id not in self.clients:
            raise RunnerError(f"There is no worker {client_id}.", hint="See runner.clients.")
        for node_id in [client_id] if client_id is not None else list(self.clients):
            try:
                self._server.send(msg_type, data, node_id)
            except UnsendableMessageError as error:
                raise RunnerError(str(error), hint="Send plain values only.") from error

    # The course of a run.

    def _open(self) -> None:
        if not self.closed:
            return
        if self._server.closed:
            raise RunnerError("This coordinator has quit.", hint="Create another runner.")
        super()._open()
        self.greenlet.spawn(self._receive)
        self.greenlet.spawn(self._watch)

    def _prepare(self, classes: list[type["User"]]) -> None:
        del classes
        if not self._connected():
            raise RunnerError(
                "There are no workers yet.",
                hint="Start some with --worker, or wait for them with --expect-workers.",
            )

    def _begin(self) -> None:
        self._epoch += 1
        self._planned = {}
        for node in self.clients.values():
            node.cpu_warned = False
            node.health = GeneratorHealth()
        super()._begin()

    def _accept(self, request: LoadRequest) -> None:
        self._ramp += 1
        self._distributed = 0.0
        super()._accept(request)

    def _present(self) -> dict[str, int]:
        return dict(self._planned)

    def _deploy(self, counts: Mapping[str, int], wanted: Callable[[], bool]) -> None:
        self._planned = {name: count for name, count in counts.items() if count}
        target = {name: n for name, n in self.target_user_classes_count.items() if n}
        is_last = self._planned == target
        if is_last or time.monotonic() - self._distributed >= settings.SPAWN_INTERVAL:
            self._distribute()
        if is_last:
            self._wait_until(
                lambda: not wanted() or not self._unconfirmed(),
                math.inf,
            )

    def _unconfirmed(self) -> list[WorkerNode]:
        return [node for node in self._connected() if node.is_confirming(_FOREIGN_LIMIT)]

    def _complete(self) -> None:
        told: Counter[str] = Counter()
        for node in self._connected():
            told.update(node.assigned)
        if self.is_active and dict(+told) != self._planned:
            self._distribute()  # a dispatcher of the user's own has ended elsewhere
        if self.is_active and self.environment.reset_stats and self._growing:
            self._epoch += 1
        super()._complete()
        if self.is_active:
            data = {"user_count": sum(self._planned.values()), "epoch": self._epoch}
            self._broadcast("spawning_complete", data)

    def _withdraw(self) -> None:
        self._planned = {}
        told = self._connected()
        for node in told:
            node.order, node.assigned, node.stopped_at = None, {}, None
            self._server.send("stop", None, node.id)
        limit = (self.environment.stop_timeout or 0.0) + settings.STOP_LIMIT

        def waited_for() -> list[WorkerNode]:
            return [
                node
                for node in told
                if not node.is_done(2 * settings.REPORT_INTERVAL)
                and not node.is_missing
                and node.id in self.clients
            ]

        if not self._wait_until(lambda: not waited_for(), limit):
            names = ", ".join(node.id for node in waited_for())
            logger.warning("These workers have not stopped after %g s: %s", limit, names)

    def _close(self) -> None:
        if self.closed or self._leaving:
            return
        self._leaving = True
        self._broadcast("quit", None)
        self._wait_until(lambda: not self._connected(), settings.QUIT_LIMIT)
        super()._close()
        self._server.close()

    def _is_user(self, greenlet: object) -> bool:
        del greenlet
        return False

    def _wait_until(self, condition: Callable[[], bool], limit: float) -> bool:
        deadline = time.monotonic() + limit
        while not condition():
            if time.monotonic() > deadline:
                return False
            gevent.sleep(_PAUSE)
        return True

    # Sharing the users out.

    def _connected(self) -> list[WorkerNode]:
        nodes = [node for node in self.clients.values() if not node.is_missing]
        return sorted(nodes, key=lambda node: node.index)

    def _distribute(self) -> None:
        """Tell every worker its share of the users there are to be now."""
        nodes = self._connected()
        if not nodes:
            return
        self._distributed = time.monotonic()
        present = {node.id: node.assigned for node in nodes}
        for node_id, share in spread(self._planned, list(present), present).items():
            self._assign(self.clients[node_id], share)

    def _redistribute(self) -> None:
        """Share out anew, since there are other workers than before."""
        if self.is_active and not self._announcing:
            self._distribute()

    def _assign(self, node: WorkerNode, share: Mapping[str, int]) -> None:
        environment = self.environment
        # Also later than the last one if the clock was set back meanwhile.
        self._stamp = max(time.time(), self._stamp + 1e-6)
        node.assigned, node.stopped_at = dict(share), None
        node.order = SpawnOrder(
            self._stamp,
            {name: share.get(name, 0) for name in self._class_names},
            environment.host,
            environment.stop_timeout,
            options_for_workers(environment.parsed_options),
            self._epoch,
            self._ramp,
        )
        node.ordered = time.monotonic()
        self._server.send("spawn", node.order.to_dict(), node.id)

    def _broadcast(self, kind: str, data: Any) -> None:
        for node in self._connected():
            self._server.send(kind, data, node.id)

    # Watching the workers.

    def _watch(self) -> None:
        while True:
            gevent.sleep(settings.HEARTBEAT_INTERVAL)
            now = time.monotonic()
            silence = settings.HEARTBEAT_INTERVAL * settings.HEARTBEAT_LIVENESS
            for node in list(self.clients.values()):
                if now - node.heard > silence + settings.FORGET_WORKER_AFTER:
                    self._lost(node, "is forgotten, as it has been missing for too long")
                elif now - node.heard > silence and not node.is_missing:
                    logger.warning("Worker %s is missing", node.id)
                    node.state = RunState.MISSING
                    self._redistribute()
                elif node.is_ours and node.order and now - node.ordered > _SEND_AGAIN:
                    self._assign(node, node.assigned)

    def _lost(self, node: WorkerNode, how: str) -> None:
        del self.clients[node.id]
        logger.info("Worker %s %s; there are %d", node.id, how, self.worker_count)
        if self.clients or not self.is_active:
            self._redistribute()
        else:
            self.fail("The test ends, as there are no workers left")

    # Messages of the workers.

    def _receive(self) -> None:
        while True:
            message = self._server.recv()
            try:
                self._take(message)
            except (ValueError, TypeError, AttributeError) as error:
                self._server.drop(f"a {message.type!r} message is malformed: {error}")
            except Exception:
                logger.exception("A %r message could not be taken", message.type)

    def _take(self, message: Message) -> None:
        node_id = message.node_id or ""
        if message.type == "client_ready":
            self._on_client_ready(node_id, message.data)
            return
        if message.type == "locustfile":
            self._on_test_files_wanted(node_id)
            return
        node = self.clients.get(node_id)
        if node is None:
            self._server.send("reconnect", None, node_id)
            return
        node.heard = time.monotonic()
        receiver = self._receivers.get(message.type)
        if receiver is not None:
            receiver(node, message.data)
        elif self._handlers.knows(message.type):
            self._handlers.deliver(message)
        else:
            self._server.drop(f"nobody handles the message {message.type!r}")

    def _on_client_ready(self, node_id: str, data: Any) -> None:
        if not data:
            logger.error("Worker %s is refused, as its version is too old to be told", node_id)
            return
        index = self._indexes.setdefault(node_id, len(self._indexes))
        node = self.clients.get(node_id)
        is_new = node is None
        if node is None:
            node = self.clients[node_id] = WorkerNode(node_id, index, str(data))
        node.heard = time.monotonic()
        if node.state not in ACTIVE:
            node.state = RunState.READY
        self._server.send("ack", {"index": index, "swarm": {"version": version()}}, node_id)
        if not is_new:
            return
        logger.info(
            "Worker %s (index %d) has joined; there are %d", node_id, index, len(self.clients)
        )
        self._fire(self.environment.events.worker_connect.fire, client_id=node_id)
        self._redistribute()

    def _on_hello(self, node: WorkerNode, data: Any) -> None:
        node.plugins = {str(name): str(found) for name, found in dict(data["plugins"]).items()}
        node.version = str(data["version"])
        if node.version != version():
            logger.warning(
                "Worker %s runs swarm-core %s, and this coordinator %s",
                node.id,
                node.version,
                version(),
            )
        node.is_ours = True
        different = sorted(set(node.plugins.items()) ^ set(self._plugins.items()))
        if different:
            names = ", ".join(sorted({name for name, _ in different}))
            logger.warning("Worker %s has other plugins, or other versions: %s", node.id, names)

    def _on_heartbeat(self, node: WorkerNode, data: Any) -> None:
        was_missing = node.is_missing
        node.state = RunState(data["state"])
        node.cpu_usage = float(data.get("current_cpu_usage") or 0.0)
        node.memory_usage = int(data.get("current_memory_usage") or 0)
        self._server.send("heartbeat", None, node.id)
        self._fire(
            self.environment.events.heartbeat_sent.fire, client_id=node.id, timestamp=time.time()
        )
        if was_missing:
            logger.info("Worker %s is back", node.id)
            self._redistribute()
        is_over = not self.is_active and not self.is_ending
        if is_over and node.state in ACTIVE and node.stopped_at is None:
            self._server.send("stop", None, node.id)  # it was missing when the run was ended
        self._warn_of_cpu(node)

    def _warn_of_cpu(self, node: WorkerNode) -> None:
        if node.cpu_usage <= settings.CPU_WARNING_THRESHOLD or node.cpu_warned:
            return
        if self.is_active:
            node.cpu_warned = True
            logger.warning(
                "CPU usage of worker %s is %.0f %%: response times are too high and rates too low",
                node.id,
                node.cpu_usage,
            )

    def _on_spawning(self, node: WorkerNode, _data: Any) -> None:
        if not node.is_missing:
            node.state = RunState.SPAWNING

    def _on_spawning_complete(self, node: WorkerNode, data: Any) -> None:
        node.take_counts(data["user_classes_count"])
        if not node.is_missing:
            node.state = RunState.RUNNING
        if node.order is not None and data.get("timestamp", self._stamp) >= node.order.timestamp:
            node.order = None

    def _on_stats(self, node: WorkerNode, data: Any) -> None:
        node.reported_at = time.monotonic()
        mark = data.get("swarm")
        mark = mark if isinstance(mark, Mapping) else {}
        number = mark.get("number")
        if isinstance(number, int):
            # It has arrived, whatever is in it. Sent again it would be no better.
            answer = {"number": number, "epoch": self._epoch}
            self._server.send("report_acknowledged", answer, node.id)
            if number <= self._counted.get(node.id, 0):
                return
            self._counted[node.id] = number
        if mark.get("epoch", self._epoch) == self._epoch:
            seconds = node.correction(mark.get("sent"), time.time())
            self.stats.merge(StatsSnapshot.from_dict(corrected(data, seconds)))
            for group in data.get("exceptions", ()):
                self._add_exception(node, group, group["count"])
            if "health" in data:
                node.health = GeneratorHealth(**data["health"])
        node.take_counts(data["user_classes_count"])
        self._fire(self.environment.events.worker_report.fire, client_id=node.id, data=data)

    def _on_exception(self, node: WorkerNode, data: Any) -> None:
        self._add_exception(node, data, 1)

    def _add_exception(self, node: WorkerNode, data: Any, count: int) -> None:
        self.exceptions.add(str(data["msg"]), str(data["traceback"]), node.id, count)

    def _on_logs(self, node: WorkerNode, data: Any) -> None:
        lines = self.environment.worker_logs.setdefault(node.id, [])
        lines.extend(str(line) for line in data["logs"])
        del lines[:-_LOG_LINES]

    def _on_client_stopped(self, node: WorkerNode, _data: Any) -> None:
        node.counts, node.stopped_at = {}, time.monotonic()
        node.state = RunState.READY

    def _on_stop_test(self, _node: WorkerNode, data: Any) -> None:
        self.stop_test(str(data["reason"]))

    def _on_quit(self, node: WorkerNode, _data: Any) -> None:
        self._lost(node, "has left")

    def _on_test_files_wanted(self, node_id: str) -> None:
        if self._test_files is None:
            answer: dict[str, Any] = {"error": "it hands none out"}
        else:
            answer = {"locustfiles": list(self._test_files())}
        self._server.send("locustfile", answer, node_id)
