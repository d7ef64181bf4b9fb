"""What the random sequences do the window with: a window of their own, and hands for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import ClassVar

from hypothesis.errors import HypothesisException
from hypothesis.stateful import (
    RuleBasedStateMachine,
)
from PySide6.QtCore import QElapsedTimer, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QWidget,
)

from gui.build_tab.tab import BuildTab
from gui.document import ExperimentDocument
from gui.settings import settings as app_settings
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import Experiment

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
KEY = Qt.Key
WAIT_MS = 10_000
MOST_LAYERS, MOST_INPUTS, MOST_OUTPUTS = 4, 4, 3


def pump() -> None:
    """Let every event that waits be handled."""
    for _ in range(3):
        QApplication.processEvents()


def wait(condition: Callable[[], bool], what: str) -> None:
    clock = QElapsedTimer()
    clock.start()
    while not condition():
        assert clock.elapsed() < WAIT_MS, f"waited in vain: {what}"
        QTest.qWait(2)


class Hands(RuleBasedStateMachine):
    """A window, and what a person does with it by mouse and keyboard events.

    Attributes
    ----------
    failures
        What went wrong in any sequence so far, the first first, each with its steps as a note.
    """

    failures: ClassVar[list[Exception]] = []

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="stateful-"))
        home = str(self.folder)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        app_settings().setValue("first_run_left", True)
        self.errors: list[BaseException] = []
        self.document = ExperimentDocument(default_experiment())
        self.window = GlassnetWindow(self.document)
        self.window.resize(1440, 900)
        self.window.show()
        tab = self.window.tab(self.window.BUILD)
        assert isinstance(tab, BuildTab)
        self.tab, self.bench = tab, tab.workbench
        self.canvas = self.bench.canvas
        wait(lambda: bool(self.canvas.scene.units), "the network is drawn")
        with self.caught():
            self.click("speed_max")
        self.saved: Experiment | None = None
        self.path = self.folder / "work.glassnet"
        self.seen: dict[int, Experiment] = {0: self.document.experiment}
        self.done: list[str] = []

    # -- Hands -------------------------------------------------------------------------------------

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Fail where a slot or an event handler raises: Qt alone would only print it."""

        def keep(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
            self.errors.append(error)

        before, sys.excepthook = sys.excepthook, keep
        try:
            yield
            pump()
        finally:
            sys.excepthook = before
        if self.errors:
            raise self.errors[0]

    def find(self, name: str) -> QWidget:
        found = [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]
        assert found, f"no {name} is visible"
        return found[0]

    def click(self, name: str) -> None:
        widget = self.find(name)
        assert isinstance(widget, QAbstractButton)
        QTest.mouseClick(widget, LEFT)

    def action(self, name: str) -> QAction:
        found = self.window.findChildren(QAction, name)
        assert found, name
        return found[-1]

    def keys(self, widget: QWidget, text: str) -> None:
        widget.setFocus()
        assert isinstance(widget, QLineEdit)
        widget.selectAll()
        QTest.keyClicks(widget, text)
        QTest.keyClick(widget, KEY.Key_Return)

    def train(self, between: Callable[[], None] | None = None) -> None:
        """Press Space, let a few epochs go by, do something, press Space again."""
        controller = self.tab.model
        start = controller.state.epoch
        QTest.keyClick(self.tab, KEY.Key_Space)
        wait(
            lambda: controller.is_idle or controller.state.epoch > start + 3,
            "some epochs have gone by",
        )
        if between is not None:
            between()
        for _ in range(3):
            pump()
            if controller.is_training:
                QTest.keyClick(self.tab, KEY.Key_Space)
            wait(lambda: controller.is_idle, "training has ended")

    def note(self, depth: int = 1) -> None:
        """Write down which rule is being followed, and with what."""
        rule_frame = sys._getframe(depth)
        plain = (bool, int, float, str, tuple, Qt.Key)
        values = {k: v for k, v in rule_frame.f_locals.items() if isinstance(v, plain)}
        self.done.append(f"{rule_frame.f_code.co_name} {values}")

    def story(self) -> str:
        """Return what was done so far.

        How far a training comes depends on the clock, so hypothesis can neither shrink nor always
        replay a sequence; this tells it.
        """
        return "after\n" + "\n".join(self.done)

    def keep_failure(self, error: BaseException | None) -> None:
        """Keep what ends a sequence, where it is a fault and not hypothesis' own affair."""
        if isinstance(error, Exception) and not isinstance(error, HypothesisException):
            error.add_note(self.story())
            self.failures.append(error)

    def after(self) -> None:
        """Remember what the present step of the undo stack holds."""
        self.seen[self.document.undo_stack.index()] = self.document.experiment

    def forget(self) -> None:
        self.seen = {self.document.undo_stack.index(): self.document.experiment}

    @property
    def layers(self) -> int:
        return len(self.document.experiment.network.layers)

    def do(self, deed: Callable[[], None]) -> None:
        """Do something that may be one or more new steps."""
        before = self.document.undo_stack.index()
        self.note(2)
        with self.caught():
            deed()
        # Steps that were undone are gone, also where the deed made several in their place.
        for index in [i for i in self.seen if i > before]:
            del self.seen[index]
        # The same step may have grown, as a gesture that goes on; also before a training that ends.
        grown = self.document.experiment_at(before)
        if grown is not None:
            self.seen[before] = grown
        self.after()
