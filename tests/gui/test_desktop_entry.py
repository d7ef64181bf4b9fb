"""`install-desktop`: what it writes and where, what a desktop makes of it, and its removal."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImageReader

from gui.desktop_entry import install

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="desktop entries are for Linux and its like"
)


def run(*command: object, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False
    )


def entry_of(data: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(data / "applications" / "glassnet.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def words_of(value: str) -> list[str]:
    """Read ``Exec`` as the specification has it: the value's escapes, then quotes as in a shell."""
    line = value.replace("\\\\", "\\")
    words = run("sh", "-c", f"printf '%s\\n' {line}").stdout.splitlines()
    return [word.replace("%%", "%") for word in words]


@pytest.fixture
def data() -> Path:
    """Return the data folder of the test's own home."""
    return Path(os.environ["XDG_DATA_HOME"])


def test_all_lies_in_the_data_folder_and_goes_again(data: Path, own_folders: Path) -> None:
    before = {path for path in own_folders.rglob("*") if path.is_file()}
    done = run(sys.executable, "main.py", "install-desktop")
    assert done.returncode == 0, done.stderr
    written = {Path(line) for line in done.stdout.splitlines()}
    assert written == {
        data / "applications" / "glassnet.desktop",
        data / "mime" / "packages" / "glassnet.xml",
        data / "icons" / "hicolor" / "scalable" / "apps" / "glassnet.svg",
    }
    after = {path for path in own_folders.rglob("*") if path.is_file()}
    assert written <= after
    assert all(path.is_relative_to(data) for path in after - before)

    again = run(sys.executable, "main.py", "install-desktop")
    assert again.stdout == done.stdout
    removed = run(sys.executable, "main.py", "install-desktop", "--remove")
    assert {Path(line) for line in removed.stdout.splitlines()} == written
    assert not any(path.exists() for path in written)
    nothing = run(sys.executable, "main.py", "install-desktop", "--remove")
    assert (nothing.returncode, nothing.stdout) == (0, "")


def test_the_entry_starts_this_glassnet_from_any_folder(data: Path, tmp_path: Path) -> None:
    own = tmp_path / 'a "b" $c `d` \\e 100%'
    own.symlink_to(Path(sys.prefix), target_is_directory=True)
    python = own / Path(sys.executable).relative_to(sys.prefix)
    assert run(python, "main.py", "install-desktop").returncode == 0
    entry = entry_of(data)
    *command, files = words_of(entry["Exec"])
    assert files == "%F"
    assert command == [str(python), str(ROOT / "main.py")]
    assert run(*command, "--version", folder=tmp_path).stdout.startswith("Glassnet ")
    assert entry["TryExec"].replace("\\\\", "\\") == str(python)


def test_a_desktop_knows_the_type_and_the_icon(data: Path) -> None:
    install(["glassnet"], note=lambda sentence: None)
    program = "from PySide6.QtCore import QMimeDatabase as D\n"
    program += "kind = D().mimeTypeForFile('xor.glassnet')\n"
    program += "print(kind.name(), kind.iconName(), kind.inherits('application/json'))\n"
    program += "print(D().mimeTypeForFile('cups.glassteach').name())"
    kind, icon, is_json, other = run(sys.executable, "-c", program).stdout.split()
    entry = entry_of(data)
    assert entry["MimeType"] == f"{kind};{other};"
    assert (icon, is_json) == (entry["Icon"], "True")
    assert QImageReader(str(data / f"icons/hicolor/scalable/apps/{icon}.svg")).canRead()


def test_a_folder_that_cannot_be_written_is_one_sentence(data: Path) -> None:
    data.write_text("a file where the folder should be")
    done = run(sys.executable, "main.py", "install-desktop")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(data) in done.stderr
