"""The real window in the hands of somebody who clicks, types, drags and drops at random.

``python tests/e2e/random/driver.py SEED STEPS FOLDER [--minutes M]``. The folder holds what is
dropped and opened, and takes what is saved. With ``--minutes`` the steps end after so long, however
many they are, and the memory in use is written every quarter of a minute (Linux).

Every step is written before it is made; an exception that reaches Qt, or a warning of Qt's, is
written after them, and ends the process with status 1. So does an experiment at the end that a file
does not give back as it is.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl  # noqa: E402
from PySide6.QtCore import qInstallMessageHandler as install_message_handler  # noqa: E402
from PySide6.QtGui import (  # noqa: E402
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QFileDialog,
    QLineEdit,
    QWidget,
)

from gui.app import FUSION, make_window, style_application  # noqa: E402
from main import prepare_environment  # noqa: E402
from model.files import decode, encode  # noqa: E402

KEY, MODIFIER, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
KEYS = [
    *(KEY.Key_Tab, KEY.Key_Space, KEY.Key_Return, KEY.Key_Escape, KEY.Key_Delete, KEY.Key_Home),
    *(KEY.Key_Up, KEY.Key_Down, KEY.Key_Left, KEY.Key_Right, KEY.Key_End, KEY.Key_F6, KEY.Key_F2),
]
LETTERS = "ABCDEFGHIJKLMNOPRSTVXYZ0123456789"  # not Q, which quits, nor W, which closes
TYPED = ("0", "-0.0", "-1", "1e9", "3,5", "abc", "", "1/3", "nan", "1e-320", "ğüş", "12", "2-2-1")
SIZES = ((1024, 680), (1280, 800), (1440, 900), (1920, 1080), (2560, 1440))
MAX_BYTES = 12 << 30  # of addresses, of which a tenth is used: what asks for more has gone wrong
LEAVE = {"quit", "larger", "smaller"}  # the program, or it offers to start anew
MEMORY_EVERY_MS = 15_000
DEEPEST = 8  # event loops within each other: menus and dialogs


class Hands:
    """Whoever works at random; the same seed tends to the same steps, as far as time lets it."""

    def __init__(self, seed: int, steps: int, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.left, self.depth = steps, 0
        self.folder, self.files = folder, sorted(folder.iterdir())
        self.window = make_window()
        self.window.resize(*self.chance.choice(SIZES))
        self.window.show()
        self.names = [entry.name for _, entry in self.window.all_actions.entries()]

    def go_on(self) -> None:
        """Make a step and have the next one made, also in the event loop of a dialog."""
        if not self.left or not self.window.isVisible():
            content = encode(self.window.document.experiment)
            assert encode(decode(content)) == content
            print("done", flush=True)
            os._exit(0)
        self.left -= 1
        QTimer.singleShot(self.chance.choice((0, 5, 20, 60)), self.go_on)
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                (QApplication.activePopupWidget() or QApplication.activeModalWidget()).close()
            else:
                self.step()
        except RuntimeError as error:
            if "already deleted" not in str(error):  # what a step was for has gone meanwhile
                raise
        finally:
            self.depth -= 1

    def finish(self) -> None:
        """Make no more steps."""
        self.left = 0

    def step(self) -> None:
        """Do one thing to one widget of those in front."""
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if isinstance(top, QFileDialog):
            self.answer(top)
            return
        root = top or self.window
        widgets = [w for w in root.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
        widget = self.chance.choice([*widgets, root])
        buttons = [w for w in widgets if isinstance(w, QAbstractButton)]
        fields = [w for w in widgets if isinstance(w, QLineEdit | QAbstractSpinBox)]
        ways: list[Callable[[QWidget], None]] = [
            self.click,
            self.drag,
            self.turn,
            self.press,
            self.ask,
            self.drop,
            self.resize,
        ]
        ways += [self.act, self.push, self.write]
        way = self.chance.choices(ways, (6, 9, 6, 18, 5, 3, 1, 10, 40, 12))[0]
        if way == self.push and buttons:
            widget = self.chance.choice(buttons)
        elif way == self.write and fields:
            widget = self.chance.choice(fields)
        elif way in (self.push, self.write):
            way = self.click
        label = widget.text() if isinstance(widget, QAbstractButton) else ""
        name = f"{type(widget).__name__} {widget.objectName()} {label}"
        print(f"{way.__name__} {name.strip()}", flush=True)
        way(widget)

    def spot(self, widget: QWidget) -> QPoint:
        """Return a point of a widget."""
        rect = widget.visibleRegion().boundingRect() or widget.rect()
        across = self.chance.randint(0, max(0, rect.width() - 1))
        return rect.topLeft() + QPoint(across, self.chance.randint(0, max(0, rect.height() - 1)))

    def answer(self, dialog: QFileDialog) -> None:
        """Choose a file, or none."""
        saves = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        if saves or dialog.fileMode() != QFileDialog.FileMode.Directory:
            path = self.folder / "saved" if saves else self.chance.choice(self.files)
            print(f"answer {path.name}", flush=True)
            dialog.selectFile(str(path))
            self.chance.choice((dialog.accept, dialog.accept, dialog.reject))()
        if dialog.isVisible():
            dialog.reject()

    def push(self, button: QWidget) -> None:
        """Push a button."""
        QTest.mouseClick(button, LEFT, MODIFIER.NoModifier, button.rect().center())

    def click(self, widget: QWidget) -> None:
        """Click somewhere, once or twice."""
        hit = self.chance.choice((QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick))
        hit(widget, LEFT, MODIFIER.NoModifier, self.spot(widget))

    def drag(self, widget: QWidget) -> None:
        """Drag from somewhere to somewhere."""
        start, end = self.spot(widget), self.spot(widget)
        QTest.mousePress(widget, LEFT, MODIFIER.NoModifier, start)
        for part in (0.25, 0.5, 0.75, 1.0):
            QTest.mouseMove(widget, start + (end - start) * part)
        QTest.mouseRelease(widget, LEFT, MODIFIER.NoModifier, end)

    def turn(self, widget: QWidget) -> None:
        """Turn the wheel."""
        at, notch = self.spot(widget), self.chance.choice((120, -120, 480, -480))
        held = self.chance.choice((MODIFIER.NoModifier, MODIFIER.ControlModifier))
        where = QPointF(at), QPointF(widget.mapToGlobal(at)), QPoint(), QPoint(0, notch)
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(*where, Qt.MouseButton.NoButton, held, phase, False)
        QApplication.sendEvent(widget, event)

    def press(self, widget: QWidget) -> None:
        """Press a key, or a shortcut."""
        target = QApplication.focusWidget() or widget
        if self.chance.random() < 0.6:
            held = self.chance.choice((MODIFIER.NoModifier, MODIFIER.ShiftModifier))
            QTest.keyClick(target, self.chance.choice(KEYS), held)
            return
        letter = getattr(KEY, f"Key_{self.chance.choice(LETTERS)}")
        more = self.chance.choice((MODIFIER.NoModifier, MODIFIER.ShiftModifier))
        QTest.keyClick(target, letter, MODIFIER.ControlModifier | more)

    def write(self, field: QWidget) -> None:
        """Write something into a field and press Enter."""
        text = self.chance.choice(TYPED)
        print(f"  {text!r}", flush=True)
        field.setFocus()
        QTest.keyClick(field, KEY.Key_A, MODIFIER.ControlModifier)
        for letter in text:
            event = QKeyEvent(QEvent.Type.KeyPress, 0, MODIFIER.NoModifier, letter)
            QApplication.sendEvent(field, event)
        QTest.keyClick(field, KEY.Key_Return)

    def ask(self, widget: QWidget) -> None:
        """Ask for the menu of a widget."""
        at = self.spot(widget)
        mouse = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(widget, QContextMenuEvent(mouse, at, widget.mapToGlobal(at)))

    def drop(self, widget: QWidget) -> None:
        """Drop some files, where they are taken."""
        paths = self.chance.sample(self.files, self.chance.choice((1, 1, 1, 2, 3)))
        print(f"  {[path.name for path in paths]}", flush=True)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
        at = widget.mapToGlobal(self.spot(widget))
        while not widget.acceptDrops() and not widget.isWindow():
            widget = widget.parentWidget()
        inside = widget.mapFromGlobal(at)
        what = Qt.DropAction.CopyAction, mime, LEFT, MODIFIER.NoModifier
        enters = QDragEnterEvent(inside, *what)
        if widget.acceptDrops() and QApplication.sendEvent(widget, enters) and enters.isAccepted():
            QApplication.sendEvent(widget, QDropEvent(QPointF(inside), *what))

    def act(self, widget: QWidget) -> None:
        """Type into the palette what it lists: lessons, data and views that few buttons lead to."""
        if QApplication.activePopupWidget() or QApplication.activeModalWidget():
            return  # the palette opens over neither
        actions, palette = self.window.all_actions, self.window.palette_of_actions
        if not palette.isVisible():
            actions["palette"].trigger()
        palette.search.setText(actions[self.chance.choice(self.names)].text())
        found = palette.rows.currentItem()
        name = None if found is None else found.data(Qt.ItemDataRole.UserRole)
        print(f"  {name}", flush=True)
        if name not in LEAVE:
            QTest.keyClick(palette.search, KEY.Key_Return)

    def resize(self, widget: QWidget) -> None:
        """Resize the window."""
        self.window.resize(*self.chance.choice(SIZES))


def note_memory(app: QApplication) -> None:
    """Write the memory in use now and then."""
    start = time.monotonic()

    def note() -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        resident_mb = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        print(f"memory after {time.monotonic() - start:.0f} s: {resident_mb:.0f} MB", flush=True)

    timer = QTimer(app)
    timer.timeout.connect(note)
    timer.start(MEMORY_EVERY_MS)


def give_up(text: str) -> None:
    """Write what went wrong, and end."""
    print(text, flush=True)
    os._exit(1)


def main() -> None:
    """Work with the window until the steps are over or something goes wrong."""
    if sys.platform == "linux":
        import resource  # elsewhere there is none

        resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float)
    given = parser.parse_args()
    seed, steps = given.seed, sys.maxsize if given.minutes else given.steps
    sys.excepthook = lambda *error: give_up("".join(traceback.format_exception(*error)))
    install_message_handler(
        lambda kind, context, text: None if "plugin does not support" in text else give_up(text)
    )
    prepare_environment()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    app = QApplication(["random", *FUSION])
    app.setQuitOnLastWindowClosed(False)
    style_application(app, language=("en", "tr")[seed % 2], theme=("light", "dark")[seed // 2 % 2])
    hands = Hands(seed, steps, given.folder)
    if given.minutes:
        QTimer.singleShot(round(60_000 * given.minutes), hands.finish)
        note_memory(app)
    QTimer.singleShot(300, hands.go_on)
    app.exec()


if __name__ == "__main__":
    main()
