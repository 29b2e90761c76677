"""Errors that responses carry."""

from copy import copy


def fresh(error: BaseException) -> BaseException:
    """Return a copy of an error that a response carries, for raising.

    Raised itself, it would carry a traceback, whose frames hold the response: a cycle,
    in which sockets stay open until the garbage collector comes by.
    """
    try:
        made = copy(error)
    except Exception:  # noqa: BLE001 - an exception of the test file's own may not be copied
        return error
    if error.__cause__ is not None:
        made.__cause__ = error.__cause__
    return made
