"""Fetching a test file that was named by its URL."""

import atexit
import re
import shutil
import tempfile
import time
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from swarm.core.exception import TestFileError

MAX_BYTES = 5 * 1024 * 1024
"""Larger answers are no test files."""

SILENCE_SECONDS = 10.0
"""How long a server may say nothing."""

TOTAL_SECONDS = 30.0
"""How long the whole download may take."""

_CHUNK = 64 * 1024
_RAW_HINT = "Use the address of the bare file, on GitHub the one behind the button Raw."


def download(url: str) -> Path:
    """Fetch a test file into a temporary directory that goes away with the process.

    Args:
        url: An address that begins with http:// or https://.

    Raises:
        TestFileError: If it cannot be fetched in time or is no Python text.
    """
    data = _fetch(url)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise TestFileError(f"{url} is not UTF-8 text", hint=_RAW_HINT) from None
    if text.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        raise TestFileError(f"{url} is a web page, not a Python file", hint=_RAW_HINT)
    folder = Path(tempfile.mkdtemp(prefix="swarm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / _file_name(url)
    path.write_bytes(data)
    return path


def _fetch(url: str) -> bytes:
    try:
        request = Request(url, headers={"User-Agent": "swarm"})  # noqa: S310 - http and https only, see download
        with urlopen(request, timeout=SILENCE_SECONDS) as response:  # noqa: S310 - see download
            return _read(url, response)
    except HTTPError as error:
        error.close()
        reason = f"the server answered {error.code} {error.reason}"
    except URLError as error:
        reason = str(getattr(error.reason, "strerror", None) or error.reason)
    except TimeoutError:
        reason = f"the server said nothing for {SILENCE_SECONDS:g} seconds"
    except (OSError, HTTPException, ValueError) as error:
        reason = str(error) or type(error).__name__
    raise TestFileError(f"{url} could not be downloaded: {reason}", hint="Check the address.")


def _read(url: str, response: HTTPResponse) -> bytes:
    deadline = time.monotonic() + TOTAL_SECONDS
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        if len(data) > MAX_BYTES:
            raise TestFileError(
                f"{url} is larger than {MAX_BYTES // 1024**2} MB", hint="Is it a test file?"
            )
        if time.monotonic() > deadline:
            raise TestFileError(
                f"{url} could not be downloaded within {TOTAL_SECONDS:g} seconds",
                hint="Fetch it with another tool and give its path.",
            )
    if response.length:  # what is left of the announced length
        raise ConnectionError(f"the server broke off after {len(data)} bytes")
    return bytes(data)


def _file_name(url: str) -> str:
    last = unquote(urlsplit(url).path).rpartition("/")[2].removesuffix(".py")
    return f"{re.sub(r'[^0-9A-Za-z_-]', '_', last)[:100] or 'swarmfile'}.py"
