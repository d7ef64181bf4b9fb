"""Where pictures come from, and all else that the bar over the stage shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["SourceBarState", "SourceKind"]


class SourceKind(IntEnum):
    """Where pictures come from; the value is the segment's place."""

    IMAGE = 0
    FOLDER = 1
    VIDEO = 2
    CAMERA = 3


@dataclass(frozen=True)
class SourceBarState:
    """What the bar shows.

    Attributes
    ----------
    kind
        The chosen source.
    is_live
        Whether frames are coming from a camera or a video.
    is_frozen
        Whether such a source is held at one frame.
    has_picture
        Whether there is something to save or to explain.
    can_explain
        Whether an occlusion map can be made of what is on show.
    is_recording, shows_occlusion, shows_label, is_mirrored
        The switches.
    resolution_wh
        The chosen resolution of cameras.
    """

    kind: SourceKind = SourceKind.IMAGE
    is_live: bool = False
    is_frozen: bool = False
    has_picture: bool = False
    can_explain: bool = False
    is_recording: bool = False
    shows_occlusion: bool = False
    shows_label: bool = True
    is_mirrored: bool = False
    resolution_wh: tuple[int, int] | None = None
