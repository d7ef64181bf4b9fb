"""Rules that every tracked file keeps."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_PYTHON_FILE = 400
# What may be longer, up to how many lines, each with its reason.
LONGER_ON_PURPOSE = {
    # One state machine: its rules cannot live in two classes.
    "tests/gui/build_tab/build_machine.py": 425,
}

# Written in pieces, or this file would break its own rule.
REGISTRY_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "deb." + "debian.org",
    "download." + "pytorch.org",
    "archive." + "ubuntu.com",
]
# /home/somebody is nobody's: an example may use it.
MACHINE_PATH = re.compile(
    r"(?<![\w.~/:-])/(?:root|work|home/(?!somebody\b)\w+|Users/(?!somebody\b)\w+|opt/\w+)\b"
)


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout of this user's: there is no list of tracked files")
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def tracked_texts() -> list[tuple[str, str]]:
    texts = []
    for path in tracked_files():
        data = path.read_bytes()
        if b"\0" not in data:
            name = path.relative_to(ROOT).as_posix()
            texts.append((name, data.decode("utf-8", errors="replace")))
    return texts


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{name}: {host}"
        for name, text in tracked_texts()
        for host in REGISTRY_HOSTS
        if host in text
    ]
    assert not found


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in tracked_texts()
        if name != "tests/ci/test_repository.py"
        for match in MACHINE_PATH.finditer(text)
    ]
    assert not found


def test_machine_paths_are_recognised() -> None:
    assert MACHINE_PATH.search("see /root/x")
    assert MACHINE_PATH.search('"/home/ada/data"')
    assert not MACHINE_PATH.search("https://example.org/work/of/art")
    assert not MACHINE_PATH.search("net/work, a/root, /home/somebody/fonts")


def test_no_python_file_is_long() -> None:
    found = {
        name: text.count("\n")
        for name, text in tracked_texts()
        if name.endswith(".py")
        and text.count("\n") > LONGER_ON_PURPOSE.get(name, LONGEST_PYTHON_FILE)
    }
    assert not found


def test_map_of_the_house_names_what_is_there() -> None:
    map_text = (ROOT / "CONTRIBUTING.md").read_text()
    drawn = re.search(r"```\n(main\.py.*?)```", map_text, re.DOTALL)
    assert drawn is not None
    named = re.findall(r"^([\w./-]+)  ", drawn.group(1), re.MULTILINE)
    assert {"main.py", "model/", "vision/", "gui/", "tests/"} <= set(named)
    there = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    missing = [
        name
        for name in named
        if not (
            any(path.startswith(name) for path in there) if name.endswith("/") else name in there
        )
    ]
    assert not missing
