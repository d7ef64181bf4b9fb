"""The texts of Vision's title and status bar."""

from __future__ import annotations

from foundation.text import tr, tr_plural
from gui.format import milliseconds, percent, show_fixed, show_integer
from gui.tab import Status
from gui.vision_tab.class_names import class_in_sentence, class_name, format_count
from gui.vision_tab.state import (
    Classified,
    FolderEnded,
    MapReady,
    SourceKind,
    VisionState,
)
from vision.detections import Selection, count_by_class
from vision.networks.detector import DetectionResult
from vision.networks.segmenter import THRESHOLD, MaskResult
from vision.result import Task


def title(state: VisionState) -> str:
    """Return the name of the current picture or stream."""
    stream = state.source.stream
    if stream and state.source.is_frozen and not state.source.has_ended:
        return tr("{name}, frozen", name=stream)
    # Of a frame whose stream is over the network may have said nothing yet.
    return stream or (state.stage.name if state.result is None else state.result.name)


def status_of(state: VisionState) -> Status:
    """Return the status bar's content for a state."""
    # A stream that is held keeps its worker busy.
    goes_on = not state.source.is_frozen and (state.is_busy or state.source.is_live)
    return Status(*_activity(state), _figures(state), _sentence(state), goes_on=goes_on)


def _activity(state: VisionState) -> tuple[str, str]:
    """Return the current activity, and the colour token of its dot."""
    source = state.source
    if source.is_frozen and source.has_ended:
        return tr("Ended"), "t3"
    if source.is_frozen:
        return tr("Frozen"), "warn"
    if source.is_live and state.result is None:
        return tr("Waiting"), "warn"
    if source.is_live:
        return tr("Live"), "acc"
    if state.is_busy:
        return tr("Working"), "acc"
    return tr("Ready"), "acc"


def _figures(state: VisionState) -> tuple[tuple[str, str], ...]:
    """Return the status bar's names and values."""
    result, live = state.result, state.live
    if result is None:
        return ()
    forward = f"{milliseconds(result.result.timings.forward_ms)} ms"
    times = (tr("forward"), forward)
    if live is not None and live.frame is not None and state.source.stream:
        frame = (tr("frame"), show_integer(live.frame.index + 1))
        return frame, (tr("fps"), show_integer(live.rate_fps)), times
    height, width = result.picture.shape[:2]
    return (tr("image"), f"{width} × {height}"), times


def _sentence(state: VisionState) -> str:
    """Return the last event as text, or an empty text."""
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
            return tr(
                "Occlusion map ready. {passes} passes in {seconds} s.",
                passes=show_integer(event.passes),
                seconds=show_fixed(event.seconds, 1),
            )
        case _:
            return event()


def _finding(event: Classified, selection: Selection | None, threshold: float) -> str:
    shown = event.shown
    found = shown.result
    if isinstance(found, MaskResult):
        height, width = shown.picture.shape[:2]
        share = found.share_of_picture(threshold, (width, height))
        return tr(
            "{name}: {share} of the picture is cut out.", name=shown.name, share=percent(share, 0)
        )
    if isinstance(found, DetectionResult):
        return _objects(shown.name, found, selection or found.selection)
    best = found.best
    if best is None:
        return ""
    text = (
        tr("{name} classified as {label}.")
        if found.is_sure(event.threshold)
        else tr("{name}: not sure, perhaps {label}.")
    )
    return text.format(name=shown.name, label=class_name(best.label))


def _objects(name: str, found: DetectionResult, selection: Selection) -> str:
    counts = count_by_class(selection.kept)
    total = counts.total()
    if not total:
        return tr("{name}: nothing found.", name=name)
    names = [
        format_count(kind, count) if count > 1 else kind
        for index, count in counts.most_common(4)
        for kind in [class_in_sentence(found.labels.name(index))]
    ]
    if len(counts) > len(names):
        names.append("…")
    text = tr_plural(
        "{name}: 1 object, {labels}.",
        "{name}: {count} objects, {labels}.",
        total,
        name=name,
        count=show_integer(total),
        labels=", ".join(names),
    )
    return text.replace("….", "…")


def _summary(event: FolderEnded) -> str:
    if not event.is_whole:
        return tr_plural(
            "{name}: stopped after 1 picture.",
            "{name}: stopped after {count} pictures.",
            event.done,
            name=event.name,
            count=show_integer(event.done),
        )
    seen = event.done - event.failed
    count = show_integer(seen)
    if event.task is Task.CLASSIFICATION:
        text = tr_plural(
            "{name}: 1 picture classified",
            "{name}: {count} pictures classified",
            seen,
            name=event.name,
            count=count,
        )
    else:
        text = tr_plural(
            "{name}: 1 picture looked at",
            "{name}: {count} pictures looked at",
            seen,
            name=event.name,
            count=count,
        )
    if event.failed:
        text += ", " + tr("{count} not readable", count=show_integer(event.failed))
    return f"{text}."


def invitation(kind: SourceKind) -> tuple[str, str]:
    """Return the empty stage's sentence and the text of its button."""
    return {
        SourceKind.IMAGE: (
            tr("Drop a picture, a folder or a video here"),
            tr("Open image…"),
        ),
        SourceKind.FOLDER: (
            tr("Drop a folder of pictures here"),
            tr("Open folder…"),
        ),
        SourceKind.VIDEO: (
            tr("Drop a video here"),
            tr("Open video…"),
        ),
        SourceKind.CAMERA: (
            tr("Choose a camera"),
            tr("Open address…"),
        ),
    }[kind]
