"""Every setting of training by mouse and by keys: the bar, the form behind More, the seed."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QComboBox, QLineEdit

from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.ways import both


@both
def test_a_long_batch_is_shown_whole(builder: Builder, by_keys: bool) -> None:
    builder.enter("batch_size", "12000", by_keyboard=by_keys)
    edit = builder.find("batch_size_text", QLineEdit)
    assert edit.text() == "12\xa0000"
    builder.wait(
        lambda: QFontMetricsF(edit.font()).horizontalAdvance(edit.text()) <= edit.width(),
        "there is room for it",
        SOON_MS,
    )
    assert builder.find("batch_size", QComboBox).isVisible()
    assert builder.save().training.batch_size == 12000
