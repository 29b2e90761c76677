"""The plugins of one process, and what they contribute to a run."""

import copy
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from swarm.core.exception import SwarmError
from swarm.core.plugins.contract import (
    AttachesToEnvironment,
    CollectsUsers,
    Command,
    ExtendsWebUI,
    OffersCommands,
    OffersOptions,
    OffersReporters,
    Plugin,
)
from swarm.core.plugins.member import LEFT_OUT, Member, Row, Status

if TYPE_CHECKING:
    import argparse

    from swarm.core.env import Environment
    from swarm.core.reporting import Reporter
    from swarm.core.user import User

logger = logging.getLogger("swarm.plugins")

Result = TypeVar("Result")


class PluginSet:
    """What `load` returns.

    Whatever a plugin raises here stays with it: one that was named ends the run with a
    `PluginError`, another is left out from then on and the run goes on. A `SwarmError`
    passes, for with it a plugin tells the user what is wrong with the user's options.

    Args:
        members: What became of every plugin.
        strict: Whether a failure of a named one raises.
    """

    def __init__(self, members: Iterable[Member] = (), *, strict: bool = True) -> None:
        self._members = list(members)
        self._strict = strict

    @property
    def plugins(self) -> list[Plugin]:
        """The plugin objects that are loaded."""
        return [member.plugin for member in self._members if member.plugin is not None]

    def report(self) -> list[Row]:
        """Return one row for every plugin that is installed or was named, by name."""
        return sorted((member.as_row() for member in self._members), key=lambda row: row.name)

    def versions(self) -> dict[str, str]:
        """Return name and version of the plugins that are loaded, for nodes to compare."""
        rows = [member.as_row() for member in self._members if member.plugin is not None]
        return {row.name: row.version for row in rows}

    def warnings(self) -> list[str]:
        """Return one line for every plugin that is left out though nobody said so."""
        return [
            f"The plugin {member.title} is left out: it {member.error}. "
            f"More with `swarm plugins`; --plugins selects without it."
            for member in self.left_out()
        ]

    def add_options(self, parser: "argparse.ArgumentParser") -> None:
        """Let the plugins add their command-line options to `parser`.

        Raises:
            PluginError: If a named one cannot, for example since the option exists.
        """
        # On a copy first: of a plugin that fails halfway, no option must remain. As every
        # plugin adds to the real one before the next is tried, clashes between them show.
        for member, problems in self._each(
            OffersOptions, "adding its options", partial(_rehearse, parser)
        ):
            if problems:
                self._drop(member, f"adds an option that cannot be had: {problems[0]}")
            else:
                cast("OffersOptions", member.plugin).add_options(parser)

    def attach(self, environment: "Environment") -> Callable[[], None]:
        """Attach the plugins to the environment of a run.

        Returns:
            What detaches them all, the last first. What a plugin raises there is logged.

        Raises:
            PluginError: If a named one cannot; those attached before it are detached.
        """
        attached = ExitStack()
        try:
            for member, detach in self._each(
                AttachesToEnvironment,
                "attaching to the run",
                lambda plugin: plugin.attach(environment),
            ):
                if detach is not None:
                    attached.callback(_detach, member, detach)
        except BaseException:
            attached.close()
            raise
        return attached.close

    def reporters(self, environment: "Environment") -> "list[Reporter]":
        """Return the reporters that the plugins offer for a run.

        Raises:
            PluginError: If a named one fails.
        """
        offered = self._each(
            OffersReporters,
            "making its reporters",
            lambda plugin: list(plugin.reporters(environment)),
        )
        return [reporter for _, reporters in offered for reporter in reporters]

    def commands(self, taken: Iterable[str] = ()) -> dict[str, Command]:
        """Return the subcommands that the plugins offer, by name.

        Args:
            taken: Names that are not to be had.

        Raises:
            PluginError: If a named one fails or offers a name that is taken.
        """
        found: dict[str, Command] = {}
        for member, commands in self._each(
            OffersCommands, "offering its commands", lambda plugin: dict(plugin.commands())
        ):
            clashes = commands.keys() & {*taken, *found}
            if clashes:
                names = ", ".join(sorted(clashes))
                self._drop(member, f"offers a command that exists already: {names}")
            else:
                found.update(commands)
        return found

    def extend_web(self, web_ui: Any) -> None:
        """Let the plugins change the web UI.

        Raises:
            PluginError: If a named one fails.
        """
        for _ in self._each(
            ExtendsWebUI, "extending the web UI", lambda plugin: plugin.extend_web(web_ui)
        ):
            pass

    def collect_users(self, module: ModuleType, path: Path) -> "list[type[User]]":
        """Return the user classes that plugins find in a test file that defines none.

        Args:
            module: The test file, imported.
            path: Where it lies.

        Raises:
            PluginError: If a named one fails.
        """
        found = self._each(
            CollectsUsers,
            f"looking for users in {path}",
            lambda plugin: plugin.collect_users(module, path),
        )
        return [user for _, users in found for user in users]

    def usable(self) -> list[Member]:
        """Return the plugins that are selected and in order."""
        return [member for member in self._members if member.is_usable]

    def left_out(self) -> list[Member]:
        """Return the plugins that were selected and cannot be had."""
        return [member for member in self._members if member.status in LEFT_OUT]

    def give_up(self, member: Member, cause: BaseException | None = None) -> None:
        """End the run if `member`, which is left out, must not be missing.

        Raises:
            PluginError: If it was named or is the core's own.
        """
        if self._strict and (member.origin or member.offer.is_core):
            raise member.as_error() from cause

    def break_off(self, member: Member, error: str, cause: BaseException | None = None) -> None:
        """Leave `member` out because it is broken.

        Raises:
            PluginError: If it was named or is the core's own.
        """
        hint = f"pip install --upgrade --force-reinstall {member.offer.distribution}"
        member.leave_out(Status.BROKEN, error, hint)
        self.give_up(member, cause)

    def _each(
        self, capability: type, doing: str, call: Callable[[Any], Result]
    ) -> Iterator[tuple[Member, Result]]:
        """Call every plugin that has the capability; yield what comes of those that cope."""
        for member in self._members:
            if not isinstance(member.plugin, capability):
                continue
            try:
                result = call(member.plugin)
            except SwarmError:
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins raise what they like
                self._drop(member, f"failed when {doing}: {describe(error)}", cause=error)
            else:
                yield member, result

    def _drop(self, member: Member, error: str, cause: BaseException | None = None) -> None:
        self.break_off(member, error, cause)
        logger.warning("The plugin %s is left out: it %s", member.title, error)
        logger.debug("The plugin %s raised", member.title, exc_info=cause)


def _rehearse(parser: "argparse.ArgumentParser", plugin: OffersOptions) -> list[str]:
    """Add options to a copy of `parser` and return what swarm's own parser finds wrong.

    A plain argparse parser raises instead.
    """
    rehearsal = copy.deepcopy(parser)
    before = len(getattr(rehearsal, "problems", ()))
    plugin.add_options(rehearsal)
    return list(getattr(rehearsal, "problems", ()))[before:]


def describe(error: BaseException) -> str:
    """Return what was raised, in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _detach(member: Member, detach: Callable[[], None]) -> None:
    try:
        detach()
    except (Exception, SystemExit):
        logger.exception("The plugin %s failed when detaching from the run", member.title)
