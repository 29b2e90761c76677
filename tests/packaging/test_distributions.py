import email
import re
import tarfile
import tomllib
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from packaging.metadata import Metadata

ROOT = Path(__file__).parents[2]


@pytest.fixture
def source(package):
    """The folder of the package's sources."""
    return ROOT / "packages" / package / "src"


@pytest.fixture
def project(package):
    """The package's pyproject.toml."""
    return tomllib.loads((ROOT / "packages" / package / "pyproject.toml").read_text())["project"]


@pytest.fixture
def shipped(wheel):
    """The names of the files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture
def read(wheel):
    """Read a file of the wheel's dist-info folder."""

    def read_info(name):
        with zipfile.ZipFile(wheel) as archive:
            (path,) = [each for each in archive.namelist() if each.endswith(f".dist-info/{name}")]
            return archive.read(path).decode()

    return read_info


def test_the_wheel_leaves_the_namespace_open_to_other_distributions(shipped):
    assert "swarm/__init__.py" not in shipped
    assert {name.split("/")[0] for name in shipped if ".dist-info/" not in name} == {"swarm"}


def test_the_wheel_carries_every_source_file_and_nothing_else(shipped, source):
    sources = {
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in shipped if ".dist-info/" not in name} == sources


def test_the_wheel_carries_its_licence_and_its_types(shipped, package):
    assert f"swarm/{package}/py.typed" in shipped
    assert any(re.search(r"\.dist-info/licenses/LICENSE$", name) for name in shipped)


def test_the_wheel_is_for_every_platform(wheel, package):
    assert re.fullmatch(rf"swarm_{package}-[0-9.]+-py3-none-any\.whl", wheel.name)


def test_the_wheel_carries_its_entry_points(read, project):
    parser = ConfigParser(delimiters=["="])
    parser.optionxform = str
    parser.read_string(read("entry_points.txt"))
    found = {group: dict(parser[group]) for group in parser.sections()}
    stated = dict(project["entry-points"])
    if "scripts" in project:
        stated["console_scripts"] = project["scripts"]
    assert found == stated


def test_entry_points_name_what_the_wheel_carries(read, shipped):
    parser = ConfigParser(delimiters=["="])
    parser.read_string(read("entry_points.txt"))
    modules = {value.split(":")[0] for group in parser.values() for value in group.values()}
    files = {module: module.replace(".", "/") for module in modules}
    lost = [m for m, p in files.items() if not {f"{p}.py", f"{p}/__init__.py"} & shipped]
    assert lost == []


def test_the_metadata_is_valid(read, project):
    metadata = Metadata.from_email(read("METADATA"), validate=True)
    assert metadata.name == project["name"]
    assert str(metadata.requires_python) == ">=3.11"
    assert metadata.license_expression == "MIT"


def test_the_description_renders_and_links_nowhere_that_only_the_repository_has(read):
    message = email.message_from_string(read("METADATA"))
    assert message["Description-Content-Type"] == "text/markdown"
    text = message.get_payload()
    rendered = MarkdownIt().render(text)
    assert "<h1>" in rendered
    assert re.findall(r'(?:href|src)="(?!https?://|#)([^"]*)"', rendered) == []


def test_a_plugin_asks_for_the_core_it_fits(package, project):
    if package == "core":
        assert not any(each.startswith("swarm") for each in project["dependencies"])
    else:
        assert any(re.match(r"swarm-core>=[0-9.]+,<[0-9]+$", e) for e in project["dependencies"])


def test_the_sdist_carries_all_that_the_wheel_is_built_from(sdist, source):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    sources = {f"src/{p.relative_to(source)}" for p in source.rglob("*.py")}
    assert sources <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO"} <= names
    assert not any("__pycache__" in name or "test" in name.split("/")[0] for name in names)


def test_the_licence_is_that_of_the_repository(package):
    own = ROOT / "packages" / package / "LICENSE"
    assert own.read_text() == (ROOT / "LICENSE").read_text()


def test_all_packages_have_one_version(built):
    versions = {path.name.split("-")[1] for path in built.glob("*/*.whl")}
    assert len(versions) == 1
