"""Small helpers for messages that people read."""

from collections.abc import Iterable
from difflib import get_close_matches

_MINIMUM_PREFIX = 3
_PLAIN = str.maketrans({"─": "-", "━": "#", "╌": ".", "…": "~"})


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `word` was probably meant to be, or None.

    A candidate that begins with `word` counts as close, because people abbreviate.
    The dashes of options make nothing alike.
    """
    known = sorted(set(candidates))
    bare = {candidate.lower().lstrip("-"): candidate for candidate in reversed(known)}
    matches = get_close_matches(word.lower().lstrip("-"), bare, n=1, cutoff=0.6)
    if matches:
        return bare[matches[0]]
    if len(word.strip("-")) < _MINIMUM_PREFIX:
        return None
    beginning = [candidate for candidate in known if candidate.lower().startswith(word.lower())]
    return beginning[0] if beginning else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return "Did you mean X?", or "" if nothing is close to `word`."""
    match = closest(word, candidates)
    return f"Did you mean {match}?" if match else ""


def encodable(text: str, encoding: str | None) -> str:
    """Return the text with what `encoding` lacks replaced, character by character.

    Lines and ellipses become what they look like, the rest question marks, so that
    columns stay aligned. None is for streams that take every text.
    """
    if encoding is None or text.isascii():
        return text
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    except LookupError:  # nobody knows this encoding
        return text
    return text


def counted(number: int, thing: str) -> str:
    """Return a number with what it counts: "1 user", "2 users"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def join(words: Iterable[str], last: str = "and") -> str:
    """Return `words` as people write a list: "a, b and c"."""
    *rest, final = list(words) or [""]
    return f"{', '.join(rest)} {last} {final}" if rest else final
