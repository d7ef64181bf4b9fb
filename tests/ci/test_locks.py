"""The locked requirements: in step with pyproject.toml, hashed, the same versions everywhere."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = {
    "requirements.txt": [],
    "requirements-test.txt": PROJECT["optional-dependencies"]["test"],
    "requirements-bench.txt": PROJECT["optional-dependencies"]["bench"],
}


def locked(name: str) -> dict[str, tuple[str, str]]:
    """Read one lock: package -> (version and marker as written, the text of its hashes)."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {
        canonicalize_name(line.partition("==")[0]): (
            line.partition(" --hash")[0].partition("==")[2].strip(),
            line.partition(" --hash")[2],
        )
        for line in lines
    }


@pytest.mark.parametrize("name", WANTED)
def test_every_dependency_is_locked_at_a_version_it_allows(name: str) -> None:
    lock = locked(name)
    for text in PROJECT["dependencies"] + WANTED[name]:
        wanted = Requirement(text)
        version = lock[canonicalize_name(wanted.name)][0].partition(" ")[0]
        assert wanted.specifier.contains(version, prereleases=True), f"{text}: {name} has {version}"


@pytest.mark.parametrize("name", [*WANTED, ".ci/uv.txt"])
def test_every_locked_package_has_hashes(name: str) -> None:
    lock = locked(name)
    assert lock
    for package, (version, hashes) in lock.items():
        assert re.match(r"[0-9][\w.!+]*( ;.*)?$", version), f"{package} is not pinned in {name}"
        assert re.search(r"=sha256:[0-9a-f]{64}", hashes), f"{package} has no hash in {name}"


@pytest.mark.parametrize("name", ["requirements-test.txt", "requirements-bench.txt"])
def test_one_environment_serves_all_three_locks(name: str) -> None:
    larger = locked(name)
    for package, pinned in locked("requirements.txt").items():
        assert larger.get(package) == pinned


@pytest.mark.parametrize("name", [*WANTED, ".ci/uv.txt"])
def test_locks_hold_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.MULTILINE)
