"""Questions about documents that read files outside their folder, asked once per file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from foundation.files import is_on_network
from foundation.text import tr
from gui.format import show_integer
from gui.settings import stored_texts
from gui.widgets.dialogs import Answer, ask

MAX = 200
"""Number of files and folders remembered; the oldest agreement is dropped first."""
_MAX_NAMED = 6
_KEY = "data_files_agreed_to"


def agree_to_read(settings: QSettings, outside: Sequence[str]) -> None:
    """Remember external files or picture folders that the user allows documents to read."""
    known = stored_texts(settings, _KEY)
    agreed = [*outside, *(name for name in known if name not in outside)]
    if outside:
        settings.setValue(_KEY, agreed[:MAX])


def ask_to_read(
    settings: QSettings,
    window: QWidget,
    outside: Sequence[str],
    path: Path,
    then: Callable[[], None],
) -> None:
    """Call `then`, after a question if `path` reads files outside its folder.

    Files that were agreed to before are not asked about.
    """
    agreed = stored_texts(settings, _KEY)
    unknown = [
        name
        for name in outside
        # A file that is not there is asked for in another way; one on another computer is not
        # looked for before the user agrees, see `paths_outside`.
        if name not in agreed and (is_on_network(name) or Path(name).exists())
    ]
    if not unknown:
        then()
        return

    def read() -> None:
        agree_to_read(settings, outside)
        then()

    files, more = ", ".join(map(_link_target, unknown[:_MAX_NAMED])), len(unknown) - _MAX_NAMED
    if more > 0:
        files = tr("{files} and {n} more", files=files, n=show_integer(more))
    ask(
        window,
        "outside_dialog",
        tr("Read files outside its own folder?"),
        tr(
            "{name} wants to read {files}. Agree only if you, or somebody you trust, made it.",
            name=path.name,
            files=files,
        ),
        (
            Answer("outside_read", tr("Read"), read),
            Answer("outside_cancel", tr("Cancel"), lambda: None),
        ),
        is_risky=True,
    )


def _link_target(name: str) -> str:
    """Return the file that is actually read if `name` is a link."""
    return name if is_on_network(name) else str(Path(name).resolve())
