"""Every trip of ``trips/`` through the real window, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.settings import settings
from tests.e2e.traveller import TRIPS, Traveller, Trip, play


@pytest.fixture
def been_here(own_settings: None, trip: Trip) -> None:
    """Remember that the first page was left, unless the trip begins there."""
    if not trip.is_first_run:
        settings().setValue("first_run_left", True)


@pytest.fixture
def traveller(
    been_here: None, qtbot: QtBot, request: pytest.FixtureRequest, tmp_path: Path, way: str
) -> Iterator[Traveller]:
    """Return the user, at the window that is opened for them."""
    window = request.getfixturevalue("window")
    traveller = Traveller(qtbot, window, tmp_path, by_keys=way == "keys")
    yield traveller
    traveller.camera.kill()


@pytest.mark.parametrize(
    ("trip", "way"),
    [
        pytest.param(trip, way, id=f"{trip.file}: {trip.title} ({way})")
        for trip in TRIPS
        for way in trip.ways
    ],
)
def test_a_trip(trip: Trip, way: str, traveller: Traveller) -> None:
    play(trip, traveller)
