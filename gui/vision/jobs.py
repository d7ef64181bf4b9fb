"""What the worker thread can be asked to do: load a model, classify pictures."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from gui.vision.pixels import image_to_picture
from gui.vision.session import (
    Failure,
    ModelChoice,
    ModelRefusedError,
    Reading,
    Session,
)
from vision.errors import VisionError, as_value
from vision.pictures import read_picture

__all__ = [
    "AgainJob",
    "Job",
    "ModelJob",
    "PictureItem",
    "PicturesJob",
    "Publish",
    "ShouldStop",
    "again",
]

type ShouldStop = Callable[[], bool]
type Publish = Callable[[object], None]


class Job(Protocol):
    """Work for the session's thread."""

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Do the work; the newest published value is shown at the display's rate."""


@dataclass(frozen=True, eq=False)
class ModelJob:
    """Turn to another model and report on it; if it fails, the one in use stays."""

    choice: ModelChoice

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Return the model's report."""
        kept = session.loaded_choice
        session.choose(self.choice)
        try:
            return session.report()
        except (VisionError, ModelRefusedError):
            if kept is not None:
                session.choose(kept)
            raise


@dataclass(frozen=True, eq=False)
class PictureItem:
    """A picture to classify: a file, or pixels with a name; an image is converted by the worker."""

    name: str
    path: Path | None = None
    picture: npt.NDArray[np.uint8] | None = None
    image: QImage | None = None
    is_new: bool = True


class AgainJob:
    """Classify the picture on show anew, with the model and settings then in use.

    Which picture that is shows only when its turn comes; the controller then puts what `again`
    returns in its place.
    """

    def run(self, session: Session, should_stop: ShouldStop, publish: Publish) -> object:
        """Do nothing: without a picture there is nothing to repeat."""
        return None


@dataclass(eq=False)
class PicturesJob:
    """Classify some pictures, one after the other.

    Attributes
    ----------
    items
        The pictures.
    outcomes
        A `Reading` or `Failure` each, in order; the worker appends, the GUI thread takes them away.
    """

    items: list[PictureItem]
    outcomes: deque[Reading | Failure] = field(default_factory=deque)

    def run(
        self,
        session: Session,
        should_stop: ShouldStop,
        publish: Publish,
    ) -> object:
        """Classify the pictures; a bad one is noted and the next one taken."""
        # Outside the loop: without a model every picture would only repeat the same fault.
        session.classifier()
        for done, item in enumerate(self.items, start=1):
            if should_stop():
                break
            try:
                self.outcomes.append(self._read(session, item))
            except VisionError as error:
                self.outcomes.append(Failure(item.name, as_value(error)))
            publish(done)
        return None

    def _read(self, session: Session, item: PictureItem) -> Reading:
        started = time.perf_counter()
        if item.image is not None:
            return session.read(image_to_picture(item.image), item.name, is_new=item.is_new)
        if item.picture is not None:
            return session.read(item.picture, item.name, is_new=item.is_new)
        assert item.path is not None
        picture = read_picture(item.path)
        read_ms = (time.perf_counter() - started) * 1e3
        return session.read(picture, item.name, item.path, read_ms, item.is_new)


def again(reading: Reading) -> PicturesJob:
    """Return the job that classifies a reading's picture anew."""
    return PicturesJob([PictureItem(reading.name, reading.path, reading.picture, is_new=False)])
