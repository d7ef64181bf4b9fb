"""The dock's lottery: of seeds, or of rates and widths; and the cluster that trains them."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QStackedWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.lottery_view import LotteryView
from gui.build_tab.dock.sweep_view import SweepView
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.theme import GAP_M_PX, GAP_S_PX, icon
from gui.widgets.basic import Segments, describe, label, named, tool_button
from gui.widgets.layouts import STRETCH, UNBOUNDED_PX, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.popup_form import PopupForm

_LOW_PX, _BESIDE_PX, _NARROW_PX, _ADDRESS_PX = 200, 460, 28, 250
_ICONS = "dice-five", "chart-bar", "grid-four"
_TESTS, _SWEEP = 1, 2
_EXAMPLE = "tcp://192.168.1.20:8786"


class LotteryPage(Panel):
    """Choose what is drawn; the choice stands over it, or beside it where the dock is low."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__("lottery_page")
        self._model = model
        self.view, self.sweep = LotteryView(model), SweepView(model)
        self._state: BuildState | None = None
        self.choice = Segments(["lottery_of_seeds", "lottery_of_tests", "lottery_of_sweep"])
        self.choice.choose(0)
        for index in range(len(_ICONS)):
            self.choice.button(index).setIconSize(QSize(14, 14))
        self.choice.button(_TESTS).setEnabled(False)
        explain(self.choice.button(_SWEEP), "sweep")
        self.choice.group.idClicked.connect(self._on_chosen)
        self.cluster = tool_button("lottery_cluster", size="small")
        self.cluster.clicked.connect(self._on_cluster_clicked)
        self._form = PopupForm("cluster_form", self)
        self._caption = label("label")
        explain(self._caption, "cluster")
        self._hint = label("caption", wrap=True)
        self.address = named(QLineEdit(), "cluster_address")
        self.address.setFixedWidth(_ADDRESS_PX)
        self.address.editingFinished.connect(self._on_address_entered)
        self._caption.setBuddy(self.address)
        self._hint.setFixedWidth(_ADDRESS_PX)
        for part in (self._caption, self.address, self._hint):
            self._form.add_wide(part)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.sweep)
        self._head = hbox(self.choice, STRETCH, self.cluster, gap=GAP_S_PX)
        self._is_low = False
        self._layout = vbox(self._head, (self._pages, 1), on=self, gap=GAP_M_PX, margins=0)
        self.retranslate()

    def refit(self) -> None:
        """Leave the height to what is drawn where there is little of it."""
        low, wide = self.height() < _LOW_PX, self.width() >= _BESIDE_PX
        if low != self._is_low:
            self._is_low = low
            way = QBoxLayout.Direction
            self._layout.setDirection(way.LeftToRight if low else way.TopToBottom)
            self._head.setDirection(way.TopToBottom if low else way.LeftToRight)
            self.retranslate()
        self._layout.setSpacing(GAP_S_PX if low and not wide else GAP_M_PX)
        for index in range(len(_ICONS)):
            widest = _NARROW_PX if low and not wide else UNBOUNDED_PX
            self.choice.button(index).setMaximumWidth(widest)

    def show_state(self, state: BuildState) -> None:
        """Show the state in what is in front."""
        self._state = state
        has_tests = len(state.dataset.x_test) > 0
        self.choice.button(_TESTS).setEnabled(has_tests)
        if self.choice.current == _TESTS and not has_tests:
            self.choice.choose(0)
            self._on_chosen(0)
        (self.sweep if self.choice.current == _SWEEP else self.view).show_state(state)

    def _on_chosen(self, index: int) -> None:
        self._pages.setCurrentIndex(index == _SWEEP)
        self.view.show_tests(index == _TESTS)
        if self._state is not None:
            self.show_state(self._state)

    def _on_cluster_clicked(self) -> None:
        self.address.setText(self._model.cluster)
        self._form.open_under(self.cluster, self.address)

    def _on_address_entered(self) -> None:
        self._model.set_cluster(self.address.text())
        self.retranslate()

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        texts = (tr("Seeds"), tr("Test"), tr("Sweep"))
        tips = (
            tr("Many random starts of this network"),
            tr("How accurate those starts are on the test rows, where the split leaves some"),
            tr("Many random starts with each of some learning rates and layer widths"),
        )
        for index, (text, tip) in enumerate(zip(texts, tips, strict=True)):
            button = self.choice.button(index)
            button.setText("" if self._is_low else text)
            button.setIcon(icon(_ICONS[index]) if self._is_low else QIcon())
            describe(button, text, tip)
        self.choice.fold_into(0 if self._is_low else self.width() or 1000)
        address = self._model.cluster
        trains = tr("Cluster: {address}", address=address)
        describe(self.cluster, tr("Cluster"), trains if address else tr("Cluster: none"))
        self._caption.setText(tr("Dask cluster"))
        describe(self.address, tr("Address of the cluster's scheduler"))
        self.address.setPlaceholderText(tr("such as {address}", address=_EXAMPLE))
        self._hint.setText(
            tr("Its workers train every lottery. Leave it empty to train on this computer.")
        )
        self.cluster.setIcon(icon("hard-drives", "acc" if self._model.cluster else "t2"))
