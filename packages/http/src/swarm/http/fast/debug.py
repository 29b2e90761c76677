"""Printing the communication: `debug_stream=`."""

from typing import TextIO

from swarm.http.fast.sent import SentRequest
from swarm.http.transport.reading import BodyReader
from swarm.http.transport.response import Head

_LONGEST = 10_000


def print_request(stream: TextIO, sent: SentRequest) -> None:
    """Write a request as it goes over the wire."""
    stream.write(f"REQUEST: {sent.url}\n{_lines(sent.head)}\n")
    if sent.body:
        stream.write(f"{_as_text(sent.body)}\n\n")


def print_response(stream: TextIO, head: Head, body: bytes | BodyReader) -> None:
    """Write an answer as it came."""
    fields = "".join(f"{name}: {value}\n" for name, value in head.pairs)
    stream.write(f"RESPONSE: HTTP/{head.version} {head.status} {head.reason}\n{fields}\n")
    if isinstance(body, bytes) and body:
        stream.write(f"{_as_text(body)}\n\n")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _as_text(body: bytes) -> str:
    text = body[:_LONGEST].decode("utf-8", "backslashreplace")
    return text if len(body) <= _LONGEST else f"{text}... ({len(body)} bytes)"
