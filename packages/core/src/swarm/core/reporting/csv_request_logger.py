"""A line of CSV for every single request, for analysis after the run."""

import csv
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from swarm.core.exception import ConfigError
from swarm.core.reporting.file import rewrite, unwritable
from swarm.core.stats.grouping import error_text

if TYPE_CHECKING:
    from swarm.core.env import Environment

COLUMNS = (
    "timestamp", "request_type", "name", "response_time_ms", "response_length", "status_code",
    "exception",
)  # fmt: skip


class CsvRequestLogger:
    """Listens to the `request` event and writes a row for every request.

    The timestamp is when the request began, in epoch seconds. The file is closed when
    the environment quits.

    Args:
        filepath: The file, in a folder that exists. It is overwritten when a run starts.
        flush_interval: Rows until they are handed to the operating system, which keeps
            them if the process dies. 1 is the safest, more is quicker.

    Raises:
        ConfigError: If `flush_interval` is no number of rows.

    Example:
        logger = CsvRequestLogger("results/requests.csv", flush_interval=100)

        @events.init.add_listener
        def on_init(environment, **kwargs):
            logger.register(environment)
    """

    def __init__(self, filepath: str | Path, *, flush_interval: int = 1) -> None:
        if flush_interval < 1:
            raise ConfigError(
                f"flush_interval is a number of rows, not {flush_interval!r}",
                hint="Give 1 to write every row at once, or for example 100.",
            )
        self._path = Path(filepath)
        self._flush_interval = flush_interval
        self._environments: list[Environment] = []
        self._file: TextIO | None = None
        self._writer: Any = None
        self._written = 0

    def register(self, environment: "Environment") -> None:
        """Open the file and write the requests of this environment from now on.

        Raises:
            ConfigError: If the file cannot be written.
        """
        if environment in self._environments:
            return
        self._open()
        self._environments.append(environment)
        environment.events.request.add_listener(self._on_request)
        environment.events.test_start.add_listener(self._on_test_start)
        environment.events.quitting.add_listener(self._on_quitting)

    def close(self) -> None:
        """Write what is left, close the file and listen no more. May be called twice."""
        environments, self._environments = self._environments, []
        for environment in environments:
            environment.events.request.remove_listener(self._on_request)
            environment.events.test_start.remove_listener(self._on_test_start)
            environment.events.quitting.remove_listener(self._on_quitting)
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> None:
        if self._file is not None:
            return
        try:
            self._file = rewrite(self._path)
        except (OSError, ValueError) as error:
            hint = "CsvRequestLogger needs a folder that exists and may be written to."
            raise unwritable(self._path, error, hint) from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._begin()

    def _begin(self) -> None:
        self._writer.writerow(COLUMNS)
        self._written = 0
        if self._file is not None:
            self._file.flush()

    def _on_test_start(self, **_kwargs: Any) -> None:
        if self._file is not None and self._written:
            self._file.seek(0)
            self._file.truncate()
            self._begin()

    def _on_quitting(self, **_kwargs: Any) -> None:
        self.close()

    def _on_request(
        self,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int | None = 0,
        exception: BaseException | None = None,
        response: Any = None,
        start_time: float | None = None,
        **_kwargs: Any,
    ) -> None:
        if self._file is None:
            return
        if start_time is None:
            start_time = time.time() - (response_time or 0.0) / 1000
        self._writer.writerow(
            (
                f"{start_time:.6f}",
                request_type,
                name,
                "" if response_time is None else response_time,
                response_length,
                getattr(response, "status_code", ""),
                "" if exception is None else error_text(exception),
            )
        )
        self._written += 1
        if self._written % self._flush_interval == 0:
            self._file.flush()
