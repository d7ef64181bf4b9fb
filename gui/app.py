"""Set up the application: font, theme and language, first window, uncaught errors."""

from __future__ import annotations

import sys
from functools import partial
from traceback import format_exception
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QLocale, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QPixmapCache
from PySide6.QtWidgets import QApplication, QMainWindow

from gui.garbage import collect_between_events
from gui.settings import ASSETS, LOCALES, choose_language, choose_theme, settings
from gui.theme.tokens import BODY_PX
from gui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from gui.window import GlassnetWindow

PIXMAP_CACHE_KB = 64 * 1024
"""Size of Qt's pixmap cache: sixty edges at 200 % take 25 MB, and Qt's default is 10 MB."""


FUSION = ("-style", "Fusion")
"""Style arguments of the QApplication; `setStyle` would make PySide load all of QStyle."""


def make_application(arguments: list[str]) -> QApplication:
    """Return the only QApplication, with the last used language and theme."""
    app = QApplication([*arguments, *FUSION])
    stored = settings()
    style_application(
        app,
        language=str(stored.value("language", "")) or _system_language(),
        theme=str(stored.value("theme", "")) or _theme_of(app.styleHints().colorScheme()),
    )
    follow_system_theme(app)
    return app


def follow_system_theme(app: QApplication) -> None:
    """Follow the system's light or dark theme until the user chooses one."""

    def follow(scheme: Qt.ColorScheme) -> None:
        if not settings().value("theme", ""):
            choose_theme(app, _theme_of(scheme))

    app.styleHints().colorSchemeChanged.connect(follow)


def style_application(app: QApplication, language: str, theme: str) -> None:
    """Give `app` its name, font, language (of `LOCALES`) and theme (``light``, ``dark``)."""
    collect_between_events(app)
    if app.findChild(FocusRing, "focus_ring") is None:
        FocusRing(app)
    app.setApplicationName("Glassnet")
    app.setOrganizationName("Glassnet")
    app.setDesktopFileName("glassnet")  # what `install-desktop` writes: a panel shows its icon
    QPixmapCache.setCacheLimit(PIXMAP_CACHE_KB)
    app.setWindowIcon(QIcon(str(ASSETS / "icons" / "glassnet.svg")))
    _install_font(app)
    choose_language(app, language)
    choose_theme(app, theme)


def make_window(frame_first: bool = False) -> GlassnetWindow:
    """Return the window with the first experiment: XOR, and a network that can learn it.

    With `frame_first` the frame is painted before its contents are made.
    """
    from gui.document import ExperimentDocument
    from gui.window import GlassnetWindow
    from model.defaults import default_experiment

    return GlassnetWindow(ExperimentDocument(default_experiment()), frame_first)


def report_unexpected_errors(window: GlassnetWindow) -> None:
    """Show uncaught exceptions in `window` and print them; the program continues.

    The message is deferred to the event loop: the exception may come from a paint event, during
    which no widget may be shown, or from another thread, which may not touch widgets.
    """

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            text = "".join(format_exception(kind, error, trace))
            QTimer.singleShot(0, window, partial(window.show_unexpected_error, text))

    sys.excepthook = report


def _install_font(app: QApplication) -> None:
    for path in sorted((ASSETS / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))
    font = QFont("Inter")
    font.setPixelSize(BODY_PX)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)


def _system_language() -> str:
    code = QLocale.system().name().partition("_")[0]
    return code if code in LOCALES else "en"


def _theme_of(scheme: Qt.ColorScheme) -> str:
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


_PLACE_KEY = "window/geometry"
_FRAME = QSize(8, 40)
"""Approximate size of title bar and borders, which is unknown until the window is shown."""


def fitting_size(wanted: QSize, least: QSize, available: QSize) -> QSize:
    """Return `wanted`, reduced so that window and frame fit the screen, but at least `least`."""
    return wanted.boundedTo(available - _FRAME).expandedTo(least)


def show_at_last_position(window: QMainWindow, store: QSettings) -> None:
    """Show the window at its last position; Qt keeps it on an existing screen.

    Without a stored position it keeps its current size, limited to the screen.
    """
    kept = store.value(_PLACE_KEY)
    if not (isinstance(kept, QByteArray) and window.restoreGeometry(kept)):
        available = window.screen().availableSize()
        window.resize(fitting_size(window.size(), window.minimumSize(), available))
    window.show()


def store_geometry(window: QMainWindow, store: QSettings) -> None:
    """Store the window's size, position and maximised state for the next start."""
    store.setValue(_PLACE_KEY, window.saveGeometry())
