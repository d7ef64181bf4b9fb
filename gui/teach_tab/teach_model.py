"""The model of the Teach tab: classes, head, and the user's commands."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from foundation.text import mark, tr, tr_context, tr_plural
from gui.error_texts import sentence_of
from gui.format import name_order, show_integer, show_part
from gui.messages import Messages
from gui.settings import settings
from gui.teach_tab.evaluation import (
    LearningPoint,
    learning_curve,
    unknown_threshold,
    write_predictions_csv,
)
from gui.teach_tab.feed import Burst, Feed, FeedView, HeadClassifier, import_video
from gui.teach_tab.head_training import HeadTrainingResult, Progress, evaluate_stored_head, teach
from gui.teach_tab.state import (
    RATES_FPS,
    Busy,
    Camera,
    HeadAnswer,
    HeadRun,
    Preview,
    PreviewKind,
    Recording,
    Step,
    TeachState,
    read_run,
    stored_run,
)
from gui.teach_tab.teach_document import TeachDocument
from gui.teach_tab.teaching import (
    Head,
    TeachSettings,
    for_build,
    read_head,
    read_settings,
    stored_head,
    stored_settings,
    taught_data,
    training_key,
)
from gui.teach_tab.thumbnails import Thumbnails
from gui.vision_tab.opening import offered_cameras
from gui.widgets.drops import local_paths, pasted
from gui.workers import LatestTask, TaskQueue
from model.experiment import Experiment
from vision.errors import VisionError
from vision.formats.manifest import bundled_manifest
from vision.kinds import FileKind, kind_of
from vision.models.choice import ModelChoice
from vision.pictures.files import list_pictures, read_picture
from vision.sources.camera import CameraDevice
from vision.sources.live_source import LiveSource
from vision.sources.video_source import VideoSource
from vision.teaching.collection import (
    Collection,
    moved,
    new_burst,
    recoloured,
    renamed,
    reordered,
    require_teachable,
    set_excluded,
    with_class,
    with_pictures,
    without_class,
    without_pictures,
)
from vision.teaching.exporting import ExportResult, write_folders
from vision.teaching.feature_cache import FeatureCache
from vision.teaching.features import Pixels
from vision.teaching.importing import (
    FolderImport,
    Import,
    import_files,
    import_folder,
    picture_from_frame,
    without_known,
)
from vision.teaching.project import OpenedProject, Project
from vision.teaching.splitting import split, untested

if TYPE_CHECKING:
    from gui.vision_tab.vision_model import VisionModel

_FOLLOWS_KEY = "teach/follows"
_FOLLOW_MS = 800
"""Delay of an automatic training after the last change, in milliseconds."""

_LISTED = 3
"""Maximum number of names in a sentence; the others are counted."""


type _Progress = Callable[[int, int], None]
"""Called with the number of items read and their total."""

type _Read = Callable[[Callable[[], bool], _Progress], Any]
"""Reads files on a worker, given `should_stop` and a progress callback."""


class TeachModel(QObject):
    """The classes and the head trained on them, for Teach's panels.

    A panel calls a method for each user action, and shows the resulting state. Each edit of the
    classes is one step of the document's undo stack.

    Attributes
    ----------
    document
        Document with the classes and the settings.
    messages
        Messages shown to the user, such as errors.

    Signals
    -------
    state_changed(TeachState)
        The state has changed.

    Thread
    ------
    GUI thread; workers use immutable values, a `Feed` and a `HeadClassifier`.
    """

    state_changed = Signal(object)

    def __init__(self, messages: Messages | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.messages = messages or Messages(self)
        self.document = TeachDocument()
        self.document.setParent(self)
        self.thumbnails = Thumbnails(self)
        follows = bool(settings().value(_FOLLOWS_KEY, TeachState.follows, type=bool))
        self.state = TeachState(camera=_stored_camera(), follows=follows)
        self._taught: HeadTrainingResult | None = None
        self._run_before: HeadRun | None = None
        self._waiting: deque[tuple[_Read, Callable[[Any], object]]] = deque()
        self._reader = LatestTask(self)
        self._trainer = LatestTask(self, gives_way=False)
        self._preview = LatestTask(self, gives_way=False)
        self._curve = LatestTask(self)
        self._writer = TaskQueue(self.fail, self)
        self._following = QTimer(self, singleShot=True)
        self._following.setInterval(_FOLLOW_MS)
        self._following.timeout.connect(self._follow)
        self._when_at_rest: Callable[[], None] | None = None
        self._looker = HeadClassifier()
        self._feed: Feed | None = None
        self._burst: Burst | None = None
        self.document.value_changed.connect(self._on_value_changed)
        self.document.path_changed.connect(self._on_path_changed)

    # -- The state ---------------------------------------------------------------------------------

    def _change(self, **changes: Any) -> None:
        if any(getattr(self.state, name) is not value for name, value in changes.items()):
            self.state = replace(self.state, **changes)
            self.state_changed.emit(self.state)

    def _on_value_changed(self) -> None:
        collection, chosen = self.document.collection, self.document.settings
        if collection is self.state.collection:
            self._change(settings=chosen, is_stale=self._is_stale())
            return
        self._change(
            settings=chosen,
            collection=collection,
            held_out=split(collection.included),
            untested=untested(collection.included),
            is_stale=self._is_stale(),
            **self._evaluation_changes(),
        )
        self._follow_soon()
        recording = self.state.recording
        if recording is not None and all(one.key != recording.key for one in collection.classes):
            # Its button has gone. What was recorded gets a class after this step.
            QTimer.singleShot(0, self, self.stop_recording)

    def _on_path_changed(self) -> None:
        self._change(path=self.document.path, is_modified=self.document.is_modified)

    def _is_stale(self) -> bool:
        head, document = self.state.head, self.document
        return head is not None and head.lesson != training_key(
            document.collection.included, document.settings
        )

    def _evaluation_changes(self) -> dict[str, Any]:
        """Return the evaluation for the current classes, as changes of the state."""
        if self._taught is None:
            return {"evaluation": None, "calibrated": None}
        judged = self._taught.evaluation.for_current_classes(self.document.collection.included)
        if judged is self.state.evaluation:
            return {}
        return {"evaluation": judged, "calibrated": unknown_threshold(judged)}

    def fail(self, error: Exception, details: str = "") -> None:
        """Report an error."""
        self.messages.show_error(error, details, source=self)

    # -- Classes -----------------------------------------------------------------------------------

    def _edit(self, text: str, change: Callable[[Collection], Collection]) -> bool:
        """Apply `change` as an undo step named `text`; return whether it succeeded."""
        try:
            self.document.edit(text, change(self.document.collection))
        except VisionError as error:
            self.fail(error)
            return False
        self.messages.dismiss_from(self)
        return True

    @property
    def nothing_name(self) -> str:
        """The name of the class for the empty scene."""
        return tr_context("TeachModel", "Nothing")

    def add_class(self, name: str = "") -> int | None:
        """Add an empty class, named like "Class 3" by default; return its key."""
        name = name or self._free_name()
        if not self._edit(tr("Add class"), lambda c: with_class(c, name)):
            return None
        return self.document.collection.classes[-1].key

    def _free_name(self) -> str:
        """Return an unused name like "Class 3"."""
        taken = {one.casefold() for one in self.document.collection.names}
        n = len(taken) + 1
        while (name := tr("Class {n}", n=n)).casefold() in taken:
            n += 1
        return name

    def rename_class(self, key: int, name: str) -> None:
        """Rename a class."""
        self._edit(tr("Rename class"), lambda c: renamed(c, key, name))

    def recolour_class(self, key: int, colour: int) -> None:
        """Give a class another colour and its shape."""
        self._edit(tr("Colour of a class"), lambda c: recoloured(c, key, colour))

    def move_class(self, key: int, position: int) -> None:
        """Move a class to another index."""
        self._edit(tr("Move class"), lambda c: reordered(c, key, position))

    def leave_out_class(self, key: int, is_left_out: bool) -> None:
        """Exclude a class from training, or include it again; its images stay."""
        name = self.document.collection.of(key).name
        text = tr("Let {name} take part again", name=name)
        if is_left_out:
            text = tr("Leave {name} out of training", name=name)
        self._edit(text, lambda c: set_excluded(c, key, is_left_out))

    def remove_class(self, key: int) -> None:
        """Remove a class with its images."""
        text = tr("Remove class {name}", name=self.document.collection.of(key).name)
        self._edit(text, lambda c: without_class(c, key))

    def set_seed(self, seed: int) -> None:
        """Set the seed of the initial weights and of the held-out images."""
        self._edit(tr("Seed"), lambda c: replace(c, seed=seed))

    def set_hold_out(self, share: float) -> None:
        """Set the share of held-out images, 0 to below 1."""
        self._edit(tr_context("TeachModel", "Hold out"), lambda c: replace(c, hold_out=share))

    # -- Images ------------------------------------------------------------------------------------

    def remove_pictures(self, key: int, hashes: Sequence[str]) -> None:
        """Remove images from a class; their files stay."""
        number = len(hashes)
        text = tr_plural("Remove image", "Remove {n} images", number, n=show_integer(number))
        self._edit(text, lambda c: without_pictures(c, key, frozenset(hashes)))

    def move_pictures(self, hashes: Sequence[str], from_key: int, to_key: int) -> None:
        """Move images from one class to another."""
        number = len(hashes)
        text = tr_plural("Move image", "Move {n} images", number, n=show_integer(number))
        self._edit(text, lambda c: moved(c, frozenset(hashes), from_key, to_key))

    def add_files(self, key: int | None, paths: Iterable[Path]) -> None:
        """Add image files, folders of images and frames of videos to a class.

        ``None`` adds them to a new class, created with the first image.
        """
        files: list[Path] = []
        home = key

        def take(found: Import) -> None:
            nonlocal home
            home = self._add_imported(home, found)

        for path in paths:
            kind = kind_of(path)
            if kind is FileKind.FOLDER:
                try:
                    files += list_pictures(path)
                except VisionError as error:
                    self.fail(error)
            elif kind is FileKind.VIDEO:
                burst = new_burst(self.document.collection)
                self._read(partial(import_video, path, burst, self.state.camera.rate_fps), take)
            else:
                files.append(path)
        if files:
            self._read(
                lambda should_stop, report: import_files(
                    files, should_stop, lambda done: report(done, len(files))
                ),
                take,
            )

    def add_image(self, key: int | None, image: QImage, name: str) -> None:
        """Add an image without a file, as in `add_files`."""
        from gui.vision_tab.stage.images import image_to_picture

        picture = picture_from_frame(image_to_picture(image), name)
        self._add_imported(key, Import((picture,), ()))

    def add_mime(self, key: int | None, mime: QMimeData, name: str) -> bool:
        """Add dropped or pasted data, as in `add_files`; return whether there was any."""
        paths = local_paths(mime)
        if paths:
            self.add_files(key, paths)
            return True
        image = mime.imageData() if mime.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return False
        self.add_image(key, image, name)
        return True

    def paste(self, key: int | None) -> None:
        """Add the clipboard's content to a class, as in `add_files`."""
        if not self.add_mime(key, pasted(), tr("Pasted image")):
            self.messages.show_error(
                lambda: tr("There is no image on the clipboard. Copy one, then paste it."),
                source=self,
            )

    def _add_imported(self, key: int | None, found: Import) -> int | None:
        """Add imported images to a class and report failures; return the class's key."""
        if key is None and not found.pictures:
            self._report_unreadable(found.unreadable)
            return None
        home, collection = key, self.document.collection
        try:
            if home is None:
                collection = with_class(collection, self._free_name())
                home = collection.classes[-1].key
            one = next((c for c in collection.classes if c.key == home), None)
            if one is None:
                return key
            added = with_pictures(collection, home, found.pictures)
        except VisionError as error:
            self.fail(error)
            return key
        text = tr_plural(
            "Add image to {name}",
            "Add {n} images to {name}",
            added.added,
            n=show_integer(added.added),
            name=one.name,
        )
        self._edit(text, lambda c: added.collection)
        if found.unreadable:
            self._report_unreadable(found.unreadable)
        elif (count := len(added.in_other_classes)) > 0:
            self.messages.show_warning(
                lambda: tr_plural(
                    "1 of the new images is in another class too. An image in two classes tells "
                    "them apart no more.",
                    "{n} of the new images are in another class too. An image in two classes tells "
                    "them apart no more.",
                    count,
                    n=show_part(count),
                )
            )
        elif added.duplicates:
            self._report_known_images(added.duplicates)
        return home

    def _report_known_images(self, count: int) -> None:
        self.messages.show_note(
            lambda: tr_plural(
                "1 of the images was in the class already; it counts once.",
                "{n} of the images were in the class already; each counts once.",
                count,
                n=show_part(count),
            )
        )

    def _report_unreadable(self, errors: Sequence[VisionError]) -> None:
        names = [Path(str(error.values.get("file", ""))).name for error in errors]
        self._fail_all(
            errors,
            lambda: tr(
                "{n} files are no images that can be read: {names}. The rest was added.",
                n=show_integer(len(names)),
                names=self._join_names(names),
            ),
        )

    def _fail_all(self, errors: Sequence[VisionError], sentence: Callable[[], str]) -> None:
        """Report a single error as it is, several in one sentence."""
        if len(errors) == 1:
            self.fail(errors[0])
        else:
            details = "\n".join(map(str, errors))
            self.messages.show_error(sentence, details, source=self)

    def import_folder(self, folder: Path) -> None:
        """Make classes from a folder of class folders, in order of name."""
        held = self.document.collection
        work = partial(
            import_folder,
            folder,
            hold_out=held.hold_out,
            seed=held.seed,
            place_of=name_order(),
        )
        self._read(work, partial(self._take_folder, folder))

    def _take_folder(self, folder: Path, report: FolderImport) -> None:
        before = self.document.collection
        text = tr("Import {name}", name=folder.name)
        if not self._edit(text, lambda c: _merge_classes(c, report.collection)):
            return
        new = without_known(report, before)
        if self.document.collection != before:
            self._change(report=new)
        elif report.unreadable:
            self._report_unreadable(report.unreadable)
        else:
            self._report_known_images(new.known)

    def close_report(self) -> None:
        """Close the report of the last import."""
        self._change(report=None)

    # -- Reading -----------------------------------------------------------------------------------

    def _read(self, work: _Read, then: Callable[[Any], object]) -> None:
        """Queue a job of the reading worker; its result is passed to `then`."""
        self._waiting.append((work, then))
        if not self._reader.is_awaiting_result:
            self._read_next()

    def _read_next(self) -> None:
        if not self._waiting:
            self._change(busy=None)
            return
        self._change(busy=Busy(Step.READING))
        work, then = self._waiting.popleft()

        def take(result: Any) -> None:
            then(result)
            self._read_next()

        def failed(error: Exception, details: str) -> None:
            self.fail(error, details)
            self._read_next()

        self._reader.start(
            lambda should_stop, publish: work(
                should_stop, lambda done, total: publish(Busy(Step.READING, done, total))
            ),
            take,
            failed,
            lambda busy: self._change(busy=busy),
        )

    def _stop_reading(self) -> None:
        self._waiting.clear()
        self._reader.cancel()

    # -- Training ----------------------------------------------------------------------------------

    def set_settings(self, chosen: TeachSettings) -> None:
        """Set the next training's settings; a threshold takes effect immediately."""
        self.document.choose(tr("Settings"), chosen)

    def train(self) -> None:
        """Train the head from its current weights; ignored during a training."""
        self._train(self.state.head)

    def train_from_scratch(self) -> None:
        """Train from new random weights; the result replaces the head."""
        self._train(None)

    def _train(self, previous: Head | None) -> None:
        if self._trainer.is_awaiting_result:
            return
        collection = self.document.collection
        try:
            require_teachable(collection)
        except VisionError as error:
            self.fail(error)
            return
        self.messages.dismiss_from(self)
        self._stop_measuring()
        self._begin(partial(teach, collection.included, self.state.settings, previous))

    def set_following(self, on: bool) -> None:
        """Set whether changed images start a training automatically."""
        settings().setValue(_FOLLOWS_KEY, on)
        self._change(follows=on)
        self._follow_soon()

    def _follow_soon(self) -> None:
        if self.state.follows and self.state.is_stale:
            self._following.start()

    def _follow(self) -> None:
        state = self.state
        if not state.follows or not state.is_stale:
            return
        if state.busy is not None or state.recording is not None:
            self._following.start()
        elif is_teachable(state.collection):  # a class that is not ready yet is no error
            self.train()

    def pause(self) -> None:
        """Stop the training; the next one continues from its current state."""
        self._trainer.finish()

    def cancel(self) -> None:
        """Cancel reading files; cancel a training and discard its results."""
        self._stop_reading()
        if self._trainer.is_awaiting_result:
            self._trainer.cancel()
            self._change(run=self._run_before)
        self._change(busy=None)
        self._run_when_idle()

    def _begin(self, work: Callable[..., HeadTrainingResult | None]) -> None:
        self._run_before = self.state.run
        self._change(busy=Busy(Step.FEATURES), is_paused=False)
        self._trainer.start(work, self._on_taught, self._on_training_failed, self._on_progress)

    def _on_progress(self, progress: Progress) -> None:
        self._change(busy=progress.busy, run=progress.run or self.state.run)

    def _on_taught(self, taught: HeadTrainingResult | None) -> None:
        if taught is None:
            self._change(busy=None, run=self._run_before)
        else:
            self._take_taught(taught)
        self._run_when_idle()

    def _take_taught(self, taught: HeadTrainingResult) -> None:
        self._taught = taught
        run = taught.run or self.state.run
        self._change(
            busy=None,
            head=taught.head,
            run=run,
            is_paused=run is not None and not run.is_whole and not run.diverged,
            features=taught.features,
            learning=(),
            **self._evaluation_changes(),
        )
        self._change(is_stale=self._is_stale())
        if taught.run is not None:
            self.document.mark_unsaved()
        self._classify_again()
        features = taught.features
        unreadable = tuple(features.unreadable.values())
        if unreadable:
            self._fail_all(
                unreadable,
                lambda: tr(
                    "{n} images cannot be read any more: they were moved, changed or damaged. "
                    "The head learned from the others.",
                    n=show_integer(len(unreadable)),
                ),
            )
        elif (error := features.cache_error) is not None:
            self.messages.show_warning(
                lambda: tr(
                    "The head is ready, but the features cannot be kept for the next time: "
                    "{reason}",
                    reason=sentence_of(error),
                )
            )
        elif taught.began_anew:
            self.messages.said.emit(
                tr("The head had learned images that are held out now, so it began anew.")
            )

    def _on_training_failed(self, error: Exception, details: str) -> None:
        self._change(busy=None, run=self._run_before)
        self.fail(error, details)
        self._run_when_idle()

    def _run_when_idle(self) -> None:
        at_rest, self._when_at_rest = self._when_at_rest, None
        if at_rest is not None:
            at_rest()

    def clear_feature_cache(self) -> None:
        """Clear the feature cache on disk; the next training reads every image again."""
        try:
            FeatureCache().clear()
        except VisionError as error:
            self.fail(error)
            return
        self.messages.show_note(lambda: tr("The features are gone from the disk; images stay."))

    def when_at_rest(self, then: Callable[[], None]) -> None:
        """Call `then` once no training is running; stop a running one."""
        if self._trainer.is_awaiting_result:
            self._when_at_rest = then
            self._trainer.finish()
        else:
            then()

    # -- Learning curve ----------------------------------------------------------------------------

    def measure_learning_curve(self) -> None:
        """Measure the learning curve: train heads on parts of the images."""
        taught = self._taught
        if taught is None or self._trainer.is_awaiting_result:
            return
        self._change(learning=(), is_measuring=True)
        self._curve.start(
            partial(learning_curve, taught.collection, taught.features, taught.settings),
            self._on_curve,
            self._on_curve_failed,
            lambda points: self._change(learning=points),
        )

    def _on_curve(self, points: tuple[LearningPoint, ...] | None) -> None:
        self._change(learning=points or self.state.learning, is_measuring=False)

    def _on_curve_failed(self, error: Exception, details: str) -> None:
        self._change(is_measuring=False)
        self.fail(error, details)

    def _stop_measuring(self) -> None:
        self._curve.cancel()
        self._change(is_measuring=False)

    # -- Preview and camera ------------------------------------------------------------------------

    def set_camera(self, camera: Camera) -> None:
        """Choose the source of recordings and the preview, and its settings."""
        old = self.state.camera
        self._change(camera=camera)
        stored = settings()
        stored.setValue("teach/rate_fps", camera.rate_fps)
        stored.setValue("teach/mirrored", camera.is_mirrored)
        if self.state.preview.kind is not PreviewKind.CAMERA:
            return
        if (old.device, old.address) != (camera.device, camera.address):
            self.preview_camera()
        elif self._feed is not None:
            self._feed.is_mirrored = camera.is_mirrored

    def set_address(self, address: str) -> bool:
        """Use a network stream; return whether the address is valid."""
        from vision.sources.stream import stream_device  # loads http and ssl, which few need

        try:
            stream_device(address)
        except VisionError as error:
            self.fail(error)
            return False
        self.set_camera(replace(self.state.camera, address=address))
        return True

    def preview_camera(self) -> Feed:
        """Preview the head's answers for the camera or stream."""
        camera = self.state.camera
        if camera.address:
            from vision.sources.stream import stream_device

            source = LiveSource(stream_device(camera.address))
        else:
            source = LiveSource(CameraDevice(camera.device or offered_cameras()[0]))
        preview = Preview(PreviewKind.CAMERA, source.name)
        return self._start_feed(preview, Feed(source, self._looker, camera.is_mirrored))

    def preview_file(self, path: Path) -> None:
        """Preview the head's answers for an image file or a video."""
        if kind_of(path) is FileKind.VIDEO:
            feed = Feed(VideoSource(path), self._looker)
            self._start_feed(Preview(PreviewKind.VIDEO, path.name), feed)
        else:
            self._preview_still(path.name, lambda: read_picture(path))

    def preview_image(self, image: QImage, name: str) -> None:
        """Preview the head's answer for an image without a file."""
        from gui.vision_tab.stage.images import image_to_picture

        self._preview_still(name, lambda: image_to_picture(image))

    def stop_preview(self) -> None:
        """Clear the preview and release the camera."""
        self._stop_feed()
        self._change(preview=Preview())

    def _preview_still(self, name: str, read: Callable[[], Pixels]) -> None:
        self._stop_feed()
        self.messages.dismiss_from(self)
        self._change(preview=Preview(PreviewKind.PICTURE, name))
        self._look(read)

    def _look(self, read: Callable[[], Pixels]) -> None:
        looker = self._looker
        looker.head = self.state.head

        def take(look: HeadAnswer) -> None:
            self._change(preview=replace(self.state.preview, look=look))
            if look.head is not self.state.head:
                self._classify_again()

        self._preview.start(
            lambda stop, publish: looker.look(read()), take, self._on_preview_failed
        )

    def _classify_again(self) -> None:
        """Classify the current image with a new head; feeds do so by themselves."""
        self._looker.head = self.state.head
        look = self.state.preview.look
        if look is not None and self._feed is None:
            self._look(lambda: look.pixels)

    def _start_feed(self, preview: Preview, feed: Feed) -> Feed:
        self._stop_feed()
        self.messages.dismiss_from(self)
        self._looker.head = self.state.head
        self._change(preview=preview)
        self._feed = feed
        self._preview.start(feed.run, self._on_feed_ended, self._on_preview_failed, self._on_feed)
        return feed

    def _stop_feed(self) -> None:
        self.stop_recording()
        self._feed = None
        self._preview.cancel()

    def _on_feed(self, view: FeedView) -> None:
        self._count_recorded()
        if view.trouble is not None:
            self._end_recording(view.trouble)
        preview = self.state.preview
        self._change(preview=replace(preview, look=view.look, fps=view.fps, trouble=view.trouble))

    def _on_feed_ended(self, _result: None) -> None:
        self.stop_recording()
        self._feed = None
        self._change(preview=replace(self.state.preview, fps=0.0))

    def _on_preview_failed(self, error: Exception, details: str) -> None:
        self._stop_feed()
        self._change(preview=Preview())
        self.fail(error, details)

    # -- Explaining --------------------------------------------------------------------------------

    @cached_property
    def explainer(self) -> VisionModel:
        """The model of the occlusion map's window, with separate worker threads."""
        from gui.vision_tab.vision_model import VisionModel  # late: half of what Teach would load

        return VisionModel(self.messages, self)

    # -- Recording ---------------------------------------------------------------------------------

    def start_recording(self, key: int) -> None:
        """Record camera images for a class until :meth:`stop_recording`."""
        if self.state.recording is not None:
            return
        feed = self._feed if self.state.preview.kind is PreviewKind.CAMERA else None
        feed = feed or self.preview_camera()
        number = new_burst(self.document.collection)
        name = tr("Recording {n}", n=show_integer(number))
        self._burst = feed.burst = Burst(name, number, self.state.camera.rate_fps)
        self._change(recording=Recording(key))

    def stop_recording(self) -> None:
        """Stop recording, and add the images as one undo step."""
        self._end_recording(None)

    def _end_recording(self, trouble: VisionError | None) -> None:
        recording, burst = self.state.recording, self._burst
        if recording is None or burst is None:
            return
        self._burst = None
        if self._feed is not None:
            self._feed.burst = None
        found = tuple(burst.pictures)
        self._change(recording=None)
        if found:
            is_there = any(one.key == recording.key for one in self.document.collection.classes)
            self._add_imported(recording.key if is_there else None, Import(found, ()))
        if trouble is not None:
            self._report_lost_camera(trouble, len(found))
        elif not found:
            text = mark("No image was recorded. Hold the button down while it is to record.")
            if self.state.preview.look is None:
                text = mark(
                    "No image was recorded: nothing came from the camera yet. Hold the button "
                    "until its picture is there."
                )
            self.messages.show_error(lambda: tr(text), source=self)

    def _report_lost_camera(self, trouble: VisionError, count: int) -> None:
        if not count:
            self.fail(trouble)
            return
        self.messages.show_error(
            lambda: tr_plural(
                "{reason} The image recorded before stays.",
                "{reason} The {n} images recorded before stay.",
                count,
                reason=sentence_of(trouble),
                n=show_integer(count),
            ),
            source=self,
        )

    def _count_recorded(self) -> None:
        recording, burst = self.state.recording, self._burst
        if recording is not None and burst is not None:
            self._change(recording=replace(recording, count=len(burst.pictures)))

    # -- Files -------------------------------------------------------------------------------------

    def project(self) -> Callable[[], Project]:
        """Return a function that builds the project file's content from the current values.

        A worker calls it: converting a large head to JSON takes a moment.
        """
        state, run = self.state, self.state.run
        if run is not None and not run.is_over:
            run = self._run_before
        return partial(_project_of, self.document.collection, state.head, run, state.settings)

    def take_project(self, project: Project, path: Path | None) -> None:
        """Replace everything by a new or opened project; clear the undo steps."""
        self._stop_measuring()
        self.stop_recording()
        self._stop_reading()
        bundled = bundled_manifest()
        is_ours = project.backbone == bundled.sha256
        is_ours = is_ours and project.preprocessing == bundled.preprocessing
        head = read_head(project.head) if project.head and is_ours else None
        chosen = read_settings(project.settings)
        self._taught = None
        preview = self.state.preview
        if preview.look is not None:  # without what the head before said of it
            preview = replace(preview, look=HeadAnswer(preview.look.pixels))
        self.state = TeachState(
            head=head,
            run=None if head is None else read_run(project.head, head),
            follows=self.state.follows,
            preview=preview,
            camera=self.state.camera,
        )
        self.document.load(project.collection, path, chosen)
        self._classify_again()
        collection = project.collection.included
        if head is not None and set(head.keys) == {one.key for one in collection.classes}:
            self._begin(partial(evaluate_stored_head, collection, chosen, head))
        if project.head and not is_ours:
            self.messages.show_warning(
                lambda: tr(
                    "The project's head was taught on another network than the one in this "
                    "Glassnet, so it is left out. Train again; the classes are all there."
                )
            )

    def report_missing_images(self, opened: OpenedProject) -> None:
        """Report which images of an opened project are missing or have changed."""
        gone = [*opened.missing, *opened.changed]
        if gone:
            self.messages.show_warning(
                lambda: tr_plural(
                    "The image {names} is not where it was, or is another now. Put the file back, "
                    "or remove it from its class; all else is there.",
                    "{n} images are not where they were, or are others now: {names}. Put the files "
                    "back, or remove them from their classes; all else is there.",
                    len(gone),
                    n=show_integer(len(gone)),
                    names=self._join_names([one.name for one in gone]),
                )
            )

    def _join_names(self, names: Sequence[str]) -> str:
        """Return the first few names and the number of the others."""
        listed, left = ", ".join(names[:_LISTED]), len(names) - _LISTED
        if left <= 0:
            return listed
        return tr("{names} and {n} more", names=listed, n=show_integer(left))

    def _named_head(self) -> Head:
        """Return the head with the current names of its classes."""
        assert self.state.head is not None  # no export is offered before the first training
        return self.state.head.named(self.document.collection)

    def _warn_of_other_classes(self, head: Head) -> None:
        """Warn if the exported classes differ from the current ones."""
        present = {one.key: one.name for one in self.document.collection.included.classes}
        gone = [name for key, name in zip(head.keys, head.names, strict=True) if key not in present]
        new = [name for key, name in present.items() if key not in head.keys]
        text = mark("The head does not know these classes yet: {names}. Train again.")
        if gone:
            text = mark(
                "The head still names classes that take no part any more: {names}. Train again."
            )
        if gone or new:
            self.messages.show_warning(lambda: tr(text, names=self._join_names(gone or new)))

    def export_onnx(self, path: Path) -> None:
        """Write backbone, head and softmax as one file."""
        from gui.teach_tab.onnx_export import write_onnx  # late, as below: few exports of a session

        self._export(path, lambda head: write_onnx(head, path))

    def export_script(self, path: Path) -> None:
        """Write a script that runs the model with OpenCV, and the model."""
        from gui.teach_tab.onnx_export import script_model, write_onnx, write_opencv_script

        def write(head: Head) -> None:
            model = script_model(path)
            write_onnx(head, model)
            write_opencv_script(head, path, model)

        self._export(path, write)

    def _export(self, path: Path, write: Callable[[Head], object]) -> None:
        head = self._named_head()
        self.write(path, lambda: write(head), lambda: self._warn_of_other_classes(head))

    def as_choice(self, name: str, then: Callable[[ModelChoice], None]) -> None:
        """Build a model for Vision on a worker and pass it to `then`."""
        from gui.teach_tab.onnx_export import taught_choice

        head, threshold = self._named_head(), self.state.threshold

        def use(choice: ModelChoice) -> None:
            then(choice)
            self._warn_of_other_classes(head)

        self._writer.add(lambda: replace(taught_choice(head, name), threshold=threshold), use)

    def export_predictions(self, path: Path) -> None:
        """Write the head's answers for the held-out images as a table."""
        state, taught = self.state, self._taught
        if state.evaluation is None or taught is None:
            return
        judged = replace(state.evaluation, names=self._named_head().names)
        # Of those it was judged by: some may have left their class since.
        pictures, threshold = taught.collection.pictures(), state.threshold
        self.write(path, lambda: write_predictions_csv(path, judged, pictures, threshold))

    def export_images(self, parent: Path, name: str) -> None:
        """Write the images into a new folder `name`, with a folder per class."""
        collection = self.document.collection

        def say(written: ExportResult) -> None:
            self.messages.said.emit(
                tr("{name} holds the images, in a folder for each class.", name=written.folder.name)
            )
            if written.unavailable:
                self.messages.show_warning(
                    lambda: tr(
                        "Left out, as the files are gone or changed: {names}.",
                        names=self._join_names([picture.name for picture in written.unavailable]),
                    )
                )

        if self._writer.is_idle:
            self.messages.dismiss_from(self)
        self._writer.add(lambda: write_folders(collection, parent, name), say)

    def for_build(self, then: Callable[[Experiment], None]) -> None:
        """Write the head's rows for Build, and pass the experiment to `then`."""
        taught, head = self._taught, self._named_head()
        if taught is None:
            return
        lesson = training_key(taught.collection, taught.settings)
        folder = platformdirs.user_data_path("Glassnet", appauthor=False) / "teach" / lesson

        def work() -> Experiment:
            data = taught_data(taught.collection, taught.features, head)
            return for_build(head, data, folder)

        self._writer.add(work, then)

    def write(
        self,
        path: Path,
        write: Callable[[], object],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Write a file on a worker, report it, and call `then`."""
        if self._writer.is_idle:  # else it may be of one that was asked for just before
            self.messages.dismiss_from(self)

        def done(_: object) -> None:
            self.messages.said.emit(tr("{name} is written.", name=path.name))
            then()

        self._writer.add(write, done)

    # -- Closing -----------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Whether no thread is running."""
        runners = (self._reader, self._trainer, self._preview, self._curve)
        return all(one.is_idle for one in (*runners, self._writer, self.thumbnails))

    def request_close(self) -> bool:
        """Stop all work; return whether all workers are idle (never blocks)."""
        self._stop_feed()  # first: images that it has recorded would start a training
        self._following.stop()
        self._stop_reading()
        self._trainer.cancel()
        self._curve.cancel()
        self.thumbnails.request_close()
        explains = "explainer" in self.__dict__ and not self.explainer.request_close()
        return self.is_idle and not explains


def is_teachable(collection: Collection) -> bool:
    """Return whether a head can learn the classes of a collection."""
    try:
        require_teachable(collection)
    except VisionError:
        return False
    return True


def _merge_classes(collection: Collection, found: Collection) -> Collection:
    """Return two collections merged; classes with the same name become one."""
    keys = {one.name.casefold(): one.key for one in collection.classes}
    for one in found.classes:
        key = keys.get(one.name.casefold())
        if key is None:
            collection = with_class(collection, one.name, one.pictures)
        else:
            collection = with_pictures(collection, key, one.pictures).collection
    return collection


def _project_of(
    collection: Collection, head: Head | None, run: HeadRun | None, chosen: TeachSettings
) -> Project:
    stored = {} if head is None else {**stored_head(head), **stored_run(run)}
    return Project(collection, stored, stored_settings(chosen))


def _stored_camera() -> Camera:
    """Return the stored camera settings; an invalid rate is replaced by the default."""
    stored = settings()
    rate: Any = stored.value("teach/rate_fps", Camera.rate_fps, type=int)
    is_mirrored = bool(stored.value("teach/mirrored", Camera.is_mirrored, type=bool))
    return Camera(is_mirrored=is_mirrored, rate_fps=rate if rate in RATES_FPS else Camera.rate_fps)
