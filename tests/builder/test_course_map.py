"""The course map follows the front matter, in lesson 00 and in the README."""

import shutil

from grading.builder import course_map, release, source
from grading.builder.course_map import END, START, CourseMap
from grading.course import REPOSITORY


def test_every_lesson_is_a_row_with_its_minutes_objectives_and_prerequisites():
    lessons = release.read()
    head, rule, *rows = str(CourseMap(REPOSITORY, "lessons/en")).splitlines()
    assert len(rows) == len(lessons)
    assert head.count("|") == rule.count("|") == 5
    for lesson, row in zip(lessons, rows, strict=True):
        link = f"lessons/en/{lesson.name}/{lesson.slug}.ipynb"
        assert f"]({link})" in row
        assert (REPOSITORY / link).is_file()
        written = " + " in row.split("|")[2]
        assert written == bool(lesson.written_points)
        assert row.split("|")[2].split("+")[0].strip() == str(lesson.about["minutes"])
        assert all(objective["can"] in row for objective in lesson.about["objectives"])


def test_the_readme_and_lesson_00_show_the_present_map():
    assert course_map.readme(REPOSITORY) == (REPOSITORY / "README.md").read_text(encoding="utf-8")
    start = REPOSITORY / "lessons" / "en" / "00-start-here" / "start-here.ipynb"
    text = start.read_text(encoding="utf-8")
    for path in source.find(REPOSITORY, []):
        assert f"../{path.parent.name}/" in text


def test_building_brings_a_readme_up_to_date_and_check_finds_a_stale_one(tmp_path):
    shutil.copytree(
        REPOSITORY / "solutions" / "00-start-here", tmp_path / "solutions/00-start-here"
    )
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{START}\nold\n{END}\nafter\n", encoding="utf-8")
    release.install(root=tmp_path)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith(f"{END}\nafter\n")
    assert "start-here.ipynb" in text and "old" not in text
    assert release.differences(root=tmp_path) == []
    (lesson,) = release.read(root=tmp_path)
    minutes = f"| {lesson.about['minutes']} |"
    readme.write_text(text.replace(minutes, "| 99 |"), encoding="utf-8")
    assert [str(path) for path in release.differences(root=tmp_path)] == ["README.md"]


def test_a_readme_without_marks_is_left_alone(tmp_path):
    shutil.copytree(
        REPOSITORY / "solutions" / "00-start-here", tmp_path / "solutions/00-start-here"
    )
    (tmp_path / "README.md").write_text("no map here\n", encoding="utf-8")
    release.install(root=tmp_path)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "no map here\n"
