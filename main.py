"""Glassnet's command line, and the only place that sets up the environment.

``python main.py``, or ``glassnet`` if installed, opens the window with the given files;
``classify | detect | train | trace | lottery | sweep | teach | export | lessons | check | tour``
work without one (``tour`` drives a real window, offscreen if there is no screen), and
``install-desktop`` adds Glassnet to a desktop's menu.
"""

from __future__ import annotations

import argparse
import functools
import gc
import gettext
import importlib
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from foundation.text import localise, read_catalogue, tr, use

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication

    from gui.window import GlassnetWindow
    from model.errors import ModelError
    from vision.errors import VisionError
    from vision.networks.findings import Finding

__all__ = ["main", "prepare_environment"]

PROGRAM = "glassnet" if __package__ == "glassnet" else "main.py"
"""The program's name as typed by the user."""
WORDS = Path(__file__).parent / "assets" / "i18n"
"""Folder of the gettext catalogues."""
BAD_INPUT = 2
BY_SIGNAL = 128
"""Offset of a signal's number in an exit status: Ctrl-C's status is 130."""
_VISION = "gui.vision_tab.command"
UNREAD = 141
"""Exit status after the reader of the output is gone, as with ``| head``."""
SWITCH_INTERVAL_S = 0.0005
GARBAGE_THRESHOLDS = 4_000, 10, 50


def prepare_environment() -> None:
    """Set up the process for Qt; call it before a QApplication is created.

    Notes
    -----
    On Linux ``import cv2`` points Qt at the plugins and fonts of its own, older Qt, and a window
    then fails to open. Both variables are removed if they point into cv2's folder; values set by
    the user are kept.

    During training the window waits for the interpreter `SWITCH_INTERVAL_S` at most, instead of
    Python's 5 ms (docs/adr/0036). Garbage collection is less frequent: scanning all objects of a
    window takes 10 to 20 ms, and frames leave hardly any garbage. Edits leave the items of a
    drawing: destroying 20,000 takes as long, destroying 4,000 takes 2 to 5 ms. Collection is off
    while the window's modules are loaded, and then runs between events (docs/adr/0047). Qt fills
    pictures on the painting thread: a thread of its pool would wait for a processor that training
    uses.
    """
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.disable()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if Path("cv2", "qt").as_posix() in Path(os.environ.get(name, "")).as_posix():
            del os.environ[name]


def choose_blas_threads(arguments: Sequence[str]) -> None:
    """Set the number of threads for NumPy's matrix products; call it before NumPy is imported.

    Parameters
    ----------
    arguments
        The unparsed command line, since parsing it loads NumPy.

    Notes
    -----
    A product split over two threads waits for the slower one: tens of milliseconds while a window
    paints, seconds while other programs run. The default is therefore one thread (docs/adr/0016).
    ``train`` takes ``--threads``, 0 for all processors; otherwise ``OPENBLAS_NUM_THREADS`` is used
    if the user has set it.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    asked = re.search(r" --threads[ =](\d+)", " ".join(arguments))
    if asked and arguments[0] == "train":
        os.environ["OPENBLAS_NUM_THREADS"] = str(int(asked[1]) or os.cpu_count() or 1)


def bind_gettext() -> None:
    """Choose the command line's language from LANGUAGE, LC_ALL, LC_MESSAGES or LANG.

    argparse uses the same catalogue for its own texts.
    """
    gettext.bindtextdomain("messages", str(WORDS))
    use(read_catalogue(WORDS))


def sentence_of(told: ModelError | VisionError | Finding) -> str:
    """Return the sentence for an error or a finding, translated as in the window."""
    if not is_translated():
        return told.sentence()
    from gui.error_texts import finding_text, whole_sentence_of

    use_words_of_window()
    return whole_sentence_of(told) if isinstance(told, Exception) else finding_text(told)


def words_of_reason(error: OSError) -> str:
    """Return why the system refused something, in the current language."""
    from vision.reasons import reason_of

    words = reason_of(error)
    if not is_translated():
        return words
    from gui.error_texts import translated

    use_words_of_window()
    return translated(words)


def class_name_translator() -> Callable[[str], str]:
    """Return a function that names a class, translated as in the window."""
    if not is_translated():
        return str
    from gui.vision_tab.class_names import class_name

    use_words_of_window()
    return class_name


def print_result[Result](
    options: argparse.Namespace, result: Result, text: Callable[[Result], str], data: Any = None
) -> None:
    """Print a result as text or, with --json, the result or its `data` as JSON."""
    if not options.json:
        print(text(result), flush=True)
        return
    _print_json(result if data is None else data)


def _print_json(found: object) -> None:
    """Print values as one line of JSON; NaN and infinity become null."""
    import msgspec

    def plain(value: object) -> float | str:
        return float(value) if isinstance(value, float) else str(value)  # NumPy's, or a path

    encoded = msgspec.json.encode(found, enc_hook=plain)
    print(msgspec.json.format(encoded, indent=0).decode(), flush=True)


def is_translated() -> bool:
    """Return whether the environment asks for a language that has a catalogue."""
    return gettext.find("messages", str(WORDS)) is not None


@functools.cache
def use_words_of_window() -> QCoreApplication | None:
    """Make Qt write the language's numbers; return the application, which the caller keeps.

    Qt prints four lines about a locale that is not installed, so it is given another one.
    """
    found = gettext.find("messages", str(WORDS))
    if found is None:
        return None
    from PySide6.QtCore import QCoreApplication, QLocale

    environment = dict(os.environ)
    os.environ["LC_ALL"] = "C.UTF-8"
    app = QCoreApplication([])
    os.environ.clear()
    os.environ.update(environment)
    QLocale.setDefault(QLocale(Path(found).parents[1].name))  # i18n/tr/LC_MESSAGES/…
    return app


def open_window(paths: Sequence[Path]) -> int:
    """Open the window with `paths`; return the exit status once it is closed."""
    from glassnet.screen import has_screen

    if not has_screen():
        display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        text = tr("There is no screen to open a window on. `{program} tour DIR` needs none.")
        if display:
            text = tr(
                "No screen answers at {display}. Set DISPLAY to one that does; `{program} tour "
                "DIR` needs none."
            )
        return _refuse(text.format(display=display, program=PROGRAM))
    prepare_environment()
    import model.defaults  # noqa: F401, I001 - before Qt: PySide reads the source of what comes after

    from gui.app import (
        store_geometry,
        make_application,
        make_window,
        show_at_last_position,
        report_unexpected_errors,
    )
    from gui.settings import repair_settings, settings, uses_all_processors
    from gui.shell.scale import PROPERTY, scaled_environment, wanted_scale
    from model.blas import use_all_processors

    repair_settings()
    scale, own = wanted_scale(settings()), dict(os.environ)
    os.environ.update(scaled_environment(os.environ, scale))
    if uses_all_processors():
        use_all_processors()
    app = make_application(sys.argv[:1])
    app.setProperty(PROPERTY, scale)
    window = make_window(frame_first=True)
    report_unexpected_errors(window)
    show_at_last_position(window, settings())
    app.aboutToQuit.connect(lambda: store_geometry(window, settings()))
    close_at_interrupt(window)
    window.open_paths(paths)
    window.report_oversized_window()
    window.report_unwritable_settings()
    status = app.exec()
    if window.starts_again:
        path = window.document.path
        restart_program([] if path is None else [path], own)
    return status


def close_at_interrupt(window: GlassnetWindow) -> None:
    """Close the window on Ctrl-C in the terminal; it asks about unsaved work.

    An exception would only end the slot that is running.
    """
    from PySide6.QtCore import QTimer

    signal.signal(signal.SIGINT, lambda number, frame: QTimer.singleShot(0, window.close))


def restart_program(paths: Sequence[Path], environment: dict[str, str]) -> None:
    """Restart the program in the same way, with other files to open."""
    command = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
    import subprocess  # late: loading it takes longer than all the rest of this file

    subprocess.Popen([sys.executable, *command, *map(str, paths)], env=environment)


def run_classify(options: argparse.Namespace) -> int:
    """Classify pictures with the code of the Vision tab.

    Unreadable files are reported and skipped; the exit status is then that of bad input.
    """
    from gui.vision_tab.command import classify_text
    from vision.command import classify_pictures

    pictures = [*options.pictures, *options.image]
    if not pictures:
        return _refuse(tr("classify wants a picture or a folder of pictures."))
    named = ("size_wh", "mean", "scale", "std", "swap_rb", "crop")
    given = {name: getattr(options, name) for name in named}

    results, skipped = classify_pictures(
        pictures,
        model=options.model,
        prototxt=options.prototxt,
        labels=options.labels,
        top=options.top,
        settings={name: value for name, value in given.items() if value is not None},
        warn=lambda found: _say(f"{options.model}: {sentence_of(found)}"),
    )
    return _report_pictures(options, results, skipped, classify_text)


def run_detect(options: argparse.Namespace) -> int:
    """Detect objects in pictures with the code of the Vision tab.

    Unreadable files are reported and skipped; the exit status is then that of bad input.
    """
    from foundation.words import percent
    from gui.vision_tab.command import detect_text
    from vision.command import detect_pictures
    from vision.drawing import IN_ENGLISH, Wording

    results, skipped = detect_pictures(
        options.pictures,
        model=options.model,
        labels=options.labels,
        score=options.score,
        overlap=options.overlap,
        draw=options.draw,
        wording=Wording(class_name_translator(), percent) if options.draw else IN_ENGLISH,
    )
    return _report_pictures(options, results, skipped, detect_text)


def _report_pictures[Report](
    options: argparse.Namespace,
    results: list[Report],
    skipped: Sequence[VisionError],
    text: Callable[[list[Report], Callable[[str], str]], str],
) -> int:
    """Print the results for pictures, and name the skipped files."""
    if results:
        print_result(options, results, lambda found: text(found, class_name_translator()))
    for error in skipped:
        _say(sentence_of(error))
    return BAD_INPUT if skipped else 0


def run_train(options: argparse.Namespace) -> int:
    """Train an experiment and write the result, even after Ctrl-C."""
    from foundation.words import number
    from model.command.run import train_command, train_text

    notes: list[str] = []
    show = _progress_bars(quiet=options.json)

    def progress(epoch: int, total: int, loss: float) -> None:
        if show is not None:
            show("epochs", epoch, total, f"{tr('loss')}={number(loss, '.4g')}")

    result = train_command(options, progress=show and progress, note=notes.append)
    print_result(options, result, train_text)
    for sentence in notes:
        _note(sentence)
    return 0 if result["signal"] is None else BY_SIGNAL + signal.Signals[result["signal"]]


def run_trace(options: argparse.Namespace) -> int:
    """Print every number of one row's training step."""
    from model.command.trace import trace_command, trace_json, trace_text

    found = trace_command(options, _note)
    print_result(options, found, trace_text, trace_json(found))
    return 0


def run_lottery(options: argparse.Namespace) -> int:
    """Report how many random starts of an experiment reach the goal."""
    from model.command.lottery import lottery_command, lottery_text

    print_result(options, lottery_command(options, _note), lottery_text)
    return 0


def run_sweep(options: argparse.Namespace) -> int:
    """Report how many random starts reach the goal at each rate and width."""
    from model.command.sweep import sweep_command, sweep_text

    print_result(options, sweep_command(options, _note), sweep_text)
    return 0


def run_teach(options: argparse.Namespace) -> int:
    """Train a head on a folder of class folders with the code of the Teach tab.

    Unreadable files are reported and skipped; the exit status is then that of bad input.
    """
    from gui.teach_tab.command import teach_folder, teach_text
    from model.command.arguments import require_distinct_paths

    require_distinct_paths([("--onnx", options.onnx), ("--out", options.out)])
    taught = teach_folder(
        options.folder,
        hidden=options.hidden,
        hold_out=options.hold_out,
        seed=options.seed,
        onnx=options.onnx,
        out=options.out,
        progress=_progress_bars(quiet=options.json) or (lambda what, done, total: None),
    )
    print_result(options, taught, teach_text, taught.report)
    notes = list(taught.notes)
    if taught.not_kept is not None:
        notes.append(
            tr(
                "Features were not kept for the next time: {reason}",
                reason=sentence_of(taught.not_kept),
            )
        )
    for sentence in (*notes, *map(sentence_of, taught.skipped)):
        _say(sentence)
    return BAD_INPUT if taught.skipped else 0


def run_export(options: argparse.Namespace) -> int:
    """Write an experiment's network as an ONNX file, a script or a notebook."""
    from model.command.run import export_command

    for path in export_command(options, _note):
        print(path)
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Check experiments against a lesson or a challenge; return 0 if all pass, otherwise 1.

    Unreadable files are reported and skipped; the exit status is then that of bad input.
    """
    from model.command.check import check_command, check_text

    results, skipped = check_command(options, _note)
    if results and options.json:
        _print_json(results)
    elif results and is_translated():
        from gui.learn.condition_words import describe_condition

        use_words_of_window()
        print(check_text(results, describe_condition))
    elif results:
        print(check_text(results))
    for error in skipped:
        _say(sentence_of(error))
    if skipped:
        return BAD_INPUT
    return 0 if all(result.met for result in results) else 1


def run_lessons(options: argparse.Namespace) -> int:
    """List the lessons that come with Glassnet."""
    from model.command.check import lessons_command, lessons_text

    print_result(options, lessons_command(), lessons_text)
    return 0


def run_tour(options: argparse.Namespace) -> int:
    """Drive the real window through the main jobs and write a picture of each."""
    from glassnet.screen import has_screen

    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    prepare_environment()
    from gui.tour import run_tour as drive

    return drive(options.folder)


def run_install_desktop(options: argparse.Namespace) -> int:
    """Add Glassnet to the user's desktop menu, or remove it."""
    if sys.platform in ("win32", "darwin"):
        return _refuse(
            tr(
                "install-desktop is for Linux desktops. On Windows make a shortcut to "
                "glassnet-window; on macOS start glassnet from a terminal."
            )
        )
    from gui.desktop_entry import install, remove

    # Not the words as typed: they may lead nowhere from another folder.
    command = [sys.executable, str(Path(sys.argv[0]).absolute())]
    for path in remove(_say) if options.remove else install(command, _say):
        print(path)
    return 0


class TranslatedHelp(argparse.HelpFormatter):
    """Translates the help of groups and arguments."""

    def start_section(self, heading: str | None) -> None:
        """Begin a group."""
        super().start_section(tr(heading or ""))

    def add_argument(self, action: argparse.Action) -> None:
        """Add an argument."""
        action.help = action.help and tr(action.help)
        super().add_argument(action)


class OneLineParser(argparse.ArgumentParser):
    """A parser that reports errors in one line; so do its subcommands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"formatter_class": TranslatedHelp, **settings})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Reject unknown arguments here, so that the message names the command's own help."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(tr("unrecognized arguments: %s") % " ".join(unknown))
        return found, unknown

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help or version; unlike argparse, fail if the output cannot be written."""
        print(message, end="", file=file, flush=True)

    def error(self, message: str) -> NoReturn:
        """Report the error and how to get help, without listing all options."""
        _say(
            tr(
                "{message}. `{program} --help` says what there is.",
                message=message,
                program=self.prog,
            )
        )
        sys.exit(BAD_INPUT)


class Command(NamedTuple):
    """A command: its function, its help, and the module that defines its `OPTIONS`."""

    run: Callable[[argparse.Namespace], int]
    help: str
    library: str = "model.command.arguments"

    def options(self, name: str) -> Sequence[tuple[tuple[str, ...], dict[str, Any]]]:
        """Return the command's options: their names and the arguments for argparse."""
        table = importlib.import_module(self.library).OPTIONS if self.library else OPTIONS
        return table[name]


COMMANDS = {
    "classify": Command(run_classify, help="name what pictures show", library=_VISION),
    "detect": Command(run_detect, help="find objects in pictures", library=_VISION),
    "train": Command(run_train, help="train an experiment"),
    "trace": Command(run_trace, help="print one row's training step"),
    "lottery": Command(run_lottery, help="train many random starts"),
    "sweep": Command(run_sweep, help="draw a lottery of each of some rates and widths"),
    "teach": Command(
        run_teach, help="learn to tell folders of pictures apart", library="gui.teach_tab.command"
    ),
    "export": Command(run_export, help="write ONNX, a script or a notebook"),
    "lessons": Command(run_lessons, help="list the lessons"),
    "check": Command(run_check, help="check experiments against a lesson or a challenge"),
    "tour": Command(run_tour, help="drive the window and write pictures of it", library=""),
    "install-desktop": Command(
        run_install_desktop, help="put Glassnet into the menu of a Linux desktop", library=""
    ),
}
OPTIONS: dict[str, tuple[tuple[tuple[str], dict[str, Any]]]] = {
    "tour": ((("folder",), {"type": Path, "metavar": "DIR"}),),
    "install-desktop": ((("--remove",), {"action": "store_true", "help": "take it out again"}),),
}


def command_line(name: str) -> argparse.ArgumentParser:
    """Return the parser of all commands; only the named one has its options."""
    from model import __version__

    parser = OneLineParser(
        prog=PROGRAM,
        description=tr("Build, train and look inside neural networks; use networks on pictures."),
        epilog=tr("Without a command: opens the window, with the files named."),
    )
    parser.add_argument("--version", action="version", version=f"Glassnet {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for each, command in COMMANDS.items():
        added = commands.add_parser(each, help=tr(command.help))
        for flags, settings in command.options(name) if each == name else ():
            added.add_argument(*flags, **settings)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run one command, or open the window; return the exit status.

    Any bad input prints one line to standard error and returns 2. Ctrl+C returns 130, and a reader
    that closes the pipe, such as ``head``, 141.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # else a terminal may lack the letter
    bind_gettext()
    choose_blas_threads(arguments)
    try:
        if not arguments:
            return open_window([])
        if arguments[0] not in COMMANDS and not arguments[0].startswith("-"):
            return open_files(arguments)
        if arguments[0] not in (*COMMANDS, "-h", "--help", "--version"):
            return _refuse(
                tr(
                    "{option}: there is no such option before a command. `{program} --help` says "
                    "what there is.",
                    option=arguments[0],
                    program=PROGRAM,
                )
            )
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # or files stay half written
        return run_command(arguments)
    except KeyboardInterrupt:
        _say(tr("Stopped; no file is half written."))
        return BY_SIGNAL + signal.SIGINT


def open_files(names: Sequence[str]) -> int:
    """Open the window with files; reject missing ones before Qt is loaded."""
    for name in names:
        if not os.path.lexists(name):
            if name is not names[0] or Path(name).suffix or len(Path(name).parts) > 1:
                return _refuse(
                    tr("{name}: there is no such file. Check its name and folder.", name=name)
                )
            import difflib

            (near,) = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.0)
            return _refuse(
                tr(
                    "{name}: there is no such file and no such command. The nearest is "
                    "`{program} {near}`; `{program} --help` lists all.",
                    name=name,
                    program=PROGRAM,
                    near=near,
                )
            )
    return open_window([Path(name) for name in names])


def run_command(arguments: Sequence[str]) -> int:
    """Run the command named by the first argument."""
    from model.errors import ModelError
    from vision.errors import VisionError

    try:
        options = command_line(arguments[0]).parse_args(list(arguments))
        status = COMMANDS[options.command].run(options)
        sys.stdout.flush()
    except (ModelError, VisionError) as error:
        return _refuse(sentence_of(error))
    except MemoryError:
        return _refuse(tr("There is not enough memory for this. Ask for a smaller network."))
    except OSError as error:
        if error.filename is None:  # standard output is full or closed, and stays so at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else Python ends with status 120
            if isinstance(error, BrokenPipeError):
                return UNREAD
        name = error.filename or tr("standard output")
        return _refuse(
            tr(
                "{name}: {reason}. Check the name, the permissions and the room.",
                name=name,
                reason=words_of_reason(error),
            )
        )
    return status


def _say(sentence: str) -> None:
    print(" ".join(sentence.split()), file=sys.stderr)


def _note(sentence: str) -> None:
    """Print a remark about the result, in the current language."""
    _say(localise(sentence))


def _refuse(sentence: str) -> int:
    _say(sentence)
    return BAD_INPUT


def _progress_bars(quiet: bool) -> Callable[..., None] | None:
    """Return ``show(what, done, total, note="")`` for a terminal, ``None`` if there is none.

    Each bar on standard error disappears when the next one starts. It shows no rate and no share,
    which tqdm writes with a decimal point in every language.
    """
    if quiet or not sys.stderr.isatty():
        return None
    from tqdm import tqdm

    bars: dict[str, Any] = {}
    units = {"files": tr("files"), "pictures": tr("pictures"), "epochs": tr("epochs")}

    def show(what: str, done: int, total: int, note: str = "") -> None:
        if what not in bars:
            for bar in bars.values():
                bar.close()
            form = "{bar} {n_fmt}/{total_fmt} {unit} [{elapsed}<{remaining}{postfix}]"
            whole = total or None
            bars[what] = tqdm(total=whole, unit=units[what], leave=False, bar_format=form)
        bar = bars[what]
        bar.set_postfix_str(note, refresh=False)
        bar.update(done - bar.n)

    return show


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
