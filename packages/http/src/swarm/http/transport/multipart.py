"""multipart/form-data: fields and files in one body."""

import mimetypes
import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from swarm.http.transport.error import InvalidRequestError


def encode_multipart(data: Any, files: Any) -> tuple[bytes, str]:
    """Return a form with files as its body and Content-Type.

    Args:
        data: The other fields: a mapping or pairs; values may be lists.
        files: A mapping or pairs of a field's name and what to send: a binary file,
            bytes or text, or a tuple (file name, content[, content type[, headers]]).

    Raises:
        InvalidRequestError: If a field or file is none of these.
    """
    boundary = os.urandom(16).hex()
    parts = [_field(name, value) for name, value in _flat(data)]
    parts += [_file(name, value) for name, value in _pairs(files)]
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(opening + part + b"\r\n" for part in parts)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _pairs(mapping: Any) -> Iterable[tuple[Any, Any]]:
    if not mapping:
        return ()
    if isinstance(mapping, str | bytes):
        raise InvalidRequestError("With files, data must be a mapping or pairs of fields.")
    pairs: Iterable[tuple[Any, Any]] = mapping.items() if hasattr(mapping, "items") else mapping
    return pairs


def _flat(data: Any) -> Iterable[tuple[Any, Any]]:
    for name, value in _pairs(data):
        many = isinstance(value, list | tuple)
        for one in value if many else (value,):
            if one is not None:
                yield name, one


def _field(name: Any, value: Any) -> bytes:
    content = value if isinstance(value, bytes) else str(value).encode()
    return f"Content-Disposition: form-data; {_parameter('name', name)}\r\n\r\n".encode() + content


def _file(name: Any, value: Any) -> bytes:
    headers: dict[str, str] = {}
    content_type = None
    if isinstance(value, tuple):
        file_name, source, *more = value
        content_type = more[0] if more else None
        headers = dict(more[1]) if len(more) > 1 else {}
    else:
        source = value
        file_name = os.path.basename(str(getattr(source, "name", name)))  # noqa: PTH119 - no path
    content = source.read() if hasattr(source, "read") else source
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes | bytearray):
        raise InvalidRequestError(f"The file {name!r} cannot be sent: it gives no bytes.")
    disposition = f"Content-Disposition: form-data; {_parameter('name', name)}"
    if file_name is not None:
        disposition += f"; {_parameter('filename', file_name)}"
        content_type = content_type or mimetypes.guess_type(str(file_name))[0]
    lines = [disposition]
    if content_type:
        lines.append(f"Content-Type: {_one_line(content_type)}")
    lines += [f"{_one_line(key)}: {_one_line(text)}" for key, text in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + bytes(content)


def _parameter(key: str, value: Any) -> str:
    """Return a quoted parameter, escaped as browsers do."""
    text = value.decode() if isinstance(value, bytes) else str(value)
    return f'{key}="{quote(text, safe=_UNESCAPED)}"' if _needs_escape(text) else f'{key}="{text}"'


_UNESCAPED = "".join(chr(i) for i in range(32, 127) if chr(i) != '"')


def _needs_escape(text: str) -> bool:
    return any(character in text for character in '"\r\n')


def _one_line(text: Any) -> str:
    line = str(text)
    if "\r" in line or "\n" in line:
        raise InvalidRequestError("A header of a multipart file contains a line break.")
    return line
