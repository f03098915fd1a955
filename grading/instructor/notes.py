"""``python -m grading notes``: what a teacher wants beside a lesson, from the lesson itself.

Nothing is written by hand here: pace and exercises come from the lesson's text, mistakes and hints
from its checks, rubrics and samples from its answers. So the notes cannot fall behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grading import answers
from grading.builder import release
from grading.builder.problems import BuildError
from grading.builder.source import Lesson
from grading.course import REPOSITORY
from grading.instructor.here import Refused, plainly
from sputnik_moment import feedback


def plan(lesson: Lesson) -> list[tuple[str, int, int | None]]:
    """Return the sections of a lesson with their minutes.

    Returns
    -------
    list of tuple
        Heading, minutes, and the minutes of the lesson by its end; None for a section that is for
        later, at home.
    """
    sections, so_far = [], 0
    for cell in lesson.parts("prose"):
        here, later = cell.options.get("minutes"), cell.options.get("at_home")
        if not (here or later):
            continue
        heading = next(
            (line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")), ""
        )
        so_far += here or 0
        sections.append((heading, here or later, None if later else so_far))
    return sections


def notes(lesson: Lesson) -> str:
    """Return the notes to a lesson, in Markdown."""
    known = answers.load(lesson)
    about = lesson.about
    lines = [
        f"# {lesson.name}: {about['title']}",
        "",
        f"Question: {about['question']} {about['minutes']} minutes.",
        "",
        "Students will be able to:",
        "",
        *(f"- {one['can']} (`{one['id']}`)" for one in about.get("objectives", [])),
        "",
        "## Pace",
        "",
        *_pace(lesson),
        "",
        "## Exercises: what goes wrong, and what the check answers",
        "",
        *_exercises(lesson, known),
        *_written(lesson, known),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _pace(lesson: Lesson) -> Iterator[str]:
    yield "| section | minutes | so far |"
    yield "|---|---:|---:|"
    for heading, minutes, so_far in plan(lesson):
        yield f"| {heading} | {minutes} | {'at home' if so_far is None else so_far} |"


def _exercises(lesson: Lesson, known: answers.Answers) -> Iterator[str]:
    checks = _checks(lesson)
    cells = {cell.exercise: cell for cell in lesson.parts("answer")}
    for exercise, points in lesson.points.items():
        cell = cells[exercise]
        facts = [
            f"{points:g} points",
            cell.options.get("kind", ""),
            f"{cell.options['minutes']} minutes" if "minutes" in cell.options else "",
            f"tests {', '.join(cell.objectives)}" if cell.objectives else "",
        ]
        yield f"### {exercise}"
        yield ""
        yield f"{', '.join(fact for fact in facts if fact)}."
        yield ""
        check = checks.get(exercise)
        mistakes = {one.name: one.message for one in check.mistakes} if check else {}
        for name in dict.fromkeys([*mistakes, *(one.name for one in known.wrong[exercise])]):
            said = mistakes.get(name, "").replace("{answer}", "…")
            yield f"- **{name}**{': ' + said if said else ''}"
        yield ""
        if check and check.hints:
            yield "Hints: " + " → ".join(check.hints)
            yield ""


def _checks(lesson: Lesson) -> dict[str, feedback.Exercise]:
    try:
        return feedback.lesson(lesson.slug).exercises
    except ValueError:
        return {}


def _written(lesson: Lesson, known: answers.Answers) -> Iterator[str]:
    for cell in lesson.parts("written"):
        yield f"## To mark by hand: {cell.exercise}, {cell.options['points']} points"
        yield ""
        for rubric in lesson.parts("rubric"):
            if rubric.exercise == cell.exercise:
                yield rubric.source.strip()
                yield ""
        yield "Samples:"
        yield ""
        for level, texts in sorted(known.written[cell.exercise].items(), reverse=True):
            for text in texts:
                yield f"- {level} points: {' '.join(text.split())}"
        yield ""


def write_notes(
    lesson: Annotated[str, typer.Argument(help="Folder, number or slug.")],
    to: Annotated[Path | None, typer.Option(help="File to write; printed if left out.")] = None,
) -> None:
    """Print a teacher's notes to LESSON: pace, mistakes with what to answer, rubrics, samples."""
    with plainly():
        try:
            (found,) = release.read([lesson], REPOSITORY)
            text = notes(found)
        except BuildError as error:
            raise Refused(str(error)) from None
    if to is None:
        print(text, end="")
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(text, encoding="utf-8")
    Console(soft_wrap=True).print(f"Written: {to}", highlight=False)
