"""The environment that main.py prepares, and the command line's manners."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from model.defaults import default_experiment
from model.experiment import StopSpec
from model.files import write_experiment

ROOT = Path(__file__).resolve().parent.parent

needs_x = pytest.mark.skipif(
    not os.environ.get("DISPLAY"), reason="needs an X server; on Linux pytest-xvfb starts one"
)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@needs_x
def test_a_real_window_opens_after_cv2_was_imported() -> None:
    program = """
import cv2
from main import prepare_environment
prepare_environment()
from PySide6.QtWidgets import QApplication, QWidget
from PySide6.QtCore import QTimer
app = QApplication([])
window = QWidget()
window.show()
QTimer.singleShot(0, lambda: (print(app.platformName(), window.isVisible()), app.quit()))
app.exec()
"""
    done = run("-c", program, QT_QPA_PLATFORM="xcb")
    assert done.stdout.split() == ["xcb", "True"], done.stderr


def test_a_persons_own_qt_folder_is_kept() -> None:
    program = """
import os
os.environ["QT_QPA_FONTDIR"] = "/home/somebody/fonts"
os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"] = "/x/site-packages/cv2/qt/plugins"
from main import prepare_environment
prepare_environment()
print(os.environ.get("QT_QPA_FONTDIR"), os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH"))
"""
    assert run("-c", program).stdout.split() == ["/home/somebody/fonts", "None"]


@pytest.mark.parametrize(
    ("arguments", "present", "wanted"),
    [
        ([], "", "1"),
        (["mine.glassnet"], "", "1"),
        (["classify", "train"], "", "1"),
        (["classify", "cat.jpg"], "3", "3"),
        (["train", "mine.glassnet"], "", "all"),
        (["train", "mine.glassnet"], "3", "3"),
        (["train", "mine.glassnet", "--threads", "2"], "3", "2"),
        (["train", "--threads=1", "--data", "xor"], "", "1"),
    ],
    ids=" ".join,
)
def test_products_take_one_thread_but_for_train(
    arguments: list[str], present: str, wanted: str
) -> None:
    program = """
import os, sys
import main
if not os.environ["OPENBLAS_NUM_THREADS"]:
    del os.environ["OPENBLAS_NUM_THREADS"]
main.choose_blas_threads(sys.argv[1:])
assert "numpy" not in sys.modules
import numpy
from threadpoolctl import threadpool_info
print(*(library["num_threads"] for library in threadpool_info()))
"""
    done = run("-c", program, *arguments, OPENBLAS_NUM_THREADS=present)
    processors = os.process_cpu_count() if sys.version_info >= (3, 13) else os.cpu_count()
    known = processors or 1
    # OpenBLAS takes no more threads than there are processors.
    expected = known if wanted == "all" else min(int(wanted), known)
    assert done.stdout.split() == [str(expected)], done.stderr


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("model", ("PySide6", "pyqtgraph", "cv2", "gui", "vision")),
        ("vision", ("PySide6", "pyqtgraph", "gui", "model")),
    ],
)
def test_a_room_loads_only_what_it_may(room: str, forbidden: tuple[str, ...]) -> None:
    program = f"""
import importlib, pkgutil, sys
import {room}
for module in pkgutil.walk_packages({room}.__path__, "{room}."):
    importlib.import_module(module.name)
loaded = {{name.partition(".")[0] for name in sys.modules}}
print(sorted(loaded & set({forbidden!r})))
"""
    done = run("-c", program)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["classify", "missing.png"],
        ["classify", "main.py"],
        ["classify", "tests"],
        ["classify", "assets/images/coffee.png", "--model", "main.py"],
        ["classify", "assets/images/coffee.png", "--labels", "LICENSE"],
        ["train", "missing.glassnet"],
        ["train", "main.py"],
        ["train", "--data", "no_such_data"],
        ["train", "--data", "xor", "--threads", "0"],
        ["lottery", "missing.glassnet"],
        ["lottery", "main.py"],
        ["export", "missing.glassnet", "--onnx", "x.onnx"],
        ["check", "missing.json", "missing.glassnet"],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line_and_status_2(arguments: list[str], tmp_path: Path) -> None:
    done = run("main.py", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timer signals")
@pytest.mark.parametrize("seeds", [3, 300])
def test_ctrl_c_ends_a_lottery(seeds: int, tmp_path: Path) -> None:
    file = tmp_path / "endless.glassnet"
    base = default_experiment()
    training = replace(base.training, stop=StopSpec(epochs=10**9))
    write_experiment(file, replace(base, training=training))
    program = """
import signal, sys
import main
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 2.0)
sys.exit(main.main(sys.argv[1:]))
"""
    done = run("-c", program, "lottery", str(file), "--seeds", str(seeds), "--json")
    assert done.returncode == 130
    assert done.stdout == ""
    assert done.stderr == "Stopped; nothing was written.\n"


def test_without_a_screen_the_window_says_so() -> None:
    done = run("main.py", DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    if sys.platform.startswith("linux"):
        assert done.returncode == 2
        assert "no screen" in done.stderr
