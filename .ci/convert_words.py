"""Rewrite every text of the program for `foundation.text`, and merge the two catalogues into one.

Run once on a clean tree: ``python .ci/convert_words.py``; `--dry` only counts. What it cannot do
it prints. It takes itself away at the end.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog as BabelCatalogue
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
I18N = ROOT / "assets" / "i18n"
TS = I18N / "glassnet_tr.ts"
PO = I18N / "tr" / "LC_MESSAGES" / "messages.po"
MODULE = "foundation.text"
MOST_LETTERS = 100
QT_CONTEXTS = ("QShortcut", "QFileDialog", "QDialogButtonBox", "QPlatformTheme")
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
    found = {json.loads(a): json.loads(b) for a, b in pairs}
    return {_by_default(text): _by_default(translation) for text, translation in found.items()}


def _by_default(text: str) -> str:
    """Let argparse fill in how many random starts there are."""
    return (
        text.replace(" (100)", " (%(default)s)")
        if "random starts" in text or ("rastgele" in text)
        else text
    )


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

    def add_plural(self, one: str, many: str) -> bool:
        """Take a pair of texts as one entry with plural forms; refuse what would differ."""
        first, second = (self.entries.get(("", text), "") for text in (one, many))
        if not first or not second or any(key[1] == one and key[2] != many for key in self.plurals):
            return False
        self.plurals["", one, many] = (first, second)
        return True

    def write(self, used: set[str]) -> None:
        """Write the catalogue; `used` are the texts that stand alone somewhere."""
        day = datetime(2026, 12, 2, tzinfo=UTC)
        written = BabelCatalogue(
            "tr", project="Glassnet", version="1", msgid_bugs_address="none", creation_date=day,
            revision_date=day, last_translator="Glassnet", language_team="Glassnet", fuzzy=False,
        )  # fmt: skip
        written._num_plurals, written._plural_expr = 2, "(n != 1)"  # "0 rows" as "2 rows"
        written.header_comment = "# Glassnet in Turkish; `make strings` brings it up to date."
        manys = {many for _, _, many in self.plurals}
        commented = re.findall(r'^# (.+)\nmsgid (".+")$', PO.read_text(encoding="utf-8"), re.M)
        comments = {json.loads(text): comment for comment, text in commented}
        for (context, source), translation in self.entries.items():
            if context or source not in manys or source in used:
                note = [comments[source]] if source in comments and not context else []
                written.add(source, translation, context=context or None, user_comments=note)
        for (_, one, many), forms in self.plurals.items():
            written.add((one, many), forms)
        with PO.open("wb") as file:
            write_po(file, written, width=100, no_location=True, sort_output=True)


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
        self._name_classes(self.tree, "")
        self._has_qt = path.parts[len(ROOT.parts)] == "gui"
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
            ) if self._has_qt:
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
        for node, call in calls.items():
            self._rewrite(call, self.format_of(node))
        self._rename_texts()

    def _rename_texts(self) -> None:
        """Give the two classes of texts that can be translated later their one name."""
        moved = {
            ("model.words", "Sentence"): "Text",
            ("model.words", "said"): "localise",
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


class Simplifier:
    """A converted module whose plurals and values that are filled in later become one call."""

    def __init__(self, text: str, catalogue: Catalogue) -> None:
        self.text, self.catalogue = text, catalogue

    def run(self) -> str:
        """Return the module when nothing is left to do."""
        for step in (self._plural, self._fold):
            while self._once(step):
                pass
        return self.text

    def _once(self, step: Callable[[list[ast.stmt], int], list[Edit] | None]) -> bool:
        """Do a step where it first can be done; tell whether it was."""
        self.source = self.text.encode()
        self.tree = ast.parse(self.source)
        self._starts = [0]
        for line in self.source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }
        for node in ast.walk(self.tree):
            for body in ("body", "orelse", "finalbody"):
                lines = getattr(node, body, None)
                if not isinstance(lines, list):
                    continue
                for at in range(len(lines)):
                    edits = step(lines, at)
                    if edits:
                        source = self.source
                        for start, end, text in sorted(edits, reverse=True):
                            source = source[:start] + text.encode() + source[end:]
                        self.text = source.decode()
                        return True
        return False

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _piece(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _line_of(self, node: ast.stmt) -> tuple[int, int] | None:
        """Return a statement with all of its lines, or None if a comment follows it."""
        start, end = self._span(node)
        after = self.source.index(b"\n", end)
        if self.source[end:after].strip():
            return None
        return self.source.rindex(b"\n", 0, start) + 1, after + 1

    # -- Plurals

    def _plural(self, lines: list[ast.stmt], at: int) -> list[Edit] | None:
        line, after = lines[at], lines[at + 1] if at + 1 < len(lines) else None
        match line, after:
            case (
                ast.Assign([ast.Name(name)], many),
                ast.If(test, [ast.Assign([ast.Name(again)], one)], []),
            ) if again == name and (counted := _counted(test)):
                written = self._as_plural(one, many, counted)
                return written and [
                    Edit(*self._span(many), written),
                    Edit(self._span(line)[1], self._span(after)[1], ""),
                ]
            case ast.If(
                test,
                [ast.Assign([ast.Name(name)], one)],
                [ast.Assign([ast.Name(again)], many)],
            ), _ if again == name and (counted := _counted(test)):
                written = self._as_plural(one, many, counted)
                start, end = self._span(line)
                head = ""
                if self.source[start:end].startswith(b"elif"):
                    head = f"else:\n{' ' * (line.col_offset + 4)}"
                return written and [Edit(start, end, f"{head}{name} = {written}")]
            case ast.If(test, [ast.Return(ast.expr() as one)], []), ast.Return(
                ast.expr() as many
            ) if counted := _counted(test):
                written = self._as_plural(one, many, counted)
                start, end = self._span(line)[0], self._span(after)[1]
                return written and [Edit(start, end, f"return {written}")]
        for node in ast.walk(line):
            if isinstance(node, ast.IfExp) and self._parents_statement(node) is line:
                found = self._plural_expression(node)
                if found:
                    return found
        return None

    def _parents_statement(self, node: ast.AST) -> ast.AST:
        while not isinstance(node, ast.stmt):
            node = self._parents[node]
        return node

    def _plural_expression(self, node: ast.IfExp) -> list[Edit] | None:
        one, many, counted = node.body, node.orelse, _counted(node.test)
        if counted is None:
            counted = _counted(node.test, ast.NotEq)
            one, many = many, one
        if counted is None:
            return None
        edits = []
        sides = []
        for side in (one, many):
            if isinstance(side, ast.Name):
                assigned = self._assignment_of(side)
                if assigned is None or (span := self._line_of(assigned)) is None:
                    return None
                edits.append(Edit(*span, ""))
                side = assigned.value
            sides.append(side)
        whole: ast.expr = node
        outer = None
        parent = self._parents[node]
        if isinstance(parent, ast.Attribute) and parent.attr == "format":
            outer = self._parents[parent]
            if not isinstance(outer, ast.Call) or outer.args or not outer.keywords:
                return None
            whole = outer
        written = self._as_plural(*sides, counted, outer)
        return written and [Edit(*self._span(whole), written), *edits]

    def _assignment_of(self, name: ast.Name) -> ast.Assign | None:
        """Return the one assignment to a name that is read here alone."""
        scope: ast.AST = name
        while not isinstance(scope, ast.FunctionDef | ast.Lambda | ast.Module):
            scope = self._parents[scope]
        uses = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name.id]
        if len(uses) != 2:
            return None
        assigned = self._parents[uses[0]]
        is_plain = isinstance(assigned, ast.Assign) and len(assigned.targets) == 1
        # Not from a statement that is not sure to have run, or that runs anew.
        above = self._parents[assigned]
        inside: ast.AST = name
        while inside is not above and inside is not scope:
            inside = self._parents[inside]
        return assigned if is_plain and inside is above else None

    def _as_plural(
        self, one: ast.expr, many: ast.expr, counted: ast.expr, outer: ast.Call | None = None
    ) -> str | None:
        """Return the call that says either by a count, if both are plain texts."""
        match one, many:
            case (
                ast.Call(ast.Name("tr"), [ast.Constant(str(first))], values),
                ast.Call(ast.Name("tr"), [ast.Constant(str(second))], more),
            ):
                pass
            case _:
                return None
        by_name = {each.arg: ast.unparse(each.value) for each in more}
        if None in by_name or any(by_name.get(v.arg) != ast.unparse(v.value) for v in values):
            return None
        if outer is not None and (values or more):
            return None
        fields = set(re.findall(r"{(\w+)", first))
        alike = SequenceMatcher(None, first, second).ratio() > 0.85
        if not re.search(r"\b1\b", first) and not (
            alike and fields == set(re.findall(r"{(\w+)", second))
        ):
            return None
        if more and not fields <= set(by_name):
            return None
        if not self.catalogue.add_plural(first, second):
            return None
        args = [self._piece(one.args[0]), self._piece(many.args[0]), self._piece(counted)]
        args += [self._piece_of_value(each) for each in (outer.keywords if outer else more)]
        return f"tr_plural({', '.join(args)})"

    def _piece_of_value(self, value: ast.keyword) -> str:
        return (
            f"{value.arg}={self._piece(value.value)}"
            if value.arg
            else (f"**{self._piece(value.value)}")
        )

    # -- Values that are filled in later

    def _fold(self, lines: list[ast.stmt], at: int) -> list[Edit] | None:
        match lines[at]:
            case ast.Assign(
                [ast.Name(name)],
                ast.Call(ast.Name("tr" | "tr_context" | "tr_plural"), _, []) as call,
            ) as line:
                pass
            case _:
                return None
        function: ast.AST = line
        while not isinstance(function, ast.FunctionDef | ast.Module):
            function = self._parents[function]
        region = lines[at + 1 :]
        for index, after in enumerate(region):
            match after:
                case ast.Assign([ast.Name(again)]) if again == name:
                    region = region[: index + 1]
                    break
        else:
            last = self._span(region[-1])[1] if region else 0
            is_end = region and isinstance(region[-1], ast.Return | ast.Raise)
            later = [n for n in _names(function, name) if self._span(n)[0] > last]
            if later and not is_end:
                return None
        uses = [n for after in region for n in _names(after, name)]
        loads = [n for n in uses if isinstance(n.ctx, ast.Load)]
        stores = [n for n in uses if not isinstance(n.ctx, ast.Load)]
        ends_by_store = (
            [region[-1].targets[0]] if region and isinstance(region[-1], ast.Assign) else []
        )
        if len(loads) != 1 or [n for n in stores if n not in ends_by_store]:
            return None
        attribute = self._parents[loads[0]]
        form = self._parents[attribute]
        match attribute, form:
            case ast.Attribute(attr="format"), ast.Call(args=[], keywords=[_, *_]):
                pass
            case _:
                return None
        if isinstance(self._parents[form], ast.FormattedValue):
            return self._fill_at_once(call, form, name, lines[at + 1])
        inside: ast.AST = form
        while inside not in region:
            inside = self._parents[inside]
            if isinstance(
                inside,
                ast.For
                | ast.While
                | ast.Lambda
                | ast.FunctionDef
                | ast.ListComp
                | ast.DictComp
                | ast.GeneratorExp
                | ast.SetComp,
            ):
                return None
        span = self._line_of(line)
        if span is None:
            return None
        return [Edit(*span, ""), Edit(*self._span(form), self._filled(call, form))]

    def _filled(self, call: ast.Call, form: ast.Call) -> str:
        written = self._piece(call)[:-1].rstrip().rstrip(",")
        return f"{written}, {', '.join(map(self._piece_of_value, form.keywords))})"

    def _fill_at_once(
        self, call: ast.Call, form: ast.Call, name: str, after: ast.stmt
    ) -> list[Edit] | None:
        """Fill the values in where the text is named, if it is named just before."""
        if not any(node is form for node in ast.walk(after)):
            return None
        return [Edit(*self._span(call), self._filled(call, form)), Edit(*self._span(form), name)]


def _names(node: ast.AST, name: str) -> list[ast.Name]:
    return [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]


def _counted(test: ast.expr, sign: type[ast.cmpop] = ast.Eq) -> ast.expr | None:
    """Return what a test compares with 1."""
    match test:
        case ast.Compare(counted, [found], [ast.Constant(1)]) if isinstance(found, sign):
            return counted
    return None


def _without(line: str, name: str) -> str:
    """Return an import without one of its names."""
    head, _, names = line.partition(" import ")
    left = [each for each in names.split(", ") if each != name]
    return f"{head} import {', '.join(left)}" if left else ""


def split_long_texts(path: Path) -> None:
    """Write each text that reaches over the end of a line as several literals."""
    source = path.read_bytes()
    lines = source.splitlines(keepends=True)
    if all(len(line.decode()) <= MOST_LETTERS + 1 for line in lines):
        return
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    edits = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Name("tr" | "tr_context" | "tr_plural" | "mark"), args):
                pass
            case _:
                continue
        for each in args:
            span = range(each.lineno - 1, each.end_lineno or 0)
            is_long = any(len(lines[at].decode()) > MOST_LETTERS + 1 for at in span)
            if isinstance(each, ast.Constant) and is_long:
                end = starts[each.end_lineno - 1] + each.end_col_offset
                line = lines[each.lineno - 1]
                room = MOST_LETTERS - (len(line) - len(line.lstrip())) - 3
                pieces = textwrap.wrap(
                    str(each.value),
                    room,
                    drop_whitespace=False,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
                assert "".join(pieces) == each.value, each.value
                text = " ".join(map(_quoted, pieces))
                edits.append(Edit(starts[each.lineno - 1] + each.col_offset, end, text))
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text.encode() + source[end:]
    path.write_bytes(source)


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
    for each in found:
        if each.edits:
            text = Simplifier(each.text(), catalogue).run()
            if "tr_plural(" in text and "tr_plural" not in each.names:
                head = f"from {MODULE} import "
                text = text.replace(head, f"{head}tr_plural, ", 1)
            each.path.write_text(text, encoding="utf-8")
    used = set().union(*(each.used for each in found))
    catalogue.write(used)
    print(len(catalogue.plurals), "plurals")
    gone = (TS, TS.with_suffix(".qm"), ROOT / ".ci" / "make_sentences.py", Path(__file__))
    for file in gone:
        file.unlink()
    subprocess.run([sys.executable, ".ci/translate.py"], cwd=ROOT, check=True)
    ruff = [sys.executable, "-m", "ruff"]
    paths = ["main.py", "gui", "model", "vision", "foundation", "tests"]
    subprocess.run([*ruff, "check", "-q", "--fix", "--select", "I,F401,D202", *paths], cwd=ROOT)
    subprocess.run([*ruff, "format", "-q", *paths], cwd=ROOT)
    for each in found:
        if each.edits:
            split_long_texts(each.path)
    subprocess.run([*ruff, "format", "-q", *paths], cwd=ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
