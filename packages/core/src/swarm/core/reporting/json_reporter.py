"""--json and --json-file: the final statistics for other programs."""

import json
import math
from pathlib import Path
from typing import TextIO

from swarm.core.reporting.document import final_document
from swarm.core.reporting.file import prepare, replace, unwritable
from swarm.core.reporting.view import RunSnapshot, RunView


class JsonReporter:
    """Writes the final statistics as one JSON object.

    Args:
        stream: Where to print them; None for nowhere.
        path: The file to keep them in; None for none. Folders are made.
    """

    interval = math.inf

    def __init__(self, *, stream: TextIO | None = None, path: str | Path | None = None) -> None:
        self._stream = stream
        self._path = None if path is None else Path(path)

    def start(self, run: RunView) -> None:
        """Make sure that the file can be written.

        Raises:
            ConfigError: If it cannot.
        """
        del run
        if self._path is not None:
            prepare(self._path, "--json-file")

    def feed(self, snapshot: RunSnapshot) -> None:
        """Do nothing: only the end matters."""

    def finish(self, snapshot: RunSnapshot) -> None:
        """Write the figures."""
        # Plain ASCII, so that no terminal or pipe can fail to encode a name.
        text = json.dumps(final_document(snapshot), indent=2) + "\n"
        if self._path is not None:
            replace(self._path, text)
        if self._stream is not None:
            try:
                self._stream.write(text)
                self._stream.flush()
            except OSError as error:
                raise unwritable(getattr(self._stream, "name", "stdout"), error) from error
