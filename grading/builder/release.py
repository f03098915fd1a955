"""Builds lessons: from text to the notebooks of instructors and students."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat

from grading.builder import course_map, edition, rules, source
from grading.builder.problems import BuildError
from grading.course import REPOSITORY, Course

LANGUAGE = "en"


def read(names: Sequence[str] = (), root: Path = REPOSITORY) -> list[source.Lesson]:
    """Read lessons and check them against the rules.

    Parameters
    ----------
    names
        Lessons by folder, number or slug; all of them if empty.
    root
        Folder that holds ``solutions/``.

    Raises
    ------
    BuildError
        With every problem of every lesson.
    """
    lessons = [source.read(path) for path in source.find(root, list(names))]
    problems = [problem for lesson in lessons for problem in rules.problems(lesson)]
    if problems:
        raise BuildError(problems)
    return lessons


def build(lessons: Iterable[source.Lesson], folder: Path) -> Course:
    """Build lessons in a folder and return it as an nbgrader course.

    The course has the instructor's notebooks in ``solutions/``, the student edition in
    ``lessons/en/`` and the tests in its gradebook: it is ready to take submissions.

    Raises
    ------
    BuildError
        If a placeholder cannot be filled or nbgrader refuses a lesson.
    """
    course, problems = Course(folder), []
    for lesson in lessons:
        try:
            notebook = edition.instructors(lesson, LANGUAGE)
        except BuildError as error:
            problems += error.problems
            continue
        target = course.folder("solutions", ".", lesson.name)
        shutil.copytree(lesson.path.parent, target, ignore=shutil.ignore_patterns("*.ipynb"))
        nbformat.write(notebook, target / f"{lesson.slug}.ipynb")
        course.release(lesson.name)
    if problems:
        raise BuildError(problems)
    return course


def install(names: Sequence[str] = (), root: Path = REPOSITORY) -> list[Path]:
    """Build lessons and put the results into the repository; nothing changes if one fails.

    Returns
    -------
    list of Path
        The files that are new or different, relative to ``root``.
    """
    lessons = read(names, root)
    with tempfile.TemporaryDirectory() as folder:
        course = build(lessons, Path(folder))
        changed = []
        for lesson in lessons:
            changed += _mirror(course.root, root, _released(lesson))
            notebook = Path("solutions", lesson.name, f"{lesson.slug}.ipynb")
            changed += _copy(course.root, root, notebook)
    if stale := _stale_readme(root):
        (root / stale).write_text(course_map.readme(root), encoding="utf-8")
        changed.append(stale)
    return changed


def differences(names: Sequence[str] = (), root: Path = REPOSITORY) -> list[Path]:
    """Build lessons elsewhere and return the committed files that differ from the result."""
    lessons = read(names, root)
    with tempfile.TemporaryDirectory() as folder:
        course = build(lessons, Path(folder))
        stale = [] if names else _orphans(lessons, root)
        for lesson in lessons:
            new, old = (_files(base, _released(lesson)) for base in (course.root, root))
            stale += [
                path
                for path in sorted(new | old)
                if path not in new
                or path not in old
                or (course.root / path).read_bytes() != (root / path).read_bytes()
            ]
    return [*stale, *filter(None, [_stale_readme(root)])]


def _stale_readme(root: Path) -> Path | None:
    """Return the README's path if its course map is not the present one."""
    text = course_map.readme(root)
    fresh = text is None or text == (root / "README.md").read_text(encoding="utf-8")
    return None if fresh else Path("README.md")


def _orphans(lessons: Iterable[source.Lesson], root: Path) -> list[Path]:
    """List the released lessons that no longer have a source."""
    known = {_released(lesson) for lesson in lessons}
    there = (path.relative_to(root) for path in sorted((root / "lessons" / LANGUAGE).glob("*/")))
    return [path for path in there if path not in known]


def _released(lesson: source.Lesson) -> Path:
    return Path("lessons", LANGUAGE, lesson.name)


def _files(base: Path, folder: Path) -> set[Path]:
    """List a folder's files, relative to ``base``, without what Jupyter leaves behind."""
    there = (path.relative_to(base) for path in (base / folder).rglob("*") if path.is_file())
    return {path for path in there if ".ipynb_checkpoints" not in path.parts}


def _mirror(base: Path, root: Path, folder: Path) -> list[Path]:
    """Make ``root/folder`` equal to ``base/folder``; return the paths that changed."""
    new = _files(base, folder)
    gone = sorted(_files(root, folder) - new)
    for path in gone:
        (root / path).unlink()
    return gone + [path for file in sorted(new) for path in _copy(base, root, file)]


def _copy(base: Path, root: Path, path: Path) -> list[Path]:
    content, target = (base / path).read_bytes(), root / path
    if target.is_file() and target.read_bytes() == content:
        return []
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return [path]
