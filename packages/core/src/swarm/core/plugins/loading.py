"""Importing what was selected: hooks first, then plugin objects, then named user types."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import EntryPoint
from typing import Any

from swarm.core.plugins.contract import (
    API_VERSION,
    OLDEST_API_VERSION,
    PLUGINS,
    PREPARE,
    USERS,
    Plugin,
)
from swarm.core.plugins.discovery import Offer, discover
from swarm.core.plugins.hints import hint_for_plugin
from swarm.core.plugins.member import Member, Status
from swarm.core.plugins.pluginset import PluginSet, describe
from swarm.core.plugins.selection import ALL, OPTION, Selection
from swarm.core.plugins.timelimit import TimeLimitError, time_limit

PREPARE_LIMIT = 10.0
"""Seconds that a prepare hook may take."""


class _UnfitError(Exception):
    """An entry point was imported and is not what its group asks for."""

    def __init__(self, error: str, hint: str, status: Status = Status.BROKEN) -> None:
        super().__init__(error)
        self.error, self.hint, self.status = error, hint, status


def load(
    selection: Selection = ALL,
    *,
    offers: Sequence[Offer] | None = None,
    strict: bool = True,
    all_user_types: bool = False,
    prepare_limit: float = PREPARE_LIMIT,
) -> PluginSet:
    """Run the prepare hooks of the selected plugins and import their objects.

    A user type is imported if it was named itself, to fail before the run begins; others
    when the test file asks for them, since a run pays for what it uses.

    Args:
        selection: What `select` found.
        offers: What is installed; found out if left out.
        strict: Whether a named plugin that is missing, broken or incompatible raises.
            If not, it is left out like one that nobody named, for reports.
        all_user_types: Whether to import the user types nobody named too, for reports.
        prepare_limit: Seconds that each prepare hook may take.

    Raises:
        PluginError: If a plugin that was named cannot be had.
    """
    members = _choose(selection, discover() if offers is None else offers)
    plugins = PluginSet(members, strict=strict)
    for member in plugins.left_out():
        plugins.give_up(member)
    for member in plugins.usable():
        _attempt(plugins, member, PREPARE, partial(_run, prepare_limit))
    for member in plugins.usable():
        _attempt(plugins, member, PLUGINS, partial(_adopt, member))
    for member in plugins.usable():
        if member.is_exact or all_user_types:
            _attempt(plugins, member, USERS, partial(_adopt_user, member))
    for member in plugins.usable():
        member.status = Status.LOADED
    return plugins


def _choose(selection: Selection, offers: Sequence[Offer]) -> list[Member]:
    members = []
    for offer in offers:
        origin = selection.origin if selection.names_of(offer) else ""
        member = Member(offer, origin, is_exact=selection.names_exactly(offer))
        if not selection.admits(offer, offers):
            member.status = Status.NOT_SELECTED
        members.append(member)
    _refuse_duplicates([member for member in members if member.is_usable])
    for name in selection.names or ():
        if not any(name in selection.names_of(offer) for offer in offers):
            missing = Member(Offer(name, ""), selection.origin, is_exact=True)
            missing.leave_out(Status.MISSING, "is not installed", hint_for_plugin(name))
            members.append(missing)
    return members


def _refuse_duplicates(members: Sequence[Member]) -> None:
    """Leave out what two distributions offer under one name: there is no right guess.

    The core's own stay; others cannot take their names.
    """
    for member in members:
        rivals = [each for each in members if each.offer.name == member.offer.name]
        if len(rivals) == 1 or member.offer.is_core:
            continue
        others = ", ".join(each.offer.distribution for each in rivals if each is not member)
        hint = f"Uninstall one, or select by distribution: {OPTION} {member.offer.distribution}"
        if any(each.offer.is_core for each in rivals):
            hint = "Its author has to give it a name that the core does not use."
        member.leave_out(Status.DUPLICATE, f"is offered by {others} too", hint)


def _attempt(plugins: PluginSet, member: Member, group: str, use: Callable[[Any], None]) -> None:
    """Import the part of `member` in `group`, if it has one, and use it."""
    entry_point = member.offer.parts.get(group)
    if entry_point is None:
        return
    try:
        use(_import(entry_point))
    except _UnfitError as unfit:
        member.leave_out(unfit.status, unfit.error, unfit.hint)
        plugins.give_up(member, cause=unfit)
    except TimeLimitError as error:
        hung = f"hangs in its prepare hook {entry_point.value}, which was {error}"
        plugins.break_off(member, hung, cause=error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins raise what they like
        failed = "failed in its prepare hook" if group == PREPARE else "cannot be imported"
        plugins.break_off(member, f"{failed}: {describe(error)}", cause=error)


def _import(entry_point: EntryPoint) -> Any:
    """Import what an entry point names, with stevedore but around its traps.

    stevedore looks entry points up in a cache that it keeps in the user's home, without
    their distributions, and lets the last of two win. It gets the one that was chosen
    instead, so that it neither reads nor writes there. Every error comes out as it was.
    """
    from stevedore.named import NamedExtensionManager  # noqa: PLC0415 - not needed to list

    class Chosen(NamedExtensionManager):  # type: ignore[type-arg]  # not generic in older ones
        def list_entry_points(self) -> list[EntryPoint]:
            return [entry_point]

    manager = Chosen(
        entry_point.group,
        [entry_point.name],
        on_load_failure_callback=_reraise,
        on_missing_entrypoints_callback=None,
    )
    return manager.extensions[0].plugin


def _reraise(_manager: object, _entry_point: EntryPoint, error: BaseException) -> None:
    raise error


def _run(limit: float, hook: Any) -> None:
    if not callable(hook):
        raise _UnfitError(f"has a prepare hook that cannot be called: {hook!r}", "Tell its author.")
    with time_limit(limit):
        hook()


def _adopt(member: Member, plugin: Any) -> None:
    """Take the plugin object if it satisfies the contract."""
    offer = member.offer
    if isinstance(plugin, type):
        raise _UnfitError(
            f"registers the class {plugin.__name__} where an object is needed",
            f"In its pyproject.toml, name an instance of {plugin.__name__}.",
        )
    if not isinstance(plugin, Plugin) or type(plugin.api) is not int:
        raise _UnfitError(
            f"registers {type(plugin).__name__}, which lacks `name: str` or `api: int`",
            "Every plugin object has both; see swarm.core.plugins.contract.",
        )
    if plugin.name != offer.name:
        raise _UnfitError(
            f"calls itself {plugin.name!r}, which is not the name of its entry point",
            "Give both the same name.",
        )
    if not OLDEST_API_VERSION <= plugin.api <= API_VERSION:
        newer = plugin.api > API_VERSION
        raise _UnfitError(
            f"is written for plugin API {plugin.api}, but this swarm-core has API {API_VERSION}",
            f"pip install --upgrade {'swarm-core' if newer else offer.distribution}",
            Status.INCOMPATIBLE,
        )
    member.plugin = plugin


def _adopt_user(member: Member, user_type: Any) -> None:
    """Take the user class if it is one."""
    from swarm.core.user import User  # noqa: PLC0415 - only a run with named plugins needs it

    if not (isinstance(user_type, type) and issubclass(user_type, User)):
        raise _UnfitError(
            f"registers {user_type!r} as a user type, which is no subclass of User",
            "Tell its author.",
        )
    member.user_type = user_type
