"""Pictures as a screen takes them: whole, in the right order of colours, at the right size."""

from __future__ import annotations

import numpy as np
import pytest

from tests.vision.mutation_worker import own_peak_mb
from vision.pictures.pixels import (
    THUMBNAIL_WH,
    DisplaySize,
    fit_size,
    thumbnail,
    to_display,
    to_screen,
)


def test_a_picture_fits_its_room_whole_and_keeps_its_shape() -> None:
    assert fit_size((1280, 720), (1020.0, 640.0)) == (1020, 574)
    assert fit_size((9000, 6000), (600.0, 600.0)) == (600, 400)
    assert fit_size((5000, 1), (100.0, 100.0)) == (100, 1)
    assert fit_size((30, 20), (0.0, 100.0)) == (30, 20)
    room = DisplaySize((300.0, 300.0), 2.0)
    assert room.pixels(np.zeros((50, 100, 3), np.uint8)).shape == (150, 300, 4)


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_the_colours_stay_and_the_fourth_channel_is_full(is_mirrored: bool) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (7, 9, 3), np.uint8)
    pixels = to_display(picture, is_mirrored=is_mirrored)
    assert np.array_equal(pixels[..., :3], picture[:, ::-1] if is_mirrored else picture)
    assert (pixels[..., 3] == 255).all()


def test_a_mirrored_room_turns_what_it_shows() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    plain = DisplaySize((90.0, 90.0)).pixels(picture)
    turned = DisplaySize((90.0, 90.0), is_mirrored=True).pixels(picture)
    assert np.array_equal(turned, plain[:, ::-1])


def test_only_what_is_larger_than_a_screen_is_made_smaller() -> None:
    assert to_screen(np.zeros((30, 40, 3), np.uint8)).shape == (30, 40, 4)
    assert to_screen(np.zeros((2160, 7680, 3), np.uint8)).shape == (1080, 3840, 4)


@pytest.mark.parametrize("shape", [(1, 30_000), (30_000, 1)])
def test_the_thumbnail_of_a_thread_needs_little_memory(shape: tuple[int, int]) -> None:
    pixels = to_display(np.full((*shape, 3), 90, np.uint8))
    before = own_peak_mb()
    small = thumbnail(pixels)
    assert own_peak_mb() - before < 50
    assert small.shape == (THUMBNAIL_WH[1], THUMBNAIL_WH[0], 4)
    assert (small[..., :3] == 90).all()


@pytest.mark.parametrize("channels", [3, 4])
def test_a_thumbnail_is_the_middle_of_its_picture(channels: int) -> None:
    picture = np.zeros((400, 1200, channels), np.uint8)
    picture[:, 500:700] = 255
    # The thumbnail shows as much of the width as fits its shape at the full height.
    width, height = THUMBNAIL_WH
    small = thumbnail(picture)[height // 2, :, 0]
    bright = np.nonzero(small > 127)[0]
    share = 200 / (400 * width / height)
    assert np.ptp(bright) + 1 == pytest.approx(share * width, abs=2)
    assert bright.mean() == pytest.approx((width - 1) / 2, abs=1.5)
