"""The environment that main.py prepares, and the command line's manners."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from main import COMMANDS, close_at_interrupt, command_line
from model import __version__
from model.defaults import default_experiment
from model.experiment import StopSpec
from model.files import write_experiment
from tests.command_line import run_here
from tests.tiers import first, thorough

ROOT = Path(__file__).resolve().parent.parent

needs_x = pytest.mark.skipif(
    not os.environ.get("DISPLAY"), reason="needs an X server; on Linux pytest-xvfb starts one"
)
TURKISH = {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "", "PYTHONIOENCODING": "utf-8"}
ENGLISH = {"LC_ALL": "C", "LANGUAGE": "", "PYTHONIOENCODING": "utf-8"}
needs_terminal = pytest.mark.skipif(not hasattr(os, "openpty"), reason="Windows has no such")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **ENGLISH, **environment},
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


@pytest.mark.parametrize(
    ("arguments", "present", "wanted"),
    [
        ([], "", "1"),
        (["classify", "cat.jpg"], "2", "2"),
        (["train", "mine.glassnet", "--threads", "0"], "1", "all"),
        (["train", "--threads=1", "--data", "xor"], "2", "1"),
    ],
    ids=" ".join,
)
def test_products_take_one_thread_unless_asked(
    arguments: list[str], present: str, wanted: str
) -> None:
    program = """
import os, sys
import main
os.environ.pop("OMP_NUM_THREADS", None)  # OpenBLAS takes it where its own is not set
if not os.environ["OPENBLAS_NUM_THREADS"]:
    del os.environ["OPENBLAS_NUM_THREADS"]
main.choose_blas_threads(sys.argv[1:])
assert "numpy" not in sys.modules
import numpy
from threadpoolctl import threadpool_info
print(*(library["num_threads"] for library in threadpool_info()))
"""
    done = run("-c", program, *arguments, OPENBLAS_NUM_THREADS=present)
    if sys.version_info >= (3, 13):
        known = os.process_cpu_count() or 1
    else:
        known = os.cpu_count() or 1
    # OpenBLAS takes no more threads than there are processors.
    expected = known if wanted == "all" else min(int(wanted), known)
    assert done.stdout.split() == [str(expected)], done.stderr


def test_the_tutorials_own_options_classify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    model = "assets/models/efficientnet_lite0.onnx"
    picture = "assets/images/coffee.png"
    plain = run_here("classify", picture, "--json")
    same = run_here("classify", "-i", picture, "-m", model, "--json")
    other = run_here("classify", "--image", picture, "--no-swap-rb", "--mean", "0", "--json")
    [one], [two], [three] = (json.loads(done.stdout) for done in (plain, same, other))
    assert one["top"] == two["top"]
    assert three["top"] != one["top"]


def is_refused(done: subprocess.CompletedProcess[str]) -> bool:
    """Tell whether bad input was one line and status 2."""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "words",
    [
        "classify missing.png",
        "classify assets/images/coffee.png --mean 1,2",
        "classify assets/images/coffee.png --size 0x0",
        "classify main.py",
        "classify tests",
        "classify assets/images/coffee.png --model main.py",
        "classify assets/images/coffee.png --labels LICENSE",
        "train missing.glassnet",
        "classify",
        "classify assets/images/coffee.png --top 0",
        "tour",
        "tour LICENSE",
        "--colour",
        "trace",
        "train main.py",
        "train --data no_such_data",
        "train --data xor --threads -1",
        "train --data xor --epochs many",
        "train --data xor --loss none",
        "train --data xor --seed 99999999999999999999",
        "train --data xor --until-loss nan",
        "train --data xor --colour red",
        "train --data xor --out no/such/folder/a.glassnet",
        "train --data xor --out net.onnx",
        "teach tests --out net.ONNX",
        "train",
        "--top 0",
        "-x",
        "trace missing.glassnet",
        "trace main.py",
        "trace missing.glassnet --row many",
        "train --data xor --features x1,x2^3",
        "lottery missing.glassnet",
        "lottery main.py",
        "sweep missing.glassnet --rates fast",
        "sweep missing.glassnet --layer last",
        "sweep missing.glassnet --widths 0",
        "export missing.glassnet --onnx x.onnx",
        "check missing.json missing.glassnet",
    ],
)
def test_bad_input_is_one_line_and_status_2(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert is_refused(run_here(*words.split()))


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["trian", "xor.glassnet"], "main.py train"),
        (["nosuchcommand"], "The nearest is `main.py "),
        (["LICENSE", "missing.glassnet"], "missing.glassnet"),
    ],
    ids=str,
)
def test_a_word_that_is_neither_command_nor_file_opens_no_window(
    words: list[str], near: str
) -> None:
    program = """
import sys
from main import main
status = main(sys.argv[1:])
print(status, sorted({"PySide6", "numpy", "cv2"} & set(sys.modules)))
"""
    done = run("-c", program, *words)
    assert done.stdout.strip() == "2 []"
    assert len(done.stderr.splitlines()) == 1
    assert near in done.stderr


def test_a_terminal_without_a_letter_shows_its_number(tmp_path: Path) -> None:
    out, script = tmp_path / "a.glassnet", tmp_path / "ağ.py"
    run_here("train", "--data", "xor", "--epochs", "0", "--out", out)
    done = run("main.py", "export", str(out), "--numpy", str(script), PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("a\\u011f.py")


def test_the_version_is_told() -> None:
    assert run("main.py", "--version").stdout == f"Glassnet {__version__}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("words", ["train --data xor --epochs 1", "--help"])
def test_output_that_cannot_be_written_is_one_line(words: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "main.py", *words.split()],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": ""},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("standard output: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error there")
def test_a_reader_who_has_had_enough_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "main.py", "lessons"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal")
def test_ctrl_c_in_the_terminal_closes_the_window(qtbot: QtBot) -> None:
    window = GlassnetWindow(ExperimentDocument(default_experiment()))
    with qtbot.waitExposed(window):
        window.show()
    before = signal.getsignal(signal.SIGINT)
    try:
        close_at_interrupt(window)
        os.kill(os.getpid(), signal.SIGINT)
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    finally:
        signal.signal(signal.SIGINT, before)
    window.deleteLater()


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_tour_and_keeps_its_pictures(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, "main.py", "tour", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "DISPLAY": "", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        signal.signal(signal.SIGINT, ours)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("build-first-run.png")
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == status
    assert "The tour stopped: " in said
    assert (tmp_path / "build-first-run.png").is_file()


@contextlib.contextmanager
def training(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Start a run that does not end by itself; go on once its bar shows a loss."""
    import termios  # not on Windows

    keeper, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    command = [sys.executable, "main.py", "train", "--data", "spiral", "--epochs", "100000000"]
    # What a script starts in the background ignores Ctrl+C, and its children would with it.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    ) as process:
        signal.signal(signal.SIGINT, ours)
        os.close(terminal)
        try:
            seen = b""
            while b"loss=" not in seen:
                seen += os.read(keeper, 4096)
            # A terminal that nobody reads from fills up and stops the run.
            reader = threading.Thread(target=drain, args=(keeper,))
            reader.start()
            yield process
        finally:
            process.kill()
        reader.join()


def drain(handle: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(handle, 4096):
            pass
    os.close(handle)


@needs_terminal
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_training_with_what_was_reached_written(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    out = tmp_path / "reached.glassnet"
    with training("--out", out) as process:
        process.send_signal(number)
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == status
    assert "stopped" in printed
    reached = json.loads(out.read_text())["progress"]
    assert reached["step"] > 0
    assert printed.startswith(f"Epoch {reached['epoch']}, step {reached['step']},")


@pytest.mark.parametrize("name", [".", "x" * 300])
def test_a_run_whose_result_could_not_be_written_does_not_begin(name: str) -> None:
    done = run_here("train", "--data", "spiral", "--epochs", 10**9, "--out", name)
    assert is_refused(done)
    assert done.stderr.startswith(f"{name} cannot be written: ")


def test_a_run_whose_result_nobody_keeps_says_so(tmp_path: Path) -> None:
    done = run_here("train", "--data", "xor", "--epochs", "1", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["epochs"] == 1
    assert "--out" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        "export xor.glassnet --onnx xor.glassnet",
        "export xor.glassnet --onnx new --numpy ./new",
        "export xor.glassnet --numpy asked.json --notebook ../{folder}/asked.json",
        "check asked.json xor.glassnet --csv xor.glassnet",
        "check asked.json xor.glassnet --csv asked.json",
        "train --data gaps.csv --out gaps.csv",
    ],
)
def test_nothing_is_written_over_what_is_read_or_written(
    words: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(made, tmp_path / "copy")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.chdir(folder)
    done = run_here(*words.format(folder=folder.name).split())
    assert is_refused(done)
    assert "name the same file" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_of_experiments_is_checked_file_by_file(made: Path, tmp_path: Path) -> None:
    for name in ("b.glassnet", "a.GLASSNET", "._a.glassnet", "notes.txt"):
        shutil.copy(made / "xor.glassnet", tmp_path / name)
    done = run_here("check", made / "asked.json", tmp_path, "--json")
    assert done.returncode in (0, 1), done.stderr
    files = [Path(one["file"]).name for one in json.loads(done.stdout)]
    assert files == ["a.GLASSNET", "b.glassnet"]
    (tmp_path / "empty").mkdir()
    shutil.copy(made / "xor.glassnet", tmp_path / "empty" / "._a.glassnet")
    empty = run_here("check", made / "asked.json", tmp_path / "empty")
    assert is_refused(empty)
    assert "holds no .glassnet file" in empty.stderr


def test_a_table_in_the_place_of_an_experiment_is_told_how_to_train(made: Path) -> None:
    done = run_here("lottery", made / "gaps.csv")
    assert is_refused(done)
    assert f"`train --data {made / 'gaps.csv'} --out NAME.glassnet`" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "train {file} --epochs 1",
        "trace {file}",
        "lottery {file} --seeds 2",
        "sweep {file} --seeds 2",
        "check eight_steps {file}",
        *(
            f"export {{file}} --{kind} {{file}}.out"
            for kind in ("onnx", "numpy", "pytorch", "notebook")
        ),
    ],
)
def test_an_experiment_that_fits_no_data_is_named_by_its_file(words: str, tmp_path: Path) -> None:
    file = tmp_path / "other.glassnet"
    base = default_experiment()
    write_experiment(replace(base, network=replace(base.network, inputs=7)), file)
    done = run_here(*(word.format(file=file) for word in words.split()))
    assert is_refused(done)
    assert done.stderr.startswith(f"{file}: The network has 7 inputs, but the data have 2.")
    assert list(tmp_path.iterdir()) == [file]


def test_the_table_of_an_experiment_is_found_from_any_folder_and_named_outside_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, script = tmp_path / "home", tmp_path / "home" / "below" / "e.py"
    script.parent.mkdir(parents=True)
    (home / "points.csv").write_text("x,z,y\n" + "1,2,0\n2,1,1\n" * 4)

    def train(*words: object) -> subprocess.CompletedProcess[str]:
        return run_here("train", *words, "--epochs", "2", "--json")

    monkeypatch.chdir(home)
    made = train("--data", "points.csv", "--out", "below/e.glassnet")
    monkeypatch.chdir(ROOT)
    below = home / "below" / "e.glassnet"
    outside = train(below, "--out", home / "e.glassnet")
    for done in (
        outside,
        run_here("lottery", below, "--seeds", "2"),
        run_here("export", below, "--numpy", script),
    ):
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith(f"{home / 'points.csv'} was read, which lies outside")
    moved = home.rename(tmp_path / "moved")
    monkeypatch.chdir(moved / "below")
    inside = train("../e.glassnet")
    assert "was read" not in inside.stderr
    predictions = [json.loads(done.stdout)["predictions"] for done in (made, outside, inside)]
    assert predictions[0] == predictions[1] == predictions[2]


def test_training_keeps_the_columns_that_it_proposed(tmp_path: Path) -> None:
    table, file = tmp_path / "points.csv", tmp_path / "e.glassnet"
    rows = [f"{k + 1},0{k % 5 + 1}.03.2024,{k % 3},{k % 2}" for k in range(10)]
    table.write_text("\n".join(["id,day,n,y", *rows]))
    made = run_here("train", "--data", table, "--epochs", "1", "--out", file)
    assert made.returncode == 0, made.stderr
    kept = json.loads(file.read_text())
    assert (kept["data"]["features"], kept["data"]["targets"]) == (["n"], ["y"])
    # A file that names none has the columns that it had when it was trained.
    kept["data"] |= {"features": [], "targets": []}
    kept["network"]["inputs"] = 7
    for name in ("weights", "biases"):
        for layer in kept["network"]["layers"]:
            layer[name] = None
    kept["progress"] = None
    file.write_text(json.dumps(kept))
    again = run_here("train", file, "--epochs", "1")
    assert again.returncode == 0, again.stderr


def test_without_the_package_of_clusters_it_is_said_what_to_install(tmp_path: Path) -> None:
    file = tmp_path / "xor.glassnet"
    write_experiment(default_experiment(), file)
    program = "import sys, main; sys.modules['distributed'] = None; main.main(sys.argv[1:])"
    done = run("-c", program, "lottery", str(file), "--cluster", "tcp://127.0.0.1:9")
    assert len(done.stderr.splitlines()) == 1
    assert 'pip install "glassnet[dask]"' in done.stderr


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timer signals")
@pytest.mark.parametrize(
    ("name", "status", "command", "seeds"),
    [
        ("SIGINT", 130, "lottery", 3),
        ("SIGTERM", 130, "lottery", 300),
        thorough("SIGINT", 130, "lottery", 300),
        thorough("SIGINT", 130, "sweep", 3),
    ],
)
def test_a_signal_ends_a_lottery(
    name: str, status: int, command: str, seeds: int, tmp_path: Path
) -> None:
    file = tmp_path / "endless.glassnet"
    base = default_experiment()
    training = replace(base.training, stop=StopSpec(epochs=10**9))
    write_experiment(replace(base, training=training), file)
    program = """
import signal, sys
import main
signal.signal(signal.SIGINT, signal.default_int_handler)
number = signal.Signals[sys.argv[1]]
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(number))
signal.setitimer(signal.ITIMER_REAL, 2.0)
sys.exit(main.main(sys.argv[2:]))
"""
    done = run("-c", program, name, command, str(file), "--seeds", str(seeds), "--json")
    assert done.returncode == status
    assert done.stdout == ""
    assert done.stderr == "Stopped; no file is half written.\n"


STOPPED_AT_THE_END = """
import signal, sys
import main
def press(event, arguments):
    if event == "os.rename" and ".part" in str(arguments[0]):
        for _ in range(int(sys.argv[1])):
            signal.raise_signal(signal.SIGTERM)
sys.addaudithook(press)
sys.exit(main.main(sys.argv[2:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal")
@pytest.mark.parametrize(("signals", "files"), [(1, ["a.glassnet"]), (2, [])])
def test_only_a_second_sigterm_stops_the_writing_of_what_was_reached(
    signals: int, files: list[str], tmp_path: Path
) -> None:
    words = ("train", "--data", "xor", "--epochs", "3", "--out", str(tmp_path / "a.glassnet"))
    done = run("-c", STOPPED_AT_THE_END, str(signals), *words)
    assert done.returncode == (0 if files else 130), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == files


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "There is no screen to open a window on."),
        ({"DISPLAY": ":987"}, "No screen answers at :987."),
        ({"DISPLAY": ":987", "QT_QPA_PLATFORM": "xcb"}, "No screen answers at :987."),
        ({"WAYLAND_DISPLAY": "wayland-9"}, "No screen answers at wayland-9."),
        ({"QT_QPA_PLATFORM": "wayland"}, "There is no screen to open a window on."),
    ],
    ids=str,
)
def test_without_a_screen_the_window_says_so(environment: dict[str, str], said: str) -> None:
    none = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    done = run("main.py", **{**none, **environment})
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


# -- Documents -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        *(f"docs/{name}.md" for name in ("installing", "lessons", "lottery", "teach", "trace")),
    ],
)
def test_every_command_in_the_documents_is_one(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = re.findall(r"^(?:python main\.py|glassnet) (.+)$", text, re.MULTILINE)
    lines += re.findall(r"`(?:python main\.py|glassnet) ([^`]+)`", text.replace("\n", " "))
    assert lines
    for command in map(shlex.split, lines):
        if command[0] in COMMANDS and not any(word.startswith("[") for word in command):
            command_line(command[0]).parse_args(command)


# -- Languages -------------------------------------------------------------------------------------


def words_of_help(text: str) -> set[str]:
    """Return the explanations of a help text, without the names of what is explained."""
    return {part.strip() for part in re.split(r"\n|  +", text) if re.match(r" *[a-z]+ [a-z]", part)}


@pytest.mark.parametrize("command", first(3, ["", *COMMANDS]))
def test_help_is_turkish_where_the_environment_says_so(command: str) -> None:
    words = [command] if command else []
    english = run("main.py", *words, "--help", **ENGLISH)
    turkish = run("main.py", *words, "--help", **TURKISH)
    assert turkish.returncode == english.returncode == 0
    assert turkish.stdout.startswith("kullanım: ")
    assert words_of_help(turkish.stdout) & words_of_help(english.stdout) == set()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("trian", "trian: Böyle bir dosya da komut da yok."),
        ("train", "Bir deney dosyası yazın ya da --data AD ile bir veri kümesi seçin."),
        ("train --hidden x", "--hidden: 'x', 4,2 gibi yazılmamış"),
        ("classify none.png", "none.png: Böyle bir dosya yok."),
        ("trace", "şunlar gereklidir: experiment."),
        ("detect a.png --score 7", "--score: 7, 0 ile 1 arasında bir sayı değil."),
        ("trace none.glassnet", "none.glassnet bulunamadı. Adını ve klasörünü denetleyin."),
        ("tour LICENSE", "LICENSE: bu adda bir dosya zaten var."),
        (
            "classify assets/images/coffee.png --size 0x0",
            "size_wh ayarı (0, 0) olamaz. Verilebilecek: 1 ile 4 096 piksel arası iki kenar.",
        ),
    ],
)
def test_bad_input_is_one_turkish_line(words: str, said: str) -> None:
    done = run("main.py", *words.split(), **TURKISH)
    assert done.returncode == 2
    assert done.stderr.startswith(said), done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "said", "label"),
    [
        ("classify", "  1. Mısır mau, %40,37", "Egyptian cat"),
        ("detect", "  1. Kedi, %85,11; ", "Cat"),
    ],
)
def test_classes_have_turkish_names_for_the_user_and_their_own_in_json(
    command: str, said: str, label: str
) -> None:
    cat = str(ROOT / "assets" / "images" / "chelsea.png")
    lines = run("main.py", command, cat, **TURKISH).stdout.splitlines()
    assert lines[1].startswith(said)
    assert f'"label": "{label}"' in run("main.py", command, cat, "--json", **TURKISH).stdout


def test_boxes_are_drawn_with_the_names_of_the_language_in_use(tmp_path: Path) -> None:
    drawn = []
    for number, language in enumerate((ENGLISH, TURKISH)):
        folder = tmp_path / str(number)
        words = ("detect", "assets/images/chelsea.png", "--draw", str(folder), "--json")
        assert run("main.py", *words, **language).returncode == 0
        drawn.append((folder / "chelsea.png").read_bytes())
    assert drawn[0] != drawn[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an experiment, a table with gaps and a challenge."""
    folder = tmp_path_factory.mktemp("made")
    write_experiment(default_experiment(), folder / "xor.glassnet")
    gaps = "a,b,y\n1,2,0\n,3,1\n2,1,1\n3,4,0\n\n4,1,1\n"
    (folder / "gaps.csv").write_text(gaps, encoding="utf-8")
    asked = {
        "data": {"kind": "gate", "name": "xor"},
        "most_hidden_units": 2,
        "activations": ["relu"],
        "conditions": [{"code": "loss", "below": 0.5}, {"code": "units", "layer": 1, "not": 3}],
    }
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    return folder


RESULTS = (
    "train --data {made}/gaps.csv --epochs 3",
    "check {made}/asked.json {made}/xor.glassnet",
    "classify assets/images/coffee.png --top 1",
    "train --data xor --epochs 2 --rate 0,1",
    "trace {made}/xor.glassnet",
    "lottery {made}/xor.glassnet --seeds 3",
    "lessons",
    "check eight_steps {made}/xor.glassnet",
    "detect assets/images/coffee.png --score 0,9",
)
# Words that are the same in both languages, and whole lines of nothing but such and numbers.
_NAMES = re.compile(r"[\w./-]*/[\w./-]+|SSD MobileNet V2|EfficientNet-Lite0|[\w₁-₉→()/.]+\.?[az]\b")


@pytest.mark.parametrize("command", first(3, RESULTS))
def test_the_user_reads_results_in_turkish(command: str, made: Path) -> None:
    words = command.format(made=made.as_posix()).split()
    english, turkish = (run("main.py", *words, **each) for each in (ENGLISH, TURKISH))
    assert turkish.returncode == english.returncode
    assert turkish.returncode in (0, 1), turkish.stderr
    for of in ("stdout", "stderr"):
        lines = getattr(turkish, of).splitlines()
        others = getattr(english, of).splitlines()
        assert len(lines) == len(others)
        for line, other in zip(lines, others, strict=True):
            plain = _NAMES.sub("", line)
            assert not re.search(r"\d\.\d", plain), line
            has_words = re.search(r"[a-z]{3}", _NAMES.sub("", other))
            assert line != other or not has_words, line


def test_what_is_left_out_and_checked_is_english_in_json(made: Path) -> None:
    table, out, asked = made / "gaps.csv", made / "product.glassnet", made / "other.json"
    done = run("main.py", "train", "--data", str(table), "--epochs", "1", "--json", **TURKISH)
    assert json.loads(done.stdout)["left_out"][0] == "1 of 5 rows left out for missing values: 2."
    asked.write_text(json.dumps({"data": {"kind": "table", "name": "symptoms"}}), encoding="utf-8")
    product = ["--features", "x1,x2,x1*x2", "--epochs", "0", "--out", out]
    run_here("train", "--data", "xor", *product)
    misfit = run("main.py", "check", str(asked), str(out), "--json", **TURKISH)
    found = json.loads(misfit.stdout)[0]["conditions"][-1]["found"]
    assert "no column x1" in found
    told = run("main.py", "check", str(asked), str(out), **TURKISH)
    assert found not in told.stdout
    assert "x1" in told.stdout


def test_one_number_is_taken_with_a_decimal_comma_and_no_other_text(tmp_path: Path) -> None:
    out = tmp_path / "a.glassnet"
    words = ("train", "--data", "xor", "--epochs", "0", "--out", out, "--rate")
    for rate in ("0,25", "0.25", "2,5e-1", "25e-2"):
        done = run_here(*words, rate)
        assert done.returncode == 0, done.stderr
        assert json.loads(out.read_text())["training"]["learning_rate"] == 0.25
    for rate in ("1,000,5", "1.000,5", ",5", "5,", "a", "1,-5"):
        done = run_here(*words, rate)
        assert done.returncode == 2
        assert done.stderr.startswith(f"argument --rate: {rate} is no number.")
