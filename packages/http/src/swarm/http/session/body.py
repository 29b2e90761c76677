"""Bodies of answers, as requests and urllib3 want to read them."""

from collections.abc import Generator
from email.message import Message
from http.client import HTTPException, HTTPMessage, IncompleteRead
from io import BytesIO
from typing import Any, cast

from requests import PreparedRequest, Response
from urllib3 import HTTPHeaderDict, HTTPResponse

from swarm.http.transport.decode import decode
from swarm.http.transport.error import (
    BodyDecodeError,
    ConnectionLostError,
    ReadTimeoutError,
    TransportError,
)
from swarm.http.transport.reading import BodyReader
from swarm.http.transport.response import CHUNKED, Head

# Those that urllib3 undoes in every version. It passes an unknown encoding on as it is.
_ENCODINGS = frozenset(("gzip", "x-gzip", "deflate", "br"))


class BodyFile:
    """A body that is still coming, as a file. Its errors are those of http.client.

    Args:
        reader: Where it comes from.
    """

    def __init__(self, reader: BodyReader) -> None:
        self._reader = reader
        self._ahead = b""

    def read(self, amt: int | None = None) -> bytes:
        """Return `amt` bytes, fewer only at the end; all that is left without `amt`."""
        pieces, size = [self._ahead], len(self._ahead)
        while (amt is None or size < amt) and (piece := self._next_piece()):
            pieces.append(piece)
            size += len(piece)
        data = b"".join(pieces)
        self._ahead = b"" if amt is None else data[amt:]
        return data if amt is None else data[:amt]

    def read1(self, amt: int | None = None) -> bytes:
        """Return what has come, at most `amt` bytes, b"" at the end."""
        data = self._ahead or self._next_piece()
        if amt is None or amt < 0:
            amt = len(data)
        self._ahead = data[amt:]
        return data[:amt]

    def _next_piece(self) -> bytes:
        try:
            return self._reader.next_piece()
        except ReadTimeoutError as error:
            raise TimeoutError(str(error)) from error
        except ConnectionLostError as error:
            raise IncompleteRead(b"") from error
        except TransportError as error:
            raise HTTPException(str(error)) from error

    @property
    def closed(self) -> bool:
        """Whether all was read, or given up."""
        return self._reader.closed and not self._ahead

    def close(self) -> None:
        """Give up what has not been read, and the connection with it."""
        self._ahead = b""
        self._reader.close()


class OriginalResponse:
    """What http.client would have returned, as far as cookies and urllib3 look at it."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self.version = 11 if head.version == "1.1" else 10

    @property
    def msg(self) -> Message:
        """The header fields."""
        message = HTTPMessage()
        for name, value in self._head.pairs:
            message[name] = value
        return message

    def isclosed(self) -> bool:
        """Tell urllib3 that there is no connection here that could be given back."""
        return False

    def close(self) -> None:
        """Close nothing: the body is closed by itself."""


class RawResponse(HTTPResponse):
    """urllib3's response, on a body that this package reads.

    Args:
        head: Status and header fields.
        body: A file.
        request: What was sent.
    """

    def __init__(self, head: Head, body: Any, request: PreparedRequest) -> None:
        headers = HTTPHeaderDict()
        for name, value in head.pairs:
            headers.add(name, value)
        super().__init__(
            body=body,
            headers=headers,
            status=head.status,
            version=11 if head.version == "1.1" else 10,
            reason=head.reason,
            preload_content=False,
            decode_content=False,
            original_response=cast("Any", OriginalResponse(head)),
            request_method=request.method,
            request_url=request.path_url,
        )
        self.version_string = "HTTP/1.1"  # what http.client speaks, whatever the server does
        self._head = head

    def supports_chunked_reads(self) -> bool:
        """Tell whether chunks are handed on as they come."""
        return self._head.length == CHUNKED

    def read_chunked(
        self,
        amt: int | None = None,
        decode_content: bool | None = None,  # noqa: FBT001 - urllib3's form
    ) -> Generator[bytes, None, None]:
        """Yield what comes, as it comes, in pieces of at most `amt` bytes before decoding."""
        if decode_content is None:
            decode_content = self.decode_content
        self._init_decoder()
        with self._error_catcher():
            body: Any = self._fp
            while piece := body.read1(amt):
                decoded = self._decode(piece, decode_content, flush_decoder=False)
                if decoded:
                    yield decoded
            rest = self._flush_decoder() if decode_content else b""
            if rest:
                yield rest


def decoded(head: Head, body: bytes, request: PreparedRequest) -> bytes:
    """Return a whole body with its encoding undone.

    Raises:
        ContentDecodingError: If it is not so encoded.
    """
    if head.encoding in _ENCODINGS:
        try:
            return decode(body, head.encoding)
        except BodyDecodeError:
            pass  # urllib3 puts up with more, or knows how to complain
    response = Response()
    response.status_code = head.status
    response.raw = RawResponse(head, BytesIO(body), request)
    return response.content
