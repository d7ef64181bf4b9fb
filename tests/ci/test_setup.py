"""The setup scripts, run by a real shell: system libraries, uv, the environment's stamps."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="checks Linux's libraries")
APT_ONLY = pytest.mark.skipif(shutil.which("apt-get") is None, reason="names apt's packages")


def shell(script: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script that has the setup's functions, without a screen unless one is given."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    return subprocess.run(
        ["sh", "-euc", f"for part in say system uv; do . {ROOT}/.ci/lib/$part.sh; done\n{script}"],
        cwd=folder,
        env=inherited | {"GLASSNET_APT": "never"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def executable(path: Path, text: str) -> Path:
    """Write a small shell program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def library_list(path: Path, *missing: str) -> str:
    """Write a stand-in for ldconfig that knows all libraries but some; return its path."""
    listed = shell("echo $OFFSCREEN_LIBRARIES $WINDOW_LIBRARIES").stdout.split()
    names = [pair.partition(":")[0] for pair in listed]
    assert set(missing) <= set(names)
    lines = "".join(f"\t{name} (libc6) => /lib/{name}\n" for name in names if name not in missing)
    return str(executable(path, f"cat <<'END'\n{lines}END"))


@LINUX_ONLY
@APT_ONLY
def test_missing_libraries_stop_the_setup_with_the_one_command(tmp_path: Path) -> None:
    ldconfig = library_list(tmp_path / "ldconfig", "libxcb-cursor.so.0", "libEGL.so.1")
    finished = shell("require_system run", GLASSNET_LDCONFIG=ldconfig, DISPLAY=":0")
    assert finished.returncode == 2
    assert finished.stderr.splitlines()[-1].split("  ")[1] == (
        "sudo apt-get install libegl1 libxcb-cursor0"
    )
    assert finished.stdout == ""


@LINUX_ONLY
@APT_ONLY
def test_python_without_an_installer_is_part_of_the_one_command(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "uname", "find", "head", "sort", "tr", "apt-get", "cat"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    executable(tools / "python3", "exit 1")
    ldconfig = library_list(tmp_path / "ldconfig", "libEGL.so.1")
    bare = {"PATH": str(tools), "HOME": str(tmp_path), "GLASSNET_LDCONFIG": ldconfig}
    finished = shell("require_system run", folder=tmp_path, **bare)
    assert finished.stderr.splitlines()[0].endswith(" libegl1 python3-venv")
    executable(tools / "uv", "exit 0")
    finished = shell("require_system run", folder=tmp_path, **bare)
    assert finished.stderr.splitlines()[0].endswith(" libegl1")


@LINUX_ONLY
def test_without_a_screen_no_window_library_is_asked_for(tmp_path: Path) -> None:
    ldconfig = library_list(tmp_path / "ldconfig", "libxcb-cursor.so.0")
    assert shell("require_system run", GLASSNET_LDCONFIG=ldconfig).returncode == 0
    assert shell("require_system test", GLASSNET_LDCONFIG=ldconfig).returncode == 2
    assert (
        shell("require_system run", GLASSNET_LDCONFIG=ldconfig, WAYLAND_DISPLAY="w").returncode == 2
    )


class Checkout:
    """A small project that the real setup.sh prepares, offline: its locks name no packages."""

    def __init__(self, folder: Path, uv: str) -> None:
        self.folder = folder
        shutil.copytree(ROOT / ".ci", folder / ".ci")
        for name in ("requirements.txt", "requirements-test.txt"):
            (folder / name).write_text("# nothing\n")
        # Neither the libraries nor the fonts of this machine matter here.
        ldconfig = executable(folder / "ldconfig", "exit 0")
        (folder / "home" / ".fonts").mkdir(parents=True)
        (folder / "home" / ".fonts" / "a.ttf").touch()
        self.environment = {
            "PATH": f"{Path(uv).parent}:{os.environ['PATH']}",
            "HOME": str(folder / "home"),
            "GLASSNET_LDCONFIG": str(ldconfig),
            "GLASSNET_APT": "never",
            "UV_OFFLINE": "1",
        }

    def set_up(self, tier: str = "run") -> list[str]:
        """Run setup.sh and return what it said; it must succeed."""
        finished = subprocess.run(
            [self.folder / ".ci" / "setup.sh", tier],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stderr.splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    uv = shell("find_uv").stdout.strip()
    if not uv:
        pytest.skip("uv is neither on PATH nor in .cache/uv")
    resolved = shutil.which(uv)
    assert resolved is not None
    return Checkout(tmp_path, resolved)


def test_second_setup_does_nothing(checkout: Checkout) -> None:
    assert any("Making the environment" in line for line in checkout.set_up())
    assert checkout.set_up() == []


def test_changed_lock_is_installed_again(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.folder / "requirements.txt").write_text("# something else\n")
    said = "\n".join(checkout.set_up())
    assert "Installing the packages of requirements.txt" in said
    assert "Making the environment" not in said
    assert checkout.set_up() == []


def test_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.set_up()
    python = checkout.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout.folder / "no-such-python")
    assert any("Making the environment" in line for line in checkout.set_up())
    assert checkout.set_up() == []
