"""The application object: font, theme, language and settings."""

from __future__ import annotations

import sys
from pathlib import Path
from traceback import format_exception
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QLibraryInfo, QLocale, QSettings, Qt, QTranslator
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QPixmapCache
from PySide6.QtWidgets import QApplication

from gui.garbage import collect_between_events
from gui.paths import ASSETS
from gui.theme.style_sheet import style_sheet
from gui.theme.tokens import BODY_PX, DARK, LIGHT, activate, active

if TYPE_CHECKING:
    from gui.window import GlassnetWindow

__all__ = [
    "choose_language",
    "choose_theme",
    "dress_application",
    "language",
    "make_application",
    "make_window",
    "report_unexpected_errors",
    "settings",
    "toggle_theme",
]


PIXMAP_CACHE_KB = 64 * 1024
"""Room for what Qt keeps of drawn edges: sixty at 200 % take 25 MB, and Qt's own limit is 10."""

# Qt's Turkish writes "Kontrol+C"; the keys here, and in this window's own texts, say Ctrl.
_KEY_NAMES = (QT_TRANSLATE_NOOP("QShortcut", "Ctrl"),)


def make_application(arguments: list[str]) -> QApplication:
    """Return the one QApplication, in the language and theme last chosen."""
    app = QApplication(arguments)
    stored = settings()
    dress_application(
        app,
        language=str(stored.value("language", "")) or _system_language(),
        theme=str(stored.value("theme", "")) or _system_theme(app),
    )
    return app


def dress_application(app: QApplication, language: str, theme: str) -> None:
    """Give `app` its name, font, language (``en``, ``tr``) and theme (``light``, ``dark``)."""
    collect_between_events(app)
    app.setApplicationName("Glassnet")
    app.setOrganizationName("Glassnet")
    app.setStyle("Fusion")
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
    from model.experiment import GateData

    return GlassnetWindow(ExperimentDocument(default_experiment(GateData("xor"))), frame_first)


def report_unexpected_errors(window: GlassnetWindow) -> None:
    """Show what no handler caught in `window`, besides printing it; the program goes on."""

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            window.show_unexpected_error("".join(format_exception(kind, error, trace)))

    sys.excepthook = report


def settings() -> QSettings:
    """Return the person's settings: an INI file in the folder the platform has for it."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Glassnet", "Glassnet")


def language() -> str:
    """Return the code of the language in use."""
    app = QApplication.instance()
    return str(app.property("glassnet_language") or "en") if app is not None else "en"


def choose_language(app: QApplication, code: str) -> None:
    """Switch every text to `code` (``"en"`` or ``"tr"``); widgets get ``LanguageChange``."""
    code = code if code in ("en", "tr") else "en"
    QLocale.setDefault(QLocale("tr_TR" if code == "tr" else "en_GB"))
    app.setProperty("glassnet_language", code)
    # Qt's own words first (file dialogs, "Copy" in a field's menu), so that ours come before them.
    for name, folder, file in (
        (
            "qt_translator",
            Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
            f"qtbase_{code}.qm",
        ),
        ("glassnet_translator", ASSETS / "i18n", f"glassnet_{code}.qm"),
    ):
        old = app.property(name)
        if isinstance(old, QTranslator):
            app.removeTranslator(old)
        translator = QTranslator(app)
        if code != "en" and translator.load(str(folder / file)):
            app.installTranslator(translator)
        app.setProperty(name, translator)


def choose_theme(app: QApplication, name: str) -> None:
    """Switch to ``"light"`` or ``"dark"``; widgets get ``PaletteChange``."""
    theme = DARK if name == "dark" else LIGHT
    activate(app, theme, style_sheet(theme, ASSETS / "icons"))


def toggle_theme(app: QApplication) -> str:
    """Switch to the other theme and return its name."""
    name = "light" if active().is_dark else "dark"
    choose_theme(app, name)
    return name


def _install_font(app: QApplication) -> None:
    for path in sorted((ASSETS / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))
    font = QFont("Inter")
    font.setPixelSize(BODY_PX)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)


def _system_language() -> str:
    return "tr" if QLocale.system().language() == QLocale.Language.Turkish else "en"


def _system_theme(app: QApplication) -> str:
    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"
