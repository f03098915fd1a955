"""The course map: every lesson with its minutes, objectives and prerequisites.

It is made from the lessons' front matter, for lesson 00 (placeholder ``{{ course_map }}``) and for
the README (between the two marks).
"""

from __future__ import annotations

from pathlib import Path

from grading.builder import source

START, END = "<!-- course map: made by `make lessons` -->", "<!-- end of course map -->"
HEAD = "| lesson | minutes | you learn to | after |\n| --- | --- | --- | --- |"


class CourseMap:
    """The map as Markdown; sources are read only where a lesson shows it.

    Parameters
    ----------
    root
        Folder that holds ``solutions/``.
    lessons
        Path from the page that shows the map to the folder of the student edition.
    """

    def __init__(self, root: Path, lessons: str) -> None:
        self.root, self.lessons = root, lessons

    def __str__(self) -> str:
        found = [source.read(path) for path in source.find(self.root, [])]
        return "\n".join([HEAD, *map(self._row, found)])

    def _row(self, lesson: source.Lesson) -> str:
        about = lesson.about
        number = lesson.name.partition("-")[0]
        notebook = f"{self.lessons}/{lesson.name}/{lesson.slug}.ipynb"
        learn = "; ".join(objective["can"] for objective in about["objectives"])
        after = ", ".join(needed.partition("-")[0] for needed in about.get("prerequisites", []))
        columns = (
            f"{number} [{about['title']}]({notebook})",
            f"{about['minutes']}{_at_home(lesson)}",
            learn,
            after or "–",
        )
        return f"| {' | '.join(map(str, columns))} |"


def _at_home(lesson: source.Lesson) -> str:
    """Return " + 16 at home" for a lesson with a task to do later, or nothing."""
    later = [cell.options.get("at_home", 0) for cell in lesson.parts("prose")]
    return f" + {sum(later)} at home" if any(later) else ""


def readme(root: Path) -> str | None:
    """Return the README with the present map, or None if it has no place for one."""
    path = root / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        return None
    return f"{before}{START}\n{CourseMap(root, 'lessons/en')}\n{END}{after}"
