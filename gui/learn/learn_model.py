"""The open lesson or challenge, and the user's progress in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from foundation.text import tr
from gui.build_tab.state import FIRST_ROW, Activity
from gui.learn.screen import Screen
from gui.learn.state import ChallengeView, LearnState
from gui.settings import language, settings
from gui.workers.latest_task import LatestTask
from model.data.files.paths import with_absolute_paths, with_relative_paths
from model.errors import ModelError
from model.experiment import Experiment, LessonRecord
from model.files import decode, encode, write_bytes
from model.lessons import (
    LESSONS,
    Lesson,
    LessonProgress,
    ListedLesson,
    Question,
    Setup,
    Situation,
    Task,
    first_undone_step,
    is_lesson,
    lesson_at,
    list_lessons,
    read_lesson,
)
from model.lessons.challenges import Challenge, check_challenge, read_challenge
from model.lessons.conditions import Checked, Condition, check
from model.lessons.situation import situation_of, unit_text

if TYPE_CHECKING:
    from gui.session import Session

POLL_MS = 100
"""Polling interval, short enough for ticks to appear without noticeable delay."""

_NAME_KEY = "author"
_SPEEDS = {"1x": 10.0, "10x": 100.0, "100x": 1000.0, "max": None}
"""Epochs per second by the name of the speed in a lesson's file."""
_MAX_KEPT_WEIGHTS = 2000
"""Largest network stored with the progress; larger ones are only in the user's own file."""
_SOURCES = ("picture", "folder", "video", "camera")
"""Kinds of source, by their number in Vision's state."""


class LearnModel(QObject):
    """Compares the open lesson with the screen, and keeps the user's progress.

    It polls the window ten times a second while a lesson is open, because most changes, such as
    which panel is open, emit no signal.

    Attributes
    ----------
    state
        State shown by the panel, the strip and the header.

    Signals
    -------
    changed()
        `state` has been replaced.

    Thread
    ------
    GUI thread; a challenge is checked on a worker.
    """

    changed = Signal()

    def __init__(self, session: Session, screen: Screen) -> None:
        super().__init__(session)
        self._session, self._screen = session, screen
        self._build, self._document = session.build, session.document
        self.state = LearnState()
        self._seen: tuple[object, ...] = ()
        self._exported = 0
        self._ringed_for: Task | None = None
        self._checks = LatestTask(self)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        session.files.opened.connect(self._on_document_opened)

    # -- What is known -----------------------------------------------------------------------------

    @property
    def author(self) -> str:
        """The author of the document, by default the name typed last."""
        return self._document.author or str(settings().value(_NAME_KEY, ""))

    def record(self, lesson: str) -> LessonRecord:
        """Return the progress in a lesson from this document, otherwise the author's stored one."""
        for record in self._document.learning:
            if record.lesson == lesson:
                return record
        return self._stored(lesson)

    # -- Panel -------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Show or hide the panel; an open lesson stays open."""
        self._show(is_open=not self.state.is_open, shown="")

    def open_path(self, path: Path) -> None:
        """Open a lesson's folder, its `lesson.json` or a challenge, or report the error."""
        lesson = lesson_at(path)
        if lesson is None:
            self.open_challenge(path)
        else:
            self.open_lesson(lesson)

    # -- Lesson ------------------------------------------------------------------------------------

    def open_by_id(self, lesson: str) -> None:
        """Open a lesson by its id: one in the same folder as the open lesson, or a bundled one."""
        progress = self.state.progress
        beside = None if progress is None else progress.lesson.folder.parent / lesson
        folder = beside if beside is not None and is_lesson(beside) else lesson_at(lesson)
        if folder is not None:
            self.open_lesson(folder)

    def open_lesson(self, folder: Path) -> None:
        """Open a lesson with its experiment, after asking about unsaved work."""
        try:
            lesson = read_lesson(folder)
        except ModelError as error:
            self._session.messages.show_error(error)
            return
        self._start(lesson, lambda: self.record(lesson.id))

    def restart(self) -> None:
        """Restart the lesson without progress."""
        progress = self.state.progress
        if progress is not None:
            lesson = progress.lesson
            self._start(lesson, lambda: LessonRecord(lesson.id))

    def _start(self, lesson: Lesson, record: Callable[[], LessonRecord]) -> None:
        def begin() -> None:
            done = record()  # before the document of before is gone

            def begun(situation: Situation) -> LessonProgress:
                self.state = LearnState(is_open=True)  # only now, or the list would be shown first
                return LessonProgress.begin(lesson, situation, (done,))

            index = first_undone_step(lesson, done)
            start, document = lesson.file.start, self._document
            if done.tasks or done.predictions:
                start = self._stored_experiment(lesson) or start
            if start is not None:
                document.load(document.signed(start), None)
                document.is_for_lesson = True
                self._build.choose_unit(None)
                self._build.close_microscope()
            if not document.author and self.author:
                document.author = self.author
            self._exported = len(self._build.exported)
            self._screen.show_tab(lesson.file.tab)
            if start is not None:  # once the panels are there, which choose a row of their own
                self._build.choose_row(_row_before(lesson))
            self._enter(lesson, index, begun)
            self._timer.start()

        if lesson.file.start is None:
            begin()
        else:
            self._session.files.ask_then(begin)

    def leave(self) -> None:
        """Return to the list, and unlock everything."""
        if self.state.progress is not None:
            self._store_experiment(self.state.progress.lesson)
        self._timer.stop()
        self._checks.cancel()
        self._seen = ()
        self._document.is_for_lesson = False
        self._build.lock(())
        self.state = LearnState(is_open=True)
        self.changed.emit()

    def go_by(self, by: int) -> None:
        """Move by `by` steps, done or not; after the last step return to the list."""
        progress = self.state.progress
        if progress is None:
            return
        if by > 0 and progress.is_last:
            self.leave()
        else:
            self.go_to(progress.lesson.steps[max(0, progress.index + by)].id)

    def go_to(self, step: str) -> None:
        """Open a step by its id."""
        progress = self.state.progress
        if progress is not None:
            index = [each.id for each in progress.lesson.steps].index(step)
            self._enter(progress.lesson, index, partial(progress.at_step, index))

    def _enter(
        self, lesson: Lesson, index: int, progress: Callable[[Situation], LessonProgress]
    ) -> None:
        """Open a step: apply its setup, show its progress, then open its panels."""
        setup = lesson.steps[index].setup
        self._set_up(setup)
        situation = self._situation(lesson)
        self._apply_progress(progress(situation), situation)
        for panel in setup.open:  # once there is room for them beside the lesson
            self._screen.open_panel(panel)

    def _set_up(self, setup: Setup) -> None:
        """Set speed and stop rules as the step requires, and close the panels it names."""
        if setup.speed is not None:
            self._build.set_speed(_SPEEDS[setup.speed])
        if setup.stop is not None:
            present = self._document.experiment
            training = msgspec.structs.replace(present.training, stop=setup.stop)
            changed = msgspec.structs.replace(present, training=training)
            self._document.edit(tr("Stop rules of the lesson"), changed)
        for panel in setup.closed:
            self._screen.close_panel(panel)

    def predict(self, question: Question, choice: int) -> None:
        """Record the user's prediction before training; `choice` counts from 1."""
        progress = self.state.progress
        if progress is None:
            return
        situation = self._situation(progress.lesson)
        try:
            progress = progress.predict(question, choice, situation)
        except ModelError as error:
            self._session.messages.show_error(error, source=self)
            self.changed.emit()
            return
        self._apply_progress(progress, situation)

    def show_control(self, task: Task) -> None:
        """Ring a task's control after revealing it, or remove the ring."""
        progress = self.state.progress
        if progress is None:
            return
        was_shown = self.state.shown
        if was_shown:
            self._screen.fold_data_panel()
            self._show(shown="")
        if was_shown and self._ringed_for is task:
            return
        self._ringed_for = task
        name = self._screen.reveal(task.show, progress.lesson.file.tab)
        if not name:
            self._session.messages.show_note(
                lambda: tr("That control is not in sight now. Do the tasks before this one first.")
            )
        self._show(shown=name)

    def explain(self, term: str) -> None:
        """Show the meaning of a term; an empty one hides it."""
        self._show(term=term)

    def sign(self, author: str) -> None:
        """Store the author in the document and for the next time."""
        settings().setValue(_NAME_KEY, author)
        self._document.sign(author)
        self.changed.emit()

    def print_worksheet(self, path: Path) -> None:
        """Write the open lesson as a worksheet in PDF."""
        from gui.learn.printing import lesson_pdf

        progress = self.state.progress
        if progress is None:
            return
        try:
            pdf = lesson_pdf(progress.lesson, language(), self._build.state.experiment)
            write_bytes(path, pdf)
        except ModelError as error:
            self._session.messages.show_error(error)
        else:
            self._build.report_export(path)

    def say(self, sentence: str) -> None:
        """Report an action just done."""
        self._session.messages.said.emit(sentence)

    # -- Challenge ---------------------------------------------------------------------------------

    def open_challenge(self, path: Path) -> None:
        """Open a challenge for the current experiment."""
        try:
            challenge = read_challenge(path)
        except ModelError as error:
            self._session.messages.show_error(error)
            return
        self.leave()
        self._screen.show_tab("build")
        self.state = LearnState(is_open=True, challenge=ChallengeView(challenge, path.stem))
        self._timer.start()
        self.changed.emit()
        self._poll()

    def use_challenge_data(self) -> None:
        """Use the challenge's data."""
        view = self.state.challenge
        if view is not None and view.challenge.data is not None:
            self._build.choose_data(view.challenge.data)

    # -- Looking -----------------------------------------------------------------------------------

    def _poll(self) -> None:
        """Check what has changed since the last time, and which tasks are done."""
        progress, view = self.state.progress, self.state.challenge
        if view is not None:
            self._check_challenge(view)
        if progress is None:
            return
        seen = self._on_screen(progress.lesson, progress)
        if seen == self._seen:
            return
        self._seen = seen
        # Otherwise a training takes the interpreter at every call of Qt.
        self._build.pause_until_painted()
        situation = self._situation(progress.lesson)
        self._apply_progress(progress.with_done_tasks(situation), situation)

    def _on_screen(self, lesson: Lesson, progress: LessonProgress) -> tuple[object, ...]:
        """Return everything that a situation depends on, for a quick comparison."""
        return (
            self._build.state,
            self._build.chosen_row,
            self._screen.tab,
            self._screen.open_panels(_panels_of_lesson(lesson)),
            len(self._build.exported),
            self._picture_facts(lesson),
            progress.index,
        )

    def _situation(self, lesson: Lesson) -> Situation:
        """Return the current situation, to which the lesson's conditions refer."""
        model, state = self._build, self._build.state
        is_ready = state.data.is_ready
        layers = len(state.experiment.network.layers)
        insight, part = state.insight, state.selection.part
        lottery, result = insight.lottery, state.run.result
        is_back = model.shown is not self._document.experiment
        seen: dict[str, Any] = {
            # After a reset the run of before can still be gone back to, but it is over.
            "epochs": state.run.last_epoch if is_back else state.epoch,
            "epoch": state.epoch,
            "running": state.activity not in (Activity.REST, Activity.TRAVELLING),
            "stopped_by": "" if result is None else result.reason,
            "row": model.chosen_row + 1,
            "unit": unit_text(state.selection.unit, layers),
            "part": "" if part is None else part.name.lower(),
            "open": self._screen.open_panels(_panels_of_lesson(lesson)),
            "tab": self._screen.tab,
            "exports": frozenset(model.exported[self._exported :]),
            "findings": frozenset(finding.code for finding in insight.findings),
            "lottery_seeds": 0 if lottery is None else len(lottery.seeds),
            "lottery_solved": None if lottery is None else int(lottery.solved.sum()),
            "seen": self._picture_facts(lesson),
        }
        if not is_ready:
            seen |= dict.fromkeys(("train", "test", "loss", "test_loss"))
        return situation_of(
            state.experiment,
            state.network,
            state.dataset,
            state.snapshot if is_ready else None,
            state.table_outputs,
            **seen,
        )

    def _picture_facts(self, lesson: Lesson) -> dict[str, float | str | frozenset[str]]:
        """Return the facts about pictures from the lesson's tab."""
        return self._seen_in_teach() if lesson.file.tab == "teach" else self._seen_in_vision()

    def _seen_in_teach(self) -> dict[str, float | str | frozenset[str]]:
        teach = self._session.teach_if_made
        if teach is None:
            return {"classes": 0, "pictures": 0, "curve_points": 0, "preview": ""}
        state, head, run = teach.state, teach.state.head, teach.state.run
        seen: dict[str, float | str | frozenset[str]] = {
            "classes": sum(bool(one.pictures) for one in state.collection.included.classes),
            "pictures": state.collection.included.count,
            "held_out": state.held_out_count,
            "head_epochs": 0 if run is None or not run.is_over else run.epoch,
            "head_units": 0 if head is None else head.hidden_units,
            "curve_points": len(state.learning),
            "threshold": state.threshold,
            "preview": "" if state.preview.look is None else state.preview.kind.name.lower(),
        }
        judged, look = state.evaluation, state.preview.look
        if judged is not None and judged.held_out:
            seen |= {
                "head_accuracy": judged.accuracy,
                "head_baseline": judged.baseline,
                "head_mistakes": len(judged.mistakes),
            }
        if look is not None and look.head is not None and look.probabilities is not None:
            best = int(look.probabilities.argmax())
            seen |= {
                "label": look.head.names[best],
                "probability": float(look.probabilities[best]),
            }
        return seen

    def _seen_in_vision(self) -> dict[str, float | str | frozenset[str]]:
        vision = self._session.vision_if_made
        if vision is None:
            return {"source": "", "pictures": 0}
        state = vision.state
        source, folder = _SOURCES[state.source.kind], state.folder
        if source != "folder" or folder is None:
            pictures, has_any = len(state.history), state.source.has_picture
        else:
            pictures = folder.done - folder.failed
            has_any = pictures > 0
        seen: dict[str, float | str | frozenset[str]] = {
            "source": source if has_any else "",
            "pictures": pictures,
            "threshold": state.threshold,
            "top_k": state.top,
            "label_drawn": state.source.shows_label,
        }
        if state.settings is not None:
            from vision.pictures.preprocessing import settings_changed  # late: it brings OpenCV

            own, used = state.settings.own, state.settings.used
            seen |= {"preprocessing": settings_changed(own, used), "blob_scale": used.scale}
        if state.result is not None:
            best = state.result.result.best
            seen["model"] = state.result.model.choice.key
            if best is not None:  # a detector may find nothing
                seen |= {"label": best.label, "probability": best.probability}
        return seen

    def _check_challenge(self, view: ChallengeView) -> None:
        """Check the current experiment, once the previous check is finished."""
        state = self._build.state
        open_panels = self._screen.open_panels(_named_in(view.challenge.conditions))
        chosen = self._build.chosen_row, state.selection.unit
        seen = state.experiment, state.network, self._screen.tab, open_panels, chosen
        if seen == self._seen or self._checks.is_awaiting_result:
            return
        self._seen = seen
        challenge, experiment = view.challenge, self._build.displayed_experiment()

        def work(_should_stop: Callable[[], bool], _publish: Callable[[object], None]) -> Any:
            return tuple(check_challenge(challenge, experiment))

        def arrive(checks: tuple[Checked, ...]) -> None:
            if self.state.challenge is view:
                self._show(challenge=replace(view, checks=self._with_screen(challenge, checks)))

        self._checks.start(work, arrive, self._on_check_failed)

    def _with_screen(
        self, challenge: Challenge, checks: tuple[Checked, ...]
    ) -> tuple[Checked, ...]:
        """Return the checks, completed by those that depend on the window."""
        conditions = challenge.conditions
        if not conditions or all(each.met is not None for each in checks):
            return checks
        asked = _named_in(conditions)
        state = self._build.state
        situation = situation_of(
            state.experiment,
            state.network,
            state.dataset,
            state.snapshot,
            open=self._screen.open_panels(asked),
            tab=self._screen.tab,
            row=self._build.chosen_row + 1,
            unit=unit_text(state.selection.unit, len(state.experiment.network.layers)),
        )
        first = len(checks) - len(conditions)
        return checks[:first] + tuple(
            check(condition, situation) if found.met is None else found
            for condition, found in zip(conditions, checks[first:], strict=True)
        )

    def _on_check_failed(self, error: Exception, details: str) -> None:
        self._timer.stop()
        self._session.messages.show_error(error, details, source=self)

    # -- Keeping -----------------------------------------------------------------------------------

    def _apply_progress(self, progress: LessonProgress, situation: Situation) -> None:
        """Show and store progress, and apply the locks of its step."""
        old = self.state.progress
        if old is None or progress.record is not old.record:
            self._keep(progress)
        moved = old is None or (old.index, old.record) != (progress.index, progress.record)
        shown = "" if moved else self.state.shown
        if moved:
            self._screen.fold_data_panel()
            self._store_experiment(progress.lesson)
        term = self.state.term if old is not None and old.index == progress.index else ""
        self.state = replace(
            self.state, progress=progress, situation=situation, shown=shown, term=term
        )
        self._build.lock(progress.lesson.locks(progress.index))  # then Build is shown once
        self.changed.emit()

    def _keep(self, progress: LessonProgress) -> None:
        self._document.note_learning(progress.merged_into(self._document.learning))
        key = self._key(progress.lesson.id)
        if progress.record.tasks or progress.record.predictions:
            settings().setValue(key, msgspec.json.encode(progress.record).decode())
        else:
            settings().remove(key)

    def _store_experiment(self, lesson: Lesson) -> None:
        """Store the user's version of a lesson's experiment, to continue another time."""
        present = self._build.current_experiment()
        if lesson.file.start is None or present.network.parameter_count() > _MAX_KEPT_WEIGHTS:
            return
        data = with_relative_paths(present.data, lesson.folder)
        try:
            kept = encode(msgspec.structs.replace(present, data=data))
        except ModelError:  # the loss exploded: what was stored before is of more use
            return
        settings().setValue(self._key(lesson.id, "lesson_networks"), kept.decode())

    def _stored_experiment(self, lesson: Lesson) -> Experiment | None:
        """Return the stored version of a lesson's experiment, ``None`` if it is not available."""
        text = str(settings().value(self._key(lesson.id, "lesson_networks"), ""))
        try:
            kept = decode(text.encode())
        except ModelError:
            return None
        data = with_absolute_paths(kept.data, lesson.folder)
        is_there = all(Path(path).is_file() for path in data.paths)
        return msgspec.structs.replace(kept, data=data) if is_there else None

    def _stored(self, lesson: str) -> LessonRecord:
        try:
            text = str(settings().value(self._key(lesson), ""))
            return msgspec.json.decode(text, type=LessonRecord) if text else LessonRecord(lesson)
        except (msgspec.MsgspecError, UnicodeError):
            return LessonRecord(lesson)

    def _key(self, lesson: str, group: str = "lessons") -> str:
        """Return the settings key of a lesson's progress, which depends on the author."""
        author = re.sub(r"[^\w]+", "_", self.author) or "_"
        return f"{group}/{author}/{lesson}"

    def _on_document_opened(self) -> None:
        """Continue with the opened document's record, or store the current one in it."""
        progress = self.state.progress
        if progress is None:
            return
        known = [r for r in self._document.learning if r.lesson == progress.lesson.id]
        if known:
            progress = replace(progress, record=known[0])
        self._document.note_learning(progress.merged_into(self._document.learning))
        situation = self._situation(progress.lesson)
        self._apply_progress(progress.at_step(progress.index, situation), situation)

    def _show(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.changed.emit()

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Stop checking; return whether no check is running."""
        self._checks.cancel()
        return self.is_idle

    @property
    def is_idle(self) -> bool:
        """Whether no check is running."""
        return self._checks.is_idle


def _named_in(conditions: Iterable[Condition]) -> frozenset[str]:
    """Return the panels that conditions refer to."""
    return frozenset(
        name
        for condition in conditions
        if condition.code == "open"
        for name in (*condition.has, *condition.lacks, *condition.only)
    )


def _panels_of_lesson(lesson: Lesson) -> frozenset[str]:
    """Return the panels that the steps of a lesson refer to."""
    return _named_in(c for step in lesson.steps for task in step.tasks for c in task.conditions)


def _row_before(lesson: Lesson) -> int:
    """Return the initial row, which is not the one that the first step asks for.

    A click on the row that is already chosen would change nothing and complete no task.
    """
    conditions = (c for task in lesson.steps[0].tasks for c in task.conditions)
    is_asked = any(c.code == "row" and c.is_ == FIRST_ROW + 1 for c in conditions)
    return 0 if is_asked else FIRST_ROW


@cache
def bundled_lessons() -> tuple[ListedLesson, ...]:
    """Return the bundled lessons, listed once."""
    return tuple(list_lessons(LESSONS.resolve()))


def lesson_after(lesson: Lesson) -> ListedLesson | None:
    """Return the lesson that follows in the list, ``None`` after the last."""
    place = lesson_position(lesson)
    return None if place is None or place[0] == place[1] else bundled_lessons()[place[0]]


def lesson_position(lesson: Lesson) -> tuple[int, int] | None:
    """Return a lesson's number among the bundled ones, and their total."""
    folders = [each.folder for each in bundled_lessons()]
    folder = lesson.folder.resolve()
    return (folders.index(folder) + 1, len(folders)) if folder in folders else None
