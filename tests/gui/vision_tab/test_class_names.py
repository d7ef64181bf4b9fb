"""What classes are called in the language in use."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from gui.settings import choose_language
from gui.vision_tab.class_names import class_name, counted
from vision.formats.labels import Labels


def test_a_number_names_a_class_and_counts_none(qapp: QApplication) -> None:
    # The model's outputs count from 0, so number 6 is not the sixth class.
    name = Labels(()).name(6)
    choose_language(qapp, "tr")
    assert class_name(name) == "sınıf 6"
    choose_language(qapp, "en")
    assert class_name(name) == "class 6"


def test_a_count_does_not_run_into_a_name_that_ends_in_a_digit() -> None:
    assert counted("cat", 5) == "cat 5"
    assert counted("class 1", 28) == "class 1 × 28"
