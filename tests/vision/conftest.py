"""What the tests of pictures and networks share."""

from __future__ import annotations

from pathlib import Path

import pytest

from vision.classification import Classifier

ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture(scope="session")
def bundled() -> Classifier:
    """Return the bundled classifier, loaded once for all tests; do not change it."""
    return Classifier.bundled()


@pytest.fixture(scope="session")
def images() -> Path:
    """Return the folder of the two photographs."""
    return ASSETS / "images"
