"""A person at the window who does anything in any order, and what must hold after each step."""

from __future__ import annotations

import sys

from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
)
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QSlider,
    QWidget,
)

from gui.build_tab.data_panel.tiles import TileList
from gui.build_tab.data_panel.truth_table_model import Kind
from model.defaults import default_experiment
from model.experiment import PointsData, with_past
from model.files import read_experiment
from model.places import WeightAt
from tests.gui.build_tab.agreement import assert_window_agrees, edges_are_drawn
from tests.gui.build_tab.machine_hands import (
    KEY,
    LEFT,
    MOST_INPUTS,
    MOST_LAYERS,
    MOST_OUTPUTS,
    Hands,
    pump,
    wait,
)
from tests.gui.finding import find

TILES = (
    *(("gate_tiles", f"gate:{name}") for name in ("and", "xor", "parity", "not", "half_adder")),
    *(("plane_tiles", f"plane:{name}") for name in ("circle", "moons", "regression_plane")),
    ("plane_tiles", "points"),
    *(("table_tiles", f"table:{name}") for name in ("iris", "symptoms", "titanic", "digits")),
)
numbers = st.floats(-6, 6).map(lambda x: round(x, 3))
shares = st.floats(0, 0.999)


class BuildMachine(Hands):
    """A person who builds, trains, undoes, saves and opens in any order.

    No rule has a precondition: how far a training comes is up to the clock, and so is what an undo
    comes back to. A rule that has nothing to work on does nothing, and what hypothesis draws
    depends on nothing but what it has drawn.
    """

    # -- Layers, units, activation, weights --------------------------------------------------------

    @rule(share=shares)
    def add_layer(self, share: float) -> None:
        if self.layers >= MOST_LAYERS:
            return
        adders = [a for a in self.canvas.headers.adders if a.isVisible()]
        if adders:
            adder = adders[int(share * len(adders))]
            self.do(lambda: QTest.mouseClick(adder, LEFT))

    @rule(share=shares)
    def remove_layer(self, share: float) -> None:
        if self.layers <= 1:
            return
        index = int(share * (self.layers - 1))
        self.do(self.action(f"layer_{index}_remove").trigger)

    @rule(share=shares)
    def tick_input(self, share: float) -> None:
        strip = self.canvas.features
        if not self.canvas.headers.features.isVisible():
            return
        if not strip.isVisible():
            self.do(lambda: QTest.mouseClick(self.canvas.headers.features, LEFT))
        pump()
        tiles = [tile for tile in strip.tiles if tile.isVisible()]
        if tiles:
            tile = tiles[int(share * len(tiles))]
            self.do(lambda: QTest.mouseClick(tile, LEFT))

    @rule(share=shares, units=st.sampled_from((1, 2, 3, 5, 8, 14)))
    def set_units(self, share: float, units: int) -> None:
        if self.layers <= 1:
            return
        header = self.canvas.headers.headers[int(share * (self.layers - 1))]
        if header.units.isVisible():
            self.do(lambda: self.keys(header.units, str(units)))

    @rule(share=shares, more=st.booleans())
    def step_units(self, share: float, more: bool) -> None:
        if self.layers <= 1:
            return
        header = self.canvas.headers.headers[int(share * (self.layers - 1))]
        button = header.more if more else header.fewer
        if button.isVisible() and button.isEnabled():
            self.do(lambda: QTest.mouseClick(button, LEFT))

    @rule(share=shares, downs=st.integers(-4, 4))
    def choose_activation(self, share: float, downs: int) -> None:
        combo = self.canvas.headers.headers[int(share * self.layers)].activation
        if combo.isVisible():
            self.do(lambda: self.turn(combo, downs))

    def turn(self, combo: QComboBox, downs: int) -> None:
        combo.setFocus()
        for _ in range(abs(downs)):
            QTest.keyClick(combo, KEY.Key_Down if downs > 0 else KEY.Key_Up)

    @rule(share=shares)
    def switch_bias(self, share: float) -> None:
        self.do(self.action(f"layer_{int(share * self.layers)}_bias").trigger)

    def drawn(self, share: float) -> WeightAt:
        """Return one of the drawn weights and biases."""
        scene = self.canvas.scene
        places = [at for gap in scene.edges.values() for at in gap.places()]
        places += [
            WeightAt(u.layer, scene.inputs_of(u.layer), u.unit)
            for u in scene.units
            if scene.has_bias(u.layer)
        ]
        return places[int(share * len(places))]

    @rule(share=shares, value=numbers)
    def type_weight(self, share: float, value: float) -> None:
        at = self.drawn(share)
        view, spin = self.canvas.view, self.canvas.editor.spin

        def deed() -> None:
            view.setFocus()
            view.move_to(at, by_keyboard=True)
            QTest.keyClick(view, KEY.Key_Return)
            assert spin.isVisible()
            spin.lineEdit().selectAll()
            QTest.keyClicks(spin, str(value))
            QTest.keyClick(spin, KEY.Key_Return)
            assert self.canvas.scene.weight(at) == value

        self.do(deed)

    @rule(share=shares, pixels=st.integers(-40, 40))
    def drag_weight(self, share: float, pixels: int) -> None:
        at = self.drawn(share)
        view = self.canvas.view
        start = view.viewport_point(at)
        if view.target_at(start) != at or abs(pixels) < 5:
            return
        before = self.document.undo_stack.count()

        def deed() -> None:
            viewport = view.viewport()
            QTest.mousePress(viewport, LEFT, pos=start)
            for part in (0.3, 0.6, 1.0):
                QTest.mouseMove(viewport, start + QPoint(round(part * pixels), 0))
            QTest.mouseRelease(viewport, LEFT, pos=start + QPoint(pixels, 0))

        self.do(deed)
        assert self.document.undo_stack.count() <= before + 1

    @rule(share=shares)
    def pin_weight(self, share: float) -> None:
        at = self.drawn(share)
        view = self.canvas.view

        def deed() -> None:
            view.setFocus()
            view.move_to(at, by_keyboard=True)
            QTest.keyClick(view, KEY.Key_P)

        self.do(deed)

    # -- Data --------------------------------------------------------------------------------------

    @rule(tile=st.sampled_from(TILES))
    def choose_tile(self, tile: tuple[str, str]) -> None:
        tiles = self.find(tile[0])
        assert isinstance(tiles, TileList)
        where = tiles.tile_rect(tile[1]).center().toPoint()
        self.do(lambda: QTest.mouseClick(tiles.viewport(), LEFT, pos=where))

    @property
    def has_table(self) -> bool:
        return self.bench.data.rows.currentWidget() is self.bench.data.table

    @rule(share=shares, which=shares, what=st.sampled_from(("flip", "free", "key", "delete")))
    def edit_target(self, share: float, which: float, what: str) -> None:
        if not self.has_table:
            return
        table = self.bench.data.table
        model = table.model
        row = int(share * model.rowCount())
        columns = [c for c in range(model.columnCount()) if model.kind(c)[0] is Kind.TARGET]
        index = model.index(row, columns[int(which * len(columns))])
        if what == "delete" and model.rowCount() < 2:
            return

        def deed() -> None:
            where = table.view.visualRect(index).center()
            if what == "flip":
                QTest.mouseClick(table.view.viewport(), LEFT, pos=where)
                return
            table.view.setFocus()
            table.view.setCurrentIndex(index)
            key = {"free": KEY.Key_X, "key": KEY.Key_Return, "delete": KEY.Key_Delete}[what]
            QTest.keyClick(table.view, key)

        self.do(deed)

    @rule(
        what=st.sampled_from(
            ("table_input_added", "table_input_removed", "table_output_added",
             "table_output_removed", "table_add_row")
        )
    )  # fmt: skip
    def reshape_table(self, what: str) -> None:
        if not self.has_table:
            return
        model = self.bench.data.table.model
        if (what, True) in (
            ("table_input_added", model.inputs >= MOST_INPUTS),
            ("table_output_added", model.targets >= MOST_OUTPUTS),
        ):
            return
        if what == "table_add_row":
            self.do(lambda: self.click("table_add_row"))
        else:
            self.do(self.action(what).trigger)

    @rule(name=st.sampled_from(("copies", "noise", "points", "split")), steps=st.integers(-8, 8))
    def move_slider(self, name: str, steps: int) -> None:
        slider = find(self.bench, QSlider, name)
        if not slider.isVisible():
            return

        def deed() -> None:
            slider.setFocus()
            for _ in range(abs(steps)):
                QTest.keyClick(slider, KEY.Key_Right if steps > 0 else KEY.Key_Left)

        self.do(deed)

    @rule(x=shares, y=shares, tool=st.sampled_from(("add_class_0", "add_class_1", "erase_points")))
    def press_on_map(self, x: float, y: float, tool: str) -> None:
        if not isinstance(self.document.experiment.data, PointsData):
            return
        plane = self.bench.output.map
        ground = plane.ground

        def deed() -> None:
            self.click(tool)
            where = QPoint(
                round(ground.left() + x * ground.width()), round(ground.top() + y * ground.height())
            )
            QTest.mouseClick(plane, LEFT, pos=where)

        self.do(deed)

    # -- Settings ----------------------------------------------------------------------------------

    @rule(
        name=st.sampled_from(("optimiser", "loss", "initialiser", "regularisation")),
        downs=st.integers(-3, 3),
    )
    def choose_setting(self, name: str, downs: int) -> None:
        combo = self.find(name)
        assert isinstance(combo, QComboBox)
        self.do(lambda: self.turn(combo, downs))

    @rule(rate=st.sampled_from(("0.5", "0,05", "0.003", "1.5")))
    def type_rate(self, rate: str) -> None:
        self.do(lambda: self.keys(self.find("learning_rate_text"), rate))

    @rule(batch=st.sampled_from(("Full", "1", "7", "32")))
    def type_batch(self, batch: str) -> None:
        self.do(lambda: self.keys(self.find("batch_size_text"), batch))

    @rule(seed=st.integers(0, 999))
    def type_seed(self, seed: int) -> None:
        self.do(lambda: self.keys(self.find("seed"), str(seed)))

    @rule()
    def throw_dice(self) -> None:
        self.do(lambda: self.click("new_start"))

    # -- Training ----------------------------------------------------------------------------------

    @rule(whole=st.booleans())
    def take_a_step(self, whole: bool) -> None:
        shift = Qt.KeyboardModifier.ShiftModifier if whole else Qt.KeyboardModifier.NoModifier
        self.do(lambda: QTest.keyClick(self.tab, KEY.Key_S, shift))

    @rule()
    def train_a_little(self) -> None:
        self.do(self.train)

    @rule(share=shares, value=numbers)
    def change_a_weight_while_training(self, share: float, value: float) -> None:
        at = self.drawn(share)
        view, spin = self.canvas.view, self.canvas.editor.spin

        def between() -> None:
            view.setFocus()
            view.move_to(at, by_keyboard=True)
            QTest.keyClick(view, KEY.Key_Return)
            spin.lineEdit().selectAll()
            QTest.keyClicks(spin, str(value))
            QTest.keyClick(spin, KEY.Key_Return)

        self.do(lambda: self.train(between))

    @rule(rate=st.sampled_from(("0.2", "0,02")))
    def change_the_rate_while_training(self, rate: str) -> None:
        self.do(lambda: self.train(lambda: self.keys(self.find("learning_rate_text"), rate)))

    @rule(share=shares, downs=st.integers(-2, 2))
    def change_an_activation_while_training(self, share: float, downs: int) -> None:
        combo = self.canvas.headers.headers[int(share * self.layers)].activation
        if combo.isVisible():
            self.do(lambda: self.train(lambda: self.turn(combo, downs)))

    @rule()
    def reset(self) -> None:
        self.do(lambda: QTest.keyClick(self.tab, KEY.Key_R))
        assert self.document.experiment.progress is None

    @rule(key=st.sampled_from((KEY.Key_Left, KEY.Key_Right, KEY.Key_Home, KEY.Key_End)))
    def travel(self, key: Qt.Key) -> None:
        before = self.document.experiment
        self.note()
        with self.caught():
            QTest.keyClick(self.tab, key)
        assert self.document.experiment == before

    @rule()
    def branch(self) -> None:
        self.do(lambda: QTest.keyClick(self.tab, KEY.Key_B))

    # -- Undo, redo, files -------------------------------------------------------------------------

    @rule(times=st.integers(1, 4), redo=st.booleans())
    def undo_or_redo(self, times: int, redo: bool) -> None:
        self.note()
        for _ in range(times):
            stack = self.document.undo_stack
            if not (stack.canRedo() if redo else stack.canUndo()):
                return
            with self.caught():
                self.click("redo" if redo else "undo")
            wanted = self.seen.get(stack.index())
            if wanted is not None:
                assert self.document.experiment == wanted
            self.after()

    @rule()
    def save(self) -> None:
        self.note()
        with self.caught():
            self.action("file_save").trigger()
            if self.document.path is None:
                self.name_file("save_dialog")
        wait(lambda: not self.document.is_modified, "it is saved")
        self.saved = with_past(read_experiment(self.path), None)
        assert self.saved == self.document.experiment

    @rule()
    def open(self) -> None:
        if self.saved is None:
            return
        self.note()
        with self.caught():
            self.action("file_open").trigger()
            pump()
            for box in self.window.findChildren(QDialog, "unsaved_dialog"):
                discard = find(box, QWidget, "unsaved_discard")
                QTest.mouseClick(discard, LEFT)
            pump()
            self.name_file("open_dialog")
        assert self.document.experiment == self.saved
        self.forget()

    def name_file(self, dialog: str) -> None:
        wait(lambda: bool(self.window.findChildren(QFileDialog, dialog)), f"{dialog} is open")
        box = self.window.findChildren(QFileDialog, dialog)[-1]
        line = find(box, QLineEdit, "fileNameEdit")
        line.setText(str(self.path))
        QTest.keyClick(line, KEY.Key_Return)
        pump()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # -- What always holds -------------------------------------------------------------------------

    @invariant()
    def the_window_agrees(self) -> None:
        pump()
        wait(lambda: self.tab.model.is_idle, "all is at rest")
        wait(lambda: self.tab.workbench.is_up_to_date, "every panel is shown")
        # Dense drawings catch up a twentieth of a second later.
        wait(lambda: edges_are_drawn(self.tab), "every edge is drawn")
        assert_window_agrees(self.tab)

    def teardown(self) -> None:
        """Close the window; a failed sequence may have left it training."""
        self.keep_failure(sys.exception())
        for menu in self.window.findChildren(QMenu):
            menu.close()
        self.document.load(default_experiment(), None)
        self.window.close()
        wait(lambda: not self.window.isVisible(), "the window is closed")
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
