"""What the network sees and what it goes by: settings, mistakes side by side, the occlusion map."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage

from gui.vision_tab.stage.overlay import Explanation
from tests.e2e.vision.viewer import FRAME_MS, Viewer
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE


def see_coffee(viewer: Viewer) -> None:
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    viewer.wait_for_label("espresso")


def tensor_colour(viewer: Viewer) -> QColor:
    """Return the colour of the coffee's saucer in the X-ray's picture."""
    picture = viewer.find("xray_picture")
    side = picture.width()
    return viewer.pixel(picture, QPoint(side * 18 // 100, side * 69 // 100))


def brightness(image: QImage, area: QRect) -> float:
    """Return the mean brightness (0 to 255) of a part of what is on screen."""
    part = image.copy(area).convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(part.constBits(), np.uint8).reshape(part.height(), part.bytesPerLine())
    return float(rows[:, : part.width()].mean())


def test_a_changed_figure_changes_tensor_and_answer(viewer: Viewer) -> None:
    see_coffee(viewer)
    right = viewer.bars
    before = tensor_colour(viewer)
    facts = [viewer.text(name) for name in ("xray_range", "xray_mean_value")]
    assert viewer.text("xray_mean") == "127 127 127"

    viewer.enter("xray_mean", "0 0 0")
    viewer.wait(lambda: viewer.bars != right, "the answer is another one", FRAME_MS)
    reading = viewer.tab.model.state.result
    assert reading is not None
    assert reading.preprocessing.mean == (0.0, 0.0, 0.0)
    assert [viewer.text(name) for name in ("xray_range", "xray_mean_value")] != facts
    assert viewer.text("xray_range").startswith(("0.0", "−0.0"))
    assert viewer.badge.title in (viewer.bars[0][0], "not sure")

    viewer.click("xray_reset")
    viewer.wait(lambda: viewer.bars == right, "the model's own settings are back", FRAME_MS)
    viewer.click("xray_swap_rb")
    viewer.wait(lambda: viewer.bars != right, "the colours are swapped", FRAME_MS)
    after = tensor_colour(viewer)
    assert before.red() > before.blue() + 20
    assert after.blue() > after.red() + 20
    swapped = viewer.bars[0]
    viewer.click("xray_reset")
    viewer.wait(lambda: viewer.bars == right, "they are right again", FRAME_MS)
    assert tensor_colour(viewer) == before

    viewer.click("xray_compare")
    viewer.wait(viewer.find("xray_comparison").isVisible, "both stand side by side", FRAME_MS)
    said = viewer.plain("xray_comparison")
    assert f"as the model wants it {right[0][0]} {right[0][1]}" in said
    assert f"red and blue swapped {swapped[0]} {swapped[1]}" in said


def test_nonsense_in_a_field_changes_nothing(viewer: Viewer) -> None:
    see_coffee(viewer)
    right = viewer.bars
    viewer.enter("xray_scale", "one half")
    assert viewer.find("xray_scale").property("invalid") == "true"
    viewer.press("Escape")
    assert not viewer.find("xray_scale").property("invalid")
    assert viewer.bars == right
    viewer.drop_on_stage(CHELSEA, "chelsea.png classified as Egyptian cat")


def test_the_occlusion_map_grows_and_is_shown(viewer: Viewer) -> None:
    see_coffee(viewer)
    view = viewer.tab.stage.view
    plain = viewer.image(view)
    parts: list[Explanation] = []

    def grows() -> bool:
        """Note each new state of the map; tell whether it is done."""
        shown = view.explanation
        if shown is not None and (not parts or parts[-1] is not shown):
            parts.append(shown)
        return "Occlusion map ready" in viewer.sentence

    viewer.click("occlusion_switch")
    viewer.wait(grows, "the map is ready", FRAME_MS)
    assert parts[0].sentence.startswith("Hiding one part after the other")
    assert parts[-1].sentence.startswith("Hiding the bright part costs up to")
    passes = viewer.sentence.split("ready. ")[1].split(" passes")[0]
    assert f"{passes} passes" in parts[-1].detail
    assert parts[-1].contours
    area = view.picture_rect().toRect()
    assert brightness(viewer.image(view), area) < brightness(plain, area) - 10
    viewer.click("occlusion_switch")
    viewer.wait(lambda: view.explanation is None, "the map is gone")
    assert viewer.image(view) == plain


def test_the_occlusion_map_is_cancelled(viewer: Viewer) -> None:
    see_coffee(viewer)
    view = viewer.tab.stage.view
    viewer.click("occlusion_switch")
    viewer.wait(lambda: view.explanation is not None, "the map begins", FRAME_MS)
    viewer.click("occlusion_switch")
    viewer.wait(lambda: view.explanation is None, "the map is gone")
    viewer.wait(lambda: not viewer.tab.model.worker.is_looking, "the work has ended")
    assert "Occlusion map ready" not in viewer.sentence
    viewer.drop_on_stage(CHELSEA, "chelsea.png classified as Egyptian cat")
    assert view.explanation is None
