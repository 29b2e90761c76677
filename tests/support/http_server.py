"""A real HTTP server in a process of its own, with every habit a client must survive.

Tests import `HttpServer`; the same file, run as a script, is the server. See the
functions marked with `@route` for what it offers.
"""

import argparse
import asyncio
import base64
import contextlib
import gzip
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

USER, PASSWORD = "alice", "open sesame"


# ---------------------------------------------------------------- for the tests
class HttpServer:
    """Start and stop the server; a context manager.

    Attributes:
        url, ipv6_url, tls_url, mtls_url: Base addresses, without a trailing slash.
        proxy_port, auth_proxy_port: Ports of proxies on 127.0.0.1; the second
            wants USER and PASSWORD.
        ca_file, client_cert: PEM files: the authority, and a client certificate with its key.
    """

    def __init__(self, certificates: Path | None = None) -> None:
        command = [sys.executable, "-I", __file__]
        if certificates is not None:
            self.ca_file, self.client_cert, server_cert = _make_certificates(certificates)
            command += ["--cert", str(server_cert), "--ca", str(self.ca_file)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ports = json.loads(self._process.stdout.readline())
        self.port: int = ports["plain"]
        self.url = f"http://127.0.0.1:{self.port}"
        self.ipv6_url = f"http://[::1]:{ports['ipv6']}" if ports.get("ipv6") else None
        self.tls_port: int = ports.get("tls", 0)
        self.tls_url = f"https://127.0.0.1:{self.tls_port}"
        self.mtls_url = f"https://127.0.0.1:{ports.get('mtls', 0)}"
        self.proxy_port: int = ports["proxy"]
        self.auth_proxy_port: int = ports["auth_proxy"]

    def counters(self) -> Counter[str]:
        """Requests by path (without query), plus "connections", "proxied" and "tunnels"."""
        return Counter(json.loads(self._ask("/_counters")))

    def reset(self) -> None:
        """Set all counters to zero."""
        self._ask("/_reset")

    def _ask(self, path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def close(self) -> None:
        self._process.stdin.close()  # the server ends when its standard input does
        self._process.wait(10)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _make_certificates(folder: Path) -> tuple[Path, Path, Path]:
    import trustme

    authority = trustme.CA()
    ca, client, server = folder / "ca.pem", folder / "client.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(ca)
    authority.issue_cert("alice@example.org").private_key_and_cert_chain_pem.write_to_path(client)
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
        server
    )
    return ca, client, server


# ------------------------------------------------------------------- the server
@dataclass
class Request:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    connection: int
    nth: int
    close: bool = False
    path: str = field(init=False)
    query: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.target)
        self.path = unquote(parts.path)
        self.query = parse_qs(parts.query, keep_blank_values=True)

    def header(self, name: str, default: str = "") -> str:
        return next((v for k, v in self.headers if k.lower() == name.lower()), default)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self, status: int = 200, body: bytes = b"", *headers: tuple[str, str], reason: str = "X"
    ) -> None:
        head = f"HTTP/1.1 {status} {reason}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers)
        if status not in {204, 304}:
            head += f"Content-Length: {len(body)}\r\n"
        if self.close:
            head += "Connection: close\r\n"
        payload = b"" if self.method == "HEAD" or status in {204, 304} else body
        await self.send(head.encode("utf-8", "surrogateescape") + b"\r\n" + payload)


Handler = Callable[[Request, re.Match[str]], Awaitable[None]]
ROUTES: list[tuple[re.Pattern[str], Handler]] = []
COUNTERS: Counter[str] = Counter()


def route(pattern: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        ROUTES.append((re.compile(pattern), handler))
        return handler

    return register


@route("/_counters")
async def counters(request: Request, _: Any) -> None:
    await request.answer(200, json.dumps(COUNTERS).encode())


@route("/_reset")
async def reset(request: Request, _: Any) -> None:
    COUNTERS.clear()
    await request.answer(200)


@route("/")
@route("/hello.*")
async def hello(request: Request, _: Any) -> None:
    """An 11-byte body."""
    await request.answer(200, b"hello world", ("Content-Type", "text/plain"))


@route("/echo.*")
async def echo(request: Request, _: Any) -> None:
    """What arrived, as JSON: method, target, headers (pairs), body (latin-1), sha256, length."""
    seen = {
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body": request.body[:100_000].decode("latin-1"),
        "length": len(request.body),
        "sha256": hashlib.sha256(request.body).hexdigest(),
        "connection": request.connection,
        "nth": request.nth,
    }
    await request.answer(200, json.dumps(seen).encode(), ("Content-Type", "application/json"))


@route(r"/status/(\d+)")
async def status(request: Request, match: re.Match[str]) -> None:
    """Any status, with a short body where one is allowed."""
    await request.answer(int(match[1]), f"status {match[1]}".encode(), reason="Told So")


@route(r"/delay/([\d.]+)")
async def delay(request: Request, match: re.Match[str]) -> None:
    """Answer after so many seconds."""
    await asyncio.sleep(float(match[1]))
    await request.answer(200, b"late")


@route(r"/delay-body/([\d.]+)")
async def delay_body(request: Request, match: re.Match[str]) -> None:
    """Head and half of the body at once, the rest after so many seconds."""
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
    await asyncio.sleep(float(match[1]))
    await request.send(b"half")


@route(r"/trickle/(\d+)/([\d.]+)")
async def trickle(request: Request, match: re.Match[str]) -> None:
    """N bytes, one at a time, so many seconds apart."""
    await request.send(f"HTTP/1.1 200 OK\r\nContent-Length: {match[1]}\r\n\r\n".encode())
    for _ in range(int(match[1])):
        await asyncio.sleep(float(match[2]))
        await request.send(b".")


@route("/chunked")
async def chunked(request: Request, _: Any) -> None:
    """Chunked with an extension and trailers: "hello chunked world"."""
    await request.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        b"6;ext=1\r\nhello \r\n8\r\nchunked \r\n"
    )
    await request.send(b"5\r\nworld\r\n0\r\nX-Sum: 19\r\n\r\n")


@route(r"/lines/(\d+)")
async def lines(request: Request, match: re.Match[str]) -> None:
    """N lines, each in a chunk of its own, unevenly cut."""
    await request.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for i in range(int(match[1])):
        for part in (f"line {i}".encode(), b"\n"):
            await request.send(b"%x\r\n%s\r\n" % (len(part), part))
    await request.send(b"0\r\n\r\n")


@route(r"/encoded/([\w,-]+)")
async def encoded(request: Request, match: re.Match[str]) -> None:
    """ "compressed " a thousand times, under the named content encodings, applied in order."""
    body = b"compressed " * 1000
    for coding in match[1].split(","):
        body = _encode(coding, body)
    names = match[1].replace("raw-deflate", "deflate").replace("gzip-garbage", "gzip")
    await request.answer(200, body, ("Content-Encoding", names.replace(",", ", ")))


def _encode(coding: str, body: bytes) -> bytes:
    if coding == "br":
        import brotli

        return brotli.compress(body)
    if coding == "zstd":
        import zstandard

        return zstandard.compress(body)
    encoders = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "raw-deflate": lambda data: zlib.compress(data)[2:-4],
        "gzip-garbage": lambda _: b"this is no gzip",
    }
    return encoders.get(coding, bytes)(body)


@route("/cookies")
async def cookies(request: Request, _: Any) -> None:
    """The Cookie header that arrived."""
    await request.answer(200, request.header("cookie").encode())


@route("/set-cookies")
async def set_cookies(request: Request, _: Any) -> None:
    """Set each cookie given as ?c=..., which is the whole header value."""
    pairs = [("Set-Cookie", value) for value in request.query.get("c", [])]
    await request.answer(200, b"set", *pairs)


@route(r"/redirect/(\d+)")
async def redirect(request: Request, match: re.Match[str]) -> None:
    """N hops, then /hello."""
    left = int(match[1])
    target = f"/redirect/{left - 1}" if left > 1 else "/hello"
    await request.answer(302, b"over there", ("Location", target))


@route("/redirect-loop")
async def redirect_loop(request: Request, _: Any) -> None:
    await request.answer(302, b"again", ("Location", "/redirect-loop"))


@route("/redirect-to")
async def redirect_to(request: Request, _: Any) -> None:
    """Redirect to ?url= with ?status=, setting ?cookie= on the way."""
    headers = [("Location", request.query["url"][0])]
    headers += [("Set-Cookie", c) for c in request.query.get("cookie", [])]
    await request.answer(int(request.query.get("status", ["302"])[0]), b"moved", *headers)


@route("/close")
async def close(request: Request, _: Any) -> None:
    """Say Connection: close, and do."""
    request.close = True
    await request.answer(200, b"bye")


@route("/close-silently")
async def close_silently(request: Request, _: Any) -> None:
    """Answer as if the connection stayed, then close it: the next request finds it stale."""
    await request.answer(200, b"bye")
    request.close = True


@route("/close-before-answer")
async def close_before_answer(request: Request, _: Any) -> None:
    request.close = True


@route("/close-if-reused")
async def close_if_reused(request: Request, _: Any) -> None:
    """Answer the first request of a connection; close instead of answering a later one."""
    if request.nth > 1:
        request.close = True
    else:
        await request.answer(200, b"fresh")


@route("/close-mid-head")
async def close_mid_head(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    request.close = True


@route("/close-mid-body")
async def close_mid_body(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
    request.close = True


@route("/close-mid-chunk")
async def close_mid_chunk(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nonly this")
    request.close = True


@route("/reset")
async def reset_connection(request: Request, _: Any) -> None:
    """Close with a TCP reset, in the middle of the answer."""
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
    sock = request.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    request.writer.transport.abort()
    request.close = True


@route("/unsolicited")
async def unsolicited(request: Request, _: Any) -> None:
    """A good answer, and 20 ms later one that nobody asked for."""
    await request.answer(200, b"asked")
    await asyncio.sleep(0.02)
    await request.send(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 3\r\n\r\nbad")


@route("/pipelined-garbage")
async def pipelined_garbage(request: Request, _: Any) -> None:
    """A good answer and more bytes than announced, at once."""
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngoodgarbage")


@route("/until-close")
async def until_close(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\n\r\nuntil the ")
    await request.send(b"very end")
    request.close = True


@route("/http10")
async def http10(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold")
    request.close = True


@route("/interim")
async def interim(request: Request, _: Any) -> None:
    """100 Continue, 103 Early Hints, then the answer."""
    await request.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    await request.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\n")
    await request.send(b"Content-Length: 5\r\n\r\nfinal")


@route("/invalid-utf8")
async def invalid_utf8(request: Request, _: Any) -> None:
    await request.send(
        b"HTTP/1.1 200 \xff\xfe\r\nX-Bad: caf\xe9 \xff\r\nContent-Length: 2\r\n\r\nok"
    )


@route("/invalid-header")
async def invalid_header(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\nok")
    request.close = True


@route("/double-header")
async def double_header(request: Request, _: Any) -> None:
    await request.answer(200, b"two", ("X-Twice", "a"), ("x-twice", "b"))


@route("/endless-head")
async def endless_head(request: Request, _: Any) -> None:
    """Header fields without end, until the client has enough."""
    await request.send(b"HTTP/1.1 200 OK\r\n")
    request.close = True
    with contextlib.suppress(ConnectionError):
        for i in range(100_000):
            await request.send(b"X-Field-%d: %s\r\n" % (i, b"x" * 1000))


@route(r"/big/(\d+)")
async def big(request: Request, match: re.Match[str]) -> None:
    """So many bytes."""
    left = int(match[1])
    await request.send(f"HTTP/1.1 200 OK\r\nContent-Length: {left}\r\n\r\n".encode())
    block = b"0123456789abcdef" * 8192
    while left > 0:
        await request.send(block[:left])
        left -= len(block)


@route(r"/big-chunked/(\d+)")
async def big_chunked(request: Request, match: re.Match[str]) -> None:
    left = int(match[1])
    await request.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    block = b"0123456789abcdef" * 8192
    while left > 0:
        part = block[:left]
        await request.send(b"%x\r\n%s\r\n" % (len(part), part))
        left -= len(part)
    await request.send(b"0\r\n\r\n")


@route("/basic")
async def basic(request: Request, _: Any) -> None:
    wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if request.header("authorization") == wanted:
        await request.answer(200, b"welcome")
    else:
        await request.answer(401, b"who?", ("WWW-Authenticate", 'Basic realm="test"'))


@route("/digest(-sess|-sha256)?")
async def digest(request: Request, match: re.Match[str]) -> None:
    algorithm, hasher = ("SHA-256", "sha256") if match[1] == "-sha256" else ("MD5", "md5")
    sent = request.header("authorization")
    if sent.startswith("Digest ") and _digest_is_right(request, sent[7:], hasher):
        await request.answer(200, b"welcome")
        return
    challenge = f'Digest realm="test", nonce="abc123", qop="auth,auth-int", algorithm={algorithm}'
    await request.answer(401, b"who?", ("WWW-Authenticate", challenge + ', opaque="xyz"'))


def _digest_is_right(request: Request, text: str, hasher: str) -> bool:
    given = {k: a or b for k, a, b in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', text)}

    def h(*parts: str) -> str:
        return hashlib.new(hasher, ":".join(parts).encode()).hexdigest()

    first = h(USER, "test", PASSWORD)
    second = h(request.method, request.target)
    right = h(first, "abc123", given["nc"], given["cnonce"], given["qop"], second)
    return given["response"] == right and given["uri"] == request.target


@route("/expect-reject")
async def expect_reject(request: Request, _: Any) -> None:
    """Answer 413 while the body is still coming, then close."""
    request.close = True
    await request.answer(413, b"too big")


@route("/expect-refuse")
async def expect_refuse(request: Request, _: Any) -> None:
    """Answer 417 to the head, then take what comes for the body, as a right server does."""
    await request.answer(417, b"unexpected")
    await request.reader.readexactly(int(request.header("content-length")))


@route("/ignore-body")
async def ignore_body(request: Request, _: Any) -> None:
    """Answer 413 to the head, and neither read the body nor close."""
    await request.answer(413, b"too big")
    await asyncio.sleep(30)


@route("/early-hints")
async def early_hints(request: Request, _: Any) -> None:
    """Say 103 to the head, wait until the client has no more room to send, then read on."""
    await request.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    await asyncio.sleep(0.1)
    await request.reader.readexactly(int(request.header("content-length")))
    await request.answer(200, b"got it all")


@route("/endless-chunk-extension")
async def endless_chunk_extension(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;")
    request.close = True
    with contextlib.suppress(ConnectionError):
        while True:
            await request.send(b"x" * 10_000)


@route("/endless-trailers")
async def endless_trailers(request: Request, _: Any) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")
    request.close = True
    with contextlib.suppress(ConnectionError):
        while True:
            await request.send(b"X-Trailer: and so on\r\n" * 500)


@route("/raw")
async def raw(request: Request, _: Any) -> None:
    """Send the request's body as it is, in pieces of X-Split bytes; X-Close closes after."""
    split = int(request.header("x-split", "0")) or len(request.body) or 1
    for start in range(0, len(request.body), split):
        await request.send(request.body[start : start + split])
        if split < len(request.body):
            await asyncio.sleep(0)
    request.close = bool(request.header("x-close"))


# --------------------------------------------------------------------- plumbing
UNREAD = {"/expect-reject", "/expect-refuse", "/ignore-body", "/early-hints"}
"""Paths whose handlers are called before the body has been read."""


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int, nth: int
) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        return None
    first, *rest = head[:-4].decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = [(k, v.strip()) for k, _, v in (line.partition(":") for line in rest)]
    request = Request(method, target, headers, b"", reader, writer, connection, nth)
    if request.path in UNREAD:
        return request
    if request.header("expect") == "100-continue":
        await request.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    if request.header("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            request.body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    elif length := int(request.header("content-length", "0")):
        request.body = await reader.readexactly(length)
    request.close = request.header("connection") == "close"
    return request


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    COUNTERS["connections"] += 1
    connection, nth = COUNTERS["connections"], 0
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
        while True:
            nth += 1
            request = await read_request(reader, writer, connection, nth)
            if request is None:
                break
            COUNTERS[request.path] += 1
            for pattern, handler in ROUTES:
                if match := pattern.fullmatch(request.path):
                    await handler(request, match)
                    break
            else:
                await request.answer(404, b"no such path")
            if request.close:
                break
    await shut(writer)


async def shut(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, ssl.SSLError):
        await writer.wait_closed()


def proxy(*, auth: bool) -> Callable[..., Awaitable[None]]:
    wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    async def serve_proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while request := await read_request(reader, writer, 0, 0):
                if auth and request.header("proxy-authorization") != wanted:
                    await request.answer(407, b"proxy password?")
                elif request.method == "CONNECT":
                    COUNTERS["tunnels"] += 1
                    await tunnel(request, reader, writer)
                    break
                elif request.target.startswith("http://"):
                    COUNTERS["proxied"] += 1
                    await forward(request, writer)
                else:
                    await request.answer(400, b"a proxy wants the whole address")
        await shut(writer)

    return serve_proxy


async def tunnel(
    request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    host, _, port = request.target.rpartition(":")
    there_reader, there_writer = await asyncio.open_connection(host.strip("[]"), int(port))
    await request.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while block := await source.read(65536):
                sink.write(block)
                await sink.drain()
        sink.close()

    await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))


async def forward(request: Request, writer: asyncio.StreamWriter) -> None:
    parts = urlsplit(request.target)
    reader, there = await asyncio.open_connection(parts.hostname, parts.port)
    path = parts._replace(scheme="", netloc="").geturl()
    head = f"{request.method} {path} HTTP/1.1\r\n"
    head += "".join(f"{k}: {v}\r\n" for k, v in request.headers if k.lower() != "connection")
    there.write(head.encode("latin-1") + b"Connection: close\r\n\r\n" + request.body)
    while block := await reader.read(65536):
        writer.write(block)
        await writer.drain()
    await shut(there)
    request.writer.close()


async def listen(
    handler: Callable[..., Awaitable[None]],
    host: str = "127.0.0.1",
    context: ssl.SSLContext | None = None,
) -> int:
    server = await asyncio.start_server(handler, host, 0, ssl=context, backlog=512)
    KEPT.append(server)
    return server.sockets[0].getsockname()[1]


KEPT: list[asyncio.Server] = []


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert")
    parser.add_argument("--ca")
    arguments = parser.parse_args()
    ports = {
        "plain": await listen(serve),
        "proxy": await listen(proxy(auth=False)),
        "auth_proxy": await listen(proxy(auth=True)),
    }
    with contextlib.suppress(OSError):
        ports["ipv6"] = await listen(serve, "::1")
    if arguments.cert:
        for name in ("tls", "mtls"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(arguments.cert)
            if name == "mtls":
                context.load_verify_locations(arguments.ca)
                context.verify_mode = ssl.CERT_REQUIRED
            ports[name] = await listen(serve, context=context)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), lambda: os.read(0, 1) or ended.set())
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    print(json.dumps(ports), flush=True)
    await ended.wait()
    os._exit(0)  # the connections that are still open need no ceremony


if __name__ == "__main__":
    asyncio.run(main())
