"""The bundled classifier's 1,280 features of a picture, below its scores."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache as once
from functools import partial
from itertools import batched
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.child import StoppedError, read_ahead, stop_when
from vision.engine import Engine
from vision.errors import VisionError, as_value
from vision.formats.manifest import ASSETS, ModelManifest, bundled_manifest
from vision.formats.reader import read_model_file
from vision.pictures.pixels import resized
from vision.pictures.preprocessing import Blob, Preprocessing
from vision.teaching.collection import Picture
from vision.teaching.feature_cache import FeatureCache
from vision.teaching.importing import pixels_of

type Pixels = npt.NDArray[np.uint8]
"""A picture (H, W, 3), BGR, 8 bits per channel."""

type FeatureRow = npt.NDArray[np.float32]
"""The features of one picture (1280,), float32."""

BATCH: Final = 16
"""Pictures per forward pass; larger batches are no faster and take more memory."""

THUMBNAIL_PX: Final = 96

_CROP: Final = 0.85
_BRIGHTER: Final = 1.3
_DARKER: Final = 0.7


@dataclass(frozen=True)
class Augmentation:
    """Augmented copies of the training pictures, one more per picture for each kind.

    Attributes
    ----------
    flip
        Whether to add a copy with left and right swapped.
    crop
        Whether to add a crop of 85 % of each side, at any position.
    brightness
        Whether to add a copy darker or brighter by a third.
    """

    flip: bool = False
    crop: bool = False
    brightness: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The enabled kinds."""
        return tuple(name for name in ("flip", "crop", "brightness") if getattr(self, name))


NO_AUGMENTATION: Final = Augmentation()


class Backbone:
    """The bundled classifier as a feature extractor; for one thread at a time."""

    def __init__(self) -> None:
        """Load the network.

        Raises
        ------
        VisionError
            model_changed, if its file does not have the expected hash.
        """
        self.manifest: Final[ModelManifest] = bundled_manifest()
        file = read_model_file(ASSETS / "models" / self.manifest.file, sha256=self.manifest.sha256)
        self.engine: Final = Engine(file)
        self.preprocessing: Final[Preprocessing] = self.manifest.preprocessing

    def features(self, blob: Blob) -> npt.NDArray[np.float32]:
        """Return the features (N, 1280) of preprocessed pictures (N, C, H, W).

        Raises
        ------
        VisionError
            model_forward, model_busy.
        """
        name = self.manifest.features_output
        return self.engine.forward(blob, [name])[name].reshape(len(blob), -1)


@dataclass(frozen=True, eq=False)
class Features:
    """The features of pictures.

    Attributes
    ----------
    rows
        Features of each picture, by its hash.
    copies
        Features (copies, 1280) of a picture's augmented copies, by its hash; only for pictures with
        requested copies.
    unreadable
        Error of each picture without features, by its hash: moved, changed or damaged.
    computed
        Number of forward passes; the other features came from the cache.
    cache_error
        Why features could not be cached, or None: for example a full disk.
    """

    rows: dict[str, FeatureRow] = field(default_factory=dict)
    copies: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    unreadable: dict[str, VisionError] = field(default_factory=dict)
    computed: int = 0
    seconds: float = 0.0
    cache_error: VisionError | None = None


def extract_features(
    pictures: Sequence[Picture],
    backbone: Backbone | Callable[[], Backbone],
    should_stop: Callable[[], bool],
    publish: Callable[[int, int], None],
    cache: FeatureCache | None = None,
    augmentation: Augmentation = NO_AUGMENTATION,
    augmented: Collection[str] = frozenset(),
) -> Features | None:
    """Return the features of pictures; call it on a worker.

    Parameters
    ----------
    pictures
        Pictures, each hash once.
    backbone
        The network, or a function that loads it, called only if needed.
    should_stop
        Called before each batch.
    publish
        Called after each batch with the number of pictures done and the total, including copies.
    cache
        Cache of the features, or None.
    augmentation, augmented
        Augmentations, and the hashes of the pictures to augment.

    Returns
    -------
    The features, or None if stopped; what was computed so far is cached. Cached features are used
    even if the picture's file is gone or changed.

    Raises
    ------
    VisionError
        Errors of `Backbone`. Errors of single pictures are in the result.
    """
    started = time.perf_counter()
    kinds = {
        picture.sha256: ("", *(augmentation.kinds if picture.sha256 in augmented else ()))
        for picture in pictures
    }
    wanted = [(picture, kind) for picture in pictures for kind in kinds[picture.sha256]]
    found: dict[tuple[str, str], FeatureRow] = {}
    unreadable: dict[str, VisionError] = {}
    if cache is not None:
        keys = {_key(each.sha256, kind): (each.sha256, kind) for each, kind in wanted}
        for key, value in cache.find(keys).items():
            found[keys[key]] = np.frombuffer(value, np.float32)
    done = len(found)
    publish(done, len(wanted))
    missing = [one for one in wanted if (one[0].sha256, one[1]) not in found]
    computed = 0
    may_keep = cache is not None
    if missing:
        network = backbone if isinstance(backbone, Backbone) else backbone()
        for batch in _preprocess_ahead(missing, network.preprocessing, should_stop):
            if batch.blobs:
                rows = network.features(np.concatenate(batch.blobs))
                new = dict(zip(batch.names, rows, strict=True))
                found.update(new)
                computed += len(new)
                if cache is not None and may_keep:
                    may_keep = cache.store(
                        {_key(*name): row.tobytes() for name, row in new.items()}
                    )
            unreadable.update(batch.unreadable)
            done += batch.count
            publish(done, len(wanted))
        if done < len(wanted):
            return None
    copies = {
        sha256: np.stack([found[sha256, kind] for kind in names[1:]])
        for sha256, names in kinds.items()
        if len(names) > 1 and sha256 not in unreadable
    }
    return Features(
        rows={sha256: row for (sha256, kind), row in found.items() if not kind},
        copies=copies,
        unreadable=unreadable,
        computed=computed,
        seconds=time.perf_counter() - started,
        cache_error=cache.fault if cache is not None and not may_keep else None,
    )


def augmented_copy(pixels: Pixels, sha256: str, kind: str) -> Pixels:
    """Return an augmented copy of a picture, always the same for one picture.

    Parameters
    ----------
    pixels, sha256
        The picture and its hash, which determines the crop and the brightness.
    kind
        One of `Augmentation.kinds`, or empty for the picture itself.
    """
    drawn = np.frombuffer(bytes.fromhex(sha256)[:3], np.uint8) / 255.0
    if kind == "flip":
        return np.ascontiguousarray(pixels[:, ::-1])
    if kind == "crop":
        height, width = pixels.shape[:2]
        high, wide = max(1, round(_CROP * height)), max(1, round(_CROP * width))
        top, left = round(drawn[0] * (height - high)), round(drawn[1] * (width - wide))
        return np.ascontiguousarray(pixels[top : top + high, left : left + wide])
    if kind == "brightness":
        gain = _BRIGHTER if drawn[2] > 0.5 else _DARKER
        return np.asarray(cv2.convertScaleAbs(pixels, alpha=gain), np.uint8)
    return pixels


def thumbnail(
    picture: Picture, size_px: int = THUMBNAIL_PX, cache: FeatureCache | None = None
) -> Pixels:
    """Return a picture's square centre as a thumbnail; call it on a worker.

    Parameters
    ----------
    size_px
        Side length of the thumbnail, in pixels.
    cache
        Cache of the thumbnail, or None.

    Raises
    ------
    VisionError
        As `vision.teaching.importing.pixels_of`.
    """
    key = f"thumbnail:{size_px}:{picture.sha256}"
    if cache is not None and key in (kept := cache.find([key])):
        small = cv2.imdecode(np.frombuffer(kept[key], np.uint8), cv2.IMREAD_COLOR)
        if small is not None:
            return np.asarray(small, np.uint8)
    pixels = pixels_of(picture)
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    small = resized(pixels[top : top + side, left : left + side], (size_px, size_px))
    if cache is not None:
        _, data = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, 90))
        cache.store({key: data.tobytes()})
    return small


@dataclass(frozen=True, eq=False)
class _Batch:
    """Preprocessed pictures: their keys and blobs, and the number requested."""

    count: int
    names: list[tuple[str, str]] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)
    unreadable: dict[str, VisionError] = field(default_factory=dict)


def _preprocess_ahead(
    wanted: list[tuple[Picture, str]], preprocessing: Preprocessing, should_stop: Callable[[], bool]
) -> Iterator[_Batch]:
    """Yield preprocessed batches, read one batch ahead; end early if stopped."""
    read = partial(_read_batch, preprocessing=preprocessing, should_stop=should_stop)
    readings = read_ahead(read, batched(wanted, BATCH))
    with contextlib.suppress(StoppedError), contextlib.closing(readings):
        for reading in readings:
            if should_stop():
                return
            yield reading.result()


def _read_batch(
    wanted: Sequence[tuple[Picture, str]],
    preprocessing: Preprocessing,
    should_stop: Callable[[], bool],
) -> _Batch:
    batch = _Batch(len(wanted))
    pixels: Pixels | None = None
    last = ""
    for picture, kind in wanted:
        if picture.sha256 in batch.unreadable:
            continue
        if picture.sha256 != last or pixels is None:
            last = picture.sha256
            try:
                with stop_when(should_stop):
                    pixels = pixels_of(picture)
            except VisionError as error:
                batch.unreadable[picture.sha256] = as_value(error)
                continue
        batch.names.append((picture.sha256, kind))
        batch.blobs.append(preprocessing.blob(augmented_copy(pixels, picture.sha256, kind)))
    return batch


def _key(sha256: str, kind: str) -> str:
    """Return the cache key of features: model, preprocessing, augmentation, picture."""
    return f"{_model_key()}:{kind}:{sha256}"


@once
def _model_key() -> str:
    manifest = bundled_manifest()
    settings = hashlib.sha256(repr(manifest.preprocessing).encode()).hexdigest()
    return f"{manifest.sha256[:16]}:{settings[:8]}"
