"""What the drawing shows is what the state says."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QGraphicsPathItem,
    QGraphicsSimpleTextItem,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import unit_name
from gui.build_tab.network_view.edges_item import EdgesItem
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.network_view.scene import ValueItem
from gui.build_tab.state import Activity, Selection
from gui.theme import LIGHT
from model.errors import ModelError
from model.experiment import DataSpec, TableData
from model.network import Network
from model.places import INPUTS, UnitAt, WeightAt
from tests.gui.build_tab.network_view.hands import (
    make_state,
    move,
    show_captions,
    spot,
    with_weights,
)


def _mixed(over: str, under: str, share: float) -> QColor:
    a, b = QColor(over), QColor(under)
    return QColor(
        *(
            round(share * x + (1 - share) * y)
            for x, y in (
                (a.red(), b.red()),
                (a.green(), b.green()),
                (a.blue(), b.blue()),
            )
        )
    )


def _near(a: QColor, b: QColor, within: int = 3) -> bool:
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return all(abs(x - y) <= within for x, y in pairs)


def lines(edges: EdgesItem) -> list[QGraphicsPathItem]:
    """Return the lines of a gap that is not dense, row by row."""
    return [item for item in edges.childItems() if isinstance(item, QGraphicsPathItem)]


def test_the_output_unit_shows_its_response_over_the_plane(canvas: NetworkPanel) -> None:
    state = make_state()
    image = canvas.view.grab().toImage()
    item = canvas.scene.units[UnitAt(1, 0)]
    for x_share, y_share in ((0.3, 0.7), (0.7, 0.4), (0.5, 0.25)):
        column = int(x_share * 49.999)
        row = int((1 - y_share) * 49.999)
        value = 2 * state.maps[1][0, row, column] - 1
        shares = QPointF(x_share, y_share)
        local = item.square.topLeft() + shares * item.square.size().width()
        point = canvas.view.mapFromScene(item.mapToScene(local)) * image.devicePixelRatio()
        colour = LIGHT.pos if value > 0 else LIGHT.neg
        expected = _mixed(colour, LIGHT.heat0, LIGHT.output_gain * abs(value))
        assert _near(image.pixelColor(point), expected, 24)


def test_values_are_those_of_the_chosen_row(canvas: NetworkPanel) -> None:
    state = make_state(row=2)
    canvas.show_state(state)
    for unit in range(4):
        text = canvas.scene.units[UnitAt(0, unit)].style.value
        assert float(text.replace("−", "-")) == pytest.approx(
            state.row_values[0][1][unit], abs=0.005
        )
    assert canvas.scene.units[UnitAt(INPUTS, 0)].style.value == "1"
    assert len(canvas.scene.units[UnitAt(1, 0)].style.value.split(".")[1]) == 3
    canvas.show_state(make_state(row=-1))
    assert canvas.scene.units[UnitAt(0, 0)].style.value == ""


def test_sign_is_colour_and_dash_and_size_is_width(canvas: NetworkPanel, qtbot: QtBot) -> None:
    edges = canvas.scene.edges[1]
    pens = [line.pen() for line in lines(edges)]
    assert pens[0].style() == Qt.PenStyle.CustomDashLine
    assert pens[2].style() == Qt.PenStyle.SolidLine
    assert pens[0].color() != pens[2].color()
    assert pens[0].widthF() > pens[2].widthF() > pens[1].widthF()
    grown = with_weights(make_state(), lambda network: network.set_weight(1, 1, 0, 5.0))
    canvas.show_state(grown)
    qtbot.waitUntil(lambda: lines(edges)[1].pen().widthF() > pens[1].widthF())


def test_a_weight_of_zero_has_no_sign(canvas: NetworkPanel) -> None:
    edges = canvas.scene.edges[1]

    def colour(weight: float) -> QColor:
        state = with_weights(make_state(), lambda network: network.set_weight(1, 1, 0, weight))
        canvas.scene.show_state(state, whole=True)
        assert (lines(edges)[1].pen().style() == Qt.PenStyle.SolidLine) is (weight >= 0.0)
        return lines(edges)[1].pen().color()

    assert colour(0.0).saturation() < 64 < min(colour(sign).saturation() for sign in (1e-9, -1e-9))
    assert "zero" in canvas.legend.accessibleName()


def test_the_last_frame_of_a_run_is_made_whole(canvas: NetworkPanel, qtbot: QtBot) -> None:
    edges = canvas.scene.edges[1]

    def show(weight: float) -> None:
        state = with_weights(make_state(), lambda network: network.set_weight(1, 1, 0, weight))
        canvas.show_state(state)

    for weight in (3.0, 4.0, 5.0):
        show(weight)
    assert edges.weights[1, 0] == 4.0, "pictures and edges take turns"
    qtbot.waitUntil(lambda: edges.weights[1, 0] == 5.0)


def test_the_value_stands_beside_the_edge_pointed_at(canvas: NetworkPanel) -> None:
    move(canvas, spot(canvas, WeightAt(1, 0, 0)))
    (value,) = [item for item in canvas.scene.items() if isinstance(item, ValueItem)]
    assert value.isVisible()
    (text,) = [t for t in value.childItems() if isinstance(t, QGraphicsSimpleTextItem)]
    assert text.text() == "−6.000"
    move(canvas, QPoint(3, 3))
    assert not value.isVisible()


def test_pointing_at_a_unit_lights_the_edges_into_it_and_is_told(
    canvas: NetworkPanel, build_model: BuildModel
) -> None:
    move(canvas, spot(canvas, UnitAt(0, 1)))
    assert build_model.state.selection.pointed == UnitAt(0, 1)
    assert canvas.scene.edges[0].marks.hovered == {(0, 1), (1, 1)}
    move(canvas, QPoint(3, 3))
    assert build_model.state.selection.pointed is None


@pytest.mark.parametrize("selection", [Selection(unit=UnitAt(0, 2)), Selection(lit=UnitAt(0, 2))])
def test_a_chosen_unit_and_one_that_is_spoken_of_are_lit(
    canvas: NetworkPanel, selection: Selection
) -> None:
    canvas.show_state(dataclasses.replace(make_state(), selection=selection))
    assert canvas.scene.units[UnitAt(0, 2)].marks.lit
    canvas.show_state(make_state())
    assert not canvas.scene.units[UnitAt(0, 2)].marks.lit


def test_a_dead_unit_is_marked_without_colour_alone(canvas: NetworkPanel) -> None:
    show_captions(canvas, make_state(), {})
    before = [line.pen().color() for line in lines(canvas.scene.edges[0])]
    show_captions(canvas, make_state(), {(0, 1): ("dead", "warn")})
    assert canvas.scene.units[UnitAt(0, 1)].style.caption == "dead"
    after = [line.pen().color() for line in lines(canvas.scene.edges[0])]
    # Row by row, four units each: the two weights into the second unit are paler.
    assert [a != b for a, b in zip(before, after, strict=True)] == [False, True, False, False] * 2
    assert all(after[i].lightness() > before[i].lightness() for i in (1, 5))


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, 0.0])
@pytest.mark.parametrize("data", [None, TableData("digits"), TableData("iris")])
def test_weights_that_blew_up_are_drawn_without_a_warning(
    canvas: NetworkPanel, value: float, data: DataSpec
) -> None:
    state = make_state(hidden=(5, 13), data=data, output="sigmoid")
    canvas.show_state(state)

    def change(network: Network) -> None:
        for matrix in network.parameters.matrices:
            matrix[:] = value

    state = with_weights(state, change)
    # The maps and values are the state's own work; only the drawing is judged here.
    _ = state.maps, state.row_values
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        canvas.show_state(state)
        canvas.grab()


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nothing_is_written_under_units_whose_weights_are_no_numbers(
    canvas: NetworkPanel, value: float
) -> None:
    assert any(item.style.caption for item in canvas.scene.units.values())

    def blow_up(network: Network) -> None:
        network.parameters.matrices[0][1, 2] = value

    state = dataclasses.replace(with_weights(make_state(), blow_up), activity=Activity.REST)
    canvas.show_state(state)
    assert not any(item.style.caption for item in canvas.scene.units.values())


def test_svg_and_png_hold_the_whole_drawing_without_marks(
    canvas: NetworkPanel, tmp_path: Path
) -> None:
    canvas.resize(500, 400)
    plain = tmp_path / "plain.png"
    canvas.render_png(plain, 2.0)
    canvas.scene.hovered = UnitAt(0, 1)
    canvas.scene.show_marks()
    canvas.render_png(tmp_path / "a.png", 2.0)
    canvas.render_svg(tmp_path / "a.svg")
    image = QImage(str(tmp_path / "a.png"))
    assert image == QImage(str(plain))
    assert image.width() == round(2 * canvas.scene.sceneRect().width())
    assert canvas.scene.units[UnitAt(0, 1)].marks.lit, "the marks come back"

    renderer = QSvgRenderer(str(tmp_path / "a.svg"))
    assert renderer.isValid()
    drawn = QImage(image.size(), QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    renderer.render(painter)
    painter.end()
    for at in canvas.scene.units:
        item = canvas.scene.units[at]
        place = item.scenePos() + QRectF(0, 0, -8, -8 + 40).bottomRight()
        point = (place * 2).toPoint()
        assert _near(image.pixelColor(point), drawn.pixelColor(point), 16), at
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.svg", "plain.png"]


def test_many_edges_are_lines_in_svg_and_those_of_now(canvas: NetworkPanel, tmp_path: Path) -> None:
    state = make_state(hidden=(8, 8))
    canvas.show_state(state)
    canvas.grab()
    canvas.show_state(with_weights(state, lambda network: network.set_weight(1, 0, 0, -9.0)))
    canvas.render_svg(tmp_path / "a.svg")
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert sum(edges.weights.size for edges in canvas.scene.edges.values()) < svg.count("C")
    assert canvas.scene.edges[1].weights[0, 0] == -9.0


def test_headers_of_a_deep_network_do_not_run_together_in_its_picture(
    canvas: NetworkPanel, tmp_path: Path
) -> None:
    canvas.show_state(make_state(hidden=(8,) * 8))
    canvas.render_svg(tmp_path / "a.svg")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    texts = [node.text.strip() for node in root.iter() if node.tag.endswith("}text") and node.text]
    assert "Hidden 1\u2009·\u20098, ReLU" not in texts
    assert texts.count("ReLU") == 8
    canvas.show_state(make_state(hidden=(8,)))
    canvas.render_svg(tmp_path / "b.svg")
    assert "Hidden 8, ReLU" in (tmp_path / "b.svg").read_text(encoding="utf-8")


def test_a_picture_that_cannot_be_written_leaves_nothing(
    canvas: NetworkPanel, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="missing"):
        canvas.render_svg(tmp_path / "missing" / "a.svg")
    assert list(tmp_path.iterdir()) == []


def test_inputs_called_by_a_letter_and_a_number_are_written_alike() -> None:
    state = make_state()
    data = dataclasses.replace(state.dataset, feature_names=("p41", "p207", "p1137"))
    names = [unit_name(UnitAt(INPUTS, unit), state.experiment.network, data) for unit in range(3)]
    assert names == ["p₄₁", "p₂₀₇", "p₁₁₃₇"]
