"""No sentence of the window stays English: ``make lint`` runs this.

What is shown goes through ``tr`` or ``translate``; what goes through them has an entry in the
translation file; every entry is finished and has the fields of its source; so it is with the words
of the command line. That the file has every
sentence that lupdate finds, and that the compiled one is in step, tests hold.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "assets" / "i18n" / "tr" / "LC_MESSAGES" / "messages.po"
TS = ROOT / "assets" / "i18n" / "glassnet_tr.ts"

# What puts a text before a person: Qt's setters, and ours.
SHOWS = {
    "addAction", "addItem", "addMenu", "addTab", "describe", "failed", "noted", "say_failed",
    "setAccessibleDescription", "setAccessibleName", "setHtml", "setInformativeText",
    "setPlaceholderText", "setPlainText", "setPrefix", "setSpecialValueText", "setStatusTip",
    "setSuffix", "setTabText", "setText", "setTitle", "setToolTip", "setWhatsThis",
    "setWindowTitle", "warned",
}  # fmt: skip
COMPLAINT = "ArgumentTypeError"
# What takes the words of the command line.
SAID = {
    "Sentence", "_note", "_refuse", "_say", "add_argument_group", "gettext", "note", "said",
    COMPLAINT,
}  # fmt: skip
# Names that are no word of a language.
STAY = re.compile(r"\s*(Glassnet|ms|swapRB|[a-z0-9]+(_[a-z0-9]+)+)?\s*")


class Entry(NamedTuple):
    """One message of the translation file."""

    context: str
    source: str
    translation: str
    is_finished: bool


def entries(path: Path = TS) -> list[Entry]:
    """Return every message of a .ts file."""
    found = []
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            text = "" if translation is None else translation.text or ""
            is_finished = translation is not None and translation.get("type") is None
            name = context.findtext("name", "")
            found.append(Entry(name, message.findtext("source", ""), text, is_finished))
    return found


def fields(text: str) -> set[str]:
    """Return the names of the fields to fill in."""
    return set(re.findall(r"{(\w*)[^}]*}", text))


def asked_for(source: str) -> Iterator[tuple[str, str]]:
    """Return context and text of everything a module has translated."""
    for place in ast.walk(ast.parse(source)):
        for call in ast.walk(place):
            match place, call:
                case ast.ClassDef(), ast.Call(ast.Attribute(attr="tr"), [ast.Constant(text), *_]):
                    yield place.name, str(text)
                case ast.Module(), ast.Call(
                    ast.Name("translate") | ast.Attribute(attr="translate"),
                    [ast.Constant(context), ast.Constant(text), *_],
                ):
                    yield str(context), str(text)


def not_translated(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of what a module shows to a person as it stands."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
        if name not in SHOWS:
            continue
        for argument in call.args:
            text = _literal(argument)
            plain = re.sub(r"<[^>]*>|&\w+;", " ", text)
            if re.search(r"[^\W\d_]{2,}", plain) and not STAY.fullmatch(plain):
                yield call.lineno, text


def _literal(node: ast.expr) -> str:
    """Return what of an expression is written in the source."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_literal, node.values))
    return ""


def said_by_commands(source: str) -> Iterator[str]:
    """Yield the words of the command line that a module has: what an argument is for, and more."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).rpartition(".")[2]
        # A complaint that is not translated is no word of the catalogue, and so is found.
        if name in SAID:
            yield from (text for each in call.args if (text := _literal(each)))
        elif name == "_stop":  # of the tour: the window, the picture's name, what it shows
            yield from (text for each in call.args[2:3] if (text := _literal(each)))
        for keyword in call.keywords:
            if keyword.arg == "help" and isinstance(keyword.value, ast.Constant):
                yield str(keyword.value.value)


def faults_of_commands(known: set[str]) -> Iterator[str]:
    """Find words of the command line that have no Turkish ones."""
    places = (
        "main.py",
        "model/**/*.py",
        "gui/*/command.py",
        "gui/tour/*.py",
        "gui/desktop_entry.py",
    )
    for path in (path for place in places for path in sorted(ROOT.glob(place))):
        for text in said_by_commands(path.read_text(encoding="utf-8")):
            if text not in known:
                yield f"{PO.name} lacks {text!r} of {path.name}"


def faults_of_translation(rows: list[Entry]) -> Iterator[str]:
    """Find entries that are unfinished, or whose fields are not those of their source."""
    for row in rows:
        if not row.is_finished or not row.translation.strip():
            yield f"{TS.name}: {row.context}: {row.source!r} is not translated"
        elif fields(row.source) != fields(row.translation):
            yield f"{TS.name}: {row.context}: {row.source!r} has other fields in Turkish"


def main() -> int:
    """Print what breaks a rule; return the exit status."""
    rows = entries()
    known = {(row.context, row.source) for row in rows}
    faults = list(faults_of_translation(rows))
    words = re.findall(r'^msgid (".+")$', PO.read_text(encoding="utf-8"), re.MULTILINE)
    faults += faults_of_commands(set(map(json.loads, words)))
    for path in sorted((ROOT / "gui").rglob("*.py")):
        source, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        for line, text in not_translated(source):
            faults.append(f"{name}:{line} shows {text!r} in every language")
        for context, text in sorted(set(asked_for(source)) - known):
            faults.append(f"{name} asks for {text!r} in {context}; run `make strings`")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
