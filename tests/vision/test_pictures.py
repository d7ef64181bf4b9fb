"""Every kind of picture is shown and classified rightly, and every bad one refused by name."""

from __future__ import annotations

import io
import itertools
import os
import signal
import struct
import sys
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.vision.picture_files import (
    BLUE,
    PICTURES,
    RED,
    WHITE,
    encoded,
    exif_block,
    jpeg_with_orientation,
    png_bomb,
    png_chunk,
    sample,
    upright,
)
from tests.vision.refused import refused
from tests.vision.running import reading_processes
from vision.child import StoppedError, stop_when
from vision.classification import Classifier
from vision.errors import Fault, VisionError
from vision.jobs.batch import Batch, BatchItem
from vision.kinds import FileKind, file_filter, kind_of
from vision.pictures.files import decode_picture, list_pictures, read_picture
from vision.reasons import Reason


def fault_of(data: bytes) -> Fault:
    with pytest.raises(VisionError) as caught:
        decode_picture(data, "x")
    return caught.value.code


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".webp", ".tif", ".ppm"])
def test_lossless_formats_give_the_very_pixels(suffix: str) -> None:
    flags = (cv2.IMWRITE_WEBP_QUALITY, 101) if suffix == ".webp" else ()
    picture = decode_picture(encoded(suffix, None, *flags))
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert np.array_equal(picture, sample())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_of_a_jpeg_is_applied(orientation: int) -> None:
    shown = decode_picture(jpeg_with_orientation(orientation))
    expected = upright(sample(), orientation)
    assert shown.shape == expected.shape
    assert np.abs(shown.astype(int) - expected).mean() < 6


@pytest.mark.parametrize("name", sorted(path.name for path in PICTURES.glob("orientation*")))
def test_the_boxes_of_avif_and_heic_say_how_they_are_turned(name: str) -> None:
    # The EXIF of the latter repeats it, and is not to turn them once more.
    shown = decode_picture((PICTURES / name).read_bytes())
    wanted = upright(sample(), int(name.removeprefix("orientation")[0]))
    assert shown.shape == wanted.shape
    assert np.abs(shown.astype(int) - wanted).max() <= 3


XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def with_chunk(kind: bytes, body: bytes, *more_channels: npt.NDArray[np.uint8]) -> bytes:
    data = encoded(".png", np.dstack([sample(), *more_channels]))
    return data[:33] + png_chunk(kind, body) + data[33:]  # after IHDR (8 + 25 bytes)


def saved(kind: str, mode: str = "RGB", **how: Any) -> bytes:
    """Return the sample as Pillow writes it."""
    file = io.BytesIO()
    Image.fromarray(sample()[:, :, ::-1]).convert(mode).save(file, kind, **how)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        with_chunk(b"eXIf", exif_block(6), np.full((32, 48), 255, np.uint8)),
        with_chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + XMP),
        with_chunk(
            b"tEXt",
            b"Raw profile type exif\0\nexif\n      26\n" + exif_block(6).hex().encode() + b"\n",
        ),
        (PICTURES / "exif6.webp").read_bytes(),
        saved("WEBP", lossless=True, xmp=XMP),
        saved("AVIF", quality=100, subsampling="4:4:4", xmp=XMP),
        saved("TIFF", compression="tiff_lzw", tiffinfo={0x0112: 6}),
    ],
)
def test_orientation_is_found_wherever_it_is_said(data: bytes) -> None:
    wanted = upright(sample(), 6)
    shown = decode_picture(data)
    assert shown.shape == wanted.shape
    assert np.abs(shown.astype(int) - wanted).max() <= 3


def test_a_cmyk_tiff_has_the_right_colours() -> None:
    assert np.abs(decode_picture(saved("TIFF", "CMYK")).astype(int) - sample()).max() <= 1


def test_transparency_is_laid_on_white() -> None:
    alpha = np.zeros((32, 48), np.uint8)
    alpha[:, 24:] = 255
    alpha[16:, 24:] = 128
    shown = decode_picture(encoded(".png", np.dstack([sample(), alpha])))
    assert tuple(shown[20, 5]) == WHITE
    assert tuple(shown[5, 40]) == BLUE
    half = [round((128 * colour + 127 * 255) / 255) for colour in BLUE]
    assert np.abs(shown[20, 40].astype(int) - half).max() <= 1


def test_grey_with_alpha_is_laid_on_white() -> None:
    shown = decode_picture((PICTURES / "grey_alpha.png").read_bytes())
    assert tuple(shown[12, 10]) == (200, 200, 200)
    assert tuple(shown[20, 10]) == WHITE


def test_palette_is_expanded() -> None:
    shown = decode_picture((PICTURES / "palette.png").read_bytes())
    assert shown.shape == (32, 48, 3)
    assert shown[20, 5, 2] > 150 > shown[20, 5, 0]


def test_cmyk_jpeg_has_the_right_colours() -> None:
    shown = decode_picture((PICTURES / "cmyk.jpg").read_bytes())
    assert np.abs(shown[20, 5].astype(int) - RED).max() < 8
    assert np.abs(shown[20, 40].astype(int) - BLUE).max() < 8
    assert shown[2, 2].min() > 245


@pytest.mark.parametrize(
    ("suffix", "picture"),
    [
        (".png", sample()),
        (".tif", sample()),
        (".png", np.dstack([sample(), np.full((32, 48), 255, np.uint8)])),
    ],
    ids=["PNG", "TIFF", "with alpha"],
)
def test_sixteen_bits_are_reduced_to_eight(suffix: str, picture: npt.NDArray[np.uint8]) -> None:
    wide = picture.astype(np.uint16) * 257
    assert np.array_equal(decode_picture(encoded(suffix, wide)), sample())


def test_grey_becomes_three_equal_channels() -> None:
    grey = sample()[:, :, 2]
    shown = decode_picture(encoded(".png", grey))
    assert np.array_equal(shown, np.dstack([grey] * 3))


def test_floating_point_tiff_is_read_as_0_to_1() -> None:
    grey = sample()[:, :, 2]
    values = grey.astype(np.float32) / 255
    values[31, 47] = np.nan
    shown = decode_picture(encoded(".tif", values))
    assert np.array_equal(shown[:31], np.dstack([grey] * 3)[:31])
    assert tuple(shown[31, 47]) == (0, 0, 0)


def test_first_frame_of_an_animated_gif_is_taken(tmp_path: Path) -> None:
    animation = cv2.Animation()
    animation.frames = [
        np.dstack([frame, np.full((32, 48), 255, np.uint8)])
        for frame in (sample(), sample()[:, ::-1])
    ]
    animation.durations = [100, 100]
    path = tmp_path / "moving.gif"
    assert cv2.imwriteanimation(str(path), animation)
    assert cv2.imcount(str(path)) == 2
    shown = read_picture(path)
    # OpenCV's own encoder dithers, so colours hold on the average of a side.
    assert np.abs(shown[8:, :24].mean((0, 1)) - RED).max() < 12
    assert np.abs(shown[8:, 24:].mean((0, 1)) - BLUE).max() < 12


def test_paths_may_hold_any_letters(tmp_path: Path) -> None:
    path = tmp_path / "ağaç ölçüsü 図.png"
    path.write_bytes(encoded(".png"))
    assert np.array_equal(read_picture(path), sample())


@pytest.mark.parametrize(
    "data", [b"a", b"hello, world" * 20, b"\0" * 500, b"BM" + b"x" * 60, b"P6 nonsense"]
)
def test_what_is_no_picture_is_named_so(data: bytes) -> None:
    assert fault_of(data) in (Fault.PICTURE_NOT_A_PICTURE, Fault.PICTURE_DAMAGED)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_picture_is_named_as_truncated(suffix: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    data = encoded(suffix, noise)
    assert fault_of(data[: int(len(data) * share)]) is Fault.PICTURE_TRUNCATED


def test_a_jpeg_that_breaks_off_before_its_size_is_named_as_truncated() -> None:
    data = encoded(".jpg")
    size_at = data.index(b"\xff\xc0")
    for cut in (20, size_at, size_at + 4, size_at + 7, size_at + 9):
        assert fault_of(data[:cut]) is Fault.PICTURE_TRUNCATED


def test_a_bomb_is_refused_from_its_header() -> None:
    data = png_bomb()
    assert len(data) < 200_000
    tracemalloc.start()
    with pytest.raises(VisionError) as caught:
        decode_picture(data, "bomb.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code is Fault.PICTURE_TOO_LARGE
    assert "30000 x 30000" in caught.value.sentence()
    assert peak < 50_000_000


def test_a_jpeg_too_large_is_decoded_smaller() -> None:
    wide = np.zeros((6000, 16_000, 3), np.uint8)
    wide[:, 8000:] = BLUE
    shown = decode_picture(encoded(".jpg", wide))
    assert shown.shape == (3000, 8000, 3)
    assert np.abs(shown[100, 7000].astype(int) - BLUE).max() < 8
    progressive = encoded(".jpg", wide, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    assert fault_of(progressive) is Fault.PICTURE_TOO_LARGE


def test_a_large_png_is_laid_on_white_in_strips() -> None:
    rows = np.zeros((1000, 3, 4), np.uint8)
    rows[:, :, 3] = (np.arange(1000) % 256)[:, None]
    shown = decode_picture(encoded(".png", rows))
    assert np.array_equal(shown[:, 0, 0], 255 - np.arange(1000) % 256)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with refused(Fault.FILE_MISSING):
        read_picture(tmp_path / "nothing.png")
    with refused(Fault.FILE_UNREADABLE):
        read_picture(tmp_path)


@pytest.mark.parametrize("read", [read_picture, list_pictures])
def test_a_name_that_no_file_can_have_is_refused_in_words(read: Callable[[str], object]) -> None:
    with pytest.raises(VisionError) as caught:
        read("a\0b.png")
    assert caught.value.values["reason"] is Reason.NAME_INVALID


def test_a_folder_lists_its_pictures_by_name(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "notes.txt", "C.webp", "._a.jpg"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "inner.png").mkdir()
    assert [path.name for path in list_pictures(tmp_path)] == ["a.jpg", "b.PNG", "C.webp"]


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see")
    with refused(Fault.FOLDER_WITHOUT_PICTURES):
        list_pictures(tmp_path)
    with refused(Fault.FILE_MISSING):
        list_pictures(tmp_path / "missing")


def big_tiff(directory: int = 16, value_at: int = 80) -> bytes:
    """Return the head of a BigTIFF of 7 x 5 pixels, with offsets of 64 bits."""
    entries = [(256, 4, 1, 7), (257, 4, 1, 5), (258, 3, 6, value_at)]
    listed = b"".join(struct.pack("<HHQQ", *entry) for entry in entries)
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, directory)
    return head + struct.pack("<Q", len(entries)) + listed + bytes(64)


def test_an_offset_beyond_all_memory_spoils_one_picture_and_not_its_folder(
    tmp_path: Path, small: Classifier
) -> None:
    (tmp_path / "a.tif").write_bytes(big_tiff(directory=2**64 - 1))
    (tmp_path / "b.png").write_bytes(encoded(".png"))
    items: list[BatchItem] = []
    assert Batch(list_pictures(tmp_path), small).run(lambda: False, items.append)
    assert [item.result is not None for item in items] == [False, True]
    assert items[0].error is not None
    assert items[0].error.code is Fault.PICTURE_UNDECODED


@pytest.mark.parametrize(
    ("begins", "kind"),
    [
        (b"\xff\x0a\xfa\x7f", "JPEG XL"),
        (b"8BPS\0\x01", "Photoshop"),
        (b'<?xml version="1.0"?>\n<svg width="4">', "SVG"),
    ],
)
def test_a_picture_of_another_kind_is_called_by_its_name(begins: bytes, kind: str) -> None:
    with refused(Fault.PICTURE_FOREIGN, f"of the kind {kind},"):
        decode_picture(begins + bytes(400))


def test_a_folder_does_not_leave_out_what_a_phone_took(tmp_path: Path) -> None:
    for name in ("a.heic", "b.jpg", "c.HEIF", "d.jxl"):
        (tmp_path / name).write_bytes(b"\xff\x0a" + bytes(20))
    found = [path.name for path in list_pictures(tmp_path)]
    assert found == ["a.heic", "b.jpg", "c.HEIF", "d.jxl"]
    assert kind_of(tmp_path / "a.heic") is FileKind.PICTURE
    # What cannot be read is not offered where a picture is chosen.
    offered = file_filter("Pictures", FileKind.PICTURE)
    assert "*.heic" in offered
    assert "jxl" not in offered


def heic(side_px: int = 64) -> bytes:
    """Return a HEIC picture that says another size than it has."""
    data = (PICTURES / "orientation2.heic").read_bytes()
    size = b"ispe" + bytes(4) + struct.pack(">II", 64, 64)  # in blocks of which 48 x 32 are shown
    assert size in data
    return data.replace(size, size[:8] + struct.pack(">II", side_px, side_px))


def test_a_damaged_heic_is_refused() -> None:
    head, pixels = heic().split(b"mdat")
    for broken in (heic()[:600], heic(16_000), head + b"mdat" + bytes(len(pixels))):
        assert fault_of(broken) is Fault.PICTURE_UNDECODED


def test_a_picture_that_is_wanted_no_longer_ends_its_process_at_once(
    tmp_path: Path, small: Classifier
) -> None:
    path = tmp_path / "slow.tif"
    path.write_bytes(encoded(".tif", np.zeros((8000, 8000, 3), np.uint8)))
    asked = itertools.count()
    with stop_when(lambda: next(asked) > 0), pytest.raises(StoppedError):
        read_picture(path)
    in_folder, items = itertools.count(), list[BatchItem]()
    assert not Batch([path], small).run(lambda: next(in_folder) > 1, items.append)
    assert items == []
    assert decode_picture(heic()).shape == (32, 48, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists a process's children")
def test_a_picture_that_ends_the_reading_process_alone_is_refused(
    tmp_path: Path, small: Classifier
) -> None:
    decode_picture(heic())
    (reader,) = reading_processes()
    (tmp_path / "a.heic").write_bytes(heic())
    (tmp_path / "b.heic").write_bytes(heic())
    os.kill(reader, signal.SIGSTOP)
    threading.Timer(0.2, os.kill, (reader, signal.SIGKILL)).start()
    items: list[BatchItem] = []
    assert Batch(list_pictures(tmp_path), small).run(lambda: False, items.append)
    assert [item.result is not None for item in items] == [False, True]
    assert items[0].error is not None
    assert items[0].error.code is Fault.PICTURE_UNDECODED
    assert reading_processes() not in ([reader], [])
