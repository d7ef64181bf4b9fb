"""The texts of Teach's title and status bar."""

from __future__ import annotations

from foundation.text import tr
from gui.format import show_integer, significant
from gui.tab import Status
from gui.teach_tab.samples import right_text
from gui.teach_tab.state import Step, TeachState
from vision.teaching.collection import MIN_PICTURES


def name_of(state: TeachState) -> str:
    """Return the project's name: its file's, or "Untitled classes"."""
    return tr("Untitled classes") if state.path is None else state.path.stem


def title_of(state: TeachState) -> str:
    """Return the project's name, with a dot if there are unsaved changes."""
    name = name_of(state)
    return f"{name} •" if state.is_modified else name


def status_of(state: TeachState) -> Status:
    """Return the status bar's content for a state."""
    figures: list[tuple[str, str]] = []
    run = state.run
    if run is not None and run.train_loss:
        figures = [
            (tr("epoch"), show_integer(run.epoch)),
            (tr("epochs/s"), show_integer(run.epochs_per_second)),
            (tr("loss"), significant(run.train_loss[-1])),
        ]
        if not run.epochs_per_second:  # of a training that a project has brought along
            del figures[1]
    goes_on = state.busy is not None or state.recording is not None
    return Status(*_activity(state), tuple(figures), _sentence(state), goes_on=goes_on)


def _activity(state: TeachState) -> tuple[str, str]:
    """Return the current activity, and the colour token of its dot."""
    if state.recording is not None:
        return tr("Recording"), "warn"
    if state.busy is not None:
        text = {
            Step.READING: tr("Reading images"),
            Step.FEATURES: tr("Reading features"),
            Step.TRAINING: tr("Training the head"),
        }[state.busy.step]
        if state.busy.total and state.busy.step is not Step.TRAINING:
            done, total = show_integer(state.busy.done), show_integer(state.busy.total)
            text = tr("{what}: {done} of {total}", what=text, done=done, total=total)
        return text, "acc"
    if state.head is None:
        return tr("Not trained yet"), "t3"
    if state.is_paused:
        return tr("Paused"), "warn"
    if state.is_stale:
        return tr("Changed since training"), "warn"
    return tr("Head trained"), "acc"


def _sentence(state: TeachState) -> str:
    """Return the next step for the user, or the result."""
    classes = state.collection.included.classes
    if state.busy is not None:
        return ""
    if len(state.collection.classes) < 2:
        return tr("Add at least 2 classes.")
    if len(classes) < 2:
        return tr("Let at least 2 classes take part.")
    poor = [one.name for one in classes if len(one.pictures) < MIN_PICTURES]
    if poor:
        return tr("{name} needs at least {n} images.", name=poor[0], n=MIN_PICTURES)
    if state.head is None and state.untested:
        return tr(
            "{name} was recorded in one go, so none of it is held out. Record it once more.",
            name=state.collection.of(state.untested[0]).name,
        )
    if state.head is None:
        return tr("Press Train: the head learns these classes.")
    if state.run is not None and state.run.diverged:
        return tr("The loss was no number any more. Take a lower rate.")
    if state.is_stale:
        return tr("Train again: the head goes on from where it stands.")
    judged = state.evaluation
    if judged is None or not judged.held_out:
        return tr("Nothing is held out, so nobody knows how good it is.")
    return right_text(judged.right, judged.held_out)
