"""Reading a lesson: whole, or one sentence that says what is wrong, where, and what to do."""

from __future__ import annotations

import codecs
import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from model.errors import ModelError
from model.lessons import LESSONS, is_lesson, lesson_at, read_lesson
from model.lessons.conditions import QUANTITIES

LESSON: dict[str, Any] = {
    "schema_version": 1,
    "languages": ["en", "tr"],
    "locks": ["data"],
    "steps": [
        {
            "id": "first",
            "questions": [{"id": "guess", "choices": 2, "answer": 1}],
            "tasks": [
                {
                    "id": "train",
                    "conditions": [{"code": "rows_right", "at_least": 4}],
                    "nearest_miss": [{"code": "rows_right", "is": 3}],
                    "show": "train",
                }
            ],
        },
        {"id": "second"},
    ],
}
PROSE = """# A title
What it is about.

## first: The first step
The loss is {loss}, and $w_1 = {w:1.y1.x1}$.

### question guess
What comes?
1. This.
2. That.

### task train
Train.

## second: The second step
The end.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "mine")


def write(folder: Path, lesson: Any = LESSON, prose: str = PROSE) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "lesson.json").write_text(json.dumps(lesson, indent=1), encoding="utf-8")
    for language in ("en", "tr"):
        (folder / f"{language}.md").write_text(prose, encoding="utf-8")
    return folder


def refused(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_lesson(folder)
    sentence = caught.value.sentence()
    assert str(folder) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return caught.value


def test_a_whole_lesson_is_read(folder: Path) -> None:
    lesson = read_lesson(folder)
    assert (lesson.id, lesson.title("tr"), len(lesson.steps)) == ("mine", "A title", 2)
    step = lesson.text("en").steps["first"]
    assert step.title == "The first step"
    assert step.question("guess").choices == ("This.", "That.")
    assert step.task("train").markdown == "Train."
    assert lesson.locks(0) == ("data",)
    assert is_lesson(folder)
    assert lesson_at(folder) == lesson_at(folder / "lesson.json") == folder
    assert lesson_at("eight_steps") == LESSONS / "eight_steps"
    assert lesson_at("no_such_lesson") is None
    assert lesson_at("../lessons/eight_steps") is None


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    lesson = copy.deepcopy(LESSON)
    change(lesson)
    return lesson


def task(lesson: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = lesson["steps"][0]["tasks"][0]
    return found


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"code": "rows_rihgt", "at_least": 4}, "rows_right"),
        ({"code": "rows_right", "at_least": 4, "run": "import os"}, "run"),
        ({"code": "rows_right"}, "nothing to compare"),
        ({"code": "rows_right", "at_least": 4, "has": ["x"]}, "cannot be asked by has"),
        ({"code": "rows_right", "at_least": 4, "layer": 1}, "takes no layer"),
        ({"code": "units", "at_least": 1}, "layer"),
        ({"code": "open", "has": ["cellar"]}, "microscope"),
        ({"code": "data", "is": "xorr"}, "xorr"),
        ({"code": "data", "is": 1}, "text"),
        ({"code": "weight", "at": "1.h1", "above": 0}, "1.h3.x1"),
        ({"code": "predicted", "has": ["other"]}, "no question other"),
    ],
)
def test_a_condition_that_asks_for_nothing_there_is(
    asked: dict[str, Any], word: str, folder: Path
) -> None:
    lesson = changed(lambda lesson: task(lesson).update(conditions=[asked]))
    error = refused(write(folder, lesson))
    is_known = asked["code"] in QUANTITIES
    assert error.code == ("lesson.invalid" if is_known else "lesson.condition")
    assert word in error.sentence()
    assert "docs/lessons.md" in error.sentence()
    # Around the condition; on which line of it depends on what is wrong.
    first = json.dumps(lesson, indent=1).splitlines().index('     "id": "train",') + 1
    assert first <= error.values["line"] <= first + 9


@pytest.mark.parametrize(
    ("change", "code", "word"),
    [
        (lambda x: x.update(steps=[{"id": f"s{n}"} for n in range(10_000)]), "too_long", "30"),
        (lambda x: x["steps"][0].update(tasks=[task(x)] * 13), "too_long", "12"),
        (lambda x: x["steps"].append({"id": "first"}), "invalid", "first stands twice"),
        (lambda x: x["steps"][0]["tasks"].append(task(x)), "invalid", "train stands twice"),
        (lambda x: x["steps"][0]["questions"][0].update(answer=3), "invalid", "only 1 to 2"),
        (lambda x: task(x).update(after=["train"]), "invalid", "no task train before it"),
        (lambda x: x["steps"][0].update(setup={"speed": "fast"}), "invalid", "fast"),
        (lambda x: x["steps"][0].update(setup={"open": ["doctor"]}), "invalid", "doctor"),
        (lambda x: x.update(steps=[]), "invalid", "steps"),
        (lambda x: x.update(prize=1), "invalid", "prize"),
        (lambda x: x.update(schema_version=2), "invalid", "schema_version"),
        (lambda x: x.update(row="A11"), "invalid", "A11"),
        (lambda x: x.update(locks=["doors"]), "invalid", "doors"),
        (lambda x: x["steps"][1].update(id="../second"), "invalid", "id"),
        (lambda x: task(x).update(nearest_miss=task(x)["conditions"]), "invalid", "be ticked"),
        (lambda x: task(x).update(show="train; rm"), "invalid", "show"),
        (lambda x: x.update(challenge="../other.json"), "outside", "other.json"),
        (lambda x: x.update(start={"data": {"kind": "csv", "path": "/etc/passwd"}}), "outside",
         "passwd"),
        (lambda x: x.update(start={"network": {"inputs": 2, "layers": []}}), "invalid", "layers"),
        (lambda x: x.update(start={"network": {"inputs": 3, "layers": [{"units": 1}]}}), "invalid",
         "3 inputs"),
        (lambda x: x.update(start={"network": {"inputs": 2, "layers": [
            {"units": 1, "weights": [[1]]}]}}), "invalid", "shape"),
        (lambda x: x.update(needs=["bias", "nowhere"]), "invalid", "no lesson nowhere"),
        (lambda x: x["steps"].append({"id": "third"}), "translation", "## third:"),
        (lambda x: task(x).update(id="other"), "translation", "### task other"),
        (lambda x: x["steps"].pop(), "invalid", "no step second"),
        (lambda x: x["steps"][0]["questions"].pop(), "invalid", "no question guess"),
        (lambda x: x["steps"][0]["questions"][0].update(choices=3), "invalid", "2 choices"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_lesson_is_named(
    change: Callable[[dict[str, Any]], object], code: str, word: str, folder: Path
) -> None:
    error = refused(write(folder, changed(change)))
    assert error.code == f"lesson.{code}"
    assert word in error.sentence()


def test_a_language_that_is_missing_is_named(folder: Path) -> None:
    (folder / "tr.md").unlink()
    error = refused(folder)
    assert error.code == "lesson.no_language"
    assert "tr.md" in error.sentence()
    write(folder, changed(lambda x: x.update(languages=["en"])))
    (folder / "tr.md").unlink()
    assert read_lesson(folder).text("tr").title == "A title"


@pytest.mark.parametrize(
    ("added", "code", "line", "said"),
    [
        ("<script>alert(1)</script>\n", "html", 17, ""),
        ("Some <b>bold</b> words.\n", "html", 17, ""),
        ("One line\nand <img src=x onerror=y> more.\n", "html", 18, ""),
        ("![me](../../secret.png)\n", "picture", 17, ""),
        ("![me](/etc/passwd)\n", "picture", 17, ""),
        ("![me](file:///etc/secret.png)\n", "picture", 17, ""),
        ("![me](https://example.org/x.png)\n", "picture", 17, ""),
        ("![me](missing.png)\n", "picture", 17, ""),
        ("![me](lesson.json)\n", "picture", 17, ""),
        ("[look](file:///etc/passwd)\n", "link", 17, ""),
        ("[look](javascript:alert)\n", "link", 17, ""),
        ("<javascript:alert>\n", "link", 17, ""),
        ("[look](notes.txt)\n", "link", 17, ""),
        ("\n[look](https://example.org)\n[look](term:nonsense)\n", "invalid", 19, ""),
        ("[look](step:third)\n", "invalid", 17, ""),
        ("The number is {los}.\n", "placeholder", 17, ""),
        ("$z = {z:1.q1}$\n", "placeholder", 17, ""),
        ("### tusk train\nx\n", "heading", 17, ""),
        ("## second: again\nx\n", "invalid", 17, ""),
        ("### see\nx\n### see\nx\n", "invalid", 19, "the heading 'see' stands twice"),
        ("### see here\nx\n", "heading", 17, ""),
        ("# Another title\n", "heading", 17, ""),
        ("### hint train\nx\n", "invalid", 17, ""),
    ],
)
def test_hostile_or_mistaken_prose_is_refused(
    added: str, code: str, line: int, said: str, folder: Path
) -> None:
    (folder / "tr.md").write_text(PROSE + added, encoding="utf-8")
    error = refused(folder)
    assert (error.code, error.values["line"]) == (f"lesson.{code}", line)
    assert "tr.md" in error.sentence()
    assert said in error.sentence()


@pytest.mark.parametrize(
    ("prose", "code", "line"),
    [
        ("Nothing\n", "heading", 1),
        (PROSE.replace("### task train\nTrain.\n", ""), "translation", 4),
    ],
)
def test_prose_without_a_title_or_a_task_is_refused(
    prose: str, code: str, line: int, folder: Path
) -> None:
    (folder / "tr.md").write_text(prose, encoding="utf-8")
    error = refused(folder)
    assert (error.code, error.values["line"]) == (f"lesson.{code}", line)


@pytest.mark.parametrize(
    "text", ["\\{x\\}", "`{x`", "5 $ and 6 $", "$\\{0, 1\\}$", "$x_{1}$", "$x_{1$", "{x"]
)
def test_braces_that_are_meant_are_taken(text: str, folder: Path) -> None:
    (folder / "tr.md").write_text(f"{PROSE}Is {text}.\n", encoding="utf-8")
    read_lesson(folder)


def test_a_picture_of_the_folder_is_taken_and_a_link_out_of_it_is_not(folder: Path) -> None:
    (folder / "me.png").write_bytes(b"png")
    (folder.parent / "secret.png").write_bytes(b"png")
    (folder / "tr.md").write_text(PROSE + "![me](me.png)\n", encoding="utf-8")
    read_lesson(folder)
    (folder / "me.png").unlink()
    (folder / "me.png").symlink_to(folder.parent / "secret.png")
    assert refused(folder).code == "lesson.picture"


@pytest.mark.parametrize("name", ["lesson.json", "tr.md"])
def test_a_file_of_another_folder_is_not_read_by_a_link(name: str, folder: Path) -> None:
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(folder.parent / name)
    assert refused(folder).code == "lesson.outside"


@pytest.mark.parametrize("name", ["lesson.json", "tr.md"])
def test_a_lesson_that_is_too_large_is_to_be_made_several(name: str, folder: Path) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" " * (5 << 20))
    error = refused(folder)
    assert error.code == "lesson.too_large"
    assert "Make several lessons of this one" in error.sentence()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'{"steps": [\n{"id": "a",\n}]}', 2),
        (b'{"steps": [', 1),
        (b"\xff\xfe", 1),
        (b'{"steps": ' + b"[" * 5000 + b"]" * 5000 + b"}", 1),
        (b"", 1),
        (b"[]", 1),
        (b'{"steps": [{"id": "a"}], "number": NaN}', 1),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(content: bytes, line: int, folder: Path) -> None:
    (folder / "lesson.json").write_bytes(content)
    error = refused(folder)
    assert (error.code, error.values["line"]) == ("lesson.invalid", line)


def test_a_table_that_is_not_in_the_folder_is_named(folder: Path) -> None:
    data = {"kind": "csv", "path": "marks.csv", "targets": ["mark"]}
    write(folder, {**LESSON, "start": {"data": data}})
    assert "marks.csv is not in the lesson's folder" in refused(folder).sentence()


@pytest.mark.parametrize(
    ("old", "new", "word", "line"),
    [
        (
            '"languages": [\n  "en",\n  "tr"\n ]',
            '"languages": ["en", "tr",]',
            "Delete the comma",
            3,
        ),
        ('"schema_version": 1,', '"schema_version": 1,,', "Delete the comma", 2),
        (
            '"schema_version": 1,',
            '"schema_version": 1',
            "a comma or a closing bracket is missing",
            2,
        ),
        ('  "data"\n', '  "dat"\n', "dat is not known here. The nearest is data;", 8),
        ('"locks": [', '"lock": [', "lock is not known here. The nearest is locks;", 7),
        ('"show"', '"shew"', "shew is not known here. The nearest is show;", 35),
        ('"show": "train"', '"show": "trian"', "no control trian. The nearest is train;", 35),
        ('"show"', "'show'", "straight double quotation marks", 35),
        ('"show"', "\u201cshow\u201d", "straight double quotation marks", 35),
    ],
)
def test_what_is_misspelt_is_said_with_its_line_and_what_it_may_be(
    old: str, new: str, word: str, line: int, folder: Path
) -> None:
    text = (folder / "lesson.json").read_text(encoding="utf-8")
    assert old in text
    (folder / "lesson.json").write_text(text.replace(old, new, 1), encoding="utf-8")
    error = refused(folder)
    assert word in error.sentence()
    assert error.values["line"] == line


def test_a_control_of_a_layer_that_is_still_to_come_can_be_shown(folder: Path) -> None:
    read_lesson(write(folder, changed(lambda x: task(x).update(show="layer_7_fewer"))))


@pytest.mark.parametrize(
    ("added", "command", "near", "line"),
    [
        ("One line.\n$$ a + {loss}\n\\frak{1}{2} $$\n", "\\frak", "\\frac", 19),
        ("Some $\\sgima(z)$.\n", "\\sgima", "\\sigma", 17),
        ("$\\begin{cases} 1 \\end{cases}$\n", "\\begin", "", 17),
    ],
)
def test_a_command_that_no_formula_knows_is_named(
    added: str, command: str, near: str, line: int, folder: Path
) -> None:
    (folder / "tr.md").write_text(PROSE + added, encoding="utf-8")
    error = refused(folder)
    assert (error.code, error.values["command"]) == ("lesson.formula", command)
    assert near in error.values["near"]
    assert error.values["line"] == line


# -- Mutations -------------------------------------------------------------------------------------

VALUES = (None, True, -1, 0, 1e308, "", "../x", "<b>", "é" * 200, [], [[]], {}, {"a": {}}, "9" * 50)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container of a document with each key or index of it."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def test_whatever_is_changed_in_a_lesson_is_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    draw = random.Random(0)
    source = LESSONS / "perceptron"
    folder = tmp_path / "perceptron"
    shutil.copytree(source, folder)
    text = (source / "lesson.json").read_text(encoding="utf-8")
    counts = {"read": 0, "refused": 0}
    for _ in range(300):
        document = json.loads(text)
        for _ in range(draw.randint(1, 2)):
            container, key = draw.choice(list(places(document)))
            if draw.random() < 0.3:
                del container[key]
            else:
                container[key] = copy.deepcopy(draw.choice(VALUES))
        content = json.dumps(document, indent=1)
        if draw.random() < 0.1:
            content = content[: draw.randrange(len(content))]
        (folder / "lesson.json").write_text(content, encoding="utf-8")
        sentence = ""
        try:
            read_lesson(folder)
        except ModelError as error:
            sentence = error.sentence()
        counts["refused" if sentence else "read"] += 1
        assert not sentence or (str(folder) in sentence and "\n" not in sentence), content
    assert counts["refused"] > 200
    assert counts["read"] > 5


def test_an_editors_mark_at_the_beginning_of_a_file_is_no_fault(tmp_path: Path) -> None:
    folder = tmp_path / "eight_steps"
    shutil.copytree(LESSONS / "eight_steps", folder)
    for name in ("lesson.json", "en.md", "tr.md"):
        path = folder / name
        path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    assert read_lesson(folder).title("en") == "The eight steps on OR"
