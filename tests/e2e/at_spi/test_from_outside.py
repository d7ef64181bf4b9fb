"""The window as a screen reader on Linux gets it: from another process, over the AT-SPI bus.

Needs a virtual screen and Debian's dbus, at-spi2-core, python3-gi and gir1.2-atspi-2.0.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from model.defaults import default_experiment
from model.files import write_experiment

ROOT, READER = Path(__file__).parents[3], Path(__file__).with_name("reader.py")
LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
PYTHON = Path("/usr/bin/python3")
TYPELIB = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
SCRIPT = """
{launcher} --launch-immediately & bus=$!
{python} {main} {file} & window=$!
trap 'kill $window $bus' EXIT
{reader} {arguments}
"""


def missing() -> str:
    """Return what this machine lacks; nothing where all is there."""
    programs = [name for name in ("dbus-run-session", "xvfb-run") if shutil.which(name) is None]
    if programs or not LAUNCHER.exists() or not PYTHON.exists():
        return "needs xvfb, dbus and at-spi2-core"
    known = subprocess.run([PYTHON, "-c", TYPELIB], capture_output=True, check=False)
    return "" if known.returncode == 0 else "needs python3-gi and gir1.2-atspi-2.0"


pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing() or "all is there"),
    pytest.mark.thorough,
]


def heard(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    """Open the window on a screen of its own; return what is heard once the last word is."""
    file, rooms = tmp_path / "xor.glassnet", tmp_path / "run"
    write_experiment(default_experiment(), file)
    rooms.mkdir(mode=0o700)
    script = SCRIPT.format(
        launcher=LAUNCHER,
        python=shlex.quote(sys.executable),
        main=shlex.quote(str(ROOT / "main.py")),
        file=shlex.quote(str(file)),
        reader=f"{PYTHON} {shlex.quote(str(READER))}",
        arguments=shlex.join(arguments),
    )
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DISPLAY"},
        "XDG_RUNTIME_DIR": str(rooms),
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "LANG": "C.UTF-8",
    }
    command = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", "dbus-run-session", "--"]
    said = subprocess.run(
        [*command, "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        env=environment,
    )
    assert said.returncode == 0, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]


def test_a_screen_reader_hears_the_network_and_works_the_window(tmp_path: Path) -> None:
    things = heard(tmp_path, "Step", "Microscope", "z equals")
    names = {thing["name"]: thing for thing in things}
    assert any(re.fullmatch(r"h 1, Tanh, (minus )?\d\.\d+(, .+)?", name) for name in names)
    assert any(re.fullmatch(r"x 1 to h 2, (minus )?\d\.\d+", name) for name in names)
    formula = names["z equals w 1 times x 1 plus w 2 times x 2 plus b"]
    assert formula["role"] == "label"
    assert names["Curves of the loss"]["description"].startswith("Training loss from 0.")
    assert names["Speed 10 times"]["role"] == "radio button"
    assert "checked" in names["Speed 10 times"]["states"]
    assert names["Optimiser"]["role"] == "combo box"
    assert names["Noise sigma"]["role"] == "slider"
    assert names["Truth table"]["role"] == "table"
    assert "Right or wrong" in names


def test_whatever_can_have_the_keyboard_is_named(tmp_path: Path) -> None:
    things = heard(tmp_path, "Truth table")
    assert len(things) > 150
    plane = next(thing for thing in things if thing["name"] == "Decision map")
    assert re.fullmatch(r"0 over \d+% of the plane.+", plane["description"])
    nameless = [t for t in things if "focusable" in t["states"] and not t["name"]]
    # What scrolls in a view takes no focus of its own: the view does.
    assert [t for t in nameless if t["role"] != "filler"] == []
