"""Lessons are listed by their files alone."""

from pathlib import Path

from model.lessons import list_lessons, read_lessons


def test_the_list_says_what_the_lessons_say() -> None:
    listed, read = list_lessons(), read_lessons()
    assert [each.id for each in listed] == [lesson.id for lesson in read]
    for each, lesson in zip(listed, read, strict=True):
        assert each.number == lesson.file.number
        assert each.tasks == tuple(f"{s.id}.{t.id}" for s in lesson.steps for t in s.tasks)
        for language in lesson.file.languages:
            assert each.title(language) == lesson.title(language)


def test_a_damaged_lesson_is_listed_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "lesson.json").write_text("{", encoding="utf-8")
    (tmp_path / "no_lesson").mkdir()
    (each,) = list_lessons(tmp_path)
    assert (each.id, each.title("en"), each.tasks) == ("broken", "broken", ())


def test_no_folder_has_no_lessons(tmp_path: Path) -> None:
    assert list_lessons(tmp_path / "nowhere") == []
