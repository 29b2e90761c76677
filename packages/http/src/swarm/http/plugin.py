"""What swarm-http adds to swarm, beside its user classes."""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swarm.core.user import User


class HttpPlugin:
    """Makes users of the `test_*` functions in files that define no user class."""

    name = "http"
    api = 1

    def collect_users(self, module: ModuleType, path: Path) -> "Sequence[type[User]]":
        """Return a user class for each `test_*` function that takes a session.

        Args:
            module: A test file that defines no user class.
            path: Where it lies, for messages.

        Raises:
            TestFileError: If such a function takes anything but sessions.
        """
        from swarm.http.functions import users_of  # noqa: PLC0415 - loaded for such files only

        return users_of(module, path)


plugin = HttpPlugin()
