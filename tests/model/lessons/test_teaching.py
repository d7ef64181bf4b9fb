"""What a teacher does: the lesson of the guide, the worksheet, the marks of a class."""

from __future__ import annotations

import codecs
import csv
import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from main import main
from model.experiment.learning import LessonRecord
from model.files import write_experiment
from model.lessons import LESSONS, LessonProgress, read_lesson
from model.lessons.worksheet import worksheet
from tests.model.lessons.hands import Hands

GUIDE = Path(__file__).parents[3] / "docs" / "lessons.md"


@pytest.fixture
def fold(tmp_path: Path) -> Path:
    """Return the lesson that the guide prints."""
    text = GUIDE.read_text(encoding="utf-8")
    folder = tmp_path / "fold"
    folder.mkdir()
    for name, kind in (("lesson.json", "json"), ("en.md", "markdown")):
        found = re.search(rf"`{re.escape(name)}`:\n\n```{kind}\n(.*?)```", text, re.DOTALL)
        assert found is not None
        (folder / name).write_text(found[1], encoding="utf-8")
    return folder


def test_the_lesson_of_the_guide_works(fold: Path) -> None:
    lesson = read_lesson(fold)
    hands = Hands(lesson)
    progress = LessonProgress.begin(lesson, hands.situation())
    question = lesson.steps[0].questions[0]
    progress = progress.predict(question, 1, hands.situation())
    hands.train(5000)
    progress = progress.with_done_tasks(hands.situation())
    assert progress.may_go_on
    progress = progress.at_step(1, hands.situation())
    hands.remove_unit(0, 0)
    hands.reset()
    hands.train(499)
    progress = progress.with_done_tasks(hands.situation())
    assert [progress.is_done(task) for task in progress.step.tasks] == [True, False]
    hands.train(500)
    assert progress.with_done_tasks(hands.situation()).may_go_on


def test_the_challenge_of_the_guide_is_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    challenge = tmp_path / "xor.json"
    challenge.write_text(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[1], encoding="utf-8")
    out = tmp_path / "xor.glassnet"
    assert (
        main(["train", "--data", "xor", "--hidden", "2", "--epochs", "500", "--out", str(out)]) == 0
    )
    capfd.readouterr()
    status = main(["check", str(challenge), str(out), "--json"])
    (result,) = json.loads(capfd.readouterr().out)
    assert status == (0 if result["met"] else 1)
    assert [c["code"] for c in result["conditions"]] == ["hidden_units", "epochs", "accuracy"]
    assert all(set(c) == {"code", "wanted", "found", "met"} for c in result["conditions"])


def pupils(folder: Path) -> list[Path]:
    """Write the files of three pupils: one is done, one is not, one's network is another."""
    lesson = read_lesson(LESSONS / "eight_steps")
    tasks = tuple(f"{s.id}.{t.id}" for s in lesson.steps for t in s.tasks)
    hands = Hands(lesson)
    hands.train(100)
    experiment = hands.trainer.experiment()
    done = replace(experiment, author="Ayşe", learning=(LessonRecord(lesson.id, tasks),))
    half = replace(experiment, author="=cmd()", learning=(LessonRecord(lesson.id, tasks[:3]),))
    paths = [folder / f"{name}.glassnet" for name in ("done", "half")]
    for path, content in zip(paths, (done, half), strict=True):
        write_experiment(content, path)
    return paths


def test_a_class_is_marked_in_one_table(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths, table = pupils(tmp_path), tmp_path / "marks.csv"
    arguments = ["check", "eight_steps", *map(str, paths), "--csv", str(table), "--json"]
    assert main(arguments) == 1
    output = capfd.readouterr()
    assert output.err == ""
    results = json.loads(output.out)
    assert [(r["file"], r["author"], r["met"]) for r in results] == [
        (str(paths[0]), "Ayşe", True),
        (str(paths[1]), "=cmd()", False),
    ]
    assert table.read_bytes().startswith(codecs.BOM_UTF8)  # as Excel wants it, for the "ş"
    with table.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header[:3] == ["file", "author", "met"]
    assert len(header) == 3 + len(results[0]["conditions"])
    assert [row[1:3] for row in rows] == [["Ayşe", "yes"], ["'=cmd()", "no"]]
    assert main(["check", "eight_steps", str(paths[0])]) == 0
    assert "The lesson is done." in capfd.readouterr().out


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_marked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    done, _ = pupils(tmp_path)
    broken = tmp_path / "broken.glassnet"
    broken.write_text('{"schema_version": 2, "network": 7}', encoding="utf-8")
    table = tmp_path / "marks.csv"
    arguments = ["check", "eight_steps", str(broken), str(done), "--csv", str(table), "--json"]
    assert main(arguments) == 2
    output = capfd.readouterr()
    assert [result["author"] for result in json.loads(output.out)] == ["Ayşe"]
    assert output.err.count("\n") == 1
    assert str(broken) in output.err
    with table.open(encoding="utf-8-sig", newline="") as stream:
        _, *rows = csv.reader(stream)
    assert [row[:3] for row in rows] == [
        [str(broken), "", "unreadable"],
        [str(done), "Ayşe", "yes"],
    ]


@pytest.mark.parametrize("name", ["", "no_such_lesson", "missing.json"])
def test_what_is_no_lesson_says_where_the_lessons_are(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = str(tmp_path / name if name != "no_such_lesson" else name)
    assert main(["check", asked, "whatever.glassnet"]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    assert asked in error
    assert "`lessons` lists" in error


def test_lessons_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lessons", "--json"]) == 0
    listed = json.loads(capfd.readouterr().out)
    first = listed[0]
    assert first == {
        "id": "eight_steps", "title": "The eight steps on OR", "title_tr": "OR üzerinde sekiz adım",
        "steps": 8, "row": "A1",
    }  # fmt: skip
    assert main(["lessons"]) == 0
    assert "8 steps" in capfd.readouterr().out


def test_what_the_learner_sees_is_left_to_fill_in() -> None:
    lesson = read_lesson(LESSONS / "titanic")
    assert lesson.file.start is not None
    page = worksheet(lesson, "en", lesson.file.start)
    # The layers that the step asks for are not there at its start.
    assert "With ____ weights and biases, ____ of the test rows are right" in page
    assert "Seed ____" in page
    assert "891 rows are not ours" in page  # what an article prints stays


@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_worksheet_has_a_box_for_every_task_and_no_answers(language: str) -> None:
    lesson = read_lesson(LESSONS / "eight_steps")
    assert lesson.file.start is not None
    page = worksheet(lesson, language, lesson.file.start)
    tasks = sum(len(step.tasks) for step in lesson.steps)
    choices = sum(question.choices for step in lesson.steps for question in step.questions)
    assert page.count("☐") == tasks + choices
    assert page.count("<h2>") == len(lesson.steps)
    assert "z\u00a0=\u00a0____ x<sub>1</sub> + ____" in page
    assert "<a " not in page
    prose = lesson.text(language)
    assert prose.title in page
    change = prose.steps["change"]
    assert change.answer("loss_falls").markdown.split(".")[0] not in page
