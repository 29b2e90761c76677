"""Which error texts are the same error: those that differ only in numbers and ids."""

import re
from hashlib import blake2b
from http import HTTPStatus

LONGEST_TEXT = 500
"""Characters of an error text that are kept."""

_VARIABLE = re.compile(
    r"""
      (?P<kept> \b(?: errno | exit\ code ) [ =:]* -?\d+ )
    | \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b          # uuid
    | \b0x[0-9a-f]+\b                                          # address of an object
    | \b(?= [a-f]*+\d )(?= \d*+[a-f] )[0-9a-f]{8,}+\b          # digest
    | \b(?= (?:[a-z_-]*+\d){3} )[\w-]{12,}+(?!\w)              # token with digits in it
    | '(?= [^'\d\s]*+\d )(?P<single> [^'\s]{1,200}+ )'         # quoted id
    | "(?= [^"\d\s]*+\d )(?P<double> [^"\s]{1,200}+ )"
    | (?P<number> (?<![\w.]) -?\d+(?:[.,:]\d+)*+ (?P<unit> \s?[a-z%]{1,12} )? )
    | \d+                                                      # inside a word
    """,
    re.IGNORECASE | re.VERBOSE,
)
_STATUSES = {str(status.value) for status in HTTPStatus} | {str(n) for n in range(520, 531)}
# "user 404 not found" is about a user, "got 404" is about a status.
_BEFORE_STATUS = re.compile(
    r"""
    (?: ^ | [:=(\[<]\s* | http/[\d.]+\s
      | \b(?: status | code | http | error | got | expected | returned | response
          | was | is | be | not | or )\W{0,3}
    )$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNITS = {
    "ns", "us", "ms", "s", "sec", "secs", "second", "seconds", "min", "minutes", "h",
    "b", "kb", "mb", "gb", "kib", "mib", "byte", "bytes", "%",
}  # fmt: skip


def shape(text: str) -> str:
    """Return the text with everything replaced that tends to differ from time to time.

    Numbers, hexadecimal ids, UUIDs, addresses and quoted ids become "#". An HTTP
    status or an errno stays, because it says what kind of error it is.
    """
    return _VARIABLE.sub(_replacement, text)


def error_key(method: str, name: str, text: str) -> str:
    """Return what identifies a kind of error, the same in every process."""
    identity = "\0".join((method, name, shape(text)))
    return blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _replacement(match: re.Match[str]) -> str:
    whole = match.group()
    if match["kept"]:
        return whole
    if (match["single"] or match["double"]) in _STATUSES:
        return whole
    if match["number"]:
        unit = match["unit"] or ""
        number = whole[: len(whole) - len(unit)]
        before = match.string[max(match.start() - 20, 0) : match.start()]
        if (
            number in _STATUSES
            and unit.strip().lower() not in _UNITS
            and _BEFORE_STATUS.search(before)
        ):
            return whole
        return "#" + unit
    return "#"


def error_text(error: object) -> str:
    """Return one line that says what went wrong.

    A text is taken as it is, an exception gives its type and its message. Only the
    text of `response.failure("...")` goes without a type: the test's author wrote it.
    """
    if isinstance(error, BaseException):
        kind = type(error).__name__
        try:
            message = str(error)
        except Exception:  # noqa: BLE001 - an exception that cannot be printed is still an error
            message = ""
        if not message:
            found = kind
        else:
            found = message if kind == "CatchResponseError" else f"{kind}: {message}"
    else:
        found = str(error)
    if len(found) > LONGEST_TEXT:
        found = found[:LONGEST_TEXT] + "…"
    return found if found.isprintable() else " ".join(found.split())
