"""Everything larger, for a projector: kept, taken at the next start, never beyond the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from gui.settings import settings
from gui.shell import scale
from gui.window import MINIMUM_SIZE

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.usefixtures("dressed")


def test_the_steps_end_at_both_ends() -> None:
    assert [scale.next_scale(one, larger=True) for one in (1.0, 1.25, 3.0)] == [1.1, 1.5, 3.0]
    assert [scale.next_scale(one, larger=False) for one in (1.0, 1.25, 3.0)] == [1.0, 1.1, 2.5]


@pytest.mark.parametrize(
    ("percent", "factor"), [(100, 1.0), (90, 1.0), (109, 1.0), (125, 1.25), (180, 1.75), (900, 3.0)]
)
def test_the_system_s_text_size_is_the_size_at_the_start(percent: int, factor: float) -> None:
    assert scale.largest_within(percent) == factor


@pytest.mark.parametrize("stored", ["", "much", "1.3", "nan", "-2", "1e400"])
def test_a_damaged_setting_is_the_natural_size(stored: str) -> None:
    settings().setValue("scale", stored)
    assert scale.wanted_scale(settings()) == 1.0


@pytest.mark.parametrize(
    ("screen", "most"), [((1440, 900), 1.25), ((1920, 1080), 1.5), ((3840, 2160), 3.0)]
)
def test_the_window_stays_whole_on_its_screen(screen: tuple[int, int], most: float) -> None:
    fitting = [one for one in scale.SCALES if scale.fits(one, MINIMUM_SIZE, QSize(*screen), 1.0)]
    assert max(fitting) == most
    at_two = QSize(*screen) / 2.0
    assert [scale.fits(one, MINIMUM_SIZE, at_two, 2.0) for one in fitting] == [True] * len(fitting)


def test_a_factor_that_the_user_has_set_is_multiplied() -> None:
    assert scale.scaled_environment({}, 1.0) == {}
    assert scale.scaled_environment({}, 1.25) == {"QT_SCALE_FACTOR": "1.25"}
    assert scale.scaled_environment({"QT_SCALE_FACTOR": "2"}, 1.5) == {"QT_SCALE_FACTOR": "3"}
    assert scale.scaled_environment({"QT_SCALE_FACTOR": "large"}, 1.5) == {}


_DRIVER = """
import json, os, sys
from pathlib import Path
import main
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
import gui.app

made = gui.app.make_window
PRESS = os.environ.pop("PRESS", "")


def make_window(frame_first=False):
    window = made(frame_first)

    def drive():
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        window.show_tab(window.BUILD).setFocus()
        for key in PRESS:
            QTest.keyClick(window.tab(window.BUILD), ord(key), Qt.KeyboardModifier.ControlModifier)
        seen = [window.devicePixelRatio(), window.minimumWidth(), window.message_bar.text.text()]
        with Path(os.environ["TOLD"]).open("a") as file:
            file.write(json.dumps(seen) + "\\n")
        if window.message_bar.remedy_button.isVisible():
            window.message_bar.remedy_button.click()
        else:
            window.close()

    QTimer.singleShot(0, drive)
    return window


gui.app.make_window = make_window
sys.exit(main.main([]))
"""


def drive(folder: Path, screen: tuple[int, int], press: str = "") -> list[list[object]]:
    """Start the program on a screen, press keys with Ctrl, take the remedy offered.

    Return what each start saw: pixels a pixel, the window's least width, the message.
    """
    script, told, screens = folder / "driver.py", folder / "told", folder / "screens.json"
    script.write_text(_DRIVER, encoding="utf-8")
    width, height = screen
    shape = {"name": "one", "x": 0, "y": 0, "width": width, "height": height, "dpr": 1}
    screens.write_text(json.dumps({"screens": [shape]}), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={screens}",
        "PYTHONPATH": str(ROOT),
        "PRESS": press,
        "TOLD": str(told),
    }
    subprocess.run([sys.executable, str(script)], env=environment, check=True, timeout=60, cwd=ROOT)
    return [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]


def test_the_keys_start_it_again_larger(tmp_path: Path, qtbot: QtBot) -> None:
    drive(tmp_path, (1440, 900), press="++")
    told = tmp_path / "told"
    qtbot.waitUntil(lambda: len(told.read_text().splitlines()) == 2, timeout=30_000)
    first, second = (json.loads(line) for line in told.read_text().splitlines())
    assert first[:2] == [1.0, 1024]
    assert "125%" in first[2]
    assert second == [1.25, 1024, ""]


def test_the_keys_stop_at_the_screen(tmp_path: Path) -> None:
    ((ratio, _, message),) = drive(tmp_path, (1440, 900), press="+++")
    assert ratio == 1.0
    assert "At 150% the window would be larger than this screen" in str(message)
