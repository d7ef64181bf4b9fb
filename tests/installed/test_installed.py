"""The wheel, built and installed as a person would: what it brings, and that it works anywhere.

`make test-wheel` runs these: building and installing take some seconds.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from model import __version__
from model.command.check import lessons_command

ROOT = Path(__file__).parents[2]
NAMES = {"glassnet", f"glassnet-{__version__}.dist-info"}
UNIX_ONLY = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="desktop entries are for Linux and its like"
)
LIBRARY = r"""
from pathlib import Path
said = []
exec(Path("readme.py").read_text(), globals() | {"print": said.append})
answers, weights, names = said
assert answers.round().ravel().tolist() == [0, 1, 1, 0]
assert weights.shape[0] == 2
assert "Person" in names, names
from glassnet.gui.build_tab.state import Network
from glassnet.model import Network as Public
assert Network is Public
import model, vision, base
assert (model.OWN, vision.OWN, base.OWN) == (1, 2, 3)
"""


def uv(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run uv, the machine's or the one that `make` has fetched."""
    path = os.pathsep.join([os.environ["PATH"], str(ROOT / ".cache" / "uv" / "bin")])
    program = shutil.which("uv", path=path)
    assert program is not None, "uv is neither on PATH nor in .cache/uv"
    return subprocess.run(
        [program, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )


class Installed:
    """A virtual environment that has the wheel and what it depends on, and nothing else."""

    def __init__(self, folder: Path) -> None:
        built = uv(
            "build", "--build-constraints", ".ci/build.txt", "--require-hashes", "--out-dir", folder
        )
        assert built.returncode == 0, built.stderr
        (self.wheel,) = folder.glob("*.whl")
        self.environment = folder / "environment"
        self.programs = self.environment / ("Scripts" if sys.platform == "win32" else "bin")
        made = uv("venv", "--python", sys.executable, self.environment)
        assert made.returncode == 0, made.stderr
        self.python = shutil.which("python", path=str(self.programs))
        done = self.uv_pip("install", "--constraint", "requirements.txt", self.wheel)
        assert done.returncode == 0, done.stderr
        (self.package,) = self.environment.glob("**/site-packages/glassnet")

    def uv_pip(self, job: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return uv("pip", job, "--python", self.python, *arguments)

    def run(
        self, folder: Path, *command: object, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in a folder that is not the checkout."""
        program = shutil.which(str(command[0]), path=str(self.programs))
        assert program is not None, command[0]
        inherited = {name: v for name, v in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [program, *map(str, command[1:])],
            cwd=folder,
            env={**inherited, "QT_QPA_PLATFORM": "offscreen", **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def files(self) -> set[str]:
        """Return what lies in the package's folder; the interpreter's own cache left out."""
        return {
            path.relative_to(self.package.parent).as_posix()
            for path in self.package.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("wheel")
    yield Installed(folder)
    shutil.rmtree(folder, ignore_errors=True)


def recorded(installed: Installed) -> set[str]:
    """Return the files that the installer notes as Glassnet's."""
    (record,) = installed.package.parent.glob("glassnet-*.dist-info/RECORD")
    return {line.split(",")[0] for line in record.read_text(encoding="utf-8").splitlines()}


def test_one_name_comes_into_the_environment(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        assert {name.partition("/")[0] for name in wheel.namelist()} == NAMES
    places = {name.partition("/")[0] for name in recorded(installed)}
    assert places - {".."} == NAMES
    for name in ("gui", "model", "vision", "assets", "main", "tests"):
        asked = installed.run(ROOT.parent, "python", "-P", "-c", f"import {name}")
        assert "ModuleNotFoundError" in asked.stderr, name


@pytest.mark.parametrize(
    "command", [["glassnet"], ["glassnet-window"], ["python", "-m", "glassnet"]]
)
def test_each_command_tells_the_version(
    command: list[str], installed: Installed, tmp_path: Path
) -> None:
    done = installed.run(tmp_path, *command, "--version")
    assert done.stdout == f"Glassnet {__version__}\n", done.stderr


def test_help_names_the_command_that_was_typed(installed: Installed, tmp_path: Path) -> None:
    assert installed.run(tmp_path, "glassnet", "--help").stdout.startswith("usage: glassnet ")
    refused = installed.run(tmp_path, "glassnet", "trian")
    assert (refused.returncode, "`glassnet train`" in refused.stderr) == (2, True)


def test_a_network_is_trained_and_drawn_by_lot(installed: Installed, tmp_path: Path) -> None:
    wanted = ("train", "--data", "xor", "--hidden", "4", "--epochs", "3000")
    trained = installed.run(tmp_path, "glassnet", *wanted, "--json", "--out", "xor.glassnet")
    assert json.loads(trained.stdout)["accuracy"] == 1.0, trained.stderr
    lottery = installed.run(
        tmp_path, "glassnet", "lottery", "xor.glassnet", "--seeds", "3000", "--json"
    )
    assert json.loads(lottery.stdout)["seeds"] == 3000
    # Processes that cannot start are done without, but say so here.
    assert lottery.stderr == ""


def test_a_bundled_picture_is_named(installed: Installed, tmp_path: Path) -> None:
    picture = installed.package / "assets" / "images" / "coffee.png"
    done = installed.run(tmp_path, "glassnet", "classify", picture, "--json")
    assert json.loads(done.stdout)[0]["top"][0]["label"] == "espresso", done.stderr


def test_a_model_of_ones_own_is_tried_in_another_process(
    installed: Installed, tmp_path: Path
) -> None:
    assets = installed.package / "assets"
    model = shutil.copy(assets / "models" / "efficientnet_lite0.onnx", tmp_path / "own.onnx")
    done = installed.run(
        tmp_path, "glassnet", "classify", assets / "images" / "coffee.png", "--model", model,
        "--json", PYTHONSAFEPATH="1", XDG_CACHE_HOME=str(tmp_path / "cache"),
    )  # fmt: skip
    assert json.loads(done.stdout)[0]["top"][0]["index"] == 967, done.stderr


def test_all_lessons_are_there(installed: Installed, tmp_path: Path) -> None:
    done = installed.run(tmp_path, "glassnet", "lessons", "--json", PYTHONIOENCODING="utf-8")
    assert json.loads(done.stdout) == lessons_command()


def test_the_guide_is_there(installed: Installed) -> None:
    guide = ROOT / "docs" / "guide"
    for path in guide.iterdir():
        assert (installed.package / "docs" / "guide" / path.name).is_file(), path.name


def test_the_readme_s_lines_work_beside_modules_of_the_same_names(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "vision").mkdir()
    for number, name in enumerate(("model.py", "vision/__init__.py", "base.py"), 1):
        (tmp_path / name).write_text(f"OWN = {number}\n", encoding="utf-8")
    shutil.copy(installed.package / "assets" / "images" / "astronaut.png", tmp_path / "street.png")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "readme.py").write_text(code, encoding="utf-8")
    done = installed.run(tmp_path, "python", "-c", LIBRARY)
    assert done.returncode == 0, done.stderr


@UNIX_ONLY
def test_the_menu_s_entry_starts_what_is_installed(
    installed: Installed, tmp_path: Path, own_folders: Path
) -> None:
    assert installed.run(tmp_path, "glassnet", "install-desktop").returncode == 0
    (entry,) = own_folders.glob("**/glassnet.desktop")
    text = entry.read_text(encoding="utf-8")
    assert f'Exec="{installed.python}" "{installed.programs / "glassnet"}" %F\n' in text
    assert installed.run(tmp_path, "glassnet", "install-desktop", "--remove").returncode == 0
    assert not entry.exists()


def test_an_older_python_is_refused_before_anything_is_installed(
    installed: Installed, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    done = installed.uv_pip(
        "install", "--offline", "--no-deps", "--python-version", "3.11", "--target", target,
        installed.wheel,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Python>=3.12" in done.stderr
    assert not list(target.glob("glassnet*"))


@pytest.mark.timeout(300)
def test_the_window_opens_and_closes_and_uninstalling_leaves_a_persons_own(
    installed: Installed, tmp_path: Path, own_folders: Path
) -> None:
    done = installed.run(tmp_path, "glassnet", "tour", "pictures")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "pictures" / "build-light.png").is_file()
    assert installed.files() == {
        name for name in recorded(installed) if name.startswith("glassnet/")
    }

    installed.run(
        tmp_path, "glassnet", "train", "--data", "xor", "--epochs", "1", "--out", "own.glassnet"
    )
    kept = {path for folder in (tmp_path, own_folders) for path in folder.rglob("*")}
    assert tmp_path / "own.glassnet" in kept
    assert installed.uv_pip("uninstall", "glassnet").returncode == 0
    left = installed.environment.rglob("glassnet*")
    assert not [path for path in left if path.is_file()]
    assert {path for folder in (tmp_path, own_folders) for path in folder.rglob("*")} == kept
