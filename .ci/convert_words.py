"""Rewrite every text of the program for `foundation.text`, and merge the two catalogues into one.

Run once on a clean tree: ``python .ci/convert_words.py``; `--dry` only counts. What it cannot do
it prints. It changes nothing that it has converted already, so that it can be run again.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
I18N = ROOT / "assets" / "i18n"
TS = I18N / "glassnet_tr.ts"
PO = I18N / "tr" / "LC_MESSAGES" / "messages.po"
MODULE = "foundation.text"
QT_CONTEXTS = ("QShortcut", "QFileDialog", "QDialogButtonBox", "QPlatformTheme")
HEAD = (
    'msgid ""\nmsgstr ""\n"Project-Id-Version: Glassnet\\n"\n"Language: tr\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)
# Their texts are looked up by variables, so they cannot have a context each.
LOOKED_UP = ("Sentences", "Preflight", "Data", "DataWords", "Doctor", "Actions", "Choices")


class Edit(NamedTuple):
    """A piece of a source, in bytes, and what takes its place."""

    start: int
    end: int
    text: str


class Call(NamedTuple):
    """A call that translates one text."""

    node: ast.Call
    context: str
    text: ast.expr
    is_mark: bool


# -- Catalogues ------------------------------------------------------------------------------------


def of_window() -> dict[str, dict[str, str]]:
    """Return the translations of a .ts file by source and context."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for context in ET.parse(TS).getroot().iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            found[message.findtext("source", "")][name] = message.findtext("translation", "")
    return found


def of_commands() -> dict[str, str]:
    """Return the translations of the command line's catalogue as it was."""
    pairs = re.findall(r'^msgid (".+")\nmsgstr (".+")$', PO.read_text(encoding="utf-8"), re.M)
    return {json.loads(a): json.loads(b) for a, b in pairs}


class Catalogue:
    """The one catalogue: which texts need a context, and every translation."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.plurals: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._contexts: set[tuple[str, str]] = set()
        window, self._commands = of_window(), of_commands()
        self._window = window
        for source, by_context in window.items():
            ours = {c: t for c, t in by_context.items() if c not in QT_CONTEXTS}
            for context in by_context.keys() - ours.keys():
                self.entries[context, source] = by_context[context]
            if not ours:
                continue
            usual = self._usual(ours)
            self.entries["", source] = usual
            for context, translation in ours.items():
                if translation != usual:
                    self.entries[context, source] = translation
                    self._contexts.add((context, source))
        for source, translation in self._commands.items():
            usual = self.entries.setdefault(("", source), translation)
            if usual == translation:
                continue
            if "Sentences" in window[source]:
                self.entries["command", source] = translation
                self._contexts.add(("command", source))
                continue
            self.entries["", source] = translation  # a `Text` has no context
            for context in window[source]:
                self.entries.setdefault((context, source), usual)
                self._contexts.add((context, source))

    @staticmethod
    def _usual(by_context: dict[str, str]) -> str:
        """Return the translation that needs no context: one looked up, or the commonest."""
        for context in LOOKED_UP:
            if context in by_context:
                return by_context[context]
        return Counter(by_context.values()).most_common(1)[0][0]

    def needs_context(self, context: str, source: str) -> bool:
        """Tell whether a text has another translation here than elsewhere."""
        return (context, source) in self._contexts

    def add_plural(self, context: str, one: str, many: str) -> bool:
        """Take a pair of texts as one entry with plural forms; refuse what would differ."""
        first = self._translation(context, one)
        second = self._translation(context, many)
        if not first or not second or any(key[1] == one and key[2] != many for key in self.plurals):
            return False
        if self.needs_context(context, one) or self.needs_context(context, many):
            return False
        self.plurals["", one, many] = (first, second)
        return True

    def drop_plural(self, one: str, many: str) -> None:
        """Take a pair back that could not be written."""
        del self.plurals["", one, many]

    def _translation(self, context: str, source: str) -> str:
        return self.entries.get((context, source)) or self.entries.get(("", source), "")

    def text(self, used: set[str]) -> str:
        """Return the catalogue as a .po file; `used` are the texts that stand alone somewhere."""
        parts = [HEAD]
        ones = {one for _, one, _ in self.plurals}
        manys = {many for _, _, many in self.plurals}
        for (context, source), translation in sorted(self.entries.items()):
            if not context and (source in ones or (source in manys and source not in used)):
                continue
            # Fields that choose words, "{n:some|none}", are Python's; msgfmt knows none.
            is_plain = "{" in source and ":" not in "".join(re.findall("{.*?}", translation))
            flag = "#, python-brace-format\n" if is_plain else ""
            named = f"msgctxt {_quoted(context)}\n" if context else ""
            words = f"msgid {_quoted(source)}\nmsgstr {_quoted(translation)}\n"
            parts.append(f"{flag}{named}{words}")
        for (_, one, many), (first, second) in sorted(self.plurals.items()):
            parts.append(
                f"msgid {_quoted(one)}\nmsgid_plural {_quoted(many)}\n"
                f"msgstr[0] {_quoted(first)}\nmsgstr[1] {_quoted(second)}\n"
            )
        return "\n".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# -- Sources ---------------------------------------------------------------------------------------


class Module:
    """One module and the edits that it needs."""

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self.path, self.catalogue = path, catalogue
        self.source = path.read_bytes()
        self.tree = ast.parse(self.source)
        self.edits: list[Edit] = []
        self.names: set[str] = set()
        self.used: set[str] = set()
        self.left: list[str] = []
        self._starts = [0]
        for line in self.source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }
        self._classes: dict[ast.AST, str] = {}
        self._done: set[ast.AST] = set()
        self._name_classes(self.tree, "")
        self._has_gettext = b"from gettext import gettext" in self.source

    def _name_classes(self, node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = child.name if isinstance(child, ast.ClassDef) else name
            self._classes[child] = inner
            self._name_classes(child, inner)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def call(self, node: ast.AST) -> Call | None:
        """Return what a call translates, or None if it does not."""
        match node:
            case ast.Call(ast.Attribute(ast.Name("self"), "tr"), [text]):
                return Call(node, self._classes[node], text, False)
            case ast.Call(
                ast.Name("translate" | "QT_TRANSLATE_NOOP" as name)
                | ast.Attribute(ast.Name("QCoreApplication"), "translate" as name),
                [context, text],
            ) if self.path.parts[len(ROOT.parts)] == "gui":
                known = str(context.value) if isinstance(context, ast.Constant) else ""
                if known in QT_CONTEXTS:
                    return None
                return Call(node, known, text, name == "QT_TRANSLATE_NOOP")
            case ast.Call(ast.Name("gettext"), [text]) if self._has_gettext:
                return Call(node, "command", text, False)
            case ast.Call(ast.Name("said"), [text]) if self.path == ROOT / "main.py":
                return Call(node, "command", text, False)
        return None

    def format_of(self, node: ast.AST) -> ast.Call | None:
        """Return the call of `format`, with values by name alone, on what a node gives."""
        attribute = self._parents.get(node)
        call = self._parents.get(attribute) if attribute is not None else None
        match attribute, call:
            case ast.Attribute(attr="format"), ast.Call(args=[]) if call.func is attribute:
                return call
        return None

    def convert(self) -> None:
        """Find every edit."""
        if self.path.name == "format.py" and self.path.parent.name == "gui":
            self._drop_alias()
        calls = {node: found for node in ast.walk(self.tree) if (found := self.call(node))}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.IfExp):
                self._plural(node, calls)
        for node in ast.walk(self.tree):
            for body in ("body", "orelse", "finalbody"):
                lines = getattr(node, body, None)
                if isinstance(lines, list):
                    self._fold(lines, calls)
        for node, call in calls.items():
            if node not in self._done:
                self._rewrite(call, self.format_of(node))
        self._rename_texts()

    def _rename_texts(self) -> None:
        """Give the two classes of texts that can be translated later their one name."""
        moved = {
            ("model.words", "Sentence"): "Text",
            ("model.words", "said"): "translated",
            ("vision.reasons", "Words"): "Text",
        }
        renamed = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                names = [each.name for each in node.names]
                gone = [name for name in names if (node.module, name) in moved]
                if not gone:
                    continue
                renamed |= {name: moved[str(node.module), name] for name in gone}
                left = [name for name in names if name not in gone]
                start, end = self.span(node)
                line = f"from {node.module} import {', '.join(left)}" if left else ""
                self.edits.append(Edit(start, end, line))
                self.names |= {moved[str(node.module), name] for name in gone}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and node.id in renamed:
                self.edits.append(Edit(*self.span(node), renamed[node.id]))

    def _drop_alias(self) -> None:
        """Drop the alias of Qt's function in `gui.format` and its docstring."""
        body = self.tree.body
        for line, after in pairwise(body):
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "translate":
                self.edits.append(Edit(self.span(line)[0], self.span(after)[1], ""))

    def _head(self, call: Call) -> str:
        """Return what stands before the text."""
        constant = isinstance(call.text, ast.Constant)
        source = str(call.text.value) if isinstance(call.text, ast.Constant) else ""
        if constant:
            self.used.add(source)
        if call.is_mark:
            if self.catalogue.needs_context(call.context, source):
                self.left.append(f"{call.node.lineno}: {source!r} is marked, and ambiguous")
            return self._name("mark") + "("
        if not constant:
            self.left.append(f"{call.node.lineno}: looked up by {ast.unparse(call.text)}")
        if constant and self.catalogue.needs_context(call.context, source):
            return f"{self._name('tr_context')}({_quoted(call.context)}, "
        return self._name("tr") + "("

    def _name(self, name: str) -> str:
        self.names.add(name)
        return name

    def _rewrite(self, call: Call, form: ast.Call | None) -> None:
        """Write a call, and the values of `form`, as one call."""
        self._done.add(call.node)
        start, _ = self.span(call.node)
        text_start, text_end = self.span(call.text)
        self.edits.append(Edit(start, text_start, self._head(call)))
        if form is None or not form.keywords:
            return
        self.edits.append(Edit(text_end, self._values_start(form), ", "))

    def _values_start(self, form: ast.Call) -> int:
        """Return where the values of a call of `format` begin."""
        first = form.keywords[0]
        start = self.span(first.value)[0]
        before = self.source[:start].rstrip()
        name = b"**" if first.arg is None else first.arg.encode() + b"="
        return before.rindex(name)

    def _fold(self, lines: list[ast.stmt], calls: dict[ast.AST, Call]) -> None:
        """Join ``text = tr(...)`` with the ``text.format(...)`` of the next statement."""
        for line, after in pairwise(lines):
            match line:
                case ast.Assign([ast.Name(name)], ast.Call() as node) if node in calls:
                    pass
                case _:
                    continue
            if node in self._done or self.format_of(node):
                continue
            loads = [n for n in ast.walk(after) if isinstance(n, ast.Name) and n.id == name]
            uses = [n for n in loads if isinstance(n.ctx, ast.Load)]
            if len(uses) != 1 or (form := self.format_of(uses[0])) is None:
                continue
            stores_again = len(loads) == 2 and isinstance(after, ast.Assign)
            if not stores_again and not self._is_last_use(name, uses[0], after):
                continue
            if isinstance(after, ast.Assign | ast.Return | ast.Expr) and not self._is_inside(
                uses[0], after, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp
            ):
                self._join(line, calls[node], form)

    def _is_inside(self, node: ast.AST, outer: ast.AST, kinds: object) -> bool:
        while node is not outer:
            node = self._parents[node]
            if isinstance(node, kinds):  # type: ignore[arg-type]
                return True
        return False

    def _is_last_use(self, name: str, use: ast.AST, after: ast.stmt) -> bool:
        """Tell whether no later statement of the function reads the name."""
        if isinstance(after, ast.Return):
            return True
        function: ast.AST = use
        while not isinstance(function, ast.FunctionDef | ast.Module):
            function = self._parents[function]
        reads = [
            n
            for n in ast.walk(function)
            if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        ]
        return reads == [use]

    def _join(self, line: ast.stmt, call: Call, form: ast.Call) -> None:
        """Write the text where its values are filled in, and drop its assignment."""
        nested = [n for n in ast.walk(form) if n in self._done]
        if nested or not isinstance(call.text, ast.Constant):
            return
        self._done.add(call.node)
        start, end = self.span(line)
        self.edits.append(Edit(start, end, ""))
        text_start, text_end = self.span(call.text)
        text = self.source[text_start:text_end].decode()
        written = self._head(call) + text
        if form.keywords:
            written += ", "
            self.edits.append(Edit(self.span(form)[0], self._values_start(form), written))
        else:
            self.edits.append(Edit(self.span(form)[0], self.span(form)[1] - 1, written))

    def _plural(self, node: ast.IfExp, calls: dict[ast.AST, Call]) -> None:
        """Write ``one if n == 1 else many`` as one call, where both are plain texts."""
        match node.test:
            case ast.Compare(counted, [ast.Eq()], [ast.Constant(1)]):
                one, many = node.body, node.orelse
            case ast.Compare(counted, [ast.NotEq()], [ast.Constant(1)]):
                one, many = node.orelse, node.body
            case _:
                return
        forms = [self._formed(side, calls) for side in (one, many)]
        if None in forms:
            return
        (first, first_values), (second, second_values) = forms  # type: ignore[misc]
        outer = self.format_of(node)
        if not isinstance(first.text, ast.Constant) or not isinstance(second.text, ast.Constant):
            return
        if first_values and second_values and outer is None:
            same = ast.dump(first_values) == ast.dump(second_values)
            if not same:
                return
        values = outer or second_values or first_values
        fields = re.findall(r"{(\w+)", str(second.text.value))
        if values is None and fields:
            self.left.append(f"{node.lineno}: a plural whose values are filled in later")
            return
        if not self.catalogue.add_plural(first.context, first.text.value, second.text.value):
            self.left.append(f"{node.lineno}: {first.text.value!r} has another plural elsewhere")
            return
        self._done |= {first.node, second.node}
        whole = outer or node
        piece = self._piece
        args = [piece(first.text), piece(second.text), piece(counted)]
        if values is not None:
            inner = [n for n in ast.walk(values) if n in calls and n not in self._done]
            if inner:
                self.left.append(f"{node.lineno}: a plural with a text inside")
                self._done -= {first.node, second.node}
                del self.catalogue.plurals["", first.text.value, second.text.value]
                return
            start, end = self._values_start(values), self.span(values)[1] - 1
            args.append(self.source[start:end].decode().rstrip().rstrip(","))
        start, end = self.span(whole)
        self.edits.append(Edit(start, end, f"{self._name('tr_plural')}({', '.join(args)})"))

    def _piece(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return self.source[start:end].decode()

    def _formed(
        self, side: ast.expr, calls: dict[ast.AST, Call]
    ) -> tuple[Call, ast.Call | None] | None:
        """Return the text of one side of a condition, and what fills it in."""
        if side in calls and side not in self._done:
            return calls[side], None
        match side:
            case ast.Call(ast.Attribute(inner, "format"), []) if inner in calls:
                return calls[inner], side
        return None

    def text(self) -> str:
        """Return the module with all edits made, and what it now imports."""
        if self.names:
            line = f"from {MODULE} import {', '.join(sorted(self.names))}\n"
            self.edits.append(Edit(*self._place_of_imports(), line))
        source, last = self.source, len(self.source) + 1
        for start, end, text in sorted(self.edits, reverse=True):
            if end > last:
                raise ValueError(f"{self.path}: edits overlap at {self.source[start:end]!r}")
            source, last = source[:start] + text.encode() + source[end:], start
        return re.sub(
            r"^from gui\.format import (.*)$",
            lambda found: _without(found[0], "translate"),
            source.decode(),
            flags=re.M,
        )

    def _place_of_imports(self) -> tuple[int, int]:
        """Return where an import may stand before the others, as an empty span."""
        for node in self.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                if getattr(node, "module", "") != "__future__":
                    return (self.span(node)[0],) * 2
                after = self.span(node)[1] + 1
        return after, after


def _without(line: str, name: str) -> str:
    """Return an import without one of its names."""
    head, _, names = line.partition(" import ")
    left = [each for each in names.split(", ") if each != name]
    return f"{head} import {', '.join(left)}" if left else ""


def modules() -> Iterator[Path]:
    """Yield the files whose texts are rewritten."""
    yield ROOT / "main.py"
    for folder in ("gui", "model", "vision", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def main() -> int:
    """Convert the tree; print what is left to do by hand."""
    catalogue = Catalogue()
    found = [Module(path, catalogue) for path in modules()]
    for each in found:
        each.convert()
    count: Counter[str] = Counter()
    for each in found:
        name = each.path.relative_to(ROOT).as_posix()
        for line in each.left:
            print(f"{name}:{line}")
        count["edits"] += len(each.edits)
        count["modules"] += bool(each.edits)
    print(dict(count), len(catalogue.entries), "entries", len(catalogue.plurals), "plurals")
    if "--dry" in sys.argv:
        return 0
    used = set().union(*(each.used for each in found))
    PO.write_text(catalogue.text(used), encoding="utf-8")
    for each in found:
        if each.edits:
            each.path.write_text(each.text(), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    paths = ["main.py", "gui", "model", "vision", "foundation", "tests"]
    subprocess.run([*ruff, "check", "-q", "--fix", "--select", "I,F401", *paths], cwd=ROOT)
    subprocess.run([*ruff, "format", "-q", *paths], cwd=ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
