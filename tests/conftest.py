"""What every test shares: an environment of its own, and nothing left running after it."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Numbers and texts are those of one language, whatever the system's is.
for name in [name for name in os.environ if name.startswith("LC_") or name == "LANGUAGE"]:
    del os.environ[name]
os.environ["LANG"] = "C.UTF-8"
# As main.py does, docs/adr/0016: before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("glassnet", deadline=None)
hypothesis.settings.load_profile("glassnet")


imported = 0
"""How many modules there were when what had been imported was last frozen."""


def pytest_collection_finish() -> None:
    """Leave out what has been imported when garbage is looked for after each test."""
    gc.collect()
    gc.freeze()


def pytest_fixture_post_finalizer() -> None:
    """Destroy at once what was deleted later.

    A closed window would otherwise wait for the next test's event loop, and take part before that
    in each change of theme and language: seconds for a window of a thousand widgets.
    """
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """Return what the one QApplication is made with: the window's own style on every platform."""
    return ["pytest", "-style", "Fusion"]


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return folders that are not there yet, one after another.

    `mktemp` would look through thousands of folders for each.
    """
    parent = tmp_path_factory.mktemp("homes")
    return (parent / str(number) for number in count())


@pytest.fixture(autouse=True)
def own_folders(
    homes: Iterator[Path],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Give the test a home, settings, data and state folder of its own; return the home."""
    home = next(homes)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    # What is known of a model holds for all tests: trying it out takes a second.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    # Qt asks the environment for this folder only once a process.
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home))
    # What is pressed in a test stands still. Qt would wait until the disk has written this.
    kept = home / "Glassnet" / "Glassnet.ini"
    kept.parent.mkdir(parents=True)
    kept.write_text("[General]\nreduced_motion=true\n", encoding="utf-8")
    return home


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves a thread of its own running."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon]
    assert not left, f"threads left running: {left}"


@pytest.fixture(autouse=True)
def no_widget_dies_under_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect garbage after a test that uses Qt, and not in it (docs/adr/0047)."""
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    # pytest holds the window until after this; what is still held now would live on, each with
    # its data and its network, until a collection of everything comes by.
    request.node.funcargs.clear()
    gc.collect()
    global imported
    if len(sys.modules) > imported:
        imported = len(sys.modules)
        gc.freeze()
    gc.enable()
