"""Pictures of Teach, one for each language, theme and size: ``python -m gui.tour.teach``.

For docs/pictures/teach/.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtGui import QImage

from gui.build_tab.build_model import BuildModel
from gui.tour.driver import TourDriver
from gui.tour.sheets import picture_of, take_sheets
from gui.tour.tour import teach_photographs

_SIZES = (1024, 680), (1440, 900), (2560, 1440)


def _teach(guide: TourDriver, _model: BuildModel) -> Iterator[QImage]:
    """Yield the window with three classes taught; they stay for the next picture."""
    if not guide.window.session.teach.state.collection.classes:
        with tempfile.TemporaryDirectory() as home:
            teach_photographs(guide, Path(home) / "photographs")
    yield picture_of(guide, guide.window)


if __name__ == "__main__":
    take_sheets(Path(sys.argv[1]), _teach, 2600, _SIZES)
