"""Undoing Content-Encoding: gzip, deflate, br, and zstd where there is a library for it."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import brotli

from swarm.http.transport.error import BodyDecodeError


class Decoder(Protocol):
    """Undoes one encoding, piece by piece."""

    def decode(self, data: bytes) -> bytes:
        """Return what `data` adds to the decoded body."""
        ...

    def finish(self) -> bytes:
        """Return the rest. Raises an exception if the body is cut short."""
        ...


class _Gzip:
    """gzip, also in several members."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._fed = False

    def decode(self, data: bytes) -> bytes:
        out = b""
        while data:
            if self._inflater.eof:
                if not data.strip(b"\0"):  # padding after the last member
                    return out
                self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
            self._fed = True
            out += self._inflater.decompress(data)
            data = self._inflater.unused_data
        return out

    def finish(self) -> bytes:
        if self._fed and not self._inflater.eof:
            raise EOFError("it is cut short")
        return b""


class _Deflate:
    """deflate: with the zlib header that the standard wants, or without it as some servers do."""

    def __init__(self) -> None:
        self._inflater: Any = None

    def decode(self, data: bytes) -> bytes:
        if self._inflater is None:
            if not data:
                return b""
            raw = data[0] & 0x0F != zlib.DEFLATED
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
        return bytes(self._inflater.decompress(data))

    def finish(self) -> bytes:
        if self._inflater is not None and not self._inflater.eof:
            raise EOFError("it is cut short")
        return b""


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self._fed = False

    def decode(self, data: bytes) -> bytes:
        self._fed = self._fed or bool(data)
        return bytes(self._decompressor.process(data))

    def finish(self) -> bytes:
        if self._fed and not self._decompressor.is_finished():
            raise EOFError("it is cut short")
        return b""


class _Zstandard:
    """zstd, in any number of frames."""

    def __init__(self) -> None:
        self._make: Callable[[], Any] = _zstd_factory()
        self._frame: Any = None

    def decode(self, data: bytes) -> bytes:
        out = b""
        while data:
            if self._frame is None or self._frame.eof:
                self._frame = self._make()
            out += self._frame.decompress(data)
            data = self._frame.unused_data
        return out

    def finish(self) -> bytes:
        if self._frame is not None and not self._frame.eof:
            raise EOFError("it is cut short")
        return b""


def _zstd_factory() -> Callable[[], Any]:
    if find_spec("compression") is not None:  # Python 3.14 and later
        return import_module("compression.zstd").ZstdDecompressor  # type: ignore[no-any-return]
    module = import_module("zstandard")
    return lambda: module.ZstdDecompressor().decompressobj()


@lru_cache(maxsize=1)
def zstd_available() -> bool:
    """Tell whether zstd bodies can be decoded: Python 3.14, or `swarm-http[zstd]`."""
    return find_spec("compression") is not None or find_spec("zstandard") is not None


@lru_cache(maxsize=1)
def accepted_encodings() -> str:
    """Return the value of Accept-Encoding: everything that can be decoded here."""
    return "gzip, deflate, br" + (", zstd" if zstd_available() else "")


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstandard,
}


def decoded(pieces: Iterable[bytes], encoding: str | None) -> Iterator[bytes]:
    """Yield the pieces of a body with its encoding undone.

    Args:
        pieces: The body as it came.
        encoding: The value of Content-Encoding; None if there is nothing to undo.

    Raises:
        BodyDecodeError: If the encoding is unknown, or the body is not so encoded.
    """
    if encoding is None:
        yield from pieces
        return
    names = [name.strip() for name in encoding.lower().split(",") if name.strip() != "identity"]
    for name in reversed(names):  # the encoding that was applied last is undone first
        pieces = _undo(pieces, name)
    yield from pieces


def _undo(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    make = _DECODERS.get(name)
    if make is None:
        raise BodyDecodeError(f"The body comes with the unknown Content-Encoding {name!r}.")
    try:
        decoder = make()
    except ImportError as error:
        raise BodyDecodeError(
            "The body is encoded with zstd. To decode it: pip install 'swarm-http[zstd]'"
        ) from error
    for piece in pieces:
        if out := _guarded(name, decoder.decode, piece):
            yield out
    if rest := _guarded(name, decoder.finish):
        yield rest


def _guarded(name: str, function: Callable[..., bytes], *arguments: bytes) -> bytes:
    try:
        return function(*arguments)
    except Exception as error:  # each library has exceptions of its own
        raise BodyDecodeError(f"The body is not valid {name}: {error}") from error


def decode(body: bytes, encoding: str | None) -> bytes:
    """Return a whole body with its encoding undone. See `decoded`."""
    return b"".join(decoded((body,), encoding)) if body else body
