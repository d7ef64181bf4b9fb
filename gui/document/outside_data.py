"""Experiments that read files outside their own folder: a person is asked once for each file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from gui.format import translate
from gui.settings import stored_texts
from gui.widgets.dialogs import Answer, ask
from model.data_paths import is_on_network, paths_outside
from model.experiment import Experiment

MOST = 200
"""Files remembered; the one agreed to longest ago is forgotten first."""
_KEY = "data_files_agreed_to"


def agree_to_read(settings: QSettings, experiment: Experiment, path: Path) -> None:
    """Remember that a person lets the experiment in `path` read the files it reads."""
    outside = paths_outside(experiment.data, path.resolve().parent)
    known = stored_texts(settings, _KEY)
    agreed = [*outside, *(name for name in known if name not in outside)]
    if outside:
        settings.setValue(_KEY, agreed[:MOST])


def ask_to_read(
    settings: QSettings,
    window: QWidget,
    experiment: Experiment,
    path: Path,
    then: Callable[[], None],
) -> None:
    """Do `then`, after a question where `experiment`, read from `path`, reads other files."""
    agreed = stored_texts(settings, _KEY)
    unknown = [
        name
        for name in paths_outside(experiment.data, path.resolve().parent)
        # A file that is not there is asked for in another way; one on another computer is not
        # looked for before a person agrees, see `paths_outside`.
        if name not in agreed and (is_on_network(name) or Path(name).exists())
    ]
    if not unknown:
        then()
        return

    def read() -> None:
        agree_to_read(settings, experiment, path)
        then()

    text = translate(
        "OutsideData",
        "{name} wants to read {files}. Agree only if you, or somebody you trust, made the "
        "experiment.",
    )
    ask(
        window,
        "outside_dialog",
        translate("OutsideData", "Read a file outside the experiment's folder?"),
        text.format(name=path.name, files=", ".join(map(_with_end, unknown))),
        (
            Answer("outside_read", translate("OutsideData", "Read it"), read),
            Answer("outside_cancel", translate("OutsideData", "Cancel"), lambda: None),
        ),
        is_risky=True,
    )


def _with_end(name: str) -> str:
    """Return a file's name, and the file it leads to where that is another, as with a link."""
    if is_on_network(name) or (end := Path(name).resolve()) == Path(name):
        return name
    text = translate("OutsideData", "{link} (leads to {file})")
    return text.format(link=name, file=end)
