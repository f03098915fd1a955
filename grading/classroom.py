"""A simulated class: students drawn from a lesson's known answers, so every mark is known.

``python -m grading demo`` makes such a class, grades it and compares the marks with those
expected. Load tests and reports use the same classes.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from grading.answers import Answer, Answers, fill, load
from grading.builder import release
from grading.builder.problems import BuildError, Problem
from grading.builder.source import Lesson
from grading.course import REPOSITORY, Course, CourseError

SIZE, SEED = 12, 1957
CHANCE_RIGHT = 0.65

Tell = Callable[[str], None]
#: Grades submissions of an assignment, and tells each student's name when done.
Grader = Callable[[Course, str, list[str], Tell], None]


@dataclass(frozen=True)
class Student:
    """One simulated student: an answer per exercise, and a level per written exercise.

    An exercise that is missing was left untouched.
    """

    id: str
    answers: dict[str, Answer] = field(default_factory=dict)
    written: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def expected(self) -> float:
        """The automatic points that the student must get."""
        return sum(answer.points for answer in self.answers.values())

    @property
    def manual(self) -> float:
        """The points that a person is to give for the written answers."""
        return sum(level for level, _ in self.written.values())

    def notebook(self, edition: nbformat.NotebookNode) -> nbformat.NotebookNode:
        """Return the student edition as this student hands it in."""
        texts = {name: answer.code.strip("\n") for name, answer in self.answers.items()}
        return fill(edition, texts | {name: text for name, (_, text) in self.written.items()})


def draw(answers: Answers, size: int = SIZE, seed: int = SEED) -> list[Student]:
    """Draw a class: the first student did nothing, the second all right, the others by chance.

    Parameters
    ----------
    answers
        The known answers of the lesson.
    size
        Number of students, at least 2.
    seed
        The same seed draws the same class.
    """
    if size < 2:
        raise ValueError(f"A class needs at least 2 students, not {size}.")
    chance = random.Random(seed)
    best = {exercise: found[0] for exercise, found in answers.right.items()}
    model = {exercise: _sample(levels, max(levels)) for exercise, levels in answers.written.items()}
    students = [Student("student-01"), Student("student-02", best, model)]
    for k in range(3, size + 1):
        drawn = {exercise: _draw_answer(answers, exercise, chance) for exercise in answers.right}
        written = {
            exercise: _sample(levels, chance.choice(sorted(levels)), chance)
            for exercise, levels in answers.written.items()
        }
        students.append(Student(f"student-{k:02}", drawn, written))
    return students


def _draw_answer(answers: Answers, exercise: str, chance: random.Random) -> Answer:
    table = answers.right if chance.random() < CHANCE_RIGHT else answers.wrong
    return chance.choice(table[exercise])


def _sample(levels: dict[int, list[str]], level: int, chance: random.Random | None = None):
    """Return a level and a written answer of that level."""
    texts = levels[level]
    return level, chance.choice(texts) if chance else texts[0]


def stock_grader(course: Course, assignment: str, students: list[str], tell: Tell) -> None:
    """Grade with ``nbgrader autograde``, one submission after another."""
    for student in students:
        course.autograde(assignment, student)
        tell(student)


def engine_grader(
    course: Course, assignment: str, students: list[str], tell: Tell, workers: int = 0
) -> None:
    """Grade with this course's engine, behind its sandbox where the machine has one.

    Elsewhere it does without: a simulated class hands in what the course itself has written.
    ``workers`` is the number of worker processes; 0 means one for each core.
    """
    from grading.engine import sandbox
    from grading.engine.classroom import Classroom, Options

    try:
        sandbox.require()
        confined = True
    except sandbox.CannotConfine:
        confined = False
    options = Options(students=students, workers=workers, confined=confined)
    room = Classroom(course.directory(), course.config, assignment, options)
    room.grade(lambda row, of: tell(row.student))


GRADERS: dict[str, Grader] = {"engine": engine_grader, "nbgrader": stock_grader}
GRADER = "engine"
"""The grader that the demo uses unless it is told otherwise."""


@dataclass(frozen=True)
class Result:
    """What became of one student: actual automatic points by exercise, and the feedback page."""

    student: Student
    marks: dict[str, float]
    page: Path

    @property
    def actual(self) -> float:
        """The automatic points that the student got."""
        return sum(self.marks.values())

    @property
    def surprises(self) -> list[str]:
        """The exercises whose mark is not exactly the expected one, as sentences."""
        found = []
        for exercise, mark in self.marks.items():
            answer = self.student.answers.get(exercise)
            expected = answer.points if answer else 0
            if mark != expected:
                name = answer.name if answer else "untouched"
                found.append(
                    f"{self.student.id}, {exercise}, {name}: expected {expected:g}, got {mark:g}"
                )
        return found


def run(
    lesson: Lesson,
    students: list[Student],
    folder: Path,
    grader: Grader = engine_grader,
    tell: Tell = lambda step: None,
) -> list[Result]:
    """Hand in, grade and give back the work of a class in a course folder of its own.

    Parameters
    ----------
    lesson
        The lesson that the class works on.
    students
        The class.
    folder
        The course folder; made if it does not exist.
    grader
        The step that grades.
    tell
        Called with a few words after every submission graded and every page written.
    """
    course = release.build([lesson], folder)
    edition = nbformat.read(_released(course, lesson), as_version=4)
    for student in students:
        course.submit(lesson.name, student.id, student.notebook(edition))
    names = [student.id for student in students]
    grader(course, lesson.name, names, lambda student: tell(f"graded {student}"))
    results = []
    for student in students:
        page = course.feedback(lesson.name, student.id)
        marks = lesson.by_exercise(course.auto_scores(lesson.name, student.id))
        results.append(Result(student, marks, page))
        tell(f"feedback for {student.id}")
    return results


def _released(course: Course, lesson: Lesson) -> Path:
    return course.root / "lessons" / release.LANGUAGE / lesson.name / f"{lesson.slug}.ipynb"


def demo(
    lesson: Annotated[str, typer.Argument(help="Folder, number or slug.")] = "04-market-reaction",
    students: Annotated[int, typer.Option(help="Size of the class.", min=2)] = SIZE,
    seed: Annotated[int, typer.Option(help="Another seed draws another class.")] = SEED,
    grader: Annotated[str, typer.Option(help=f"One of: {', '.join(GRADERS)}.")] = GRADER,
    folder: Annotated[Path, typer.Option(help="Course folder, made anew.")] = (
        REPOSITORY / "build" / "demo"
    ),
) -> None:
    """Simulate a class, grade it, and compare the marks with those expected."""
    console, grade = Console(soft_wrap=True), _grader(grader)
    try:
        (chosen,) = release.read([lesson], REPOSITORY)
        group = draw(load(chosen), students, seed)
        _make_anew(folder)
        results = _run_with_bar(console, chosen, group, folder, grade)
        Course(folder).write_configuration()
    except (BuildError, CourseError) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from None
    console.print(_table(chosen, results))
    for surprise in (line for result in results for line in result.surprises):
        console.print(f"[bold red]✗[/] {surprise}", highlight=False)
    agreed = sum(not result.surprises for result in results)
    console.print(f"[bold]{agreed} of {len(results)} students as expected[/]", highlight=False)
    _print_places(console, results, folder)
    raise typer.Exit(0 if agreed == len(results) else 1)


def _grader(name: str) -> Grader:
    if name not in GRADERS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(GRADERS)}.")
    return GRADERS[name]


def _make_anew(folder: Path) -> None:
    """Empty a course folder of an earlier run; refuse to empty anything else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "gradebook.db").exists():
        remedy = "Choose another one with --folder, or empty it yourself."
        raise BuildError([Problem(str(folder), "", "is not a course folder.", remedy)])
    shutil.rmtree(folder, ignore_errors=True)


def _run_with_bar(
    console: Console, lesson: Lesson, students: list[Student], folder: Path, grader: Grader
) -> list[Result]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"{lesson.name}: class of {len(students)}", total=2 * len(students))

        def step(words: str) -> None:
            bar.update(task, advance=1, description=words)

        return run(lesson, students, folder, grader, step)


def _table(lesson: Lesson, results: Iterable[Result]) -> Table:
    most = sum(lesson.points.values())
    table = Table("student", title=f"{lesson.name}: automatic marks, out of {most:g}")
    for name in ("right", "wrong", "untouched", "expected", "actual"):
        table.add_column(name, justify="right")
    table.add_column("as expected")
    for result in results:
        answers = list(result.student.answers.values())
        right = sum(answer.right for answer in answers)
        counts = (right, len(answers) - right, len(lesson.points) - len(answers))
        marks = (f"{result.student.expected:g}", f"{result.actual:g}")
        verdict = "[green]✓ yes[/]" if not result.surprises else "[bold red]✗ no[/]"
        table.add_row(result.student.id, *map(str, counts), *marks, verdict)
    return table


def _print_places(console: Console, results: list[Result], folder: Path) -> None:
    waiting = sum(bool(result.student.written) for result in results)
    pages = results[0].page.parents[2]
    console.print(f"Feedback pages: {pages}/<student>/", highlight=False)
    console.print(
        f"Written answers of {waiting} students wait for a person: run `jupyter lab` in {folder} "
        "and open Formgrader.",
        highlight=False,
    )
