"""Finds sentences that cannot be translated; ``make lint`` runs this.

What is shown goes through ``tr`` and its like; what goes through them has an entry in the
catalogue, and its translation has the fields of its source. A text without a translation is no
fault, but named.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator

from babel.messages.catalog import Catalog, Message
from translate import CATALOGUES, ROOT, collect, modules, notes_of_untranslated, read

# What puts a text before the user: Qt's setters, and ours.
SHOWS = {
    "ArgumentTypeError", "_refuse", "_say", "addAction", "addItem", "addMenu", "addTab",
    "describe", "report_failure", "show_error", "show_note",
    "setAccessibleDescription", "setAccessibleName", "setHtml", "setInformativeText",
    "setPlaceholderText", "setPlainText", "setPrefix", "setSpecialValueText", "setStatusTip",
    "setSuffix", "setTabText", "setText", "setTitle", "setToolTip", "setWhatsThis",
    "setWindowTitle", "show_warning",
}  # fmt: skip
# Names that are no word of a language.
STAY = re.compile(r"\s*(Glassnet|ms|swapRB|[a-z0-9]+(_[a-z0-9]+)+)?\s*")


def fields(text: str) -> set[str]:
    """Return the names of a text's fields."""
    return set(re.findall(r"{(\w*)[^}]*}", text))


def not_translated(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each untranslated string that a module shows."""
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


def asked_of_qt(source: str) -> Iterator[int]:
    """Yield the lines where Qt, which has no texts of ours, translates a text."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Attribute(attr="tr") | ast.Name("QT_TRANSLATE_NOOP")):
                yield node.lineno
            case ast.Attribute(ast.Name("QCoreApplication"), "translate"):
                yield node.lineno


def _literal(node: ast.expr) -> str:
    """Return the literal parts of an expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_literal, node.values))
    return ""


def faults_of_translation(file: str, rows: Iterable[Message]) -> Iterator[str]:
    """Find translations whose fields differ from their source's."""
    for row in rows:
        sources = row.id if isinstance(row.id, tuple) else (row.id,)
        found = row.string if isinstance(row.string, tuple) else (row.string,)
        wanted = {frozenset(fields(source)) for source in sources}
        for translation in filter(None, found):
            if fields(translation) not in wanted:
                yield f"{file}: {sources[0]!r} has other fields in {translation!r}"


def faults_of_step(file: str, known: Catalog, said: Catalog) -> Iterator[str]:
    """Find texts missing in the catalogue, and unused texts in it."""
    ours, theirs = ({(row.context, row.id) for row in each if row.id} for each in (known, said))
    for context, text in sorted(ours ^ theirs, key=str):
        what = "no module has" if (context, text) in ours else "lacks"
        yield f"{file}: {what} {text!r}; run `make strings`"


def main() -> int:
    """Print the violations; return the exit status."""
    catalogues, said = {path: read(path) for path in CATALOGUES}, collect()
    faults: list[str] = []
    for path, known in catalogues.items():
        name = path.relative_to(ROOT).as_posix()
        faults += faults_of_translation(name, (row for row in known if row.id))
        faults += faults_of_step(name, known, said)
    for path in modules():
        name, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        faults += (f"{name}:{line} asks Qt; take `tr`" for line in asked_of_qt(source))
        for line, text in not_translated(source):
            faults.append(f"{name}:{line} shows {text!r} in every language")
    for fault in faults:
        print(fault, file=sys.stderr)
    for path, known in catalogues.items():
        for note in notes_of_untranslated(path, known):
            print(f"note: {note}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
