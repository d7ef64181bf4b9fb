"""The user's settings, language and theme, and the location of the assets."""

from __future__ import annotations

import functools
from gettext import NullTranslations
from pathlib import Path
from typing import cast

import msgspec
from PySide6.QtCore import QLibraryInfo, QLocale, QSettings, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from foundation.text import ENGLISH, read_catalogue, tr, tr_context, use
from gui.theme.tokens import DARK, LIGHT, activate, active, style_sheet
from gui.widgets.texts import rewrite_texts

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ALL_PROCESSORS = "all_processors"

LOCALES = {"en": "en_GB", "tr": "tr_TR"}
"""The window's languages: code and the locale that formats numbers."""

QT_WORDS = {
    "QShortcut": ("Ctrl", "Shift", "Alt", "Esc", "Home", "End"),
    "QFileDialog": ("&Look in:", "Files of &type:"),
}
"""Words that Qt's Turkish catalogue lacks or words differently from the key caps, by context."""


@functools.cache
def asset_table[Table](name: str, kind: type[Table]) -> Table:
    """Return the table in the asset file `name`.json, with English texts."""
    return msgspec.json.decode((ASSETS / f"{name}.json").read_bytes(), type=kind)


def word_table(name: str, kind: str) -> dict[str, str]:
    """Return the words under `kind` in the asset `name.json`, in the current language."""
    words = asset_table(name, dict[str, dict[str, str]])[kind]
    return {key: tr(word) for key, word in words.items()}


def settings() -> QSettings:
    """Return the user's settings: an INI file in the platform's folder."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Glassnet", "Glassnet")


def stored_texts(stored: QSettings, key: str) -> list[str]:
    """Return the texts of a list setting, empty if it is not a list."""
    texts = cast("list[object]", stored.value(key, [], type=list))
    return list(map(str, texts))


def repair_settings() -> None:
    """Remove settings that PySide cannot read; keep the rest of a damaged file.

    Call it at the start, before any setting is read: PySide raises only on the first read.
    """
    stored = settings()
    try:
        stored.value("language")
    except RuntimeError:
        for key in stored.allKeys():
            if stored.value(key) is None:
                stored.remove(key)


def animations_allowed() -> bool:
    """Return whether animation is allowed: the user's choice, otherwise the system's."""
    chosen = settings().value("reduced_motion")
    if chosen is not None:
        return not settings().value("reduced_motion", False, type=bool)
    if not hasattr(Qt, "MotionPreference"):  # an older Qt does not ask the system
        return True
    style = QGuiApplication.styleHints()  # held, or PySide takes its part for gone
    return style.accessibility().motionPreference() != Qt.MotionPreference.ReducedMotion


def uses_all_processors() -> bool:
    """Return whether training may use all processors."""
    return bool(settings().value(ALL_PROCESSORS, False, type=bool))


def animation_ms(wanted_ms: int) -> int:
    """Return the duration of an animation: 0 if animation is switched off."""
    return wanted_ms if animations_allowed() else 0


def language() -> str:
    """Return the code of the current language."""
    app = QApplication.instance()
    return str(app.property("glassnet_language") or "en") if app is not None else "en"


@functools.cache
def _catalogue(code: str) -> NullTranslations:
    return ENGLISH if code == "en" else read_catalogue(ASSETS / "i18n", code)


def in_turkish(text: str) -> str:
    """Return one of our texts in Turkish, whatever the language; unchanged if untranslated."""
    return _catalogue("tr").gettext(text)


class _QtWords(QTranslator):
    """Translates words of Qt that its own Turkish catalogue lacks."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, *_: object) -> str:
        # An empty text would count as a translation; None does not.
        return tr_context(context, text) if text in QT_WORDS.get(context, ()) else None  # type: ignore[return-value]


def choose_language(app: QApplication, code: str) -> None:
    """Switch to language `code`, a key of `LOCALES`; widgets get ``LanguageChange``."""
    code = code if code in LOCALES else "en"
    QLocale.setDefault(QLocale(LOCALES[code]))
    app.setProperty("glassnet_language", code)
    use(_catalogue(code))
    rewrite_texts()  # before any panel hears of it, and fits its size to them
    for name in ("qt_translator", "glassnet_translator"):
        old = app.property(name)
        if isinstance(old, QTranslator):
            app.removeTranslator(old)
            old.deleteLater()
    # Qt's own words first (file dialogs, "Copy" in a field's menu), so that ours come before them.
    translator, words = QTranslator(app), _QtWords(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if code != "en" and translator.load(f"qtbase_{code}", folder):
        app.installTranslator(translator)
    if code != "en":
        app.installTranslator(words)
    app.setProperty("qt_translator", translator)
    app.setProperty("glassnet_translator", words)


def choose_theme(app: QApplication, name: str) -> None:
    """Switch to ``"light"`` or ``"dark"``; widgets with a `restyle` then apply the theme."""
    theme = DARK if name == "dark" else LIGHT
    activate(app, theme, style_sheet(theme, ASSETS / "icons"))
    for widget in app.allWidgets():
        restyle = getattr(widget, "restyle", None)
        if restyle is not None:
            restyle()


def toggle_theme(app: QApplication) -> str:
    """Switch to the other theme; return its name."""
    name = "light" if active().is_dark else "dark"
    choose_theme(app, name)
    return name
