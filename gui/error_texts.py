"""Sentences for errors and for findings about models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from foundation.text import Text, localise, tr
from gui.build_tab.names import activation_names, loss_names, optimiser_names
from gui.format import show_number
from model.errors import ModelError
from vision.errors import VisionError
from vision.networks.findings import Check, Finding, ModelRefusedError
from vision.reasons import reason_of

_FILE = "{file}: "
_NAMES: dict[str, Callable[[], Mapping[Any, str]]] = {
    "activation": activation_names,
    "loss": loss_names,
    "optimiser": optimiser_names,
}
"""Labels for values that are keys; a loss may also be a number."""


def sentence_of(error: Exception) -> str:
    """Return the window's sentence for an error; see `whole_sentence_of`.

    A file is named without its folders; `path_of` returns the full path.
    """
    path = path_of(error)
    said = whole_sentence_of(error)
    return said.replace(path, Path(path).name or path) if path else said


def whole_sentence_of(error: Exception) -> str:
    """Return the sentence for an error.

    Errors of `model` and `vision` carry an English template and its values; the template is
    translated and filled in, and so is the system's message that caused the error. Any other error
    is described by its type and message.
    """
    if isinstance(error, ModelRefusedError):
        return " ".join(map(finding_text, error.failures))
    template = getattr(error, "template", None)
    values = getattr(error, "values", None)
    cause, code = error.__cause__, str(getattr(error, "code", ""))
    if isinstance(template, str) and isinstance(values, dict):
        if isinstance(error, VisionError):
            values = error.translated_values(translated)
        elif isinstance(cause, FileNotFoundError) and code.endswith(".unreadable"):
            return _gone(values["file"])
        elif isinstance(cause, OSError) and "fault" in values:
            values = {**values, "fault": tr(reason_of(cause))}
        values = {name: _value_text(name, value) for name, value in values.items()}
        try:
            return _one_line(_translated(template).format(**values))
        except (KeyError, IndexError, ValueError):
            return str(error)
    if isinstance(error, FileNotFoundError):
        return _gone(error.filename)
    if isinstance(error, OSError):
        return tr(
            "{name} cannot be read or written: {reason}.",
            name=error.filename,
            reason=tr(reason_of(error)),
        )
    return tr(
        "Something unexpected went wrong ({kind}). Your network is as it was before.",
        kind=type(error).__name__,
    )


def path_of(error: Exception) -> str:
    """Return the full path of an error's file, or an empty text."""
    named = getattr(error, "values", {}).get("file") or getattr(error, "filename", None)
    return str(named) if named and Path(str(named)).is_absolute() else ""


def translated(words: str) -> str:
    """Return words of ``model`` or ``vision`` in the current language, OpenCV's unchanged."""
    return localise(words, show_number) if isinstance(words, Text) else tr(words)


def _translated(template: str) -> str:
    """Return a translated sentence, with or without the file prefix of `naming_file`."""
    found = tr(template)
    if found == template and template.startswith(_FILE):
        return _FILE + tr(template.removeprefix(_FILE))
    return found


def _value_text(name: str, value: object) -> object:
    """Return a value for display: an error as its sentence, a key as its label."""
    if isinstance(value, ModelError):
        return sentence_of(value).rstrip(".")
    if isinstance(value, Text | float):
        return localise(value, show_number)
    if name in _NAMES and isinstance(value, str):
        return _NAMES[name]().get(value, value)
    return value


def _gone(name: str) -> str:
    return tr("{name} is not there. Check its name and folder.", name=name)


def _one_line(text: str) -> str:
    """Remove line ends and control characters, as in names from damaged files."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())


def details_of(error: Exception, traceback: str) -> str:
    """Return the traceback of an unexpected error, otherwise an empty text."""
    foreseen = isinstance(error, ModelError | VisionError | ModelRefusedError)
    return "" if foreseen else traceback


def finding_text(finding: Finding) -> str:
    """Return a finding as one line."""
    if finding.error is not None:
        return sentence_of(finding.error)
    values = {
        name: translated(value) if isinstance(value, str) else value
        for name, value in finding.values.items()
    }
    if finding.check in (Check.ENGINE, Check.ENGINE_FALLBACK):
        values["engine"] = compute_names()[str(finding.values["engine"])]
    return tr(finding.template).format(**values)


def compute_names() -> dict[str, str]:
    """Return the names of the devices, by `vision.engine.ComputeChoice`."""
    return {
        "auto": tr("Automatic"),
        "new_cpu": tr("New engine, CPU"),
        "classic_cpu": tr("Classic engine, CPU"),
        "classic_opencl": tr("Classic engine, OpenCL"),
    }
