"""The window's words outlast the files that they came from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from gui.settings import ASSETS

_PROGRAM = """
import sys
from pathlib import Path
import gui.settings
from PySide6.QtWidgets import QApplication
from foundation.text import tr

app = QApplication([])
gui.settings.ASSETS = Path(sys.argv[1])
gui.settings.choose_language(app, "tr")
file = Path(sys.argv[1]) / "i18n" / "tr" / "LC_MESSAGES" / "messages.mo"
with file.open("r+b") as opened:  # in its place, as some programs update what is installed
    opened.truncate(16)
print(tr("Sheet"))
"""


def test_an_update_of_the_files_does_not_end_a_window_that_is_open(tmp_path: Path) -> None:
    shutil.copytree(ASSETS / "i18n", tmp_path / "i18n")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "Sayfa"), done.stderr
