from pathlib import Path

import pytest

from support.processes import serving
from swarm.core.cli import download as settings
from swarm.core.cli.download import download
from swarm.core.exception import TestFileError

SERVER = Path(__file__).parents[3] / "support" / "source_server.py"


@pytest.fixture(scope="module")
def address():
    with serving(SERVER) as url:
        yield url


def test_a_test_file_is_fetched_and_keeps_its_name(address):
    path = download(f"{address}/basic.py")
    assert path.name == "basic.py"
    assert "class Remote(User)" in path.read_text()


def test_a_redirect_is_followed(address):
    assert "class Remote(User)" in download(f"{address}/moved.py").read_text()


@pytest.mark.parametrize(
    ("path", "name"),
    [("/basic?token=a/b", "basic.py"), ("/basic/", "swarmfile.py"), ("/basic%2Epy", "basic.py")],
)
def test_a_name_that_is_no_file_name_is_made_one(address, path, name):
    assert download(f"{address}{path}").name == name


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere.py", "could not be downloaded: the server answered 404 Not Found"),
        ("/page", "is a web page, not a Python file"),
        ("/binary.py", "is not UTF-8 text"),
        ("/endless.py", "is larger than 5 MB"),
        ("/cut.py", "could not be downloaded: the server broke off after 102 bytes"),
    ],
)
def test_what_cannot_be_a_test_file_is_refused(address, path, message):
    with pytest.raises(TestFileError, match=message) as caught:
        download(f"{address}{path}")
    assert caught.value.hint


def test_a_silent_server_is_not_waited_for(address, monkeypatch):
    monkeypatch.setattr(settings, "SILENCE_SECONDS", 0.1)
    with pytest.raises(TestFileError, match=r"downloaded: (timed out|the server said nothing)"):
        download(f"{address}/silent.py")


def test_a_slow_server_is_not_waited_for_either(address, monkeypatch):
    monkeypatch.setattr(settings, "TOTAL_SECONDS", 0.1)
    with pytest.raises(TestFileError, match=r"could not be downloaded within 0\.1 seconds"):
        download(f"{address}/drip.py")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:1/x.py", "Connection refused"),
        ("http://", "no host given"),
        ("http://127.0.0.1:port/x.py", "nonnumeric port"),
        ("http://a..b/x.py", "could not be downloaded"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(url, message):
    with pytest.raises(TestFileError, match=message):
        download(url)
