"""The dock's lottery page: seeds or a sweep, and the cluster."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QStackedWidget

from foundation.text import mark, tr
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
from gui.widgets.texts import worded

_LOW_PX, _NARROW_PX, _ADDRESS_PX = 200, 28, 250
_ICONS = "dice-five", "chart-bar", "grid-four"
_TESTS, _SWEEP = 1, 2
_EXAMPLE = "tcp://192.168.1.20:8786"


class LotteryPage(Panel):
    """The choice between lottery and sweep, above the view or beside it in a low dock."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__("lottery_page")
        self._model = model
        self.view, self.sweep = LotteryView(model), SweepView(model)
        self._state: BuildState | None = None
        self.choice = Segments(
            {
                "lottery_of_seeds": (mark("Seeds"), mark("Many random starts of this network")),
                "lottery_of_tests": (
                    mark("Test"),
                    mark(
                        "How accurate those starts are on the test rows, where the split leaves "
                        "some"
                    ),
                ),
                "lottery_of_sweep": (
                    mark("Sweep"),
                    mark("Many random starts with each of some learning rates and layer widths"),
                ),
            },
            do=self._on_chosen,
        )
        self.choice.choose(0)
        for index in range(len(_ICONS)):
            self.choice.button(index).setIconSize(QSize(14, 14))
        self.choice.button(_TESTS).setEnabled(False)
        explain(self.choice.button(_SWEEP), "sweep")
        self.cluster = tool_button("lottery_cluster", size="small", do=self._on_cluster_clicked)
        self._form = PopupForm("cluster_form", self)
        caption = explain(label("label", text="Dask cluster"), "cluster")
        hint = label(
            "caption",
            wrap=True,
            text="Its workers train every lottery. Leave it empty to train on this computer.",
        )
        self.address = worded(
            named(QLineEdit(), "cluster_address"),
            accessible_name="Address of the cluster's scheduler",
            placeholder=lambda: tr("such as {address}", address=_EXAMPLE),
        )
        self.address.editingFinished.connect(self._on_address_entered)
        caption.setBuddy(self.address)
        for part in (self.address, hint):
            part.setFixedWidth(_ADDRESS_PX)
        for part in (caption, self.address, hint):
            self._form.add_wide(part)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.sweep)
        self._head = hbox(self.choice, STRETCH, self.cluster, gap=GAP_S_PX)
        self._layout = vbox(self._head, (self._pages, 1), on=self, gap=GAP_M_PX, margins=0)
        self.retranslate()

    def refit(self) -> None:
        """Place the choice beside the view, with icons only, if the height is small."""
        low, way = self.height() < _LOW_PX, QBoxLayout.Direction
        self._layout.setSpacing(GAP_S_PX if low else GAP_M_PX)
        self._layout.setDirection(way.LeftToRight if low else way.TopToBottom)
        self._head.setDirection(way.TopToBottom if low else way.LeftToRight)
        for index, name in enumerate(_ICONS):
            button = self.choice.button(index)
            button.setText("" if low else button.accessibleName())
            button.setIcon(icon(name) if low else QIcon())
            button.setMaximumWidth(_NARROW_PX if low else UNBOUNDED_PX)
        self.choice.fit_width(0 if low else self.width())

    def show_state(self, state: BuildState) -> None:
        """Show the state in the view in front."""
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
        """Set every text in the current language."""
        address = self._model.cluster
        trains = tr("Cluster: {address}", address=address)
        describe(self.cluster, tr("Cluster"), trains if address else tr("Cluster: none"))
        self.cluster.setIcon(icon("hard-drives", "acc" if address else "t2"))
        self.refit()
