"""The texts of Vision's title and status bar, made from the state when they are shown."""

from __future__ import annotations

from gui.format import milliseconds, percent, show_fixed, show_integer, translate
from gui.tab import Status
from gui.vision_tab.class_names import class_in_sentence, class_name, counted
from gui.vision_tab.state import (
    Classified,
    FolderEnded,
    MapReady,
    RecordingBegan,
    Saved,
    SourceKind,
    VisionState,
)
from vision.detections import Selection, count_of
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import THRESHOLD, MaskResult
from vision.result import Task


def title(state: VisionState) -> str:
    """Return the name of the picture or stream on show."""
    stream = state.source.stream
    if stream and state.source.is_frozen and not state.source.has_ended:
        return translate("VisionStatus", "{name}, frozen").format(name=stream)
    # Of a frame whose stream is over the network may have said nothing yet.
    return stream or (state.stage.name if state.result is None else state.result.name)


def status_of(state: VisionState) -> Status:
    """Return what the status bar shows of a state."""
    # A stream that is held keeps its worker busy.
    goes_on = not state.source.is_frozen and (state.is_busy or state.source.is_live)
    return Status(*_activity(state), _figures(state), _sentence(state), goes_on=goes_on)


def _activity(state: VisionState) -> tuple[str, str]:
    """Return what is going on, and the token of its dot."""
    source = state.source
    if source.is_frozen and source.has_ended:
        return translate("VisionStatus", "Ended"), "t3"
    if source.is_frozen:
        return translate("VisionStatus", "Frozen"), "warn"
    if source.is_live and state.result is None:
        return translate("VisionStatus", "Waiting"), "warn"
    if source.is_live:
        return translate("VisionStatus", "Live"), "acc"
    if state.is_busy:
        return translate("VisionStatus", "Working"), "acc"
    return translate("VisionStatus", "Ready"), "acc"


def _figures(state: VisionState) -> tuple[tuple[str, str], ...]:
    """Return names and values of what is on show."""
    result, live = state.result, state.live
    if result is None:
        return ()
    forward = f"{milliseconds(result.result.timings.forward_ms)} ms"
    times = (translate("VisionStatus", "forward"), forward)
    if live is not None and live.frame is not None and state.source.stream:
        frame = (translate("VisionStatus", "frame"), show_integer(live.frame.index + 1))
        return frame, (translate("VisionStatus", "fps"), show_integer(live.rate_fps)), times
    height, width = result.picture.shape[:2]
    return (translate("VisionStatus", "image"), f"{width} × {height}"), times


def _sentence(state: VisionState) -> str:
    """Return what happened last in words, or nothing."""
    event = state.event
    match event:
        case None:
            return ""
        case Classified():
            # Moved limits show other boxes, and another mask, than those of the time.
            is_on_show = event.shown is state.result
            threshold = state.cut.threshold if is_on_show else THRESHOLD
            return _finding(event, state.objects.selection if is_on_show else None, threshold)
        case FolderEnded():
            return _summary(event)
        case MapReady():
            text = translate("VisionStatus", "Occlusion map ready. {passes} passes in {seconds} s.")
            return text.format(
                passes=show_integer(event.passes), seconds=show_fixed(event.seconds, 1)
            )
        case RecordingBegan():
            return translate("VisionStatus", "Recording to {name}.").format(name=event.name)
        case Saved(pictures=int() as count):
            text = _of_number(
                count,
                translate("VisionStatus", "Saved 1 crop in {name}."),
                translate("VisionStatus", "Saved {count} crops in {name}."),
            )
            return text.format(name=event.name, count=show_integer(count))
        case Saved(rows=None):
            return translate("VisionStatus", "Saved {name}.").format(name=event.name)
        case Saved():
            rows = event.rows or 0
            text = _of_number(
                rows,
                translate("VisionStatus", "Saved {name} with 1 row."),
                translate("VisionStatus", "Saved {name} with {rows} rows."),
            )
            return text.format(name=event.name, rows=show_integer(rows))


def _finding(event: Classified, selection: Selection | None, threshold: float) -> str:
    shown = event.shown
    found = shown.result
    if isinstance(found, MaskResult):
        text = translate("VisionStatus", "{name}: {share} of the picture is cut out.")
        height, width = shown.picture.shape[:2]
        share = found.share_of_picture(threshold, (width, height))
        return text.format(name=shown.name, share=percent(share, 0))
    if isinstance(found, DetectionResult):
        return _objects(shown.name, found, selection or found.selection)
    best = found.best
    if best is None:
        return ""
    text = (
        translate("VisionStatus", "{name} classified as {label}.")
        if found.is_sure(event.threshold)
        else translate("VisionStatus", "{name}: not sure, perhaps {label}.")
    )
    return text.format(name=shown.name, label=class_name(best.label))


def _objects(name: str, found: DetectionResult, selection: Selection) -> str:
    counts = count_of(selection.kept)
    total = counts.total()
    if not total:
        return translate("VisionStatus", "{name}: nothing found.").format(name=name)
    names = [
        counted(kind, count) if count > 1 else kind
        for index, count in counts.most_common(4)
        for kind in [class_in_sentence(found.labels.name(index))]
    ]
    if len(counts) > len(names):
        names.append("…")
    text = (
        translate("VisionStatus", "{name}: 1 object, {labels}.")
        if total == 1
        else translate("VisionStatus", "{name}: {count} objects, {labels}.")
    )
    text = text.format(name=name, count=show_integer(total), labels=", ".join(names))
    return text.replace("….", "…")


def _summary(event: FolderEnded) -> str:
    if not event.is_whole:
        text = _of_number(
            event.done,
            translate("VisionStatus", "{name}: stopped after 1 picture."),
            translate("VisionStatus", "{name}: stopped after {count} pictures."),
        )
        return text.format(name=event.name, count=show_integer(event.done))
    seen = event.done - event.failed
    is_classified = event.task is Task.CLASSIFICATION
    if is_classified and event.failed:
        words = (
            translate("VisionStatus", "{name}: 1 picture classified, {failed} not readable."),
            translate(
                "VisionStatus", "{name}: {count} pictures classified, {failed} not readable."
            ),
        )
    elif is_classified:
        words = (
            translate("VisionStatus", "{name}: 1 picture classified."),
            translate("VisionStatus", "{name}: {count} pictures classified."),
        )
    elif event.failed:
        words = (
            translate("VisionStatus", "{name}: 1 picture looked at, {failed} not readable."),
            translate("VisionStatus", "{name}: {count} pictures looked at, {failed} not readable."),
        )
    else:
        words = (
            translate("VisionStatus", "{name}: 1 picture looked at."),
            translate("VisionStatus", "{name}: {count} pictures looked at."),
        )
    text = _of_number(seen, *words)
    return text.format(name=event.name, count=show_integer(seen), failed=show_integer(event.failed))


def _of_number(count: int, one: str, several: str) -> str:
    return one if count == 1 else several


def invitation(kind: SourceKind) -> tuple[str, str]:
    """Return the empty stage's sentence and the text of its button."""
    return {
        SourceKind.IMAGE: (
            translate("VisionStatus", "Drop a picture, a folder or a video here"),
            translate("VisionStatus", "Open image…"),
        ),
        SourceKind.FOLDER: (
            translate("VisionStatus", "Drop a folder of pictures here"),
            translate("VisionStatus", "Open folder…"),
        ),
        SourceKind.VIDEO: (
            translate("VisionStatus", "Drop a video here"),
            translate("VisionStatus", "Open video…"),
        ),
        SourceKind.CAMERA: (
            translate("VisionStatus", "Choose a camera"),
            translate("VisionStatus", "Open address…"),
        ),
    }[kind]
